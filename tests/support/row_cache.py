"""What many tests begin with: written once by the services, for every further test put back row by row."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Table, exists, inspect, select, text
from sqlalchemy.orm import Session

from dnk_tool.language import local_day
from dnk_tool.store import schema
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation

# By scene, engine and day: what the rows say of "today" is true when they are put back.
_cache: dict[object, tuple[dict[str, Any], Any]] = {}

Told = TypeVar("Told")


def write_or_restore(session: Session, scene: object, write: Callable[[Session], Told]) -> Told:
    """Have the rows that `write` makes, and what it tells of them: numbers are the same each time.

    In a database that has companies or people already it makes them.
    """
    if session.scalar(select(exists(select(Organisation.id)) | exists(select(Account.id)))):
        told = write(session)
        session.flush()
        return told
    now = datetime.now(UTC)
    key = scene, session.get_bind().dialect.name, local_day(now), now.date()
    if key not in _cache:
        told = write(session)
        session.flush()
        _cache[key] = dict(read_rows(session)), told
        return told
    rows, known = _cache[key]
    put_back(session, rows)
    return known  # type: ignore[no-any-return]


def read_rows(session: Session) -> Iterator[tuple[str, Any]]:
    """Each table with rows, as its driver writes them."""
    there = inspect(session.connection()).get_table_names()
    for name, cursor in _cursors(session, [table.name for table in _tables() if table.name in there]):
        if _is_sqlite(session):
            rows = cursor.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
        else:
            with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                rows = b"".join(copy)
        if rows:
            yield name, rows


def put_back(session: Session, kept: dict[str, Any]) -> None:
    """Write rows that `read_rows` read into empty tables, and let numbers go on after them."""
    for name, cursor in _cursors(session, kept):
        if _is_sqlite(session):
            places = ", ".join("?" * len(kept[name][0]))
            cursor.executemany(f'INSERT INTO "{name}" VALUES ({places})', kept[name])  # noqa: S608
        else:
            with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                copy.write(kept[name])
    if not _is_sqlite(session):
        counted = [
            table.name for table in _tables() if table.name in kept and table.autoincrement_column is not None
        ]
        highest = (
            f"setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM \"{name}\"))"  # noqa: S608
            for name in counted
        )
        session.execute(text(f"SELECT {', '.join(highest)}"))


def _tables() -> list[Table]:
    """What a table refers to comes before it."""
    return schema.metadata().sorted_tables


def _cursors(session: Session, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    cursor = session.connection().connection.cursor()
    for name in names:
        yield name, cursor
    cursor.close()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
