"""`python run.py new`: from a table to a model on a page."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.files.dialect import Unusable
from model.predict.catalog import HERE, TAKEN, Catalog

from .progress import progress

if TYPE_CHECKING:
    from model.draft.draft import Draft, Wishes

# Where what was generated is kept, so that it can be told from what a person wrote.
DRAFTS = ".drafts"
COLUMNS: dict[str, Any] = {"multiple": True, "metavar": "COLUMN"}


@click.command()
@click.argument("table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--target", metavar="COLUMN", required=True, help="What the model is to tell.")
@click.option("--yes", metavar="VALUE", help="The value of the target that counts as yes; all others count as no.")
@click.option("--kind", type=click.Choice(["classes", "amount"]), help="What a target of numbers is.")
@click.option("--keep", **COLUMNS, help="Ask for this column, though it would be dropped. May be given several times.")
@click.option("--drop", **COLUMNS, help="Leave this column out. May be given several times.")
@click.option("--weights", metavar="COLUMN", help="How much each row counts.")
@click.option("--group", metavar="COLUMN", help="Rows with the same value here are kept in one fold.")
@click.option("--order-by", metavar="COLUMN", help="Folds are tested on later rows than they learn from.")
@click.option("--noun", metavar="NOUN", help="What a row is: person, day …")
@click.option(
    "--folder", default="mine", show_default=True, type=click.Path(path_type=Path), help="Where it is written."
)
@click.option("--name", metavar="NAME", help="The model's name, and its address; the table's name unless given.")
@click.option("--quick", is_flag=True, help="Try one recipe, or little more, instead of many.")
@click.option("--again", is_flag=True, help="Draft anew: show what changes, and keep every line that a person edited.")
@click.option("--show-rows", is_flag=True, help="Let the pages show rows of the table, as they do of public ones.")
def new(table: Path, target: str, folder: Path, name: str | None, again: bool, **said: Any) -> None:
    """Make a model of a table: look at every column, write a declaration, train it, and say where it is.

    TABLE is a CSV file of any dialect (.csv, .tsv, .txt, also .gz), a Parquet file or an Excel workbook.
    Every column that could be an input becomes one; what was dropped, and why, is printed.

    Writes NAME.py, a declaration to edit in which each guess is marked, and NAME.words.toml, what the
    pages say, which is read anew without training. On a terminal it asks at most three questions;
    elsewhere it asks none.

    \b
    python run.py new people.csv --target income
    python run.py new people.csv --target income --yes ">50K" --drop id
    python run.py new people.csv --target income --again
    """
    from model.learn.artefacts import NotWritten
    from model.learn.table import Disagreement

    try:
        name = name_for(table, folder, name, again)
        draft = make(table, target, folder, name, said, again)
        write(draft, folder, again)
        train(draft, folder)
    except (Unusable, Disagreement, NotWritten) as fault:
        raise click.ClickException(str(fault)) from None


def name_for(table: Path, folder: Path, name: str | None, again: bool) -> str:
    """The model's name: one that neither the site nor a model of Likely's has."""
    from model.draft.names import plain_name

    wanted = name or plain_name(table.name.partition(".")[0])
    if name and plain_name(name) != name:
        raise Unusable(f"--name: {name!r} must be small letters, digits and _, and begin with a letter")
    if wanted in TAKEN or (HERE / f"{wanted}.py").exists():
        if name:
            raise Unusable(f"--name: {name!r} has another meaning here. Choose another name")
        wanted = f"my_{wanted}"
    path = folder / f"{wanted}.py"
    if path.exists() and not again:
        raise Unusable(
            f"{path} is there already. Draft it anew with --again, which keeps your edits, or choose a --name"
        )
    if again and not (folder / DRAFTS / path.name).exists():
        raise Unusable(f"There is no draft of {path} to compare with, so --again cannot tell your edits")
    return wanted


def make(table: Path, target: str, folder: Path, name: str, said: dict[str, Any], again: bool) -> Draft:
    """Look at the table, and report; on a terminal ask, and look again."""
    from model.draft.draft import Wishes
    from model.draft.report import report
    from model.draft.source import read_source
    from model.draft.survey import make_draft

    # What is not said again stays as it was said; “” takes it back.
    kept = json.loads((folder / DRAFTS / f"{name}.json").read_text(encoding="utf-8")) if again else {}
    options = {
        **kept,
        **{option: value for option, value in said.items() if value or value == ""},
        "quick": said["quick"],
    }
    chosen: dict[str, Any] = {option: tuple(one) if isinstance(one, list) else one for option, one in options.items()}
    wishes = Wishes(**chosen)
    raw, notes = read_source(table)
    try:
        draft = make_draft(name, table, raw, target, wishes, notes)
    except Unusable as fault:
        # A column may be missing since it stands in what was not read.
        raise Unusable(" ".join([str(fault), *(f"({note})" for note in notes)])) from None
    for line in report(draft):
        # A table's own texts must not drive a terminal.
        click.echo("".join(one if one.isprintable() else " " for one in line))
    if is_terminal() and (asked := ask(draft)) != wishes:
        draft = make_draft(name, table, raw, target, asked, notes)
    return draft


def is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(draft: Draft) -> Wishes:
    """At most three questions, each with the answer that is taken elsewhere."""
    wishes, told = draft.wishes, draft.target
    if wishes.yes is None and told.no:
        which = click.Choice([told.yes, told.no])
        wishes = replace(
            wishes, yes=click.prompt(f"What of {told.source} counts as yes?", default=told.yes, type=which)
        )
    if draft.leaks and click.confirm(f"Leave out {', '.join(draft.leaks)}, which may not be known beforehand?"):
        wishes = replace(wishes, drop=(*wishes.drop, *draft.leaks))
    ids = [heading for heading, why in draft.dropped.items() if "all different" in why]
    if ids and not draft.leaks and not click.confirm(f"Drop {', '.join(ids)}?", default=True):
        wishes = replace(wishes, keep=(*wishes.keep, *ids))
    if not wishes.noun:
        noun = click.prompt("What is a row? One noun, like person or day", default=draft.one).strip()
        wishes = replace(wishes, noun="" if noun == "row" else noun)
    return wishes


def write(draft: Draft, folder: Path, again: bool) -> None:
    """Write the declaration and the words, and beside them what was generated."""
    from model.draft.declaration import write_declaration
    from model.draft.merge import merge, show_difference
    from model.draft.words import write_words

    (folder / DRAFTS).mkdir(parents=True, exist_ok=True)
    for file, text in {
        f"{draft.name}.py": write_declaration(draft, folder),
        f"{draft.name}.words.toml": write_words(draft),
    }.items():
        path, drafted, whole = folder / file, folder / DRAFTS / file, text
        if again and path.exists() and drafted.exists():
            edited = path.read_text(encoding="utf-8")
            whole, gave_way = merge(drafted.read_text(encoding="utf-8"), edited, text)
            click.echo("\n".join(show_difference(edited, whole, str(path))) or f"{path}: nothing changes")
            if gave_way:
                click.echo(f"{path}: {gave_way} changes gave way to your edits of the same lines; {drafted} has them")
        path.write_text(whole, encoding="utf-8")
        drafted.write_text(text, encoding="utf-8")
    (folder / DRAFTS / f"{draft.name}.json").write_text(json.dumps(asdict(draft.wishes)), encoding="utf-8")


def train(draft: Draft, folder: Path) -> None:
    """Train the model as it is declared now, and say where it is."""
    from model.learn.train import report, steps
    from model.learn.train import train as learn

    model = Catalog([folder])[draft.name]
    with progress(model.name, steps(model)) as advance:
        card = learn(model, advance)
    others = os.environ.get("LIKELY_MODEL_FOLDERS", "")
    folders = [one for one in others.split(os.pathsep) if one and Path(one).resolve() != folder.resolve()]
    click.echo(report(model, card))
    click.echo(
        f"Written: {folder / draft.name}.py, which is yours to edit, and {draft.name}.words.toml with the pages’ words"
    )
    click.echo(f"Serve it: LIKELY_MODEL_FOLDERS={os.pathsep.join([*folders, str(folder)])} python run.py")
    click.echo(f"Open:     http://127.0.0.1:5000/{draft.name}")
    if model.words.unwritten:
        click.echo(
            f"Not yet written by a person: {', '.join(model.words.unwritten)} (python run.py words {draft.name})"
        )
