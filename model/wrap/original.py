"""The model as it was given, in a process of its own that opened it; asked by lines of JSON."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .opening import read_table

Numbers = NDArray[np.float64]
# For each input the answers of some rows; None for what is unknown.
Rows = Mapping[str, Sequence[Any]]

# Rows that go to the other process in one line.
AT_ONCE = 20_000

ROOT = Path(__file__).resolve().parents[2]
# At the end of its path, so that nothing here takes the place of a module that the model's own author wrote.
SCRIPT = f"import sys; sys.path.append({str(ROOT)!r}); from model.wrap.worker import main; main()"


class CannotWrap(ValueError):
    """A model that cannot be wrapped; the text says what stands in the way and what would work."""


class Failed(RuntimeError):
    """What the model itself said when it was asked."""


def open_table(path: Path) -> pd.DataFrame:
    """The table as the model's own process reads it."""
    try:
        return read_table(str(path))
    except (ValueError, OSError, ImportError) as fault:
        raise CannotWrap(f"{path.name} cannot be read: {first_line(fault)}") from None


def first_line(fault: Exception) -> str:
    """Some libraries say in many lines what the first one says."""
    return str(fault).strip().partition("\n")[0]


class Original:
    """A model that runs where it was opened. Nothing that comes back from there is ever unpickled."""

    def __init__(self, file: Path, table: Path, target: str, python: str = sys.executable) -> None:
        try:
            self.process = subprocess.Popen(  # noqa: S603 - the user's own Python, which the command names
                [python, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except OSError as fault:
            raise CannotWrap(f"{python} does not start: {fault.strerror}") from None
        try:
            where = {"file": str(file.resolve()), "table": str(table.resolve())}
            self.about: dict[str, Any] = self.ask("open", target=target, **where)
        except BaseException:
            self.__exit__()
            raise
        self.columns: list[str] = self.about["columns"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def ask(self, name: str, **asked: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([name, asked]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise CannotWrap("The process that opened the model ended by itself") from None
        line = self.process.stdout.readline()
        if not line:
            raise CannotWrap("The process that opened the model ended by itself: see above")
        answer = json.loads(line)
        if "refused" in answer:
            raise CannotWrap(answer["refused"])
        if "fault" in answer:
            raise Failed(answer["fault"])
        return unpacked(answer["answer"])

    def predict(self, rows: Rows) -> Numbers:
        """For each row the chance of each class, or the amount."""
        length = len(next(iter(rows.values())))
        parts = [
            self.ask("predict", rows={name: column[start : start + AT_ONCE] for name, column in rows.items()})
            for start in range(0, length, AT_ONCE)
        ]
        return np.concatenate(parts)

    def refit(self, rows: Rows, y: Sequence[Any], asked: Rows) -> Numbers:
        return self.ask("refit", rows=rows, y=y, asked=asked)


def unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"shape", "bytes"}:
            return np.frombuffer(base64.b64decode(value["bytes"]), "<f8").reshape(value["shape"])
        return {name: unpacked(one) for name, one in value.items()}
    return [unpacked(one) for one in value] if isinstance(value, list) else value
