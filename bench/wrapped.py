"""How quick a wrapped model is, and how often its ranges hold for a model that learnt from other people.

    python bench/wrapped.py [--rows 12000] [--only "a deep forest of 300"]

Of the census, two samples with nobody in common: a model that learnt from the first is wrapped, and its ranges are held
against what a model says that learnt from the second. The goal is 93 to 97 %. Of an amount, the hours worked, it counts by
fifth of the estimate how many of the second sample's lie in their range: 78 to 82 %. And for 300 boosted trees of 31 leaves,
for a forest of 300 trees, and for two forests of 12 free numbers whose trees end only where all rows are alike: one prediction
within this process, the processor's time for a whole result page, the rows of a file a second, the file's size, and how long
fitting and wrapping take (to reach: ten times one fit, and a minute).
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from model.predict.catalog import Catalog
from model.predict.predictor import Predictor
from model.predict.program import Program
from model.wrap import wrapping
from webapp import create_app

TABLE = Path(__file__).resolve().parents[1] / "data" / "census.csv.gz"
ONE_HOT = make_column_transformer(
    (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["work", "education", "status", "race", "sex"]),
    remainder="passthrough",
)
# Of so many people the middle time for a page is told.
PEOPLE = 100
Samples = tuple[pd.DataFrame, pd.DataFrame]


def fit(estimator: Any, sample: pd.DataFrame, target: str, folder: Path) -> None:
    joblib.dump(clone(estimator).fit(sample.drop(columns=target), sample[target]), folder / "model.joblib")


def wrap(sample: pd.DataFrame, target: str, folder: Path) -> Predictor:
    """What was fitted, wrapped."""
    file, table = folder / "model.joblib", folder / "table.csv"
    sample.to_csv(table, index=False)
    yes = ">50K" if target == "income" else None
    wrapping.wrap(wrapping.Order(file, table, target, folder / "mine", "wrapped", yes=yes))
    return Catalog([folder / "mine"]).predictor("wrapped")


def fit_and_wrap(estimator: Any, sample: pd.DataFrame, target: str, folder: Path) -> Predictor:
    fit(estimator, sample, target, folder)
    return wrap(sample, target, folder)


def answers(predictor: Predictor, rows: pd.DataFrame) -> list[dict[str, Any]]:
    inputs = predictor.model.input
    return [{name: inputs[name].read(row[name]) for name in inputs} for row in rows.to_dict("records")]


def can_be_asked(sample: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The rows whose every answer a form takes that was made of those others: their choices, and between their ends."""
    fits = [
        own.between(other.min(), other.max()) if pd.api.types.is_numeric_dtype(own) else own.isin(other.unique())
        for own, other in ((sample[name], known[name]) for name in sample)
    ]
    return sample[np.logical_and.reduce(fits)]


def ranges(predictor: Predictor, rows: pd.DataFrame) -> Any:
    return np.array(
        [[one.value, one.low, one.high] for row in answers(predictor, rows) for one in predictor.estimates(row)]
    )


def hold_chances(samples: Samples, folder: Path) -> str:
    boosted = make_pipeline(ONE_HOT, HistGradientBoostingClassifier(random_state=0))
    predictor = fit_and_wrap(boosted, samples[0], "income", folder)
    other = clone(boosted).fit(samples[1].drop(columns="income"), samples[1].income)
    asked = samples[1].head(3_000)
    chance = other.predict_proba(asked.drop(columns="income"))[:, 1]
    _, low, high = ranges(predictor, asked).T
    return f"the 95 % range of a boosting machine holds {np.mean((low <= chance) & (chance <= high)):.1%} of another's chances"


def hold_amounts(samples: Samples, folder: Path) -> str:
    first, second = (sample.drop(columns="income") for sample in samples)
    # Few people work no round number of hours, so a range would hold all of them or none.
    dice = np.random.default_rng(0)
    first, second = (one.assign(hours=one.hours + dice.uniform(-5, 5, len(one))) for one in (first, second))
    one_hot = clone(ONE_HOT)
    boosted = make_pipeline(one_hot, HistGradientBoostingRegressor(random_state=0))
    predictor = fit_and_wrap(boosted, first, "hours", folder)
    value, low, high = ranges(predictor, second).T
    inside = ((low <= second.hours) & (second.hours <= high)).to_numpy()
    fifths = [inside[part].mean() for part in np.array_split(np.argsort(value), 5)]
    return f"the 80 % range of an amount holds {min(fifths):.1%} to {max(fifths):.1%} in each fifth of the estimate"


