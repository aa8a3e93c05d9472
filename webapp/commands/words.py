"""`python run.py words`: what only a person can write, and has not written yet."""

import click

from model.declare.model import Model

from .names import model_named


@click.command()
@click.argument("model", metavar="MODEL", type=model_named)
def words(model: Model) -> None:
    """List the words of a model that still are what `new` wrote.

    While there are any, the pages call themselves a draft. Change them in NAME.words.toml beside the
    declaration, and load the pages anew: nothing has to be trained again.
    """
    path = model.folder / f"{model.name}.words.toml"
    where = path if path.is_file() else path.with_name(f"{model.name}.py")
    for name in model.words.unwritten:
        click.echo(f'{where}: {name} = "{getattr(model.words, name)}"')
    if not model.words.unwritten:
        click.echo(f"{model.name}: every word that only a person can write is written")
