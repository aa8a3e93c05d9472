"""What a model asks: its inputs, the form fields that hold them, and how answers are read."""

from .fields import ChoiceField, NumberField, PhotoField
from .keeping import Keeping
from .model import Example, Model
from .recipe import (
    Blend,
    Boosted,
    Candidate,
    Curve,
    Discriminant,
    Given,
    Ladder,
    Pair,
    Recipe,
    Slope,
    Steps,
    Table,
    Trees,
    Wrapped,
    on_logarithms,
)
from .words import Words

__all__ = [
    "Blend",
    "Boosted",
    "Candidate",
    "ChoiceField",
    "Curve",
    "Discriminant",
    "Example",
    "Given",
    "Keeping",
    "Ladder",
    "Model",
    "NumberField",
]
__all__ += ["Pair", "PhotoField", "Recipe", "Slope", "Steps", "Table", "Trees", "Words", "Wrapped", "on_logarithms"]
