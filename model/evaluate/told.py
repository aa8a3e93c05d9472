"""What is told of the people held back for testing: counted from them, or kept where they themselves are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from model.predict.agreement import FEWEST
from model.predict.predictor import Predictor

from .groups import PARTS, Band, Kind, fifths_of, kinds_of, named_bins
from .shares import Bin, Cut, Mean, Share, cut

# The chances above which the card says what saying yes would mean.
CUTS = (0.1, 0.25, 0.5, 0.75, 0.9)
# Where the rows are not kept, the chances above which one may ask for it; closer at the ends, for what is rare.
LINES = (0.01, 0.02, *[n / 20 for n in range(1, 20)], 0.98, 0.99)
HALF = 0.5


@dataclass(frozen=True)
class Crowd:
    """What a model that had not seen them said of people, and what was so; without their answers."""

    chances: Sequence[Sequence[float]]
    outcomes: Sequence[float]

    @property
    def count(self) -> int:
        return len(self.outcomes)


def cuts_of(predictor: Predictor) -> list[Cut]:
    if predictor.crowd:
        return [cut(predictor.crowd.chances[0], predictor.crowd.outcomes, above) for above in CUTS]
    return [Cut(**one | shares(one, "found", "false_alarms")) for one in kept(predictor, "cuts")]


def fifths_by_estimate(predictor: Predictor) -> list[Band]:
    if predictor.crowd:
        return fifths_of(predictor.crowd)
    return [Band(**one | shares(one, "inside") | {"gap": Mean(**one["gap"])}) for one in kept(predictor, "fifths")]


def bins_by_name(predictor: Predictor) -> list[Bin]:
    if predictor.crowd:
        return named_bins(predictor.crowd)
    return [Bin(**one | shares(one, "observed")) for one in kept(predictor, "named")]


def kinds_by_truth(predictor: Predictor) -> list[Kind]:
    if predictor.crowd:
        return kinds_of(predictor.kind.labels, predictor.card.evaluation.confusion, predictor.crowd)
    return [Kind(**one | shares(one, "right")) for one in kept(predictor, "kinds")]


def kept(predictor: Predictor, name: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = predictor.card.evaluation.told.get(name, ())
    return found


def shares(one: dict[str, Any], *names: str) -> dict[str, Share]:
    return {name: Share(**one[name]) for name in names}


def nearest_line(predictor: Predictor, above: float) -> Cut | None:
    """What follows from saying yes above the chance that is nearest to this one of those that were told."""
    lines = [Cut(**one | shares(one, "found", "false_alarms")) for one in kept(predictor, "lines")]
    return min(lines, key=lambda line: abs(line.above - above), default=None)


def tell_chances(crowd: Crowd) -> dict[str, Any]:
    lines = lines_apart([cut(crowd.chances[0], crowd.outcomes, above) for above in LINES])
    return {
        "cuts": [asdict(line) for line in lines if line.above in CUTS],
        "lines": [asdict(line) for line in lines],
    }


def lines_apart(lines: Sequence[Cut]) -> list[Cut]:
    """Those above, below and between which there is nobody, or ten people at least, of either kind; one half goes first."""
    everybody, kept = (lines[0].found.people, lines[0].false_alarms.people), list[Cut]()
    for line in sorted(lines, key=lambda line: (line.above != HALF, line.above)):
        tried = sorted([*kept, line], key=lambda line: line.above)
        above = [everybody, *[(one.found.yes, one.false_alarms.yes) for one in tried], (0, 0)]
        if are_enough(
            count - other for more, fewer in pairwise(above) for count, other in zip(more, fewer, strict=True)
        ):
            kept = tried
    return kept


def has_enough(share: Share) -> bool:
    """Whether ten people at least are in it, and ten out of it, or none."""
    return are_enough((share.yes, share.people - share.yes))


def are_enough(counts: Iterable[int]) -> bool:
    return all(count == 0 or count >= FEWEST for count in counts)


def draw_lines(lines: Sequence[dict[str, Any]]) -> list[list[float]]:
    """The curve of false alarms and of those found through the lines that are told, from nobody to everybody."""
    shares = [[Share(**line["false_alarms"]).value, Share(**line["found"]).value] for line in reversed(lines)]
    return [[0.0, 0.0], *shares, [1.0, 1.0]]


def tell_amounts(crowd: Crowd) -> dict[str, Any]:
    fifths = [asdict(one) for one in fifths_of(crowd)] if crowd.count >= PARTS * FEWEST else []
    return {"fifths": fifths}


def tell_classes(crowd: Crowd, labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> dict[str, Any]:
    counted = kinds_of(labels, confusion, crowd)
    kinds = [asdict(kind) for kind in counted if kind.right.people and has_enough(kind.right)]
    for kind in kinds:
        kind["mistaken_for"] = [list(other) for other in kind["mistaken_for"] if other[1] >= FEWEST]
    named = [asdict(one) for one in named_bins(crowd) if has_enough(one.observed)]
    return {"named": named, "kinds": kinds}
