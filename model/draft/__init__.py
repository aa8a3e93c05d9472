"""From a table to a declaration: what each column is, how it is read, and the file that says so for a person to edit."""

from .tidied import Choices, Dates, Numbers, Tidied

__all__ = ["Choices", "Dates", "Numbers", "Tidied"]
