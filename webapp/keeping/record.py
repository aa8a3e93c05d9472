"""A model's record: its kept cases as `model.record` reads them, and whom they are about."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.declare.inputs import Input
from model.predict.card import Observed
from model.predict.kinds import KINDS
from model.predict.predictor import Predictor
from model.record.cases import Cases
from model.record.drift import FIRST, changed, code_choices, code_numbers, together
from model.record.growth import STRONG
from model.record.record import MATTERS, TELLS, Part, Record, part_of, read_record
from webapp.store.database import Database
from webapp.store.record import FEWEST, DueCases, due_cases, state_of

DAYS_A_WEEK = 7
# So many of the commonest choices are told.
MOST_TOLD = 3
EVER = datetime.max.replace(tzinfo=UTC)
# Answers are told of whole twenties of cases, so that whoever looks after each one does not learn what was answered in it.
AT_ONCE = 20
# So many records are kept until a case or an outcome comes, or the day ends.
MOST_KEPT = 50
# A record for those who look all the time may be so many times older than what it took to work it out.
AS_OLD = 100


@dataclass(frozen=True)
class Watched:
    """An input, what kept cases have there and what the data has, and how strong it is that later cases differ."""

    asked: Input
    here: Mapping[str, float]
    there: Mapping[str, float]
    evidence: float


@dataclass(frozen=True)
class Misses:
    """By how much amounts were missed: on average, whichever way, and how much too high the model was on average."""

    marked: int
    off: float
    too_high: float


class ModelRecord:
    """All that a record's page, its JSON and its CSV tell."""

    def __init__(self, predictor: Predictor, kept: DueCases, today: date) -> None:
        self.predictor = predictor
        self.model = predictor.model
        self.today = today
        days = np.array([due.date().toordinal() for due in kept.due_at], np.int64)
        is_due, then = days <= today.toordinal(), np.array(kept.asked_then, bool)
        # Of past cases that came in a file it was known what happened when they were asked about: they stand apart.
        counts = is_due & then
        self.kept = int(then.sum())
        self.waiting = int((~is_due & then).sum())
        kind = KINDS[self.model.kind](self.model)
        chances = [kind.promise(value) for value in kept.estimates]
        happened = [
            kind.came_true(said, low, high, named(classes)) if said is not None else np.nan
            for said, low, high, classes in zip(kept.outcomes, kept.lows, kept.highs, kept.classes, strict=True)
        ]
        cases = Cases(np.array(chances, float), np.array(happened, float), days, np.array(kept.followed, bool))
        self.cases = cases.only(counts)
        self.record: Record = read_record(self.cases)
        self.past = part_of(cases.only(is_due & ~then), 0, 1)
        self.unknowable = int((counts & np.array(kept.unknowable, bool)).sum())
        self.misses = misses_of(kept, counts) if kind.is_amount else None
        self.inputs = watch(predictor, kept)

    @property
    def unmarked(self) -> int:
        return self.record.all.due - self.record.all.marked - self.unknowable

    @property
    def marked_are_off(self) -> bool:
        """Whether the marked cases alone speak against the model, by a range that holds however often one looks."""
        all_ = self.record.all
        return all_.range is not None and not all_.range.low <= (all_.estimated or 0) <= all_.range.high

    @property
    def unmarked_could_be_it(self) -> bool:
        all_ = self.record.all
        said = float(self.cases.chances.mean()) if len(self.cases) else 0.0
        return all_.whatever is not None and all_.whatever.low - MATTERS <= said <= all_.whatever.high + MATTERS

    @property
    def watched(self) -> bool:
        return any(one.evidence != 1.0 for one in self.inputs)

    @property
    def people_evidence(self) -> float:
        return together([one.evidence for one in self.inputs])

    @property
    def people_changed(self) -> bool:
        return self.people_evidence >= STRONG

    @property
    def most_changed(self) -> list[str]:
        order = sorted(self.inputs, key=lambda one: -one.evidence)
        return [one.asked.label for one in order if one.evidence >= STRONG] or [order[0].asked.label]

    def parts(self, is_member: bool) -> list[Part]:
        """The parts by what the model said; of those with few cases members alone are told."""
        if is_member:
            return list(self.record.parts)
        told = [part for part in self.record.parts if part.due >= FEWEST]
        # What is missing from all is told with them, so that it must not be a few either.
        while told and is_few(self.record.all.due - sum(part.due for part in told)):
            told.remove(min(told, key=lambda part: part.due))
        return told

    def drawn(self, is_member: bool) -> Part | None:
        """Those drawn by lot; others than members are told of them where neither they nor the rest are few."""
        drawn = self.record.followed
        return drawn if is_member or not (is_few(drawn.due) or is_few(self.record.all.due - drawn.due)) else None

    def from_files(self, is_member: bool) -> Part | None:
        """The past cases that came in files, told as the parts are."""
        return self.past if self.past.due >= (1 if is_member else FEWEST) else None

    def as_json(self, is_member: bool) -> dict[str, Any]:
        record, alarm = self.record, self.record.alarm
        return {
            "model": self.model.name,
            "version": self.predictor.version,
            "day": self.today.isoformat(),
            "cases": {
                "kept": self.kept,
                "due": record.all.due,
                "marked": record.all.marked,
                "not_marked": self.unmarked,
                "cannot_be_known": self.unknowable,
                "not_due_yet": self.waiting,
            },
            "all": part_as_json(record.all),
            "parts": [part_as_json(part) for part in self.parts(is_member)],
            "drawn_by_lot": (drawn := self.drawn(is_member)) and part_as_json(drawn),
            "from_files": (past := self.from_files(is_member)) and part_as_json(past),
            "evidence": record.evidence,
            "alarm": alarm
            and {
                "says": "too little" if alarm.too_little else "too much",
                "first_clear_on": day_of(alarm.day),
                "since": day_of(alarm.since),
                "due": alarm.due,
                "expected": alarm.expected,
                "at_least": alarm.fewest,
                "at_most": alarm.most,
                "low": alarm.range.low,
                "high": alarm.range.high,
            },
            "suggested_intercept": record.suggested and {"low": record.suggested.low, "high": record.suggested.high},
            "errors": self.misses and {"average": self.misses.too_high, "average_size": self.misses.off},
            "inputs": [
                {"name": one.asked.name, "kept": one.here, "data": one.there, "evidence": one.evidence}
                for one in self.inputs
                if is_member
            ],
            "inputs_alarm": self.people_changed,
        }


