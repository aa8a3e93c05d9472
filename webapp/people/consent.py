"""Whether a model's owner lets everybody who sees the model read its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.declare.model import Model
from webapp.store.opening import Away, store

from .clock import now
from .current import may

if TYPE_CHECKING:
    from sqlalchemy import Connection


def may_read_record(model: Model, version: str) -> bool:
    """Whether whoever asks may read the model's record, where there can be one."""
    try:
        return store().is_made and (may("record", model) or lets_others_read(model, version))
    except Away:
        return False


def lets_others_read(model: Model, version: str) -> bool:
    """Whether somebody who is no member may read the record: it is open to all, and is of more than a few cases."""
    if not (may("see", model) and is_given(model.name)):
        return False
    from webapp.store.record import has_many_due

    return has_many_due(store().open(), model.name, version)


def is_given(model: str) -> bool:
    if not store().is_made:
        return False
    from webapp.store import access

    with store().open().read() as connection:
        return access.record_is_public(connection, model)


def set_public(model: str, is_public: bool, by: int) -> None:
    from webapp.store import access, events

    def work(connection: Connection) -> None:
        moment = now()
        access.set_record(connection, model, is_public, by, moment)
        events.add(connection, "record opened" if is_public else "record closed", moment, by, model=model)

    store().open().write(work)
