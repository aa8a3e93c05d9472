"""One input of a model: how a raw answer is read, or refused with a code; `faults` has the words.

The web form, the JSON API and files all read through these classes, so they accept the same,
refuse the same and say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

UNKNOWN_WORDS = frozenset({"unknown", "i don't know", "i don’t know", "?"})


class NotRecorded(Enum):
    """What the data has where a row lacks an answer, as told from what somebody does not know."""

    NOT_RECORDED = "not recorded"


NOT_RECORDED = NotRecorded.NOT_RECORDED
NOT_RECORDED_WORDS = frozenset({"not recorded", "not-recorded", "not_recorded"})
# So many answers of an input can be listed one by one, in a table of points or of chances.
MOST_LISTED = 10_000
NO_CHOICES: Mapping[str, str] = {}


class Refused(ValueError):
    """An answer that cannot be used: a code, and the values that its sentence has places for."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def is_known(answer: Any) -> bool:
    """Whether it is an answer, and neither “I don’t know” nor that none is recorded."""
    return answer is not None and answer is not NOT_RECORDED


def first_upper(text: str) -> str:
    """The beginning of a sentence; “pH” and “iPhone” stay as they are written."""
    return text if text[:1].islower() and text[1:2].isupper() else text[:1].upper() + text[1:]


def first_lower(text: str) -> str:
    """A label within a sentence; “BMI”, “HbA1c” and “I” stay as they are written."""
    word = text.split(" ", 1)[0]
    return text if word == "I" or word[1:] != word[1:].lower() else text[:1].lower() + text[1:]


def few(values: Sequence[Any], most: int = 5) -> str:
    """The first of some values, and how many more there are."""
    shown = ", ".join(map(repr, values[:most]))
    return f"{shown} and {len(values) - most:,} more" if len(values) > most else shown


def is_several(raw: Any) -> bool:
    return isinstance(raw, (list, tuple, dict, set))


@dataclass(frozen=True)
class Input:
    """What every kind of input has: its name, its label, and the thing it asks for in words."""

    name: str
    label: str
    thing: str
    hint: str = ""
    may_be_unknown: bool = False
    # Where the data has rows without it and the model learnt from them: what the form calls that, “Not recorded in the
    # census”. It is another answer than “I don’t know”.
    not_recorded: str = ""
    # An answer a person could change; what-if suggests no others.
    changeable: bool = False
    # Whether it can only become more: a level of education is not taken away.
    only_more: bool = False
    # In sentences: "Being 52", "Being married"; {} stands for the answer.
    phrase: str = ""
    # What others head such a column with, “Pclass”: a file with that heading is shown it as a guess.
    headings: tuple[str, ...] = ()

    kind = "text"
    is_number = whole = False
    unit = ""
    choices = NO_CHOICES

    @property
    def named(self) -> str:
        """What the answer is of, beside the answer itself: a number's unit is not said twice."""
        return self.label

    @property
    def limits(self) -> dict[str, Any]:
        """What it takes, as programs are told."""
        return {}

    def contradictions(self) -> Iterator[str]:
        """What is declared of it that cannot be so."""
        if self.not_recorded and not self.may_be_unknown:
            yield "not_recorded needs may_be_unknown=True"

    def read(self, raw: Any) -> Any:
        raise NotImplementedError

    @property
    def refusals(self) -> list[str]:
        """The codes with which read() may refuse whatever is typed."""
        return ["blank"]

    def wording(self, code: str) -> tuple[str, dict[str, Any]]:
        """The name of the sentence for a refusal, and the input's own words for its places."""
        is_blank = code == "blank"
        name = f"{self.kind}_blank{'_or_unknown' if self.may_be_unknown else ''}" if is_blank else code
        return name, {"thing": self.thing}

    def list_values(self, most: int) -> Sequence[Any]:
        """The answers that it could have; of a number about so many at most, evenly spread."""
        return list(self.choices)

    def could_become(self, now: Any, then: Any) -> bool:
        """Whether a person who gives the one answer could, and would, come to give the other."""
        return bool(now != then)

    def text(self, answer: Any) -> str:
        """The answer as an address, a form or a file carries it; read() takes it back."""
        return self.text_of_none(answer) or str(answer)

    def to_json(self, answer: Any) -> Any:
        """The answer as JSON has it; read() takes it back."""
        return NOT_RECORDED.value if answer is NOT_RECORDED else answer

    def words(self, answer: Any) -> str:
        """The answer as a person reads it."""
        return self.words_of_none(answer) or self.text(answer)

    def text_of_none(self, answer: Any) -> str:
        """The text of an answer that is none, and nothing for any other."""
        return "unknown" if answer is None else NOT_RECORDED.value if answer is NOT_RECORDED else ""

    def words_of_none(self, answer: Any) -> str:
        return "I don’t know" if answer is None else self.not_recorded if answer is NOT_RECORDED else ""

    def phrased(self, answer: Any) -> str:
        """The answer as a sentence begins with it: “Being 52 years old”, “Education “Doctorate””."""
        if self.phrase and is_known(answer):
            return self.phrase.format(self.words(answer))
        return f"{self.label} ({self.said(answer)})"

    def said(self, answer: Any) -> str:
        """The answer as a page tells it, where nobody speaks: what is not known is not “I don’t know”."""
        return "not known" if answer is None else self.words(answer)

    def described(self, answer: Any) -> str:
        """The answer in a description of somebody: “52 years”, “Doctorate”."""
        return self.words(answer) if is_known(answer) else f"{self.label} not recorded"

    def read_none(self, text: str) -> Any:
        """What a text says that is no answer: None for “I don’t know”, or that it is not recorded; the text for others."""
        return self.words_for_none.get(text.casefold(), text)

    @cached_property
    def words_for_none(self) -> Mapping[str, Any]:
        """What says that there is no answer, in small letters, with what that stands for."""
        unknown = dict.fromkeys(UNKNOWN_WORDS) if self.may_be_unknown else {}
        lacking = [*NOT_RECORDED_WORDS, self.not_recorded.casefold()] if self.not_recorded else []
        return {**unknown, **dict.fromkeys(lacking, NOT_RECORDED)}