def is_few(cases: int) -> bool:
    """Whether so many are somebody's, and not nobody's."""
    return 0 < cases < FEWEST


def named(classes: Mapping[str, float]) -> str:
    """The likeliest class, where there are several."""
    return max(classes, key=lambda name: classes[name]) if classes else ""


def day_of(number: int) -> str:
    return date.fromordinal(number).isoformat()


def part_as_json(part: Part) -> dict[str, Any]:
    return {
        "from": part.start,
        "to": part.end,
        "due": part.due,
        "marked": part.marked,
        "came_true": part.yes,
        "said": part.estimated if part.tells else None,
        "observed": part.observed,
        "low": part.range and part.range.low,
        "high": part.range and part.range.high,
        "low_whatever_the_unmarked": part.whatever and part.whatever.low,
        "high_whatever_the_unmarked": part.whatever and part.whatever.high,
    }


def misses_of(kept: DueCases, counts: NDArray[np.bool_]) -> Misses | None:
    pairs = [
        (value, said)
        for value, said, it_counts in zip(kept.estimates, kept.outcomes, counts, strict=True)
        if it_counts and isinstance(said, float)
    ]
    if len(pairs) < TELLS:
        return None
    gaps = np.array([value - said for value, said in pairs])
    return Misses(len(gaps), float(np.abs(gaps).mean()), float(gaps.mean()))


def watch(predictor: Predictor, kept: DueCases) -> list[Watched]:
    """Whom the cases are about that were kept when they were asked, in the order in which they were kept."""
    order = sorted(
        (when, row) for row, (when, then) in enumerate(zip(kept.made_at, kept.asked_then, strict=True)) if then
    )
    order = order[: len(order) // AT_ONCE * AT_ONCE]
    if not order:
        return []
    weeks = np.array([when.date().toordinal() // DAYS_A_WEEK for when, _ in order], np.int64)
    watched = []
    for asked in predictor.model.inputs:
        seen = predictor.card.observed.get(asked.name)
        answers = [kept.inputs[row].get(asked.name) for _, row in order]
        if seen and asked.is_number:
            # What is not recorded is a text, and unknown here.
            numbers = [float(answer) if isinstance(answer, int | float) else None for answer in answers]
            codes = code_numbers(numbers) if len(answers) > FIRST else np.zeros(0, np.int64)
            here, there = quartiles(numbers), {"middle": seen.middle}
        elif seen and asked.choices:
            codes = code_choices(answers)
            here, there = beside(asked, answers, seen)
        else:
            continue
        watched.append(Watched(asked, here, there, changed(codes, weeks)))
    return watched


def quartiles(numbers: Sequence[float | None]) -> dict[str, float]:
    known = [number for number in numbers if number is not None]
    if not known:
        return {}
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    return {"quarter": float(low), "middle": float(middle), "three_quarters": float(high)}


def beside(asked: Input, answers: Sequence[Any], seen: Observed) -> tuple[dict[str, float], dict[str, float]]:
    """The shares of the choices that are commonest among the answers, here and in the data."""
    known = [str(answer) for answer in answers if answer is not None]
    counts = {choice: known.count(choice) for choice in asked.choices}
    commonest = sorted(counts, key=lambda choice: -counts[choice])[:MOST_TOLD]
    total = sum(seen.counts.values())
    here = {choice: counts[choice] / len(known) for choice in commonest if known and counts[choice]}
    return here, {choice: seen.counts.get(choice, 0) / total for choice in here if total}


@dataclass(frozen=True)
class Made:
    """A record that was worked out: of what, when, and how long it took."""

    state: tuple[date, int, int, int]
    record: ModelRecord
    at: float
    took: float


def record_of(predictor: Predictor, database: Database) -> ModelRecord:
    """Today's record of the version that is served, worked out anew where anything changed."""
    model, version, today = predictor.model.name, predictor.version, datetime.now(UTC).date()
    asked = time.monotonic()
    state = (today, *state_of(database, model, version))
    with database.working_out:
        made: Made | None = database.records.get((model, version))
        # One that was begun since then will do: many may ask while more and more is kept.
        if made is None or (made.state != state and made.at < asked):
            started = time.monotonic()
            record = ModelRecord(predictor, due_cases(database, model, version, EVER), today)
            made = Made(state, record, started, time.monotonic() - started)
            if len(database.records) >= MOST_KEPT:
                database.records.clear()
            database.records[model, version] = made
    return made.record


def recent_record_of(predictor: Predictor, database: Database) -> ModelRecord:
    """The same for whoever looks all the time: as old as a hundred times what it took, so that it costs a hundredth."""
    made: Made | None = database.records.get((predictor.model.name, predictor.version))
    if made and time.monotonic() - made.at < AS_OLD * made.took:
        return made.record
    return record_of(predictor, database)
