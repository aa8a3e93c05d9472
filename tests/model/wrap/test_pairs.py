"""Each step and each estimator, alone and together: what is served is what the original says."""

from __future__ import annotations

import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest

from tests.model.wrap.conftest import Served, estimates_of
from tests.model.wrap.pairs import PAIRS, people

DOCS = Path(__file__).resolve().parents[3] / "docs" / "wrapping.md"
# One of each engine is wrapped whenever the tests are run.
OFTEN = ("SplineTransformer", "LGBMClassifier with its own categories")
SERVED_BY = {"tables": "a scorecard", "trees": "trees", "onnx": "an ONNX graph"}


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in PAIRS]
)
def test_what_is_served_is_what_the_original_says(name: str, tmp_path: Path, serve: Served) -> None:
    pair = PAIRS[name]
    X, y = people(pair.kind, pair.gaps, pair.categories)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # XGBoost takes classes by their numbers.
        fitted = pair.make().fit(X, y.astype("category").cat.codes if "XGBClassifier" in name else y)
        expected = np.asarray(getattr(fitted, "predict_proba", fitted.predict)(X), dtype=float).reshape(len(X), -1)
    joblib.dump(fitted, tmp_path / "pay.joblib")
    predictor = serve(tmp_path / "pay.joblib", X, y, yes="much" if pair.kind == "probability" else None)
    assert predictor.card.engine["name"] == pair.engine
    most = 1e-6 if pair.engine == "onnx" or "XGB" in name else 1e-12
    own = expected[:, 1:] if pair.kind == "probability" else expected
    assert estimates_of(predictor, X) == pytest.approx(own, rel=most, abs=most)


def test_the_papers_list_what_these_tests_wrap() -> None:
    rows = [f"| {name} | {SERVED_BY[pair.engine]} |" for name, pair in PAIRS.items()]
    listed = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert [line for line in listed if line.rsplit("| ", 1)[1].removesuffix(" |") in SERVED_BY.values()] == rows
