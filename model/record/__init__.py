"""Whether a model keeps its word on the cases that people really had. It needs NumPy alone and imports no other room."""
