"""A regression whose two coefficients were fitted elsewhere, on photos that may not be passed on."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.recipe import Given
from model.predict.card import read_scorecard

from .pickling import write_pickle


def train_given(model: Model) -> dict[str, Any]:
    """Write the pickle and the scorecard of a regression from its coefficients."""
    from .train import digest, libraries, version_of, write_unless_same

    given = model.recipe
    assert isinstance(given, Given)
    model.pickle_path.parent.mkdir(exist_ok=True)
    write_pickle(regression(given), model.pickle_path)
    score = given_score(model, given)
    content = {
        "model": model.name,
        "kind": model.kind,
        "version": version_of(score),
        "trained": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe": {"chosen": "given", "intercept": given.intercept, "slope": given.slope},
        "data": {"rows": int(given.figures.get("photos", 0)), "sha256": None},
        "pickle": {"sha256": digest(model.pickle_path)},
        "libraries": libraries(),
        "observed": {},
        "evaluation": {**given.figures, "source": given.source},
        "score": score,
    }
    write_unless_same(model.scorecard_path, content)
    return read_scorecard(model.scorecard_path)


def regression(given: Given) -> LogisticRegression:
    fitted = LogisticRegression()
    fitted.classes_ = np.array([0, 1])
    fitted.coef_ = np.array([[given.slope]])
    fitted.intercept_ = np.array([given.intercept])
    fitted.n_features_in_ = 1
    return fitted


def given_score(model: Model, given: Given) -> dict[str, Any]:
    asked = model.input[given.input]
    assert isinstance(asked, PhotoInput)
    ends = [asked.lowest, asked.highest]
    return {
        "intercept": [given.intercept],
        "terms": [
            {
                "inputs": [given.input],
                "levels": [ends],
                "between": [given.input],
                "whole": [],
                "points": [[given.slope * end] for end in ends],
            }
        ],
        "people": {"inputs": [], "answers": [], "counts": []},
    }
