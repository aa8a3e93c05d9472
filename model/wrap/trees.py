"""Compiling trees: for each input the cells of its answers, and what each cell decides in every tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.learn.forest import Arrays, Forest, lay_out_masks
from model.predict.trees import WORD

from .asking import Ask, Asked, clean, find_cuts, find_owners, halve, vary_all
from .original import CannotWrap, Numbers, Rows
from .sums import NotASum, read_sum

# What the arrays of one model may take, in memory and, nearly, on the disk.
MOST_BYTES = 100_000_000
MOST_MASKS = 48_000_000


def edges_of(forest: Forest, feature: int) -> Numbers:
    """The numbers, in floating point, from which one of the feature's nodes decides otherwise."""
    cuts = forest.thresholds()[feature]
    reach = np.maximum(np.abs(cuts) * 1e-6, 1e-30)
    job = np.array([cuts - reach, cuts + reach, 0 * cuts, cuts, 0 * cuts])
    return np.unique(halve(lambda numbers, _: numbers, job, False, forest.beyond))


def compile_trees(
    part: Mapping[str, Any], ask: Ask, inputs: Sequence[Asked], X: pd.DataFrame, at: int
) -> tuple[dict[str, Any], Arrays, Mapping[str, list[Any]]]:
    """The part as serving reads it, its arrays under the part's number, and where each number is cut."""
    forest = Forest(part)
    owners = find_owners(ask, inputs, X)
    cuts = find_cuts(ask, inputs, owners, forest.thresholds(), forest.beyond)
    # Of each cell one answer, which stands for all of them.
    answers = {
        one.name: [one.tried[0], *[c for c in cuts[one.name] if c > one.tried[0]], *one.unknown]
        if one.is_number
        else one.tried
        for one in inputs
    }
    features = ask(vary_all(inputs, answers))
    numbers = {one.name: at for at, one in enumerate(inputs)}
    sizes = [len(answers[one.name]) for one in inputs]
    decisions: list[tuple[int, int, NDArray[np.bool_]]] = []
    mixed = sorted({f for f in forest.feature[forest.inner].tolist() if len(owners[f]) > 1})
    columns = {feature: edges_of(forest, feature) for feature in mixed}
    sizes += [len(edges) + 1 for edges in columns.values()]
    for node in forest.inner.tolist():
        feature = int(forest.feature[node])
        if feature in columns:
            own, edges = len(inputs) + mixed.index(feature), columns[feature]
            decisions.append((node, own, forest.goes_left(node, np.array([np.nextafter(edges[0], -np.inf), *edges]))))
            continue
        own = numbers[owners[feature][0]]
        decisions.append((node, own, forest.goes_left(node, features[: sizes[own], feature])))
    lay_out, layout = choose_layout(forest, sizes)
    arrays = lay_out(forest, decisions, sizes)
    if sum(one.nbytes for one in arrays.values()) > MOST_BYTES:
        raise CannotWrap(
            f"{part['name']}: its trees take more than {MOST_BYTES // 1_000_000} MB. Fit it with fewer trees, or with "
            "larger leaves: min_samples_leaf=5 makes a forest about a fifth as large"
        )
    listed = []
    for number, one in enumerate(inputs):
        listed.append({"name": one.name, "levels": [] if one.is_number else list(one.known)})
        if one.is_number:
            arrays[f"cuts{number}"] = np.array([c for c in cuts[one.name] if c > one.tried[0]], dtype=float)
    arrays |= {f"cuts{len(inputs) + at}": edges for at, edges in enumerate(columns.values())}
    base = part.get("base")
    compiled = {
        "kind": "trees",
        "at": at,
        "layout": layout,
        "inputs": listed,
        "mixed": read_mixed(part["name"], ask, inputs, X, owners, mixed) if mixed else None,
        "base": [0.0] * forest.values.shape[1] if base is None else base.tolist(),
        "divisor": part.get("divisor", 1),
        "link": part["link"],
        **({"single": True} if part.get("single") else {}),
    }
    return compiled, {f"{at}.{name}": one for name, one in arrays.items()}, cuts


