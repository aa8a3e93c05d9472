"""Columns of choices that go together, and of pairs that are believed less."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.declare.recipe import Curve, Pair, Table
from model.learn.design import transformer

from tests.payloads import get_model

INPUTS = get_model("titanic").input
CLASSES = pd.DataFrame({"ticket_class": ["1", "2", "3", None]})


def test_choices_that_go_together_have_one_column_and_what_is_missing_its_own() -> None:
    block = Table("ticket_class", together=(("1", "3"),))
    found = transformer(block, INPUTS).fit(CLASSES).transform(CLASSES)
    assert found.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_a_pairs_weight_multiplies_its_columns() -> None:
    people = pd.DataFrame({"age": [4.0, 40.0], "ticket_class": ["1", "3"]})
    age, classes = Curve("age", knots=(0, 15, 80)), Table("ticket_class")
    plain, light = (
        transformer(Pair(age, classes, weight), INPUTS).fit(people).transform(people) for weight in (1, 0.1)
    )
    assert np.allclose(light, plain / 10)
    assert plain.any()
