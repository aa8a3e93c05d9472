"""The columns of a file: which input each one holds, and which ones the estimates add."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, count

from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.predictor import Predictor

from .dialect import ColumnsMissing, Unusable

# So much of a file's first line is shown to whoever has to mend it.
LONGEST_QUOTE = 200
# Words for the same, as headings have them. What they lead to is a guess that somebody looks at.
SAME = (
    ("sex", "gender"),
    ("marital status", "civil status", "family status"),
    ("job", "occupation", "profession"),
    ("salary", "pay", "wage", "wages", "earnings"),
    ("children", "kids"),
    ("city", "town"),
    ("postcode", "postal code", "zip code", "zip"),
)


def input_columns(model: Model, header: Sequence[str], chosen: Mapping[str, str] | None = None) -> dict[str, int]:
    """The position of each input's column, headed by its name or its label in any case and order.

    Some may be chosen: an input's name with the heading of its column. What the model's own table says in one column,
    such as a day, may be several inputs.
    """
    if not any(heading.strip() for heading in header):
        raise Unusable(f"The file’s first line is empty. It must name the columns: {', '.join(model.input)}")
    meant = {simplify(heading): asked.name for asked in model.inputs for heading in (asked.label, asked.name)}
    headings = tell_apart(header)
    # What the model's own table says in each column: headings there may differ only in what `simplify` passes over.
    own: dict[str, list[str]] = {}
    for told, one in model.written.items():
        own.setdefault(one.column, []).append(told)
    by_hand = {name: header.index(heading) for name, heading in (chosen or {}).items() if heading in header}
    found = {name: place for name, place in by_hand.items() if name in model.input}
    if shared := share_a_column(model, found):
        raise ColumnsMissing(
            f"The column “{header[found[shared[0]]]}” is chosen for {list_names(shared, 'and')}. Choose one for each",
            shared,
            header,
        )
    for position, heading in enumerate(header):
        name = None if position in by_hand.values() else meant.get(simplify(heading))
        same = own.get(headings[position], [])
        if name is not None and len(same) == 1:
            name = same[0]
        # A model that learnt from a table with two columns of one heading calls the second one “Price (2)”.
        if name in found and (number := header[: position + 1].count(heading)) > 1:
            name = meant.get(simplify(f"{heading} ({number})"), name)
        if name in by_hand:
            continue
        if name in found:
            raise Unusable(f"The file has two columns for “{name}”. Leave one of them out")
        if name is not None:
            found[name] = position
    found |= find_written(model, header, [name for name in model.written if name not in found])
    missing = [name for name in model.input if name not in found]
    if missing:
        raise ColumnsMissing(
            f"The file has no column {list_names(missing)}. Its first line must name the columns: "
            f"{', '.join(model.input)}. It has: {quote(header)}",
            missing,
            header,
        )
    return found


def find_written(model: Model, header: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """The columns of inputs under the headings of the model's own table, as that of a day which is several inputs.

    Of several that are alike it is the one that the table itself has, and none that is another column there.
    """
    headings, own = tell_apart(header), {one.column for one in model.written.values()}
    alike: dict[str, list[int]] = {}
    for position, heading in enumerate(headings):
        if heading not in own:
            alike.setdefault(simplify(header[position]), []).append(position)
    found = {}
    for name in names:
        heading = model.written[name].column
        places = alike.get(simplify(heading), [])
        if heading in headings:
            twins = [place for place in places if " ".join(header[place].split()) == heading]
            places = [headings.index(heading), *twins]
        if len(places) > 1:
            raise Unusable(f"The file has two columns for “{heading}”. Leave one of them out")
        if places:
            found[name] = places[0]
    return found


def guess_columns(model: Model, missing: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    """For some of the inputs that have no column, the heading that may be meant; nobody has seen the guess yet."""
    taken = {
        simplify(text) for asked in model.inputs if asked.name not in missing for text in (asked.name, asked.label)
    }
    free = {simplify(heading): heading for heading in header if simplify(heading) not in taken}
    guessed = {}
    for name in missing:
        if text := guess_column(model.input[name], list(free)):
            guessed[name] = free.pop(text)
    return guessed


def guess_column(asked: Input, headings: Sequence[str]) -> str:
    """The heading that has an input's name among its words, or another word for it, or is nearest to it; else none."""
    own = [simplify(text) for text in (asked.name, asked.label)]
    for meant in [*own, *map(simplify, asked.headings), *chain.from_iterable(map(say_otherwise, own))]:
        for heading in headings:
            if set(meant.split()) <= set(heading.split()):
                return heading
    return next((near[0] for meant in own if (near := get_close_matches(meant, headings, n=1))), "")


def say_otherwise(text: str) -> Iterator[str]:
    """The same in other words."""
    for words in SAME:
        for one in words:
            if f" {one} " in f" {text} ":
                yield from [f" {text} ".replace(f" {one} ", f" {other} ") for other in words if other != one]


def tell_apart(header: Sequence[str]) -> list[str]:
    """Each heading as a model calls it that learns from the table: on one line, and with a number where it comes again."""
    names: dict[str, None] = {}
    more: Counter[str] = Counter()
    for at, heading in enumerate(header):
        plain = " ".join("".join(one if one.isprintable() else " " for one in heading).split()) or f"Unnamed: {at}"
        name = plain
        while name in names:
            more[plain] += 1
            name = f"{plain} ({more[plain] + 1})"
        names[name] = None
    return list(names)


def simplify(heading: str) -> str:
    """A heading by its letters and digits, so that “Bill.Length (mm)” is bill_length_mm."""
    return re.sub(r"[\W_]+", " ", heading).strip().casefold() or heading.strip()


def quote(header: Sequence[str]) -> str:
    has = ", ".join(header)
    return has if len(has) <= LONGEST_QUOTE else f"{has[:LONGEST_QUOTE]}…"


def share_a_column(model: Model, chosen: Mapping[str, int]) -> list[str]:
    """Inputs for which one column was chosen, and which the model's own table has in several."""
    for place in chosen.values():
        names = [name for name, other in chosen.items() if other == place]
        if len({model.written[name].column if name in model.written else name for name in names}) > 1:
            return names
    return []


def list_names(names: Sequence[str], last_word: str = "or") -> str:
    *others, last = [f"“{name}”" for name in names]
    return f"{', '.join(others)} {last_word} {last}" if others else last


def added_columns(predictor: Predictor, header: Sequence[str], more: Sequence[str] = ()) -> list[str]:
    """The headings that a scored file has after its own; a name that is taken gets a number."""
    taken = {heading.strip() for heading in header}
    return [
        next(one for one in chain([name], map(f"{name}_{{}}".format, count(2))) if one not in taken)
        for name in [*predictor.kind.columns, *more, "error"]
    ]
