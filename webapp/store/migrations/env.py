"""What Alembic runs: on the connection that it is handed, in the transaction that is open there."""

from alembic import context

from webapp.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can change little of a table; there Alembic makes a new one and copies.
    render_as_batch=True,
)
context.run_migrations()
