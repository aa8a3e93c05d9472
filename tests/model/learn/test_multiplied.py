"""An amount that each answer multiplies: learnt on its logarithm, and near where an error costs most."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from model.learn.design import Line
from model.learn.estimators import EstimateWithRange


@pytest.mark.parametrize("counted", [None, 3.0])
def test_large_amounts_are_told_well_though_small_ones_follow_another_rule(counted: float | None) -> None:
    """From 1 to 1,000 each is twice as much a step on; but below 30 there is nearly nothing."""
    X = pd.DataFrame({"steps": np.linspace(0, 10, 400)})
    amount = 2.0 ** X["steps"]
    y = amount.where(amount > 30, amount / 10)
    weights = None if counted is None else np.full(len(y), counted)
    learner = EstimateWithRange(make_pipeline(Line(True, False), Ridge(1e-6)), multiplies=True).fit(X, y, weights)
    told = learner.predict(X)[:, 0]
    off = np.abs(told / amount - 1)[amount > 300]
    assert off.max() < 0.1
    assert told.mean() == pytest.approx(y.mean())


def test_no_amount_is_told_far_beyond_the_largest_that_there_is() -> None:
    """Ten steps more than any row has would make it a thousand times as much."""
    X = pd.DataFrame({"steps": np.linspace(0, 10, 400)})
    learner = EstimateWithRange(make_pipeline(Line(True, False), Ridge(1e-6)), multiplies=True).fit(
        X, 2.0 ** X["steps"]
    )
    (told,) = learner.predict(pd.DataFrame({"steps": [20.0]}))[:, 0]
    assert 1024 <= told < 1100
