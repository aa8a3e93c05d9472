"""The one door: whoever asks, by form, API, tutorial address or file, is let in and read here.

`admit` decides who asks and what it may cost. Below stand two readers, which give the same: one for a
row, whatever it comes in, and one for the many rows of a file. What comes out is answers, or faults that
the edge puts into words.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import Form

from model.declare.faults import Fault, sentence
from model.declare.fields import InputField
from model.declare.model import Model
from model.declare.reading import Answers, read_answers, read_lists
from model.predict.predictor import Predictor

if TYPE_CHECKING:
    from model.files.reader import Reader
    from model.files.scoring import Scoring, Writer

# Of keys that nobody asked for the first few are named, and the others counted.
MOST_STRANGERS = 20
LONGEST_NAME = 60


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which door: "page", "api", "tutorial" or "file"."""

    door: str
    address: str = ""


class OverBudget(ValueError):
    """More work than one request may ask for; the text says how much that is."""


@dataclass
class Budget:
    """The work that one request may still ask for, taken off before it is done."""

    rows: int = 1
    explained: int = 1

    def take(self, rows: int, explained: int = 0) -> None:
        if rows > self.rows:
            raise OverBudget(f"Send up to {self.rows:,} at once. These are {rows:,}")
        if explained > self.explained:
            raise OverBudget(f"Ask for up to {self.explained:,} explanations at once. These are {explained:,}")
        self.rows -= rows
        self.explained -= explained


@dataclass(frozen=True)
class Asked:
    """What was asked of a model: clean answers, or what is wrong with them."""

    predictor: Predictor
    answers: Answers
    faults: Sequence[Fault] = ()

    @property
    def sentences(self) -> list[Said]:
        return say(self.predictor.model, self.faults)


@dataclass(frozen=True)
class Said:
    """A fault in words, and the input it is about."""

    name: str
    message: str


def say(model: Model, faults: Iterable[Fault]) -> list[Said]:
    return [Said(fault.name, sentence(fault, model.input)) for fault in faults]


def ask(
    predictor: Predictor, raw: Form | Mapping[str, Any] | Any, caller: Caller, budget: Budget, explain: bool = False
) -> Asked:
    """Let one row in and read it: a form, the lists of an address or of what was posted, or a JSON object."""
    admit(predictor, caller, budget, 1, explain)
    return Asked(predictor, *read(predictor.model, raw))


def ask_each(
    predictor: Predictor, rows: Sequence[Any], caller: Caller, budget: Budget, explain: bool = False
) -> list[Asked]:
    """The same for a list; a row that is no object is a fault of its own."""
    admit(predictor, caller, budget, len(rows), explain)
    return [Asked(predictor, *read(predictor.model, row)) for row in rows]


def ask_file(predictor: Predictor, reader: Reader, writer: Writer, caller: Caller) -> Scoring:
    """Let a file in; its rows are read by their own reader, which says the same of each."""
    from model.files.scoring import Scoring

    admit(predictor, caller, Budget(), 1)
    return Scoring(predictor, reader, writer)


def admit(predictor: Predictor, caller: Caller, budget: Budget, rows: int, explain: bool = False) -> None:
    """Decide whether this caller may ask so much of the model, before any of it is done."""
    budget.take(rows, rows if explain else 0)


def read(model: Model, raw: Form | Mapping[str, Any] | Any) -> tuple[Answers, Sequence[Fault]]:
    if isinstance(raw, Form):
        fields = [field for field in raw if isinstance(field, InputField)]
        return {field.input.name: field.data for field in fields}, [field.fault for field in fields if field.fault]
    if isinstance(raw, MultiDict):
        return read_lists(model.inputs, dict(raw.lists()))
    if not isinstance(raw, Mapping):
        return {}, [Fault("", "no_object")]
    answers, faults = read_answers(model.inputs, raw)
    return (answers, faults) if raw.keys() <= model.input.keys() else (answers, [*faults, *find_strangers(model, raw)])


def find_strangers(model: Model, raw: Mapping[str, Any]) -> list[Fault]:
    """A fault for each key that is no input; of very many the first ones, and how many more there are."""
    strangers = [name for name in raw if name not in model.input]
    faults = [stranger(model, name) for name in strangers[:MOST_STRANGERS]]
    more = len(strangers) - len(faults)
    return [*faults, Fault("", "strangers_left_out", {"count": f"{more:,}"})] if more else faults


def stranger(model: Model, name: str) -> Fault:
    given = name[:LONGEST_NAME]
    near = difflib.get_close_matches(given.lower(), model.input, n=1)
    if near:
        return Fault(given, "misspelt", {"given": given, "near": near[0]})
    return Fault(given, "stranger", {"given": given, "inputs": ", ".join(model.input)})
