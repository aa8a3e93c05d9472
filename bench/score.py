"""Print how fast `python run.py score` goes through a file: python bench/score.py [ROWS]

The file holds a million rows, unless told otherwise, of which none is like another (rows.py). One run scores a single row,
which tells what starting costs; the others score the file, and one with as many rows whose cells are all wrong and all
different. Beside them stands Polars, which reads the same file as text and writes it again without doing anything to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rows import ROOT

RUNS = 5
TARGET_ROWS = 2_000_000
TARGET_MEGABYTES = 300
# A bad row over a good one, by the clock and by the processors.
TARGET_BAD = 2.0
SOME_ROWS_BAD = 1
PLAIN = "import sys, polars; polars.read_csv(sys.argv[1], infer_schema=False).write_csv(sys.argv[2])"


def run(command: Sequence[str | Path], expected: int = 0) -> tuple[float, float, float]:
    """The seconds, the processors' seconds and the megabytes that a command takes."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == expected, command
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def best(command: Sequence[str | Path], written: Path, expected: int = 0) -> tuple[float, float, float]:
    """The least time of the runs, as whatever else the machine does only adds; the most memory."""
    runs = []
    for _ in range(RUNS):
        # To throw the last run's file away is no part of this one.
        written.unlink(missing_ok=True)
        runs.append(run(command, expected))
    seconds, processors, megabytes = zip(*runs, strict=True)
    return min(seconds), min(processors), max(megabytes)


def score(source: Path, target: Path) -> list[str | Path]:
    return ["run.py", "score", "census", source, target]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, many, bad, out = (folder / name for name in ("one.csv", "many.csv", "bad.csv", "out.csv"))
        for path, rows, kind in ((one, 1, []), (many, count, []), (bad, count, ["misfits"])):
            subprocess.run([sys.executable, ROOT / "bench" / "rows.py", str(rows), path, *kind], check=True)
        start, start_processors, _ = best(score(one, out), out)
        seconds, processors, megabytes = best(score(many, out), out)
        bad_seconds, bad_processors, bad_megabytes = best(score(bad, out), out, SOME_ROWS_BAD)
        written = out.stat().st_size / 1e6
        plain, _, _ = best(["-c", PLAIN, many, out], out)
        idle, _, _ = best(["-c", "import polars"], out)
    rate = count / (seconds - start)
    print(f"{count:,} rows of the census on {os.cpu_count()} processors, the best of {RUNS} runs:")
    print(
        f"scoring, from command to end      {seconds:6.2f} s   {count / seconds:11,.0f} rows/s   {megabytes:.0f} MB at most"
    )
    print(f"  of which starting               {start:6.2f} s   {rate:11,.0f} rows/s from then on")
    print(f"  processors' time                {processors:6.2f} s, of which starting {start_processors:.2f} s")
    print(
        f"as many bad rows, all different   {bad_seconds:6.2f} s   {bad_seconds / seconds:.1f} times as long, "
        f"{bad_processors / processors:.1f} times the processors' time, {bad_megabytes:.0f} MB at most, {written:,.0f} MB written"
    )
    print(f"Polars reading and writing alone  {plain:6.2f} s   {count / plain:11,.0f} rows/s")
    print(f"  of which importing it           {idle:6.2f} s   {count / (plain - idle):11,.0f} rows/s from then on")
    print(
        f"scoring over reading and writing alone: {plain / seconds:.2f} of the speed, {(plain - idle) / (seconds - start):.2f} once started"
    )
    print(f"to reach: {TARGET_ROWS:,} rows/s, {TARGET_MEGABYTES} MB, and {TARGET_BAD} times for bad rows")
    is_quick = rate >= TARGET_ROWS and max(bad_seconds / seconds, bad_processors / processors) <= TARGET_BAD
    sys.exit(0 if is_quick and max(megabytes, bad_megabytes) <= TARGET_MEGABYTES else 1)


if __name__ == "__main__":
    main()
