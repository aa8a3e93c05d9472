"""Fits by the hundred end where scikit-learn's own solver does, and the covariance is as wide as each of two wants it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from model.learn.newton import Fits, curvature_of, sigmoid
from model.learn.spread import factor_of, spread_of_counts

DICE = np.random.default_rng(3)
COLUMNS = DICE.integers(0, 2, size=(300, 6)).astype(float)
DESIGN = csr_array(np.hstack([np.ones((300, 1)), COLUMNS]))
SO = (DICE.random(300) < sigmoid(COLUMNS @ DICE.normal(size=6))).astype(float)


@pytest.mark.parametrize("C", [0.1, 1.0, 100.0])
def test_a_fit_from_another_ends_where_scikit_learn_does(C: float) -> None:
    fits = Fits(DESIGN, C)
    fits.begin(np.ones(300), SO)
    people = DICE.integers(0, 4, size=300).astype(float)
    found = fits.fit(people, people * SO)
    expected = LogisticRegression(C=C, tol=1e-10, max_iter=1000).fit(COLUMNS, SO, sample_weight=people)
    assert found == pytest.approx(np.append(expected.intercept_, expected.coef_), abs=1e-4)


def test_rows_of_which_nothing_is_doubtful_have_an_end_all_the_same() -> None:
    found = Fits(DESIGN, 1.0).fit(np.ones(300), COLUMNS[:, 0])
    assert np.isfinite(found).all()
    assert found[1] > 2


def test_the_covariance_is_no_narrower_than_either_for_anybody() -> None:
    inverse = np.linalg.inv(curvature_of(DESIGN, np.full(300, 0.2), np.full(7, 0.5)))
    gradients = curvature_of(DESIGN, DICE.random(300), np.zeros(7))
    factor = factor_of(inverse, gradients)
    for own in (inverse, inverse @ gradients @ inverse):
        assert np.linalg.eigvalsh(factor @ factor.T - own).min() > -1e-9


def test_an_answer_that_few_gave_has_a_wide_range() -> None:
    rare = np.zeros(300)
    rare[:3] = 1
    design = csr_array(np.hstack([np.ones((300, 1)), COLUMNS, rare[:, None]]))
    fits = Fits(design, 10.0)
    found = fits.fit(np.ones(300), SO * (1 - rare))
    factor = spread_of_counts(design, np.ones(300), SO * (1 - rare), found, fits.penalty)
    error = np.sqrt(np.square(design @ factor).sum(axis=1))
    assert error[:3].min() > 3 * error[3:].max()


def test_a_range_reaches_further_than_a_far_weaker_penalty_would_take_the_estimate() -> None:
    sure = np.hstack([DESIGN.toarray(), (COLUMNS[:, :1] * COLUMNS[:, 1:2])])
    so = np.where(COLUMNS[:, 0] * COLUMNS[:, 1] > 0, 1.0, SO)
    fits = Fits(csr_array(sure), 0.5)
    found = fits.fit(np.ones(300), so)
    factor = spread_of_counts(fits.design, np.ones(300), so, found, fits.penalty)
    error = np.sqrt(np.square(sure @ factor).sum(axis=1))
    pulled = sure @ (Fits(fits.design, 0.5 * 30).fit(np.ones(300), so) - found)
    assert abs(pulled).max() > 1
    assert (error >= abs(pulled)).all()
