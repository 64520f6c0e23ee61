"""Security events: one line each, whose accounts and networks can be joined and not be read."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.cli.logs import JsonLogFormatter
from dnk_tool.services.accounts import security_log
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web import endpoint_limits
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    make_account,
    post,
    sign_in,
    sign_in_by_form,
    token_of,
)
from tests.support.authenticators import set_up_app

ANNA = "anna@example.org"
HERE = "198.51.100.77"


class Lines:
    """What the log of security events says, read as a collector reads it."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def of(self, event: SecurityEvent) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["event"] == event]

    @property
    def text(self) -> str:
        return self._stream.getvalue()


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonLogFormatter())
    level = security_log.log.level
    security_log.log.addHandler(handler)
    security_log.log.setLevel(logging.INFO)
    yield Lines(handler.stream)
    security_log.log.removeHandler(handler)
    security_log.log.setLevel(level)


@pytest.fixture
def anna(app: Flask) -> int:
    with database_session(app) as session:
        account = make_account(session, ANNA, name="Anna Kanarienvogel")
        session.flush()
        return account.id


def test_f13_a_line_says_what_happened_and_names_nobody(
    app: Flask, client: FlaskClient, anna: int, lines: Lines
) -> None:
    token = token_of(client)
    answer = client.post(
        "/anmelden",
        data={"email": "Anna@Example.org ", "password": "kanarienpasswort", "csrf_token": token},
        environ_overrides={"REMOTE_ADDR": HERE},
    )
    [line] = lines.all()
    assert line.keys() == {
        "time",
        "level",
        "logger",
        "message",
        "event",
        "account",
        "address",
        "request",
        "endpoint",
        "via",
    }
    assert (line["logger"], line["level"], line["event"]) == ("dnk.security", "warning", "sign-in-refused")
    assert line["request"] == answer.headers["X-Request-Id"]
    key = app.config["SECRET_KEY"]
    assert line["account"] == security_log.keyed_hash(key, security_log.account_name(anna))
    assert line["address"] == security_log.keyed_hash(key, f"network:{HERE}")
    for canary in ("anna", "kanarien", HERE, token):
        assert canary not in lines.text.lower()


def test_f13_lines_of_one_account_can_be_joined(app: Flask, anna: int, lines: Lines) -> None:
    for password in ("falsch falsch falsch", PASSWORD):
        post(app.test_client(), "/anmelden", {"email": ANNA, "password": password})
    refused, accepted = lines.all()
    assert [refused["event"], accepted["event"]] == ["sign-in-refused", "sign-in-accepted"]
    assert (accepted["level"], accepted["via"]) == ("info", "password")
    assert refused["account"] == accepted["account"]


def test_f13_an_address_without_an_account_is_told_from_others(client: FlaskClient, lines: Lines) -> None:
    for email in ("x@example.org", "x@ｅxample.org", "y@example.org"):
        post(client, "/anmelden", {"email": email, "password": "falsch falsch falsch"})
    first, same, other = (line["account"] for line in lines.of(SecurityEvent.SIGN_IN_REFUSED))
    assert first == same != other


def test_f13_another_key_makes_other_signs() -> None:
    assert security_log.keyed_hash("a" * 32, "account:1") != security_log.keyed_hash("b" * 32, "account:1")


def test_f13_a_locked_account_is_named_in_the_log_only(app: Flask, anna: int, lines: Lines) -> None:
    with database_session(app) as session:
        session.get_one(Account, anna).active = False
    answers = [
        post(app.test_client(), "/anmelden", {"email": email, "password": PASSWORD})
        for email in (ANNA, "nobody@example.org")
    ]
    texts = [answer.text.split("<main")[1] for answer in answers]
    assert "gesperrt" not in texts[0]
    assert "E-Mail-Adresse oder Passwort stimmt nicht." in texts[0]
    assert [line.get("reason") for line in lines.of(SecurityEvent.SIGN_IN_REFUSED)] == ["locked", None]


