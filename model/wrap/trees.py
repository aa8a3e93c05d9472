"""Compiling trees: for each input the cells of its answers, and what each cell decides in every tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.learn.forest import Arrays, Decisions, Forest, lay_out_masks
from model.predict.trees import NEVER, WORD

from .asking import Ask, Asked, clean, find_cuts, find_owners, halve, vary_all
from .original import CannotWrap, Numbers, Rows
from .sums import NotASum, read_sum

# What the arrays of one model may take, in memory and, nearly, on the disk.
MOST_BYTES = 100_000_000
MOST_MASKS = 48_000_000

# For each feature of the trees the input that it depends on, and its values in that input's cells.
Cells = Mapping[int, tuple[int, Numbers]]


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
    asked = sorted(set(forest.feature[forest.inner].tolist()))
    mixed = [feature for feature in asked if len(owners[feature]) > 1]
    columns = {feature: edges_of(forest, feature) for feature in mixed}
    sizes += [len(edges) + 1 for edges in columns.values()]
    cells = {
        feature: (own, features[: sizes[own], feature])
        for feature in asked
        if feature not in columns
        for own in [numbers[owners[feature][0]]]
    }
    for own, (feature, edges) in enumerate(columns.items(), len(inputs)):
        cells[feature] = own, np.array([np.nextafter(edges[0], -np.inf), *edges])
    lay_out, layout = choose_layout(forest, sizes)
    arrays = lay_out(forest, cells, sizes)
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


def decide(forest: Forest, cells: Cells, nodes: NDArray[Any]) -> Decisions:
    """What these nodes make of their inputs' cells, one after another, since all at once may take gigabytes."""
    for node in nodes.tolist():
        own, values = cells[int(forest.feature[node])]
        yield node, own, forest.goes_left(node, values)


LayOut = Callable[[Forest, Cells, Sequence[int]], Arrays]


def choose_layout(forest: Forest, sizes: Sequence[int]) -> tuple[LayOut, str]:
    """Masks where they are small, since they are several times as quick."""
    leaves = np.flatnonzero(forest.left < 0)
    trees = np.searchsorted(forest.roots, leaves, side="right") - 1
    words = int(np.ceil(np.bincount(trees) / WORD).sum())
    if words * sum(sizes) * 8 > MOST_MASKS:
        return lay_out_nodes, "nodes"
    return lambda forest, cells, sizes: lay_out_masks(forest, decide(forest, cells, forest.inner), sizes), "masks"


def code_all(
    forest: Forest, cells: Cells, sizes: Sequence[int]
) -> Iterator[tuple[Any, int, NDArray[np.int32], Any, Any]]:
    """Some nodes, their input, the codes of its cells, each node's cut, and whether its children are swapped.

    Where the cells lie in an order, as numbers do, all nodes share their codes, of which there is one set for each way
    that the last cell, which may be what is unknown, goes.
    """
    left = forest.left >= 0
    for feature, (own, values) in cells.items():
        body, last = values[:-1], float(values[-1])
        if not len(body) or not (body[1:] >= body[:-1]).all() or np.isnan(body[0]):
            continue
        nodes = np.flatnonzero(forest.plain & (forest.feature == feature))
        left[nodes] = False
        counts = forest.count_left(nodes, body)
        alike = forest.sends_left(nodes, last) == (counts > 0)
        cuts = np.where(counts > 0, counts, len(body)) - 1
        for with_first in (True, False):
            some = alike == with_first
            if not some.any():
                continue
            codes = np.arange(sizes[own], dtype=np.int32)
            codes[-1] = -1 if with_first else sizes[own]
            yield nodes[some], own, codes, cuts[some], counts[some] == 0
    for node, own, goes in decide(forest, cells, np.flatnonzero(left)):
        codes, cut, swapped = coded(goes, sizes[own])
        yield [node], own, codes, cut, swapped


def lay_out_nodes(forest: Forest, cells: Cells, sizes: Sequence[int]) -> Arrays:
    """Each node as a column of codes and a cut; its second child stands after its first."""
    columns: dict[tuple[int, bytes], int] = {}
    tables: list[NDArray[Any]] = []
    inputs: list[int] = []
    column, cuts = np.zeros(len(forest.left), np.int32), np.full(len(forest.left), NEVER, np.int32)
    swapped = np.zeros(len(forest.left), bool)
    for nodes, own, codes, own_cuts, own_swapped in code_all(forest, cells, sizes):
        key = (own, codes.tobytes())
        if key not in columns:
            columns[key] = len(tables)
            tables.append(codes)
            inputs.append(own)
        column[nodes], cuts[nodes], swapped[nodes] = columns[key], own_cuts, own_swapped
    children = np.where(swapped, [forest.right, forest.left], [forest.left, forest.right]).T.tolist()
    order: list[int] = []
    first, roots = np.arange(len(forest.left)), np.zeros(len(forest.roots), np.int32)
    # Tree after tree, so that a tree that is walked lies in a processor's cache.
    for tree, root in enumerate(forest.roots.tolist()):
        roots[tree] = at = len(order)
        order.append(root)
        while at < len(order):
            if children[order[at]][0] >= 0:
                first[at] = len(order)
                order += children[order[at]]
            at += 1
    lengths = [len(table) for table in tables]
    return {
        "columns": column[order],
        "cuts": cuts[order],
        "first": first.astype(np.int32),
        "values": np.where((forest.left < 0)[:, None], forest.values, 0.0)[order],
        "roots": roots,
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