def be_quick(estimator: Any, sample: pd.DataFrame, folder: Path) -> str:
    begun = time.perf_counter()
    fit(estimator, sample, "income", folder)
    fitted = time.perf_counter()
    predictor = wrap(sample, "income", folder)
    wrapped = time.perf_counter()
    assert isinstance(predictor.engine, Program)
    rows = answers(predictor, sample.head(10_000))
    coded = {name: code([row[name] for row in rows]) for name in predictor.model.input}
    one = least(lambda: [predictor.values(row) for row in rows[:300]]) / 300
    many = len(rows) / least(lambda: predictor.engine.estimate_coded(coded))  # type: ignore[attr-defined]
    size = predictor.model.arrays_path.stat().st_size
    page = statistics.median(time_pages(predictor, rows[:: len(rows) // PEOPLE], folder))
    return (
        f"{one * 1e6:.0f} µs for one, {page * 1e3:.0f} ms for a result page, {many:,.0f} rows a second in a file, "
        f"{size / 1e6:.1f} MB on the disk; fitted in {fitted - begun:.0f} s and wrapped in {wrapped - fitted:.0f} s"
    )


def time_pages(predictor: Predictor, people: list[dict[str, Any]], folder: Path) -> list[float]:
    """The processor's seconds for the whole result page of each of these people, within this process."""
    settings = {"MODEL_FOLDERS": [folder / "mine"], "DATABASE": None, "SECRET_KEY": "for this measurement alone"}
    client = create_app(settings).test_client()
    inputs = predictor.model.inputs
    addresses = [
        f"/wrapped/result?{urlencode({one.name: one.text(row[one.name]) for one in inputs})}" for row in people
    ]

    def ask(address: str) -> float:
        start = time.process_time()
        # Without the server's own log, which has a line for each.
        with redirect_stdout(io.StringIO()):
            assert client.get(address).status_code == 200
        return time.process_time() - start

    ask(addresses[0])
    return [ask(address) for address in addresses]


def free_numbers(rows: int) -> pd.DataFrame:
    """A made-up table of 12 numbers, each of which is another in every row, and of who earns more."""
    dice = np.random.default_rng(0)
    X = pd.DataFrame(dice.normal(size=(rows, 12)), columns=[f"number_{at}" for at in range(12)])
    score = X.number_0 + X.number_1 * X.number_2 + np.sin(2 * X.number_3) + 0.25 * X.iloc[:, 4:].sum(axis=1)
    return X.assign(income=np.where(score + dice.logistic(size=rows) > 0, ">50K", "<=50K"))


def code(column: list[Any]) -> tuple[list[Any], Any]:
    different: Mapping[Any, int] = {value: at for at, value in enumerate(dict.fromkeys(column))}
    return list(different), np.array([different[value] for value in column])


def least(work: Callable[[], object]) -> float:
    """The processor's seconds, the least of five."""
    found = []
    for _ in range(5):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--only", help="one of them by its name, such as “a deep forest of 300”")
    size, only = parser.parse_args().rows, parser.parse_args().only
    warnings.simplefilter("ignore")
    everyone = pd.read_csv(TABLE).drop(columns=["part", "weight"]).sample(frac=1, random_state=1)
    samples = everyone[:size], can_be_asked(everyone[size : 2 * size], everyone[:size])
    boosted = make_pipeline(ONE_HOT, HistGradientBoostingClassifier(max_iter=300, early_stopping=False, random_state=0))
    forest = make_pipeline(ONE_HOT, RandomForestClassifier(300, min_samples_leaf=5, random_state=0))
    jobs: Mapping[str, Callable[[Path], str]] = {
        "census": lambda folder: hold_chances(samples, folder),
        "hours": lambda folder: hold_amounts(samples, folder),
        "300 boosted trees": lambda folder: be_quick(boosted, samples[0], folder),
        "a forest of 300": lambda folder: be_quick(forest, samples[0], folder),
        **{
            f"a deep forest of {trees}": lambda folder, trees=trees: be_quick(
                RandomForestClassifier(trees, random_state=0), free_numbers(size), folder
            )
            for trees in (100, 300)
        },
    }
    for name, job in jobs.items():
        if only and name != only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            print(f"{name}: {job(Path(folder))}", flush=True)


if __name__ == "__main__":
    main()
