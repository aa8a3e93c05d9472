"""A regression whose two coefficients were fitted elsewhere, on photos that may not be passed on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.recipe import Given
from model.predict.card import Card

from .artefacts import make_folder, save


def train_given(model: Model, given: Given) -> Card:
    """Write the pickle and the card of a regression from its coefficients."""
    make_folder(model)
    return save(
        model,
        regression(given),
        recipe={"chosen": "given", "intercept": given.intercept, "slope": given.slope},
        data={"rows": int(given.figures["rows"]), "sha256": None},
        observed={},
        evaluation={**given.figures, "source": given.source},
        engine={"name": "tables", **given_score(model, given)},
    )


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
    line = {
        "inputs": [given.input],
        "levels": [ends],
        "between": [given.input],
        "whole": [],
        "points": [[given.slope * end] for end in ends],
    }
    return {
        "intercept": [given.intercept],
        "terms": [line],
        "people": {"inputs": [], "answers": [], "counts": []},
    }
