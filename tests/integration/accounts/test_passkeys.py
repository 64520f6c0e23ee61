"""Passkeys: signing in with one alone, as the second step, to confirm; and every way to cheat with one."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.store.tables.accounts import Account, Passkey, RecoveryCode
from dnk_tool.store.tables.mail import Mail
from tests.support.app import database_session, make_account, post, sign_in_by_form
from tests.support.applications import Applications
from tests.support.authenticators import (
    USER_PRESENT,
    PasskeyDevice,
    add_passkey,
    request_options,
    to_base64url,
)
from tests.support.browsers import is_in

ANNA = "anna@example.org"
ASK, ALONE, STEP = "/anmelden/passkey/anfrage", "/anmelden/passkey", "/anmelden/zweiter-schritt"
NEW = "/konto/passkeys/anfrage"


@pytest.fixture
def device(client: FlaskClient, person: str) -> PasskeyDevice:
    """A device with a passkey of the person, who is signed in."""
    device = PasskeyDevice()
    sign_in_by_form(client, person)
    assert add_passkey(client, device).status_code == 200
    return device


def send_credential(client: FlaskClient, path: str, credential: Any, **fields: Any) -> Any:
    return post(client, path, {"credential": json.dumps(credential)} | fields)


def test_a_passkey_is_added_and_named(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    page = add_passkey(client, PasskeyDevice(), name=" Annas\x07 Telefon ")
    assert page.text.count('<code class="dnk-code">') == 10, "the first factor brings recovery codes"
    assert "Annas Telefon" in client.get("/konto/zweiter-faktor").text
    second = add_passkey(client, PasskeyDevice(), name="")
    assert second.status_code == 303, "the second brings none"
    with database_session(app) as session:
        assert len({passkey.handle for passkey in session.scalars(select(Passkey))}) == 1
        assert "neuen Passkey" in session.scalars(select(Mail.subject).order_by(Mail.id)).all()[0]


def test_options_tell_nothing_and_ask_for_enough(client: FlaskClient, device: PasskeyDevice) -> None:
    new = request_options(client, NEW)
    assert new["rp"]["id"] == "localhost"
    assert new["authenticatorSelection"]["residentKey"] == "required"
    assert new["authenticatorSelection"]["userVerification"] == "required"
    assert [credential["id"] for credential in new["excludeCredentials"]] == list(device.keys)
    assert ANNA not in new["user"]["id"]
    post(client, "/abmelden")
    alone = request_options(client, ASK)
    assert alone.get("allowCredentials", []) == []
    assert alone["userVerification"] == "required"
    assert request_options(client, ASK)["challenge"] != alone["challenge"]


def test_signing_in_with_a_passkey_alone(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    browser = app.test_client()
    done = send_credential(browser, ALONE, device.get(request_options(browser, ASK)), next="/konto/passwort")
    assert done.headers["Location"] == "/konto/passwort"
    assert is_in(browser)


def test_a_passkey_as_the_second_step(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    browser = app.test_client()
    assert sign_in_by_form(browser, ANNA).headers["Location"].startswith(STEP)
    assert not is_in(browser)
    options = request_options(browser, ASK, step="second-step")
    assert [credential["id"] for credential in options["allowCredentials"]] == list(device.keys)
    device.flags = USER_PRESENT
    assert send_credential(browser, STEP, device.get(options)).status_code == 303
    assert is_in(browser)


def test_a_passkey_confirms_who_one_is(
    app: Flask, client: FlaskClient, device: PasskeyDevice, clock: time_machine.Traveller
) -> None:
    browser = app.test_client()
    send_credential(browser, ALONE, device.get(request_options(browser, ASK)))
    clock.shift(700)
    assert "/konto/bestaetigen" in browser.get("/konto/passkeys/neu").headers["Location"]
    device.flags = USER_PRESENT
    refused = send_credential(browser, "/konto/bestaetigen", device.get(request_options(browser, ASK)))
    assert refused.status_code == 422, "having it is not enough: it must recognise its owner"
    device.flags = PasskeyDevice.flags
    done = send_credential(
        browser, "/konto/bestaetigen", device.get(request_options(browser, ASK)), next="/konto/passkeys/neu"
    )
    assert done.headers["Location"] == "/konto/passkeys/neu"
    assert browser.get("/konto/passkeys/neu").status_code == 200


def test_removing_the_last_passkey(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    with database_session(app) as session:
        passkey_id = session.scalars(select(Passkey.id)).one()
        make_account(session, "mallory@example.org")
    mallory = app.test_client()
    sign_in_by_form(mallory, "mallory@example.org")
    post(mallory, f"/konto/passkeys/{passkey_id}/entfernen")
    assert "Telefon" in client.get("/konto/zweiter-faktor").text, "nobody else's"
    post(client, f"/konto/passkeys/{passkey_id}/entfernen")
    browser = app.test_client()
    assert send_credential(browser, ALONE, device.get(request_options(browser, ASK))).status_code == 422
    with database_session(app) as session:
        assert session.scalars(select(RecoveryCode)).all() == []
    assert sign_in_by_form(browser, ANNA).headers["Location"] == "/"


# ---- Cheating


def test_an_answer_counts_once(app: Flask, client: FlaskClient, person: str) -> None:
    """Not even with the very cookie that held its challenge, from a device that does not count."""
    sign_in_by_form(client, person)
    device = PasskeyDevice(counts=False)
    add_passkey(client, device)
    browser = app.test_client()
    options = request_options(browser, ASK)
    cookie = browser.get_cookie("dnk")
    given = device.get(options)
    assert send_credential(browser, ALONE, given).status_code == 303
    thief = app.test_client()
    assert cookie
    thief.set_cookie("dnk", cookie.value)
    assert send_credential(thief, ALONE, given).status_code == 422
    assert not is_in(thief)


def test_a_challenge_belongs_to_one_browser_and_purpose(
    app: Flask, client: FlaskClient, device: PasskeyDevice
) -> None:
    browser, other = app.test_client(), app.test_client()
    given = device.get(request_options(browser, ASK))
    request_options(other, ASK)
    assert send_credential(other, ALONE, given).status_code == 422, "another browser's"
    assert send_credential(app.test_client(), ALONE, given).status_code == 422, "nobody asked"
    half = app.test_client()
    sign_in_by_form(half, ANNA)
    assert (
        send_credential(half, ALONE, device.get(request_options(half, ASK, step="second-step"))).status_code
        == 422
    )
    assert send_credential(half, STEP, device.get(request_options(half, ASK))).status_code == 422
    assert (
        send_credential(
            client, "/konto/passkeys/neu", device.create(request_options(client, NEW))
        ).status_code
        == 303
    )
    assert (
        send_credential(client, "/konto/passkeys/neu", device.get(request_options(client, NEW))).status_code
        == 422
    )


def test_a_challenge_is_over_after_five_minutes(
    app: Flask, client: FlaskClient, device: PasskeyDevice, clock: time_machine.Traveller
) -> None:
    browser = app.test_client()
    given = device.get(request_options(browser, ASK))
    clock.shift(301)
    assert send_credential(browser, ALONE, given).status_code == 422


@pytest.mark.parametrize(
    "fault",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"host": "evil.example"},
        {"flags": USER_PRESENT},
        {"flags": 0},
    ],
)
def test_what_another_site_or_nobody_was_shown(
    app: Flask, client: FlaskClient, device: PasskeyDevice, fault: dict[str, Any]
) -> None:
    for name, value in fault.items():
        setattr(device, name, value)
    browser = app.test_client()
    assert send_credential(browser, ALONE, device.get(request_options(browser, ASK))).status_code == 422
    assert not is_in(browser)
    assert (
        send_credential(
            client, "/konto/passkeys/neu", device.create(request_options(client, NEW))
        ).status_code
        == 422
    )


def test_a_copied_device_is_noticed(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    browser = app.test_client()
    device.count = 50
    assert send_credential(browser, ALONE, device.get(request_options(browser, ASK))).status_code == 303
    device.count = 10
    copy = app.test_client()
    assert send_credential(copy, ALONE, device.get(request_options(copy, ASK))).status_code == 422


def test_anothers_passkey_is_no_second_step(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    with database_session(app) as session:
        make_account(session, "mallory@example.org")
    mallory, own = app.test_client(), PasskeyDevice()
    sign_in_by_form(mallory, "mallory@example.org")
    add_passkey(mallory, own)
    attacker = app.test_client()
    sign_in_by_form(attacker, ANNA)
    options = request_options(attacker, ASK, step="second-step") | {"allowCredentials": []}
    assert send_credential(attacker, STEP, own.get(options)).status_code == 422
    options = request_options(mallory, ASK) | {"allowCredentials": []}
    assert send_credential(mallory, "/konto/bestaetigen", device.get(options)).status_code == 422


def test_a_passkey_of_somebody_else_cannot_be_added(
    app: Flask, client: FlaskClient, device: PasskeyDevice
) -> None:
    with database_session(app) as session:
        make_account(session, "mallory@example.org")
    mallory = app.test_client()
    sign_in_by_form(mallory, "mallory@example.org")
    options = request_options(mallory, NEW)
    made = device.create(options)
    with database_session(app) as session:
        session.scalars(select(Passkey)).one().credential_id = made["id"]
    assert send_credential(mallory, "/konto/passkeys/neu", made).status_code == 422


def test_a_wrong_handle_is_refused(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    device.handles = dict.fromkeys(device.handles, to_base64url(b"somebody else"))
    browser = app.test_client()
    assert send_credential(browser, ALONE, device.get(request_options(browser, ASK))).status_code == 422


def test_a_locked_account_stays_out(app: Flask, client: FlaskClient, device: PasskeyDevice) -> None:
    with database_session(app) as session:
        session.scalars(select(Account)).one().active = False
    browser = app.test_client()
    assert send_credential(browser, ALONE, device.get(request_options(browser, ASK))).status_code == 422


GARBAGE: list[Any] = [
    "",
    "x",
    [],
    {},
    None,
    0,
    {"id": 1},
    {"id": "a", "rawId": "a", "type": "public-key", "response": {}},
    {"id": "a", "rawId": "a", "type": "public-key", "response": None},
    {"id": "ä", "rawId": [], "type": 5, "response": {"clientDataJSON": 1, "attestationObject": {}}},
    {
        "id": "a",
        "rawId": "a",
        "type": "public-key",
        "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
    },
    {
        "id": "a",
        "rawId": "a",
        "type": "public-key",
        "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
    },
    {"x": "y" * 30_000},
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused(
    app: Flask, client: FlaskClient, device: PasskeyDevice, garbage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    browser = app.test_client()
    request_options(browser, ASK)
    assert send_credential(browser, ALONE, garbage).status_code == 422
    request_options(client, NEW)
    assert send_credential(client, "/konto/passkeys/neu", garbage).status_code == 422
    whole = device.get(request_options(browser, ASK))
    for name in whole["response"]:
        broken = whole | {"response": whole["response"] | {name: garbage if garbage != "" else "AAAA"}}
        request_options(browser, ASK)
        assert send_credential(browser, ALONE, broken).status_code == 422
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("settings_of", "host", "is_offered"),
    [
        ({}, "localhost", True),
        ({}, "127.0.0.1:8000", False),
        ({}, "[::1]:8000", False),
        ({"public_url": "https://dnk.example.de"}, "dnk.example.de", True),
    ],
)
def test_offered_where_browsers_can_do_it(
    applications: Applications,
    instance_folder: Path,
    settings_of: dict[str, str],
    host: str,
    is_offered: bool,
) -> None:
    settings = config.load_settings(instance=instance_folder, secret_key="only for tests " * 4, **settings_of)
    app = applications.open(settings)
    page = app.test_client().get("/anmelden", headers={"Host": host}).text
    assert ("data-passkey" in page) is is_offered
    assert ("sign-in." in page) is is_offered
    applications.close(app)
