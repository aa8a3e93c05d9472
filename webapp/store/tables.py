"""The tables. A change here needs a new file in `migrations/versions` and its name in `revision.REVISION`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Moment(TypeDecorator[datetime]):
    """A time in UTC, which SQLite cannot say by itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(TypeDecorator[str]):
    """Text that every database takes: without zero bytes and halves of characters, which people do not type."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode()


class PlainText(Plain):
    impl = Text
    cache_ok = True


# Constraints get names, without which Alembic could not take one away again.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts up by itself for INTEGER alone.
Number = BigInteger().with_variant(Integer, "sqlite")


def number() -> Column[int]:
    """For a table with sqlite_autoincrement: SQLite gives the number of a row that is gone to no other one."""
    return Column("id", Number, primary_key=True)


def belongs_to(name: str, table: str, ondelete: str, **more: Any) -> Column[int]:
    """A foreign key with a plain index: without one each deletion would read the whole table."""
    return Column(name, Number, ForeignKey(f"{table}.id", ondelete=ondelete), index=True, **more)


def digest(**more: Any) -> Column[str]:
    """A secret is stored as its SHA-256 alone, in hexadecimal."""
    return Column("digest", Plain(64), nullable=False, **more)


# -- people, and what they may --------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    number(),
    Column("name", Plain(80), nullable=False),
    # The name as it is looked for: without case and space around it.
    Column("name_key", Plain(160), nullable=False, unique=True),
    # None until its link was used.
    Column("password", PlainText),
    Column("password_at", Moment),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("made_at", Moment, nullable=False),
    # None while the person may sign in.
    Column("ended_at", Moment),
    sqlite_autoincrement=True,
)

sitting = Table(
    "sitting",
    metadata,
    number(),
    belongs_to("person_id", "person", "CASCADE", nullable=False),
    digest(unique=True),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    # When the password was last given, which dangerous acts ask for.
    Column("fresh_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    # What the list of sittings calls it, as “Firefox on Linux”.
    Column("client", Plain(80)),
    sqlite_autoincrement=True,
)

link = Table(
    "link",
    metadata,
    number(),
    digest(unique=True),
    # "owner", "invitation", "reset" or "model".
    Column("purpose", Plain(20), nullable=False),
    # Whom it lets in; None where they are not there yet, or where anybody may use it.
    belongs_to("person_id", "person", "CASCADE"),
    # The name that an invitation proposes.
    Column("name", Plain(80)),
    Column("model", Plain(80), index=True),
    Column("role", Plain(20)),
    belongs_to("made_by", "person", "SET NULL"),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, index=True),
    Column("used_at", Moment),
    sqlite_autoincrement=True,
)

token = Table(
    "token",
    metadata,
    number(),
    belongs_to("person_id", "person", "CASCADE", nullable=False),
    Column("name", Plain(80), nullable=False),
    digest(unique=True),
    # Its first characters, by which its owner knows it.
    Column("start", Plain(12), nullable=False),
    # Of "predict", "read" and "outcome".
    Column("scopes", JSON, nullable=False),
    # None for all models that its person may use.
    Column("models", JSON(none_as_null=True)),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, index=True),
    Column("used_at", Moment),
    Column("ended_at", Moment),
    sqlite_autoincrement=True,
)

access = Table(
    "access",
    metadata,
    Column("model", Plain(80), primary_key=True),
    # Whether its owner lets everybody see the record.
    Column("record_is_public", Boolean, nullable=False, default=False),
    belongs_to("changed_by", "person", "SET NULL"),
    Column("changed_at", Moment, nullable=False),
)

member = Table(
    "member",
    metadata,
    Column("model", Plain(80), primary_key=True),
    Column("person_id", Number, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # "viewer", "analyst" or "owner".
    Column("role", Plain(20), nullable=False),
    belongs_to("added_by", "person", "SET NULL"),
    Column("added_at", Moment, nullable=False),
)

event = Table(
    "event",
    metadata,
    number(),
    Column("at", Moment, nullable=False, index=True),
    # Who did it, and with which token; None where a command or nobody known did.
    belongs_to("person_id", "person", "SET NULL"),
    belongs_to("token_id", "token", "SET NULL"),
    Column("what", Plain(40), nullable=False),
    # To whom.
    belongs_to("subject_id", "person", "SET NULL"),
    Column("model", Plain(80)),
    # Never an answer, a label, a note or an outcome.
    Column("details", JSON(none_as_null=True)),
    Index(None, "model", "at"),
    sqlite_autoincrement=True,
)

# -- cases, and what really happened -------------------------------------------------------------------

content = Table(
    "content",
    metadata,
    # A card, arrays or words, compressed, under the SHA-256 of what they are.
    Column("digest", Plain(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

model_version = Table(
    "model_version",
    metadata,
    number(),
    Column("model", Plain(80), nullable=False),
    Column("version", Plain(80), nullable=False),
    Column("card", Plain(64), ForeignKey("content.digest"), nullable=False, index=True),
    Column("arrays", Plain(64), ForeignKey("content.digest"), index=True),
    Column("words", Plain(64), ForeignKey("content.digest"), nullable=False, index=True),
    Column("first_kept", Moment, nullable=False),
    UniqueConstraint("model", "version", "words"),
    sqlite_autoincrement=True,
)

kept_case = Table(
    "kept_case",
    metadata,
    number(),
    # 128 random bits in hexadecimal, by which addresses name it.
    Column("public_id", Plain(32), nullable=False, unique=True),
    belongs_to("person_id", "person", "CASCADE", nullable=False),
    belongs_to("token_id", "token", "SET NULL"),
    belongs_to("version_id", "model_version", "RESTRICT", nullable=False),
    Column("model", Plain(80), nullable=False),
    Column("version", Plain(80), nullable=False),
    # Values, never labels.
    Column("answers", JSON, nullable=False),
    # The estimate that sentences speak of, and the range around it.
    Column("value", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    # Of several classes a value, low and high for each, by the class's name.
    Column("classes", JSON(none_as_null=True)),
    Column("label", Plain(120), nullable=False, default=""),
    Column("note", PlainText, nullable=False, default=""),
    # Label and note as the search looks for them.
    Column("sought", PlainText, nullable=False, default=""),
    # Drawn when it was kept: this one shall be followed up.
    Column("followed", Boolean, nullable=False),
    # "page", "api" or "file".
    Column("source", Plain(10), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("key", Plain(240)),
    # The SHA-256 of what was sent with the key.
    Column("body", Plain(64)),
    UniqueConstraint("person_id", "key"),
    Index(None, "person_id", "made_at"),
    Index(None, "model", "version", "due_at"),
    sqlite_autoincrement=True,
)

outcome = Table(
    "outcome",
    metadata,
    number(),
    belongs_to("case_id", "kept_case", "CASCADE", nullable=False),
    # One a case; what stood before stays, as not current.
    Column("is_current", Boolean, nullable=False),
    # 1 for yes, 0 for no, or the amount; None for a class, and for what cannot be known.
    Column("value", Float),
    # The class's name.
    Column("class_name", Plain(200)),
    Column("is_known", Boolean, nullable=False),
    # The day on which it was seen.
    Column("seen_on", Date),
    Column("said_at", Moment, nullable=False),
    belongs_to("person_id", "person", "SET NULL"),
    belongs_to("token_id", "token", "SET NULL"),
    # "page", "list", "file" or "api".
    Column("source", Plain(10), nullable=False),
    sqlite_autoincrement=True,
)
# Beside the plain index of the foreign key, which a partial one does not serve.
Index(
    "uq_outcome_current",
    outcome.c.case_id,
    unique=True,
    sqlite_where=text("is_current"),
    postgresql_where=text("is_current"),
)
