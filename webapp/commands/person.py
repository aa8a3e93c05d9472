"""`run.py person`: who has an account. What the pages for admins do, for whoever can start commands here."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

import click

from webapp.people.roles import EVERY, ROLES, Role
from webapp.settings import settings_from

from .names import model_named

View = TypeVar("View", bound=Callable[..., Any])

ROLE = click.Choice(list(ROLES))
AT = click.option(
    "--at",
    metavar="ADDRESS",
    help="Where people reach the site, as in https://likely.example.org; from LIKELY_HOSTS unless given.",
)


class NoPerson(RuntimeError):
    """What cannot be done with the people there are; the text says why."""


def with_store(command: View) -> View:
    """Run a command where the database can be asked, without the whole application."""

    @wraps(command)
    def run(*given: Any, **more: Any) -> Any:
        from flask import Flask

        from webapp.store.opening import Store

        settings = settings_from(os.environ)
        store = Store(settings["DATABASE"])
        if not store.is_on:
            raise NoPerson("LIKELY_DATABASE is off, so nobody can have an account")
        app = Flask("likely")
        app.extensions |= {"store": store, "tokens": {}}
        try:
            with app.app_context():
                return command(*given, **more)
        finally:
            store.close()

    return run  # type: ignore[return-value]


def every_or_model(name: str) -> str:
    return EVERY if name == EVERY else model_named(name).name


def address_of(key: str, at: str | None) -> str:
    """The link, at the site's address."""
    settings = settings_from(os.environ)
    if at is None:
        host = next((host for host in settings["HOSTS"] if not host.startswith(".")), "")
        scheme = "https" if settings["HTTPS"] else "http"
        at = f"{scheme}://{host}" if host else "http://127.0.0.1:5000"
    return f"{at.rstrip('/')}/invite?{urlencode({'key': key})}"


def named(name: str) -> Any:
    from webapp.people import accounts

    found = accounts.find(name)
    if found is None:
        raise NoPerson(f"Nobody here is called {name!r}. See: python run.py person list")
    return found


@click.group()
def person() -> None:
    """Who has an account: the owner, invitations, roles, and an end to them.

    \b
    python run.py person owner                 the first account; it invites the others
    python run.py person invite --role analyst --model census
    python run.py person reset "Ada"           a link for a new password
    """


@person.command()
@AT
@with_store
def owner(at: str | None) -> None:
    """Print a link that makes the owner's account: once, within an hour."""
    from webapp.people import accounts, links

    if accounts.has_owner():
        raise NoPerson("There is an owner already. For a new password: python run.py person reset NAME")
    click.echo(address_of(links.make("owner"), at))
    click.echo("Open it within an hour; it works once. Start Likely first, if it does not run.", err=True)


@person.command()
@click.option("--name", default="", help="The name that the invitation proposes.")
@click.option("--role", type=ROLE, help="A role …")
@click.option("--model", type=every_or_model, metavar="MODEL", help='… with this model, or "*" for every one.')
@AT
@with_store
def invite(name: str, role: Role | None, model: str | None, at: str | None) -> None:
    """Print a link that makes an account: once, within 48 hours."""
    from webapp.people import links, names

    if bool(role) != bool(model):
        raise click.UsageError("--role and --model go together: give both, or neither")
    name = names.tidy(name)
    if name and (fault := names.find_fault(name)):
        raise click.BadParameter(fault, param_hint="--name")
    click.echo(address_of(links.make("invitation", name=name, model=model, role=role), at))


@person.command()
@click.argument("name")
@AT
@with_store
def reset(name: str, at: str | None) -> None:
    """Print a link with which NAME sets a new password: once, within 48 hours."""
    from webapp.people import links

    found = named(name)
    if found.ended_at:
        raise NoPerson(f"{found.name} signs in no more. First: python run.py person back NAME")
    click.echo(address_of(links.make("reset", person=found.id), at))


@person.command("list")
@with_store
def list_people() -> None:
    """List everybody, a line each, and what they may."""
    from webapp.people import accounts
    from webapp.store.opening import store

    people, roles = accounts.list_all() if store().is_made else ((), {})
    for one in people:
        own = [
            f"{role} of {'every model' if model == EVERY else model}" for model, role in roles.get(one.id, {}).items()
        ]
        what = "signs in no more" if one.ended_at else "admin" if one.is_admin else ", ".join(own) or "no role"
        click.echo(f"{one.name}: {what}")


@person.command()
@click.argument("name")
@click.argument("role", type=click.Choice([*ROLES, "none"]))
@click.argument("model", type=every_or_model)
@with_store
def role(name: str, role: Role, model: str) -> None:
    """Give NAME a ROLE with MODEL ("*" for every one); "none" takes it away."""
    from webapp.people import accounts

    accounts.give_role(named(name).id, model, None if str(role) == "none" else role, None)


@person.command()
@click.argument("name")
@click.option("--no", "is_over", is_flag=True, help="No admin any more.")
@with_store
def admin(name: str, is_over: bool) -> None:
    """Make NAME an admin, who may everything."""
    from webapp.people import accounts

    refuse_last(accounts.set_admin(named(name).id, not is_over, None))


@person.command()
@click.argument("name")
@with_store
def end(name: str) -> None:
    """Let NAME sign in no more: sittings and tokens end, and what was kept stays."""
    from webapp.people import accounts

    refuse_last(accounts.end(named(name).id, None))


@person.command()
@click.argument("name")
@with_store
def back(name: str) -> None:
    """Let NAME sign in again."""
    from webapp.people import accounts

    accounts.let_back(named(name).id, None)


@person.command()
@click.argument("name")
@click.confirmation_option(prompt="This deletes the account and all that was kept with it. Go on?")
@with_store
def remove(name: str) -> None:
    """Forget NAME, with every prediction that they kept."""
    from webapp.people import accounts

    refuse_last(accounts.remove(named(name).id, None))


def refuse_last(is_done: bool) -> None:
    if not is_done:
        raise NoPerson("This is the only admin. Make somebody else one first: python run.py person admin NAME")
