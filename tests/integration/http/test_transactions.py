"""A POST is kept whole or not at all, a GET never writes, and nobody waits for a password to be hashed."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from dnk_tool.domain.permissions import NotPermitted, Permission
from dnk_tool.services.accounts import passwords
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import WriteInSafeRequest, db, end_transaction
from tests.support.app import (
    World,
    database_session,
    form_fields,
    make_account,
    make_organisation,
    post,
    sign_in,
    token_of,
)

pytestmark = pytest.mark.own_app  # nearly each test here adds a page

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def add_organisation() -> None:
    db().add(Organisation(name="Neu", created_at=NOW))


def add_and_flush() -> None:
    add_organisation()
    db().flush()


def add_by_statement() -> None:
    db().execute(insert(Organisation).values(name="Neu", created_at=NOW))


def add_past_the_orm() -> None:
    db().connection().exec_driver_sql(
        "INSERT INTO organisation (name, legal_form, sector, turnover_unit, address, website, sites, "
        "version, created_at) VALUES ('Neu', '', '', '', '', '', '[]', 1, '2026-03-01')"
    )


def rename_company() -> None:
    db().scalars(select(Organisation)).one().name = "Neu"
    db().flush()


def change_by_statement() -> None:
    db().execute(update(Organisation).values(name="Neu"))


def commit() -> None:
    add_organisation()
    db().commit()


WRITES = [
    add_organisation,
    add_and_flush,
    add_by_statement,
    add_past_the_orm,
    rename_company,
    change_by_statement,
    commit,
]


@pytest.fixture
def route(app: Flask) -> Callable[..., str]:
    """Register a view for one test."""

    def make(view: Callable[[], object], method: str = "POST") -> str:
        def show() -> object:
            return view() or "ok"

        app.add_url_rule("/test", "test.show", permit(Permission.PUBLIC)(show), methods=[method])
        return "/test"

    return make


def company_names(app: Flask) -> list[str]:
    with database_session(app) as session:
        return sorted(session.scalars(select(Organisation.name)))


@pytest.fixture(autouse=True)
def one_company(app: Flask) -> None:
    with database_session(app) as session:
        make_organisation(session, "Alt")


@pytest.mark.parametrize("write", WRITES)
def test_a_get_never_writes(
    app: Flask, client: FlaskClient, route: Callable[..., str], write: Callable[[], None]
) -> None:
    path = route(write, "GET")
    app.testing = False
    assert client.get(path).status_code in (200, 500)
    assert company_names(app) == ["Alt"]


@pytest.mark.parametrize(
    "write", [add_and_flush, add_by_statement, rename_company, change_by_statement, commit]
)
def test_a_get_that_tries_is_a_loud_mistake(
    client: FlaskClient, route: Callable[..., str], write: Callable[[], None]
) -> None:
    path = route(write, "GET")
    with pytest.raises(WriteInSafeRequest):
        client.get(path)


def test_a_post_is_kept(app: Flask, client: FlaskClient, route: Callable[..., str]) -> None:
    assert post(client, route(add_organisation)).status_code == 200
    assert company_names(app) == ["Alt", "Neu"]


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 503])
def test_a_refused_post_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str], status: int
) -> None:
    def view() -> tuple[str, int]:
        add_and_flush()
        return "no", status

    assert post(client, route(view)).status_code == status
    assert company_names(app) == ["Alt"]


@pytest.mark.parametrize("error", [RuntimeError("x"), NotPermitted("x"), KeyError("x")])
def test_a_post_that_fails_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str], error: Exception
) -> None:
    def view() -> None:
        add_and_flush()
        raise error

    app.testing = False
    assert post(client, route(view)).status_code in (403, 500)
    assert company_names(app) == ["Alt"]


def test_an_abort_leaves_nothing(app: Flask, client: FlaskClient, route: Callable[..., str]) -> None:
    def view() -> None:
        add_and_flush()
        abort(409)

    assert post(client, route(view)).status_code == 409
    assert company_names(app) == ["Alt"]


def test_a_commit_that_fails_is_an_error_and_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str]
) -> None:
    def view() -> None:
        db().add(Organisation(name="", created_at=NOW))  # against a check of the database

    app.testing = False
    assert post(client, route(view)).status_code == 500
    assert company_names(app) == ["Alt"]


def test_nothing_written_is_let_go_half_way(client: FlaskClient, route: Callable[..., str]) -> None:
    def view() -> None:
        add_and_flush()
        end_transaction()

    with pytest.raises(RuntimeError, match="do the slow work first"):
        post(client, route(view))


def test_no_lock_is_held_while_a_password_is_hashed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org")
    hashing, done = threading.Event(), threading.Event()

    def slow(_password: str, _hash: str) -> bool:
        hashing.set()
        assert done.wait(60)
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    fields = form_fields(client.get("/anmelden").text) | {"email": "anna@example.org", "password": "x"}
    thread = threading.Thread(target=client.post, args=("/anmelden",), kwargs={"data": fields})
    thread.start()
    assert hashing.wait(60)
    # Whoever had to wait for the hash would be told that the database is locked.
    with database_session(app) as session:
        session.scalars(select(Account)).one().name = "Meanwhile"
    assert thread.is_alive()
    done.set()
    thread.join()


def be_impatient(app: Flask) -> None:
    """Let nobody wait for the write lock for long."""
    engine = app.extensions["dnk_engine"].execution_options(patience=0.05)
    app.extensions["dnk_session_factory"].configure(bind=engine)


@pytest.mark.sqlite
def test_a_locked_database_is_answered_with_503_and_the_text(
    app: Flask, client: FlaskClient, route: Callable[..., str]
) -> None:
    path = route(add_organisation)
    token = token_of(client)
    app.testing = False
    be_impatient(app)
    with database_session(app) as session:
        session.scalars(select(Organisation)).one()  # holds the write lock
        answer = client.post(path, data={"csrf_token": token, "text": "mein langer Text"})
        assert client.get("/anmelden").status_code == 200, "readers go on"
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "mein langer Text" in answer.text
    assert client.post(path, data=form_fields(answer.text)).status_code == 200
    assert company_names(app) == ["Alt", "Neu"]


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """Somebody else holds the write lock, for longer than anybody waits."""
    app.testing = False
    be_impatient(app)
    with database_session(app) as session:
        session.scalars(select(Organisation)).all()
        yield


@pytest.mark.sqlite
def test_a_locked_database_is_told_to_who_is_signed_in(app: Flask, client: FlaskClient, world: World) -> None:
    sign_in(client, "owner@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    fields = form_fields(client.get(path).text) | {"ref-1.1-text": "mein langer Text"}
    script = {"X-Requested-With": "fetch"}
    with somebody_writes(app):
        page = client.post(path, data=fields)
        saved = client.post(path, data=fields | {"autosave": "1"}, headers=script)
        assert client.get(path).status_code == 200, "readers go on"
    assert page.status_code == saved.status_code == 503
    assert page.headers["Retry-After"]
    assert saved.headers["Retry-After"]
    assert "mein langer Text" in page.text
    assert saved.get_json()["status"] == "unavailable"
    assert saved.get_json()["message"]
    assert client.post(path, data=form_fields(page.text)).status_code == 303, "still signed in"
    assert "mein langer Text" in client.get(path).text


def test_a_full_disk_is_never_called_saved(
    app: Flask,
    client: FlaskClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign_in(client, "owner@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    fields = form_fields(client.get(path).text) | {"ref-1.1-text": "mein langer Text"}
    app.testing = False
    full = Exception("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"  # type: ignore[attr-defined]

    def commit(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, full)

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", commit)
        page = client.post(path, data=fields)
    assert page.status_code == 503
    assert "mein langer Text" in page.text
    assert "Gespeichert." not in page.text
    assert "SQLITE_FULL" in caplog.text
    assert "Gespeichert." not in client.get(path).text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("is_script", [False, True])
def test_a_database_that_breaks_half_way_is_asked_nothing_more(
    app: Flask, client: FlaskClient, route: Callable[..., str], method: str, is_script: bool
) -> None:
    asked: list[str] = []

    def view() -> None:
        db().scalars(select(Organisation)).all()
        event.listen(
            app.extensions["dnk_engine"], "before_cursor_execute", lambda *given: asked.append(given[2])
        )
        raise OperationalError("SELECT secret", {}, Exception("gone"))

    path = route(view, method)
    with database_session(app) as session:
        make_account(session, "anna@example.org", name="Anna")
    sign_in(client, "anna@example.org")
    token = token_of(client)
    app.testing = False
    headers = {"X-Requested-With": "fetch"} if is_script else {}
    data = {"csrf_token": token} if method == "POST" else None
    answer = client.open(path, method=method, data=data, headers=headers)
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert ("Das dauert gerade zu lange" in answer.text) is not is_script
    assert "Anna" not in answer.text
    assert asked == []


def test_a_slow_upload_holds_up_nobody(app: Flask, client: FlaskClient, world: World) -> None:
    sign_in(client, "owner@example.org")
    sign_in(colleague := app.test_client(), "editor@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    fields = form_fields(colleague.get(path).text)
    cookie = client.get_cookie("dnk-sign-in")
    assert cookie
    is_read = threading.Event()

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["CONTENT_LENGTH"] == "5000":
            environ["wsgi.input"] = NotedBody(environ["wsgi.input"], is_read)
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
            head = [
                f"POST {path} HTTP/1.1",
                "Host: 127.0.0.1",
                f"Cookie: dnk-sign-in={cookie.value}",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 5000",
            ]
            slow.sendall("\r\n".join([*head, "", "a="]).encode())
            assert is_read.wait(120), "it has all that it holds while the rest is on its way"
            assert colleague.post(path, data=fields).status_code == 303
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class NotedBody:
    """The body of a request; sets the event when somebody begins to read it."""

    def __init__(self, body: Any, is_read: threading.Event) -> None:
        self._body, self._is_read = body, is_read

    def read(self, *size: int) -> bytes:
        self._is_read.set()
        return bytes(self._body.read(*size))

    def readinto(self, buffer: Any) -> int:
        self._is_read.set()
        return int(self._body.readinto(buffer))


class Silent(WSGIRequestHandler):
    """Writes no log."""

    def log(self, *_given: object) -> None:
        pass


def test_a_body_that_is_too_large_is_refused_to_who_is_signed_in(app: Flask, client: FlaskClient) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org", name="Anna")
    sign_in(client, "anna@example.org")
    answer = client.post("/konto", data={"name": "x" * 2_100_000})
    assert answer.status_code == 413
    assert "Anna" in answer.text
