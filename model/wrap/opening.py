"""Opening a model's file, and the frames that it is asked with; for the worker's process alone."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .natives import CannotOpen, CatBoost, Graph, Native

# What a file of each kind needs, and the package that brings it.
NEEDS = {
    ".joblib": "joblib",
    ".pkl": "joblib",
    ".pickle": "joblib",
    ".skops": "skops",
    ".txt": "lightgbm",
    ".json": "xgboost-cpu",
    ".ubj": "xgboost-cpu",
    ".cbm": "catboost",
    ".onnx": "onnxruntime",
}
# Beside what skops itself knows to be safe, a file of its may name types of these, and no others.
TRUSTED = ("sklearn.", "lightgbm.", "xgboost.", "numpy.dtype", "collections.OrderedDict", "collections.defaultdict")

MOST_LEVELS = 100


def open_model(path: str) -> Any:
    suffix = Path(path).suffix.lower()
    if suffix not in NEEDS:
        raise CannotOpen(f"{Path(path).name} ends in none of {', '.join(NEEDS)}")
    try:
        return estimator_in(OPENERS[suffix](path), Path(path).name)
    except ImportError as fault:
        missing = {"lightgbm": "lightgbm", "xgboost": "xgboost-cpu", "sklearn": "scikit-learn"}
        package = missing.get((fault.name or "").split(".")[0], fault.name or NEEDS[suffix])
        raise CannotOpen(
            f"{Path(path).name} needs {package}, which this Python does not have. "
            f"Install it: {sys.executable} -m pip install {package}"
        ) from None
    except CannotOpen:
        raise
    except Exception as fault:
        raise CannotOpen(
            f"{Path(path).name} cannot be opened here ({type(fault).__name__}: {fault}). If it was made by other "
            "versions, name the Python that made it: --python path/to/python"
        ) from None


def estimator_in(found: Any, file: str) -> Any:
    """The estimator, which may lie in a dictionary or a list with what is no part of it, such as its columns' names."""
    if hasattr(found, "predict"):
        return found
    parts = list(found.values()) if isinstance(found, dict) else found if isinstance(found, (list, tuple)) else []
    estimators = [part for part in parts if hasattr(part, "predict")]
    if len(estimators) == 1 and not any(hasattr(part, "transform") for part in parts if part is not estimators[0]):
        return estimators[0]
    raise CannotOpen(
        f"{file} holds {type(found).__name__!r}, and no fitted estimator. Save a pipeline that does all the steps from the "
        "table's columns to the answer"
    )


def open_joblib(path: str) -> Any:
    import joblib

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = joblib.load(path)
    for warning in said:
        # scikit-learn warns where a version reads what another one wrote, and then may compute otherwise.
        made, has = (getattr(warning.message, f"{which}_sklearn_version", "") for which in ("original", "current"))
        if made.split(".")[:2] != has.split(".")[:2]:
            raise CannotOpen(
                f"{Path(path).name} was fitted with scikit-learn {made}, and this Python has {has}, which may read it "
                "otherwise. Name the Python that made it, or one with the same version: --python path/to/python"
            )
    return model


def open_skops(path: str) -> Any:
    import skops.io

    strange = [name for name in skops.io.get_untrusted_types(file=path) if not name.startswith(TRUSTED)]
    if strange:
        raise CannotOpen(f"{Path(path).name} has types that are not known to be safe: {', '.join(strange)}")
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def open_lightgbm(path: str) -> Any:
    import lightgbm

    return Native(lightgbm.Booster(model_file=path), "lightgbm")


def open_xgboost(path: str) -> Any:
    import xgboost

    return Native(xgboost.Booster(model_file=path), "xgboost")


def open_catboost(path: str) -> Any:
    import catboost

    model = catboost.CatBoost()
    model.load_model(path)
    return CatBoost(model)


OPENERS: dict[str, Callable[[str], Any]] = {
    ".joblib": open_joblib,
    ".pkl": open_joblib,
    ".pickle": open_joblib,
    ".skops": open_skops,
    ".txt": open_lightgbm,
    ".json": open_xgboost,
    ".ubj": open_xgboost,
    ".cbm": open_catboost,
    ".onnx": lambda path: Graph(Path(path).read_bytes()),
}


def read_table(path: str) -> pd.DataFrame:
    """The table as pandas reads it unless told otherwise, since that is what most models were fitted to."""
    suffix = Path(path).suffix.lower()
    if suffix in (".parquet", ".pq"):
        return pd.read_parquet(path)
    if suffix == ".xlsx":
        return pd.read_excel(path, engine="calamine")
    try:
        return read_csv(path, "utf-8")
    except UnicodeDecodeError:
        return read_csv(path, "cp1252")


def read_csv(path: str, encoding: str) -> pd.DataFrame:
    """With the mark that parts the headings, and decimal commas where a column of numbers has such."""
    header = str(pd.read_csv(path, encoding=encoding, sep="\x01", nrows=0).columns[0])
    how: dict[str, Any] = {"encoding": encoding, "sep": max(",;\t|", key=header.count)}
    table = pd.read_csv(path, **how)
    texts = (
        []
        if how["sep"] == ","
        else [table[name].dropna().astype(str) for name in table.select_dtypes(exclude="number")]
    )
    has_commas = any(len(column) and column.str.fullmatch(r"-?\d+,\d+").all() for column in texts)
    return pd.read_csv(path, **how, decimal=",") if has_commas else table


