"""`python run.py score` among other processes: in a pipe, on a terminal, and when somebody stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.processes import PATIENCE, ROOT, environment
from tests.test_scoring import PERSON, one_person, write_csv


def test_rows_go_through_a_pipe() -> None:
    process = subprocess.run(
        [sys.executable, "run.py", "score", "census", "-", "-"],
        cwd=ROOT, env=environment(), input=one_person().encode(), capture_output=True, check=True,
    )  # fmt: skip
    assert process.stdout.startswith(b"age,sex,status,race,education,work,hours,probability,low,high,error\n39,")
    assert process.stderr == b""


def test_who_reads_a_few_rows_only_hears_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(one_person() + one_person().partition("\n")[2] * 200_000)
    with subprocess.Popen(
        [sys.executable, "run.py", "score", "census", str(path), "-"],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"age,")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 128 + signal.SIGPIPE


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_stopping_leaves_what_was_there_and_nothing_else(tmp_path: Path, stop: signal.Signals, name: str) -> None:
    (tmp_path / name).write_text("from yesterday")
    process = subprocess.Popen(
        [sys.executable, "run.py", "score", "census", "-", str(tmp_path / name), "--errors", str(tmp_path / "bad.csv")],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        # The tests themselves may have been started with nohup.
        preexec_fn=lambda: signal.signal(stop, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    with process, process.stdin as pipe:
        pipe.write((one_person() * 100_000).encode())
        pipe.flush()
        wait_until(lambda: any(file.name.startswith(f".{name}") for file in tmp_path.iterdir()))
        process.send_signal(stop)
        assert process.wait(PATIENCE) == 128 + stop
        assert b"Traceback" not in process.stderr.read()
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "from yesterday"


def test_who_starts_it_with_nohup_may_close_the_terminal(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "run.py", "score", "census", "-", str(tmp_path / "out.csv")],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write((one_person() * 100_000).encode())
        process.stdin.flush()
        wait_until(lambda: any(file.name.startswith(".out.csv") for file in tmp_path.iterdir()))
        process.send_signal(signal.SIGHUP)
        process.stdin.close()
        assert process.wait(PATIENCE) == 1
    assert (tmp_path / "out.csv").read_text().count("\n") == 200_000


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_progress_bar_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", [PERSON])
    ours, theirs = os.openpty()
    command = [sys.executable, "run.py", "score", "census", str(path), "-"]
    process = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    assert b"100%" in os.read(ours, 100_000)
    os.close(ours)
    assert b"%" not in process.stdout
