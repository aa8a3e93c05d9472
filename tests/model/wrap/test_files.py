"""Every kind of file that a model comes in, and those that are refused with what would help."""

from __future__ import annotations

import os
import sys
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import catboost
import joblib
import lightgbm
import numpy as np
import pandas as pd
import pytest
import sklearn
import skops.io
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

from model.declare.number import NumberInput
from model.predict.catalog import Catalog
from model.predict.program import MANY_WALKED, Program
from model.wrap.opening import read_table
from model.wrap.original import CannotWrap
from model.wrap.wrapping import Order, wrap
from webapp import create_app

from tests.model.wrap.conftest import Served, estimates_of
from tests.model.wrap.pairs import NUMBERS, PAIRS, people
from tests.page import page_of
from tests.payloads import SETTINGS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unmeasured")]


def numbers() -> tuple[pd.DataFrame, pd.Series]:
    X, y = people("probability", gaps=False)
    return X[NUMBERS], y


def codes(y: pd.Series) -> pd.Series:
    return (y == "much").astype(int)


def test_a_lightgbm_text_file_with_categories(tmp_path: Path, serve: Served) -> None:
    X, y = people("probability", gaps=True, categories=True)
    fitted = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1).fit(X, codes(y))
    fitted.booster_.save_model(tmp_path / "pay.txt")
    predictor = serve(tmp_path / "pay.txt", X, y, yes="much")
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X)[:, 1:], abs=1e-12)


def test_a_heading_tells_the_unit_of_what_is_asked_and_of_the_amount(tmp_path: Path) -> None:
    X, y = people("amount", gaps=False)
    table = X[["age", "hours"]].rename(columns={"age": "weight_kg"}).assign(pay_usd=y)
    joblib.dump(LinearRegression().fit(table.drop(columns="pay_usd"), y), tmp_path / "pay.joblib")
    table.to_csv(tmp_path / "pay.csv", index=False)
    wrap(Order(tmp_path / "pay.joblib", tmp_path / "pay.csv", "pay_usd", tmp_path / "mine", "pay"))
    model = Catalog([tmp_path / "mine"])["pay"]
    weight = model.input["weight_kg"]
    assert isinstance(weight, NumberInput)
    assert (weight.label, weight.unit, model.words.before_unit) == ("Weight", "kg", "$")


@pytest.mark.parametrize("ending", ["json", "ubj"])
def test_an_xgboost_file(ending: str, tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    fitted = xgboost.XGBClassifier(n_estimators=20).fit(X, codes(y))
    fitted.save_model(tmp_path / f"pay.{ending}")
    predictor = serve(tmp_path / f"pay.{ending}", X, y, yes="much")
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X)[:, 1:], abs=1e-6)


@pytest.mark.parametrize("missing", ["Min", "Max"])
def test_a_catboost_file_of_numbers_with_gaps(missing: str, tmp_path: Path, serve: Served) -> None:
    X, y = people("probability", gaps=True)
    X = X[NUMBERS]
    fitted = catboost.CatBoostClassifier(20, nan_mode=missing, verbose=False, allow_writing_files=False).fit(
        X, codes(y)
    )
    fitted.save_model(str(tmp_path / "pay.cbm"))
    predictor = serve(tmp_path / "pay.cbm", X, y, yes="much")
    assert predictor.card.engine["name"] == "trees"
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X)[:, 1:], abs=1e-12)


def test_xgboost_adds_large_amounts_up_in_float32_and_so_does_what_is_served(tmp_path: Path, serve: Served) -> None:
    X, _ = numbers()
    pay = 1e5 * np.exp(X.rank(pct=True).sum(axis=1) / 3)
    fitted = xgboost.XGBRegressor(n_estimators=200, n_jobs=1).fit(X, pay)
    fitted.save_model(tmp_path / "pay.json")
    predictor = serve(tmp_path / "pay.json", X, pd.Series(pay, name="pay"), yes=None)
    assert estimates_of(predictor, X).ravel().tolist() == fitted.predict(X).astype(float).tolist()


def test_an_onnx_graph(tmp_path: Path, serve: Served) -> None:
    from skl2onnx import to_onnx

    X, y = numbers()
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(X.to_numpy(), y)
    graph = to_onnx(fitted, X.to_numpy(np.float32)[:1], options={id(fitted): {"zipmap": False}})
    (tmp_path / "pay.onnx").write_bytes(graph.SerializeToString())
    predictor = serve(tmp_path / "pay.onnx", X, y, yes="much")
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X.to_numpy())[:, 1:], abs=1e-6)


