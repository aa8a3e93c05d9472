"""The columns of a file: which input each one holds, and which ones the estimates add."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from model.declare.inputs import Input, plain
from model.declare.model import Model
from model.declare.reading import Fault
from model.predict.predictor import Predictor

BROKEN = "This row cannot be read. Check its quotation marks and where its lines end"
# So much of a file's first line is shown to whoever has to mend it.
LONGEST_QUOTE = 200


class Unusable(ValueError):
    """A file that cannot be scored at all; its text says what to do."""


def input_columns(model: Model, header: Sequence[str]) -> dict[str, int]:
    """The position of each input's column, headed by its name or its label in any case and order."""
    if not any(heading.strip() for heading in header):
        raise Unusable(f"The file’s first line is empty. It must name the columns: {', '.join(model.input)}")
    meant = {plainly(heading): asked.name for asked in model.inputs for heading in (asked.label, asked.name)}
    found: dict[str, int] = {}
    for position, heading in enumerate(header):
        name = meant.get(plainly(heading))
        if name in found:
            raise Unusable(f"The file has two columns for “{name}”. Leave one of them out")
        if name is not None:
            found[name] = position
    missing = [name for name in model.input if name not in found]
    if missing:
        raise Unusable(
            f"The file has no column {listed(missing)}. Its first line must name the columns: "
            f"{', '.join(model.input)}. It has: {shortened(', '.join(header))}"
        )
    return found


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


def plainly(heading: str) -> str:
    return re.sub(r"[\s_-]+", " ", heading.strip("\ufeff \t\r\n\"'")).casefold()


def listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def estimate_columns(predictor: Predictor) -> list[str]:
    """The names of an estimate's numbers, in the order of estimate_cells()."""
    if predictor.model.kind == "classes":
        labels = predictor.model.learns.classes.values()
        each = [f"{number}_{label}" for label in labels for number in ("probability", "low", "high")]
        return ["class", *each]
    return ["probability" if predictor.model.kind == "probability" else "amount", "low", "high"]


def added_columns(predictor: Predictor, header: Sequence[str]) -> list[str]:
    """The headings that a scored file has after its own; a name that is taken gets a number."""
    taken = {heading.strip() for heading in header}
    return [free(name, taken) for name in [*estimate_columns(predictor), "error"]]


def free(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def estimate_cells(predictor: Predictor, answers: Mapping[str, Any]) -> list[float | str]:
    """What a scored row gets: the numbers of its estimates, unrounded."""
    estimates = predictor.estimates(answers)
    numbers: list[float | str] = [n for one in estimates for n in (one.value, one.low, one.high)]
    if predictor.model.kind == "classes":
        return [max(estimates, key=lambda estimate: estimate.value).label, *numbers]
    return numbers


def read_cell(asked: Input, cell: Any) -> Any:
    """A cell as the form reads its field; an empty one is unknown where that is an answer."""
    if cell is None or cell != cell or not plain(cell):
        return None if asked.may_be_unknown else asked.read("")
    return asked.read(cell)


def row_error(faults: Sequence[Fault]) -> str:
    """All that is wrong with a row, in the form's own words."""
    return "; ".join(fault.message for fault in faults)
