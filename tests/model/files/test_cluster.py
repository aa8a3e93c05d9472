"""`python run.py score --cluster`: a data set of many files on a real Dask cluster, of which a part fails."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from model.declare.reading import read_answers

from tests.payloads import get_model, get_predictor
from tests.processes import PATIENCE, ROOT, environment, free_port, likely

pytestmark = pytest.mark.slow

FILES, ROWS = 60, 500


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait(PATIENCE)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextlib.contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler on this machine, and two workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = ("dask", "scheduler", "--host", address, "--no-dashboard", "--no-jupyter")
    worker = ("dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
    with process(*scheduler), process(*worker) as first, process(*worker) as second:
        yield address, [first, second]


def write_dataset(folder: Path) -> None:
    """Files of people; each row has its own number."""
    folder.mkdir()
    dice = random.Random(6)
    inputs = get_model("census").inputs
    for number in range(FILES):
        rows = [
            {
                a.name: dice.choice([*a.choices]) if a.kind == "choice" else dice.randint(a.lowest, a.highest)
                for a in inputs
            }
            for _ in range(ROWS)
        ]
        frame = pl.DataFrame(rows).with_columns(number=pl.int_range(number * ROWS, (number + 1) * ROWS))
        frame.write_parquet(folder / f"{number:03}.parquet")


def test_every_row_comes_out_once_though_a_worker_dies(tmp_path: Path) -> None:
    write_dataset(tmp_path / "people")
    with cluster() as (address, workers):
        command = [
            "run.py",
            "score",
            "census",
            str(tmp_path / "people"),
            str(tmp_path / "scored"),
            "--cluster",
            address,
        ]
        scoring = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment(), stderr=subprocess.PIPE)
        with scoring:
            wait_until(lambda: len(list(tmp_path.glob(".scored.*/*.parquet"))) > 4)
            workers[0].kill()
            assert scoring.poll() is None
            _, said = scoring.communicate(timeout=60)
    assert scoring.returncode == 0, said.decode()
    scored = pl.read_parquet(tmp_path / "scored").sort("number")
    assert scored["number"].to_list() == list(range(FILES * ROWS))
    assert_scored(scored.gather_every(997))


def assert_scored(rows: pl.DataFrame) -> None:
    predictor = get_predictor("census")
    for row in rows.iter_rows(named=True):
        (estimate,) = predictor.estimates(read_answers(predictor.model.inputs, row)[0])
        found = (row["probability"], row["low"], row["high"])
        assert found == pytest.approx((estimate.value, estimate.low, estimate.high), rel=1e-12)
        assert row["error"] is None


def test_a_cluster_that_is_not_there_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    write_dataset(tmp_path / "people")
    result = likely(
        "score",
        "census",
        str(tmp_path / "people"),
        str(tmp_path / "scored"),
        "--cluster",
        f"tcp://127.0.0.1:{free_port()}",
        DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s",
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
