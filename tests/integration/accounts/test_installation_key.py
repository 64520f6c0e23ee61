"""The secret key and its installation: nothing starts with one that is missing or another than before."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from dnk_tool.cli import serve
from dnk_tool.cli.main import main
from dnk_tool.config import Settings
from dnk_tool.services.accounts import encryption, installation_key, security_log
from dnk_tool.services.backup import nightly
from dnk_tool.store import installation_state as notes
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp, RecoveryCode
from tests.integration.conftest import NOW
from tests.support.app import database_session, make_account, sign_in
from tests.support.browsers import is_in

RIGHT, OTHER = "the right key, " * 4, "another key, as of a copy, " * 4
REFUSED_COMMANDS = (
    ["serve"],
    ["worker", "--once"],
    ["init"],
    ["backup", "late.tar.gz"],
    ["backup", "nightly"],
)


class Ended(NamedTuple):
    """How a command ended, and all that it said."""

    code: object
    words: str


RunDnk = Callable[..., Ended]


@pytest.fixture
def used(any_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """An installation of an earlier version, which noted no key: an operator and two people with apps."""
    settings: Settings = any_app.extensions["dnk_settings"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DNK_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DNK_DATABASE_URL", settings.database)
    put_key(any_app, RIGHT)
    with database_session(any_app) as session:
        make_account(session, "betrieb@example.org", is_operator=True)
        for name in ("anna", "ben"):
            account = make_account(session, f"{name}@example.org")
            session.flush()
            secret = encryption.encrypt(RIGHT.strip(), "JBSWY3DPEHPK3PXP")
            session.add(AuthenticatorApp(account_id=account.id, secret=secret, created_at=NOW))
            if name == "anna":
                session.add(RecoveryCode(account_id=account.id, code_hash="x", salt=""))
    return any_app


@pytest.fixture
def run_dnk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunDnk:
    """Runs a command up to its end; a server that would serve ends instead."""
    monkeypatch.setattr(serve, "_listen", lambda _settings: None)
    monkeypatch.setattr(serve, "GunicornApplication", _Served)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["dnk", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ended(ended.value.code, said.out + said.err)

    return run


class _Served:
    def __init__(self, _settings: Settings, _listener: object, words: str) -> None:
        self.words = words

    def run(self) -> None:
        print(self.words)


def key_file(app: Flask) -> Path:
    instance: Path = app.extensions["dnk_settings"].instance
    return instance / "secret-key"


def put_key(app: Flask, key: str) -> None:
    key_file(app).write_text(key)
    key_file(app).chmod(0o600)


def noted_key(app: Flask) -> str:
    with database_session(app) as session:
        return notes.read(session, notes.KEY_FINGERPRINT)


def key_finding(run_dnk: RunDnk, *arguments: str) -> dict[str, Any]:
    ended = run_dnk("doctor", "--json", *arguments)
    findings = json.loads(ended.words)
    assert ended.code == any(finding["state"] == "problem" for finding in findings)
    return next(finding for finding in findings if finding["code"] == "key")


def apps_left(app: Flask) -> tuple[int, int]:
    """How many authenticator apps and recovery codes there are."""
    with database_session(app) as session:
        counts = (
            session.scalar(select(func.count()).select_from(kind))
            for kind in (AuthenticatorApp, RecoveryCode)
        )
        apps, codes = counts
    return apps or 0, codes or 0


def test_an_earlier_installation_notes_its_key_once(used: Flask, run_dnk: RunDnk) -> None:
    assert key_finding(run_dnk)["state"] == "ok"
    assert noted_key(used) == "", "looking notes nothing"
    assert run_dnk("serve").code == 0
    assert noted_key(used) == installation_key.fingerprint_of(RIGHT.strip())
    with database_session(used) as session:
        session.get_one(notes.InstallationState, notes.KEY_FINGERPRINT).changed_at = NOW
    assert run_dnk("serve").code == 0
    with database_session(used) as session:
        assert session.get_one(notes.InstallationState, notes.KEY_FINGERPRINT).changed_at == NOW


@pytest.mark.parametrize("is_noted", [False, True], ids=["as of an earlier version", "noted"])
@pytest.mark.parametrize("present", ["", OTHER], ids=["missing", "foreign"])
def test_with_another_key_or_none_nothing_starts_and_nothing_changes(
    used: Flask, run_dnk: RunDnk, present: str, is_noted: bool, tmp_path: Path
) -> None:
    if is_noted:
        assert run_dnk("serve").code == 0
    noted = noted_key(used)
    put_key(used, present) if present else key_file(used).unlink()
    for command in REFUSED_COMMANDS if is_noted else [["serve"]]:
        code, words = run_dnk(*command)
        assert code == 1, command
        if command != ["backup", "nightly"]:
            assert ("is missing" if not present else "is not the secret key") in words
            assert "was started or changed" in words
            assert f"tar -xzOf BACKUP instance/secret-key > {key_file(used)}" in words
            assert f"dnk accept-key{'' if present else ' --new'}\n" in words
        assert RIGHT.strip() not in words
        assert OTHER.strip() not in words
    assert noted_key(used) == noted
    assert (key_file(used).read_text() if present else key_file(used).exists()) == (present or False)
    assert list(tmp_path.glob("**/*.tar.gz")) == []


def test_a_setting_that_is_not_the_key_is_named(
    used: Flask, run_dnk: RunDnk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_SECRET_KEY", OTHER)
    code, words = run_dnk("serve")
    assert code == 1
    assert "DNK_SECRET_KEY is not the secret key" in words
    assert key_finding(run_dnk)["facts"][0].startswith("DNK_SECRET_KEY is another one than")
    monkeypatch.delenv("DNK_SECRET_KEY")
    assert run_dnk("serve").code == 0, "the one in the file is still the right one"


def test_the_doctor_says_it_in_both_languages(used: Flask, run_dnk: RunDnk) -> None:
    put_key(used, OTHER)
    found = key_finding(run_dnk)
    assert (found["state"], found["part"]) == ("problem", "Secret key")
    assert "another one than this installation was used with" in found["facts"][0]
    assert "dnk accept-key" in found["to_do"]
    key_file(used).unlink()
    found = key_finding(run_dnk, "--language", "de")
    assert (
        found["facts"][0]
        == f"Er fehlt: DNK_SECRET_KEY ist nicht gesetzt, und {key_file(used)} gibt es nicht."
    )
    assert "Ist er für immer verloren: dnk accept-key --new." in found["to_do"]
    assert not key_file(used).exists(), "looking creates nothing"
    put_key(used, "short")
    assert "at least 32 bytes" in key_finding(run_dnk)["facts"][0]


def test_the_key_of_a_backup_is_put_back_as_the_message_says(
    used: Flask, run_dnk: RunDnk, tmp_path: Path
) -> None:
    assert run_dnk("backup", "saved.tar.gz").code == 0
    key_file(used).unlink()
    told = re.search(r"\(umask 077; tar .*\)", run_dnk("serve").words)
    assert told
    subprocess.run(["sh", "-c", told[0].replace("BACKUP", "saved.tar.gz")], cwd=tmp_path, check=True)
    assert key_file(used).stat().st_mode & 0o777 == 0o600
    assert run_dnk("serve").code == 0


def test_a_nightly_backup_never_holds_another_key(used: Flask) -> None:
    """It would take the place of those that hold the right one."""
    settings = used.extensions["dnk_settings"].model_copy(update={"secret_key": None, "backup_nightly": True})
    key_file(used).unlink()
    assert nightly.back_up_to_folder(used.extensions["dnk_session_factory"], settings, now=NOW) is None
    with database_session(used) as session:
        assert notes.read_values(session, notes.BACKUP_PROBLEM)["kind"] == "key"
    client = used.test_client()
    sign_in(client, "betrieb@example.org")
    assert "Der geheime Schlüssel fehlt oder ist ein anderer als bisher." in client.get("/betrieb").text


def test_a_new_key_is_accepted_only_by_name(used: Flask, run_dnk: RunDnk) -> None:
    browser = used.test_client()
    sign_in(browser, "betrieb@example.org")
    assert "Nothing was changed" in run_dnk("accept-key", "--new").words
    assert is_in(browser)
    key_file(used).unlink()
    code, words = run_dnk("accept-key")
    assert code == 1
    assert "dnk accept-key --new" in words
    code, words = run_dnk("accept-key", "--new")
    assert code == 0
    assert "no longer count: 2" in words
    assert "dnk user reset-factors ben@example.org" in words
    assert "reset-factors anna@example.org" not in words, "she has a recovery code"
    assert not is_in(browser)
    assert apps_left(used) == (2, 1), "the password alone signs nobody in"
    assert key_file(used).read_text().strip() not in words
    assert run_dnk("serve").code == 0
    assert key_finding(run_dnk)["state"] == "ok"


def test_apps_are_removed_if_told(used: Flask, run_dnk: RunDnk) -> None:
    put_key(used, OTHER)
    with database_session(used) as session:
        carl = make_account(session, "carl@example.org")
        session.flush()
        secret = encryption.encrypt(OTHER.strip(), "JBSWY3DPEHPK3PXP")
        session.add(AuthenticatorApp(account_id=carl.id, secret=secret, created_at=NOW))
    assert run_dnk("accept-key").code == 0, "of the key that one app knows, too"
    code, words = run_dnk("accept-key", "--reset-apps")
    assert code == 0
    assert "that were removed: 2." in words
    assert words.count('"change": "reset"') == 2
    with database_session(used) as session:
        kept = select(Account.email).join(AuthenticatorApp, AuthenticatorApp.account_id == Account.id)
        assert session.scalars(kept).all() == ["carl@example.org"]
    assert apps_left(used) == (1, 0)
    assert run_dnk("serve").code == 0


@pytest.mark.parametrize(
    "command", [["serve"], ["user", "add", "anna@example.org", "--generate"]], ids=" ".join
)
def test_a_new_installation_gets_a_key_and_notes_it(
    any_app: Flask, run_dnk: RunDnk, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    settings: Settings = any_app.extensions["dnk_settings"]
    monkeypatch.setenv("DNK_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DNK_DATABASE_URL", settings.database)
    assert "created at the first start" in key_finding(run_dnk)["facts"][0]
    assert run_dnk(*command).code == 0
    key = key_file(any_app).read_text()
    assert noted_key(any_app) == installation_key.fingerprint_of(key)
    assert key_file(any_app).stat().st_mode & 0o777 == 0o600


def test_the_fingerprint_tells_keys_apart_and_nothing_else() -> None:
    fingerprint = installation_key.fingerprint_of(RIGHT)
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert fingerprint != installation_key.fingerprint_of(OTHER)
    assert installation_key.PURPOSE not in (encryption.PURPOSE, security_log.PURPOSE)
