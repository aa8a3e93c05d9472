"""Every version of a model that a case was kept of: its card, its arrays and its words, each stored once."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from .database import INSERTS, Database
from .tables import content, model_version


@dataclass(frozen=True)
class Version:
    """What an old answer needs in order to be given again: bytes as they were."""

    model: str
    version: str
    card: bytes
    words: bytes
    arrays: bytes | None = None


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless it is there already."""
    connection.execute(INSERTS[connection.dialect.name](table).values(values).on_conflict_do_nothing())


def register(database: Database, version: Version) -> int:
    """The number of this version, which is stored unless it is already."""
    packed = {hashlib.sha256(raw).hexdigest(): raw for raw in (version.card, version.words, version.arrays) if raw}
    card, words, *arrays = packed
    row = {"model": version.model, "version": version.version, "card": card, "words": words}

    def work(connection: Connection) -> int:
        for digest, raw in packed.items():
            insert_once(connection, content, {"digest": digest, "bytes": zlib.compress(raw)})
        more = {"arrays": arrays[0] if arrays else None, "first_kept": datetime.now(UTC)}
        insert_once(connection, model_version, row | more)
        found = select(model_version.c.id).filter_by(**{name: row[name] for name in ("model", "version", "words")})
        return int(connection.execute(found).scalar_one())

    return database.write(work)


def read(database: Database, number: int) -> Version:
    with database.read() as connection:
        row = connection.execute(select(model_version).where(model_version.c.id == number)).one()
        kinds = [row.card, row.words, row.arrays]
        stored = select(content.c.digest, content.c.bytes).where(content.c.digest.in_([one for one in kinds if one]))
        raw: dict[str | None, bytes] = {
            digest: zlib.decompress(packed) for digest, packed in connection.execute(stored)
        }
    return Version(row.model, row.version, raw[row.card], raw[row.words], raw.get(row.arrays))
