"""Limits of attempts: counted by account however it is spelled, and by network; only failures count."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.addresses import network_of
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.services.accounts.action_limits import DAY, RECIPIENT_LIMITS, SENDER_LIMITS, LimitedAction
from dnk_tool.web import endpoint_limits
from dnk_tool.web.endpoint_limits import LIMITS, READ_LIMITS
from dnk_tool.web.http.rate_limits import by_network
from tests.support.app import PASSWORD, database_session, make_account, post, token_of

VERA = "vera@demo.example"
WRONG = "falsch falsch falsch"


@pytest.fixture
def vera(app: Flask) -> str:
    with database_session(app) as session:
        make_account(session, VERA, name="Vera")
    return VERA


@pytest.fixture
def low_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five failures from one network, so that a test needs no hundreds of requests."""
    monkeypatch.setitem(LIMITS, "security.login", (endpoint_limits._failures("5/hour"),))


def full_width(number: int) -> str:
    """One of the many spellings of the address that mean the same domain."""
    letters = "demo"
    domain = "".join(
        chr(ord(letter) + 0xFEE0) if number >> place & 1 else letter for place, letter in enumerate(letters)
    )
    return f"vera@{domain}.example"


def test_f2_twelve_people_behind_one_address_sign_in(app: Flask) -> None:
    with database_session(app) as session:
        for number in range(12):
            make_account(session, f"person{number}@example.org")
    codes = []
    for number in range(12):
        fields = {"email": f"person{number}@example.org", "password": PASSWORD}
        codes.append(post(app.test_client(), "/anmelden", fields).status_code)
    assert codes == [303] * 12


def test_f2_full_width_letters_give_no_further_tries(client: FlaskClient, vera: str) -> None:
    fields = {"password": WRONG, "csrf_token": token_of(client)}
    codes = [
        client.post("/anmelden", data=fields | {"email": full_width(number % 16)}).status_code
        for number in range(22)
    ]
    assert codes == [422] * 20 + [429] * 2
    right = client.post("/anmelden", data=fields | {"email": vera, "password": PASSWORD})
    assert right.status_code == 429, "the right password is refused meanwhile"


def test_f2_the_page_says_how_long_and_keeps_the_address(client: FlaskClient, vera: str) -> None:
    fields = {"email": vera, "password": WRONG, "csrf_token": token_of(client)}
    for _ in range(20):
        client.post("/anmelden", data=fields)
    answer = client.post("/anmelden", data=fields)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert "Warten Sie noch 60 Minuten" in answer.text
    assert f'value="{vera}"' in answer.text
    assert WRONG not in answer.text


@pytest.mark.parametrize("path", ["/passwort-vergessen", "/registrieren"])
def test_f2_links_by_mail_are_counted_by_account(app: Flask, vera: str, path: str) -> None:
    app.extensions["dnk_settings"] = app.extensions["dnk_settings"].model_copy(
        update={"self_registration": True}
    )
    codes = []
    for number in range(7):
        answer = post(
            app.test_client(),
            path,
            {"email": full_width(number)},
            environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        codes.append(answer.status_code)
    assert codes == [303] * 5 + [429] * 2
    assert full_width(6) in answer.text, "what was typed stays"
    assert re.search(r"Warten Sie noch \d+ Minuten", answer.text)
    assert int(answer.headers["Retry-After"]) > 3000


def test_f2_a_wait_below_two_minutes_is_named_in_seconds(
    client: FlaskClient, vera: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "security.login", (endpoint_limits._failures("1/minute"),))
    fields = {"email": vera, "password": WRONG, "csrf_token": token_of(client)}
    client.post("/anmelden", data=fields)
    answer = client.post("/anmelden", data=fields)
    assert re.search(r"Warten Sie noch \d+ Sekunden?,", answer.text)


@pytest.mark.usefixtures("low_ceiling")
def test_f2_twelve_addresses_of_one_household_count_as_one(client: FlaskClient, vera: str) -> None:
    fields = {"email": vera, "password": WRONG, "csrf_token": token_of(client)}

    def attempt(address: str) -> int:
        return client.post("/anmelden", data=fields, environ_overrides={"REMOTE_ADDR": address}).status_code

    household = [f"2001:db8:1:2::{number:x}" for number in range(1, 13)]
    assert [attempt(address) for address in household] == [422] * 5 + [429] * 7
    assert attempt("2001:db8:1:3::1") == 422, "another household"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_f2_networks(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.usefixtures("low_ceiling")
def test_f2_without_a_proxy_nobody_chooses_where_they_come_from(client: FlaskClient, vera: str) -> None:
    assert forwarded_attempts(client) == [422] * 5 + [429]


@pytest.mark.usefixtures("low_ceiling", "vera")
def test_f2_behind_a_proxy_its_last_word_counts(app: Flask, settings: Settings) -> None:
    behind = create_app(settings.model_copy(update={"proxies": 1}))
    behind.testing = True
    assert forwarded_attempts(behind.test_client()) == [422] * 6, "six visitors"
    same = behind.test_client()
    assert forwarded_attempts(same, lambda number: f"203.0.113.{number}, 198.51.100.1") == [422] * 5 + [429]
    behind.extensions["dnk_engine"].dispose()


def forwarded_attempts(
    client: FlaskClient, header: Callable[[int], str] = lambda number: f"203.0.113.{number}"
) -> list[int]:
    fields = {"email": VERA, "password": WRONG, "csrf_token": token_of(client)}
    return [
        client.post("/anmelden", data=fields, headers={"X-Forwarded-For": header(number)}).status_code
        for number in range(6)
    ]


@pytest.mark.usefixtures("low_ceiling")
def test_f2_successes_are_not_counted(app: Flask, vera: str) -> None:
    for _ in range(7):
        assert post(app.test_client(), "/anmelden", {"email": vera, "password": PASSWORD}).status_code == 303


def test_f2_no_device_helps_strangers_beyond_the_daily_ceiling(
    client: FlaskClient, vera: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second step shares the ceiling: it counts the same account."""
    limits = LIMITS["security.login"]
    assert [limit.scope for limit in (limits[-1], LIMITS["second_step.check"][-1])] == ["account"] * 2
    monkeypatch.setitem(LIMITS, "security.login", limits[-1:])
    monkeypatch.setattr(limits[-1].item, "amount", 3)
    fields = {"email": vera, "password": WRONG, "csrf_token": token_of(client)}
    assert [client.post("/anmelden", data=fields).status_code for _ in range(4)] == [422] * 3 + [429]


def test_f2_no_limit_counts_single_addresses() -> None:
    keys = {limit.key for limits in (*LIMITS.values(), *READ_LIMITS.values()) for limit in limits}
    assert by_network in keys
    assert not [key for key in keys if "address" in key.__name__]


def test_f2_the_manual_names_the_limits_of_sign_in() -> None:
    manual = (Path(__file__).parents[3] / "docs/operations.md").read_text("utf-8").split("### Limits")[1]
    for endpoint in ("security.login", "second_step.check", "security.forgot_password"):
        for limit in LIMITS[endpoint]:
            amount = f"{limit.item.amount} {'a day' if 'day' in str(limit.item) else 'an hour'}"
            assert amount in manual, (endpoint, amount)
    for limits, by in ((SENDER_LIMITS, "by one account"), (RECIPIENT_LIMITS, "to one person")):
        for action, most in limits.items():
            unit = "a day" if most.window == DAY else "an hour"
            mails = "mails " if action is LimitedAction.MESSAGE and by == "by one account" else ""
            assert f"{most.most:,} {mails}{unit} {by}" in manual, action
