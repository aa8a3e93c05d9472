"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content")),
    )
    op.create_table(
        "person",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("password_at", MOMENT, nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name_key", name=op.f("uq_person_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "access",
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("record_is_public", sa.Boolean(), nullable=False),
        sa.Column("changed_by", NUMBER, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_access_changed_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_access")),
    )
    op.create_index(op.f("ix_access_changed_by"), "access", ["changed_by"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("made_by", NUMBER, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_link_made_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_link_expires_at"), "link", ["expires_at"], unique=False)
    op.create_index(op.f("ix_link_made_by"), "link", ["made_by"], unique=False)
    op.create_index(op.f("ix_link_model"), "link", ["model"], unique=False)
    op.create_index(op.f("ix_link_person_id"), "link", ["person_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("added_by", NUMBER, nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_member_added_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model", "person_id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_added_by"), "member", ["added_by"], unique=False)
    op.create_index(op.f("ix_member_person_id"), "member", ["person_id"], unique=False)
    op.create_table(
        "model_version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("arrays", sa.String(length=64), nullable=True),
        sa.Column("words", sa.String(length=64), nullable=False),
        sa.Column("first_kept", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["arrays"], ["content.digest"], name=op.f("fk_model_version_arrays")),
        sa.ForeignKeyConstraint(["card"], ["content.digest"], name=op.f("fk_model_version_card")),
        sa.ForeignKeyConstraint(["words"], ["content.digest"], name=op.f("fk_model_version_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.UniqueConstraint("model", "version", "words", name=op.f("uq_model_version_model_version_words")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_model_version_arrays"), "model_version", ["arrays"], unique=False)
    op.create_index(op.f("ix_model_version_card"), "model_version", ["card"], unique=False)
    op.create_index(op.f("ix_model_version_words"), "model_version", ["words"], unique=False)
    op.create_table(
        "sitting",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("fresh_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("client", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sitting_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("digest", name=op.f("uq_sitting_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sitting_expires_at"), "sitting", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sitting_person_id"), "sitting", ["person_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("start", sa.String(length=12), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("models", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_token_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_token_expires_at"), "token", ["expires_at"], unique=False)
    op.create_index(op.f("ix_token_person_id"), "token", ["person_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("token_id", NUMBER, nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=True),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_event_subject_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_event_token_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
    op.create_index(op.f("ix_event_model_at"), "event", ["model", "at"], unique=False)
    op.create_index(op.f("ix_event_person_id"), "event", ["person_id"], unique=False)
    op.create_index(op.f("ix_event_subject_id"), "event", ["subject_id"], unique=False)
    op.create_index(op.f("ix_event_token_id"), "event", ["token_id"], unique=False)
    op.create_table(
        "kept_case",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("token_id", NUMBER, nullable=True),
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("classes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=True),
        sa.Column("body", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_case_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_kept_case_token_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_kept_case_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_case")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_kept_case_person_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kept_case_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_kept_case_expires_at"), "kept_case", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_kept_case_model_version_due_at"), "kept_case", ["model", "version", "due_at"], unique=False
    )
    op.create_index(op.f("ix_kept_case_person_id"), "kept_case", ["person_id"], unique=False)
    op.create_index(op.f("ix_kept_case_person_id_made_at"), "kept_case", ["person_id", "made_at"], unique=False)
    op.create_index(op.f("ix_kept_case_token_id"), "kept_case", ["token_id"], unique=False)
    op.create_index(op.f("ix_kept_case_version_id"), "kept_case", ["version_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("case_id", NUMBER, nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("class_name", sa.String(length=200), nullable=True),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("token_id", NUMBER, nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["kept_case.id"], name=op.f("fk_outcome_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_outcome_token_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outcome_case_id"), "outcome", ["case_id"], unique=False)
    op.create_index(op.f("ix_outcome_person_id"), "outcome", ["person_id"], unique=False)
    op.create_index(op.f("ix_outcome_token_id"), "outcome", ["token_id"], unique=False)
    op.create_index(
        "uq_outcome_current",
        "outcome",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_outcome_current",
        table_name="outcome",
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.drop_index(op.f("ix_outcome_token_id"), table_name="outcome")
    op.drop_index(op.f("ix_outcome_person_id"), table_name="outcome")
    op.drop_index(op.f("ix_outcome_case_id"), table_name="outcome")
    op.drop_table("outcome")
    op.drop_index(op.f("ix_kept_case_version_id"), table_name="kept_case")
    op.drop_index(op.f("ix_kept_case_token_id"), table_name="kept_case")
    op.drop_index(op.f("ix_kept_case_person_id_made_at"), table_name="kept_case")
    op.drop_index(op.f("ix_kept_case_person_id"), table_name="kept_case")
    op.drop_index(op.f("ix_kept_case_model_version_due_at"), table_name="kept_case")
    op.drop_index(op.f("ix_kept_case_expires_at"), table_name="kept_case")
    op.drop_table("kept_case")
    op.drop_index(op.f("ix_event_token_id"), table_name="event")
    op.drop_index(op.f("ix_event_subject_id"), table_name="event")
    op.drop_index(op.f("ix_event_person_id"), table_name="event")
    op.drop_index(op.f("ix_event_model_at"), table_name="event")
    op.drop_index(op.f("ix_event_at"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_token_person_id"), table_name="token")
    op.drop_index(op.f("ix_token_expires_at"), table_name="token")
    op.drop_table("token")
    op.drop_index(op.f("ix_sitting_person_id"), table_name="sitting")
    op.drop_index(op.f("ix_sitting_expires_at"), table_name="sitting")
    op.drop_table("sitting")
    op.drop_index(op.f("ix_model_version_words"), table_name="model_version")
    op.drop_index(op.f("ix_model_version_card"), table_name="model_version")
    op.drop_index(op.f("ix_model_version_arrays"), table_name="model_version")
    op.drop_table("model_version")
    op.drop_index(op.f("ix_member_person_id"), table_name="member")
    op.drop_index(op.f("ix_member_added_by"), table_name="member")
    op.drop_table("member")
    op.drop_index(op.f("ix_link_person_id"), table_name="link")
    op.drop_index(op.f("ix_link_model"), table_name="link")
    op.drop_index(op.f("ix_link_made_by"), table_name="link")
    op.drop_index(op.f("ix_link_expires_at"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_access_changed_by"), table_name="access")
    op.drop_table("access")
    op.drop_table("person")
    op.drop_table("content")
