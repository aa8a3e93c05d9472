"""`python run.py score`: a model's estimates for every row of a file."""

from __future__ import annotations

import contextlib
import csv
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from model.declare.model import Model
from model.files.atomic import put_in_place
from model.files.headings import Unusable
from model.predict.card import NotTrained, Tampered
from model.predict.predictor import get_predictor

from .names import ModelName

if TYPE_CHECKING:
    from model.files.files import Tally
    from model.files.sources import Source

STREAM = Path("-")
FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet"}
# What ends a command in good time: the terminal that is closed, and whoever stops it.
ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# What a shell says of a command that nobody read to its end; 13 is the signal's number everywhere.
NOBODY_READS = 128 + 13
FORMAT = click.Choice(["csv", "parquet"])
FILE = click.Path(path_type=Path, allow_dash=True)
Complain = Callable[[int, str], None]


class CannotScore(click.ClickException):
    exit_code = 2


@click.command()
@click.argument("model", metavar="MODEL", type=ModelName())
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--from", "source_format", type=FORMAT, help="What IN is, whatever its name ends in.")
@click.option("--to", "target_format", type=FORMAT, help="What OUT shall be, whatever its name ends in.")
@click.option("--errors", metavar="FILE", type=FILE, help="Write each bad row's line and message to this CSV file.")
@click.option("--cluster", metavar="ADDRESS", help="Score a folder of Parquet files on the Dask cluster there.")
@click.pass_context
def score(
    context: click.Context, model: Model, source: Path, target: Path,
    source_format: str | None, target_format: str | None, errors: Path | None,
    cluster: str | None,
) -> None:  # fmt: skip
    """Estimate every row of the file IN, and write the rows with their estimates to OUT.

    Both are CSV or Parquet files, as their names end in .csv, .tsv, .txt or .parquet. CSV may part its
    cells by commas, semicolons or tabs, in UTF-8 or UTF-16; OUT is written as IN was, in UTF-8. "-" is
    standard input or output, as CSV. A file of any size takes the same memory.

    IN needs a column for each input of the model, headed by its name or its label on the form, in
    any order and case. Cells are read as the form reads answers. OUT has IN's columns as they are,
    then the estimate and its range ("probability" or "amount", "low", "high"; for a model of
    classes the likeliest "class", and these three for each), then "error": what is wrong with the
    row, in the form's words. A bad row has no estimate. An empty cell is an unknown answer where
    the form offers "I don't know".

    In CSV, text that a spreadsheet would take for a formula gets an apostrophe in front.

    Exits with 0 when every row was scored, with 1 when some could not be, and with 2 when the file
    could not be. OUT is written whole or not at all; it may be IN itself.

    With --cluster, IN is a folder of Parquet files, or a pattern such as "people/*.parquet", and OUT
    a folder; the cluster's machines must share both, and have Likely and requirements-cluster.txt.

    \b
    python run.py score census people.csv scored.csv
    python run.py score titanic passengers.parquet scored.parquet --errors bad.csv
    python run.py score census people/ scored/ --cluster tcp://scheduler:8786
    zcat people.csv.gz | python run.py score census - - | gzip > scored.csv.gz
    """
    # NumPy's threads would spin beside Polars's, and no table here is large enough to need them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if model.has_photo:
        raise CannotScore(f"{model.name} asks for a photo, which fits in no table")
    if cluster is not None:
        if source_format or target_format or errors:
            raise click.UsageError("--from, --to and --errors are for a single file, not for a --cluster")
        with told_plainly():
            tally = score_on_cluster(model, source, target, cluster)
    else:
        keep_apart(errors, source, target)
        formats = format_of(source, source_format), format_of(target, target_format)
        with told_plainly():
            tally = with_errors(errors, lambda complain: score_file(model, source, target, formats, complain))
    if tally.bad:
        click.echo(f"{tally.bad:,} of {tally.rows:,} rows could not be scored; their “error” says why", err=True)
        context.exit(1)


def keep_apart(errors: Path | None, source: Path, target: Path) -> None:
    """The list of bad rows must not take the place of the rows."""
    if errors == STREAM:
        raise CannotScore("--errors needs the name of a file")
    if errors is not None and errors.resolve() in (source.resolve(), target.resolve()):
        raise CannotScore(f"{errors} is IN or OUT already. Name another file for --errors")


