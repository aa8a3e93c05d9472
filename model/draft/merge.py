"""Drafting anew without losing what a person wrote: a merge by lines, in which the person’s lines stand."""

from collections.abc import Sequence
from difflib import SequenceMatcher, unified_diff
from typing import NamedTuple


class Change(NamedTuple):
    """Lines of the old draft, from one to before another, and what stands in their place."""

    start: int
    end: int
    lines: list[str]

    def meets(self, other: "Change") -> bool:
        return self.start <= other.end and other.start <= self.end


def merge(old: str, edited: str, new: str) -> tuple[str, int]:
    """The edited file with what is new in the draft; and how many changes gave way to edits of the same lines."""
    lines, edits = old.splitlines(keepends=True), changes(old, edited)
    wanted = [change for change in changes(old, new) if change not in edits]
    fitting = [change for change in wanted if not any(change.meets(edit) for edit in edits)]
    for start, end, put in sorted([*edits, *fitting], reverse=True):
        lines[start:end] = put
    return "".join(lines), len(wanted) - len(fitting)


def changes(old: str, new: str) -> list[Change]:
    one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [Change(a, b, other[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def show_difference(old: str, new: str, name: str) -> Sequence[str]:
    return list(unified_diff(old.splitlines(), new.splitlines(), f"{name} as it was", f"{name} now", lineterm=""))
