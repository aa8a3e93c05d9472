"""What the pages say of one model."""

import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Self

NEUTRAL_WARNING = "Nobody has said yet what this may be used for. Do not decide about anyone by it."
# How the words begin that only a person can write; while one of them stands so, the pages call themselves a draft.
NEUTRAL = {
    # With the inputs that may know too much, where there are such.
    "warning": rf"{re.escape(NEUTRAL_WARNING)}( It may look better than it is: .+)?",
    "source": "the file .+",
    "yes": "had .+ “.*”",
    "no": "had another",
    "one": "row",
}


@dataclass(frozen=True)
class Words:
    """What the pages say of one model. Sentences about the answer take numbers from the scorecard.

    What `yes` and `no` say has to be right after “one person” and after “17 people” alike: “survived”,
    “had rain”, “earned more”, and not “was late” or “have rain”.
    """

    title: str
    question: str
    heading: str
    lead: str
    button: str
    # "people with these answers"
    those: str
    # "had an income over $50,000" and "did not"
    yes: str = ""
    no: str = ""
    # What `no` says of one of them in a sentence of its own, where that is not the same: "did not have an income over $50,000".
    no_in_full: str = ""
    # The thing itself, as a noun: "income over $50,000".
    outcome: str = ""
    warning: str = ""
    data_line: str = ""
    source: str = ""
    # One of the people, things or places in the data, and several of them.
    one: str = "person"
    many: str = "people"
    # Whether they are things or places: then a sentence goes on with “which” where it has “whom” of people.
    things: bool = False
    another: str = "Another person"
    left_out: str = ""
    # What an amount is called, and what its numbers count where that is not the unit below.
    amount: str = "amount"
    counted_in: str = ""
    # How many of the data have a smaller amount, as a sentence.
    less: str = "{n} of 100 {many} in the data have less"
    before_unit: str = ""
    after_unit: str = ""
    # So many digits of an amount stand after the point.
    decimals: int = 2
    for_what: str = ""
    not_for: str = ""
    licence: str = ""
    # Who made the model and answers for it, as “by” goes on: “the Likely authors”, “Ann Lee, Example Ltd”.
    maker: str = ""
    # What the drawing above the form shows, where there is one.
    drawing: str = ""

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The words that a TOML file beside the declaration holds; ValueError says what is wrong with one."""
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ValueError(f"there is no file {path.name} with the words") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise ValueError(f"{path.name}: {fault}") from None
        known = {about.name: about for about in fields(cls)}
        for name, value in said.items():
            if name not in known:
                meant = get_close_matches(name, known, 1)
                hint = f"Did you mean {meant[0]!r}?" if meant else f"There are: {', '.join(known)}"
                raise ValueError(f"{path.name}: there are no words {name!r}. {hint}")
            if type(value) is not known[name].type:
                types = {bool: "true or false", int: "a whole number", str: "a text in quotation marks"}
                takes = next(words for own, words in types.items() if own is known[name].type)
                raise ValueError(f"{path.name}: {name!r} must be {takes}, and is {value!r}")
        if lacking := [name for name, about in known.items() if about.default is MISSING and name not in said]:
            raise ValueError(f'{path.name}: {lacking[0]!r} is missing. Add a line {lacking[0]} = "…"')
        return cls(**said)

    @cached_property
    def unwritten(self) -> list[str]:
        """The names of words that still are what a draft wrote."""
        return [name for name, neutral in NEUTRAL.items() if re.fullmatch(neutral, getattr(self, name))]

    def with_rows(self, text: str, rows: int) -> str:
        """One of these sentences with the number of the data's rows in it."""
        return text.format(rows=f"{rows:,}")

    @property
    def who(self) -> str:
        return "that" if self.things else "who"

    @property
    def whom(self) -> str:
        return "which" if self.things else "whom"

    @property
    def thousand(self) -> str:
        """One of what the numbers count, where they count thousands: “$1,000”."""
        return f"{self.before_unit}1{self.after_unit}" if self.after_unit == ",000" else ""
