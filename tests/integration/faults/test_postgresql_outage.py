"""PostgreSQL goes away and comes back: nobody reads an error, and nothing is lost or kept twice."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.exc import DataError

from dnk_tool.store.database import is_connection_lost
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.web.http import transactions
from tests.e2e.driving import Server
from tests.load.writers import REF, Writer, run_until, seed_writers
from tests.support import postgresql
from tests.support.app import World, form_fields, make_world, number_of_rows
from tests.support.applications import Applications, fresh_settings
from tests.support.browsers import signed_in

pytestmark = [pytest.mark.faults, pytest.mark.own_app]

MOST_LOOKS = 6_000  # each after 10 ms


@pytest.fixture
def app(postgres_store_url: str, tmp_path: Path, applications: Applications) -> Iterator[Flask]:
    app = applications.open(fresh_settings(tmp_path / "instance", postgres_store_url), is_own=True)
    app.testing = False
    yield app
    applications.close(app)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return signed_in(app, "editor")


class Cut:
    """Ends the application's connections, from another one, the first `times` that a statement begins so."""

    def __init__(self, engine: Engine, beginning: str, times: int = 1) -> None:
        self.left, self._beginning, self._url = times, beginning, engine.url
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "commit", self._commit)

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.left and statement.startswith(self._beginning):
            self._cut()

    def _commit(self, connection: Any) -> None:
        if self.left and self._beginning == "COMMIT" and connection.get_execution_options().get("writes"):
            self._cut()

    def _cut(self) -> None:
        self.left -= 1
        others = create_engine(self._url)
        with others.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        others.dispose()


@pytest.mark.parametrize("statement", ["SELECT sign_in", "SELECT declaration", "INSERT INTO answer_revision"])
def test_r4_a_save_whose_connection_is_lost_before_the_commit_is_repeated(
    app: Flask, client: FlaskClient, world: World, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/2"
    fields = form_fields(client.get(path).text) | {f"ref-{REF}-text": ["Unser Text"]}
    cut = Cut(app.extensions["dnk_engine"], statement, times=2)
    answer = client.post(path, data=fields)
    assert (answer.status_code, cut.left) == (303, 0)
    assert number_of_rows(app, AnswerRevision) == 1, "kept once"
    assert "Unser Text" in client.get(path).text
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not caplog.records[0].exc_info


def test_r4_a_save_whose_commit_was_sent_is_not_repeated(
    app: Flask, client: FlaskClient, world: World
) -> None:
    """Nobody knows whether it was kept: the person decides, with the text in front of them."""
    path = f"/erklaerungen/{world.own_declaration}/kriterien/2"
    fields = form_fields(client.get(path).text) | {f"ref-{REF}-text": ["Unser Text"]}
    Cut(app.extensions["dnk_engine"], "COMMIT")
    answer = client.post(path, data=fields)
    assert answer.status_code == 503
    assert "Unser Text" in answer.text
    assert client.post(path, data=fields).status_code == 303
    assert number_of_rows(app, AnswerRevision) == 1


def test_r4_a_page_waits_until_the_server_is_back(app: Flask, client: FlaskClient) -> None:
    engine, is_away = app.extensions["dnk_engine"], threading.Event()
    is_away.set()
    engine.dispose()

    @event.listens_for(engine, "do_connect")
    def refuse(*_given: Any) -> None:
        if is_away.is_set():
            raise engine.dialect.dbapi.OperationalError("connection refused")

    timer = threading.Timer(0.5, is_away.clear)
    timer.start()
    assert client.get("/konto").status_code == 200
    timer.join()


def test_r4_in_an_outage_each_request_is_one_line_of_the_log(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transactions, "REPEAT_SECONDS", 0.3)
    engine = app.extensions["dnk_engine"]
    engine.dispose()

    @event.listens_for(engine, "do_connect")
    def refuse(*_given: Any) -> None:
        raise engine.dialect.dbapi.OperationalError("connection refused at secret.example.org")

    sleep, pauses = time.sleep, list[float]()

    def note_pause(seconds: float) -> None:
        pauses.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(transactions.time, "sleep", note_pause)
    answers = [
        client.get("/konto"),
        client.post("/konto", data={"name": "x"}),
        app.test_client().get("/healthz"),
    ]
    assert [answer.status_code for answer in answers] == [503] * 3
    most = 3 * (transactions.REPEAT_SECONDS / transactions.PAUSE_SECONDS + 1)
    assert 3 <= len(pauses) <= most, "each is tried again, and not for long"
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 3
    assert not [record for record in errors if record.exc_info or "secret" in record.getMessage()]


def test_r4_nothing_is_lost_when_a_real_server_restarts(tmp_path: Path) -> None:
    try:
        clusters = postgresql.running_cluster("-c fsync=off")  # which only a power cut would need
        with clusters as database:
            _write_over_restarts(tmp_path, database)
    except LookupError:
        pytest.skip("no PostgreSQL here")


def _write_over_restarts(folder: Path, database: postgresql.Cluster) -> None:
    server = Server(folder, DNK_DATABASE_URL=database.url)
    try:
        people = seed_writers(server, 4, are_empty=True)
        server.start()
        writers = [Writer(server.port, *who) for who in people]
        modes, is_over = ["fast", "immediate"], threading.Event()

        def restart() -> None:
            for mode in modes:
                await_more_saves(writers)
                database.restart(mode)
            await_more_saves(writers)
            is_over.set()

        thread = threading.Thread(target=restart, daemon=True)
        thread.start()
        crowd = run_until(writers, is_over)
        thread.join(60)
        assert is_over.is_set(), "all restarts fell among the saves"
        assert all(writer.save() for writer in writers), "without a new start"
        # Only a restart in the very moment of a commit is told, since nobody knows how it ended.
        assert crowd["refused"].keys() <= {"503 unavailable"}
        assert sum(crowd["refused"].values()) <= len(writers) * len(modes)
        _assert_all_kept(database.url, people, writers)
    finally:
        server.close()


def await_more_saves(writers: Sequence[Writer]) -> None:
    """Wait until each of them has saved twice more. Raises AssertionError if that takes minutes."""
    before = [len(one.saved) for one in writers]
    for _ in range(MOST_LOOKS):
        if all(len(one.saved) > saved + 1 for one, saved in zip(writers, before, strict=True)):
            return
        time.sleep(0.01)
    raise AssertionError("the writers stand still")


def _assert_all_kept(url: str, people: list[tuple[str, int]], writers: list[Writer]) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        for (_email, declaration), writer in zip(people, writers, strict=True):
            revisions = select(AnswerRevision.content).where(AnswerRevision.declaration_id == declaration)
            texts = [content["text"] for content in connection.scalars(revisions)]
            assert not set(writer.confirmed) - set(texts)
            assert len(texts) == len(set(texts)), "nothing was stored twice"
            writer.close()
    engine.dispose()


def test_a_value_that_the_driver_refuses_is_no_outage(app: Flask) -> None:
    """Said without asking the server, so without a state: trying again would not help."""
    with app.extensions["dnk_engine"].connect() as connection, pytest.raises(DataError) as refused:
        connection.execute(text("SELECT :word"), {"word": "a\x00b"})
    assert not is_connection_lost(refused.value)