def read_mixed(
    name: str, ask: Ask, inputs: Sequence[Asked], X: pd.DataFrame, owners: Sequence[list[str]], mixed: Sequence[int]
) -> dict[str, Any]:
    """Columns of several inputs, such as products, as sums that serving adds up before it looks for their cells."""

    def columns(rows: Rows) -> Numbers:
        return ask(rows)[:, mixed]

    try:
        if not np.isnan(columns({one.name: [clean(v) for v in X[one.name].tolist()] for one in inputs})).any():
            return read_sum(columns, inputs, X, {}, name)
    except NotASum:
        pass
    raise CannotWrap(
        f"{name}: one of its columns mixes {' and '.join(owners[mixed[0]])} in another way than by products or sums. Leave "
        "that step out: trees find such things by themselves"
    )


LayOut = Callable[[Forest, Sequence[tuple[int, int, NDArray[np.bool_]]], Sequence[int]], Arrays]


def choose_layout(forest: Forest, sizes: Sequence[int]) -> tuple[LayOut, str]:
    """Masks where they are small, since they are several times as quick."""
    leaves = np.flatnonzero(forest.left < 0)
    trees = np.searchsorted(forest.roots, leaves, side="right") - 1
    words = int(np.ceil(np.bincount(trees) / WORD).sum())
    return (lay_out_masks, "masks") if words * sum(sizes) * 8 <= MOST_MASKS else (lay_out_nodes, "nodes")


def lay_out_nodes(
    forest: Forest, decisions: Sequence[tuple[int, int, NDArray[np.bool_]]], sizes: Sequence[int]
) -> Arrays:
    """Each node as a column of codes and a cut; its second child stands after its first."""
    columns: dict[tuple[int, bytes], int] = {}
    tables: list[NDArray[Any]] = []
    inputs: list[int] = []
    chosen: dict[int, tuple[int, int, bool]] = {}
    for node, own, goes in decisions:
        codes, cut, swapped = coded(goes, sizes[own])
        key = (own, codes.tobytes())
        if key not in columns:
            columns[key] = len(tables)
            tables.append(codes)
            inputs.append(own)
        chosen[node] = (columns[key], cut, swapped)
    order, first = [int(root) for root in forest.roots], {}
    for node in order:
        if node in chosen:
            children = int(forest.left[node]), int(forest.right[node])
            first[node] = len(order)
            order += children[::-1] if chosen[node][2] else children
    place = {node: at for at, node in enumerate(order)}
    never = np.iinfo(np.int32).max
    rows = [(*chosen[n][:2], first[n]) if n in chosen else (0, never, place[n]) for n in order]
    column, cuts, firsts = np.array(rows, dtype=np.int32).T
    lengths = [len(table) for table in tables]
    return {
        "columns": column.copy(),
        "cuts": cuts.copy(),
        "first": firsts.copy(),
        "values": np.where((forest.left < 0)[:, None], forest.values, 0.0)[order],
        "roots": np.arange(len(forest.roots), dtype=np.int32),
        "tables": np.concatenate(tables).astype(np.int32) if tables else np.zeros(1, np.int32),
        "starts": np.cumsum([0, *lengths[:-1]]) if tables else np.zeros(1, int),
        "input_of": np.array(inputs or [0]),
    }


def coded(goes: NDArray[np.bool_], size: int) -> tuple[NDArray[Any], int, bool]:
    """Codes of an input's cells, and the one up to which they go left; or right, where the children are swapped.

    Where the cells lie in an order, as numbers do, all nodes share a column of it, one for each way that the last
    cell, which may be what is unknown, goes. Anything else has a column of its own.
    """
    body, last = goes[:-1], bool(goes[-1])
    turns = int((body[1:] != body[:-1]).sum())
    order = np.arange(size, dtype=np.int32)
    if len(body) and turns <= 1:
        swapped = not body[0]
        count = int((body == body[0]).argmin()) if turns else len(body)
        order[-1] = -1 if last == body[0] else size
        return order, count - 1, swapped
    return (~goes).astype(np.int32), 0, False
