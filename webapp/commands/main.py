"""What `python run.py` does: serve, unless a command says otherwise."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import click

from model.declare.model import Model
from model.predict.card import NotTrained, Tampered
from model.predict.catalog import BadModel, add_folder, models
from webapp.settings import BadSetting, settings_from

from .names import ModelName
from .score import score
from .serve import ServerProblem, serve

NAMES = click.argument("names", metavar="[MODEL]...", nargs=-1, type=ModelName())


class Commands(click.Group):
    """Ends with a message where it is the person's to put right; anything else is ours and a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadSetting, ServerProblem, BadModel, NotTrained, Tampered) as problem:
            raise click.ClickException(str(problem)) from None
        except KeyboardInterrupt:
            # click would end with 1, which is what scoring ends with where some rows are bad.
            click.echo("Stopped", err=True)
            sys.exit(128 + signal.SIGINT)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to serve on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; two unless WEB_CONCURRENCY says.")
@click.option("--debug", is_flag=True, help="Flask's own server, which reloads when a file changes.")
@click.pass_context
def main(context: click.Context, host: str, port: int, workers: int | None, debug: bool) -> None:
    """Serve Likely's pages and API, or run one of the commands below.

    \b
    python run.py                      serve on http://127.0.0.1:5000
    python run.py --port 8000          serve on another port
    python run.py --debug              serve and reload while you write
    python run.py train census         learn the census model anew
    python run.py check                check every model's files
    python run.py score census IN OUT  estimate every row of a file
    """
    for folder in settings_from(os.environ)["MODEL_FOLDERS"]:
        add_folder(folder)
    if context.invoked_subcommand is None:
        serve(host, port, workers or workers_wanted(), debug)


def workers_wanted() -> int:
    wanted = os.environ.get("WEB_CONCURRENCY", "")
    if not wanted:
        return 2
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 64:
        raise BadSetting(f"WEB_CONCURRENCY must be a whole number from 1 to 64, not {wanted!r}")
    return int(wanted)


@main.command()
@NAMES
def train(names: tuple[Model, ...]) -> None:
    """Learn the named models, or all, and write their files.

    For each model: check that the form mirrors the table, cross-validate (every choice made inside
    the folds), fit on all rows, and write model/trained/NAME.joblib and NAME.json. Prints the
    out-of-fold figures beside the tutorial's recipe and gradient boosting on the same folds.
    Retraining on unchanged data reproduces the files.
    """
    from model.learn.report import report
    from model.learn.table import Disagreement
    from model.learn.train import steps
    from model.learn.train import train as learn

    for model in names or models():
        with click.progressbar(length=steps(model), label=f"{model.name:10}", file=sys.stderr) as bar:
            try:
                card = learn(model, lambda step: bar.update(1))
            except Disagreement as disagreement:
                raise click.ClickException(str(disagreement)) from None
        click.echo(report(model, card))


@main.command()
@NAMES
def check(names: tuple[Model, ...]) -> None:
    """Check the files of the named models, or of all.

    Checksums of scorecard, pickle and data, and that scorecard and pickle agree to 1e-12 on every
    row of the data. Exits with 1 at the first thing that does not hold.
    """
    from model.learn.check import CheckFailed
    from model.learn.check import check as lines

    for model in names or models():
        try:
            for line in lines(model):
                click.echo(f"{model.name}: {line}")
        except CheckFailed as failed:
            raise click.ClickException(str(failed)) from None


main.add_command(score)
