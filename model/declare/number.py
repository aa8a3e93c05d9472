"""A number between two ends as an input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

from .inputs import NOT_RECORDED, Input, NotRecorded, Refused, is_known
from .numerals import LONGEST_NUMBER, in_parts, of_unit, plain, read_number, written


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
    is_number = True

    @property
    def limits(self) -> dict[str, Any]:
        return {"whole": self.whole, "lowest": self.lowest, "highest": self.highest, "unit": self.unit}

    @property
    def refusals(self) -> list[str]:
        return [*super().refusals, "not_a_number", *(["not_whole"] if self.whole else []), "out_of_range"]

    def wording(self, code: str) -> tuple[str, dict[str, Any]]:
        name, values = super().wording("out_of_range_because" if code == "out_of_range" and self.beyond else code)
        ends = {"lowest": self.written(self.lowest), "highest": self.written(self.highest)}
        return name, {**values, "named": self.named, "like": written(self.like), "beyond": self.beyond, **ends}

    def list_values(self, most: int) -> Sequence[Any]:
        # Of a number that need not be whole, as many decimals as part its range into so many.
        unit = 1 if self.whole else 10 ** max(0, 1 - math.floor(math.log10((self.highest - self.lowest) or 1)))
        lowest, highest = math.ceil(self.lowest * unit), math.floor(self.highest * unit)
        numbers = range(lowest, highest + 1, max(1, math.ceil((highest - lowest) / most)))
        return numbers if self.whole else [number / unit for number in numbers]

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
