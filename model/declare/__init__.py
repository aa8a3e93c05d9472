"""What a model asks: its inputs, the form fields that hold them, and how answers are read."""

from .fields import ChoiceField, NumberField, PhotoField
from .model import Example, Model
from .recipe import Candidate, Curve, Given, Pair, Recipe, Slope, Table, Wrapped
from .words import Words

__all__ = ["Candidate", "ChoiceField", "Curve", "Example", "Given", "Model", "NumberField"]
__all__ += ["Pair", "PhotoField", "Recipe", "Slope", "Table", "Words", "Wrapped"]
