"""What a model answers: estimates, ranges and their reasons, from the scorecards alone."""
