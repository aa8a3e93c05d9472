"""How a model is declared: its form, what it learns from, and the words around its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from wtforms import Form

from .fields import InputField
from .inputs import NOT_RECORDED, Input
from .keeping import Keeping
from .recipe import Given, Recipe, Written
from .words import Words

LARGEST_PICTURE = 16_384

Kind = Literal["probability", "classes", "amount"]


@dataclass(frozen=True)
class Example:
    name: str
    answers: Mapping[str, Any]
    # A small picture beside the model's file, of what the example is about.
    picture: str = ""


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
    # How long a case is kept that somebody keeps, and when it is known what happened.
    keeping: Keeping = field(default_factory=Keeping)
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
    def written(self) -> dict[str, Written]:
        """How the model's own table writes its inputs, where a declaration says so; a whole file may be written so too."""
        columns: Mapping[str, Written] = getattr(getattr(self.recipe, "table", None), "columns", {})
        return {name: one for name, one in columns.items() if name in self.input}

    def asks_for(self, kind: str) -> bool:
        """Whether one of its inputs is of this kind."""
        return any(asked.kind == kind for asked in self.inputs)

    @cached_property
    def has_photo(self) -> bool:
        """Whether it asks for a photo, which fits in no address and no table."""
        return self.asks_for("photo")

    def as_recorded(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of a row of the data, where what lacks is not recorded rather than unknown."""
        return {
            name: NOT_RECORDED if answer is None and self.input[name].not_recorded else answer
            for name, answer in answers.items()
        }

    @cached_property
    def has_choices(self) -> bool:
        return self.asks_for("choice")

    @cached_property
    def has_numbers(self) -> bool:
        return self.asks_for("number")

    @cached_property
    def drawn(self) -> str:
        """The drawing's text, as a page has it."""
        return (self.folder / self.drawing).read_text(encoding="utf-8") if self.drawing else ""

    def picture_of(self, example: Example) -> bytes:
        """The example's picture, which pages carry within themselves."""
        content = (self.folder / example.picture).read_bytes() if example.picture else b""
        if len(content) > LARGEST_PICTURE:
            raise ValueError(f"{example.picture} has {len(content):,} bytes, and {LARGEST_PICTURE:,} at most are shown")
        return content

    @property
    def learns(self) -> Recipe:
        """The recipe of a model that learns from a table of ours."""
        if isinstance(self.recipe, Recipe):
            return self.recipe
        raise TypeError(f"{self.name} has its coefficients given and learns from no table")

    @property
    def unknown(self) -> Literal["averaged", "learnt", "declared"]:
        """What an unknown answer comes to; of coefficients that are given, what its declaration takes for one."""
        return self.recipe.unknown if isinstance(self.recipe, Recipe) else "declared"

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
