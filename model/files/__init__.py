"""Whole files: a table of answers in, the same table with the estimates out."""
