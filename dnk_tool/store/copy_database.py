"""Copies everything from one database into an empty one, such as from an SQLite file to PostgreSQL."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, Integer, Table, delete, func, select, text

from dnk_tool.store import schema
from dnk_tool.store.tables.installation import InstallationState

CHUNK = 500


class DatabaseNotEmpty(Exception):
    """The target database already has rows."""


def copy_all_tables(
    source: Engine, target: Engine, *, is_replacing: bool = False
) -> Iterator[tuple[str, int]]:
    """Upgrade the target's schema and copy all rows in one transaction; yields (table, number of rows).

    The source must have the newest schema and is only read, as of one moment. `is_replacing`: what the target
    holds is deleted, in the same transaction. Raises DatabaseNotEmpty, and NewerDatabase and BrokenReferences
    as `schema.upgrade` does.
    """
    schema.upgrade(target)
    with (
        _as_of_one_moment(source).connect() as reading,
        target.execution_options(writes=True).connect() as writing,
        writing.begin(),
    ):
        tables = schema.metadata().sorted_tables
        _wait_without_limit(reading)
        _wait_without_limit(writing)
        if is_replacing:
            _empty(tables, writing)
        # What an installation notes about itself it notes at its first start: it counts for nothing.
        writing.execute(delete(InstallationState))
        if any(writing.scalar(select(select(table).exists())) for table in tables):
            raise DatabaseNotEmpty
        for table in tables:
            yield table.name, _copy_table(table, reading, writing)


def _as_of_one_moment(engine: Engine) -> Engine:
    """The engine, whose transactions see a single moment."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _wait_without_limit(connection: Connection) -> None:
    """Lift PostgreSQL's limits for this transaction: a large table takes longer than any request may."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _empty(tables: Sequence[Table], connection: Connection) -> None:
    """Delete all rows. PostgreSQL's TRUNCATE needs no order, and asks no trigger that protects a row."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        connection.execute(text(f"TRUNCATE {names}"))
        return
    for table in reversed(tables):
        connection.execute(table.delete())


def _copy_table(table: Table, reading: Connection, writing: Connection) -> int:
    """Copy the rows in order of their keys, so that references to earlier rows hold. Returns their number."""
    count = 0
    in_order = select(table).order_by(*table.primary_key).execution_options(stream_results=True)
    source_rows = reading.execute(in_order).mappings()
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
