"""The card of a trained model: all that serving knows of it, as training wrote it under a checksum."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model.declare.inputs import is_known

# Goes up when a card is written in another way; one of another format is refused.
FORMAT = 4
# Where a number may be too large for a computer; each number is looked at only then, since that takes its time.
PERHAPS_ENDLESS = re.compile(rb"\d[eE]\+?\d{3}|\d{300}")
FIRST_LINE = re.compile(rb'\{"checksum": "([0-9a-f]{64})",\n')


class Tampered(ValueError):
    """A card or a pickle that is not the one that training wrote."""


class NotTrained(FileNotFoundError):
    """A model whose files are not there yet, or are of another edition; the text says how to make them."""


@dataclass(frozen=True)
class Fit:
    """Which candidate was chosen, and how it was fitted."""

    chosen: str
    C: float | None = None
    intercept: float | None = None
    slope: float | None = None


@dataclass(frozen=True)
class Data:
    """The table that the model learnt from, and the checksums of it and of the people file."""

    rows: int
    sha256: str | None
    people: str | None = None


@dataclass(frozen=True)
class Observed:
    """What the data holds of one input: its ends and middle, or how often each choice comes."""

    unknown: int
    lowest: float = 0
    highest: float = 0
    middle: float = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bin:
    """People held back for testing who were given a chance between two ends, and of what share it was so."""

    start: float
    end: float
    people: int
    estimated: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """People with one answer in common: a choice, or a number from one edge to under another."""

    input: str
    group: str
    people: int
    observed: float
    estimated: float
    gap: float
    right: float
    right_low: float
    right_high: float
    # No range where the group is too small to have one.
    gap_low: float | None = None
    gap_high: float | None = None
    value: str | None = None
    start: float | None = None
    end: float | None = None

    def holds(self, answer: Any) -> bool:
        if not is_known(answer) or self.value is not None:
            return bool(is_known(answer) and answer == self.value)
        return (self.start is None or answer >= self.start) and (self.end is None or answer < self.end)


@dataclass(frozen=True)
class Ranged:
    """A figure with its 95 % range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """What turns the logit of an estimate into that of what was so; 0 and 1 where estimates keep their word."""

    intercept: Ranged
    slope: Ranged


@dataclass(frozen=True)
class CurvePoint:
    """At one height of the estimate what was so, on a smooth curve with its band."""

    estimated: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class BrierParts:
    """Reliability less resolution, and uncertainty, add up to the Brier score."""

    reliability: float
    resolution: float
    uncertainty: float


@dataclass(frozen=True)
class Decision:
    """What acting above a threshold is worth: by the model, on everybody, and what the model gains on the better of
    acting on everybody and on nobody."""

    above: float
    benefit: Ranged
    everybody: float
    gain: Ranged


@dataclass(frozen=True)
class Weighted:
    """The figures where each row counts for as many people as it speaks for; base_rate and estimated among them."""

    by: str
    figures: Mapping[str, float]
    line: Line | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Spread:
    """A figure over several seeds of folds."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True)
class Contest:
    """The model's figures beside those of what it is measured against, on the same folds."""

    # The column by whose values rows are kept together in a fold; none where any rows may be parted.
    kept: str
    seeds: int
    other_seeds: int
    own: Mapping[str, Spread]
    others: Mapping[str, Mapping[str, Spread]]
    # By how much the model is better than each other in each figure; below 0 where the other is.
    ahead: Mapping[str, Mapping[str, Ranged]]

    def winner(self, figure: str) -> str | None:
        """Who is better than all that the range of the difference tells apart: "" is the model; None where it is a tie."""
        apart = {name: figures[figure] for name, figures in self.ahead.items() if figure in figures}
        if apart and all(one.low > 0 for one in apart.values()):
            return ""
        behind = [name for name, one in apart.items() if one.high < 0]
        return min(behind, key=lambda name: apart[name].value) if behind else None


@dataclass(frozen=True)
class Band:
    """People whose estimate begins here, up to the next: how far those of refits lie from it."""

    start: float
    estimated: float
    # Between these ends lie 95 % of the refits' estimates, less the model's own.
    low: float
    high: float
    moves: float
    moves_most: float


