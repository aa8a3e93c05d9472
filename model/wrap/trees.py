"""Compiling trees: for each input the cells of its answers, and what each cell decides in every tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.predict.trees import WORD

from .asking import Ask, Asked, clean, find_cuts, find_owners, halve, vary_all
from .original import CannotWrap, Numbers, Rows
from .sums import NotASum, read_sum

Arrays = dict[str, NDArray[Any]]
# What the arrays of one model may take, in memory and, nearly, on the disk.
MOST_BYTES = 100_000_000
MOST_MASKS = 48_000_000
# Where LightGBM takes a number for 0.
NEARLY_ZERO = 1e-35


class Forest:
    """The trees as the worker wrote them down, and what each input's cells make of their nodes."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.part = part
        for name in ("feature", "left", "right", "missing_left", "missing", "roots"):
            setattr(self, name, part[name].astype(int))
        self.threshold, self.values = part["threshold"], part["values"]
        self.sets = {int(node): np.array(listed) for node, listed in part["categories"].items()}
        self.inner = np.flatnonzero(self.left >= 0)

    feature: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    missing_left: NDArray[Any]
    missing: NDArray[Any]
    roots: NDArray[Any]

    def beyond(self, values: Any, thresholds: Any) -> Any:
        """Whether numbers go right."""
        if self.part["bits"] == 32:
            with np.errstate(over="ignore"):
                values = np.asarray(values).astype(np.float32).astype(np.float64)
        return values >= thresholds if self.part["strict"] else values > thresholds

    def thresholds(self) -> dict[int, Numbers]:
        """Where each feature is cut; a category is cut off from those on both of its sides."""
        found: dict[int, set[float]] = {}
        for node in self.inner.tolist():
            own = found.setdefault(int(self.feature[node]), set())
            if node in self.sets:
                own |= {float(c + side) - 0.5 for c in self.sets[node].tolist() for side in (0, 1)}
            elif self.missing[node] == 1:
                own |= {float(self.threshold[node]), NEARLY_ZERO, -NEARLY_ZERO}
            else:
                own.add(float(self.threshold[node]))
        return {feature: np.array(sorted(own)) for feature, own in found.items()}

    def edges(self, feature: int) -> Numbers:
        """The numbers, in floating point, from which one of the feature's nodes decides otherwise."""
        cuts = self.thresholds()[feature]
        reach = np.maximum(np.abs(cuts) * 1e-6, 1e-30)
        job = np.array([cuts - reach, cuts + reach, 0 * cuts, cuts, 0 * cuts])
        return np.unique(halve(lambda numbers, _: numbers, job, False, self.beyond))

    def goes_left(self, node: int, values: Numbers) -> NDArray[np.bool_]:
        """What the node decides of its feature's values."""
        lost, default = np.isnan(values), bool(self.missing_left[node])
        if node in self.sets:
            # A category is a whole number; what is none of those listed goes the other way.
            listed = np.isin(np.trunc(np.nan_to_num(values, nan=-1)), self.sets[node])
            goes = ~listed if self.part.get("listed_go_right") else listed
            return np.where(lost, default, goes)
        if self.missing[node] == 1:
            lost = lost | (np.abs(values) <= NEARLY_ZERO)
        if self.missing[node] == 0:
            values, lost = np.nan_to_num(values), np.zeros_like(lost)
        return np.where(lost, default, ~self.beyond(values, self.threshold[node]))


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
    columns = {feature: forest.edges(feature) for feature in mixed}
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


def lay_out_masks(
    forest: Forest, decisions: Sequence[tuple[int, int, NDArray[np.bool_]]], sizes: Sequence[int]
) -> Arrays:
    """For each cell a bit for each leaf that it leaves possible; and each leaf's values."""
    first_word: list[int] = []
    values: list[Any] = []
    spans: dict[int, tuple[int, int]] = {}
    words = 0
    for root in forest.roots.tolist():
        leaves: list[int] = []
        number_leaves(forest, root, leaves, spans)
        first_word.append(words)
        count = -(-len(leaves) // WORD)
        block = np.zeros((count, WORD + 1, forest.values.shape[1]))
        for at, leaf in enumerate(leaves):
            block[at // WORD, at % WORD] = forest.values[leaf]
        values.append(block)
        words += count
    tree_of = np.searchsorted(forest.roots, np.arange(len(forest.left)), side="right") - 1
    counts = [block.shape[0] for block in values]
    tables = [np.full((size, words), np.uint64(2**64 - 1)) for size in sizes]
    for node, own, goes in decisions:
        tree = tree_of[node]
        start, count = first_word[tree], counts[tree]
        left, right = (bits_of(*spans[child], count) for child in (forest.left[node], forest.right[node]))
        tables[own][:, start : start + count] &= np.where(goes[:, None], ~right, ~left)
    # What lies after a tree's last leaf is never possible.
    for tree, root in enumerate(forest.roots.tolist()):
        start, count = first_word[tree], counts[tree]
        tables[0][:, start : start + count] &= bits_of(*spans[root], count)
    arrays: Arrays = {f"masks{at}": table for at, table in enumerate(tables)}
    return arrays | {"values": np.concatenate(values).reshape(-1, forest.values.shape[1])}


def number_leaves(forest: Forest, root: int, leaves: list[int], spans: dict[int, tuple[int, int]]) -> None:
    """The leaves from left to right, and for each node from which to which of them lie below it."""
    stack: list[tuple[int, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if forest.left[node] < 0:
            spans[node] = (len(leaves), len(leaves) + 1)
            leaves.append(node)
        elif done:
            spans[node] = (spans[forest.left[node]][0], len(leaves))
        else:
            stack += [(node, True), (int(forest.right[node]), False), (int(forest.left[node]), False)]


def bits_of(start: int, end: int, words: int) -> NDArray[np.uint64]:
    """The bits from one leaf to before another, over so many words."""
    bits = ((1 << end) - (1 << start)) & ((1 << WORD * words) - 1)
    return np.array([bits >> WORD * word & (1 << WORD) - 1 for word in range(words)], dtype=np.uint64)


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
        "depth": np.array(depth_of(forest)),
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


def depth_of(forest: Forest) -> int:
    depth, level = 0, forest.roots
    while len(level := level[forest.left[level] >= 0]):
        level = np.concatenate([forest.left[level], forest.right[level]])
        depth += 1
    return depth
