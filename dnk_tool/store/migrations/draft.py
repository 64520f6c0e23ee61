"""Prints a first draft of the next migration, to be read over and kept under `versions`.

python -m dnk_tool.store.migrations.draft 0002 "adds clusters" > .../versions/0002_clusters.py
"""

import sys
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Enum

from dnk_tool.store import schema
from dnk_tool.store.base import ExactDecimal, UtcDateTime
from dnk_tool.store.database import make_engine


def draft(revision: str, words: str) -> str:
    """The migration from the newest schema (for "0001": from nothing) to what the models describe."""
    engine = make_engine("sqlite://")
    if revision != "0001":
        schema.upgrade(engine)
    options = {"compare_type": True, "target_metadata": schema.metadata()}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        operations = produce_migrations(context, schema.metadata()).upgrade_ops
        assert operations is not None  # noqa: S101 -- always made by produce_migrations
        previous = context.get_current_revision()
        body = render_python_code(
            operations, render_as_batch=True, render_item=plain_type, migration_context=context
        )
    lines = [
        f'"""{words[:1].upper()}{words[1:].rstrip(".")}."""\n',
        "import sqlalchemy as sa",
        "from alembic import op\n",
        f'revision = "{revision}"',
        f"down_revision = {previous!r}\n\n",
        f"def upgrade() -> None:\n    {body}",
    ]
    return "\n".join(line for line in "\n".join(lines).splitlines() if "commands auto generated" not in line)


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Render column types as plain SQLAlchemy: a migration must not change when the classes do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ExactDecimal):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, Enum):
        values = ", ".join(repr(value) for value in item.enums)
        options = f"native_enum=False, create_constraint=True, length={item.length}"
        return f"sa.Enum({values}, name={item.name!r}, {options})"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()"
    return False


if __name__ == "__main__":
    print(draft(*sys.argv[1:3]))
