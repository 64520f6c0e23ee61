"""A POST is kept whole or not at all, a GET never writes, and nobody waits for a password to be hashed."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from dnk_tool.domain.permissions import NotPermitted, Permission
from dnk_tool.services import passwords
from dnk_tool.store import database
from dnk_tool.store.accounts import Account
from dnk_tool.store.models import Organisation
from dnk_tool.web.access import permit
from dnk_tool.web.transactions import WriteInSafeRequest, db, let_go
from tests.support import form_fields, make_account, make_organisation, post, stored, token_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def add() -> None:
    db().add(Organisation(name="Neu", created_at=NOW))


def add_and_flush() -> None:
    add()
    db().flush()


def add_by_statement() -> None:
    db().execute(insert(Organisation).values(name="Neu", created_at=NOW))


def add_past_the_orm() -> None:
    db().connection().exec_driver_sql(
        "INSERT INTO organisation (name, legal_form, sector, turnover_unit, address, website, sites, "
        "version, created_at) VALUES ('Neu', '', '', '', '', '', '[]', 1, '2026-03-01')"
    )


def change() -> None:
    db().scalars(select(Organisation)).one().name = "Neu"
    db().flush()


def change_by_statement() -> None:
    db().execute(update(Organisation).values(name="Neu"))


def commit() -> None:
    add()
    db().commit()


WRITES = [add, add_and_flush, add_by_statement, add_past_the_orm, change, change_by_statement, commit]


@pytest.fixture
def route(app: Flask) -> Callable[..., str]:
    """Register a view for one test."""

    def make(view: Callable[[], object], method: str = "POST") -> str:
        def show() -> object:
            return view() or "ok"

        app.add_url_rule("/test", "test.show", permit(Permission.PUBLIC)(show), methods=[method])
        return "/test"

    return make


def names(app: Flask) -> list[str]:
    with stored(app) as session:
        return sorted(session.scalars(select(Organisation.name)))


@pytest.fixture(autouse=True)
def one_company(app: Flask) -> None:
    with stored(app) as session:
        make_organisation(session, "Alt")


@pytest.mark.parametrize("write", WRITES)
def test_a_get_never_writes(
    app: Flask, client: FlaskClient, route: Callable[..., str], write: Callable[[], None]
) -> None:
    path = route(write, "GET")
    app.testing = False
    assert client.get(path).status_code in (200, 500)
    assert names(app) == ["Alt"]


@pytest.mark.parametrize("write", [add_and_flush, add_by_statement, change, change_by_statement, commit])
def test_a_get_that_tries_is_a_loud_mistake(
    client: FlaskClient, route: Callable[..., str], write: Callable[[], None]
) -> None:
    path = route(write, "GET")
    with pytest.raises(WriteInSafeRequest):
        client.get(path)


def test_a_post_is_kept(app: Flask, client: FlaskClient, route: Callable[..., str]) -> None:
    assert post(client, route(add)).status_code == 200
    assert names(app) == ["Alt", "Neu"]


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 503])
def test_a_refused_post_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str], status: int
) -> None:
    def view() -> tuple[str, int]:
        add_and_flush()
        return "no", status

    assert post(client, route(view)).status_code == status
    assert names(app) == ["Alt"]


@pytest.mark.parametrize("error", [RuntimeError("x"), NotPermitted("x"), KeyError("x")])
def test_a_post_that_fails_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str], error: Exception
) -> None:
    def view() -> None:
        add_and_flush()
        raise error

    app.testing = False
    assert post(client, route(view)).status_code in (403, 500)
    assert names(app) == ["Alt"]


def test_an_abort_leaves_nothing(app: Flask, client: FlaskClient, route: Callable[..., str]) -> None:
    def view() -> None:
        add_and_flush()
        abort(409)

    assert post(client, route(view)).status_code == 409
    assert names(app) == ["Alt"]


def test_a_commit_that_fails_is_an_error_and_leaves_nothing(
    app: Flask, client: FlaskClient, route: Callable[..., str]
) -> None:
    def view() -> None:
        db().add(Organisation(name="", created_at=NOW))  # against a check of the database

    app.testing = False
    assert post(client, route(view)).status_code == 500
    assert names(app) == ["Alt"]


def test_nothing_written_is_let_go_half_way(client: FlaskClient, route: Callable[..., str]) -> None:
    def view() -> None:
        add_and_flush()
        let_go()

    with pytest.raises(RuntimeError, match="do the slow work first"):
        post(client, route(view))


def test_no_lock_is_held_while_a_password_is_hashed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stored(app) as session:
        make_account(session, "anna@example.org")
    hashing, done = threading.Event(), threading.Event()

    def slow(_password: str, _hash: str) -> bool:
        hashing.set()
        assert done.wait(5)
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    fields = form_fields(client.get("/anmelden").text) | {"email": "anna@example.org", "password": "x"}
    thread = threading.Thread(target=client.post, args=("/anmelden",), kwargs={"data": fields})
    thread.start()
    assert hashing.wait(5)
    begin = time.perf_counter()
    with stored(app) as session:
        session.scalars(select(Account)).one().name = "Meanwhile"
    assert time.perf_counter() - begin < 1
    done.set()
    thread.join()


def test_a_locked_database_is_answered_with_503_and_the_text(
    app: Flask, client: FlaskClient, route: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = route(add)
    token = token_of(client)
    app.testing = False
    engine = app.extensions["dnk_engine"]
    engine.dispose()
    monkeypatch.setitem(database.PRAGMAS, "busy_timeout", "50")
    with stored(app) as session:
        session.scalars(select(Organisation)).one()  # holds the write lock
        answer = client.post(path, data={"csrf_token": token, "text": "mein langer Text"})
        assert client.get("/anmelden").status_code == 200, "readers go on"
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "mein langer Text" in answer.text
    assert client.post(path, data=form_fields(answer.text)).status_code == 200
    assert names(app) == ["Alt", "Neu"]
