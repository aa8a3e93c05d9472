"""One input of a model: how a raw answer is read, or refused with a code; `faults` has the words.

The web form, the JSON API and files all read through these classes, so they accept the same,
refuse the same and say the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from numbers import Real
from typing import Any

from .numerals import LONGEST_NUMBER, in_parts, of_unit, plain, read_number, written

LONGEST_QUOTE = 60
# What two choices may be called that mean yes and no.
YES, NO = frozenset("yes true 1 y t on".split()), frozenset("no false 0 n f off".split())
UNKNOWN_WORDS = frozenset({"unknown", "i don't know", "i don’t know", "?"})


class NotRecorded(Enum):
    """What the data has where a row lacks an answer, as told from what somebody does not know."""

    NOT_RECORDED = "not recorded"


NOT_RECORDED = NotRecorded.NOT_RECORDED
NOT_RECORDED_WORDS = frozenset({"not recorded", "not-recorded", "not_recorded"})
# So many answers of an input can be listed one by one, in a table of points or of chances.
MOST_LISTED = 10_000


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


def by_letters(text: str) -> str:
    return text.casefold().replace("’", "'")


def quote(raw: Any) -> str:
    if is_several(raw):
        # Not written out: it may be as deep and as long as a body may be.
        return '"{…}"' if isinstance(raw, dict) else '"[…]"'
    text = str(raw).lower() if isinstance(raw, bool) else plain(raw)
    short = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
    return f'"{short}"'


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

    kind = "text"

    @property
    def named(self) -> str:
        """What the answer is of, beside the answer itself: a number's unit is not said twice."""
        return self.label

    def read(self, raw: Any) -> Any:
        raise NotImplementedError

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


@dataclass(frozen=True)
class NumberInput(Input):
    lowest: float = 0
    highest: float = 0
    whole: bool = False
    # Whether numbers of the table beyond the two ends count as the nearer one, where a form is to ask for fewer.
    clipped: bool = False
    like: str = "1"
    # What the number counts or measures: "hours", "cm"; empty for a plain number.
    unit: str = ""
    # How many of what make 1, where a number under 1 is told in them: 12 "months" of a year.
    under_one: tuple[int, str] | None = None
    # The sentence that says why the range ends where it does.
    beyond: str = ""
    subject: str = ""
    # The phrase where the answer is 0 or 1, if that is another one.
    phrase_of_none: str = ""
    phrase_of_one: str = ""
    # What a blank stands for, where there is a plain answer that most may leave as it is.
    default: float | None = None

    kind = "number"

    def could_become(self, now: Any, then: Any) -> bool:
        return bool(then > now) if self.only_more else super().could_become(now, then)

    def read(self, raw: Any) -> float | int | NotRecorded | None:
        number: float | int
        if self.default is not None and (raw is None or raw == ""):
            raw = self.default
        if type(raw) is str and raw.isdecimal() and len(raw) < LONGEST_NUMBER:
            number = int(raw)
        elif type(raw) is int:
            number = raw
        else:
            parsed = self._parse(raw)
            if parsed is None or isinstance(parsed, NotRecorded):
                return parsed
            number = parsed
        if not self.lowest <= number <= self.highest:
            raise Refused("out_of_range")
        return number if self.whole else float(number)

    def _parse(self, raw: Any) -> float | int | NotRecorded | None:
        if raw is NOT_RECORDED and self.not_recorded:
            return NOT_RECORDED
        if raw is None:
            if self.may_be_unknown:
                return None
            raise Refused("blank")
        if isinstance(raw, float):
            return self._checked(raw)
        if not isinstance(raw, str):
            # Numbers of numpy's, which a declaration may hold, are numbers too.
            if isinstance(raw, Real) and not isinstance(raw, bool):
                return self._checked(float(raw))
            raise Refused("not_a_number")
        text = plain(raw)
        if not text:
            raise Refused("blank")
        if self.read_none(text) != text:
            return self.read_none(text)
        return self._checked(read_number(text, self.unit) if len(text) <= LONGEST_NUMBER else math.nan)

    def _checked(self, number: float) -> float | int:
        if not math.isfinite(number):
            raise Refused("not_a_number")
        if not self.whole:
            return number
        if number != int(number):
            raise Refused("not_whole")
        return int(number)

    def phrased(self, answer: Any) -> str:
        own = {0: self.phrase_of_none, 1: self.phrase_of_one}
        return own.get(answer, "") or super().phrased(answer)

    def described(self, answer: Any) -> str:
        # A number without a unit says nothing by itself.
        return super().described(answer) if self.unit or not is_known(answer) else self.phrased(answer)

    @property
    def named(self) -> str:
        return self.subject or self.label

    @property
    def step(self) -> float:
        """How far one number is from the next where somebody moves through them."""
        return 1 if self.whole else float(10 ** math.floor(math.log10((self.highest - self.lowest) / 50 or 1)))

    def text(self, answer: Any) -> str:
        if none := self.text_of_none(answer):
            return none
        if answer == int(answer):
            return str(int(answer))
        # Written out, as people write numbers.
        return format(Decimal(repr(float(answer))), "f")

    def written(self, answer: float) -> str:
        """The number as a person reads it, without its unit."""
        return written(self.text(answer))

    def words(self, answer: Any) -> str:
        if none := self.words_of_none(answer):
            return none
        if self.under_one and 0 < answer < 1:
            return in_parts(answer, *self.under_one)
        return of_unit(self.written(answer), self.unit)


