"""What the operator does with accounts: as on the command line, told, logged, and never to oneself."""

import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from dnk_tool.cli.logs import JsonLogFormatter
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted
from dnk_tool.services.accounts import administration, security_log
from dnk_tool.services.accounts.administration import AccountGone, CannotSignIn, OwnAccount
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy.erasure import SuccessorNeeded
from dnk_tool.services.work import Work
from dnk_tool.store.tables.accounts import Account, SignIn
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    form_fields,
    make_account,
    make_world,
    post,
    sign_in_by_form,
)
from tests.support.authenticators import set_up_app
from tests.support.browsers import is_in, signed_in
from tests.support.declaration_scenario import stored_mails
from tests.support.machine import run_at_once

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OWNER, OPERATOR, SECOND = "owner@example.org", "operator@example.org", "zweite@example.org"


@pytest.fixture
def world(any_app: Flask) -> World:
    made = make_world(any_app)
    with database_session(any_app) as session:
        make_account(session, SECOND, name="Zita Zweite", is_operator=True)
    return made


@pytest.fixture
def operator(any_app: Flask, world: World) -> FlaskClient:
    return signed_in(any_app, OPERATOR)


@pytest.fixture
def events() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The security events so far, without those of signing in."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonLogFormatter())
    level = security_log.log.level
    security_log.log.addHandler(handler)
    security_log.log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    security_log.log.removeHandler(handler)
    security_log.log.setLevel(level)


def account_of(app: Flask, email: str) -> Account:
    with database_session(app) as session:
        return session.scalars(select(Account).where(Account.email == email)).one()


def id_of(app: Flask, email: str) -> int:
    return account_of(app, email).id


def deed(client: FlaskClient, email: str, path: str, **fields: str) -> TestResponse:
    """Send the form as the person's page has it."""
    key = id_of(client.application, email)
    return post(client, f"/betrieb/personen/{key}/{path}", {"email": email, **fields})


