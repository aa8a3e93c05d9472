"""What a model asks: its inputs, the form fields that hold them, and how answers are read."""

from .declaration import (
    Candidate,
    Curve,
    Example,
    Given,
    Model,
    Pair,
    Recipe,
    Slope,
    Table,
    Words,
)
from .fields import ChoiceField, NumberField, PhotoField

__all__ = [
    "Candidate",
    "ChoiceField",
    "Curve",
    "Example",
    "Given",
    "Model",
    "NumberField",
    "Pair",
    "PhotoField",
    "Recipe",
    "Slope",
    "Table",
    "Words",
]
