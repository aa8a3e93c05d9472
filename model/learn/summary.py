"""What a card tells of the table: of each input, and of its people without telling of too few of them."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from model.declare.model import Model
from model.evaluate.metrics import calibration_bins, ends_of_bins
from model.evaluate.record import record_of
from model.evaluate.rounding import round_out
from model.evaluate.shares import Share
from model.evaluate.told import Crowd, draw_lines, has_enough
from model.predict.agreement import FEWEST

from .kinds import Predicted, kind_of


def observed(model: Model, column: pd.Series) -> dict[str, Any]:
    """What the data holds of an input: its ends and its middle, or how often each answer occurs."""
    asked, unknown = model.input[str(column.name)], int(column.isna().sum())
    fewest = 0 if model.learns.shows_rows else FEWEST
    unknown = unknown if unknown >= fewest else 0
    if asked.choices:
        counts = column.value_counts().reindex(list(asked.choices), fill_value=0)
        return {"counts": counts.where(counts >= fewest, 0).to_dict(), "unknown": unknown}
    middle, lowest, highest = (float(column.quantile(at, interpolation="nearest")) for at in (0.5, 0, 1))
    if highest > lowest:
        # To a thousandth of the range: more digits say no more, and read like somebody's own number.
        middle = round(middle, max(0, 3 - math.floor(math.log10(highest - lowest))))
    if fewest:
        reach = highest - lowest
        lowest, highest = round_out(lowest, reach, up=False), round_out(highest, reach, up=True)
    return {"lowest": lowest, "highest": highest, "middle": middle, "unknown": unknown}


def without_rows(model: Model, truth: Any, predicted: Predicted, found: Mapping[str, Any]) -> dict[str, Any]:
    """Where rows may not be shown: what is told of them all, and no count under ten nor a table with such a one.

    What is drawn by the chance bends only where a line is told, so that no two drawings tell of those between.
    """
    evaluation = dict(found)
    if model.learns.shows_rows:
        return evaluation
    kind = kind_of(model)
    crowd = Crowd(kind.answers(predicted).T.tolist(), truth.tolist())
    record = record_of(model.kind, crowd)
    evaluation["told"] = kind.tell(model, crowd, evaluation) | {"record": record.tell() if record else []}
    if any(0 < count < FEWEST for row in evaluation.get("confusion", ()) for count in row):
        evaluation["confusion"] = []
    if "lines" in evaluation["told"]:
        lines = evaluation["told"]["lines"]
        ends = [line["above"] for line in lines]
        evaluation["roc"] = draw_lines(lines) if lines else []
        bins = [end for end in ends_of_bins(truth) if end in ends]
        chances = kind.answers(predicted)[:, 0]
        evaluation["calibration"] = calibration_bins(truth, chances, model.learns.smallest_bin, bins)
        for holder in (evaluation, evaluation.get("weighted", {})):
            if "decisions" in holder:
                holder["decisions"] = [one for one in holder["decisions"] if one["above"] in ends]
    if "groups" in evaluation:
        evaluation["groups"] = [one for one in evaluation["groups"] if tells_enough(one, "observed", "right")]
    if "pairs" in evaluation:
        worst = [one for one in evaluation["pairs"]["worst"] if tells_enough(one, "observed")]
        evaluation["pairs"] = {**evaluation["pairs"], "worst": worst}
    return evaluation


def tells_enough(group: Mapping[str, Any], *shares: str) -> bool:
    """Whether it has ten people, and whether of each of its shares there are ten in it, and ten out of it, or none."""
    people = group["people"]
    return people >= FEWEST and all(has_enough(Share(round(group[share] * people), people)) for share in shares)