@dataclass(frozen=True)
class Stability:
    """How far single estimates move when the model is fitted to resamples of its table, on average and for one in 20."""

    refits: int
    moves: float
    moves_most: float
    bands: tuple[Band, ...] = ()

    def around(self, value: float) -> Band:
        return next((band for band in reversed(self.bands) if value >= band.start), self.bands[0])


@dataclass(frozen=True)
class Pair:
    """People who have both answers; gap and reach are per person, and is_sure whether it is beyond luck."""

    inputs: list[str]
    groups: list[str]
    people: int
    estimated: float
    observed: float
    gap: float
    reach: float
    is_sure: bool


@dataclass(frozen=True)
class Pairs:
    """Groups two by two: how many were looked at, and whose range leaves out 0, of how many by luck and of how many surely."""

    looked_at: int
    outside: int
    by_luck: float
    sure: int
    # Those that are furthest off for their number.
    worst: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """How good the model is on rows that it had not seen; what its kind has no use for is empty."""

    # The single numbers by their names: log_loss, auc, r2, range_holds …
    figures: Mapping[str, float]
    source: str = ""
    # Beside others on the model's own folds, and on other folds after that.
    contests: tuple[Contest, ...] = ()
    # The settings of those that were tuned.
    tuned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chosen_in_folds: Mapping[str, int] = field(default_factory=dict)
    calibration: tuple[Bin, ...] = ()
    groups: tuple[Group, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    roc: tuple[tuple[float, float], ...] = ()
    base_rates: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    # Of one chance: whether estimates keep their word, and what acting on them is worth.
    line: Line | None = None
    curve: tuple[CurvePoint, ...] = ()
    brier_parts: BrierParts | None = None
    decisions: tuple[Decision, ...] = ()
    weighted: Weighted | None = None
    stability: Stability | None = None
    pairs: Pairs | None = None
    # What is told of the people where they themselves are not kept: parts by estimate, cuts, and the like.
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrapped:
    """Of a model that was fitted elsewhere: its file, how far what is served is from it, and what was measured how."""

    file: str
    apart: float
    tolerance: float
    # "folds" of fresh fits, rows that were said to be "unseen", or "nothing".
    measured: str


@dataclass(frozen=True)
class Case:
    """People of whom another kind of model gave a chance more than five points higher, or lower: who was right."""

    higher: bool
    people: int
    own: float
    other: float
    observed: Ranged

    @property
    def is_nearer_other(self) -> bool:
        """Whether what was so lies nearer to what the other said."""
        return abs(self.other - self.observed.value) < abs(self.own - self.observed.value)


@dataclass(frozen=True)
class Challenger:
    """Another kind of model that is just as good; its program, as the engine for trees reads it, and its file's sum."""

    name: str
    file: str
    program: Mapping[str, Any]
    settings: Mapping[str, Any]
    # By how much the model is ahead of it, in its first figure: the range includes none, or lies below.
    lead: Ranged
    # For each estimate by where it lies: how far other machines of its kind lie from it.
    ranges: tuple[Mapping[str, Any], ...] = ()
    # Of how many people the two differ by more than five points, and what was so of them.
    differ: float | None = None
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True)
class Background:
    """A few rows that stand for everybody in the data, each with the weight that it has in an average."""

    # Answers in the order of the model's inputs.
    rows: tuple[tuple[Any, ...], ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Card:
    checksum: str
    model: str
    kind: str
    version: str
    trained: str
    recipe: Fit
    data: Data
    pickle: str
    libraries: Mapping[str, str]
    observed: Mapping[str, Observed]
    evaluation: Evaluation
    # The compiled model, as the engine that it names reads it.
    engine: Mapping[str, Any]
    wrapped: Wrapped | None = None
    challenger: Challenger | None = None
    # None where a model learnt from no table of ours.
    background: Background | None = None


def write_card(path: Path, content: Mapping[str, Any]) -> None:
    """Write the content as text that a person can compare line by line, under its checksum."""
    body = render({"format": FORMAT, **content})
    digest = hashlib.sha256(body.encode()).hexdigest()
    path.write_bytes(f'{{"checksum": "{digest}",\n{body}'.encode())


def render(content: Mapping[str, Any]) -> str:
    """JSON with a line for each short list: neither one endless line nor a line for each number."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    short = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
    compact = short.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text)
    if json.loads(compact) != content:
        raise ValueError("A card's text must not have brackets with space beside them")
    return compact[2:] + "\n"


def read_trained(path: Path) -> bytes:
    """The bytes of a file that training writes."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotTrained(
            f"{path.stem} is not trained: there is no {path.name}. Run: python run.py train {path.stem}"
        ) from None
    except OSError as fault:
        raise NotTrained(f"{path} cannot be read: {fault.strerror}") from None


