"""Which new passwords are refused: those of leaked lists, and those that are quickly guessed."""

import hashlib
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.app import create_app
from dnk_tool.cli.demo import PASSWORD as PASSWORD_OF_THE_DEMO
from dnk_tool.config import ConfigurationError, Settings, load_settings
from dnk_tool.services.accounts import first_start, leaked_passwords, passwords
from dnk_tool.services.accounts.passwords import Weakness
from tests.support.app import database_session, make_account, post, sign_in_by_form

WELL_KNOWN = (
    "1qaz2wsx3edc4rfv",
    "manchesterunited",
    "qazwsxedcrfv",
    "michaeljordan",
    "bayernmuenchen",
    "HelloWorld12",
    "unbelievable",
    "BayernMuenchen1900!",
    "borussiadortmund",
    "1q2w3e4r5t6y",
    "justinbieber",
    "administrador",
    "Fruehling2026",
    "Frühjahr2026!",
    "correcthorsebatterystaple",
    "buchhaltung1",
    "Unternehmen1",
    "kaffeetasse1",
    "donaudampfschiff",
    PASSWORD_OF_THE_DEMO,
)
GOOD = (
    "wiese kahn sieben lampe",
    "tischregengabelwolke",
    "Dachs-Ofen-Elf-Segel",
    "correct horse battery staple",
    "Xk3$9!pQz7&L",
    "wAzQTsk6YH4I3K9xflar",
    "größe übermorgen örtlich",
)


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """A copy of Pwned Passwords with a thousand lines, sorted as the original."""
    words = [
        "Dachs-Ofen-Elf-Segel",
        "grüße übermorgen örtlich",
        *(f"password {number}" for number in range(998)),
    ]
    digests = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)  # noqa: S324
    file = tmp_path / "pwned.txt"
    file.write_text("\r\n".join(f"{digest}:{number}" for number, digest in enumerate(digests)))
    return file


@pytest.mark.parametrize("password", WELL_KNOWN)
def test_f7_well_known_passwords_are_refused(password: str) -> None:
    assert passwords.weakness(password) in (Weakness.LEAKED, Weakness.TOO_COMMON)


@pytest.mark.parametrize("password", GOOD)
def test_f7_phrases_and_generated_passwords_are_taken(password: str) -> None:
    assert (
        passwords.weakness(password, email="max@firma.de", name="Max Muster", companies=["Firma GmbH"])
        is None
    )


def test_f7_the_list_holds_at_least_3000_long_passwords() -> None:
    known = leaked_passwords._widely_known()
    assert len(known) >= 3_000
    assert all(
        len(password) >= passwords.MIN_LENGTH and password == password.casefold() for password in known
    )


def test_f7_names_of_the_company_do_not_make_a_password_strong() -> None:
    weak = "Quarzsandwerk2026!"
    assert passwords.weakness(weak) is None
    assert passwords.weakness(weak, companies=["Quarzsandwerk Unna GmbH"]) is Weakness.TOO_PERSONAL


def test_f7_of_a_long_password_a_bounded_part_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    symbols = "@48({[<3691!|70$5+%2"
    for password in ("qwertzuiop" * 100, symbols * 50, "1|1!7+5$0(<{[4@8369%2" * 47, "p4ssw0rd!" * 111):
        parts = passwords._judged_parts(password)
        assert len(parts) == 2
        assert all(len(part) <= 32 for part in parts)
    began = time.process_time()
    passwords.is_strong(symbols * 50)
    assert time.process_time() - began < 2, "about 10 ms; judging all of it would take minutes"
    # A strong end makes a weak beginning strong.
    assert passwords.is_strong("a" * 900 + "Xk3$9!pQz7&LvT2m")


def test_f7_a_local_copy_of_pwned_passwords_is_asked(password_file: Path) -> None:
    for password in (
        "Dachs-Ofen-Elf-Segel",
        "gru\u0308ße u\u0308bermorgen o\u0308rtlich",
        "password 0",
        "password 997",
    ):
        assert leaked_passwords.is_in_password_file(password, password_file), password
        assert not leaked_passwords.is_in_password_file(password + "!", password_file)
    weakness = passwords.weakness("Dachs-Ofen-Elf-Segel", password_file=password_file)
    assert weakness is Weakness.LEAKED


def test_f7_every_line_of_the_file_is_reached_and_few_are_read(password_file: Path) -> None:
    for number in range(998):
        assert leaked_passwords.is_in_password_file(f"password {number}", password_file)
    assert not leaked_passwords.is_in_password_file("tischregengabelwolke", password_file)


@pytest.mark.parametrize("content", ["", "no digests\n", "a;b\n" * 50])
def test_f7_a_file_of_another_kind_stops_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "words.txt"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match="DNK_HIBP_FILE"):
        create_app(load_settings(instance=tmp_path / "instance", hibp_file=file))
    with pytest.raises(ConfigurationError, match="DNK_HIBP_FILE"):
        load_settings(instance=tmp_path, hibp_file=tmp_path / "missing.txt")


def test_f7_a_file_that_vanished_locks_nobody_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert passwords.weakness("Dachs-Ofen-Elf-Segel", password_file=tmp_path / "gone") is None
    assert "DNK_HIBP_FILE" in caplog.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "öffentlichen Listen gestohlener Passwörter"), ("en", "public lists of stolen passwords")],
)
def test_f7_the_page_says_what_to_do(app: Flask, client: FlaskClient, language: str, words: str) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org", name="Anna").language = language
    sign_in_by_form(client, "anna@example.org")
    fields = {"password": "wiese kahn sieben lampe", "new_password": "manchesterunited"}
    fields["new_password_confirm"] = fields["new_password"]
    answer = post(client, "/konto/passwort", fields)
    assert answer.status_code == 422
    assert words in answer.text
    sign_in_by_form(app.test_client(), "anna@example.org")


def test_f7_the_first_start_keeps_what_was_typed(app: Flask, settings: Settings, client: FlaskClient) -> None:
    with database_session(app) as session:
        token = first_start.issue_setup_token(session, settings.instance)
    fields = {
        "token": token,
        "name": "Olga Ohnesorg",
        "email": "olga@firma.de",
        "password": "bayernmuenchen",
        "password_confirm": "bayernmuenchen",
    }
    answer = post(client, "/einrichten", fields)
    assert answer.status_code == 422
    assert "Olga Ohnesorg" in answer.text
    assert "olga@firma.de" in answer.text
    assert "vier Wörter" in answer.text
    assert "bayernmuenchen" not in answer.text
