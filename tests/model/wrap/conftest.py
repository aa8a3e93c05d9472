"""Models of the tests' own that are wrapped once, and what wrapping them does without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.predict.catalog import Catalog
from model.predict.predictor import Predictor
from model.wrap import wrapping
from model.wrap.measuring import Measured

Served = Callable[..., Predictor]


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """How good it is takes ten fits, and has tests of its own."""
    monkeypatch.setattr(wrapping, "measure", lambda *asked: Measured({"figures": {}}, None, "nothing", ""))


@pytest.fixture
def serve(tmp_path: Path) -> Served:
    """Wrap a file, and take what is served of it from the folder."""

    def served(file: Path, X: pd.DataFrame, y: pd.Series, **more: Any) -> Predictor:
        table = tmp_path / "people.csv"
        X.assign(pay=y).to_csv(table, index=False)
        wrapping.wrap(wrapping.Order(file, table, "pay", tmp_path / "mine", "pay", **more))
        return Catalog([tmp_path / "mine"]).predictor("pay")

    return served


def answers_of(predictor: Predictor, X: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as a form would have read them."""
    rows = X.astype(object).where(X.notna(), None).to_dict("records")
    inputs = predictor.model.input
    return [{n: None if row[n] is None else inputs[n].read(row[n]) for n in inputs} for row in rows]


def estimates_of(predictor: Predictor, X: pd.DataFrame) -> Any:
    """A column for each estimate."""
    return np.array(predictor.predict(answers_of(predictor, X))).T
