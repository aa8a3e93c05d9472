"""How far a training has come: a bar on a terminal, elsewhere a line now and then."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import click

SECONDS_BETWEEN_LINES = 10


@contextmanager
def progress(name: str, steps: int) -> Iterator[Callable[[str], None]]:
    """What to call after each step."""
    if sys.stderr.isatty():
        with click.progressbar(length=steps, label=f"{name:10}", file=sys.stderr) as bar:
            yield lambda step: bar.update(1)
        return
    started = told = monotonic()
    done = 0

    def tell(step: str) -> None:
        nonlocal told, done
        done, now = done + 1, monotonic()
        if now - told >= SECONDS_BETWEEN_LINES and done < steps:
            told, left = now, (now - started) / done * (steps - done)
            click.echo(f"{name}: {done} of {steps} steps, about {left:.0f} seconds left", err=True)

    yield tell
