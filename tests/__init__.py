"""The tests: a package, so that none that a library brings along stands in its place."""
