"""The one door: whoever asks, by form, API, tutorial address or file, is let in and read here.

`admit` decides who asks and what it may cost. Below stand two readers, which give the same: one for a
row, whatever it comes in, and one for the many rows of a file. What comes out is answers, or faults that
the edge puts into words.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, ServiceUnavailable, UnprocessableEntity
from wtforms import Form

from model.declare.faults import Fault, sentence
from model.declare.fields import InputField
from model.declare.model import Model
from model.declare.reading import Answers, read_answers, read_lists
from model.predict.predictor import Predictor
from webapp.http import metrics
from webapp.http.visit import Visit, current
from webapp.people.current import may

if TYPE_CHECKING:
    from model.files.reader import Reader
    from model.files.scoring import Scoring, Writer

# Of keys that nobody asked for the first few of a request are named, and the others counted.
MOST_STRANGERS = 20
LONGEST_NAME = 60
MOST_EXPLAINED = 1000
# About two seconds' work. An explanation writes each sum down, which takes as long as making 25.
MOST_SUMS = 1_000_000
WRITTEN_SUM = 25
# Different sets of unknown answers, each of which takes a look at all people in the data.
MOST_PATTERNS = 64
# Lines of a file: the shortest take as long as longer ones, and 50 MB of them would be 25 million.
MOST_LINES = 3_000_000
# A row that is too short is filled up, so that a file with many columns would grow; a whole one has no more cells than bytes.
CELLS_A_BYTE, FEW_CELLS = 8, 1_000_000
# So many rows of a list are counted as one prediction, and as one explanation.
ROWS_A_PREDICTION = 100
ROWS_AN_EXPLANATION = 10


# What is not counted as a prediction.
ALLOWANCES = {"file": "uploads", "what-if": "what-ifs"}


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which door: "page", "api", "tutorial", "file", "what-if" for a script's try, or "example"."""

    door: str


class OverBudget(UnprocessableEntity):
    """More work than one request may ask for; the text says how much that is."""


@dataclass
class Budget:
    """The work that one request may still ask for, taken off before it is done."""

    rows: int = 1
    explained: int = MOST_EXPLAINED
    # An unknown answer is filled in in every way that somebody in the data had, and each way is a sum.
    sums: int = MOST_SUMS
    patterns: int = MOST_PATTERNS
    # To find the known name that an unknown key is near to takes its time.
    strangers: int = MOST_STRANGERS


@dataclass(frozen=True)
class Said:
    """A fault in words, and the input it is about."""

    name: str
    message: str


@dataclass(frozen=True)
class Asked:
    """What was asked of a model: clean answers, or what is wrong with them."""

    predictor: Predictor
    answers: Answers
    faults: Sequence[Fault] = ()

    @property
    def sentences(self) -> list[Said]:
        return [Said(fault.name, sentence(fault, self.predictor.model.input)) for fault in self.faults]


def ask(
    predictor: Predictor, raw: Form | Mapping[str, Any] | Any, caller: Caller, budget: Budget, explain: bool = False
) -> Asked:
    """Let one row in and read it: a form, the lists of an address or of what was posted, or a JSON object."""
    return ask_each(predictor, [raw], caller, budget, explain)[0]


def ask_each(
    predictor: Predictor, rows: Sequence[Any], caller: Caller, budget: Budget, explain: bool = False
) -> list[Asked]:
    """The same for a list; a row that is no object is a fault of its own."""
    admit(predictor, caller, budget, len(rows), explain)
    asked = [Asked(predictor, *read(predictor.model, row, budget)) for row in rows]
    weigh(predictor, asked, caller, budget, explain)
    return asked


def ask_file(
    predictor: Predictor,
    reader: Reader,
    writer: Writer,
    caller: Caller,
    lines: int = 0,
    length: int = 0,
    chosen: Mapping[str, str] | None = None,
    challenger: bool = False,
) -> Scoring:
    """Let a file in; its rows are read by their own reader, which says the same of each.

    Where its headings are others than ours, some are chosen: an input's name with the heading of its column. A challenger
    adds what another kind of model says.
    """
    from model.files.scoring import Scoring

    if lines > MOST_LINES:
        raise over(
            f"The file has {lines:,} lines, and up to {MOST_LINES:,} can be scored at once. "
            "Cut it into several files, each with the line that names the columns"
        )
    if lines * len(reader.header) > CELLS_A_BYTE * length + FEW_CELLS:
        raise over(
            f"Most rows of the file have fewer cells than the {len(reader.header):,} columns that its first line names. "
            "Check what separates the cells, and choose the file again"
        )
    admit(predictor, caller, Budget(), 1)
    return Scoring(predictor, reader, writer, chosen, challenger)


