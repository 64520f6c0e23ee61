"""The server's clock jumps some hours forward and back: nobody is locked out afterwards."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.store import rate_limits
from dnk_tool.store.database import write_session
from tests.support.app import PASSWORD, database_session, make_account, post, sign_in_by_form, token_of
from tests.support.authenticators import PasskeyDevice, add_passkey, request_options, set_up_app

pytestmark = pytest.mark.faults

ANNA, STEP = "anna@example.org", "/anmelden/zweiter-schritt"
NOW, HOUR = datetime(2026, 11, 27, 9, 0, tzinfo=UTC), timedelta(hours=1)
AHEAD = timedelta(hours=3)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(time.time(), tick=False) as clock:
        yield clock


@pytest.fixture
def person(app: Flask) -> str:
    with database_session(app) as session:
        make_account(session, ANNA)
    return ANNA


def test_a_window_that_began_while_the_clock_was_ahead_is_over(store: sessionmaker[Session]) -> None:
    with write_session(store) as session, session.begin():
        assert rate_limits.hit(session, "key", 9, window=HOUR, now=NOW + AHEAD) == 9
        assert rate_limits.count_hits(session, "key", window=HOUR, now=NOW) == 0
        assert rate_limits.hit(session, "key", 1, window=HOUR, now=NOW) == 1
        assert rate_limits.window_end(session, "key") == NOW + HOUR


def test_servers_whose_clocks_differ_a_little_count_together(store: sessionmaker[Session]) -> None:
    with write_session(store) as session, session.begin():
        rate_limits.hit(session, "key", 9, window=HOUR, now=NOW + timedelta(seconds=30))
        assert rate_limits.hit(session, "key", 1, window=HOUR, now=NOW) == 10
        assert rate_limits.count_hits(session, "key", window=HOUR, now=NOW) == 10


def test_who_tried_too_often_while_the_clock_was_ahead_may_try_again(
    app: Flask, person: str, clock: time_machine.Traveller
) -> None:
    client = app.test_client()
    clock.shift(AHEAD)
    fields = {"email": person, "csrf_token": token_of(client)}
    codes = {client.post("/anmelden", data=fields | {"password": "falsch"}).status_code for _ in range(25)}
    assert codes == {422, 429}
    assert client.post("/anmelden", data=fields | {"password": PASSWORD}).status_code == 429
    clock.shift(-AHEAD)
    assert client.post("/anmelden", data=fields | {"password": PASSWORD}).status_code == 303


def test_the_second_factors_work_after_the_clock_was_ahead(
    app: Flask, person: str, clock: time_machine.Traveller
) -> None:
    client, device = app.test_client(), PasskeyDevice()
    sign_in_by_form(client, person)
    assert add_passkey(client, device).status_code == 200
    phone, _codes = set_up_app(client)
    clock.shift(AHEAD)
    _pass_both(app, phone.code(), device)
    clock.shift(-AHEAD + timedelta(minutes=5))
    code = phone.code()
    _pass_both(app, code, device)
    browser = app.test_client()
    sign_in_by_form(browser, ANNA)
    assert post(browser, STEP, {"code": code}).status_code == 422, "each code counts once all the same"


def _pass_both(app: Flask, code: str, device: PasskeyDevice) -> None:
    browser = app.test_client()
    sign_in_by_form(browser, ANNA)
    assert post(browser, STEP, {"code": code}).status_code == 303
    browser = app.test_client()
    credential = device.get(request_options(browser, "/anmelden/passkey/anfrage"))
    assert post(browser, "/anmelden/passkey", {"credential": json.dumps(credential)}).status_code == 303
