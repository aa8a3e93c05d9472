"""What a model sees in a photo: opening it safely, and the image network."""