@dataclass(frozen=True)
class ChoiceInput(Input):
    # Value to label; the values are the data's own.
    choices: Mapping[str, str] = field(default_factory=dict)
    # Group label to values, where the page shows the choices in groups.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: str = "choices"
    # Whether they are in an order, so that some are further from one another than others.
    ordered: bool = False
    # What nobody would change to: to never have worked.
    never_chosen: tuple[str, ...] = ()

    kind = "choice"

    def could_become(self, now: Any, then: Any) -> bool:
        if then in self.never_chosen:
            return False
        order = list(self.choices)
        return order.index(then) > order.index(now) if self.only_more else super().could_become(now, then)

    def read(self, raw: Any) -> str | NotRecorded | None:
        if type(raw) is str and raw in self.choices:
            return raw
        if raw is NOT_RECORDED and self.not_recorded:
            return NOT_RECORDED
        if raw is None:
            if self.may_be_unknown:
                return None
            raise Refused("blank")
        if isinstance(raw, float) and raw.is_integer():
            # JSON knows one kind of number: 3.0 is 3.
            raw = int(raw)
        if isinstance(raw, float) or is_several(raw):
            raise Refused("not_offered", given=quote(raw))
        text = plain(str(raw).lower() if isinstance(raw, bool) else raw)
        if not text:
            raise Refused("blank")
        if self.read_none(text) != text:
            return self.read_none(text)
        # 1.0 is how a program writes the code 1 in a column with gaps.
        code = text.partition(".")[0] if re.fullmatch(r"-?\d+\.0+", text) else ""
        value = self.values_by_text.get(by_letters(text)) or self.values_by_text.get(code)
        if value is None:
            raise Refused("not_offered", given=quote(text))
        return value

    @property
    def taken_for_unknown(self) -> list[str]:
        """The values and labels that “I don’t know” would hide."""
        texts = [text for pair in self.choices.items() for text in pair]
        return [text for text in texts if not plain(text) or self.read_none(plain(text)) != plain(text)]

    @property
    def takes_booleans(self) -> bool:
        return {"true", "false"} <= self.values_by_text.keys()

    @cached_property
    def values_by_text(self) -> dict[str, str]:
        """Values and labels by their letters alone: case, space and the kind of quotes do not matter."""
        by_label = {by_letters(label): value for value, label in self.choices.items()}
        known = by_label | {by_letters(value): value for value in self.choices}
        # Where the two choices are a yes and a no, whatever says so does.
        said = {value: {text for text, own in known.items() if own == value} for value in self.choices}
        yes, no = ([value for value, texts in said.items() if texts & words] for words in (YES, NO))
        if len(said) == 2 and len(yes) == len(no) == 1 and yes != no:
            return dict.fromkeys(YES, yes[0]) | dict.fromkeys(NO, no[0]) | known
        return known

    def words(self, answer: Any) -> str:
        return self.words_of_none(answer) or self.choices[answer]

    def phrased(self, answer: Any) -> str:
        if answer is None:
            return super().phrased(answer)
        words = self.words(answer)
        if not self.phrase:
            return f"{self.label} “{words}”"
        # A label keeps its capital inside quotation marks only.
        return self.phrase.format(words if "“" in self.phrase else first_lower(words))


def list_values(asked: Input, most: int) -> Sequence[Any]:
    """The answers that an input could have; of a number about so many at most, evenly spread."""
    if isinstance(asked, ChoiceInput):
        return list(asked.choices)
    if not isinstance(asked, NumberInput):
        return []
    # Of a number that need not be whole, as many decimals as part its range into so many.
    unit = 1 if asked.whole else 10 ** max(0, 1 - math.floor(math.log10((asked.highest - asked.lowest) or 1)))
    lowest, highest = math.ceil(asked.lowest * unit), math.floor(asked.highest * unit)
    numbers = range(lowest, highest + 1, max(1, math.ceil((highest - lowest) / most)))
    return numbers if asked.whole else [number / unit for number in numbers]
