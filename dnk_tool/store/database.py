"""Makes the database engine, with settings that lose no acknowledged save on SQLite and PostgreSQL."""

from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.orm import Session, sessionmaker

# WAL with synchronous=FULL: NORMAL loses acknowledged saves at a power cut.
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "10000",
    "wal_autocheckpoint": "1000",
    "journal_size_limit": "67108864",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "temp_store": "MEMORY",
    "mmap_size": "0",
}

# SQLite before 3.51.3 can lose commits that race a checkpoint in WAL mode.
FIRST_SAFE_WAL = (3, 51, 3)

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})


class NewerDatabase(Exception):
    """The database has the schema of a newer version of the program, which this one cannot read."""


# Key in `Session.info` of a session that ended its transaction and keeps the rows it read there.
TRANSACTION_ENDED = "let go"


class UnsafeStorage(Exception):
    """The database lies where an acknowledged save can be lost, such as a network file system."""


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://...`.

    Transactions begin as "BEGIN" for reading; with the execution option `writes=True` they begin as
    "BEGIN IMMEDIATE" on SQLite, so that a writer waits for its turn instead of failing half-way.
    No error's text holds the values of its statement. Raises UnsafeStorage for an SQLite file on a network
    file system.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "options": "-c statement_timeout=30000 -c lock_timeout=10000 "
            "-c idle_in_transaction_session_timeout=60000"
        },
    )


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path:
        refuse_network_file_system(Path(path).parent)
    engine = create_engine(url, hide_parameters=True, module=sqlite)
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _configure_connection(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling keeps rows of a savepoint; ours is explicit.
    connection.isolation_level = None
    pragmas = dict(PRAGMAS)
    if sqlite.sqlite_version_info < FIRST_SAFE_WAL:
        pragmas["journal_mode"] = "TRUNCATE"
    cursor = connection.cursor()
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def refuse_network_file_system(folder: Path) -> None:
    """Raise UnsafeStorage if the folder lies on a network file system, whose locks are unreliable."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8").splitlines():
        _, point, file_system, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if folder.resolve().is_relative_to(point) and len(point) >= len(best):
            best, kind = point, file_system
    if kind in NETWORK_FILE_SYSTEMS:
        raise UnsafeStorage(f"{folder} lies on {kind}; SQLite needs a local disk")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions for reading; `write_session` makes one that may write."""
    return sessionmaker(engine, expire_on_commit=False)


def ping(session: Session) -> None:
    """Ask the database for nothing. Raises OperationalError if it does not answer."""
    session.execute(select(1))


def write_session(factory: sessionmaker[Session]) -> Session:
    """A session for writing: its transaction takes SQLite's write lock at the start, so keep it short."""
    engine = factory.kw["bind"]
    return factory(bind=engine.execution_options(writes=True))
