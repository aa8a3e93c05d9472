"""`python run.py score`: a model's estimates for every row of a file."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.declare.model import Model
from model.files.atomic import follow_links, put_in_place
from model.files.dialect import AS_WINDOWS, ColumnsMissing, Unusable
from model.predict.card_file import NotTrained, Tampered
from webapp.settings import settings_from

from .names import all_models, model_named
from .refused import Refusal

if TYPE_CHECKING:
    from model.files.reader import Reader
    from model.files.scoring import Counts

STREAM = Path("-")
# A workbook is read on as text, and none is written.
FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet"}
# What ends a command in good time: the terminal that is closed, and whoever stops it.
ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# What a shell says of a command that nobody read to its end; 13 is the signal's number everywhere.
NOBODY_READS = 128 + 13
FORMAT = click.Choice(["csv", "parquet"])
FILE = click.Path(path_type=Path, allow_dash=True)


class CannotScore(Refusal):
    """A file that cannot be scored at all."""


@click.command()
@click.argument("model", metavar="MODEL", type=model_named)
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--from", "source_format", type=FORMAT, help="What IN is, whatever its name ends in.")
@click.option("--to", "target_format", type=FORMAT, help="What OUT shall be, whatever its name ends in.")
@click.option("--errors", metavar="FILE", type=FILE, help="Write each bad row's line and message to this CSV file.")
@click.option(
    "--column",
    "columns",
    metavar="INPUT=HEADING",
    multiple=True,
    help="Which column holds an input, where its heading is another.",
)
@click.option("--challenger", is_flag=True, help="Add what another kind of model says, that is just as good.")
@click.option("--cluster", metavar="ADDRESS", help="Score a folder of Parquet files on the Dask cluster there.")
def score(
    model: Model,
    source: Path,
    target: Path,
    errors: Path | None,
    columns: tuple[str, ...],
    challenger: bool,
    cluster: str | None,
    **formats: str | None,
) -> None:
    """Estimate every row of the file IN, and write the rows with their estimates to OUT.

    Both are CSV or Parquet files, as their names end in .csv, .tsv, .txt or .parquet; IN may be an Excel workbook. CSV may part its
    cells by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252; OUT is written as IN was, in UTF-8. "-" is
    standard input or output, as CSV. A file of any size takes the same memory.

    IN needs a column for each input of the model, headed by its name or its label on the form, in
    any order and case, or as --column says. Cells are read as the form reads answers. OUT has IN's columns as they are,
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
    python run.py score titanic passengers.csv scored.csv --column sex=Gender --column ticket_class=Pclass
    python run.py score census people/ scored/ --cluster tcp://scheduler:8786
    zcat people.csv.gz | python run.py score census - - | gzip > scored.csv.gz
    """
    # NumPy's threads would spin beside Polars's, and no table here is large enough to need them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if model.has_photo:
        raise CannotScore(f"{model.name} asks for a photo, which fits in no table")
    if cluster is None:
        forms = (
            format_of(source, formats["source_format"] or ("csv" if source.suffix.lower() == ".xlsx" else None)),
            format_of(target, formats["target_format"]),
        )
        chosen = read_columns(model, columns)
        with told_plainly(), ExitStack() as files:
            counts = score_file(model, source, target, forms, errors, chosen, challenger, files)
    else:
        if errors or columns or challenger or any(formats.values()):
            raise click.UsageError(
                "--from, --to, --errors, --column and --challenger are for a single file, not for a --cluster"
            )
        with told_plainly():
            counts = score_on_cluster(model, source, target, cluster)
    if counts.wrong:
        click.echo(f"{counts.wrong:,} of {counts.rows:,} rows could not be scored; their “error” says why", err=True)
        sys.exit(1)


def read_columns(model: Model, columns: Sequence[str]) -> dict[str, str]:
    """For each input that is named its column's heading, which may hold further signs of equality."""
    chosen: dict[str, str] = {}
    for text in columns:
        name, _, heading = text.partition("=")
        if not heading:
            raise click.UsageError(f"--column {text} names no column. Write it as INPUT=HEADING")
        if name not in model.input:
            raise click.UsageError(
                f"--column {text}: {model.name} has no input “{name}”, only {', '.join(model.input)}"
            )
        if name in chosen:
            raise click.UsageError(f"--column names two columns for “{name}”. Leave one of them out")
        chosen[name] = heading
    return chosen


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
        from polars.exceptions import PanicException, PolarsError
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
    except BrokenPipeError:
        # Who reads standard output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOBODY_READS)
    except OSError as problem:
        raise CannotScore(f"{problem.filename}: {problem.strerror}" if problem.filename else str(problem)) from None
    except (Unusable, NotTrained, Tampered, PolarsError) as problem:
        raise CannotScore(str(problem)) from None
    except PanicException:
        # What Polars trips over, as over some Parquet files that are damaged in the middle.
        raise CannotScore("The file is damaged, so that it cannot be read to its end") from None
    except KeyboardInterrupt:
        click.echo("Stopped; no file was written", err=True)
        sys.exit(128 + signal.SIGINT)
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def score_on_cluster(model: Model, source: Path, target: Path, address: str) -> Counts:
    try:
        from model.files.cluster import score_dataset
    except ImportError:
        raise CannotScore("A cluster needs Dask: pip install -r requirements-cluster.txt") from None
    return score_dataset(model.name, settings_from(os.environ)["MODEL_FOLDERS"], source, target, address)


