"""Signing in and out, names, passwords, the first start, and what strangers can learn: as good as nothing."""

import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.services.accounts import first_start, passwords
from dnk_tool.services.accounts.lifecycle import InvalidAddress, guest_account, normalised_address
from dnk_tool.services.accounts.passwords import Weakness
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.accounts.queries import names_of
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account, SignIn
from dnk_tool.store.tables.mail import Mail
from tests.support.app import (
    PASSWORD,
    database_session,
    form_fields,
    make_account,
    number_of_rows,
    post,
    record_statements,
    sign_in_by_form,
    token_of,
    without_token,
)

NEW = "dachs ofen elf segel"
OLGA = {"name": "Olga", "email": "olga@firma.de", "password": NEW, "password_confirm": NEW}


def delivered_texts(app: Flask, settings: Settings) -> list[str]:
    """Deliver the outbox; the texts of all mails so far."""
    mail_delivery.deliver_due(app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings))
    files = sorted((settings.instance / "outbox").glob("*.eml"))
    return [file_text(file) for file in files]


def file_text(file: Path) -> str:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    return f"{message['To']}\n{message['Subject']}\n{message.get_content()}"


def reset_link(app: Flask, settings: Settings, email: str, client: FlaskClient) -> str:
    post(client, "/passwort-vergessen", {"email": email})
    link = re.search(r"http://localhost:8000(/passwort-vergessen/\S+)", delivered_texts(app, settings)[-1])
    assert link
    return link[1]


def test_signing_in_and_out(client: FlaskClient, person: str) -> None:
    assert client.get("/konto").headers["Location"] == "/anmelden?next=/konto"
    answer = sign_in_by_form(client, "ANNA@Example.org", next="/konto")
    assert answer.headers["Location"] == "/konto"
    assert "anna@example.org" in client.get("/konto").text
    assert post(client, "/abmelden").headers["Location"] == "/"
    assert client.get("/konto").status_code == 302


