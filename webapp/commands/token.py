"""`run.py token`: what programs hold to ask for somebody."""

from __future__ import annotations

from typing import Any

import click

from webapp.people.roles import EVERY, LONGEST_LABEL, SCOPES, Scope

from .person import NoPerson, every_or_model, named, with_store


@click.group()
def token() -> None:
    """The tokens with which programs ask: make one, list them, end one."""


@token.command()
@click.argument("name")
@click.argument("label")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="What it may.")
@click.option(
    "--model", "models", multiple=True, type=every_or_model, metavar="MODEL", help="For which; all unless given."
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="How long it is good.")
@with_store
def make(name: str, label: str, scopes: tuple[Scope, ...], models: tuple[str, ...], days: int) -> None:
    """Print a token with which a program asks for NAME; LABEL says what it is for. It is shown this once."""
    from webapp.people import names, tokens

    label = names.tidy(label)
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise click.BadParameter(f"Say in 1 to {LONGEST_LABEL} characters what it is for", param_hint="LABEL")
    person = named(name)
    if person.ended_at:
        raise NoPerson(f"{person.name} signs in no more, so no program can ask for them")
    key = tokens.make(person.id, label, scopes, models or (EVERY,), days, None)
    if not key:
        raise NoPerson(f"{person.name} has {tokens.MOST} tokens already. End one first")
    click.echo(key)


@token.command("list")
@with_store
def list_tokens() -> None:
    """List the tokens that are good, a line each: number, whose, what for, and until when."""
    for one in everybodys():
        scopes, models = ", ".join(one.scopes), ", ".join(one.models or ["every model"])
        click.echo(
            f"{one.id} {one.person}: {one.name} ({one.start}…), {scopes}, {models}, until {one.expires_at:%Y-%m-%d}"
        )


@token.command()
@click.argument("number", type=click.IntRange(1))
@with_store
def end(number: int) -> None:
    """End the token of this NUMBER; a server that runs takes it for two seconds more at most."""
    from webapp.people import tokens

    if not tokens.end(number, None):
        raise NoPerson(f"There is no token {number}. See: python run.py token list")


def everybodys() -> Any:
    from webapp.people import tokens

    return tokens.list_all()
