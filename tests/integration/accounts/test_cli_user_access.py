"""`dnk user list`, `lock`, `unlock` and `sessions`: what the operator sees, what a locked person can do."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from dnk_tool.cli.main import cli
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.mail import Mail
from tests.support.app import PASSWORD, World, add_member, database_session, post, sign_in, sign_in_by_form
from tests.support.authenticators import set_up_app
from tests.support.browsers import is_in, signed_in

OWNER = "owner@example.org"
STEP = "/anmelden/zweiter-schritt"


@pytest.fixture(autouse=True)
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_INSTANCE", str(settings.instance))
    assert settings.secret_key
    monkeypatch.setenv("DNK_SECRET_KEY", settings.secret_key.get_secret_value())


def run_user_command(*words: str) -> Result:
    done = CliRunner().invoke(cli, ["user", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def logged_events(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]


def try_to_sign_in(app: Flask, email: str, password: str = PASSWORD) -> Any:
    return post(app.test_client(), "/anmelden", {"email": email, "password": password})


def test_f14_the_list_says_who_may_do_what_and_when_they_were_here(app: Flask, world: World) -> None:
    sign_in(app.test_client(), OWNER)
    lines = {line.split()[0]: line for line in run_user_command("list").stdout.splitlines()}
    assert re.fullmatch(rf"{OWNER}  owner of A GmbH  20\d\d-\d\d-\d\dT\d\d:\d\d\+00:00", lines[OWNER])
    assert lines["operator@example.org"].endswith("  operator  never signed in")
    assert "manager of Cluster Nord" in lines["manager@example.org"]
    assert "viewer of A GmbH (ended)" in lines["expired@example.org"]
    rows = {row["email"]: row for row in json.loads(run_user_command("list", "--json").stdout)}
    assert rows[OWNER]["roles"] == ["owner of A GmbH"]
    assert (rows[OWNER]["locked"], rows[OWNER]["second_factor"]) == (False, False)


def test_f14_locking_ends_sign_ins_and_refuses_new_ones(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in_by_form(client, OWNER)
    done = run_user_command("lock", "Owner@Example.org")
    assert done.stdout == f"{OWNER} is locked and signed out everywhere.\n"
    [event] = logged_events(done)
    assert (event["event"], event["by"]) == ("account-locked", "command")
    assert OWNER not in done.stderr
    assert not is_in(client)
    assert "LOCKED" in run_user_command("list").stdout
    run_user_command("unlock", OWNER)
    assert not is_in(client), "sign-ins from before stay ended"
    assert try_to_sign_in(app, OWNER).status_code == 303


def test_f14_a_locked_person_reads_the_same_as_with_a_wrong_password(app: Flask, world: World) -> None:
    wrong = try_to_sign_in(app, OWNER, "falsch falsch falsch")
    run_user_command("lock", OWNER)
    locked = try_to_sign_in(app, OWNER)
    texts = [re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text) for answer in (wrong, locked)]
    assert (wrong.status_code, texts[0]) == (locked.status_code, texts[1])


def test_f14_no_pending_token_unlocks(app: Flask, world: World) -> None:
    visitor = app.test_client()
    post(visitor, "/passwort-vergessen", {"email": OWNER})
    link = newest_mailed_link(app, "/passwort-vergessen/")
    inviter = signed_in(app, "stranger")
    path = f"/unternehmen/{world.foreign}/personen/einladen"
    post(inviter, path, {"email": OWNER, "role": "viewer", "language": "de"})
    invitation = newest_mailed_link(app, "/einladung/")
    run_user_command("lock", OWNER)
    new = "ganz anderes wort hier"
    assert "/passwort-vergessen" in visitor.get(link).headers["Location"]
    post(visitor, link, {"password": new, "password_confirm": new})
    fields = {"name": "Olga", "password": new, "password_confirm": new}
    assert post(visitor, invitation, fields).status_code == 401
    with database_session(app) as session:
        assert session.scalars(select(Account.active).where(Account.email == OWNER)).one() is False
    mails = count_mails(app)
    post(visitor, "/passwort-vergessen", {"email": OWNER})
    assert count_mails(app) == mails, "no new link is sent"
    for password in (new, PASSWORD):
        assert try_to_sign_in(app, OWNER, password).status_code == 422
    run_user_command("unlock", OWNER)
    assert "/passwort-vergessen" in visitor.get(link).headers["Location"]
    assert try_to_sign_in(app, OWNER).status_code == 303


def newest_mailed_link(app: Flask, path: str) -> str:
    with database_session(app) as session:
        bodies = session.scalars(select(Mail.body).order_by(Mail.id.desc())).all()
    return next(found[1] for body in bodies if (found := re.search(rf"://[^/]+({path}\S+)", body)))


def count_mails(app: Flask) -> int:
    with database_session(app) as session:
        return len(session.scalars(select(Mail.id).where(Mail.recipient == OWNER)).all())


def test_f14_a_half_sign_in_ends_with_the_lock(app: Flask, world: World) -> None:

    client = app.test_client()
    sign_in_by_form(client, OWNER)
    _phone, codes = set_up_app(client)
    half = app.test_client()
    sign_in_by_form(half, OWNER)
    run_user_command("lock", OWNER)
    assert post(half, STEP, {"recovery_code": codes[0]}).headers["Location"] == "/anmelden"
    run_user_command("unlock", OWNER)
    assert post(half, STEP, {"recovery_code": codes[0]}).headers["Location"] == "/anmelden"


def test_f14_locking_the_last_operator_says_how_to_get_another(world: World) -> None:
    assert "dnk user add EMAIL --operator" in run_user_command("lock", "operator@example.org").stderr


def test_f14_sessions_are_listed_and_ended(app: Flask, world: World) -> None:
    assert run_user_command("sessions", OWNER).stdout == f"{OWNER} is not signed in.\n"
    clients = [app.test_client() for _ in range(2)]
    for client in clients:
        sign_in(client, OWNER)
    with database_session(app) as session:
        add_member(session, world.own, "other", Role.EDITOR)
    other = signed_in(app, "other")
    shown = run_user_command("sessions", OWNER)
    assert shown.stdout.count("since 20") == 2
    assert json.loads(run_user_command("sessions", OWNER, "--json").stdout)["ended"] is False
    assert all(is_in(client) for client in clients)
    ended = run_user_command("sessions", OWNER, "--end")
    assert ended.stdout.endswith(f"{OWNER} is signed out everywhere.\n")
    assert [event["event"] for event in logged_events(ended)] == ["sign-ins-ended"]
    assert not any(is_in(client) for client in clients)
    assert is_in(other)


@pytest.mark.parametrize("command", ["lock", "unlock", "sessions", "reset-factors"])
def test_f14_an_unknown_address_is_told(world: World, command: str) -> None:
    for email, text in (("nobody@example.org", "There is no account"), ("x", "is not an email address")):
        done = run_user_command(command, email)
        assert done.exit_code == 1
        assert text in done.stderr
