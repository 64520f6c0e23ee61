"""Copies a database at work into one file, and such a file back into the place of a database."""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from dnk_tool.paths import sync_to_disk
from dnk_tool.store import schema
from dnk_tool.store.base import Base
from dnk_tool.store.copy_database import copy_all_tables
from dnk_tool.store.database import make_engine
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.tables.evidence import EvidenceFile

# SQLite's own lock that every connection to a database in WAL mode holds, in the file `-shm`.
_SHM_LOCK_BYTE = 128
# PostgreSQL takes a moment to notice that a connection was closed.
_GOODBYE_SECONDS = 2.0
# What SQLite's own driver and SQLAlchemy raise of a database that fails.
DATABASE_ERRORS = (sqlite.Error, SQLAlchemyError)
_BESIDE = ("-wal", "-shm", "-journal")


class OldSchema(Exception):
    """The PostgreSQL database has not the schema of this version, so that its tables cannot be copied."""


class NothingThere(Exception):
    """The database has no tables: nothing was ever installed in it."""


class DatabaseInUse(Exception):
    """Another process works on the database."""


def copy_to_file(engine: Engine, file: Path) -> None:
    """Copy everything that was committed before the call into a new SQLite file, while others go on writing.

    An SQLite database is read in one step, so that the copy ends however many saves come meanwhile;
    PostgreSQL in one transaction that sees a single moment. Raises OldSchema.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        finally:
            connection.close()
        return
    if not schema.is_current(engine):
        raise OldSchema
    target = make_engine(f"sqlite:///{file}")
    try:
        for _table, _count in copy_all_tables(engine, target):
            pass
    finally:
        target.dispose()
    make_single_file(file)


def make_single_file(file: Path) -> None:
    """Take an SQLite database out of WAL mode, so that nothing of it lies beside the file."""
    with closing(sqlite.connect(str(file))) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def opened_copy(file: Path) -> Iterator[Engine]:
    """An engine on a copy, which leaves the file as it is, closed at the end."""
    engine = create_engine(f"sqlite:///{file}", module=sqlite)
    try:
        yield engine
    finally:
        engine.dispose()


def contents_of(engine: Engine) -> dict[BlobKey, int]:
    """Size by key of every content of evidence that the database knows."""
    if not inspect(engine).has_table(EvidenceFile.__tablename__):
        return {}  # older than evidence
    columns = select(EvidenceFile.organisation_id, EvidenceFile.sha256, EvidenceFile.size)
    with engine.connect() as connection:
        return {BlobKey(owner, sha256): size for owner, sha256, size in connection.execute(columns)}


def size_of(engine: Engine) -> int:
    """About how many bytes a copy takes."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def revision(engine: Engine) -> str:
    """The schema's revision; "" for a database without any."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_installation(engine: Engine) -> None:
    """Raise NothingThere for a database without tables, which is not created by asking."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and not (file and Path(file).exists()):
        raise NothingThere
    if not revision(engine):
        raise NothingThere


def count_rows(file: Path) -> dict[str, int]:
    """The number of rows by table of an SQLite file."""
    with closing(sqlite.connect(str(file))) as connection:
        named = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        counts = ((name, f'SELECT count(*) FROM "{name}"') for (name,) in named)  # noqa: S608 - its own tables
        return {name: connection.execute(query).fetchone()[0] for name, query in counts}


def problem_of(file: Path) -> str:
    """What is wrong with an SQLite file, by its own check of every page and reference; "" for a sound one."""
    try:
        with closing(sqlite.connect(str(file))) as connection:
            answer = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            if answer != "ok":
                return answer
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            return f"table {broken[0]} has rows that refer to nothing" if broken else ""
    except sqlite.DatabaseError as error:
        return str(error)


def holds_any(engine: Engine, models: Iterable[type[Base]]) -> bool:
    """Whether there is a row of one of the models; an SQLite file that cannot be read may hold some."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and not (file and Path(file).exists()):
        return False  # asking would create it
    try:
        with engine.connect() as connection:
            known = set(inspect(connection).get_table_names())
            tables = [model.__table__ for model in models if model.__tablename__ in known]
            return any(connection.scalar(select(select(table).exists())) for table in tables)
    except DatabaseError:
        if engine.dialect.name != "sqlite":
            raise
        return True


def refuse_in_use(engine: Engine) -> None:
    """Raise DatabaseInUse if another process, such as the server, has the database open.

    The caller must have no connection of its own. Where SQLite works without WAL, a connection at rest leaves
    no trace: only a transaction at work is seen.
    """
    if engine.dialect.name == "sqlite":
        file, shared = Path(str(engine.url.database)), Path(f"{engine.url.database}-shm")
        if _is_locked(shared) or (file.exists() and not shared.exists() and _has_transaction(file)):
            raise DatabaseInUse
        return
    deadline = time.monotonic() + _GOODBYE_SECONDS
    while _other_connections(engine):
        if time.monotonic() > deadline:
            raise DatabaseInUse
        time.sleep(0.1)


def _other_connections(engine: Engine) -> int:
    ours = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename = current_user AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        return int(connection.execute(ours).scalar_one())


def put_in_place(file: Path, engine: Engine, *, aside: str) -> Path | None:
    """Put the migrated SQLite file in the place of the database, wholly or not at all.

    What an SQLite database held is moved aside under its name with `aside` added, whose path is returned;
    PostgreSQL's tables are emptied and filled in one transaction.
    """
    if engine.dialect.name != "sqlite":
        source = make_engine(f"sqlite:///{file}")
        try:
            for _table, _count in copy_all_tables(source, engine, is_replacing=True):
                pass
        finally:
            source.dispose()
        return None
    target = Path(str(engine.url.database))
    former = target.with_name(target.name + aside)
    has_former = target.exists()
    # Also where the database itself is gone: SQLite would take a log that was left for the new one's.
    for ending in ("", *_BESIDE):
        if (part := Path(f"{target}{ending}")).exists():
            os.rename(part, f"{former}{ending}")
    sync_to_disk(file)
    os.rename(file, target)
    sync_to_disk(target.parent)
    return former if has_former else None


def _has_transaction(file: Path) -> bool:
    """Whether another process reads or writes an SQLite database; a damaged one nobody can work on."""
    try:
        with closing(sqlite.connect(str(file), timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite.DatabaseError as error:
        return "locked" in str(error)
    return False


def _is_locked(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _SHM_LOCK_BYTE)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
