"""A PostgreSQL server of one's own, for as long as it is needed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.machine import MEMORY, in_memory

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


def programs() -> Path | None:
    """Where PostgreSQL's programs are, if it is installed."""
    initdb_paths = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if initdb_paths:
        return initdb_paths[-1].parent
    program = shutil.which("initdb")
    return Path(program).parent if program else None


@contextmanager
def cluster() -> Iterator[str]:
    """The address of an empty database in a private cluster that listens on a socket only.

    Raises LookupError where PostgreSQL is not installed.
    """
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise LookupError("no PostgreSQL here")
    # A socket's path may have hardly more than 100 letters, so not below pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="dnk-pg-", dir=MEMORY if in_memory() else "/tmp"))  # noqa: S108
    # initdb refuses to work for root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres", "postgres")
    run: dict[str, Any] = {
        "check": True,
        "cwd": "/",
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    data, options = folder / "data", f"-c listen_addresses='' -k {folder} {OPTIONS}"
    initdb = [*user, folder_of_programs / "initdb", "-D", data]
    subprocess.run([*initdb, "-U", "dnk", "-A", "trust", "-E", "UTF8"], **run)
    control = [*user, folder_of_programs / "pg_ctl", "-D", data, "-w"]
    try:
        subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **run)
        yield f"postgresql+psycopg://dnk@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **{**run, "check": False})
        shutil.rmtree(folder, ignore_errors=True)
