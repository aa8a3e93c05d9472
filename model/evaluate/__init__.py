"""How good a model is and about whom it is wrong: counts, shares and their ranges."""
