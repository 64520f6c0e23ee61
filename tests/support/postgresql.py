"""A PostgreSQL server of one's own, for as long as it is needed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from tests.support.machine import MEMORY, in_memory

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


def programs() -> Path | None:
    """Where PostgreSQL's programs are, if it is installed."""
    initdb_paths = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if initdb_paths:
        return initdb_paths[-1].parent
    program = shutil.which("initdb")
    return Path(program).parent if program else None


class Cluster:
    """A private server that listens on a socket only; `url` is the address of an empty database there."""

    def __init__(self, folder: Path, control: list[Any]) -> None:
        self.url = f"postgresql+psycopg://dnk@/postgres?host={folder}"
        self._folder, self._control = folder, control

    def start(self, options: str) -> None:
        """Start it, with options of `postgres`."""
        options = f"-c listen_addresses='' -k {self._folder} {options}"
        _run([*self._control, "-l", self._folder / "log", "-o", options, "start"])

    def restart(self, mode: str) -> None:
        """Stop it as `pg_ctl -m mode` does, and start it as before."""
        _run([*self._control, "-l", self._folder / "log", "-m", mode, "restart"])

    def stop(self) -> None:
        """Stop it at once; as `start`, it may be called again."""
        _run([*self._control, "-m", "immediate", "stop"], check=False)


def _run(command: list[Any], *, check: bool = True) -> None:
    nothing = subprocess.DEVNULL
    subprocess.run(command, check=check, cwd="/", stdout=nothing, stderr=nothing)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of an empty database in a cluster that is not made for power cuts. Raises LookupError."""
    with running_cluster(OPTIONS) as server:
        yield server.url


@contextmanager
def running_cluster(options: str = "") -> Iterator[Cluster]:
    """A private cluster. Raises LookupError where PostgreSQL is not installed."""
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise LookupError("no PostgreSQL here")
    # A socket's path may have hardly more than 100 letters, so not below pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="dnk-pg-", dir=MEMORY if in_memory() else "/tmp"))  # noqa: S108
    # initdb refuses to work for root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    initdb = [*user, folder_of_programs / "initdb", "-D", data, "--no-sync"]
    _run([*initdb, "-U", "dnk", "-A", "trust", "-E", "UTF8"])
    server = Cluster(folder, [*user, folder_of_programs / "pg_ctl", "-D", data, "-w"])
    try:
        server.start(options)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class EmptiedDatabase:
    """A PostgreSQL database that is as good as new for each test; making one takes a hundred times longer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = make_engine(url)
        schema.upgrade(self._engine)
        with self._engine.connect() as connection:
            counters = connection.scalars(
                text("SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'S'")
            )
            tables = connection.scalars(
                text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
            )
            emptied = [f"DELETE FROM public.{name}" for name in tables if name != "alembic_version"]  # noqa: S608
            restarted = [f"PERFORM setval('public.{name}', 1, false)" for name in counters]
        # In a function each statement is planned once and not before every test.
        body = "; ".join([*emptied, *restarted])
        with self._engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA emptying")
            connection.exec_driver_sql(
                f"CREATE FUNCTION emptying.empty_all() RETURNS void LANGUAGE plpgsql AS $$BEGIN {body}; END$$"
            )

    def empty(self) -> None:
        # Nobody of the last test holds a lock; no trigger refuses, no key forbids.
        with self._engine.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid(); "
                "SET LOCAL session_replication_role = replica; "
                "SELECT emptying.empty_all()"
            )

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def own_database(server_url: str) -> Iterator[str]:
    """The address of an empty database of one's own on the server, for as long as it is needed."""
    name = f"store_{uuid4().hex}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@contextmanager
def emptied_database(server_url: str) -> Iterator[EmptiedDatabase]:
    """A migrated database of one's own, for as long as it is needed."""
    with own_database(server_url) as url:
        emptied = EmptiedDatabase(url)
        yield emptied
        emptied.close()