def admit(predictor: Predictor, caller: Caller, budget: Budget, rows: int, explain: bool = False) -> None:
    """Decide whether this caller may ask so much of the model, before any of it is done."""
    name, visit = predictor.model.name, current()
    if rows > budget.rows:
        raise over(f"Send up to {budget.rows:,} at once. These are {rows:,}")
    if explain and rows > budget.explained:
        raise over(f"Ask for up to {budget.explained:,} explanations at once. These are {rows:,}")
    budget.rows -= rows
    budget.explained -= rows if explain else 0
    if caller.door == "example":
        # The page for programs asks it for itself.
        return
    if not may("predict", predictor.model):
        raise Forbidden(f"This token may not ask {name}: it lacks the scope predict, or is for other models")
    visit.model, visit.version = name, predictor.version
    visit.begin_work()
    # A comparison asks twice and is one prediction; a file has an allowance of its own, and a script's try too.
    visit.take(ALLOWANCES.get(caller.door, "predictions"), share(rows, ROWS_A_PREDICTION))
    if explain:
        visit.take("explanations", share(rows, ROWS_AN_EXPLANATION))
        metrics.count("explanations", name, predictor.version, amount=rows)
    if predictor.model.has_photo and caller.door in ("api", "tutorial"):
        visit.enter("photos")
    if explain and rows > 1:
        visit.enter("long lists")
    metrics.count("predictions", name, predictor.version, caller.door)
    metrics.count("rows", name, predictor.version, caller.door, amount=rows if caller.door != "file" else 0)


def over(message: str) -> OverBudget:
    metrics.count_refusal("budget")
    return OverBudget(message)


def share(rows: int, of: int) -> int:
    return max(1, -(-rows // of))


def weigh(predictor: Predictor, asked: Sequence[Asked], caller: Caller, budget: Budget, explain: bool) -> None:
    """Add up what the unknown answers of these rows cost, which is the most of the work where there are any."""
    patterns: Counter[tuple[str, ...]] = Counter()
    for one in asked:
        for fault in one.faults if caller.door != "example" else ():
            # A key that nobody asked for is the client's own word.
            field = fault.name if fault.name in predictor.model.input else ""
            metrics.count("faults", predictor.model.name, field, fault.code)
        if not one.faults and None in one.answers.values():
            patterns[predictor.unknown(one.answers)] += 1
    budget.patterns -= len(patterns)
    if budget.patterns < 0:
        raise over(f"Send rows with up to {MOST_PATTERNS} different sets of unknown answers at once")
    for unknown, rows in patterns.items():
        budget.sums -= rows * predictor.engine.ways(unknown) * (WRITTEN_SUM if explain else 1)
    if budget.sums < 0:
        raise over(
            f"The unknown answers make these {MOST_SUMS - budget.sums:,} sums, and up to {MOST_SUMS:,} can be asked for "
            f"at once{f'; each one written down counts as {WRITTEN_SUM}' if explain else ''}. Send fewer rows at once"
        )


def score_in_time(predictor: Predictor, scoring: Scoring, last_line: bytes = b"") -> Iterator[bytes]:
    """The file's pieces. Where the work takes too long it breaks off, with this line if the file is under way."""
    visit = current()

    def pieces() -> Iterator[bytes]:
        try:
            yield from visit.work_in_time(scoring.run())
        except ServiceUnavailable:
            # Servers end an answer that fails under way as if it were whole.
            if not last_line:
                raise
            yield last_line
        finally:
            metrics.count("rows", predictor.model.name, predictor.version, "file", amount=scoring.counts.rows)

    return pieces()


def in_time(asked: Iterable[Asked], visit: Visit) -> Iterator[Asked]:
    """Each of them; those whose turn comes too late are faults, so that a list always has all its items."""
    for one in asked:
        yield replace(one, faults=[Fault("", "too_late")]) if visit.is_late else one


def read(model: Model, raw: Form | Mapping[str, Any] | Any, budget: Budget) -> tuple[Answers, Sequence[Fault]]:
    if isinstance(raw, Form):
        fields = [field for field in raw if isinstance(field, InputField)]
        return {field.input.name: field.data for field in fields}, [field.fault for field in fields if field.fault]
    if isinstance(raw, MultiDict):
        return read_lists(model.inputs, dict(raw.lists()))
    if not isinstance(raw, Mapping):
        return {}, [Fault("", "no_object")]
    answers, faults = read_answers(model.inputs, raw)
    if raw.keys() <= model.input.keys():
        return answers, faults
    return answers, [*faults, *find_strangers(model, raw, budget)]


def find_strangers(model: Model, raw: Iterable[str], budget: Budget) -> Iterator[Fault]:
    """A fault for each key that is no input; of very many the first ones, and how many more there are."""
    strangers = [name for name in raw if name not in model.input]
    named, left = strangers[: budget.strangers], len(strangers) - budget.strangers
    budget.strangers -= len(named)
    for name in named:
        given = name[:LONGEST_NAME]
        if near := difflib.get_close_matches(given.lower(), model.input, n=1):
            yield Fault(given, "misspelt", {"given": given, "near": near[0]})
        else:
            yield Fault(given, "stranger", {"given": given, "inputs": ", ".join(model.input)})
    if left > 0:
        yield Fault("", "strangers_left_out", {"count": f"{left:,}"})
