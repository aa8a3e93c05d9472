"""Files to measure with: rows of the census that differ from one another.

Each column is drawn from the census by itself, and the numbers are jittered. So most of the sets of seven
answers differ, yet no jitter brings more than two thirds of a million apart; a number in front of each row,
as most files have one, makes every row another.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ["age", "work", "education", "status", "race", "sex", "hours"]
# As much as an age and a week's hours are moved, within what the form takes.
JITTER = {"age": (25, 17, 90), "hours": (30, 1, 99)}


@cache
def census(count: int) -> tuple[bytes, int]:
    """So many numbered rows, and how many different sets of answers are in them."""
    with gzip.open(ROOT / "data" / "census.csv.gz", "rt", encoding="utf-8") as table:
        people = list(csv.DictReader(table))
    dice = random.Random(2026)
    columns = []
    for name in INPUTS:
        drawn = dice.choices([person[name] for person in people], k=count)
        if name in JITTER:
            reach, lowest, highest = JITTER[name]
            span = highest - lowest + 1
            drawn = [str(lowest + (int(cell) - lowest + dice.randint(-reach, reach)) % span) for cell in drawn]
        columns.append(drawn)
    rows = list(zip(*columns, strict=True))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [["id", *INPUTS], *((number, *row) for number, row in enumerate(rows, 1))]
    )
    return text.getvalue().encode(), len(set(rows))


def misfits(count: int) -> bytes:
    """So many rows whose cells are all wrong, and no two of them alike."""
    rows = (",".join(f"{name[:2]}{number:x}" for name in INPUTS) for number in range(count))
    return "\n".join([",".join(INPUTS), *rows, ""]).encode()


if __name__ == "__main__":
    # In a process of its own, whose memory is no part of what is measured.
    if sys.argv[3:] == ["misfits"]:
        Path(sys.argv[2]).write_bytes(misfits(int(sys.argv[1])))
    else:
        table, different = census(int(sys.argv[1]))
        Path(sys.argv[2]).write_bytes(table)
        print(f"{different:,} different sets of answers")
