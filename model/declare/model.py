"""How a model is declared: its form, what it learns from, and the words around its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from wtforms import Form

from .fields import InputField
from .inputs import Input
from .recipe import Given, Recipe
from .words import Words

Kind = Literal["probability", "classes", "amount"]


@dataclass(frozen=True)
class Example:
    name: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Model:
    name: str
    kind: Kind
    form: type[Form]
    recipe: Recipe | Given
    words: Words
    order: int = 100
    # Group heading to input names, in the order of the page.
    fieldsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: Sequence[Example] = ()
    # How many of the real people most like this one a result shows, with what happened to them.
    shows_alike: int = 0
    # The input whose groups a result is compared with; without one, it is compared with the examples.
    compares_with: str = ""
    # From clean answers to what the tables are keyed by, where that differs: a photo's number.
    features: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    # The answers at the two ends of the range, where the range is no standard error.
    views: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Mapping[str, Any]]] | None = None
    # An SVG file beside the model's, which the form shows above its fields.
    drawing: str = ""
    folder: Path = Path(__file__).resolve().parents[1]

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(field.input for field in self.form() if isinstance(field, InputField))

    @cached_property
    def input(self) -> dict[str, Input]:
        return {asked.name: asked for asked in self.inputs}

    @cached_property
    def has_photo(self) -> bool:
        """Whether it asks for a photo, which fits in no address and no table."""
        return any(asked.kind == "photo" for asked in self.inputs)

    @cached_property
    def drawn(self) -> str:
        """The drawing's text, as a page has it."""
        return (self.folder / self.drawing).read_text(encoding="utf-8") if self.drawing else ""

    @property
    def learns(self) -> Recipe:
        """The recipe of a model that learns from a table of ours."""
        if isinstance(self.recipe, Recipe):
            return self.recipe
        raise TypeError(f"{self.name} has its coefficients given and learns from no table")

    @property
    def card_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.json"

    @property
    def people_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.people"

    @property
    def arrays_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.npz"

    @property
    def challenger_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.challenger.npz"

    @property
    def pickle_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.joblib"
