"""What `python run.py` does: serve, unless a command says otherwise."""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from webapp.settings import VERSION, settings_from

from .refused import Refusal, refusals
from .serve import serve

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# Each stands in a module of its name, which is imported once it is asked for: the server stays small without them.
COMMANDS = ("check", "database", "new", "person", "score", "token", "train", "words", "wrap")


class Commands(click.Group):
    """Ends with a message where it is the person's to put right; anything else is ours and a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return getattr(import_module(f"{__package__}.{cmd_name}"), cmd_name) if cmd_name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except refusals() as problem:
            raise Refusal(str(problem)) from None
        except KeyboardInterrupt:
            # click would end with 1, which is what scoring ends with where some rows are bad.
            click.echo("Stopped", err=True)
            sys.exit(128 + signal.SIGINT)


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
