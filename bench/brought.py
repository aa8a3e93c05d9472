"""Models of the census as somebody might bring them: fitted elsewhere, saved by joblib, and wrapped."""

from __future__ import annotations

from pathlib import Path

import joblib
import lightgbm
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from model.wrap import wrapping

TABLE = Path(__file__).resolve().parents[1] / "data" / "census.csv.gz"
CHOICES = ["work", "education", "status", "race", "sex"]
MODELS = {
    "forest": RandomForestClassifier(300, min_samples_leaf=5, random_state=0),
    "lightgbm": lightgbm.LGBMClassifier(n_estimators=300, num_leaves=31, verbosity=-1, n_jobs=1, random_state=0),
}
ROWS = 12_000


def bring(name: str, folder: Path) -> Path:
    """Fit this model, save it, and wrap what was saved; the file."""
    people = pd.read_csv(TABLE).drop(columns=["part", "weight"]).sample(ROWS, random_state=1)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).set_output(transform="default")
    columns = make_column_transformer((one_hot, CHOICES), remainder="passthrough")
    fitted = make_pipeline(columns, MODELS[name]).fit(people.drop(columns="income"), people.income)
    file, table = folder / f"{name}.joblib", folder / "people.csv"
    joblib.dump(fitted, file)
    people.to_csv(table, index=False)
    wrapping.wrap(wrapping.Order(file, table, "income", folder, name, yes=">50K"))
    return file
