"""`python run.py wrap`: an already fitted model behind the same pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from model.predict.catalog import TAKEN

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PICKLES = (".joblib", ".pkl", ".pickle")


@click.command()
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--data", required=True, type=FILE, metavar="TABLE", help="The table it was fitted to: CSV, Parquet, XLSX."
)
@click.option("--target", required=True, metavar="COLUMN", help="The column that it estimates.")
@click.option("--folder", default="mine", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The model's name and address; the file's own unless it is given.")
@click.option(
    "--python", default=sys.executable, metavar="PATH", help="The Python that can open FILE; this one unless given."
)
@click.option(
    "--unseen", type=FILE, metavar="TABLE", help="Rows that the model has not seen: you claim it, the card says so."
)
@click.option("--yes", metavar="VALUE", help="Which of two values of the target is yes.")
def wrap(
    file: Path,
    data: Path,
    target: str,
    folder: Path,
    name: str | None,
    python: str,
    unseen: Path | None,
    yes: str | None,
) -> None:
    """Put the fitted model in FILE behind a form, pages, the API and scored files.

    FILE is a scikit-learn pipeline or estimator (.joblib, .skops), a LightGBM (.txt), XGBoost (.json,
    .ubj) or CatBoost (.cbm, numbers only) model, or an ONNX graph (.onnx). A .joblib runs code when it
    is opened: wrap none that you do not trust. It is opened once, in a process of its own, and serving
    never opens it.

    What will be served is compared with FILE on every row of TABLE, on missing and extreme values and to
    both sides of every threshold; if the two differ, nothing is written. Then the model is fitted anew
    to parts of TABLE, for honest figures and ranges. docs/wrapping.md lists what works.

    \b
    python run.py wrap model.joblib --data people.csv --target income
    python run.py wrap model.txt --data people.csv --target income --unseen later.csv
    """
    from model.wrap.original import CannotWrap
    from model.wrap.wrapping import Order
    from model.wrap.wrapping import wrap as put_behind_pages

    name = name or re.sub("[^a-z0-9]+", "_", file.stem.lower()).strip("_").lstrip("0123456789_") or "model"
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name in TAKEN:
        raise click.BadParameter(f"{name!r} cannot be an address here. Give another with --name")
    if file.suffix.lower() in PICKLES:
        click.echo(f"Opening {file.name} runs the code that is in it, in a process of its own ({python})", err=True)
    try:
        done = put_behind_pages(
            Order(file, data, target, folder, name, python, unseen, yes),
            lambda step: click.echo(f"{name}: {step}", err=True),
        )
    except CannotWrap as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"{name}: differs from {file.name} by {done.apart:.1e} at most, on everything that was tried")
    for figure, value in done.card.evaluation.figures.items():
        click.echo(f"  {figure.replace('_', ' ')}: {value:.4f}")
    if not done.card.evaluation.figures.keys() - {"base_rate"}:
        click.echo(
            "  no honest figure is known: it could not be fitted anew. Give rows that it has not seen with --unseen"
        )
    click.echo(f"Serve it: LIKELY_MODEL_FOLDERS={folder} python run.py")
    click.echo(f"Then it is on http://127.0.0.1:5000/{name}")
