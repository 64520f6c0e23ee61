"""The authenticator app and the recovery codes: asked for at every sign-in, and no code counts twice."""

import hashlib
import math
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.app import create_app
from dnk_tool.cli.user import reset_factors
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.accounts import encryption, second_factor
from dnk_tool.services.accounts.second_factor import WrongCode
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import second_factors
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp, RecoveryCode, SignIn
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.accounts import security
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    form_fields,
    make_account,
    post,
    sign_in_by_form,
)
from tests.support.authenticators import PasskeyDevice, TotpApp, add_passkey, set_up_app
from tests.support.browsers import is_in

STEP = "/anmelden/zweiter-schritt"
ANNA = "anna@example.org"
NEW_PASSWORD = "dachs ofen elf segel"


def half_way(app: Flask, email: str = ANNA, **fields: Any) -> FlaskClient:
    """A browser that gave the right password."""
    client = app.test_client()
    answer = sign_in_by_form(client, email, **fields)
    assert answer.headers.get("Location", STEP).startswith(STEP)
    assert not is_in(client)
    return client


def subjects(app: Flask) -> list[str]:
    with database_session(app) as session:
        return list(session.scalars(select(Mail.subject).order_by(Mail.id)))


def test_an_app_is_set_up_and_asked_for(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, codes = set_up_app(client)
    assert len(set(codes)) == 10
    assert "Authenticator-App" in client.get("/konto").text
    assert "jetzt eine Authenticator-App" in subjects(app)[0]
    clock.shift(60)
    other = half_way(app, next="/konto/passwort")
    wrong = post(other, STEP, {"code": "000000"})
    assert wrong.status_code == 422
    assert not is_in(other)
    done = other.post(STEP, data=form_fields(other.get(f"{STEP}?next=/konto").text) | {"code": phone.code()})
    assert done.headers["Location"] == "/konto"
    assert is_in(other)


def test_nothing_is_kept_of_an_app_that_does_not_prove_itself(
    app: Flask, client: FlaskClient, person: str
) -> None:
    sign_in_by_form(client, person)
    page = client.get("/konto/zweiter-faktor/app").text
    fields = form_fields(page)
    again = client.post("/konto/zweiter-faktor/app", data=fields | {"code": "123"})
    assert again.status_code == 422
    secret = page.split('<code class="dnk-code">')[1].split("<")[0]
    assert secret in again.text, "the same secret: the app need not be told again"
    for forged in ("", "x", secret, fields["secret"][0][:-2]):
        answer = client.post("/konto/zweiter-faktor/app", data=fields | {"secret": forged, "code": "1"})
        assert answer.status_code == 303
    with database_session(app) as session:
        assert session.scalars(select(AuthenticatorApp)).all() == []


def test_nobody_sets_up_what_another_person_was_shown(app: Flask, client: FlaskClient, person: str) -> None:
    with database_session(app) as session:
        make_account(session, "mallory@example.org")
    mallory = app.test_client()
    sign_in_by_form(mallory, "mallory@example.org")
    sign_in_by_form(client, person)
    offered = form_fields(mallory.get("/konto/zweiter-faktor/app").text)["secret"]
    answer = post(client, "/konto/zweiter-faktor/app", {"secret": offered, "code": "123456"})
    assert answer.headers["Location"] == "/konto/zweiter-faktor/app"


def test_the_picture_and_the_text_say_the_same(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    page = client.get("/konto/zweiter-faktor/app").text
    assert '<img class="dnk-qr" src="data:image/svg+xml' in page
    assert "style=" not in page
    secret = second_factor.new_secret()
    address = second_factor.otpauth_uri(secret, email=ANNA, installation="dnk-tool x:y")
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address


def test_a_code_counts_once(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    assert post(half_way(app), STEP, {"code": phone.code()}).status_code == 422, "it set the app up"
    clock.shift(60)
    first, second = half_way(app), half_way(app)
    assert post(first, STEP, {"code": phone.code()}).status_code == 303
    assert post(second, STEP, {"code": phone.code()}).status_code == 422
    earlier = phone.code(time.time() - 30)
    assert post(second, STEP, {"code": earlier}).status_code == 422, "nor an earlier one after a later one"


def test_a_code_counts_half_a_minute_longer_and_no_more(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    clock.shift(600)
    old, late = phone.code(time.time() - 60), phone.code(time.time() - 30)
    browser = half_way(app)
    assert post(browser, STEP, {"code": old}).status_code == 422
    assert post(browser, STEP, {"code": late}).status_code == 303


@pytest.mark.parametrize("code", ["", " ", "²²²²²²", "١٢٣٤٥٦", "12345", "1234567", "x" * 10_000, "\x00" * 6])
def test_what_is_no_code(app: Flask, client: FlaskClient, person: str, code: str) -> None:
    sign_in_by_form(client, person)
    set_up_app(client)
    assert post(half_way(app), STEP, {"code": code}).status_code == 422
    assert post(half_way(app), STEP, {"recovery_code": code or "-"}).status_code == 422


def test_of_twenty_at_once_one_gets_in_with_a_code(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    with app.app_context(), database_session(app) as session:
        account = session.scalars(select(Account)).one()
        session.get_one(AuthenticatorApp, account.id).last_counter = 0
        key = app.config["SECRET_KEY"]
    code = phone.code()

    def attempt(_number: int) -> bool:
        try:
            with database_session(app) as session:
                second_factor.check_code(session, account.id, code, key=key, now=datetime.now(UTC))
        except WrongCode:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 1


def test_a_recovery_code_counts_once(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    _phone, codes = set_up_app(client)
    typed = codes[0].upper().replace("-", " ")
    assert post(half_way(app), STEP, {"recovery_code": typed}).status_code == 303
    assert "Wiederherstellungscode" in subjects(app)[-1]
    assert post(half_way(app), STEP, {"recovery_code": codes[0]}).status_code == 422
    assert "noch 9 Wiederherstellungscodes" in client.get("/konto").text
    renewed = post(client, "/konto/zweiter-faktor/codes")
    assert codes[1] not in renewed.text
    assert post(half_way(app), STEP, {"recovery_code": codes[1]}).status_code == 422, "new codes end old ones"


def test_f9_a_recovery_code_has_112_bits_in_readable_groups(
    app: Flask, client: FlaskClient, person: str
) -> None:
    sign_in_by_form(client, person)
    _phone, codes = set_up_app(client)
    for code in codes:
        assert re.fullmatch(r"([2-9a-hjkmnp-z]{4}-){5}[2-9a-hjkmnp-z]{4}", code)
    letters = set("".join(codes)) - {"-"}
    assert math.log2(len(second_factor.CODE_CHARACTERS)) * 24 >= 112
    assert letters <= set(second_factor.CODE_CHARACTERS)


def test_f9_a_recovery_code_is_kept_as_a_salted_hash(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    _phone, codes = set_up_app(client)
    signs = [code.replace("-", "") for code in codes]
    with database_session(app) as session:
        rows = {row.code_hash: row.salt for row in session.scalars(select(RecoveryCode))}
    assert len(set(rows.values())) == len(codes)
    assert not rows.keys() & {hashlib.sha256(code.encode()).hexdigest() for code in signs}
    assert rows.keys() == {
        hashlib.sha256((salt + code).encode()).hexdigest()
        for code in signs
        for code_hash, salt in rows.items()
        if hashlib.sha256((salt + code).encode()).hexdigest() == code_hash
    }


def test_f9_an_earlier_code_counts_until_the_codes_are_renewed(
    app: Flask, client: FlaskClient, person: str
) -> None:
    earlier = ["2345-6789-abcd-efgh", "bcde-fghj-kmnp-qrst"]
    sign_in_by_form(client, person)
    set_up_app(client)
    with database_session(app) as session:
        account_id = session.scalars(select(Account.id)).one()
        for code in earlier:
            hashed = hashlib.sha256(code.replace("-", "").encode()).hexdigest()
            session.add(RecoveryCode(code_hash=hashed, account_id=account_id))
    assert post(half_way(app), STEP, {"recovery_code": earlier[0]}).status_code == 303
    post(client, "/konto/zweiter-faktor/codes")
    assert post(half_way(app), STEP, {"recovery_code": earlier[1]}).status_code == 422


def test_the_database_holds_nothing_that_lets_in(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    page = client.get("/konto/zweiter-faktor/app").text
    secret = page.split('<code class="dnk-code">')[1].split("<")[0].replace(" ", "")
    phone = TotpApp(secret)
    answer = client.post("/konto/zweiter-faktor/app", data=form_fields(page) | {"code": phone.code()})
    with database_session(app) as session:
        row = session.scalars(select(AuthenticatorApp)).one()
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert secret not in row.secret
    assert encryption.decrypt(app.config["SECRET_KEY"], row.secret) == secret
    with pytest.raises(encryption.DecryptionFailed):
        encryption.decrypt("another key", row.secret)
    for code_hash in hashes:
        assert code_hash not in answer.text
        assert len(code_hash) == 64


def test_another_secret_key_leaves_the_recovery_codes(
    app: Flask, settings: Settings, client: FlaskClient, person: str, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in_by_form(client, person)
    phone, codes = set_up_app(client)
    changed = create_app(settings.model_copy(update={"secret_key": SecretStr("another key " * 4)}))
    changed.testing = True
    browser = half_way(changed)
    assert post(browser, STEP, {"code": phone.code(time.time() + 30)}).status_code == 422
    assert "secret key was changed" in caplog.text
    assert post(browser, STEP, {"recovery_code": codes[0]}).status_code == 303
    changed.extensions["dnk_engine"].dispose()


def test_removing_the_app_ends_the_second_step(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    set_up_app(client)
    waiting = half_way(app)
    assert post(client, "/konto/zweiter-faktor/app/entfernen").status_code == 303
    assert "keine Authenticator-App mehr" in subjects(app)[-1]
    with database_session(app) as session:
        assert session.scalars(select(RecoveryCode)).all() == [], "codes go with the last device"
    assert post(waiting, STEP, {"code": "123456"}).status_code == 422, "the half way in stays half"
    fresh = app.test_client()
    sign_in_by_form(fresh, person)
    assert is_in(fresh)


# ---- Guessing, and the state between the two steps


def test_the_second_step_needs_the_first(client: FlaskClient, person: str) -> None:
    assert client.get(STEP).headers["Location"] == "/anmelden"
    assert post(client, STEP, {"code": "123456"}).headers["Location"] == "/anmelden"


def test_half_way_in_ends_after_ten_minutes_and_with_the_password(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    clock.shift(60)
    slow, stale = half_way(app), half_way(app)
    with database_session(app) as session:
        session.scalars(select(Account)).one().fs_uniquifier = "changed"
    assert post(stale, STEP, {"code": phone.code()}).headers["Location"] == "/anmelden"
    slow = half_way(app)
    clock.shift(601)
    assert post(slow, STEP, {"code": phone.code()}).headers["Location"] == "/anmelden"
    assert not is_in(slow)


def test_a_locked_account_does_not_finish(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    _phone, codes = set_up_app(client)
    browser = half_way(app)
    with database_session(app) as session:
        session.scalars(select(Account)).one().active = False
    assert post(browser, STEP, {"recovery_code": codes[0]}).headers["Location"] == "/anmelden"


@pytest.mark.parametrize("field", ["code", "recovery_code"])
def test_guessing_codes_from_one_address(app: Flask, client: FlaskClient, person: str, field: str) -> None:
    sign_in_by_form(client, person)
    set_up_app(client)
    browser = half_way(app)
    codes = [post(browser, STEP, {field: f"{number:06}"}).status_code for number in range(22)]
    assert codes == [422] * 20 + [429] * 2


def test_guessing_codes_from_many_addresses_does_not_lock_the_owner_out(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    post(client, "/abmelden")
    clock.shift(60)
    attacker, codes = half_way(app), []
    for number in range(25):
        origin = {"REMOTE_ADDR": f"192.0.2.{number}"}
        codes.append(post(attacker, STEP, {"code": "000000"}, environ_overrides=origin).status_code)
    assert codes == [422] * 20 + [429] * 5
    other = half_way(app)
    assert post(other, STEP, {"code": phone.code()}, environ_overrides=origin).status_code == 429
    sign_in_by_form(client, person)
    assert post(client, STEP, {"code": phone.code()}).status_code == 303, "a browser that is known gets in"


def test_a_wrong_password_says_nothing_of_the_second_factor(
    app: Flask, client: FlaskClient, person: str
) -> None:
    sign_in_by_form(client, person)
    set_up_app(client)
    with database_session(app) as session:
        make_account(session, "berta@example.org")
    pages = []
    for email in (ANNA, "berta@example.org", "nobody@example.org"):
        browser = app.test_client()
        answer = post(browser, "/anmelden", {"email": email, "password": "falsch falsch falsch"})
        assert answer.status_code == 422
        pages.append(answer.text.split("<main")[1].replace(email, "").split("csrf_token")[0])
    assert len(set(pages)) == 1


def test_what_was_typed_survives_both_steps(app: Flask, client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    _phone, codes = set_up_app(client)
    with database_session(app) as session:
        for row in session.scalars(select(SignIn)):
            row.last_seen_at -= timedelta(days=1)
    page = client.post(
        "/konto", data={"name": "Anna Lang", "language": "de"}, headers={"Origin": "http://localhost"}
    )
    first = client.post("/anmelden", data=form_fields(page.text) | {"email": ANNA, "password": PASSWORD})
    assert first.status_code == 200
    fields = form_fields(first.text)
    assert "kept" in fields
    wrong = client.post(STEP, data=fields | {"code": "000000"})
    fields = form_fields(wrong.text)
    last = client.post(STEP, data=fields | {"recovery_code": codes[0], "code": ""})
    assert "Anna Lang" in last.text
    assert client.post("/konto", data=form_fields(last.text)).status_code == 303
    assert 'value="Anna Lang"' in client.get("/konto").text


# ---- Step-up


def test_changing_it_needs_a_recent_proof(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    clock.shift(599)
    assert client.get("/konto/zweiter-faktor/app").status_code == 200
    clock.shift(2)
    answer = client.get("/konto/zweiter-faktor/app")
    assert answer.headers["Location"] == "/konto/bestaetigen?next=/konto/zweiter-faktor/app"
    for path in ("/konto/zweiter-faktor/app", "/konto/zweiter-faktor/codes", "/konto/passkeys/neu"):
        assert "/konto/bestaetigen" in post(client, path).headers["Location"], path
    page = client.get(answer.headers["Location"]).text
    wrong = client.post("/konto/bestaetigen", data=form_fields(page) | {"password": "falsch falsch falsch"})
    assert wrong.status_code == 422
    right = client.post("/konto/bestaetigen", data=form_fields(page) | {"password": PASSWORD})
    assert right.status_code == 200
    assert 'action="/konto/zweiter-faktor/app"' in right.text, "the form that waited there is offered"
    assert client.get("/konto/zweiter-faktor/app").status_code == 200


def test_f8_the_password_alone_is_no_proof_where_there_is_a_second_factor(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    sign_in_by_form(client, person)
    phone, codes = set_up_app(client)
    clock.shift(601)
    confirm, used = "/konto/bestaetigen", phone.code()
    for code in ("", "000000", "abcd-efgh"):
        refused = post(client, confirm, {"password": PASSWORD, "code": code})
        assert refused.status_code == 422
        assert 'href="#code"' in refused.text
    assert "/konto/bestaetigen" in client.get("/konto/zweiter-faktor/app").headers["Location"]
    right = post(client, confirm, {"password": PASSWORD, "code": f"{used[:3]} {used[3:]}"})
    assert right.status_code == 303
    assert client.get("/konto/zweiter-faktor/app").status_code == 200
    clock.shift(601)
    assert post(client, confirm, {"password": PASSWORD, "code": codes[0]}).status_code == 303
    assert any("Wiederherstellungscode" in subject for subject in subjects(app))
    clock.shift(601)
    assert post(client, confirm, {"password": PASSWORD, "code": codes[0]}).status_code == 422


def test_f8_a_new_password_needs_the_second_factor_too(
    client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    """Who sets one is signed in anew, which counts as a proof."""
    sign_in_by_form(client, person)
    phone, _codes = set_up_app(client)
    clock.shift(601)
    new = {"password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    asked = "/konto/bestaetigen?next=/konto/passwort"
    assert post(client, "/konto/passwort", new).headers["Location"] == asked
    assert client.get("/konto/passwort").headers["Location"] == asked
    assert "/konto/bestaetigen" in client.get("/konto/zweiter-faktor/app").headers["Location"]
    page = client.get(asked).text
    right = client.post(asked, data=form_fields(page) | {"password": PASSWORD, "code": phone.code()})
    assert right.headers["Location"] == "/konto/passwort"
    assert post(client, "/konto/passwort", new).headers["Location"] == "/konto"


def test_f8_without_a_second_factor_the_present_password_is_the_proof(
    app: Flask, client: FlaskClient, person: str, clock: time_machine.Traveller
) -> None:
    other = app.test_client()
    for browser in (client, other):
        sign_in_by_form(browser, person)
    clock.shift(601)
    new = {
        "password": "falsch falsch falsch",
        "new_password": NEW_PASSWORD,
        "new_password_confirm": NEW_PASSWORD,
    }
    assert post(client, "/konto/passwort", new).status_code == 422
    assert client.get("/konto/zweiter-faktor/app").status_code == 303, "a wrong one proves nothing"
    assert post(client, "/konto/passwort", new | {"password": PASSWORD}).headers["Location"] == "/konto"
    assert client.get("/konto/zweiter-faktor/app").status_code == 200
    clock.shift(601)
    assert client.get("/konto/zweiter-faktor/app").status_code == 303, "for ten minutes"
    assert not is_in(other)


def test_the_step_up_leaves_nobody_without_words(app: Flask, client: FlaskClient, person: str) -> None:
    """A passkey was set up, and cannot be used at this address."""
    sign_in_by_form(client, person)
    add_passkey(client, PasskeyDevice())
    cookie = client.get_cookie("dnk-sign-in")
    assert cookie
    elsewhere = app.test_client()
    elsewhere.set_cookie("dnk-sign-in", cookie.value, domain="127.0.0.1")
    there = elsewhere.get("/konto/bestaetigen", base_url="http://127.0.0.1:8000").text
    here = client.get("/konto/bestaetigen").text
    for text, is_there in (
        ("Einfacher geht es unten mit Ihrem Passkey.", False),
        ("Einer der Codes, die Sie beim Einrichten aufgeschrieben haben.", True),
        ("Auch keinen Code? Dann hilft Ihnen die Person weiter", True),
    ):
        assert ((text in there), (text in here)) == (is_there, not is_there), text


def test_guessing_the_password_at_the_step_up(client: FlaskClient, person: str) -> None:
    sign_in_by_form(client, person)
    codes = [post(client, "/konto/bestaetigen", {"password": "x"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


# ---- Demanded by the operator


@pytest.fixture
def strict(settings: Settings, app: Flask) -> Iterator[Flask]:
    demanding = settings.model_copy(update={"second_factor_for": ("operator", "editor")})
    strict = create_app(demanding)
    strict.testing, strict.test_client_class = True, app.test_client_class
    yield strict
    strict.extensions["dnk_engine"].dispose()


def test_who_needs_one_can_use_nothing_else_before(app: Flask, strict: Flask, world: World) -> None:
    for role, is_held in {"operator": True, "editor": True, "owner": False, "viewer": False}.items():
        client = strict.test_client()
        sign_in_by_form(client, f"{role}@example.org")
        of_company = () if role == "operator" else (f"/erklaerungen/{world.own_declaration}/",)
        for path in ("/", "/konto", "/unternehmen/neu", *of_company):
            answer = client.get(path)
            held = answer.status_code == 303 and answer.headers["Location"] == "/konto/zweiter-faktor"
            assert held is is_held, (role, path)
        for path in ("/konto/zweiter-faktor", "/konto/zweiter-faktor/app", "/sprache/en", "/impressum"):
            assert client.get(path).headers.get("Location") != "/konto/zweiter-faktor", (role, path)
        assert client.get("/static/app.css").status_code == 200


def test_it_goes_on_once_it_is_set_up(strict: Flask, world: World) -> None:
    client = strict.test_client()
    sign_in_by_form(client, "operator@example.org")
    assert "Für Ihre Rolle ist ein zweiter Faktor nötig." in client.get("/konto/zweiter-faktor").text
    set_up_app(client)
    assert client.get("/konto").status_code == 200
    page = client.get("/konto/zweiter-faktor").text
    post(client, "/konto/zweiter-faktor/app/entfernen")
    assert client.get("/konto").status_code == 303
    assert "nötig" not in page


def test_nothing_typed_is_lost_by_the_demand(strict: Flask, world: World) -> None:
    client = strict.test_client()
    sign_in_by_form(client, "editor@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    token = form_fields(client.get("/konto/zweiter-faktor").text)["csrf_token"][0]
    fields = {"ref-1.1-text": "Mein langer Text", "csrf_token": token}
    answer = client.post(path, data=fields, headers={"Origin": "http://localhost"})
    assert answer.status_code == 403
    assert "Mein langer Text" in answer.text
    script = client.post(path, data=fields, headers={"X-Requested-With": "fetch"})
    assert script.status_code == 401
    assert post(client, "/abmelden").headers["Location"] == "/"


def test_the_password_alone_tells_which_accounts_are_watched(app: Flask, person: str) -> None:
    """The library's own second factors stay off: their views write on a GET."""
    assert not security.CONFIG.get("SECURITY_TWO_FACTOR")
    with app.app_context(), database_session(app) as session:
        account = session.scalars(select(Account)).one()
        assert not second_factors.has_any(session, account.id)


def test_the_operator_helps_somebody_who_lost_everything(
    app: Flask, settings: Settings, client: FlaskClient, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_by_form(client, person)
    set_up_app(client)
    monkeypatch.setenv("DNK_INSTANCE", str(settings.instance))
    assert CliRunner().invoke(reset_factors, ["nobody@example.org"]).exit_code != 0
    done = CliRunner().invoke(reset_factors, [person])
    assert done.exit_code == 0, done.output
    assert not is_in(client)
    fresh = app.test_client()
    sign_in_by_form(fresh, person)
    assert is_in(fresh)


def test_codes_count_once_on_both_databases(store: sessionmaker[Session]) -> None:
    now, key, secret = datetime.now(UTC), "k" * 40, second_factor.new_secret()
    phone = TotpApp(secret)
    with write_session(store) as session, session.begin():
        account = make_account(session, ANNA)
        actor = Actor(account.id)
        code = phone.code(now.timestamp() - 30)
        second_factor.add_app(Work(session, actor, now), account, secret=secret, code=code, key=key)
        codes = second_factor.renew_recovery_codes(session, account, actor=actor)

    def attempt(number: int) -> str:
        try:
            with write_session(store) as session, session.begin():
                if number % 2:
                    second_factor.use_recovery_code(session, actor.user_id or 0, codes[0])
                    return "recovery"
                code = phone.code(now.timestamp())
                second_factor.check_code(session, actor.user_id or 0, code, key=key, now=now)
                return "app"
        except WrongCode:
            return ""

    with ThreadPoolExecutor(4) as pool:
        assert sorted(filter(None, pool.map(attempt, range(12)))) == ["app", "recovery"]