def test_wrong_password_and_unknown_address_look_the_same(client: FlaskClient, person: str) -> None:
    pages = [
        post(client, "/anmelden", {"email": email, "password": "falsch falsch falsch"})
        for email in (person, "nobody@example.org")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    known, unknown = (
        without_token(page.text).replace(person, "").replace("nobody@example.org", "") for page in pages
    )
    assert known == unknown
    assert "E-Mail-Adresse oder Passwort stimmt nicht." in known


def test_a_locked_account_stays_out(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    with database_session(app) as session:
        session.scalars(select(Account)).one().active = False
    assert client.get("/konto").status_code == 302
    answer = post(client, "/anmelden", {"email": person, "password": PASSWORD})
    assert answer.status_code == 422


def test_reset_by_mail(app: Flask, settings: Settings, client: FlaskClient, person: str) -> None:
    other = app.test_client()
    sign_in_by_form(other, person)
    path = reset_link(app, settings, person, client)
    assert client.get(path).status_code == 200
    weak = post(client, path, {"password": "kurz", "password_confirm": "kurz"})
    assert weak.status_code == 422
    assert "mindestens 12 Zeichen" in weak.text
    done = post(client, path, {"password": NEW, "password_confirm": NEW})
    assert done.headers["Location"] == "/anmelden"
    assert other.get("/konto").status_code == 302, "a reset ends every sign-in"
    sign_in_by_form(client, person, NEW)
    assert "geändert" in delivered_texts(app, settings)[-1], "the owner is told"


def test_a_reset_link_works_once_and_for_two_hours(
    app: Flask, settings: Settings, client: FlaskClient, person: str
) -> None:
    path = reset_link(app, settings, person, client)
    post(client, path, {"password": NEW, "password_confirm": NEW})
    again = post(client, path, {"password": PASSWORD, "password_confirm": PASSWORD})
    assert again.headers["Location"] == "/passwort-vergessen"
    path = reset_link(app, settings, person, client)
    with time_machine.travel(time.time() + timedelta(hours=2, minutes=1).total_seconds()):
        assert "abgelaufen" in client.get(path, follow_redirects=True).text
    # Not the last character: some of its bits mean nothing in base64.
    for wrong in ("/passwort-vergessen/x", path[:-2] + ("a" if path[-2] != "a" else "b") + path[-1]):
        assert client.get(wrong).headers["Location"] == "/passwort-vergessen"


def test_reset_tells_nobody_whether_there_is_an_account(
    app: Flask, settings: Settings, client: FlaskClient, person: str
) -> None:
    answers = [
        post(client, "/passwort-vergessen", {"email": email}) for email in (person, "nobody@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 303
    assert len(delivered_texts(app, settings)) == 1
    with database_session(app) as session:
        rows = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [row.recipient for row in rows] == [person, ""]
    assert [row.body for row in rows] == ["", ""], "a sent link is not kept, an unsent one neither"


@pytest.mark.own_app
@pytest.mark.parametrize("path", ["/anmelden", "/passwort-vergessen"])
def test_the_work_tells_nothing_either(
    app: Flask, person: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known and an unknown address cost the same hashes, statements and mails, so time cannot tell them."""
    work: list[str] = []
    hasher = passwords._HASHER

    class Counting:
        def verify(self, *given: str) -> bool:
            work.append("hash")
            return hasher.verify(*given)

        def hash(self, *given: str) -> str:
            work.append("hash")
            return hasher.hash(*given)

        def check_needs_rehash(self, *given: str) -> bool:
            return hasher.check_needs_rehash(*given)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        work.append(statement.split(maxsplit=1)[0])

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    client = app.test_client()
    token = token_of(client)
    event.listen(app.extensions["dnk_engine"], "before_cursor_execute", note)
    costs = []
    for email in (person, "nobody@example.org"):
        work.clear()
        client.post(path, data={"email": email, "password": "falsch falsch falsch", "csrf_token": token})
        costs.append(sorted(work))
    assert costs[0] == costs[1]
    assert ("hash" in costs[0]) == (path == "/anmelden")


def test_mail_is_in_the_recipients_language_and_names_the_configured_address(
    app: Flask, settings: Settings, client: FlaskClient
) -> None:
    with database_session(app) as session:
        make_account(session, "kate@example.org", language="en")
    post(client, "/passwort-vergessen", {"email": "kate@example.org"}, headers={"Host": "localhost:99"})
    [text] = delivered_texts(app, settings)
    assert "A new password for dnk-tool" in text
    assert "http://localhost:8000/passwort-vergessen/" in text
    assert ":99" not in text


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}])
def test_a_forged_host_gets_no_page(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/passwort-vergessen", data={"email": "a@b.de"}, headers=headers)
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_forwarded_host_is_not_believed(
    app: Flask, settings: Settings, client: FlaskClient, person: str
) -> None:
    post(client, "/passwort-vergessen", {"email": person}, headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in delivered_texts(app, settings)[0]


def test_who_is_locked_out_by_strangers_comes_in_by_the_mailed_link(
    app: Flask, settings: Settings, person: str
) -> None:
    wrong = {"email": person, "password": "falsch falsch falsch"}
    with time_machine.travel(time.time(), tick=True) as clock:
        for _hour in range(6):
            stranger = app.test_client()
            for _ in range(20):
                post(stranger, "/anmelden", wrong)
            clock.shift(3601)
        owner = app.test_client()
        assert post(owner, "/anmelden", wrong | {"password": PASSWORD}).status_code == 429
        path = reset_link(app, settings, person, owner)
        assert post(owner, path, {"password": NEW, "password_confirm": NEW}).status_code in (302, 303)
        assert post(app.test_client(), "/anmelden", wrong).status_code == 429, "strangers stay out"
        assert sign_in_by_form(owner, person, NEW, next="/konto").headers["Location"] == "/konto"


def test_a_link_that_does_not_work_makes_no_browser_known(app: Flask, client: FlaskClient) -> None:
    post(client, "/passwort-vergessen/x", {"password": NEW, "password_confirm": NEW})
    assert client.get_cookie(app.config["DNK_DEVICE_COOKIE"]) is None


def test_changing_the_password(app: Flask, client: FlaskClient, person: str) -> None:
    other = app.test_client()
    sign_in_by_form(other, person)
    sign_in_by_form(client, person)
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    wrong = post(client, "/konto/passwort", fields | {"password": "falsch falsch falsch"})
    assert wrong.status_code == 422
    assert "Das ist nicht Ihr jetziges Passwort." in wrong.text
    assert post(client, "/konto/passwort", fields).headers["Location"] == "/konto"
    assert "anna@example.org" in client.get("/konto").text, "who changes it stays signed in"
    assert other.get("/konto").status_code == 302, "everybody else does not"


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("kurz", Weakness.TOO_SHORT),
        ("x" * 1001, Weakness.TOO_LONG),
        ("passwort1234", Weakness.TOO_COMMON),
        ("P4ssw0rt!2026", Weakness.TOO_COMMON),
        ("123456789012", Weakness.TOO_COMMON),
        ("qwertzuiopasd", Weakness.TOO_COMMON),
        ("aaaaaaaaaaaaaa", Weakness.TOO_COMMON),
        ("Sommer2026Sommer", Weakness.TOO_COMMON),
        ("DNK-Tool-2026!", Weakness.TOO_COMMON),
        ("N4chhaltigkeitskodex", Weakness.TOO_COMMON),
        ("MaxMustermann12", Weakness.TOO_PERSONAL),
        (PASSWORD, None),
        ("Xk3$9!pQz7&L", None),
        ("größe übermorgen örtlich", None),
        ("a long sentence " * 20, None),
    ],
)
def test_strength_of_passwords(password: str, weakness: Weakness | None) -> None:
    assert passwords.weakness(password, email="max.mustermann@firma.de", name="Max Mustermann") is weakness


def test_a_password_may_be_typed_on_any_keyboard() -> None:
    composed, decomposed = "gr\u00fc\u00dfe aus dem Wald", "gru\u0308\u00dfe aus dem Wald"
    assert passwords.matches(decomposed, passwords.hashed(composed))
    assert not passwords.matches("x" * 5000, passwords.hashed(composed))
    assert not passwords.matches(composed, "kaputt")


@pytest.mark.parametrize("text", ["", "x", "a@", "a@b@c.de", "a b@c.de", "a@b.de\nBcc: c@d.de", "ä@b.de"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidAddress):
        normalised_address(text)


def test_addresses_inside_a_company_are_addresses() -> None:
    assert normalised_address("  Anna@Firma.Local ") == "anna@firma.local"


# ---- The first start


def test_first_start(app: Flask, settings: Settings, client: FlaskClient) -> None:
    with database_session(app) as session:
        token = first_start.issue_setup_token(session, settings.instance)
    assert token
    assert token not in (settings.instance / "setup-token").read_text()
    assert (settings.instance / "setup-token").stat().st_mode & 0o777 == 0o600
    assert client.get("/einrichten").status_code == 404
    assert client.get("/einrichten?token=falsch").status_code == 404
    path = f"/einrichten?token={token}"
    assert client.get(path).status_code == 200
    fields = {
        "token": token,
        "name": "Olga",
        "email": "olga@firma.de",
        "password": NEW,
        "password_confirm": NEW,
    }
    weak = post(client, "/einrichten", fields | {"password": "kurz"})
    assert weak.status_code == 422
    assert "olga@firma.de" in weak.text
    assert post(client, "/einrichten", fields).headers["Location"] == "/"
    assert "olga@firma.de" in client.get("/konto").text, "signed in at once"
    assert client.get(path).status_code == 404
    assert post(client, "/einrichten", fields).status_code == 404
    with database_session(app) as session:
        assert session.scalars(select(Account)).one().is_operator
        assert first_start.issue_setup_token(session, settings.instance) is None


def test_setting_up_ends_with_the_first_account_however_it_was_made(
    app: Flask, settings: Settings, client: FlaskClient
) -> None:
    with database_session(app) as session:
        token = first_start.issue_setup_token(session, settings.instance)
        make_account(session, "first@example.org")
    assert client.get(f"/einrichten?token={token}").status_code == 404
    fields = {
        "token": token,
        "name": "Olga",
        "email": "olga@firma.de",
        "password": NEW,
        "password_confirm": NEW,
    }
    assert post(client, "/einrichten", fields).status_code == 404
    assert number_of_rows(app, Account) == 1


# ---- The account page


def test_account_page(app: Flask, client: FlaskClient, person: str) -> None:
    other = app.test_client()
    sign_in_by_form(other, person)
    sign_in_by_form(client, person)
    page = client.get("/konto", headers={"User-Agent": "x"}).text
    assert page.count("zuletzt benutzt am") == 2
    assert page.count("dieser Browser") == 1
    changed = post(client, "/konto", {"name": "Anna Neu", "language": "en"})
    assert changed.headers["Location"] == "/konto"
    assert "Your account" in client.get("/konto").text
    assert post(client, "/konto", {"name": "x" * 201, "language": "en"}).status_code == 422
    assert post(client, "/konto", {"name": " Anna\x07\r\nNeu ", "language": "en"}).status_code == 303
    assert 'value="Anna Neu"' in client.get("/konto").text
    assert post(client, "/konto", {"name": "x", "language": "fr"}).status_code == 422
    assert post(client, "/konto/ueberall-abmelden").headers["Location"] == "/anmelden"
    assert client.get("/konto").status_code == other.get("/konto").status_code == 302
    with database_session(app) as session:
        assert session.scalars(select(SignIn)).all() == []


def test_no_other_column_can_be_posted(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    with database_session(app) as session:
        before = {
            c.name: getattr(session.scalars(select(Account)).one(), c.key) for c in Account.__table__.columns
        }
    post(client, "/konto", dict.fromkeys(before, "1") | {"name": "Neu", "language": "en"})
    with database_session(app) as session:
        row = session.scalars(select(Account)).one()
        changed = {c for c in before if getattr(row, c) != before[c]}
    assert changed == {"name", "language"}


# ---- Guessing


def test_guessing_from_one_address(client: FlaskClient, person: str) -> None:
    fields = {"email": person, "password": "falsch falsch falsch", "csrf_token": token_of(client)}
    codes = [client.post("/anmelden", data=fields).status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]
    answer = client.post("/anmelden", data=fields | {"password": PASSWORD})
    assert answer.status_code == 429, "the right password does not help now"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_guessing_from_many_addresses_does_not_lock_the_owner_out(app: Flask, person: str) -> None:
    owner, attacker = app.test_client(), app.test_client()
    sign_in_by_form(owner, person)
    post(owner, "/abmelden")
    fields = {"email": person, "password": "falsch falsch falsch", "csrf_token": token_of(attacker)}

    def attempt(number: int) -> int:
        origin = {"REMOTE_ADDR": f"192.0.2.{number}"}
        return attacker.post("/anmelden", data=fields, environ_overrides=origin).status_code

    assert [attempt(number) for number in range(25)] == [422] * 20 + [429] * 5
    assert sign_in_by_form(owner, person).status_code == 303, "a browser that is known has a count of its own"


def test_counting_survives_a_restart(
    app: Flask, settings: Settings, client: FlaskClient, person: str
) -> None:
    fields = {"email": person, "password": "falsch falsch falsch", "csrf_token": token_of(client)}
    for _ in range(20):
        client.post("/anmelden", data=fields)
    second = create_app(settings)
    cookies = client.get_cookie("dnk", domain="localhost")
    fresh = second.test_client()
    fresh.set_cookie("dnk", cookies.value if cookies else "", domain="localhost")
    assert fresh.post("/anmelden", data=fields).status_code == 429
    second.extensions["dnk_engine"].dispose()


def test_forms_of_the_sign_in_page_can_be_filled_by_a_password_manager(client: FlaskClient) -> None:
    page = client.get("/anmelden").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert form_fields(page).keys() >= {"csrf_token", "next", "email", "password"}


def test_guessing_the_present_password_with_a_stolen_sign_in(
    app: Flask, client: FlaskClient, person: str
) -> None:
    """Cookies of other names change nothing, nor does a second sign-in of the same person."""
    other = app.test_client()
    sign_in_by_form(client, person)
    sign_in_by_form(other, person)
    fields = {"password": "falsch falsch falsch", "new_password": NEW, "new_password_confirm": NEW}
    codes = []
    for number in range(12):
        client.set_cookie(f"x{number}dnk-sign-in", "1")
        codes.append(post(client if number % 2 else other, "/konto/passwort", fields).status_code)
    assert codes == [422] * 10 + [429] * 2


# SQLite lets one in at a time, from the start.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_account_made_by_another_in_the_same_moment_is_the_account(
    store: sessionmaker[Session], session: Session
) -> None:
    def make() -> int:
        with write_session(store) as other, other.begin():
            made = guest_account(
                other, email="karl@firma.example", name="Karl", language="de", now=datetime.now(UTC)
            )
        return made.id

    ids = []
    event.listen(session, "before_flush", lambda *_: ids.append(make()), once=True)
    account = guest_account(
        session, email="karl@firma.example", name="Karl Kurz", language="de", now=datetime.now(UTC)
    )
    assert [account.id] == ids
    assert account.name == "Karl"


def test_only_accounts_that_are_not_loaded_are_asked_for(session: Session) -> None:
    anna = make_account(session, "anna@example.org", name="Anna")
    berta = make_account(session, "berta@example.org", name="")
    session.flush()
    names = {anna.id: "Anna", berta.id: "berta@example.org"}
    with record_statements(session.get_bind()) as statements:  # type: ignore[arg-type]
        assert names_of(session, names.keys()) == names
        assert statements == []
        session.expunge(berta)
        assert names_of(session, [*names, 987_654]) == names
    assert len(statements) == 1


def test_who_is_gone_or_was_changed_elsewhere_is_looked_up(session: Session) -> None:
    anna = make_account(session, "anna@example.org", name="Anna")
    session.commit()  # what is loaded may be out of date from here on
    key = anna.id
    session.delete(anna)
    session.commit()
    assert names_of(session, [key]) == {}
    assert names_of(session, []) == {}
