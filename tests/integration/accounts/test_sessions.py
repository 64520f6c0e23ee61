"""Sign-ins are kept by the server: old, copied or forged cookies open nothing, and expiry costs no text."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, g, request
from flask.testing import FlaskClient
from flask_login.utils import encode_cookie
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.store import schema
from dnk_tool.store.accounts.sign_ins import hash_sign_in_id
from dnk_tool.store.tables.accounts import Account, SignIn
from dnk_tool.web.http import interrupted_forms
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.sessions import browser_name
from tests.support.app import (
    PASSWORD,
    database_session,
    form_fields,
    make_account,
    post,
    sign_in_by_form,
    token_of,
)
from tests.support.browsers import is_in

LONG_TEXT = "Wir heizen mit Holz aus dem eigenen Wald – „nachhaltig“ <b>&amp;</b> günstig.\r\n" * 5000


@pytest.fixture
def saved(app: Flask) -> list[dict[str, list[str]]]:
    """What a page received that saves texts."""
    received: list[dict[str, list[str]]] = []

    @app.post("/test/speichern")
    @permit(Permission.ACCOUNT)
    def save() -> str:
        received.append(request.form.to_dict(flat=False))
        return f"saved by {g.account.email}"

    return received


def cookie(client: FlaskClient) -> str:
    sign_in_cookie = client.get_cookie("dnk-sign-in")
    return sign_in_cookie.value if sign_in_cookie else ""


def form_fields_named(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("dnk-sign-in", value)
    return client


def test_signing_out_one_other_browser(app: Flask, client: FlaskClient, person: str) -> None:
    other, stranger = app.test_client(), app.test_client()
    with database_session(app) as session:
        make_account(session, "berta@example.org")
    for browser, email in ((client, person), (other, person), (stranger, "berta@example.org")):
        sign_in_by_form(browser, email)
    assert client.get("/konto").text.count('name="sign_in"') == 1, "not for this browser"
    [wanted] = form_fields_named(client.get("/konto").text, "sign_in")
    for wrong in ("", "x", hash_sign_in_id(cookie(stranger))):
        post(client, "/konto/abmelden", {"sign_in": wrong})
    assert is_in(stranger)
    assert is_in(other)
    post(client, "/konto/abmelden", {"sign_in": wanted})
    assert not is_in(other)
    assert is_in(client)


def test_a_new_id_at_every_sign_in(client: FlaskClient, person: str) -> None:
    client.set_cookie("dnk-sign-in", "chosen-by-the-attacker")
    sign_in_by_form(client, person)
    first = cookie(client)
    assert first != "chosen-by-the-attacker"
    assert len(first) >= 43
    post(client, "/abmelden")
    sign_in_by_form(client, person)
    assert cookie(client) != first


def test_the_old_cookie_opens_nothing_after_signing_out(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    copied = cookie(client)
    assert is_in(with_cookie(app, copied))
    post(client, "/abmelden")
    assert not is_in(with_cookie(app, copied))


def test_the_database_does_not_hold_what_opens_it(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    with database_session(app) as session:
        row = session.scalars(select(SignIn)).one()
        assert cookie(client) not in json.dumps([row.id_hash, row.data])
        assert not is_in(with_cookie(app, row.id_hash))


def test_idle_and_absolute_expiry(app: Flask, client: FlaskClient, person: str, settings: Settings) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        sign_in_by_form(client, person)
        clock.shift(settings.idle + timedelta(seconds=1))
        assert not is_in(client)
        sign_in_by_form(client, person)
        for hour in range(settings.session_hours):
            assert is_in(client), f"in use every hour, {hour} h after the sign-in"
            clock.shift(3600)
        assert not is_in(client), "signed out at the latest now"


def test_use_is_noted_once_a_minute(app: Flask, client: FlaskClient, person: str) -> None:
    def last_seen() -> datetime:
        with database_session(app) as session:
            return session.scalars(select(SignIn.last_seen_at)).one()

    with time_machine.travel(time.time(), tick=False) as clock:
        sign_in_by_form(client, person)
        first = last_seen()
        clock.shift(30)
        client.get("/konto")
        assert last_seen() == first
        clock.shift(31)
        client.get("/konto")
        assert last_seen() == datetime.now(UTC)


def test_a_removed_role_or_account_ends_at_once(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    with database_session(app) as session:
        session.delete(session.scalars(select(Account)).one())
    assert not is_in(client)


def test_a_sign_in_cannot_be_smuggled_into_the_light_cookie(
    app: Flask, settings: Settings, person: str
) -> None:
    with database_session(app) as session:
        uniquifier = session.scalars(select(Account.fs_uniquifier)).one()
    signer = URLSafeSerializer(config.secret_key(settings), salt="dnk-session")
    client = app.test_client()
    client.set_cookie("dnk", str(signer.dumps({"_user_id": uniquifier, "_fresh": True})))
    assert not is_in(client)


def test_no_other_token_signs_in(app: Flask, person: str) -> None:
    """Flask-Login's and Flask-Security's own tokens, validly signed."""
    with database_session(app) as session:
        uniquifier = session.scalars(select(Account.fs_uniquifier)).one()
    with app.app_context():
        remember = encode_cookie(uniquifier)
        token = app.extensions["security"].remember_token_serializer.dumps(
            {"ver": "5", "uid": uniquifier, "exp": int(time.time()) + 60}
        )
    client = app.test_client()
    client.set_cookie("remember_token", remember)
    assert not is_in(client)
    assert client.get(f"/konto?auth_token={token}").status_code == 302
    assert client.get("/konto", headers={"Authentication-Token": token}).status_code == 302


def test_cookies_are_locked_down_on_https(tmp_path: Any) -> None:
    settings = config.load_settings(
        instance=tmp_path, secret_key="only for tests " * 4, public_url="https://dnk.example.de"
    )
    app = create_app(settings)
    schema.upgrade(app.extensions["dnk_engine"])
    with database_session(app) as session:
        make_account(session, "anna@example.org")
    client = app.test_client()
    base = {"base_url": "https://dnk.example.de", "headers": {"Referer": "https://dnk.example.de/anmelden"}}
    page = client.get("/anmelden", **base)
    token = form_fields(page.text)["csrf_token"]
    data = {"email": "anna@example.org", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/anmelden", data=data, **base)
    cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    assert {header.split("=")[0] for header in cookies} == {
        "__Host-dnk",
        "__Host-dnk-sign-in",
        "__Host-dnk-device",
    }
    for header in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
            part.strip() for part in header.split(";")
        }
        assert "Domain" not in header
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    app.extensions["dnk_engine"].dispose()


def test_browser_names() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert browser_name(firefox) == "Firefox, Linux"
    assert browser_name(edge) == "Edge, Windows"
    assert browser_name("curl/8") == ""


# ---- An expired sign-in loses nothing


def expire(app: Flask) -> None:
    with database_session(app) as session:
        for row in session.scalars(select(SignIn)):
            row.last_seen_at -= timedelta(days=1)


@pytest.mark.own_app
def test_a_long_text_survives_the_expiry(
    app: Flask, client: FlaskClient, person: str, saved: list[Any]
) -> None:
    sign_in_by_form(client, person)
    token = token_of(client)
    expire(app)
    sent = {"csrf_token": token, "ref-1-text": LONG_TEXT, "choice": ["a", "b"], "empty": "", "page": "1"}
    answer = client.post("/test/speichern?teil=2", data=sent, headers={"Origin": "http://localhost"})
    assert answer.status_code == 401
    assert saved == []
    # A wrong password first: the text travels on.
    fields = form_fields(answer.text)
    wrong = client.post("/anmelden", data=fields | {"email": person, "password": "falsch falsch falsch"})
    assert wrong.status_code == 422
    fields = form_fields(wrong.text)
    page = client.post("/anmelden", data=fields | {"email": person, "password": PASSWORD})
    assert page.status_code == 200
    assert 'action="/test/speichern?teil=2"' in page.text
    assert client.post("/test/speichern", data={"ref-1-text": "x"}).status_code == 400, "still needs a token"
    final = client.post("/test/speichern?teil=2", data=form_fields(page.text))
    assert final.text == "saved by anna@example.org"
    [received] = saved
    assert received.pop("csrf_token")
    assert received == {"ref-1-text": [LONG_TEXT], "choice": ["a", "b"], "empty": [""], "page": ["1"]}


@pytest.mark.own_app
def test_a_form_of_an_earlier_sign_in_is_offered_again(
    app: Flask, client: FlaskClient, person: str, saved: list[Any]
) -> None:
    sign_in_by_form(client, person)
    old = token_of(client)
    expire(app)
    sign_in_by_form(client, person)  # in another tab
    answer = client.post("/test/speichern", data={"csrf_token": old, "text": "mein Text"})
    assert answer.status_code == 400
    assert saved == []
    assert client.post("/test/speichern", data=form_fields(answer.text)).status_code == 200
    assert saved[0]["text"] == ["mein Text"]


@pytest.mark.own_app
def test_two_sign_in_forms_one_after_the_other(
    app: Flask, client: FlaskClient, person: str, saved: list[Any]
) -> None:
    sign_in_by_form(client, person)
    expire(app)
    expired = form_fields(client.post("/test/speichern", data={"text": "mein Text"}).text)
    sign_in_by_form(client, person)  # in another tab
    answer = client.post("/anmelden", data=expired | {"email": person, "password": PASSWORD})
    assert PASSWORD not in answer.text
    assert client.post("/test/speichern", data=form_fields(answer.text)).status_code == 200
    assert saved[0]["text"] == ["mein Text"]


@pytest.mark.own_app
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_sites_form_is_never_kept(
    client: FlaskClient, saved: list[Any], headers: dict[str, str]
) -> None:
    answer = client.post("/test/speichern", data={"text": "words of another"}, headers=headers)
    assert answer.status_code == 401
    assert "words of another" not in answer.text


@pytest.mark.own_app
def test_a_script_is_told_in_json(client: FlaskClient, person: str, saved: list[Any]) -> None:
    script = {"X-Requested-With": "fetch"}
    answer = client.post("/test/speichern", data={"text": "x"}, headers=script)
    assert answer.status_code == 401
    assert answer.get_json()["status"] == "signed-out"
    assert answer.get_json()["csrf_token"] is None
    sign_in_by_form(client, person)
    answer = client.post("/test/speichern", data={"text": "x"}, headers=script)
    assert answer.status_code == 400
    fresh = {"text": "x", "csrf_token": answer.get_json()["csrf_token"]}
    assert client.post("/test/speichern", data=fresh, headers=script).status_code == 200


@pytest.mark.parametrize("text", ["", "x", "[]", '{"path": "/a", "fields": []}', "WyIiLCIvIixbXV0.x"])
def test_what_was_not_packed_by_us_is_not_unpacked(app: Flask, text: str) -> None:
    with app.test_request_context():
        assert interrupted_forms.unsign_form(text) is None
        form = interrupted_forms.InterruptedForm("/a", [("x", "ä"), ("x", "")])
        assert interrupted_forms.unsign_form(interrupted_forms.sign_form(form)) == form


@pytest.mark.own_app
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}]
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_nobody_puts_words_into_another_persons_browser(
    app: Flask, client: FlaskClient, person: str, saved: list[Any], headers: dict[str, str], is_packed: bool
) -> None:
    """Neither as they stand nor as our own server packed them for somebody else."""
    kept = json.dumps({"path": "/test/speichern", "fields": [["text", "words of another"]]})
    if is_packed:
        answer = app.test_client().post("/test/speichern", data={"text": "words of another"})
        kept = form_fields(answer.text)["kept"][0]
    page = client.post("/anmelden", data={"kept": kept}, headers=headers)
    assert page.status_code == 400
    fields = form_fields(page.text)
    assert "kept" not in fields
    fields |= {"email": person, "password": PASSWORD, "kept": kept}
    assert client.post("/anmelden", data=fields, headers=headers).status_code == 303
    signed_in = client.post("/anmelden", data={"kept": kept}, headers=headers)
    assert signed_in.status_code == 400
    assert "words of another" not in signed_in.text


@pytest.mark.own_app
def test_another_site_cannot_send_what_the_own_browser_kept(
    app: Flask, client: FlaskClient, person: str, saved: list[Any]
) -> None:
    kept = form_fields(client.post("/test/speichern", data={"text": "mein Text"}).text)["kept"]
    abroad = {"Sec-Fetch-Site": "cross-site"}
    assert "kept" not in form_fields(client.post("/anmelden", data={"kept": kept}, headers=abroad).text)
    assert "kept" in form_fields(client.post("/anmelden", data={"kept": kept}).text)


def test_passwords_never_travel(client: FlaskClient, person: str) -> None:
    answer = client.post("/konto/passwort", data={"password": "geheim", "new_password": "auch geheim"})
    assert answer.status_code == 401
    assert "geheim" not in answer.text


@pytest.mark.parametrize(
    ("name", "is_written"),
    [
        ("text", True),
        ("remark", True),
        ("answer-7", True),
        ("reason", True),
        ("ref-1.1-text", True),
        ("ref-GRI-SRS-305-1.a-value", True),
        ("ref-GRI-SRS-305-1.a-rows-0-name", True),
        ("ref-1.1-version", False),
        ("ref-GRI-SRS-305-1.a-rows-0-amount-unit", False),
        ("ref-1.1-reason", False),
        ("read-7", False),
        ("done-7", False),
        ("verdict", False),
        ("action", False),
        ("csrf_token", False),
        ("password", False),
        ("new_password_confirm", False),
        ("secret", False),
    ],
)
def test_what_somebody_wrote_is_shown_and_what_they_chose_is_not(name: str, is_written: bool) -> None:
    assert interrupted_forms.typed_texts([(name, "Quellenangabe?"), (name, "Quellenangabe?")]) == (
        ["Quellenangabe?"] if is_written else []
    )
    assert interrupted_forms.typed_texts([(name, " ")]) == []
