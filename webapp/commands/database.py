"""`run.py database`: the tables brought up to date, and what is past its time deleted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from webapp.settings import settings_from

if TYPE_CHECKING:
    from webapp.store.opening import Store


class NoDatabase(RuntimeError):
    """There is none, or it does not answer; the text says what to do."""


def opened() -> Store:
    from webapp.store.opening import Store

    store = Store(settings_from(os.environ)["DATABASE"])
    if not store.is_on:
        raise NoDatabase("LIKELY_DATABASE is off, so there is no database")
    return store


@click.group()
def database() -> None:
    """Bring the database's tables up to date, and delete what is past its time.

    LIKELY_DATABASE says where it is: an SQLite file in instance/ unless it is set.
    """


@database.command()
def upgrade() -> None:
    """Make the tables, or bring them to what this edition needs."""
    click.echo(f"The tables are of revision {opened().change('upgrade')}")


@database.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the tables back to an older REVISION, or to "base", which leaves none.

    What only newer tables can hold is lost. Copy the database before.
    """
    click.echo(f"The tables are of revision {opened().change('downgrade', revision) or 'base: there are none'}")


@database.command()
def tidy() -> None:
    """Delete the cases that are past their time, and what nothing belongs to any more."""
    from webapp.store.tidy import tidy as delete_expired

    store = opened()
    deleted = delete_expired(store.open()) if store.is_made else 0
    click.echo(f"Deleted {deleted:,} expired cases")
