"""`python run.py check`: whether the models' files are whole, and say what the pickles say."""

from __future__ import annotations

import click

from model.declare.model import Model
from model.predict.card_file import NotTrained, Tampered
from model.vision.network import NetworkChanged

from .names import NAMES, all_models


@click.command()
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
        except (CheckFailed, NotTrained, Tampered, NetworkChanged) as failed:
            raise click.ClickException(str(failed)) from None
