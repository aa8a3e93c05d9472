"""The pages: each view beside the values that its template shows."""