def score_file(
    model: Model,
    source: Path,
    target: Path,
    formats: tuple[str, str],
    errors: Path | None,
    chosen: Mapping[str, str],
    challenger: bool,
    files: ExitStack,
) -> Counts:
    from model.files.headings import guess_columns, list_names, quote
    from model.files.scoring import Scoring
    from model.files.writer import CsvWriter, ParquetWriter, write_parquet

    complain = None
    if errors is not None:
        # The list of bad rows must not take the place of the rows.
        if errors == STREAM:
            raise CannotScore("--errors needs the name of a file")
        if follow_links(errors) in (follow_links(source), follow_links(target)):
            raise CannotScore(f"{errors} is IN or OUT already. Name another file for --errors")
        listed = files.enter_context(files.enter_context(put_in_place(errors)).open("wb"))
        listed.write(b"line,error\n")
        complain = lambda lines: listed.write(lines.write_csv(include_header=False).encode())  # noqa: E731
    reader = open_reader(source, formats[0], files)
    part = target if target == STREAM else files.enter_context(put_in_place(target))
    writer = ParquetWriter() if formats[1] == "parquet" else CsvWriter(reader.dialect)
    if strange := [heading for heading in chosen.values() if heading not in reader.header]:
        raise CannotScore(f"The file has no column {list_names(strange)}. It has: {quote(reader.header)}")
    try:
        scoring = Scoring(all_models().predictor(model.name), reader, writer, chosen, challenger)
    except ColumnsMissing as problem:
        guessed = guess_columns(model, problem.missing, problem.header)
        meant = [shlex.quote(f"{name}={guessed.get(name, 'HEADING')}") for name in problem.missing]
        ways = " ".join([f"--column {one}" for one in meant])
        raise CannotScore(f"{problem}\nWhere they have other headings, say which: {ways}") from None
    is_hidden = sys.stderr is None or not sys.stderr.isatty() or not reader.size
    bar = click.progressbar(length=reader.size, label=model.name, file=sys.stderr, hidden=is_hidden)
    contents = scoring.run(files.enter_context(bar).update, complain)
    if formats[1] == "parquet":
        write_parquet(part, reader, scoring.added, contents)
    else:
        file = standard("output", sys.stdout) if part == STREAM else files.enter_context(part.open("wb"))
        file.writelines(contents)
        file.flush()
    if reader.is_windows:
        click.echo(AS_WINDOWS, err=True)
    return scoring.counts


def open_reader(source: Path, form: str, files: ExitStack) -> Reader:
    from model.files.reader import ParquetReader, read_chunks
    from model.files.workbook import open_table

    if source == STREAM:
        return open_table(read_chunks(standard("input", sys.stdin)))[0]
    if form == "parquet":
        return ParquetReader(source)
    size = source.stat().st_size if source.is_file() else 0
    return open_table(read_chunks(files.enter_context(source.open("rb")), size), size)[0]


def standard(name: str, stream: Any) -> Any:
    if stream is None:
        raise CannotScore(f"Standard {name} is closed. Open it, or name a file")
    return stream.buffer
