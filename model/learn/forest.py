"""Trees as training has them, and as serving looks them up: for each cell of an input a bit for each leaf it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.predict.trees import WORD

Numbers = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]
# Each inner node, the input that it asks for, and for each of that input's cells whether it goes left.
Decisions = Iterable[tuple[int, int, NDArray[np.bool_]]]
# Where LightGBM takes a number for 0.
NEARLY_ZERO = 1e-35


class Forest:
    """Trees of which all nodes are written down one after another, and what each input's cells make of their nodes."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.part = part
        for name in ("feature", "left", "right", "missing_left", "missing", "roots"):
            setattr(self, name, part[name].astype(int))
        self.threshold, self.values = part["threshold"], part["values"]
        self.sets = {int(node): np.array(listed) for node, listed in part["categories"].items()}
        self.inner = np.flatnonzero(self.left >= 0)
        # Those that ask for nothing but a number's side of a threshold, or whether it is missing.
        self.plain = (self.left >= 0) & (self.missing != 1)
        self.plain[list(self.sets)] = False

    feature: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    missing_left: NDArray[Any]
    missing: NDArray[Any]
    roots: NDArray[Any]

    def beyond(self, values: Any, thresholds: Any) -> Any:
        """Whether numbers go right."""
        values = self.cast(values)
        return values >= thresholds if self.part["strict"] else values > thresholds

    def cast(self, values: Any) -> Any:
        if self.part["bits"] == 64:
            return values
        with np.errstate(over="ignore"):
            return np.asarray(values).astype(np.float32).astype(np.float64)

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

    def count_left(self, nodes: NDArray[Any], ascending: Numbers) -> NDArray[np.intp]:
        """How many of these values, of which none is missing, each of these plain nodes sends left."""
        return np.searchsorted(self.cast(ascending), self.threshold[nodes], "left" if self.part["strict"] else "right")

    def sends_left(self, nodes: NDArray[Any], value: float) -> NDArray[np.bool_]:
        """Whether each of these plain nodes sends this one value left."""
        left = ~self.beyond(np.nan_to_num(value), self.threshold[nodes])
        default = self.missing_left[nodes].astype(bool)
        return np.where(np.isnan(value) & (self.missing[nodes] != 0), default, left)


def lay_out_masks(forest: Forest, decisions: Decisions, sizes: Sequence[int]) -> Arrays:
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
