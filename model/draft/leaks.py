"""Inputs that may know the answer only because they were written down after it."""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import roc_auc_score

from . import names
from .columns import FEWEST_ROWS, Column

TOO_GOOD = 0.98
BINS = 20


def suspect(column: Column, values: pd.Series, outcome: pd.Series, kind: str) -> str:
    """Why an input is too good to be known beforehand; empty where it is not."""
    if names.is_called(column.source, names.AFTERWARDS):
        return "its name says that it comes after the outcome"
    known = values.notna() & (values != "")
    if kind == "amount":
        if not column.is_number:
            return ""
        alike = abs(values.corr(outcome, method="spearman"))
        return f"it orders the rows as the target does (rank correlation {alike:.3f})" if alike > TOO_GOOD else ""
    if FEWEST_ROWS <= known.sum() <= len(known) - FEWEST_ROWS:
        blank, filled = set(outcome[~known]), set(outcome[known])
        if not blank & filled:
            return "it is filled in for one outcome only"
    bins = bins_of(column, values, BINS)
    right = float(pd.crosstab(bins, outcome).max(axis=1).sum() / len(outcome))
    if kind == "probability":
        auc = area(bins, outcome)
        if column.is_number:
            alone = float(roc_auc_score(outcome, values.fillna(values.median())))
            auc = max(auc, alone, 1 - alone)
        return f"it tells the outcome almost alone (AUC {auc:.3f})" if auc > TOO_GOOD else ""
    return f"it tells the outcome almost alone ({right:.1%} right)" if right > TOO_GOOD else ""


def area(bins: pd.Series, outcome: pd.Series) -> float:
    """The area under the curve of this input alone, each row told by the others of its bin."""
    counts = outcome.groupby(bins).transform("size")
    others = (outcome.groupby(bins).transform("sum") - outcome + outcome.mean()) / counts
    return float(roc_auc_score(outcome, others))


def bins_of(column: Column, values: pd.Series, number: int) -> pd.Series:
    """Which choice a row has, or which of some equal parts; -1 where it has neither."""
    if column.is_number:
        return pd.qcut(values, number, labels=False, duplicates="drop").fillna(-1)
    return pd.Series(pd.factorize(values)[0], index=values.index)
