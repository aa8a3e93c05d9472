"""The models answer as they did when they were trained: scripts/store_numbers.py stored their numbers then."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from model.declare.reading import read_answers

from tests.payloads import MODELS, get_predictor

BEFORE: dict[str, Any] = json.loads(gzip.decompress(Path(__file__).with_name("numbers_before.json.gz").read_bytes()))


@pytest.mark.parametrize("name", [model.name for model in MODELS])
def test_two_thousand_random_inputs_give_the_numbers_of_before(name: str) -> None:
    predictor = get_predictor(name)
    rows = BEFORE[name]
    assert len(rows) == 2000
    for texts, before in rows:
        answers, faults = read_answers(predictor.model.inputs, dict(zip(predictor.model.input, texts, strict=True)))
        assert not faults
        now = [number for one in predictor.estimates(answers) for number in (one.value, one.low, one.high)]
        # Trained on another machine, the ends of a range differ in the ninth digit.
        assert now == pytest.approx(before, rel=1e-8, abs=1e-8), texts