def format_of(path: Path, said: str | None) -> str:
    found = said or ("csv" if path == STREAM else FORMATS.get(path.suffix.lower()))
    if found is None:
        raise CannotScore(
            f"{path} ends in none of {', '.join(FORMATS)}. "
            "If it is CSV text or Parquet all the same, say so with --from or --to"
        )
    if found == "parquet" and path == STREAM:
        raise CannotScore("Standard input and output are CSV; a Parquet file needs a name")
    return found


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """What the person can put right is told in a sentence, and stopping leaves no half file."""
    try:
        from polars.exceptions import PolarsError
    except ImportError:
        raise CannotScore("Scoring files needs Polars: pip install -r requirements.txt") from None
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Polars has put a handler before Python's, under which a wait for more input goes on after Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Whoever starts it with nohup wants it to go on.
    heeded = [ending for ending in ENDINGS if signal.getsignal(ending) is not signal.SIG_IGN]
    before = {ending: signal.signal(ending, lambda number, _: sys.exit(128 + number)) for ending in heeded}
    try:
        yield
    except OSError as problem:
        raise CannotScore(f"{problem.filename}: {problem.strerror}" if problem.filename else str(problem)) from None
    except (Unusable, NotTrained, Tampered, PolarsError) as problem:
        raise CannotScore(str(problem)) from None
    except KeyboardInterrupt:
        click.echo("Stopped; no file was written", err=True)
        sys.exit(128 + signal.SIGINT)
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


@contextlib.contextmanager
def while_somebody_reads() -> Iterator[None]:
    """Ends without a word when who reads standard output has seen enough."""
    try:
        yield
    except OSError as problem:
        # Polars says so in words only.
        if not isinstance(problem, BrokenPipeError) and "Broken pipe" not in str(problem):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOBODY_READS)


def with_errors(path: Path | None, work: Callable[[Complain], Tally]) -> Tally:
    if path is None:
        return work(lambda line, message: None)
    return put_in_place(path, lambda part: with_errors_in(part, work))


def with_errors_in(part: Path, work: Callable[[Complain], Tally]) -> Tally:
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["line", "error"])
        return work(lambda line, message: table.writerow([line, message]))


def score_file(model: Model, source: Path, target: Path, formats: tuple[str, str], complain: Complain) -> Tally:
    from model.files.targets import CsvTarget, ParquetTarget

    with opened(source, formats[0]) as rows:
        if target == STREAM:
            with while_somebody_reads():
                return run(model, rows, CsvTarget(sys.stdout.buffer), complain)
        if formats[1] == "parquet":
            return put_in_place(target, lambda part: run(model, rows, ParquetTarget(part), complain))
        return put_in_place(target, lambda part: to_csv(model, rows, part, complain))


def score_on_cluster(model: Model, source: Path, target: Path, address: str) -> Tally:
    try:
        from model.files.cluster import score_dataset
    except ImportError:
        raise CannotScore("A cluster needs Dask: pip install -r requirements-cluster.txt") from None
    return score_dataset(model.name, source, target, address)


@contextlib.contextmanager
def opened(source: Path, form: str) -> Iterator[Source]:
    from model.files.sources import CsvSource, ParquetSource

    if source == STREAM:
        yield CsvSource(cast(BufferedReader, sys.stdin.buffer))
    elif form == "parquet":
        yield ParquetSource(source)
    else:
        with source.open("rb") as file:
            yield CsvSource(file, source.stat().st_size)


def to_csv(model: Model, source: Source, part: Path, complain: Complain) -> Tally:
    from model.files.targets import CsvTarget

    with part.open("wb") as file:
        return run(model, source, CsvTarget(file), complain)


def run(model: Model, source: Source, target: Any, complain: Complain) -> Tally:
    from model.files.files import FileScoring

    scoring = FileScoring(get_predictor(model.name), source, target)
    # What is loaded by now stays to the end, and need not be looked through for garbage there.
    gc.freeze()
    if not sys.stderr.isatty() or source.size is None:
        return scoring.run(lambda done: None, complain)
    with click.progressbar(length=source.size, label=model.name, file=sys.stderr) as bar:
        return scoring.run(bar.update, complain)
