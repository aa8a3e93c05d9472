"""How long `run.py new` takes, from a table to a model that is served: python bench/drafting.py

Breast cancer (569 rows, 30 inputs; in full within 90 s), and a made-up table of 50,000 rows and 20 inputs, of which some only tell
something together: with --quick within 90 s, and in full within 6 minutes. All on two quiet cores; how long a loop took tells
whether they were quiet (0.04 s are usual).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from public import TABLES

ROOT = Path(__file__).resolve().parents[1]
ROWS, ADDITIONS = 50_000, 1_000_000


def made_up() -> pd.DataFrame:
    """Twelve numbers and eight columns of words, and whether it was so."""
    dice = np.random.default_rng(0)
    table = pd.DataFrame({f"number {at}": dice.normal(50, 15, ROWS).round(1) for at in range(12)})
    for at in range(8):
        table[f"words {at}"] = dice.choice([*"abcdef"[: 3 + at % 4]], ROWS)
    scaled = (table.iloc[:, :12] - 50) / 15
    score = scaled.iloc[:, 0] + scaled.iloc[:, 1] * scaled.iloc[:, 2] + np.sin(2 * scaled.iloc[:, 3])
    score += (table["words 0"] == "a") * scaled.iloc[:, 4] + 0.5 * (table["words 1"] == "b")
    return table.assign(happened=np.where(score + dice.logistic(size=ROWS) > 0, "yes", "no"))


def seconds_for(table: pd.DataFrame, target: str, yes: str, *more: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        table.to_csv(path, index=False)
        says = ["--target", target, "--yes", yes, "--folder", folder, "--name", "drafted", *more]
        started = time.perf_counter()
        subprocess.run([sys.executable, ROOT / "run.py", "new", path, *says], cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - started


def loop() -> float:
    started, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return time.perf_counter() - started


def main() -> None:
    cancer, large = TABLES["cancer"].frame(), made_up()
    print(f"a loop of {ADDITIONS:,} additions: {loop():.3f} s")
    print(
        f"breast cancer, 569 rows x 30: {seconds_for(cancer, 'tumour', 'malignant'):.0f} s (to reach: 90)", flush=True
    )
    print(f"50,000 rows x 20, --quick: {seconds_for(large, 'happened', 'yes', '--quick'):.0f} s (90)", flush=True)
    print(f"50,000 rows x 20: {seconds_for(large, 'happened', 'yes'):.0f} s (360)")


if __name__ == "__main__":
    main()