def test_f13_a_reached_limit(client: FlaskClient, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(endpoint_limits.LIMITS, "security.login", (endpoint_limits._failures("1/hour"),))
    for _ in range(2):
        post(client, "/anmelden", {"email": ANNA, "password": "x"})
    [line] = lines.of(SecurityEvent.LIMIT_REACHED)
    assert (line["limit"], line["endpoint"]) == ("1 per 1 hour", "security.login")


def test_f13_a_refused_form_token_and_a_refused_link(client: FlaskClient, anna: int, lines: Lines) -> None:
    sign_in(client, ANNA)
    client.post("/konto", data={"name": "x"})
    client.get("/einladung/geheimes-wort")
    client.get("/passwort-vergessen/geheimes-wort")
    visitor = client.application.test_client()
    visitor.get("/passwort-vergessen/geheimes-wort")
    visitor.get("/einrichten?token=geheimes-wort")
    refused = [line["refused"] for line in lines.of(SecurityEvent.TOKEN_REFUSED)]
    assert refused[:2] == ["form", "link"]
    assert {"reset-link", "setup-link"} <= set(refused)
    assert "geheimes" not in lines.text


def test_f13_a_refused_host(client: FlaskClient, lines: Lines) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert len(lines.of(SecurityEvent.HOST_REFUSED)) == 1
    assert "evil" not in lines.text


def test_f13_a_refused_file(app: Flask, world: World, client: FlaskClient, lines: Lines) -> None:
    sign_in(client, "owner@example.org")
    file = (io.BytesIO(b"MZ" + bytes(200)), "Geheime Lohnliste.exe")
    answer = post(
        client,
        f"/erklaerungen/{world.own_declaration}/belege/neu?antwort=1.1",
        {"files": file},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    [line] = lines.of(SecurityEvent.FILE_REFUSED)
    assert line["reason"] == "kind"
    assert "Lohnliste" not in lines.text


def test_f13_a_denied_permission(world: World, client: FlaskClient, lines: Lines) -> None:
    sign_in(client, "viewer@example.org")
    assert client.get(f"/unternehmen/{world.own}/personen/einladen").status_code == 403
    [line] = lines.of(SecurityEvent.PERMISSION_DENIED)
    assert (line["permission"], line["endpoint"]) == ("organisation-own", "people.invite")


def test_f13_changed_factors_and_a_refused_second_step(app: Flask, anna: int, lines: Lines) -> None:
    browser = app.test_client()
    sign_in_by_form(browser, ANNA)
    _phone, codes = set_up_app(browser)
    other = app.test_client()
    sign_in_by_form(other, ANNA)
    post(other, "/anmelden/zweiter-schritt", {"recovery_code": "falsch"})
    post(other, "/anmelden/zweiter-schritt", {"recovery_code": codes[0]})
    changes = [line["change"] for line in lines.of(SecurityEvent.FACTORS_CHANGED)]
    assert changes == ["app-added", "recovery-code-used"]
    assert [line["via"] for line in lines.of(SecurityEvent.SECOND_STEP_REFUSED)] == ["recovery-code"]
    assert [line["via"] for line in lines.of(SecurityEvent.SIGN_IN_ACCEPTED)] == ["password", "recovery-code"]
    assert len({line["account"] for line in lines.all()}) == 1
    assert codes[0] not in lines.text


def test_each_proof_asked_of_a_signed_in_person_leaves_a_line(app: Flask, anna: int, lines: Lines) -> None:
    browser, wrong, new = app.test_client(), "falsch falsch falsch", "dachs ofen elf segel"
    sign_in_by_form(browser, ANNA)
    for password in (wrong, PASSWORD):
        post(browser, "/konto/bestaetigen", {"password": password})
    change = {"password": wrong, "new_password": new, "new_password_confirm": new}
    assert post(browser, "/konto/passwort", change).status_code == 422
    same = {"password": PASSWORD, "new_password": PASSWORD, "new_password_confirm": PASSWORD}
    assert post(browser, "/konto/passwort", same).status_code == 422
    assert [(line["event"], line["via"]) for line in lines.all()] == [
        ("sign-in-accepted", "password"),
        ("step-up-refused", "password"),
        ("step-up-accepted", "password"),
        ("step-up-refused", "password"),
    ]
    assert len({line["account"] for line in lines.all()}) == 1


def test_a_sign_out_leaves_a_line(app: Flask, anna: int, lines: Lines) -> None:
    browser = app.test_client()
    sign_in_by_form(browser, ANNA)
    post(browser, "/abmelden")
    [line] = lines.of(SecurityEvent.SIGN_INS_ENDED)
    assert line["by"] == "sign-out"
