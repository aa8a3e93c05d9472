"""Models that are wrapped in the tests: each step with one estimator, each estimator with some steps, by their names.

docs/wrapping.md has this as a table, and a test holds the two to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

NUMBERS, CHOICES = ["age", "hours"], ["sex", "job"]
QUIET: Any = {"verbose": False, "allow_writing_files": False}
ONE_HOT = OneHotEncoder(handle_unknown="ignore")


@dataclass(frozen=True)
class Pair:
    make: Callable[[], Any]
    # Which engine serves it: "tables", "trees" or "onnx".
    engine: str
    kind: str = "probability"
    # Whether choices are given as pandas' own categories.
    categories: bool = False
    # Whether the table has gaps.
    gaps: bool = True


def people(kind: str, gaps: bool, categories: bool = False) -> tuple[pd.DataFrame, pd.Series]:
    """Four hundred people that were made up."""
    dice = np.random.default_rng(6)
    X = pd.DataFrame(
        {
            "age": dice.integers(17, 90, 400),
            "hours": dice.uniform(1, 99, 400).round(1),
            "sex": dice.choice(["Female", "Male"], 400),
            "job": dice.choice(["clerk", "farmer", "nurse", "sailor"], 400, p=[0.4, 0.3, 0.25, 0.05]),
        }
    )
    score = (X.age - 50) / 25 + (X.hours - 50) / 30 + (X.job == "nurse") - (X.sex == "Male") + dice.normal(0, 1, 400)
    if gaps:
        X.loc[dice.random(400) < 0.1, "hours"] = np.nan
        X.loc[dice.random(400) < 0.1, "job"] = np.nan
    if categories:
        X = X.astype(dict.fromkeys(CHOICES, "category"))
    if kind == "amount":
        return X, pd.Series((score * 10 + 60).round(2).clip(lower=0.5), name="pay")
    if kind == "classes":
        return X, pd.Series(np.select([score < -0.7, score < 0.7], ["low", "middle"], "high"), name="pay")
    return X, pd.Series(np.where(score > 0, "much", "little"), name="pay")


def steps(numbers: Any = None, choices: Any = None) -> ColumnTransformer:
    """Numbers filled in and scaled, or otherwise; choices a column each, or otherwise."""
    of_numbers = [SimpleImputer(strategy="median", add_indicator=True), numbers or StandardScaler()]
    return ColumnTransformer([("n", make_pipeline(*of_numbers), NUMBERS), ("c", choices or ONE_HOT, CHOICES)])


def logistic(numbers: Any = None, choices: Any = None) -> Callable[[], Any]:
    return lambda: make_pipeline(steps(numbers, choices), LogisticRegression(max_iter=2000))


def of(estimator: Any) -> Callable[[], Any]:
    return lambda: make_pipeline(steps(), estimator)


def filled(strategy: str, **more: Any) -> Any:
    return make_pipeline(SimpleImputer(strategy=strategy, **more), ONE_HOT)


CODES = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
LINEAR = make_pipeline(steps(), LogisticRegression(max_iter=2000))
FOREST = make_pipeline(steps(), RandomForestClassifier(15, random_state=0))
BOOSTED = make_pipeline(steps(), HistGradientBoostingClassifier(max_iter=15))
UNION = FeatureUnion(
    [("line", StandardScaler()), ("bins", KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf"))]
)

PAIRS: Mapping[str, Pair] = {
    # Each step, with a logistic regression after it.
    "imputed, indicator, StandardScaler, OneHotEncoder": Pair(logistic(), "tables"),
    "MinMaxScaler(clip=True)": Pair(logistic(MinMaxScaler(clip=True)), "tables"),
    "RobustScaler": Pair(logistic(RobustScaler()), "tables"),
    "MaxAbsScaler": Pair(logistic(MaxAbsScaler()), "tables"),
    "QuantileTransformer": Pair(logistic(QuantileTransformer(n_quantiles=20)), "tables"),
    "PowerTransformer": Pair(logistic(PowerTransformer()), "tables"),
    "KBinsDiscretizer": Pair(logistic(KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf")), "tables"),
    "SplineTransformer": Pair(logistic(SplineTransformer()), "tables"),
    "FunctionTransformer(np.log1p)": Pair(logistic(FunctionTransformer(np.log1p)), "tables"),
    "FeatureUnion": Pair(logistic(UNION), "tables"),
    "OneHotEncoder(drop='first')": Pair(logistic(choices=OneHotEncoder(drop="first")), "tables"),
    "OneHotEncoder(min_frequency=0.1)": Pair(
        logistic(choices=OneHotEncoder(min_frequency=0.1, handle_unknown="infrequent_if_exist")), "tables"
    ),
    "OrdinalEncoder": Pair(logistic(choices=CODES), "tables"),
    "TargetEncoder": Pair(logistic(choices=TargetEncoder(random_state=0)), "tables"),
    "SimpleImputer(strategy='most_frequent')": Pair(logistic(choices=filled("most_frequent")), "tables"),
    "SimpleImputer(strategy='constant')": Pair(logistic(choices=filled("constant", fill_value="none")), "tables"),
    "PolynomialFeatures(interaction_only=True)": Pair(
        lambda: make_pipeline(steps(), PolynomialFeatures(interaction_only=True), LogisticRegression(max_iter=2000)),
        "tables",
    ),
    "PCA": Pair(lambda: make_pipeline(steps(choices=CODES), PCA(3), LogisticRegression()), "tables"),
    # Each estimator, with steps before it.
    "LogisticRegression, three classes": Pair(logistic(), "tables", "classes"),
    "LogisticRegressionCV": Pair(
        of(LogisticRegressionCV(Cs=2, cv=2, l1_ratios=(0,), use_legacy_attributes=False)), "tables"
    ),
    "LinearDiscriminantAnalysis": Pair(of(LinearDiscriminantAnalysis()), "tables"),
    "QuadraticDiscriminantAnalysis": Pair(
        lambda: make_pipeline(steps(choices=CODES), QuadraticDiscriminantAnalysis(reg_param=0.1)), "tables"
    ),
    "GaussianNB": Pair(lambda: make_pipeline(steps(choices=CODES), GaussianNB()), "tables"),
    "GaussianNB, three classes": Pair(lambda: make_pipeline(steps(choices=CODES), GaussianNB()), "tables", "classes"),
    "BernoulliNB": Pair(of(BernoulliNB()), "tables"),
    "LinearRegression": Pair(of(LinearRegression()), "tables", "amount"),
    "Ridge": Pair(of(Ridge()), "tables", "amount"),
    "Lasso": Pair(of(Lasso(0.1)), "tables", "amount"),
    "ElasticNet": Pair(of(ElasticNet(0.1)), "tables", "amount"),
    "PoissonRegressor": Pair(of(PoissonRegressor()), "trees", "amount"),
    "CalibratedClassifierCV(LinearSVC, ensemble=False)": Pair(
        lambda: CalibratedClassifierCV(make_pipeline(steps(), LinearSVC()), ensemble=False), "tables"
    ),
    "CalibratedClassifierCV(LinearSVC)": Pair(
        lambda: CalibratedClassifierCV(make_pipeline(steps(), LinearSVC()), cv=2), "trees"
    ),
    "DecisionTreeClassifier": Pair(of(DecisionTreeClassifier(max_depth=5)), "trees"),
    "RandomForestClassifier": Pair(of(RandomForestClassifier(15, random_state=0)), "trees"),
    "RandomForestClassifier, three classes": Pair(of(RandomForestClassifier(15, random_state=0)), "trees", "classes"),
    "RandomForestRegressor": Pair(of(RandomForestRegressor(15, random_state=0)), "trees", "amount"),
    "ExtraTreesClassifier": Pair(of(ExtraTreesClassifier(15, random_state=0)), "trees"),
    "GradientBoostingClassifier": Pair(of(GradientBoostingClassifier(n_estimators=20)), "trees"),
    "GradientBoostingClassifier, three classes": Pair(
        of(GradientBoostingClassifier(n_estimators=10)), "trees", "classes"
    ),
    "GradientBoostingRegressor": Pair(of(GradientBoostingRegressor(n_estimators=20)), "trees", "amount"),
    "HistGradientBoostingClassifier": Pair(of(HistGradientBoostingClassifier(max_iter=20)), "trees"),
    "HistGradientBoostingClassifier with its own categories": Pair(
        lambda: HistGradientBoostingClassifier(max_iter=20, categorical_features="from_dtype"), "trees", categories=True
    ),
    "HistGradientBoostingRegressor(loss='poisson')": Pair(
        of(HistGradientBoostingRegressor(loss="poisson", max_iter=20)), "trees", "amount"
    ),
    "LGBMClassifier": Pair(of(lightgbm.LGBMClassifier(n_estimators=20, verbose=-1)), "trees"),
    "LGBMClassifier with its own categories": Pair(
        lambda: lightgbm.LGBMClassifier(n_estimators=20, verbose=-1), "trees", categories=True
    ),
    "LGBMClassifier, three classes": Pair(
        lambda: lightgbm.LGBMClassifier(n_estimators=10, verbose=-1), "trees", "classes", True
    ),
    "LGBMRegressor": Pair(lambda: lightgbm.LGBMRegressor(n_estimators=20, verbose=-1), "trees", "amount", True),
    "XGBClassifier with its own categories": Pair(
        lambda: xgboost.XGBClassifier(n_estimators=20, enable_categorical=True), "trees", categories=True
    ),
    "XGBRegressor": Pair(of(xgboost.XGBRegressor(n_estimators=20)), "trees", "amount"),
    "CatBoostClassifier": Pair(of(catboost.CatBoostClassifier(20, **QUIET)), "trees"),
    "CatBoostClassifier, three classes": Pair(of(catboost.CatBoostClassifier(20, **QUIET)), "trees", "classes"),
    "CatBoostRegressor": Pair(of(catboost.CatBoostRegressor(20, **QUIET)), "trees", "amount"),
    "VotingClassifier(LogisticRegression, RandomForestClassifier)": Pair(
        lambda: VotingClassifier([("a", LINEAR), ("b", FOREST)], voting="soft", weights=[2, 1]), "trees"
    ),
    "VotingRegressor": Pair(
        lambda: VotingRegressor([("a", of(Ridge())()), ("b", of(GradientBoostingRegressor(n_estimators=9))())]),
        "trees",
        "amount",
    ),
    "StackingClassifier(LogisticRegression, HistGradientBoostingClassifier)": Pair(
        lambda: StackingClassifier([("a", LINEAR), ("b", BOOSTED)], cv=2), "trees"
    ),
    "CalibratedClassifierCV(HistGradientBoostingClassifier, isotonic)": Pair(
        lambda: CalibratedClassifierCV(BOOSTED, method="isotonic", cv=2), "trees"
    ),
    "CalibratedClassifierCV(RandomForestClassifier, three classes)": Pair(
        lambda: CalibratedClassifierCV(FOREST, cv=2), "trees", "classes"
    ),
    "CalibratedClassifierCV(HistGradientBoostingClassifier, temperature)": Pair(
        lambda: CalibratedClassifierCV(BOOSTED, method="temperature", cv=2), "trees"
    ),
    "CalibratedClassifierCV(RandomForestClassifier, temperature)": Pair(
        lambda: CalibratedClassifierCV(FOREST, method="temperature", cv=2), "trees"
    ),
    "TransformedTargetRegressor(np.log1p)": Pair(
        lambda: TransformedTargetRegressor(
            of(HistGradientBoostingRegressor(max_iter=20))(), func=np.log1p, inverse_func=np.expm1
        ),
        "trees",
        "amount",
    ),
    "PolynomialFeatures, RandomForestClassifier": Pair(
        lambda: make_pipeline(steps(), PolynomialFeatures(), RandomForestClassifier(15, random_state=0)), "trees"
    ),
    "PCA, ExtraTreesClassifier": Pair(
        lambda: make_pipeline(steps(choices=CODES), PCA(3), ExtraTreesClassifier(15, random_state=0)), "trees"
    ),
    "MLPClassifier": Pair(
        lambda: make_pipeline(steps_without_gaps(), MLPClassifier((8,), max_iter=80, random_state=0)),
        "onnx",
        gaps=False,
    ),
}


def steps_without_gaps() -> ColumnTransformer:
    return ColumnTransformer([("n", StandardScaler(), NUMBERS), ("c", ONE_HOT, CHOICES)])