def told(client: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def test_f14_the_page_says_how_somebody_signs_in(any_app: Flask, operator: FlaskClient) -> None:
    owner = any_app.test_client()
    sign_in_by_form(owner, OWNER)
    set_up_app(owner)
    owner.environ_base["HTTP_USER_AGENT"] = "x"
    html = operator.get(f"/betrieb/personen/{id_of(any_app, OWNER)}").text
    for words in (
        "Authenticator-App, noch 10 Wieder",
        "A GmbH: Leitung",
        "zuletzt benutzt am",
        "Überall abmelden",
    ):
        assert words in html, words
    html = operator.get(f"/betrieb/personen/{id_of(any_app, 'viewer@example.org')}").text
    assert "Nicht eingerichtet" in html
    assert "Nirgends." in html
    assert "Überall abmelden" not in html


def test_f14_locking_and_unlocking(any_app: Flask, operator: FlaskClient, events: Any) -> None:
    owner = signed_in(any_app, OWNER)
    page = operator.get(f"/betrieb/personen/{id_of(any_app, OWNER)}/sperren").text
    assert "leitet niemand mehr" in page
    assert "A GmbH" in page
    answer = operator.post(f"/betrieb/personen/{id_of(any_app, OWNER)}/sperren", data=form_fields(page))
    assert "ist gesperrt und überall abgemeldet" in told(operator, answer)
    assert not is_in(owner)
    assert post(any_app.test_client(), "/anmelden", {"email": OWNER, "password": PASSWORD}).status_code == 422
    html = told(operator, deed(operator, OWNER, "entsperren"))
    assert "kann sich wieder anmelden" in html
    assert not is_in(owner), "sign-ins from before stay ended"
    assert post(any_app.test_client(), "/anmelden", {"email": OWNER, "password": PASSWORD}).status_code == 303
    assert stored_mails(any_app, OWNER) == []
    [locked, unlocked] = [line for line in events() if line.get("by") == "operator"]
    assert (locked["event"], unlocked["event"]) == ("account-locked", "account-unlocked")
    assert locked["operator"] == unlocked["operator"] != locked["account"]
    assert OWNER not in json.dumps([locked, unlocked])


def test_f14_ending_all_sign_ins_of_one_person(any_app: Flask, operator: FlaskClient) -> None:
    owner, editor = signed_in(any_app, OWNER), signed_in(any_app, "editor@example.org")
    assert "ist überall abgemeldet" in told(operator, deed(operator, OWNER, "abmelden"))
    assert not is_in(owner)
    assert is_in(editor)
    assert is_in(operator)


def test_f14_a_link_for_a_new_password_goes_to_the_person(any_app: Flask, operator: FlaskClient) -> None:
    page = operator.get(f"/betrieb/personen/{id_of(any_app, OWNER)}").text
    [form] = re.findall(r'(?s)<form[^>]*passwort-link".*?</form>', page)
    path, fields = f"/betrieb/personen/{id_of(any_app, OWNER)}/passwort-link", form_fields(form)
    assert "ist unterwegs an owner@example.org" in told(operator, operator.post(path, data=fields))
    assert operator.post(path, data=fields).status_code == 303, "a double click sends one mail"
    [mail] = stored_mails(any_app, OWNER)
    assert "schickt Ihnen diesen Link" in mail.body
    assert "jemand, vermutlich Sie" not in mail.body
    [path] = re.findall(r"://[^/]+(/passwort-vergessen/\S+)", mail.body)
    assert path not in page
    new = "ganz anderes wort hier"
    visitor = any_app.test_client()
    post(visitor, path, {"password": new, "password_confirm": new})
    assert post(any_app.test_client(), "/anmelden", {"email": OWNER, "password": new}).status_code == 303


def test_f14_nobody_gets_more_than_ten_links_a_day(any_app: Flask, operator: FlaskClient) -> None:
    answers = [deed(operator, OWNER, "passwort-link").status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]
    assert len(stored_mails(any_app, OWNER)) == 10


def test_f14_no_link_for_a_locked_person(any_app: Flask, operator: FlaskClient) -> None:
    deed(operator, OWNER, "sperren")
    assert "Das geht erst, wenn" in told(operator, deed(operator, OWNER, "passwort-link"))
    assert stored_mails(any_app, OWNER) == []


def test_f14_second_factors_are_reset_after_a_look_at_who_asks(
    any_app: Flask, operator: FlaskClient, events: Any
) -> None:
    owner = any_app.test_client()
    sign_in_by_form(owner, OWNER)
    set_up_app(owner)
    before = len(stored_mails(any_app, OWNER))
    path = f"/betrieb/personen/{id_of(any_app, OWNER)}/zweiter-faktor"
    page = operator.get(path).text
    assert "Vergewissern Sie sich" in page
    refused = operator.post(path, data=form_fields(page))
    assert refused.status_code == 422
    assert "Bestätigen Sie bitte" in refused.text
    assert is_in(owner)
    assert "keinen zweiten Faktor mehr" in told(
        operator, operator.post(path, data=form_fields(page) | {"sure": "1"})
    )
    assert not is_in(owner)
    answer = post(any_app.test_client(), "/anmelden", {"email": OWNER, "password": PASSWORD})
    assert answer.headers["Location"] != "/anmelden/zweiter-schritt"
    [mail] = stored_mails(any_app, OWNER)[before:]
    assert "wurde zurückgesetzt" in mail.subject
    assert "Haben Sie nicht darum gebeten?" in mail.body
    assert "Waren Sie das selbst" not in mail.body
    line = [line for line in events() if line.get("change") == "reset"][-1]
    assert (line["event"], line["by"]) == ("factors-changed", "operator")


def test_f14_somebody_joins_and_leaves_the_operators(
    any_app: Flask, operator: FlaskClient, events: Any
) -> None:
    owner = signed_in(any_app, OWNER)
    assert owner.get("/betrieb").status_code == 403
    path = f"/betrieb/personen/{id_of(any_app, OWNER)}/betrieb"
    fields = form_fields(operator.get(path).text) | {"action": "add"}
    assert "betreibt diese Installation jetzt mit" in told(operator, operator.post(path, data=fields))
    assert operator.post(path, data=fields).status_code == 303, "a double click"
    assert deed(operator, OWNER, "betrieb", action="add").status_code == 303, "or another operator's"
    assert owner.get("/betrieb").status_code == 200
    fields = form_fields(operator.get(path).text) | {"action": "remove"}
    assert "Das gilt ab sofort" in told(operator, operator.post(path, data=fields))
    assert owner.get("/betrieb").status_code == 403
    assert [mail.subject for mail in stored_mails(any_app, OWNER)] == [
        "Sie betreiben jetzt dnk-tool",
        "Sie betreiben dnk-tool nicht mehr",
    ]
    assert "Operator hat Ihnen" in stored_mails(any_app, OWNER)[0].body
    said = [line["event"] for line in events() if line.get("by") == "operator"]
    assert said == ["operator-added", "operator-removed"]


def test_f14_who_cannot_sign_in_becomes_no_operator(any_app: Flask, operator: FlaskClient) -> None:
    with database_session(any_app) as session:
        create_account(session, email="gast@example.org", name="", password_hash="", language="de", now=NOW)
    for email in ("gast@example.org", OWNER):
        deed(operator, OWNER, "sperren")
        assert "Das geht erst, wenn" in told(operator, deed(operator, email, "betrieb", action="add"))
        assert not account_of(any_app, email).is_operator


OWN_DEEDS = ("sperren", "entsperren", "abmelden", "passwort-link", "zweiter-faktor", "betrieb", "loeschen")


@pytest.mark.parametrize("path", OWN_DEEDS)
def test_f14_nobody_does_it_to_themselves(any_app: Flask, operator: FlaskClient, path: str) -> None:
    """So an operator, also the first and only one, never locks themselves out."""
    key = id_of(any_app, OPERATOR)
    with database_session(any_app) as session:
        session.execute(delete(Account).where(Account.email == SECOND))
    fields = {"sure": "1", "action": "remove", "typed_address": OPERATOR}
    assert "Das ist Ihr eigenes Konto" in told(operator, deed(operator, OPERATOR, path, **fields))
    if path in ("sperren", "zweiter-faktor", "betrieb", "loeschen"):
        assert "Das ist Ihr eigenes Konto" in told(operator, operator.get(f"/betrieb/personen/{key}/{path}"))
    account = account_of(any_app, OPERATOR)
    assert account.active
    assert account.is_operator
    assert is_in(operator)
    page = operator.get(f"/betrieb/personen/{key}").text
    assert "So bleibt immer jemand" in page
    assert 'name="email"' not in page


def erasing_fields(page: str, email: str, **more: str) -> dict[str, Any]:
    return form_fields(page) | {"typed_address": email, **more}


def test_f14_erasing_names_the_consequences_and_wants_the_address(
    any_app: Flask, operator: FlaskClient, world: World, events: Any
) -> None:
    key = id_of(any_app, OWNER)
    path = f"/betrieb/personen/{key}/loeschen"
    page = operator.get(path).text
    assert "Danach leitet niemand mehr" in page
    assert "A GmbH" in page
    for typed, more, words in (
        ("", {}, "Geben Sie die Adresse des Kontos ein"),
        ("editor@example.org", {"sure": "1"}, "Geben Sie die Adresse des Kontos ein"),
        (OWNER, {}, "niemand mehr dafür zuständig ist"),
    ):
        refused = operator.post(path, data=erasing_fields(page, typed, **more))
        assert refused.status_code == 422
        assert words in refused.text
        assert f'value="{typed}"' in refused.text
    assert account_of(any_app, OWNER)
    answer = operator.post(path, data=erasing_fields(page, " Owner@Example.org", sure="1"))
    assert "Das Konto von owner@example.org ist gelöscht." in told(operator, answer)
    with database_session(any_app) as session:
        assert session.get(Account, key) is None
    assert str(key) in (any_app.extensions["dnk_settings"].instance / "erasures.log").read_text()
    assert [line["event"] for line in events() if line.get("by") == "operator"] == ["account-erased"]


def test_f14_somebody_erased_meanwhile_is_told(any_app: Flask, operator: FlaskClient) -> None:
    """Also if their number belongs to somebody else by now."""
    key = id_of(any_app, SECOND)
    with database_session(any_app) as session:
        session.execute(delete(Account).where(Account.id == key))
    for path in ("", *(f"/{path}" for path in ("sperren", "zweiter-faktor", "betrieb", "loeschen"))):
        answer = operator.get(f"/betrieb/personen/{key}{path}")
        assert (answer.status_code, "gibt es nicht mehr" in answer.text) == (404, True), path
    with database_session(any_app) as session:
        session.add(new := make_account(session, "neu@example.org", name="Neu"))
        session.flush()
        new.id = key
    for path in OWN_DEEDS:
        fields = {"email": SECOND, "sure": "1", "action": "add", "typed_address": "neu@example.org"}
        answer = post(operator, f"/betrieb/personen/{key}/{path}", fields)
        assert (answer.status_code, "Geändert wurde hier nichts" in answer.text) == (404, True), path
    account = account_of(any_app, "neu@example.org")
    assert (account.active, account.is_operator) == (True, False)


@pytest.mark.parametrize("path", OWN_DEEDS)
def test_f14_only_operators_do_it(any_app: Flask, world: World, path: str) -> None:
    client = signed_in(any_app, "manager@example.org")
    answer = deed(client, OWNER, path, sure="1", action="add", typed_address=OWNER)
    assert answer.status_code == 403
    with database_session(any_app) as session:
        manager = Actor(id_of(any_app, "manager@example.org"))
        owner = id_of(any_app, OWNER)
        for act in (
            administration.lock,
            administration.unlock,
            administration.end_sign_ins,
            administration.reset_factors,
            administration.account_for_new_password,
        ):
            with pytest.raises(NotPermitted):
                act(session, owner, OWNER, actor=manager)
        with pytest.raises(NotPermitted):
            administration.set_operator(session, owner, OWNER, is_operator=True, actor=manager)


STEPPED_UP = tuple(path for path in OWN_DEEDS if path != "passwort-link")


def test_f14_a_fresh_proof_is_asked_for(any_app: Flask, operator: FlaskClient) -> None:
    with database_session(any_app) as session:
        row = session.scalars(select(SignIn)).one()
        row.data = row.data | {"fs_paa": row.data["fs_paa"] - 3600}
    for path in STEPPED_UP:
        answer = deed(operator, OWNER, path, sure="1", action="add", typed_address=OWNER)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/konto/bestaetigen"), path
    account = account_of(any_app, OWNER)
    assert (account.active, account.is_operator) == (True, False)


def outcomes_at_once(acts: list[Callable[[], object]]) -> list[str]:
    """What comes of acts that begin together, sorted: "done" or the exception's name."""
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            outcomes.append("done")
        except (NotPermitted, SuccessorNeeded, AccountGone) as error:
            outcomes.append(type(error).__name__)

    run_at_once(partial(run, act) for act in acts)
    return sorted(outcomes)


@pytest.mark.parametrize("what", ["lock", "demote", "erase", "one locks, one demotes"])
def test_f14_of_two_operators_who_remove_each_other_one_stays(
    any_app: Flask, world: World, what: str
) -> None:
    ids = {email: id_of(any_app, email) for email in (OPERATOR, SECOND)}

    def act(who: str, whom: str, how: str) -> None:
        actor, given = Actor(ids[who], is_operator=True), (ids[whom], whom)
        with database_session(any_app) as session:
            if how == "lock":
                administration.lock(session, *given, actor=actor)
            elif how == "erase":
                account = administration.account_for_change(session, *given, actor=actor)
                account_erasure.erase(Work(session, actor, NOW), account, even_if_needed=True)
            else:
                administration.set_operator(session, *given, is_operator=False, actor=actor)

    first, second = ("lock", "demote") if "one" in what else (what, what)
    outcomes = outcomes_at_once([lambda: act(OPERATOR, SECOND, first), lambda: act(SECOND, OPERATOR, second)])
    assert outcomes == ["NotPermitted", "done"]
    with database_session(any_app) as session:
        left = select(Account.id).where(Account.is_operator.is_(True), Account.active.is_(True))
        assert len(session.scalars(left).all()) == 1


def test_f14_of_two_operators_who_erase_themselves_at_once_one_stays(any_app: Flask, world: World) -> None:
    def leave(who: int) -> None:
        with database_session(any_app) as session:
            account_erasure.erase(Work(session, Actor(who), NOW), session.get_one(Account, who))

    ids = [id_of(any_app, email) for email in (OPERATOR, SECOND)]
    assert outcomes_at_once([lambda: leave(ids[0]), lambda: leave(ids[1])]) == ["SuccessorNeeded", "done"]


def test_f14_the_command_line_may_do_it_to_the_last_one(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        for email in (OPERATOR, SECOND):
            account = session.scalars(select(Account).where(Account.email == email)).one()
            assert not administration.lock(session, account.id, email, actor=SHELL).active
        with pytest.raises(CannotSignIn):
            administration.account_for_new_password(session, account.id, email, actor=SHELL)
        owner = session.scalars(select(Account).where(Account.email == OWNER)).one()
        owner.is_operator = True
        session.flush()
        with pytest.raises(OwnAccount):
            administration.lock(session, owner.id, OWNER, actor=Actor(owner.id, is_operator=True))
