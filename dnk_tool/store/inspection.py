"""Looks at a database without changing it: its kind, size, schema and clock, and what tells its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic.migration import MigrationContext
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, NullPool, Select, create_engine, inspect, make_url, select, text

from dnk_tool.store import installation_state, schema
from dnk_tool.store.base import Base
from dnk_tool.store.database import make_engine
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp
from dnk_tool.store.tables.installation import InstallationState


@dataclass(frozen=True)
class DatabaseFacts:
    """What a database says of itself. `clock`: its own time; None for SQLite, which has none of its own.

    `is_newer`: its schema belongs to a newer version of the program.
    """

    kind: str
    version: str
    size: int
    revision: str
    is_current: bool
    is_newer: bool
    clock: datetime | None


@dataclass(frozen=True)
class KeyTraces:
    """What a database knows of the secret key that it was used with.

    `fingerprint`: "" where none was noted; `encrypted`: the secrets of authenticator apps in that case.
    """

    has_accounts: bool
    fingerprint: str
    encrypted: tuple[str, ...]


def open_for_reading(url: str) -> Engine:
    """An engine that cannot write and creates no file. Connecting raises OperationalError if it fails."""
    path = sqlite_file(url)
    if path is None:
        return make_engine(url).execution_options(postgresql_readonly=True)
    file = f"file:{quote(str(path.absolute()))}?mode=ro"
    return create_engine(
        "sqlite://",
        module=sqlite,
        poolclass=NullPool,
        hide_parameters=True,
        creator=lambda: sqlite.connect(file, uri=True, timeout=4),
    )


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for a database of another kind."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def read_facts(connection: Connection) -> DatabaseFacts:
    """Ask the database for the facts."""
    revision = MigrationContext.configure(connection).get_current_revision()
    kind, version, size, clock = (
        _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    )
    return DatabaseFacts(
        kind=kind,
        version=version,
        size=size,
        revision=revision or "",
        is_current=revision == schema.head_revision(),
        is_newer=revision is not None and not schema.is_known_revision(revision),
        clock=clock,
    )


def read_key_traces(connection: Connection) -> KeyTraces:
    """What the database knows of its key. Its tables may be of any version, or missing."""
    tables = inspect(connection)

    def found(table: type[Base], query: Select[Any]) -> Sequence[Any]:
        return connection.scalars(query).all() if tables.has_table(table.__tablename__) else ()

    note = InstallationState.name == installation_state.KEY_FINGERPRINT
    noted = found(InstallationState, select(InstallationState.value).where(note))
    return KeyTraces(
        has_accounts=bool(found(Account, select(Account.id).limit(1))),
        fingerprint=noted[0] if noted else "",
        encrypted=() if noted else tuple(found(AuthenticatorApp, select(AuthenticatorApp.secret))),
    )


def _sqlite(connection: Connection) -> tuple[str, str, int, None]:
    pages = connection.scalar(text("SELECT page_count FROM pragma_page_count"))
    page = connection.scalar(text("SELECT page_size FROM pragma_page_size"))
    return "SQLite", sqlite.sqlite_version, (pages or 0) * (page or 0), None


def _postgresql(connection: Connection) -> tuple[str, str, int, datetime]:
    asked = text(
        "SELECT current_setting('server_version'), pg_database_size(current_database()), clock_timestamp()"
    )
    version, size, clock = connection.execute(asked).one()
    return "PostgreSQL", str(version).partition(" ")[0], int(size), clock.astimezone(UTC)
