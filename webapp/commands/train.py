"""`python run.py train`: models learnt anew from their tables."""

from __future__ import annotations

import click

from model.declare.model import Model
from model.declare.recipe import Wrapped

from .names import NAMES, all_models
from .progress import progress


@click.command()
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
