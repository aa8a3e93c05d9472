"""One of several choices as an input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .inputs import NOT_RECORDED, Input, NotRecorded, Refused, first_lower, is_several
from .numerals import plain

LONGEST_QUOTE = 60
# What two choices may be called that mean yes and no.
YES, NO = frozenset("yes true 1 y t on".split()), frozenset("no false 0 n f off".split())


def by_letters(text: str) -> str:
    return text.casefold().replace("’", "'")


def quote(raw: Any) -> str:
    if is_several(raw):
        # Not written out: it may be as deep and as long as a body may be.
        return '"{…}"' if isinstance(raw, dict) else '"[…]"'
    text = str(raw).lower() if isinstance(raw, bool) else plain(raw)
    short = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
    return f'"{short}"'


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
    # Whether they are names, which keep their capital within a sentence: “Coming on board at Southampton”.
    names: bool = False

    kind = "choice"

    @property
    def limits(self) -> dict[str, Any]:
        return {"choices": dict(self.choices)}

    def contradictions(self) -> Iterator[str]:
        if self.only_more and not self.ordered:
            yield "only_more needs choices in an order. Write ordered=True"
        for value in [one for one in self.never_chosen if one not in self.choices]:
            yield f"never_chosen has {value!r}, which is none of the choices"
        for text in [text for pair in self.choices.items() for text in pair]:
            if not plain(text) or self.read_none(plain(text)) != plain(text):
                yield f"a choice {text!r} reads as “I don’t know”. Give it another value and label"
        yield from super().contradictions()

    @property
    def refusals(self) -> list[str]:
        return [*super().refusals, "not_offered"]

    def wording(self, code: str) -> tuple[str, dict[str, Any]]:
        name, values = super().wording(code)
        return name, {**values, "plural": self.plural, "choices": ", ".join(self.choices.values())}

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
        # A label that is no name keeps its capital inside quotation marks only.
        keeps = "“" in self.phrase or (self.names and answer in self.choices)
        return self.phrase.format(words if keeps else first_lower(words))
