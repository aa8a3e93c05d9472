"""Whole files of a model whose pairs tie all inputs together are as quick as others, and say the same."""

from __future__ import annotations

import numpy as np
import pytest

from model.files.covers import Covers, add_range, build_covers
from model.learn.check import records
from model.learn.table import read_table
from model.predict.engine import ChanceTables

from tests.payloads import get_model, get_predictor


def covers() -> tuple[Covers, ChanceTables]:
    engine = get_predictor("census").engine
    assert isinstance(engine, ChanceTables)
    found = build_covers(get_model("census").inputs, engine)
    assert found is not None
    return found, engine


def test_each_row_has_the_estimate_and_the_range_that_the_page_has() -> None:
    found, engine = covers()
    table = read_table(get_model("census"))[0][list(get_model("census").input)].iloc[::977]
    for row in records(table, engine.averaged):
        score = pull = variance = 0.0
        for one in found.covers:
            place = sum(
                found.places[name][row[name]] * stride for name, stride in zip(one.names, one.strides, strict=True)
            )
            variance += float(one.variances.ravel()[place])
            pull += float(one.pulls.ravel()[place])
            score += float(one.points.ravel()[place]) if one.points is not None else 0.0
        told = [*engine.predict_one(row), *engine.ranges(row, engine.predict_one(row))[0]]
        assert add_range(np.exp([-score]), np.array([variance]), np.array([pull]))[:, 0] == pytest.approx(
            told, rel=1e-8
        )


def test_they_take_a_few_dozen_megabytes_at_most() -> None:
    found, _ = covers()
    assert sum(one.variances.nbytes for one in found.covers) < 40_000_000
    assert len(found.covers) < 20
