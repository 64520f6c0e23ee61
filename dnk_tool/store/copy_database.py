"""Copies everything from one database into an empty one, such as from an SQLite file to PostgreSQL."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Integer, Table, func, select, text

from dnk_tool.store import schema

CHUNK = 500


class DatabaseNotEmpty(Exception):
    """The target database already has rows."""


def copy_all_tables(source: Engine, target: Engine) -> Iterator[tuple[str, int]]:
    """Upgrade the target's schema and copy all rows in one transaction; yields (table, number of rows).

    The source must have the newest schema and is only read. Raises DatabaseNotEmpty, and NewerDatabase and
    BrokenReferences as `schema.upgrade` does.
    """
    schema.upgrade(target)
    with (
        source.connect() as reading,
        target.execution_options(writes=True).connect() as writing,
        writing.begin(),
    ):
        tables = schema.metadata().sorted_tables
        if any(writing.scalar(select(select(table).exists())) for table in tables):
            raise DatabaseNotEmpty
        for table in tables:
            yield table.name, _copy_table(table, reading, writing)


def _copy_table(table: Table, reading: Connection, writing: Connection) -> int:
    """Copy the rows in order of their keys, so that references to earlier rows hold. Returns their number."""
    count = 0
    source_rows = reading.execute(select(table).order_by(*table.primary_key)).mappings()
    for rows in source_rows.partitions(CHUNK):
        writing.execute(table.insert(), [dict(row) for row in rows])
        count += len(rows)
    if count and writing.dialect.name == "postgresql":
        _advance_sequence(table, writing)
    return count


def _advance_sequence(table: Table, writing: Connection) -> None:
    """Set PostgreSQL's sequence of row numbers to the last id: copied rows do not advance it."""
    (key, *more) = table.primary_key.columns
    if more or not isinstance(key.type, Integer):
        return
    named = {"table": f'"{table.name}"', "column": key.name}
    counter = writing.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
    if counter is not None:
        writing.execute(
            text("SELECT setval(:counter, :last)"),
            {"counter": counter, "last": writing.scalar(select(func.max(key)))},
        )
