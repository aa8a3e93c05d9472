"""What `python run.py` does: serve, unless a command says otherwise."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from model.declare.model import Model
from model.declare.recipe import Wrapped
from webapp.settings import VERSION, settings_from

from . import database, person, token
from .names import Refusal, all_models, model_named
from .new import new
from .progress import progress
from .score import score
from .serve import FILES_AT_FAULT, REFUSALS, serve
from .words import words
from .wrap import wrap

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NAMES = click.argument("names", metavar="[MODEL]...", nargs=-1, type=model_named)


class Commands(click.Group):
    """Ends with a message where it is the person's to put right; anything else is ours and a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except refusals() as problem:
            raise Refusal(str(problem)) from None
        except KeyboardInterrupt:
            # click would end with 1, which is what scoring ends with where some rows are bad.
            click.echo("Stopped", err=True)
            sys.exit(128 + signal.SIGINT)


def refusals() -> tuple[type[BaseException], ...]:
    return (*REFUSALS, *database.refusals(), *person.REFUSALS)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to serve on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; two unless WEB_CONCURRENCY says.")
@click.option("--tls-cert", type=FILE, help="Serve https with this certificate (PEM, with its chain) …")
@click.option("--tls-key", type=FILE, help="… and its key.")
@click.option("--debug", is_flag=True, help="Flask's own server, which reloads when a file changes.")
@click.version_option(VERSION, prog_name="Likely")
@click.pass_context
def main(context: click.Context, /, workers: int, tls_cert: Path | None, tls_key: Path | None, **asked: Any) -> None:
    """Serve Likely's pages and API, or run one of the commands below.

    \b
    python run.py                      serve on http://127.0.0.1:5000
    python run.py --port 8000          serve on another port
    python run.py --debug              serve and reload while you write
    python run.py new people.csv --target income   a model of your own table
    python run.py train census         learn the census model anew
    python run.py check                check every model's files
    python run.py score census IN OUT  estimate every row of a file
    python run.py wrap FILE …          serve a model that was fitted elsewhere
    python run.py database upgrade     make the database's tables, or bring them up to date
    """
    settings = settings_from(os.environ)
    if context.invoked_subcommand is None:
        if bool(tls_cert) != bool(tls_key):
            raise click.UsageError("--tls-cert and --tls-key go together: give both, or neither")
        tls = (tls_cert, tls_key) if tls_cert and tls_key else None
        serve(workers=workers or settings["WEB_CONCURRENCY"], tls=tls, **asked)


@main.command()
@NAMES
def train(names: tuple[Model, ...]) -> None:
    """Learn the named models, or all, and write their files.

    For each model: check that the form mirrors the table, cross-validate (choosing among the recipe's
    candidates inside the folds), fit on all rows, and write NAME.joblib, NAME.json and NAME.people into
    model/trained/, and NAME.challenger.npz where another kind of model is as good. Prints the out-of-fold figures,
    over several seeds of folds, beside LightGBM, gradient boosting and the tutorial's recipe on the same folds.
    Retraining on unchanged data leaves the files as they are.
    """
    from model.learn.artefacts import NotWritten
    from model.learn.table import Disagreement
    from model.learn.train import report, steps
    from model.learn.train import train as learn

    for model in names or [model for model in all_models() if not isinstance(model.recipe, Wrapped)]:
        try:
            with progress(model.name, steps(model)) as advance:
                card = learn(model, advance)
        except (Disagreement, NotWritten) as fault:
            raise click.ClickException(str(fault)) from None
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

    for model in names or all_models():
        try:
            for line in lines(model):
                click.echo(f"{model.name}: {line}")
        except (CheckFailed, *FILES_AT_FAULT) as failed:
            raise click.ClickException(str(failed)) from None


for command in (new, wrap, words, score, database.database, person.person, token.token):
    main.add_command(command)
