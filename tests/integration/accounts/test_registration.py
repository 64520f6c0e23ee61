"""Registering oneself: where it is allowed, with the address's own mail; strangers learn nothing."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.services.accounts import passwords, registration
from dnk_tool.services.accounts.registration import InvalidRegistrationLink
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.privacy import retention
from dnk_tool.store.tables.accounts import Account, Registration
from dnk_tool.store.tables.mail import Mail
from tests.support.app import (
    PASSWORD,
    database_session,
    make_account,
    number_of_rows,
    post,
    sign_in_by_form,
    token_of,
    without_token,
)

ANNA = {"email": "anna@example.org"}
CHOSEN = {"name": "Anna", "password": PASSWORD, "password_confirm": PASSWORD}


@pytest.fixture
def settings(instance_folder: Path) -> Settings:
    """An installation where everybody may register."""
    return config.load_settings(
        instance=instance_folder, secret_key="only for tests " * 4, self_registration=True
    )


def links_in_mails(app: Flask) -> list[str]:
    with database_session(app) as session:
        bodies = session.scalars(select(Mail.body).order_by(Mail.id)).all()
    return re.findall(r"http://localhost:8000(/registrieren/bestaetigen/\S+)", "\n".join(bodies))


def test_registering_and_confirming(app: Flask, client: FlaskClient) -> None:
    assert "/registrieren" in client.get("/").text
    assert "/registrieren" in client.get("/anmelden").text
    sent = post(client, "/registrieren", ANNA)
    assert sent.headers["Location"] == "/registrieren/unterwegs"
    assert "Postfach" in client.get("/registrieren/unterwegs").text
    assert number_of_rows(app, Account) == 0
    early = post(client, "/anmelden", {"email": ANNA["email"], "password": PASSWORD})
    assert early.status_code == 422
    assert "E-Mail-Adresse oder Passwort stimmt nicht." in early.text
    [link] = links_in_mails(app)
    assert "anna@example.org" in client.get(link).text
    assert number_of_rows(app, Account) == 0, "looking at the link does nothing"
    done = post(client, link, CHOSEN)
    assert done.headers["Location"] == "/anmelden"
    assert sign_in_by_form(client, "anna@example.org").status_code == 303
    assert 'value="Anna"' in client.get("/konto").text


def test_where_it_is_off_nothing_of_it_exists(tmp_path: Path, app: Flask) -> None:
    closed = create_app(config.load_settings(instance=app.instance_path, secret_key="only for tests " * 4))
    closed.testing = True
    client = closed.test_client()
    for path in ("/registrieren", "/registrieren/unterwegs", "/registrieren/bestaetigen/x"):
        assert client.get(path).status_code == 404
    assert post(client, "/registrieren", ANNA).status_code == 404
    for path in ("/", "/anmelden"):
        assert "/registrieren" not in client.get(path).text
    closed.extensions["dnk_engine"].dispose()


def test_a_link_works_once_and_for_a_day(app: Flask, client: FlaskClient) -> None:
    post(client, "/registrieren", ANNA)
    post(client, "/registrieren", ANNA | {"email": "berta@example.org"})
    first, second = links_in_mails(app)
    assert post(client, first, CHOSEN).status_code == 303
    assert post(client, first, CHOSEN).status_code == client.get(first).status_code == 410
    for wrong in ("/registrieren/bestaetigen/x", second[:-1] + ("a" if second[-1] != "a" else "b")):
        assert client.get(wrong).status_code == post(client, wrong, CHOSEN).status_code == 410
    with time_machine.travel(time.time() + timedelta(hours=24, minutes=1).total_seconds()):
        assert client.get(second).status_code == post(client, second, CHOSEN).status_code == 410
    assert number_of_rows(app, Account) == 1


def test_of_twenty_at_once_one_confirms(app: Flask, client: FlaskClient) -> None:
    post(client, "/registrieren", ANNA)
    token = links_in_mails(app)[0].rsplit("/", 1)[1]

    def attempt(_number: int) -> bool:
        try:
            with database_session(app) as session:
                registration.confirm_registration(
                    session, token, name="Anna", password_hash="unused", now=datetime.now(UTC)
                )
        except InvalidRegistrationLink:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 1


def test_the_database_does_not_hold_the_link(app: Flask, client: FlaskClient, settings: Settings) -> None:
    post(client, "/registrieren", ANNA)
    [link] = links_in_mails(app)
    with database_session(app) as session:
        row = session.scalars(select(Registration)).one()
        assert row.token_hash not in link
    assert client.get(f"/registrieren/bestaetigen/{row.token_hash}").status_code == 410
    mail_delivery.deliver_due(app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings))
    assert links_in_mails(app) == [], "nor does the outbox once the mail is sent"


def test_several_registrations_of_one_address_make_one_account(app: Flask, client: FlaskClient) -> None:
    post(client, "/registrieren", ANNA)
    post(client, "/registrieren", ANNA)
    first, second = links_in_mails(app)
    assert post(client, second, CHOSEN).status_code == 303
    assert post(client, first, CHOSEN).status_code == 410, "what a stranger began is void"
    assert number_of_rows(app, Account) == 1


def test_a_stranger_cannot_occupy_an_address(app: Flask, client: FlaskClient) -> None:
    post(client, "/registrieren", ANNA)
    with database_session(app) as session:
        make_account(session, "anna@example.org")
    [link] = links_in_mails(app)
    assert post(client, link, CHOSEN).status_code == 410
    sign_in_by_form(client, "anna@example.org")


def test_a_stranger_who_registers_an_address_cannot_choose_its_password(
    app: Flask, client: FlaskClient
) -> None:
    mallory = {
        "name": "Mallory",
        "password": "von mallory gewählt",
        "password_confirm": "von mallory gewählt",
    }
    post(client, "/registrieren", ANNA | mallory)
    [link] = links_in_mails(app)
    page = client.get(link).text
    assert "Mallory" not in page
    assert post(client, link).status_code == 422, "a click alone makes no account"
    assert post(client, link, CHOSEN).status_code == 303
    guessed = {"email": ANNA["email"], "password": mallory["password"]}
    assert post(client, "/anmelden", guessed).status_code == 422
    sign_in_by_form(client, ANNA["email"])


def test_known_and_unknown_addresses_look_the_same(app: Flask, client: FlaskClient) -> None:
    with database_session(app) as session:
        make_account(session, "known@example.org", name="Karla", language="en")
    answers = [
        post(client, "/registrieren", ANNA | {"email": email})
        for email in ("known@example.org", "new@example.org")
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert without_token(answers[0].text) == without_token(answers[1].text)
    with database_session(app) as session:
        mails = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [mail.recipient for mail in mails] == ["known@example.org", "new@example.org"]
    assert "/registrieren/" not in mails[0].body
    assert "Karla" in mails[0].body


@pytest.mark.own_app
def test_the_work_tells_nothing_either(app: Flask) -> None:
    with database_session(app) as session:
        make_account(session, "known@example.org")
    work: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        work.append(" ".join(statement.split()[:3]))

    client = app.test_client()
    token = token_of(client)
    event.listen(app.extensions["dnk_engine"], "before_cursor_execute", note)
    costs = []
    for email in ("known@example.org", "new@example.org"):
        work.clear()
        client.post("/registrieren", data=ANNA | {"email": email, "csrf_token": token})
        costs.append(sorted(work))
    assert costs[0] == costs[1]
    assert len(costs[0]) > 3


@pytest.mark.parametrize("email", ["", "anna", "a@b.de\r\nBcc: c@d.de"])
def test_what_cannot_be_registered(app: Flask, client: FlaskClient, email: str) -> None:
    assert post(client, "/registrieren", {"email": email}).status_code == 422
    with database_session(app) as session:
        assert session.scalars(select(Registration)).all() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"password": "kurz", "password_confirm": "kurz"},
        {"password": "anna@example.org", "password_confirm": "anna@example.org"},
        {"password_confirm": "etwas ganz anderes"},
    ],
)
def test_what_cannot_be_chosen(app: Flask, client: FlaskClient, fields: dict[str, str]) -> None:
    post(client, "/registrieren", ANNA)
    [link] = links_in_mails(app)
    answer = post(client, link, CHOSEN | fields)
    assert answer.status_code == 422
    assert 'class="govuk-error-summary' in answer.text
    assert PASSWORD not in answer.text
    assert number_of_rows(app, Account) == 0
    assert post(client, link, CHOSEN).status_code == 303, "the link is good still"


def test_flooding_a_stranger_with_mails(app: Flask, client: FlaskClient) -> None:
    codes = []
    for number in range(7):
        origin = {"REMOTE_ADDR": f"192.0.2.{number}"}
        codes.append(post(client, "/registrieren", ANNA, environ_overrides=origin).status_code)
    assert codes == [303] * 5 + [429] * 2


def test_what_nobody_confirms_is_forgotten(app: Flask, client: FlaskClient, settings: Settings) -> None:
    post(client, "/registrieren", ANNA)
    for days, left in ((6, 1), (8, 0)):
        now = datetime.now(UTC) + timedelta(days=days)
        retention.remove_expired(app.extensions["dnk_session_factory"], settings, now=now)
        with database_session(app) as session:
            assert len(session.scalars(select(Registration)).all()) == left


def test_an_account_without_a_password(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No password opens it, which takes as long to find out as a wrong one; a mail sets one."""
    with database_session(app) as session:
        make_account(session, "known@example.org")
        make_account(session, "anna@example.org").password_hash = ""
    work: list[str] = []
    hasher = passwords._HASHER

    class Counting:
        def verify(self, *given: str) -> bool:
            work.append("hash")
            return hasher.verify(*given)

        def hash(self, *given: str) -> str:
            work.append("hash")
            return hasher.hash(*given)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    pages, costs = [], []
    for email in ("anna@example.org", "known@example.org", "nobody@example.org"):
        for password in ("falsch falsch falsch", ""):
            monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
            work.clear()
            answer = post(client, "/anmelden", {"email": email, "password": password})
            assert answer.status_code == 422
            pages.append(without_token(answer.text).replace(email, ""))
            costs.append(len(work))
    assert pages[0::2] == [pages[0]] * 3
    assert costs[0::2] == [costs[0]] * 3
    monkeypatch.undo()
    post(client, "/passwort-vergessen", {"email": "anna@example.org"})
    with database_session(app) as session:
        body = session.scalars(select(Mail.body).order_by(Mail.id)).all()[-1]
    link = re.search(r"http://localhost:8000(/passwort-vergessen/\S+)", body)
    assert link
    post(client, link[1], {"password": PASSWORD, "password_confirm": PASSWORD})
    sign_in_by_form(client, "anna@example.org")
