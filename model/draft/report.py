"""What a draft prints: a line a column, what was dropped and why, and what somebody should look at."""

from collections.abc import Iterator

from model.declare.numerals import written

from .columns import Column
from .draft import Draft
from .names import quoted
from .numbers import plain


def report(draft: Draft) -> Iterator[str]:
    """The lines of the report."""
    told = draft.target
    guess = f" ({told.guess})" if told.guess else ""
    yield f"{draft.path.name}: {draft.rows:,} rows. {told.source} is {told.summary}{guess}"
    headings = list(dict.fromkeys([*(column.source for column in draft.columns), *draft.dropped]))
    width, known = min(max(map(len, headings)), 30), ""
    for column in draft.columns:
        # A day becomes several inputs.
        heading, known = column.source if column.source != known else "", column.source
        guesses = f"   guess: {'; '.join(column.guesses)}" if column.guesses else ""
        yield f"  {heading:{width}}  {describe(column)}, {share_of(column.missing)} missing → {block_of(column)}{guesses}"
    for heading, why in draft.dropped.items():
        keep = f" (--keep {quoted(heading)})" if heading in draft.could_be_kept else ""
        yield f"  {heading:{width}}  {why} → dropped{keep}"
    for column in draft.columns:
        yield from (f"  Look at {column.source}: {warning}" for warning in column.warnings)
    for heading, why in draft.leaks.items():
        yield f"  WARNING: {heading} may not be known beforehand: {why}. To leave it out: --drop {quoted(heading)}"
    yield from (f"  Note: {note}" for note in draft.notes)
    if draft.is_small:
        yield "  Note: there are few cases for so many inputs, so the points are held closer to 0 (a stronger ridge)"


def describe(column: Column) -> str:
    """“number 17–90 whole”, “4 choices in order”."""
    if column.is_number:
        asked = column.numbers
        # A dash beside a minus would be two.
        until = "–" if asked.lowest >= 0 else " to "
        ends = written(plain(asked.lowest)) + until + written(plain(asked.highest))
        return f"number {ends}{' whole' if asked.whole else ''} {asked.unit}".strip()
    return f"{len(column.choices)} choices{' in order' if column.ordered else ''}"


def block_of(column: Column) -> str:
    """What training makes of it, in a word."""
    if not column.is_number and column.ordered:
        return "ladder"
    if not column.is_number or column.numbers.each:
        return "table"
    if len(column.numbers.knots) < 3:
        return "line"
    return "curve"


def is_tried_on_logarithm(column: Column) -> bool:
    return block_of(column) in ("line", "curve") and column.numbers.skewed


def share_of(missing: float) -> str:
    return "under 1%" if 0 < missing < 0.005 else f"{missing:.0%}"
