"""Many who write at once, and a lock that another process holds: nobody waits long, and readers go on."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.store import rate_limits
from dnk_tool.store.database import (
    LONG_PATIENCE_SECONDS,
    PAGE_PATIENCE_SECONDS,
    make_engine,
    session_factory,
    write_session,
)
from dnk_tool.store.tables.accounts import SignIn
from dnk_tool.store.write_queue import WriteQueue
from dnk_tool.web.http import sessions
from dnk_tool.web.http.sessions import TOUCH_PATIENCE_SECONDS
from tests.e2e.driving import Server
from tests.load.held_lock import read_beside_lock, write_lock
from tests.load.writers import Person, Writer, run_closed, run_open, seed_writers
from tests.support.app import World, database_session
from tests.support.browsers import signed_in

pytestmark = pytest.mark.faults

NOW, HOUR = datetime(2026, 11, 27, 9, 0, tzinfo=UTC), timedelta(hours=1)
SOON = 120.0


def soon() -> float:
    return time.monotonic() + SOON


def comes_soon(condition: Callable[[], bool]) -> bool:
    until = soon()
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def test_r15_writers_get_their_turn_in_the_order_of_coming() -> None:
    queue, served = WriteQueue(4), list[int]()

    def write(number: int) -> None:
        assert queue.enter(soon())
        queue.note_lock()
        served.append(number)
        queue.leave()

    assert queue.enter(soon())
    queue.note_lock()
    with ThreadPoolExecutor(4) as threads:
        jobs = []
        for number in range(4):
            jobs.append(threads.submit(write, number))
            assert comes_soon(lambda number=number: queue.waiting() == number + 1)  # type: ignore[misc]
            queue.note_lock()  # it moves
        queue.leave()
        assert not wait(jobs, SOON).not_done
    assert served == [0, 1, 2, 3]
    assert queue.enter(soon()), "it is free again"


def test_r6_only_where_the_lock_stands_still_are_those_behind_refused() -> None:
    queue = WriteQueue(3)
    assert queue.enter(soon())
    with ThreadPoolExecutor(6) as threads:
        jobs = [threads.submit(queue.enter, soon()) for _ in range(6)]
        assert comes_soon(lambda: queue.waiting() <= 2), "the first and two more may be held up"
        refused = [job for job in jobs if job.done()]
        assert [job.result() for job in refused] == [False] * 4
        for _ in range(3):
            queue.leave()
        assert sorted(job.result(SOON) for job in jobs) == [False] * 4 + [True] * 2


def test_r6_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    queue = WriteQueue(4)
    assert queue.enter(soon())
    assert not queue.enter(time.monotonic() + 0.05)
    assert queue.waiting() == 0
    queue.leave()
    assert queue.enter(time.monotonic())


def test_r15_nobody_is_overtaken_for_long(store: sessionmaker[Session]) -> None:
    """On both engines: eight writers in a closed loop, until all together wrote 160 times."""
    counts, lock, all_are_there = [0] * 8, threading.Lock(), threading.Barrier(8)

    def work(number: int) -> None:
        with write_session(store) as session, session.begin():
            rate_limits.count_hits(session, "", window=HOUR, now=NOW)  # connects, which takes longest
        all_are_there.wait(SOON)
        while sum(counts) < 160:
            with write_session(store) as session, session.begin():
                rate_limits.hit(session, f"writer {number}", 1, window=HOUR, now=NOW)
                time.sleep(0.003)  # what a save does meanwhile
            with lock:
                counts[number] += 1

    with ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(work, number) for number in range(8)]
        assert not wait(jobs, SOON).not_done
    for job in jobs:
        job.result()  # no SQLITE_BUSY, no deadlock
    assert min(counts) * 3 >= max(counts)
    with store() as session:
        written = [
            rate_limits.count_hits(session, f"writer {number}", window=HOUR, now=NOW) for number in range(8)
        ]
    assert written == counts


def test_r6_a_lock_held_by_another_process_ends_the_patience(empty_database: Path, tmp_path: Path) -> None:
    file = tmp_path / "held.sqlite3"
    file.write_bytes(empty_database.read_bytes())
    engine = make_engine(f"sqlite:///{file}", patience=0.2)
    factory = session_factory(engine)
    with write_lock(file), pytest.raises(OperationalError), write_session(factory) as session:
        rate_limits.hit(session, "key", 1, window=HOUR, now=NOW)
    with write_session(factory) as session, session.begin():
        assert rate_limits.hit(session, "key", 1, window=HOUR, now=NOW) == 1, "the turn was given back"
    engine.dispose()


@pytest.mark.sqlite
def test_r6_a_page_does_not_wait_for_a_note_that_may_fail(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(app, "owner")
    page = f"/erklaerungen/{world.own_declaration}/"
    client.get(page)  # the first time takes longest
    with database_session(app) as session:
        session.execute(update(SignIn).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=5)))
    patience = list[float]()

    def note_patience(factory: sessionmaker[Session], **options: Any) -> Session:
        patience.append(options.get("patience", LONG_PATIENCE_SECONDS))
        return write_session(factory, **options)

    monkeypatch.setattr(sessions, "write_session", note_patience)
    with write_lock(Path(app.extensions["dnk_engine"].url.database)):
        assert client.get(page).status_code == 200
    assert "the time of last use could not be noted" in caplog.text
    assert patience == [TOUCH_PATIENCE_SECONDS], "well below the patience of a writer"
    assert TOUCH_PATIENCE_SECONDS * 20 < PAGE_PATIENCE_SECONDS


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


def test_r6_r14_r15_a_real_server_with_eight_writers(server: Server) -> None:
    """A reader goes on while all eight threads could be waiting, and afterwards everybody saves alike."""
    people = seed_writers(server, 9, are_empty=True)
    server.start()
    writers = [Writer(server.port, *who) for who in people[:8]]
    reader, path = Person(server.port, people[8][0]), f"/erklaerungen/{people[8][1]}/"
    reader.request("GET", path)
    held = read_beside_lock(server.instance / "dnk.sqlite3", writers, reader, path, 4.5)
    assert held["refused"].keys() == {"503 unavailable"}
    assert held["reader"]["longest_ms"] < 3_500, "some threads are free before the first writer gives up"
    crowd = run_closed(writers, 2, least=160)
    assert crowd["refused"] == {}
    assert crowd["fairness"] >= 1 / 3
    due = run_open(writers, 2, 50)
    assert due["refused"] == {}
    assert sum(len(writer.saved) for writer in writers) >= 100, "each that was due"
    for writer in writers:
        writer.close()
    reader.close()