def test_a_skops_file(tmp_path: Path, serve: Served) -> None:
    X, y = people("probability", gaps=True)
    fitted = PAIRS["RandomForestClassifier"].make().fit(X, y)
    skops.io.dump(fitted, tmp_path / "pay.skops")
    predictor = serve(tmp_path / "pay.skops", X, y, yes="much")
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X)[:, 1:], abs=1e-12)


def test_a_skops_file_with_a_stranger_in_it_is_refused(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    fitted = make_pipeline(FunctionTransformer(os.path.normpath), LogisticRegression())
    skops.io.dump(fitted, tmp_path / "pay.skops")
    assert "types that are not known to be safe: posixpath.normpath" in refusal(serve, tmp_path / "pay.skops", X, y)


# -- refusals ---------------------------------------------------------------------------------------------


def refusal(serve: Served, file: Path, X: pd.DataFrame, y: pd.Series, **more: Any) -> str:
    with pytest.raises(CannotWrap) as refused:
        serve(file, X, y, **more)
    assert not (file.parent / "mine").exists()
    return str(refused.value)


def test_a_model_that_nobody_can_convert_is_refused_by_name(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    fitted = make_pipeline(FunctionTransformer(np.log1p), KNeighborsClassifier()).fit(X, y)
    joblib.dump(fitted, tmp_path / "pay.joblib")
    assert refusal(serve, tmp_path / "pay.joblib", X, y).startswith("KNeighborsClassifier is not known here")


def test_a_step_that_mixes_inputs_in_a_way_of_its_own_is_found_out(tmp_path: Path, serve: Served) -> None:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import KNNImputer

    X, y = people("probability", gaps=True)
    X = X[NUMBERS]
    fitted = make_pipeline(KNNImputer(), RandomForestClassifier(5)).fit(X, y)
    joblib.dump(fitted, tmp_path / "pay.joblib")
    why = refusal(serve, tmp_path / "pay.joblib", X, y)
    assert "What would be served differs from the model by" in why
    assert "As an ONNX graph: " in why


def test_a_converter_that_is_wrong_is_found_out(tmp_path: Path, serve: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.wrap import compiling

    X, y = people("probability", gaps=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        joblib.dump(PAIRS["MLPClassifier"].make().fit(X, y), tmp_path / "pay.joblib")
    monkeypatch.setattr(compiling, "NEAR", 1e-12)
    why = refusal(serve, tmp_path / "pay.joblib", X, y, yes="much")
    assert "differs from the model by" in why


def test_an_estimator_may_lie_in_a_dictionary_but_not_beside_a_step_of_its_own(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    model, scaler = LogisticRegression().fit(X, y), StandardScaler().fit(X)
    joblib.dump({"columns": list(X), "model": model}, tmp_path / "pay.joblib")
    joblib.dump({"scaler": scaler, "model": model}, tmp_path / "parts.joblib")
    assert "parts.joblib holds 'dict', and no fitted estimator" in refusal(serve, tmp_path / "parts.joblib", X, y)
    predictor = serve(tmp_path / "pay.joblib", X, y, yes="much")
    assert estimates_of(predictor, X) == pytest.approx(model.predict_proba(X)[:, 1:], abs=1e-12)


def test_a_table_without_the_models_columns_is_refused(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    joblib.dump(LogisticRegression().fit(X, y), tmp_path / "pay.joblib")
    assert "The model asks for age" in refusal(serve, tmp_path / "pay.joblib", X[["hours"]], y)


@pytest.mark.parametrize(
    "columns", [("hours", "data"), ("hours", "new-hours"), ("hours", "in-data"), ("hours", "case-note")]
)
def test_a_column_that_means_something_else_to_a_form_is_refused_with_what_would_help(
    columns: tuple[str, str], tmp_path: Path, serve: Served
) -> None:
    X, y = numbers()
    X = X[["hours", "age"]].set_axis(columns, axis="columns")
    joblib.dump(LogisticRegression().fit(X, y), tmp_path / "pay.joblib")
    other = f"{columns[1].removeprefix('new-')}_asked"
    with pytest.raises(CannotWrap, match=f"asks for '{columns[1]}', .* say '{other}', and fit the model to that"):
        serve(tmp_path / "pay.joblib", X, y)
    X = X.rename(columns={columns[1]: other})
    joblib.dump(LogisticRegression().fit(X, y), tmp_path / "pay.joblib")
    assert set(serve(tmp_path / "pay.joblib", X, y).model.input) == {"hours", other}


def test_a_table_may_have_semicolons_and_decimal_commas_and_letters_of_an_older_kind(tmp_path: Path) -> None:
    table = pd.DataFrame({"größe": [1.5, None, 2.25], "ort": ["Köln", "Bonn", "Ulm"]})
    table.to_csv(tmp_path / "people.csv", sep=";", decimal=",", encoding="cp1252", index=False)
    assert read_table(str(tmp_path / "people.csv")).to_dict("list")["größe"][::2] == [1.5, 2.25]


def test_a_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"")
    (tmp_path / "people.parquet").write_bytes(b"text")
    for name in ("people.csv", "people.parquet"):
        with pytest.raises(CannotWrap, match=rf"^{name} cannot be read: "):
            wrap(Order(tmp_path / "pay.joblib", tmp_path / name, "pay", tmp_path, "pay"))


def test_an_estimator_that_gives_no_chances_is_named_and_not_the_pipeline_around_it(
    tmp_path: Path, serve: Served
) -> None:
    X, y = numbers()
    joblib.dump(make_pipeline(FunctionTransformer(np.log1p), LinearSVC()).fit(X, y), tmp_path / "pay.joblib")
    assert refusal(serve, tmp_path / "pay.joblib", X, y).startswith("LinearSVC gives no chances of its classes. Put ")


def test_a_file_of_another_kind_and_one_that_is_broken_are_refused(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    (tmp_path / "pay.h5").write_bytes(b"")
    (tmp_path / "pay.joblib").write_bytes(b"no pickle")
    assert "pay.h5 ends in none of .joblib" in refusal(serve, tmp_path / "pay.h5", X, y)
    assert "--python path/to/python" in refusal(serve, tmp_path / "pay.joblib", X, y)


def test_a_file_of_another_version_is_refused_with_both_versions(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    fitted = LogisticRegression().fit(X, y)
    joblib.dump(fitted, tmp_path / "new.joblib")
    written = (tmp_path / "new.joblib").read_bytes()
    own = sklearn.__version__.encode()
    older = own.replace(b"1.", b"0.", 1)
    assert own in written
    (tmp_path / "pay.joblib").write_bytes(written.replace(own, older))
    why = refusal(serve, tmp_path / "pay.joblib", X, y)
    assert f"was fitted with scikit-learn {older.decode()}, and this Python has {own.decode()}" in why


def test_a_python_that_does_not_start_is_named(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    joblib.dump(LogisticRegression().fit(X, y), tmp_path / "pay.joblib")
    assert "no-python does not start" in refusal(serve, tmp_path / "pay.joblib", X, y, python="/no-python")


def test_a_python_without_the_models_package_is_told_what_to_install(tmp_path: Path, serve: Served) -> None:
    X, y = numbers()
    (tmp_path / "pay.txt").write_text("tree")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "lightgbm.py").write_text("raise ImportError(name='lightgbm')")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={hidden} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    assert "-m pip install lightgbm" in refusal(serve, tmp_path / "pay.txt", X, y, python=str(python))


def test_a_forest_whose_trees_end_where_all_rows_are_alike_takes_little_memory_to_compile(
    tmp_path: Path, serve: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.wrap.trees.MOST_MASKS", 0)
    dice = np.random.default_rng(0)
    X = pd.DataFrame(dice.normal(size=(4_000, 3)), columns=["a", "b", "c"])
    y = pd.Series(np.where(X.sum(axis=1) + dice.logistic(size=len(X)) > 0, "much", "little"))
    fitted = RandomForestClassifier(10, random_state=0).fit(X, y)
    joblib.dump(fitted, tmp_path / "pay.joblib")
    tracemalloc.start()
    predictor = serve(tmp_path / "pay.joblib", X, y, yes="much")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert estimates_of(predictor, X) == pytest.approx(fitted.predict_proba(X)[:, 1:], abs=1e-12)
    # What each node decides of each cell would take 17 MB more; of a hundred times as many nodes, many gigabytes.
    assert peak < 18_000_000


def test_a_page_asks_less_of_a_forest_of_many_deep_trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.wrap.trees.MOST_MASKS", 0)
    X, y = numbers()
    table = tmp_path / "people.csv"
    X.assign(pay=y).to_csv(table, index=False)
    predict, rows = Program.predict, []
    monkeypatch.setattr(Program, "predict", lambda self, some: rows.append(len(some)) or predict(self, some))
    asked = {}
    for trees in (20, MANY_WALKED):
        joblib.dump(RandomForestClassifier(trees, random_state=0).fit(X, y), tmp_path / "pay.joblib")
        folder = tmp_path / str(trees)
        wrap(Order(tmp_path / "pay.joblib", table, "pay", folder, "pay", yes="much"))
        client = create_app(SETTINGS | {"MODEL_FOLDERS": (folder,)}).test_client()
        rows.clear()
        shown = page_of(client.get("/pay/result", query_string=X.iloc[0].to_dict()))
        assert "What moved the number" in shown.text
        asked[trees] = sum(rows)
    assert asked[MANY_WALKED] < asked[20] / 2