def columns_of(model: Any, columns: list[str]) -> tuple[list[str], bool]:
    """The table's columns that the model was fitted to, in its order, and whether it knows them by name."""
    known = getattr(model, "feature_names_in_", None)
    if known is None:
        count = getattr(model, "n_features_in_", len(columns))
        if count != len(columns):
            raise CannotOpen(
                f"The model knows no names and takes {count} columns; the table has {len(columns)} besides the target. "
                "Give a table with just the model's columns, in its order"
            )
        return columns, False
    missing = [str(name) for name in known if name not in columns]
    if missing:
        raise CannotOpen(f"The model asks for {', '.join(missing)}, which the table does not have")
    return [str(name) for name in known], True


class Frame:
    """Rows of answers as the frame, or the array, that the model was fitted to."""

    def __init__(self, table: pd.DataFrame, named: bool) -> None:
        self.table, self.named = table, named
        self.kinds: dict[str, Any] = {name: table[name].dtype for name in table}
        self.levels = {name: {text(v): v for v in table[name].dropna().unique()} for name in table}

    def find_categories(self, model: Any) -> None:
        """Some models take text as it is, and some as pandas' categories."""
        listed = getattr(getattr(model, "booster_", getattr(model, "booster", None)), "pandas_categorical", None)
        texts = [name for name in self.table if not pd.api.types.is_numeric_dtype(self.kinds[name])]
        if not texts or not self.named:
            return
        if listed and len(listed) == len(texts):
            self.kinds |= {n: pd.CategoricalDtype(levels) for n, levels in zip(texts, listed, strict=True)}
            return
        try:
            model.predict(self.build({name: self.table[name].head(20).tolist() for name in self.table}))
        except Exception:
            self.use_categories()

    def use_categories(self) -> None:
        texts = [name for name, kind in self.kinds.items() if not pd.api.types.is_numeric_dtype(kind)]
        self.kinds |= {n: pd.CategoricalDtype(sorted(self.table[n].dropna().unique())) for n in texts}

    def numbers_in_words(self) -> dict[str, dict[str, Any]]:
        """Of columns of a few numbers, which a form may offer as choices, the number of each choice."""
        numbers = [name for name, kind in self.kinds.items() if pd.api.types.is_numeric_dtype(kind)]
        return {name: self.levels[name] for name in numbers if len(self.levels[name]) <= MOST_LEVELS}

    def build(self, rows: dict[str, list[Any]]) -> Any:
        columns = {name: self.column(name, rows[name]) for name in self.table}
        frame = pd.DataFrame(columns)
        return frame if self.named else frame.to_numpy()

    def column(self, name: str, values: list[Any]) -> Any:
        """Answers as the table has them: a choice that is a number there is one again."""
        kind, levels = self.kinds[name], self.levels[name]
        values = [levels.get(v, v) if isinstance(v, str) else v for v in values]
        values = [np.nan if v is None or v != v else v for v in values]
        if isinstance(kind, pd.CategoricalDtype):
            return pd.Categorical(values, dtype=kind)
        if not pd.api.types.is_numeric_dtype(kind):
            return pd.Series(values, dtype=kind)
        column = pd.Series(values)
        if pd.api.types.is_object_dtype(column) or pd.api.types.is_bool_dtype(kind):
            return column if column.isna().any() else column.astype(kind)
        whole = pd.api.types.is_integer_dtype(kind) and not column.isna().any() and (column % 1 == 0).all()
        return column.astype(kind if whole else float)


def text(value: Any) -> str:
    """A value as a form sends it: 1.0, which is how pandas keeps a 1 beside gaps, as 1."""
    return str(int(value)) if isinstance(value, (float, np.floating)) and value == int(value) else str(value)


def to_onnx(model: Any, frame: Frame) -> bytes:
    """The model as an ONNX graph, made by its own library or by skl2onnx."""
    if isinstance(model, Graph):
        return model.content
    if isinstance(model, CatBoost):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            model.model.save_model(str(path), format="onnx")
            return path.read_bytes()
    from skl2onnx import to_onnx as convert

    options = {id(model): {"zipmap": False}} if hasattr(model, "classes_") else None
    first = frame.build({name: frame.table[name].head(2).tolist() for name in frame.table})
    ways = [first]
    if hasattr(first, "columns"):
        is_text = [not pd.api.types.is_numeric_dtype(kind) for kind in first.dtypes]
        ways = [first.astype({n: object if text else "float32" for n, text in zip(first, is_text, strict=True)})]
        # A pipeline that does not part its columns by name takes them all as one.
        ways += [] if any(is_text) else [first.to_numpy()]
    faults = []
    for rows in reversed(ways):
        try:
            graph = convert(
                model, rows[:1] if hasattr(rows, "columns") else rows[:1].astype(np.float32), options=options
            )
            Graph(graph.SerializeToString()).predict(first)
            return graph.SerializeToString()
        except Exception as fault:
            faults.append(fault)
    raise faults[-1]
