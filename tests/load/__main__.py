"""`make load`: rates, waits and fairness beside the raw engine in the same run, and growth; prints JSON."""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.e2e.driving import Server
from tests.load.growth import grow
from tests.load.held_lock import read_beside_lock
from tests.load.raw_engine import raw_rate
from tests.load.writers import Person, Writer, run_closed, run_open, seed_writers
from tests.support import postgresql

CLIENTS, WRITERS, OPEN_RATE, LOCK_SECONDS = (1, 4, 8), 8, 50, 10
COMPANIES = (100, 1_000)


def main() -> None:
    """Measure what was asked for, and print each part as soon as it is there, as a line of JSON."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement (default: 10)")
    parser.add_argument(
        "--companies", type=int, nargs="*", default=COMPANIES, help="such as 100 1000 10000; none: no growth"
    )
    asked = parser.parse_args()
    print(json.dumps({"when": datetime.now(UTC).isoformat(timespec="minutes"), "on": machine()}))
    for kind in ("sqlite", "postgresql"):
        if kind == "postgresql" and postgresql.programs() is None:
            continue
        with _database(kind) as url, tempfile.TemporaryDirectory() as folder:
            for name, measured in load(Path(folder), url, asked.seconds):
                print(
                    json.dumps({"engine": kind, name: measured, "load_average": os.getloadavg()[0]}),
                    flush=True,
                )
    for number in asked.companies:
        with tempfile.TemporaryDirectory() as folder:
            print(
                json.dumps({"growth": grow(Path(folder), number), "load_average": os.getloadavg()[0]}),
                flush=True,
            )


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


def load(folder: Path, url: str, seconds: float) -> Iterator[tuple[str, Any]]:
    """Measurements of one server, with the raw engine before them."""
    server = Server(folder, **({"DNK_DATABASE_URL": url} if url else {}))
    try:
        people = seed_writers(server, WRITERS + 1)
        yield "raw_engine", raw_rate(server.database, min(seconds, 3))
        server.start()
        writers = [Writer(server.port, *who) for who in people[:WRITERS]]
        run_closed(writers, 1)  # the first requests load much
        for number in CLIENTS:
            yield f"closed_{number}", run_closed(writers[:number], seconds)
        yield f"open_{OPEN_RATE}_per_second", run_open(writers, seconds, OPEN_RATE)
        if not url:
            reader, path = Person(server.port, people[-1][0]), f"/erklaerungen/{people[-1][1]}/"
            database = server.instance / "dnk.sqlite3"
            yield "beside_held_lock", read_beside_lock(database, writers, reader, path, LOCK_SECONDS)
    finally:
        server.close()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """The address of a PostgreSQL that keeps what it confirms; empty for SQLite in the instance."""
    with ExitStack() as stack:
        yield stack.enter_context(postgresql.running_cluster()).url if kind == "postgresql" else ""


if __name__ == "__main__":
    main()
