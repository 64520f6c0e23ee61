"""Makes the database engine, with settings that lose no acknowledged save on SQLite and PostgreSQL."""

import time
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.store.write_queue import WriteQueue

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

# How long a transaction waits for SQLite's write lock, of a page and of a command.
PAGE_PATIENCE_SECONDS, LONG_PATIENCE_SECONDS = 4.0, 10.0
# Writers that may wait for a lock that stands still, where nothing else was said.
MOST_HELD_UP = 4
# SQLite tries again after 1, 2, 5, ... ms within this time, so that two processes meet at eye level.
_POLL_MILLISECONDS = 20
# PostgreSQL's states of connections that failed or were ended, and of a server that stops or starts.
_LOST_STATES = ("08", "57P01", "57P02", "57P03")
_WRITES = "dnk writes"  # key in the pool's record of a connection whose turn it is to write

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})


Values = Row[*tuple[Any, ...]]  # of columns, without an object that the session keeps


class NewerDatabase(Exception):
    """The database has the schema of a newer version of the program, which this one cannot read."""


# Key in `Session.info` of a session that has put mails into the outbox.
MAIL_QUEUED = "mail queued"
# Key in `Session.info` of a session that ended its transaction and keeps the rows it read there.
TRANSACTION_ENDED = "let go"


class UnsafeStorage(Exception):
    """The database lies where an acknowledged save can be lost, such as a network file system."""


class WriteLockTimeout(sqlite.OperationalError):  # type: ignore[misc]  # pysqlite3 brings no types
    """The turn to write did not come in time."""

    sqlite_errorname = "SQLITE_BUSY"


# More than the threads of one server, so that none waits for another's connection.
MOST_CONNECTIONS = 10


def make_engine(
    url: str, *, most_held_up: int = MOST_HELD_UP, patience: float = LONG_PATIENCE_SECONDS
) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://...`.

    Transactions begin as "BEGIN" for reading; with the execution option `writes=True` they begin as
    "BEGIN IMMEDIATE" on SQLite, one after another in the order of coming, so that a writer waits for its turn
    instead of failing half-way. It waits `patience` seconds, unless the execution option of this name says
    another number. `most_held_up`: see WriteQueue. No error's text holds the values of its statement. Raises
    UnsafeStorage for an SQLite file on a network file system.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url, WriteQueue(most_held_up), patience)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=MOST_CONNECTIONS,  # kept: to open one anew takes longer than most transactions
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=30000 -c lock_timeout=10000 "
            "-c idle_in_transaction_session_timeout=60000",
        },
    )


def _sqlite_engine(url: str, queue: WriteQueue, patience: float) -> Engine:
    path = make_url(url).database
    if path:
        refuse_network_file_system(Path(path).parent)
    engine = create_engine(url, hide_parameters=True, module=sqlite)
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", partial(_begin, queue, patience))
    event.listen(engine, "checkin", partial(_end_turn, queue))
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


def _begin(queue: WriteQueue, patience: float, connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + options.get("patience", patience)
    record: Any = connection.connection.record_info
    if record.get(_WRITES):  # a second transaction of the same connection
        _lock_for_writing(connection, until)
        return
    if not queue.enter(until):
        raise OperationalError("BEGIN IMMEDIATE", None, WriteLockTimeout("database is locked"))
    try:
        _lock_for_writing(connection, until)
    except BaseException:
        queue.leave()
        raise
    queue.note_lock()
    record[_WRITES] = True


def _lock_for_writing(connection: Connection, until: float) -> None:
    """Take SQLite's write lock, which another process may hold. Raises OperationalError after `until`."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA busy_timeout={_POLL_MILLISECONDS}")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                is_busy = getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")
                if not is_busy or time.monotonic() >= until:
                    raise
    finally:
        driver.execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout']}")


def _end_turn(queue: WriteQueue, _connection: Any, record: Any) -> None:
    """Let the next one write, as soon as the connection is back in the pool: its transaction is over."""
    if record.record_info.pop(_WRITES, False):
        queue.leave()


def refuse_network_file_system(folder: Path) -> None:
    """Raise UnsafeStorage if the folder lies on a network file system, whose locks are unreliable."""
    mounts = Path("/proc/self/mounts")  # /proc/mounts is hidden from a service (ProcSubset=pid)
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


def is_connection_lost(error: BaseException | None) -> bool:
    """Whether the statement failed because PostgreSQL went away, restarts, or cannot be reached."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.orig, "sqlstate", "")  # None where no server answered
    return error.connection_invalidated or state is None or state.startswith(_LOST_STATES)


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions for reading; `write_session` makes one that may write."""
    return sessionmaker(engine, expire_on_commit=False)


def ping(session: Session) -> None:
    """Ask the database for nothing. Raises OperationalError if it does not answer."""
    session.execute(select(1))


def write_session(factory: sessionmaker[Session], *, patience: float | None = None) -> Session:
    """A session for writing: its transaction takes SQLite's write lock at the start, so keep it short.

    `patience`: the seconds that it may wait for the lock, if not those of the engine. OperationalError is
    raised after them.
    """
    engine = factory.kw["bind"]
    options = {} if patience is None else {"patience": patience}
    return factory(bind=engine.execution_options(writes=True, **options))


def read_values(session: Session, query: Select[Any], wanted: Mapping[str, Any]) -> Sequence[Values]:
    """Run a query about tables instead of classes, which takes a third less time.

    As before one about classes, what the session changed is written first. All rows come at once, because one
    after another they take longer. No condition about deleted declarations is added: the query has it itself.
    """
    session.flush()
    return session.connection().execute(query, wanted).all()


class KeyedQuery:
    """A query about tables, limited to some keys of a column.

    For one key it is a statement of its own, as several are written into the statement anew at each run.
    """

    def __init__(self, query: Select[Any], column: ColumnElement[Any]) -> None:
        self._of_one = query.where(column == bindparam("key"))
        self._of_several = query.where(column.in_(bindparam("keys", expanding=True)))

    def read(self, session: Session, keys: Collection[int], **wanted: Any) -> Sequence[Values]:
        """All rows with one of these keys; `wanted`: further parameters of the query."""
        if len(keys) == 1:
            return read_values(session, self._of_one, {"key": next(iter(keys)), **wanted})
        return read_values(session, self._of_several, {"keys": [*keys], **wanted})