def tampered(path: Path) -> Tampered:
    return Tampered(
        f"{path.name} was changed after training: its checksum does not match. "
        f"Train it again: python run.py train {path.stem}"
    )


class NotFinite(ValueError):
    """NaN, Infinity, or a number as large as that."""


def read_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotFinite(text[:20])
    return number


def read_content(path: Path) -> dict[str, Any]:
    """What a card says, once its checksum and its format are found right."""
    raw = read_trained(path)
    first = FIRST_LINE.match(raw)
    if not first or hashlib.sha256(raw[first.end() :]).hexdigest().encode() != first[1]:
        raise tampered(path)
    try:
        read_number = read_finite if PERHAPS_ENDLESS.search(raw) else None
        content: dict[str, Any] = json.loads(raw, parse_constant=read_finite, parse_float=read_number)
    except NotFinite as number:
        raise Tampered(
            f"{path.name} has {number} where a number belongs. Train it again: python run.py train {path.stem}"
        ) from None
    if content.pop("format", 1) != FORMAT:
        raise NotTrained(
            f"{path.name} was written by another edition of Likely. Train it again: python run.py train {path.stem}"
        )
    return content


def content_of(card: Card) -> dict[str, Any]:
    """What the card's file says, from the card itself: the file may be of a later training by now."""
    content = {"format": FORMAT, **asdict(card)}
    del content["checksum"]
    if card.wrapped is None:
        del content["wrapped"]
    return content


def read_card(path: Path) -> Card:
    content = read_content(path)
    return Card(
        **{
            **content,
            "recipe": Fit(**content["recipe"]),
            "wrapped": Wrapped(**content["wrapped"]) if "wrapped" in content else None,
            "challenger": typed(Challenger, content.get("challenger")),
            "background": Background(**content["background"]) if "background" in content else None,
            "data": Data(**content["data"]),
            "observed": {name: Observed(**seen) for name, seen in content["observed"].items()},
            "evaluation": evaluation_of(content["evaluation"]),
        }
    )


def evaluation_of(content: Mapping[str, Any]) -> Evaluation:
    parts: dict[str, Any] = {
        "calibration": Bin,
        "groups": Group,
        "curve": CurvePoint,
        "decisions": Decision,
        "line": Line,
        "brier_parts": BrierParts,
        "weighted": Weighted,
        "stability": Stability,
        "contests": Contest,
        "pairs": Pairs,
    }
    return Evaluation(**{name: typed(parts[name], one) if name in parts else one for name, one in content.items()})


# What stands within a part of an evaluation.
WITHIN: Mapping[str, Any] = {
    **dict.fromkeys(("intercept", "slope", "benefit", "gain", "observed", "lead"), Ranged),
    "cases": Case,
    "line": Line,
    "decisions": Decision,
    "bands": Band,
    "ahead": {"": {"": Ranged}},
    "own": {"": Spread},
    "others": {"": {"": Spread}},
    "worst": Pair,
}


def typed(part: Any, content: Any) -> Any:
    """What JSON has of a part, of several, or of some by their names: None stays so."""
    if isinstance(content, list):
        return tuple([typed(part, one) for one in content])
    if content is None:
        return None
    if isinstance(part, dict):
        return {name: typed(part[""], one) for name, one in content.items()}
    within = {name: one for name, one in content.items() if name in WITHIN and not isinstance(one, float)}
    return part(**content | {name: typed(WITHIN[name], one) for name, one in within.items()})
