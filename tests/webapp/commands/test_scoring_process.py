"""`python run.py score` among other processes: in a pipe, on a terminal, and when somebody stops it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from polars.exceptions import PanicException

from model.files.atomic import put_in_place
from model.files.dialect import Unusable
from model.files.reader import read_chunks
from webapp.commands.score import CannotScore, told_plainly

from tests.model.files.test_scoring import PERSON, one_person, write_csv
from tests.processes import PATIENCE, ROOT, environment, run_without_rights

pytestmark = pytest.mark.slow


def test_rows_go_through_a_pipe() -> None:
    process = subprocess.run(
        [sys.executable, "run.py", "score", "census", "-", "-"],
        cwd=ROOT,
        env=environment(),
        input=one_person().encode(),
        capture_output=True,
        check=True,
    )
    assert process.stdout.startswith(b"age,sex,status,race,education,work,hours,probability,low,high,error\n39,")
    assert process.stderr == b""


# What the command took at most, in megabytes, after it has scored what comes through a pipe.
PEAK = """
import resource, runpy, sys
sys.argv = ["run.py", "score", "census", "-", "-"]
try:
    runpy.run_path("run.py", run_name="__main__")
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""


def peak(rows: str) -> float:
    run = [sys.executable, "-c", PEAK]
    process = subprocess.run(run, cwd=ROOT, env=environment(), input=rows.encode(), capture_output=True, check=False)
    return float(process.stderr.splitlines()[-1])


def test_rows_with_far_too_many_cells_take_no_hundred_times_their_room() -> None:
    header, row, _ = one_person().split("\n")
    good, wide = row + "\n", row + "," * 500_000 + "\n"
    assert peak(header + "\n" + wide * 40) <= peak(header + "\n" + good * 40) + 350


def test_who_reads_a_few_rows_only_hears_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(one_person() + one_person().partition("\n")[2] * 200_000)
    with subprocess.Popen(
        [sys.executable, "run.py", "score", "census", str(path), "-"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
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
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # The tests themselves may have been started with nohup.
        preexec_fn=lambda: signal.signal(stop, signal.SIG_DFL),
    )
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
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as process:
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


def in_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    line = f'cd "{ROOT}" && "{sys.executable}" run.py score census {command.format(folder)}'
    return subprocess.run(["sh", "-c", line], env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("- {0}/out.csv <&-", "Error: Standard input is closed. Open it, or name a file\n"),
        ("{0}/in.csv - >&-", "Error: Standard output is closed. Open it, or name a file\n"),
        ("{0}/in.csv {0}/loop.csv", "Error: {0}/loop.csv: Too many levels of symbolic links\n"),
        ("{0}/loop.csv {0}/out.csv", "Error: {0}/loop.csv: Too many levels of symbolic links\n"),
        ("{0}/in.csv {0}/out.csv --errors {0}/loop.csv", "Error: {0}/loop.csv: Too many levels of symbolic links\n"),
        ("{0} {0}/out.csv --from csv", "Error: {0}: Is a directory\n"),
        ("{0}/in.csv {0} --to csv", "Error: {0}: Is a directory\n"),
        ("{0}/in.csv /proc/out.csv", "No such file or directory\n"),
        ("{0}/in.csv /proc/out.parquet", "No such file or directory"),
    ],
)
def test_what_stands_in_the_way_is_said_in_a_sentence(tmp_path: Path, command: str, message: str) -> None:
    write_csv(tmp_path / "in.csv", [PERSON])
    (tmp_path / "loop.csv").symlink_to(tmp_path / "knot.csv")
    (tmp_path / "knot.csv").symlink_to(tmp_path / "loop.csv")
    result = in_shell(command, tmp_path)
    assert result.returncode == 2
    assert message.format(tmp_path) in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "knot.csv", "loop.csv"]


def test_a_file_that_polars_trips_over_is_called_damaged() -> None:
    with pytest.raises(CannotScore, match="The file is damaged"), told_plainly():
        raise PanicException("called `Result::unwrap()` on an `Err` value")


def test_it_scores_though_nobody_hears_its_messages(tmp_path: Path) -> None:
    write_csv(tmp_path / "in.csv", [PERSON, {**PERSON, "age": "x"}])
    assert in_shell("{0}/in.csv {0}/out.csv 2>&-", tmp_path).returncode == 1
    assert (tmp_path / "out.csv").read_text().count("\n") == 3


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", [PERSON])
    with subprocess.Popen(
        [sys.executable, "run.py", "score", "census", "-", str(tmp_path / "out.csv")],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write((one_person() * 50_000).encode())
        process.stdin.flush()
        wait_until(lambda: any(file.name.startswith(".out.csv") for file in tmp_path.iterdir()))
        process.kill()
    (tmp_path / f".out.csv.{os.getpid()}.part").write_text("of a run that goes on")
    (tmp_path / f".other.csv.{process.pid}.part").write_text("of another target")
    assert in_shell(f"{path} {{0}}/out.csv", tmp_path).returncode == 0
    left = sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("."))
    assert left == sorted([f".other.csv.{process.pid}.part", f".out.csv.{os.getpid()}.part"])


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    rows = (one_person() + one_person().partition("\n")[2] * 10).encode()
    chunks = read_chunks(io.BufferedReader(io.BytesIO(rows)), len(rows) + 1)
    with (
        pytest.raises(Unusable, match="became shorter while it was read"),
        put_in_place(tmp_path / "out.csv") as part,
        part.open("wb") as file,
    ):
        file.writelines(chunks)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_shrinks_while_the_command_reads_it_leaves_what_was_there(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(one_person() + one_person().partition("\n")[2] * 1_000_000)
    target.write_text("from yesterday")
    with subprocess.Popen(
        [sys.executable, "run.py", "score", "census", str(source), str(target)],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        wait_until(lambda: any(file.name.startswith(".out.csv") for file in tmp_path.iterdir()))
        process.send_signal(signal.SIGSTOP)
        os.truncate(source, 100_000)
        process.send_signal(signal.SIGCONT)
        assert process.wait(PATIENCE) == 2
        assert b"The file became shorter while it was read" in process.stderr.read()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert target.read_text() == "from yesterday"


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    path = write_csv(tmp_path / "in.csv", [PERSON])
    folder.chmod(0o555)
    for more in ([str(folder / "out.csv")], [str(tmp_path / "out.csv"), "--errors", str(folder / "bad.csv")]):
        result = run_without_rights("run.py", "score", "census", str(path), *more)
        assert result.returncode == 2, result.stderr
        assert result.stderr.startswith(f"Error: {folder}")
        assert "Permission denied" in result.stderr
        assert result.stderr.count("\n") == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "mine"]
    assert list(folder.iterdir()) == []
    # It is there to be read all the same.
    assert run_without_rights("run.py", "score", "census", str(path), "-").returncode == 0


def test_a_disk_that_is_full_is_said(tmp_path: Path) -> None:
    result = in_shell(f"{write_csv(tmp_path / 'in.csv', [PERSON] * 5_000)} /dev/full --to csv", tmp_path)
    assert result.returncode == 2
    assert "No space left on device" in result.stderr
    assert result.stderr.count("\n") == 1
