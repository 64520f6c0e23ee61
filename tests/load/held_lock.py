"""Pages while another process holds the write lock of SQLite, and writers wait for it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pysqlite3 import (
    dbapi2 as sqlite,
)  # the server's; within a process two libraries would not see each other

from tests.load.writers import Person, Writer, waits


@contextmanager
def write_lock(database: Path) -> Iterator[None]:
    """Hold the write lock of the file as another process would: apart from the server's queue."""
    with closing(sqlite.connect(database, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def read_beside_lock(
    database: Path, writers: Sequence[Writer], reader: Person, path: str, seconds: float
) -> dict[str, Any]:
    """Waits of somebody who reads a page again and again, while nobody can write and all try."""
    end = threading.Event()

    def write(writer: Writer, tried: list[float]) -> None:
        while not end.is_set():
            begin = time.perf_counter()
            writer.save()
            tried.append(time.perf_counter() - begin)
            end.wait(0.5)  # a page tries again later, not at once

    for writer in writers:
        writer.forget()
    tried: list[float] = []
    threads = [threading.Thread(target=write, args=(writer, tried), daemon=True) for writer in writers]
    read: list[float] = []
    with write_lock(database):
        for thread in threads:
            thread.start()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            begin = time.perf_counter()
            assert reader.request("GET", path)[0] == 200
            read.append(time.perf_counter() - begin)
            time.sleep(0.05)
        end.set()
        for thread in threads:
            thread.join(30)
    refused = sum((writer.refused for writer in writers), Counter[str]())
    return {
        "pages": len(read),
        "reader": waits(read),
        "refused_after": waits(tried),
        "refused": dict(refused),
    }
