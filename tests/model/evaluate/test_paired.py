"""Who is ahead of whom, and whether chance explains it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from model.evaluate.paired import LOSSES, ahead, losses
from model.predict.card_file import evaluation_of

DICE = np.random.default_rng(5)
CHANCE = DICE.random(4_000)
SO = (DICE.random(4_000) < CHANCE).astype(float)


def told(chance: np.ndarray) -> np.ndarray:
    return np.column_stack([1 - chance, chance])


def test_the_rows_losses_add_up_to_the_figures() -> None:
    said = told(CHANCE.round(2) * 0.9 + 0.05)
    assert LOSSES["log_loss"](SO, said).mean() == pytest.approx(metrics.log_loss(SO, said))
    assert LOSSES["brier"](SO, said).mean() == pytest.approx(metrics.brier_score_loss(SO, said[:, 1]))
    assert 1 - LOSSES["accuracy"](SO, said).mean() == pytest.approx(metrics.accuracy_score(SO, said.argmax(axis=1)))
    assert 1 - LOSSES["auc"](SO, said).mean() == pytest.approx(metrics.roc_auc_score(SO, said[:, 1]))


@pytest.mark.parametrize("figure", ["log_loss", "brier", "auc"])
def test_the_truth_is_ahead_of_a_guess_and_behind_nobody(figure: str) -> None:
    own, guess = (
        LOSSES[figure](SO, told(one)) for one in (CHANCE, np.clip(CHANCE + DICE.normal(size=4_000) / 4, 0.01, 0.99))
    )
    assert ahead(figure, SO, own, guess)["low"] > 0
    assert ahead(figure, SO, guess, own)["high"] < 0
    assert ahead(figure, SO, own, own)["value"] == 0


def test_rows_that_share_a_group_tell_less() -> None:
    own, other = LOSSES["log_loss"](SO, told(CHANCE)), LOSSES["log_loss"](SO, told(CHANCE / 2 + 0.2))
    order = np.argsort(other - own)
    groups = np.empty(4_000, dtype=int)
    groups[order] = np.arange(4_000) // 8
    alone, together = ahead("log_loss", SO, own, other), ahead("log_loss", SO, own, other, groups)
    assert together["value"] == alone["value"]
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


@pytest.mark.parametrize("figure", ["log_loss", "accuracy", "brier", "auc", "rmse", "r2", "mean_error"])
def test_who_is_ahead_of_rows_that_count_for_several_is_the_difference_of_the_weighted_figures(figure: str) -> None:
    said, worse = told(CHANCE.round(2)), told((CHANCE / 2 + 0.2).round(2))
    if figure in ("rmse", "r2", "mean_error"):
        said, worse = said[:, 1:], worse[:, 1:]
    twice, half = np.where(SO > 0, 2.0, 1.0), np.repeat(np.arange(4_000), np.where(SO > 0, 2, 1))
    weighted = ahead(figure, SO, *(losses(figure, SO, one, twice) for one in (said, worse)), weights=twice)
    repeated = ahead(figure, SO[half], *(losses(figure, SO[half], one[half]) for one in (said, worse)))
    assert weighted["value"] == pytest.approx(repeated["value"])
    # Several of one row tell less than as many strangers.
    assert weighted["high"] - weighted["low"] >= repeated["high"] - repeated["low"]


def spread(mean: float) -> dict[str, float]:
    return {"mean": mean, "least": mean, "most": mean}


@pytest.mark.parametrize(
    ("low", "high", "winner"), [(0.001, 0.002, ""), (-0.001, 0.002, None), (-0.002, -0.001, "Trees")]
)
def test_best_is_said_only_where_the_range_leaves_out_none(low: float, high: float, winner: str | None) -> None:
    contest = {
        "kept": "", "seeds": 2, "other_seeds": 2,
        "own": {"log_loss": spread(0.3)}, "others": {"Trees": {"log_loss": spread(0.31)}},
        "ahead": {"Trees": {"log_loss": {"value": (low + high) / 2, "low": low, "high": high}}},
    }  # fmt: skip
    (found,) = evaluation_of({"figures": {}, "contests": [contest]}).contests
    assert found.winner("log_loss") == winner
