"""Compiling the people in the data into the file from which close ones are counted."""

import json
import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import Input
from model.declare.model import Model

# So many answers of a number have a bit for each person; the rows between two of them are listed in order.
MOST_MASKS = 256


def compile_people(model: Model, X: pd.DataFrame, y: pd.Series, scores: NDArray[np.float64]) -> bytes:
    """Outcomes, out-of-fold predictions, and for each input everyone's answer and the masks to count by."""
    # Where the model gives one chance, the people lie in its order.
    ordered = scores.shape[1] == 1
    order = np.argsort(scores[:, 0], kind="stable") if ordered else np.arange(len(X))
    parts = [column[order].astype("<f4").tobytes() for column in (y.to_numpy(), *scores.T)]
    columns = []
    for asked in model.inputs:
        about, content = compile_column(asked, X[asked.name].iloc[order], model.learns.close_within)
        columns.append({"name": asked.name, "kind": asked.kind, "reach": 0.0} | about)
        parts += content
    header = {"people": len(X), "scores": scores.shape[1], "sorted": ordered, "columns": columns}
    return json.dumps(header).encode() + b"\n" + zlib.compress(b"".join(parts), 9)


def compile_column(asked: Input, column: pd.Series, close_within: float) -> tuple[dict[str, Any], list[bytes]]:
    """What the header says of an input; and its levels where they are numbers, its codes, masks and order."""
    levels: Any = list(asked.choices) if asked.choices else np.unique(column.dropna())
    codes = pd.Categorical(column, levels).codes.astype(int)
    known = codes >= 0
    codes[~known] = len(levels)
    if asked.choices:
        masks = [packed(codes == code) for code in range(len(levels))]
        return {"levels": levels}, [codes.astype("<u2").tobytes(), *masks]
    cuts, code = cuts_of(codes[known], len(levels)), "H" if len(levels) < 1 << 16 else "I"
    content = [levels.astype("<f8").tobytes(), codes.astype(f"<{code}").tobytes()]
    content += [packed(codes < cut) for cut in cuts]
    if len(cuts) <= len(levels):
        content.append(np.argsort(codes, kind="stable")[: known.sum()].astype("<u4").tobytes())
    reach = float(round((levels[-1] - levels[0]) * close_within, 6))
    return {"reach": reach, "levels": len(levels), "code": code, "cuts": cuts}, content


def cuts_of(codes: NDArray[Any], levels: int) -> list[int]:
    """Before which levels people are counted beforehand: all; or those that leave few people between two.

    Both sides of a level are cuts, so that however many people share it, they are never gone through.
    """
    if levels < MOST_MASKS:
        return list(range(levels + 1))
    places = np.sort(codes)[np.linspace(0, len(codes) - 1, MOST_MASKS // 2 - 1).astype(int)]
    cuts: list[int] = np.unique([0, *places, *(places + 1), levels]).tolist()
    return cuts


def packed(members: NDArray[np.bool_]) -> bytes:
    """A bit a person."""
    return np.packbits(members, bitorder="little").tobytes()
