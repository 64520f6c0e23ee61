"""Runs migrations on the connection, and inside the transaction, that `store.schema` hands over."""

from alembic import context

from dnk_tool.store import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata(),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
