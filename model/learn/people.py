"""Compiling the people in the data into the file from which close ones are counted."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.neighbours import UNKNOWN

from .design import levels


def compile_people(model: Model, X: pd.DataFrame, y: pd.Series, predicted: NDArray[np.float64]) -> bytes:
    """Outcomes, out-of-fold predictions, and for each input the codes and masks of everyone."""
    scores = predicted[:, 1:] if model.kind == "probability" else predicted
    ordered = model.kind == "probability"
    order = np.argsort(scores[:, 0], kind="stable") if ordered else np.arange(len(X))
    parts = [y.to_numpy()[order].astype("<f4").tobytes()]
    parts += [scores[order, k].astype("<f4").tobytes() for k in range(scores.shape[1])]
    about = []
    for asked in model.inputs:
        column = X[asked.name].iloc[order].reset_index(drop=True)
        found = levels_of(asked, column)
        masks = list(masks_of(asked, column, found))
        parts += [codes(column, found).tobytes(), *masks]
        about.append(
            {
                "name": asked.name,
                "kind": asked.kind,
                "levels": found,
                "reach": reach(model, asked, column),
                "masks": len(masks),
            }
        )
    header = {"people": len(X), "scores": scores.shape[1], "sorted": ordered, "columns": about}
    return json.dumps(header).encode() + b"\n" + zlib.compress(b"".join(parts), 9)


def levels_of(asked: Input, column: pd.Series) -> list[Any]:
    if asked.kind == "choice":
        return list(levels(asked))
    numbers = sorted(set(column.dropna()))
    return [int(number) if number == int(number) else float(number) for number in numbers]


def codes(column: pd.Series, found: list[Any]) -> NDArray[np.uint16]:
    return column.map({level: code for code, level in enumerate(found)}).fillna(UNKNOWN).to_numpy("<u2")


def masks_of(asked: Input, column: pd.Series, found: list[Any]) -> Iterator[bytes]:
    """A bit a person: of a choice who gave it, of a number who is below each level, and below none."""
    if asked.kind == "choice":
        for level in found:
            yield packed(column == level)
    else:
        for level in found:
            yield packed(column < level)
        yield packed(column.notna())


def packed(members: pd.Series) -> bytes:
    return np.packbits(members.to_numpy(bool), bitorder="little").tobytes()


def reach(model: Model, asked: Input, column: pd.Series) -> float:
    if asked.kind == "choice":
        return 0.0
    return float(round((column.max() - column.min()) * model.learns.close_within, 6))
