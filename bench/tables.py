"""Print how good `run.py new` is on public tables, beside boosting tuned as its users would: python bench/tables.py

    python bench/tables.py [--table NAME ...] [--rows 12000] [--again]

Each table is written as a CSV file and handed to the command, with nothing said but the target and what counts as yes,
and the figures are those of the card: out of fold, over five folds in which its recipe was chosen anew. LightGBM and
scikit-learn's histogram boosting predict the same rows in the same folds, each with the best of ten settings by three
inner folds. The figure is the log loss, and of an amount the root of the mean squared error; the ratio is
to the better of the two, so that less than 1 is better than both. Tables with more rows are sampled, unless --rows is 0.
What the two libraries reach is kept in instance/, and found anew with --again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from public import TABLES, Public
from sklearn import metrics
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, ParameterSampler, StratifiedKFold
from threadpoolctl import threadpool_limits

from model.predict.catalog import Catalog

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "instance" / "rivals.json"
FOLDS = 5
INNER_FOLDS = 3
SETTINGS = 10
MOST_TREES = 1_000
PATIENCE = 30
GRID = {
    "rate": [0.03, 0.06, 0.1],
    "leaves": [4, 8, 16, 31],
    "smallest": [5, 20, 60],
    "ridge": [0, 1, 10],
    "share": [0.6, 1.0],
}
FIGURE = {"probability": "log_loss", "classes": "log_loss", "amount": "rmse"}
Numbers = NDArray[Any]


def sampled(public: Public, rows: int) -> pd.DataFrame:
    """The rows whose answer is known, or so many of them; without what is missing in all."""
    table = public.frame().dropna(subset=public.target)
    if rows and len(table) > rows:
        table = table.sample(rows, random_state=0)
    return table.dropna(axis="columns", how="all").reset_index(drop=True)


def coded(public: Public, answers: pd.Series) -> Numbers:
    """Yes as 1, a class as its number, an amount as it is."""
    if public.kind == "amount":
        return answers.to_numpy(dtype=float)
    return (answers == public.yes).to_numpy(dtype=int) if public.yes else pd.factorize(answers, sort=True)[0]


def likely(name: str, public: Public, table: pd.DataFrame) -> dict[str, float]:
    """The figures on the card of the model that the command makes of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.csv")
        table.to_csv(path, index=False)
        says = ["--target", public.target, *(["--yes", public.yes] if public.yes else [])]
        command = [sys.executable, ROOT / "run.py", "new", path, *says, "--folder", folder, "--name", f"my_{name}"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return dict(Catalog([Path(folder)]).predictor(f"my_{name}").card.evaluation.figures)


def folds(kind: str, count: int, seed: int) -> Any:
    return (KFold if kind == "amount" else StratifiedKFold)(count, shuffle=True, random_state=seed)


def prepared(X: pd.DataFrame) -> pd.DataFrame:
    """Numbers as they are, words as pandas' categories: both libraries take gaps and categories themselves."""
    words = X.select_dtypes(exclude="number").columns
    return X.assign(**{name: X[name].astype("category") for name in words})


def by_lightgbm(kind: str, X: pd.DataFrame, y: Numbers, unseen: pd.DataFrame) -> Numbers:
    objective = {"probability": "binary", "classes": "multiclass", "amount": "l2"}[kind]
    fixed = {"objective": objective, "num_threads": 1, "verbosity": -1, "seed": 0, "deterministic": True}
    if kind == "classes":
        fixed["num_class"] = int(y.max()) + 1
    inner = list(folds(kind, INNER_FOLDS, seed=1).split(X, y))
    tried = []
    for drawn in ParameterSampler(GRID, SETTINGS, random_state=0):
        setting = fixed | {
            "learning_rate": drawn["rate"],
            "num_leaves": drawn["leaves"],
            "min_data_in_leaf": drawn["smallest"],
            "lambda_l2": drawn["ridge"],
            "feature_fraction": drawn["share"],
        }
        stopped = lightgbm.early_stopping(PATIENCE, verbose=False)
        table = lightgbm.Dataset(X, y, free_raw_data=False)
        curves = lightgbm.cv(setting, table, MOST_TREES, folds=inner, callbacks=[stopped])
        curve = next(values for name, values in curves.items() if name.endswith("-mean"))
        tried.append((min(curve), int(np.argmin(curve)) + 1, setting))
    _, trees, setting = min(tried, key=lambda one: one[0])
    return np.asarray(lightgbm.train(setting, lightgbm.Dataset(X, y), trees).predict(unseen))


def by_scikit_learn(kind: str, X: pd.DataFrame, y: Numbers, unseen: pd.DataFrame) -> Numbers:
    estimator: Any = HistGradientBoostingRegressor if kind == "amount" else HistGradientBoostingClassifier
    inner = list(folds(kind, INNER_FOLDS, seed=1).split(X, y))
    tried = []
    for drawn in ParameterSampler(GRID, SETTINGS, random_state=0):
        setting = {
            "learning_rate": drawn["rate"],
            "max_leaf_nodes": drawn["leaves"],
            "min_samples_leaf": drawn["smallest"],
            "l2_regularization": drawn["ridge"],
            "max_features": drawn["share"],
            "random_state": 0,
        }
        stopping = estimator(**setting, max_iter=MOST_TREES, early_stopping=True, n_iter_no_change=PATIENCE)
        scores = [
            stopping.fit(X.iloc[known], y[known], X_val=X.iloc[held], y_val=y[held]).validation_score_
            for known, held in inner
        ]
        trees = int(np.mean([np.argmax(score) for score in scores])) or 1
        tried.append((-np.mean([max(score) for score in scores]), trees, setting))
    _, trees, setting = min(tried, key=lambda one: one[0])
    fitted = estimator(**setting, max_iter=trees, early_stopping=False).fit(X, y)
    predicted = fitted.predict(unseen) if kind == "amount" else fitted.predict_proba(unseen)
    return np.asarray(predicted[:, 1] if kind == "probability" else predicted)


RIVALS = {"LightGBM": by_lightgbm, "HistGradientBoosting": by_scikit_learn}


def rival(fit: Any, public: Public, table: pd.DataFrame) -> float:
    """The figure of a library, out of fold."""
    X, y = prepared(table.drop(columns=public.target)), coded(public, table[public.target])
    parts = list(folds(public.kind, FOLDS, seed=0).split(X, y))
    # Threads that wait for each other are slower than none where others use the processors too.
    with threadpool_limits(1):
        predicted = np.concatenate([fit(public.kind, X.iloc[known], y[known], X.iloc[held]) for known, held in parts])
    truth = y[np.concatenate([held for _, held in parts])]
    if public.kind == "amount":
        return float(metrics.root_mean_squared_error(truth, predicted))
    return float(metrics.log_loss(truth, predicted))


def rivals(name: str, public: Public, table: pd.DataFrame, again: bool) -> dict[str, float]:
    """The figures of both, kept for the next time."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    key = f"{name}, {len(table)} rows"
    if again or key not in kept:
        kept[key] = {library: rival(fit, public, table) for library, fit in RIVALS.items()}
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1))
    return dict(kept[key])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args()
    heads = f"{'Likely':>10}{'calibration':>13}" + "".join(f"{name:>22}" for name in RIVALS)
    print(f"{'':12}{'rows x columns':>16}{heads}{'ratio':>8}{'seconds':>9}")
    ratios = {}
    # All are read first, so that a package that is missing is told at once, and not after an hour.
    try:
        tables = {name: sampled(TABLES[name], asked.rows) for name in asked.table}
    except ModuleNotFoundError as missing:
        raise SystemExit(f"A table comes with a package that is not here: pip install {missing.name}") from None
    for name, table in tables.items():
        public = TABLES[name]
        started = time.perf_counter()
        own = likely(name, public, table)
        seconds = time.perf_counter() - started
        theirs = rivals(name, public, table, asked.again)
        figure = own[FIGURE[public.kind]]
        ratios[name] = figure / min(theirs.values())
        error = f"{own['calibration_error']:.4f}" if "calibration_error" in own else "-"
        cells = f"{figure:>10.5g}{error:>13}" + "".join(f"{one:>22.5g}" for one in theirs.values())
        size = f"{len(table):,} x {table.shape[1] - 1}"
        print(f"{name:12}{size:>16}{cells}{ratios[name]:>8.3f}{seconds:>9.0f}", flush=True)
    worst = max(ratios, key=lambda name: ratios[name])
    middle = median(ratios.values())
    print(f"{len(ratios)} tables: the median ratio is {middle:.3f}, the worst {ratios[worst]:.3f} ({worst})")


if __name__ == "__main__":
    main()
