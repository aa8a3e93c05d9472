"""What a model tells of a target: a chance of yes, one of several classes, or an amount."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pandas as pd
from sklearn.metrics import roc_auc_score

from model.declare.inputs import first_lower
from model.declare.model import Kind

from .columns import FEWEST_ROWS, Column
from .rough import is_multiplied
from .tidied import Reader

# An input that tells the outcome better than this alone may have been written down after it.
TOO_GOOD = 0.98
BINS = 20
CURRENCIES = ("$", "£", "€", "¥", "₹")


@dataclass(frozen=True)
class Target(ABC):
    """The column that the model tells."""

    kind: ClassVar[Kind]
    name: str
    label: str
    reader: Reader
    guess: str = ""
    warnings: tuple[str, ...] = ()
    # The answers by name: the one that counts as yes and the other, or the classes with their labels.
    yes: str = ""
    no: str = ""
    classes: Mapping[str, str] | None = None

    @property
    def source(self) -> str:
        return self.reader.column

    @property
    def thing(self) -> str:
        return first_lower(self.label)

    @property
    def measure(self) -> str:
        """What is low or high of a row."""
        return first_lower(self.label)

    @property
    @abstractmethod
    def summary(self) -> str:
        """What is told, in a line of the report."""

    @property
    def answers(self) -> Mapping[str, Any]:
        """What the recipe says of its answers."""
        return {}

    @abstractmethod
    def measured(self, rows: int) -> Mapping[str, Any]:
        """What the recipe says of how it is measured."""

    @abstractmethod
    def words(self) -> Mapping[str, Any]:
        """The neutral words about it."""

    @abstractmethod
    def as_number(self, outcome: pd.Series) -> pd.Series:
        """Yes as 1, a class as its place, an amount."""

    def looked_at(self, columns: Mapping[str, Column], table: pd.DataFrame, outcome: pd.Series) -> Target:
        """The same, with what only a look at the inputs beside it tells."""
        return self

    def cases(self, outcome: pd.Series) -> int:
        """How many cases there are to learn from: of yes and no and of classes the rarest counts."""
        return int(outcome.value_counts().min())

    def too_good(self, column: Column, values: pd.Series, outcome: pd.Series) -> str:
        """Why an input is too good to be known beforehand; empty where it is not."""
        known = values.notna() & (values != "")
        if FEWEST_ROWS <= known.sum() <= len(known) - FEWEST_ROWS and not set(outcome[~known]) & set(outcome[known]):
            return "it is filled in for one outcome only"
        bins = bins_of(column, values, BINS)
        share, figure = self.told_alone(column, values, bins, outcome)
        return f"it tells the outcome almost alone ({figure})" if share > TOO_GOOD else ""

    def told_alone(self, column: Column, values: pd.Series, bins: pd.Series, outcome: pd.Series) -> tuple[float, str]:
        """How well an input tells the outcome alone, and that figure with its name."""
        right = float(pd.crosstab(bins, outcome).max(axis=1).sum() / len(outcome))
        return right, f"{right:.1%} right"


@dataclass(frozen=True)
class YesOrNo(Target):
    kind = "probability"
    # Whether 1 stands for yes.
    coded: bool = False

    @property
    def measure(self) -> str:
        return "chance"

    @property
    def summary(self) -> str:
        return f"“{self.yes}” or not"

    @property
    def spoken(self) -> str:
        """Yes as a sentence has it: itself, but “yes” for a 1 that has a 0 beside it."""
        return {"1": "yes", "0": "no"}.get(self.yes, self.yes) if self.coded else self.yes

    @property
    def answers(self) -> Mapping[str, Any]:
        return {"yes": self.yes}

    def measured(self, rows: int) -> Mapping[str, Any]:
        return {"smallest_bin": smallest_bin(rows)}

    def words(self) -> Mapping[str, Any]:
        yes = f"{self.thing} “{self.spoken}”"
        return {
            "question": f"Is {yes}?", "heading": f"Estimate the chance that {self.thing} is “{self.spoken}”",
            "button": "Estimate the chance", "yes": f"had {yes}", "no": "had another", "outcome": yes,
        }  # fmt: skip

    def as_number(self, outcome: pd.Series) -> pd.Series:
        return (outcome == self.yes).astype(float)

    def told_alone(self, column: Column, values: pd.Series, bins: pd.Series, outcome: pd.Series) -> tuple[float, str]:
        auc = area(bins, outcome)
        if column.is_number:
            alone = float(roc_auc_score(outcome, values.fillna(values.median())))
            auc = max(auc, alone, 1 - alone)
        return auc, f"AUC {auc:.3f}"


@dataclass(frozen=True)
class OneOf(Target):
    kind = "classes"

    @property
    def summary(self) -> str:
        return f"one of {', '.join(self.classes or ())}"

    @property
    def answers(self) -> Mapping[str, Any]:
        return {"classes": self.classes}

    def measured(self, rows: int) -> Mapping[str, Any]:
        return {"smallest_bin": smallest_bin(rows)}

    def words(self) -> Mapping[str, Any]:
        return {"question": f"Which {self.thing} is it?", "heading": f"Estimate {self.thing}", "button": "Estimate"}

    def as_number(self, outcome: pd.Series) -> pd.Series:
        return outcome.map(list(self.classes or ()).index).astype(float)


@dataclass(frozen=True)
class HowMuch(Target):
    kind = "amount"
    unit: str = ""
    # So many digits are told after the point: three or four in all.
    decimals: int = 2
    # Whether what the inputs do multiplies it.
    multiplies: bool = False

    @property
    def summary(self) -> str:
        return "an amount"

    def measured(self, rows: int) -> Mapping[str, Any]:
        return {"range_by": "residuals", **({"multiplies": True} if self.multiplies else {})}

    def words(self) -> Mapping[str, Any]:
        before = {"before_unit": self.unit} if self.unit in CURRENCIES else {}
        after = {"after_unit": f" {self.unit}"} if self.unit and not before else {}
        return {
            "question": f"What is the value of {self.thing}?", "heading": f"Estimate {self.thing}",
            "button": "Estimate", "amount": self.thing, **before, **after, "decimals": self.decimals,
        }  # fmt: skip

    def as_number(self, outcome: pd.Series) -> pd.Series:
        return outcome.astype(float)

    def looked_at(self, columns: Mapping[str, Column], table: pd.DataFrame, outcome: pd.Series) -> Target:
        multiplies = is_multiplied(columns, table, outcome)
        return replace(self, multiplies=multiplies, guess="the inputs multiply it" if multiplies else self.guess)

    def cases(self, outcome: pd.Series) -> int:
        return len(outcome)

    def too_good(self, column: Column, values: pd.Series, outcome: pd.Series) -> str:
        alike = abs(values.corr(outcome, method="spearman")) if column.is_number else 0.0
        return f"it orders the rows as the target does (rank correlation {alike:.3f})" if alike > TOO_GOOD else ""


def smallest_bin(rows: int) -> int:
    return min(100, max(10, rows // 20))


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
