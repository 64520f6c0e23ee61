"""What the page "Betrieb" finds: each fault, what it says to do, and that all is well where all is well."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import update

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted
from dnk_tool.services.accounts import encryption
from dnk_tool.services.exports.opened_drafts import DraftCounts
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.operation import machine
from dnk_tool.services.operation.diagnosis import diagnose
from dnk_tool.services.operation.findings import Finding, FindingState
from dnk_tool.services.operation.machine import Visit
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state as notes
from dnk_tool.store.inspection import open_for_reading, read_facts
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp, SignIn
from dnk_tool.store.tables.mail import Mail
from tests.support.app import count_statements, database_session, make_account, make_organisation
from tests.support.browsers import signed_in
from tests.support.machine import free_port

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PROBLEM, NOTICE, OK = FindingState.PROBLEM, FindingState.NOTICE, FindingState.OK
OPERATOR = "betrieb@example.org"


def settings_of(app: Flask, **changes: Any) -> Settings:
    settings: Settings = app.extensions["dnk_settings"]
    return settings.model_copy(update=changes)


def look(
    app: Flask, settings: Settings | None = None, actor: Actor = SHELL, now: datetime = NOW, **given: Any
) -> dict[str, Finding]:
    """The findings by their codes."""
    with app.extensions["dnk_session_factory"]() as session:
        findings = diagnose(Work(session, actor, now), settings or settings_of(app), **given)
    by_code = {finding.code: finding for finding in findings}
    assert len(by_code) == len(findings)
    return by_code


def finding_words(finding: Finding, language: Any = "de") -> str:
    to_do = [finding.to_do] if finding.to_do else []
    return " ".join(message.to(language) for message in (finding.part, *finding.facts, *to_do))


def write_note(app: Flask, name: str, value: str) -> None:
    with database_session(app) as session:
        notes.write(session, name, value, now=NOW)


def note_backup(app: Flask, began: datetime, **more: Any) -> None:
    write_note(app, notes.LAST_BACKUP, json.dumps({"began": began.isoformat(), "size": 12_345_678, **more}))


@pytest.fixture
def busy(any_app: Flask) -> Flask:
    """An installation in use where all is well: an operator with an app, a backup, background work."""
    with database_session(any_app) as session:
        account = make_account(session, OPERATOR, name="Olga", is_operator=True)
        session.flush()
        secret = encryption.encrypt(any_app.config["SECRET_KEY"], "x")
        session.add(AuthenticatorApp(account_id=account.id, secret=secret, created_at=NOW))
    note_backup(any_app, NOW - timedelta(hours=7))
    write_note(any_app, notes.BACKGROUND_SEEN, (NOW - timedelta(minutes=3)).isoformat())
    return any_app


@pytest.fixture
def public(busy: Flask) -> Settings:
    """Its settings, as others reach it."""
    settings = settings_of(
        busy,
        public_url="https://dnk.example.org",
        proxies=1,
        smtp_host="mail.example.org",
        backup_nightly=True,
    )
    pages = settings.instance / "pages"
    pages.mkdir(exist_ok=True)
    for name in ("imprint", "privacy"):
        (pages / f"{name}.de.txt").write_text("Beck GmbH, Am Kai 1, 20457 Hamburg\n", "utf-8")
    return settings


def test_prints_that_nobody_has_checked_are_told_until_the_setting_is_gone(busy: Flask) -> None:
    finding = look(busy, settings_of(busy, pdf_engine="unchecked"), open_pdfs=2)["pdfs"]
    assert finding.state is NOTICE
    assert "DNK_PDF_ENGINE" in finding_words(finding)


def test_where_all_is_well_nothing_is_red(busy: Flask, public: Settings) -> None:
    found = look(busy, public, open_pdfs=2, drafts=DraftCounts(opened=12, ready=11))
    # The clock of PostgreSQL goes on, whatever time the test says it is.
    not_well = {code for code, finding in found.items() if finding.state is not OK} - {"clock"}
    assert not_well == {"scanner"}
    assert "25. November 2026, 03:00 Uhr" in finding_words(found["backup"])
    assert "25 November 2026, 03:00" in finding_words(found["backup"], "en")
    assert "12 MB" in finding_words(found["backup"])
    assert "gerade: 2. Entwürfe seit dem Start: 12 geöffnet, davon 11 sofort;" in finding_words(found["pdfs"])
    kind = "SQLite" if public.database.startswith("sqlite") else "PostgreSQL"
    assert f"Datenbank: {kind}" in finding_words(found["database"])
    assert all(
        finding_words(finding) != finding_words(finding, "en") or code == "pdfs"
        for code, finding in found.items()
    )


def test_what_is_red_comes_first(busy: Flask) -> None:
    with busy.extensions["dnk_session_factory"]() as session:
        settings = settings_of(busy, public_url="https://dnk.example.org")
        states = [finding.state for finding in diagnose(Work(session, SHELL, NOW), settings)]
    assert states == sorted(states, key=[PROBLEM, NOTICE, OK].index)
    assert states[0] is PROBLEM


def test_only_operators_learn_it(busy: Flask) -> None:
    with pytest.raises(NotPermitted):
        look(busy, actor=Actor(1))


@pytest.mark.parametrize(
    ("problem", "words"),
    [("disk", "DNK_BACKUP_FOLDER"), ("age", "DNK_BACKUP_RECIPIENT"), ("folder", "backups"), ("new", "Log")],
)
def test_a_backup_that_failed(busy: Flask, public: Settings, problem: str, words: str) -> None:
    write_note(busy, notes.BACKUP_PROBLEM, json.dumps({"kind": problem}))
    backup = look(busy, public)["backup"]
    assert backup.state is PROBLEM
    assert words in finding_words(backup)


def test_the_age_of_the_backup(busy: Flask, public: Settings) -> None:
    assert look(busy, public, now=NOW + timedelta(hours=40))["backup"].state is OK
    old = look(busy, public, now=NOW + timedelta(hours=42))["backup"]
    assert old.state is PROBLEM
    assert "mehr als 48 Stunden alt" in finding_words(old)
    note_backup(busy, NOW, lost=3)
    lost = look(busy, public)["backup"]
    assert lost.state is NOTICE
    assert "fehlen Belege: 3." in finding_words(lost)
    assert "Welche das sind, sagt: dnk evidence check." in finding_words(lost)
    with database_session(busy) as session:
        notes.remove(session, notes.LAST_BACKUP)
    assert look(busy, public)["backup"].state is PROBLEM
    assert look(busy, settings_of(busy, backup_nightly=False))["backup"].state is NOTICE


def test_the_growth_of_the_backups(busy: Flask, public: Settings) -> None:
    public.backups.mkdir()
    for days, size in ((10, 1), (5, 9), (0, 21)):
        file = public.backups / f"dnk-202611{25 - days:02}T010000Z.tar.gz"
        file.write_bytes(b"x")
        os.truncate(file, size * 1_000_000)
        os.utime(file, times=((NOW - timedelta(days=days)).timestamp(),) * 2)
    assert "Die nächtlichen wachsen um etwa 2 MB am Tag." in finding_words(look(busy, public)["backup"])


def add_mail(app: Flask, **more: Any) -> None:
    given = {"recipient": "anna@beispiel.de", "subject": "x", "body": "x", "language": "de"}
    with database_session(app) as session:
        session.add(Mail(**{**given, "created_at": NOW - timedelta(hours=2), **more}))


def test_mails_that_do_not_go_out(busy: Flask, public: Settings) -> None:
    add_mail(busy, error="550 nein")
    given_up = look(busy, public)["mails"]
    assert given_up.state is NOTICE
    assert "nicht zustellbar: 1" in finding_words(given_up)
    add_mail(busy, next_try=NOW)
    waiting = look(busy, public)["mails"]
    assert waiting.state is PROBLEM
    assert waiting.endpoint == "outbox.show"
    assert "Die älteste wartet seit dem 25. November 2026, 08:00 Uhr." in finding_words(waiting)
    assert "anna" not in finding_words(waiting)
    write_note(busy, notes.QUIET, NOW.isoformat())
    assert look(busy, public)["mails"].state is NOTICE, "a quiet copy holds them back"


def test_mails_that_failed_twice_are_noticed_within_minutes(busy: Flask, public: Settings) -> None:
    """As with a wrong password of the mail server; the first failure may be a server that lets one wait."""
    fresh = {"created_at": NOW - timedelta(minutes=2), "next_try": NOW, "error": "535 nein"}
    add_mail(busy, attempts=1, **fresh)
    assert look(busy, public)["mails"].state is OK
    add_mail(busy, attempts=2, **fresh)
    delayed = look(busy, public)["mails"]
    assert delayed.state is NOTICE
    assert "Einige E-Mails gingen mehrmals nicht hinaus." in finding_words(delayed)
    assert "Senden Sie eine Test-E-Mail" in finding_words(delayed)
    write_note(busy, notes.QUIET, NOW.isoformat())
    assert look(busy, public)["mails"].state is OK, "a quiet copy holds them back"


def test_no_mail_server(busy: Flask, public: Settings) -> None:
    without = look(busy, public.model_copy(update={"smtp_host": ""}))["mails"]
    assert without.state is PROBLEM
    assert "DNK_SMTP_HOST" in finding_words(without)
    assert look(busy)["mails"].state is NOTICE, "a trial on one's own machine"


def test_background_work_that_stopped(busy: Flask, public: Settings) -> None:
    late = look(busy, public, now=NOW + timedelta(minutes=30))["background"]
    assert late.state is PROBLEM
    assert "Läuft „dnk serve“?" in finding_words(late)
    elsewhere = public.model_copy(update={"background": False})
    assert "dnk worker" in finding_words(look(busy, elsewhere, now=NOW + timedelta(minutes=30))["background"])


def test_the_worker_notes_that_it_is_at_work(any_app: Flask) -> None:
    assert look(any_app)["background"].state is NOTICE, "nobody has an account yet"
    factory, settings = any_app.extensions["dnk_session_factory"], settings_of(any_app)
    assert BackgroundWorker(factory, settings).run_once()
    assert look(any_app, now=datetime.now(UTC))["background"].state is OK
    with database_session(any_app) as session:
        make_account(session, OPERATOR, is_operator=True)
    assert look(any_app, now=datetime.now(UTC) + timedelta(hours=1))["background"].state is PROBLEM


def test_operators_without_a_second_factor(busy: Flask, public: Settings) -> None:
    with database_session(busy) as session:
        make_account(session, "otto@example.org", is_operator=True)
        make_account(session, "locked@example.org", is_operator=True).active = False
    undemanded = look(busy, public)["second-factor"]
    assert undemanded.state is PROBLEM
    assert "betreibt: 2, davon ohne zweiten Faktor: 1." in finding_words(undemanded)
    demanded = public.model_copy(update={"second_factor_for": ("operator",)})
    assert look(busy, demanded)["second-factor"].state is NOTICE
    with database_session(busy) as session:
        session.execute(update(Account).values(is_operator=False))
    nobody = look(busy, public)["second-factor"]
    assert nobody.state is PROBLEM
    assert "dnk user add ADRESSE --operator" in finding_words(nobody)


def test_a_quiet_copy(busy: Flask) -> None:
    assert "quiet" not in look(busy)
    write_note(busy, notes.QUIET, NOW.isoformat())
    assert "dnk resume" in finding_words(look(busy)["quiet"])
    write_note(busy, notes.ERASURES_KNOWN_UNTIL, NOW.isoformat())
    assert "keine Löschungen nach dem 25. November 2026" in finding_words(look(busy)["quiet"])
    with database_session(busy) as session:
        notes.remove(session, notes.QUIET)
    resumed = look(busy)["quiet"]
    assert "dnk user erase" in finding_words(resumed)
    assert resumed.part.to("de") == "Zurückgespielte Sicherung", "it is not quiet any more"


def test_a_clock_that_is_wrong(busy: Flask) -> None:
    assert look(busy)["clock"].state is (OK if settings_of(busy).database.startswith("sqlite") else PROBLEM)
    with database_session(busy) as session:
        session.add(
            SignIn(
                id_hash="x",
                account_id=1,
                data={},
                created_at=NOW,
                last_seen_at=NOW + timedelta(days=400),
                expires_at=NOW,
            )
        )
    wrong = look(busy)["clock"]
    assert wrong.state is PROBLEM
    assert "in der Zukunft" in finding_words(wrong)


@pytest.mark.parametrize(
    ("changes", "visit", "state", "words"),
    [
        ({}, None, OK, "https://dnk.example.org"),
        ({"proxies": 0}, None, PROBLEM, "Setzen Sie DNK_PROXIES"),
        ({"public_url": ""}, None, PROBLEM, "DNK_PUBLIC_URL fehlt"),
        ({"public_url": "", "proxies": 0}, None, NOTICE, "Nur dieser Rechner"),
        ({"host": "0.0.0.0"}, None, NOTICE, "Öffnen Sie Port 8000 nur"),
        ({}, Visit("https", "dnk.example.org", "203.0.113.7"), OK, ""),
        ({}, Visit("http", "dnk.example.org", "203.0.113.7"), PROBLEM, "X-Forwarded-Proto"),
        ({}, Visit("https", "dnk.example.org", "127.0.0.1"), PROBLEM, "X-Forwarded-For"),
        ({}, Visit("http", "localhost", "127.0.0.1"), OK, ""),
    ],
)
def test_address_and_proxies(
    app: Flask, changes: dict[str, Any], visit: Visit | None, state: FindingState, words: str
) -> None:
    settings = settings_of(app, **{"public_url": "https://dnk.example.org", "proxies": 1, **changes})
    finding = machine.check_address(settings, visit)
    assert finding.state is state
    assert words in finding_words(finding)


def test_texts_that_are_missing(busy: Flask, public: Settings) -> None:
    assert look(busy, public)["texts"].state is OK
    (public.instance / "pages" / "privacy.de.txt").unlink()
    missing = look(busy, public)["texts"]
    assert missing.state is PROBLEM
    assert "Es fehlt noch: Datenschutz." in finding_words(missing)
    assert "Impressum" not in finding_words(missing)
    assert look(busy)["texts"].state is NOTICE


def test_files_that_others_can_read(busy: Flask) -> None:
    instance = settings_of(busy).instance
    for name in ("secret-key", "config.toml"):
        (instance / name).write_text("# x\n")
        (instance / name).chmod(0o600)
    assert look(busy)["files"].state is OK
    (instance / "secret-key").chmod(0o640)
    (instance / "config.toml").chmod(0o604)
    found = look(busy)["files"]
    assert found.state is PROBLEM
    assert (
        f"chmod 600 {instance.resolve() / 'secret-key'} {instance.resolve() / 'config.toml'}"
        in finding_words(found)
    )


def test_a_disk_that_is_full(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = machine.shutil._ntuple_diskusage  # type: ignore[attr-defined]  # what disk_usage returns
    for total, free, state, words in (
        (100, 60, OK, "60,0 GB von 100,0 GB sind frei (60 %)"),
        (100, 4, NOTICE, "wird knapp"),
        (10, 1, NOTICE, "Schaffen Sie Platz"),
        (100, 0.3, PROBLEM, "fast voll"),
        (100, 0, PROBLEM, "0 MB von 100,0 GB sind frei"),
    ):
        size = usage(int(total * 1e9), int((total - free) * 1e9), int(free * 1e9))
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _folder, size=size: size)
        finding = machine.check_disk(settings_of(app).instance)
        assert (finding.state, words in finding_words(finding)) == (state, True), finding_words(finding)
    monkeypatch.undo()
    assert machine.check_disk(tmp_path / "none").state is PROBLEM


def test_the_store_of_evidence(app: Flask, tmp_path: Path) -> None:
    assert machine.check_evidence(settings_of(app)).state is OK
    (tmp_path / "evidence").write_text("in the way")
    away = machine.check_evidence(settings_of(app, instance=tmp_path))
    assert away.state is PROBLEM
    assert str(tmp_path / "evidence") in finding_words(away)
    port = free_port()
    bucket = settings_of(
        app,
        evidence_store="s3",
        evidence_bucket="belege",
        evidence_endpoint=f"http://127.0.0.1:{port}",
        evidence_access_key=SecretStr("key-canary"),
        evidence_secret_key=SecretStr("secret-canary"),
    )
    away = machine.check_evidence(bucket)
    assert away.state is PROBLEM
    assert "DNK_EVIDENCE_" in finding_words(away)
    assert "canary" not in finding_words(away)


@contextmanager
def clamd(reply: bytes) -> Iterator[str]:
    """A scanner that answers every PING so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _address = server.accept()
            with connection:
                assert connection.recv(20) == b"zPING\0"
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(120)


def test_the_virus_scanner(app: Flask) -> None:
    with clamd(b"PONG\0") as address:
        assert machine.check_scanner(settings_of(app, clamd=address)).state is OK
    with clamd(b"UNKNOWN COMMAND\0") as address:
        away = machine.check_scanner(settings_of(app, clamd=address))
    assert away.state is PROBLEM
    assert "keine Dateien hochladen" in finding_words(away)
    optional = machine.check_scanner(settings_of(app, clamd=address, clamd_required=False))
    assert optional.state is PROBLEM
    assert "ungeprüft angenommen" in finding_words(optional)
    assert machine.check_scanner(settings_of(app)).state is NOTICE


def test_looking_at_a_database_changes_nothing(any_app: Flask) -> None:
    engine = open_for_reading(settings_of(any_app).database)
    with engine.connect() as connection:
        facts = read_facts(connection)
    engine.dispose()
    assert facts.is_current
    assert not facts.is_newer
    assert facts.size > 100_000


@pytest.fixture
def operator(busy: Flask) -> FlaskClient:
    return signed_in(busy, OPERATOR)


def test_the_page_takes_as_many_statements_however_much_there_is(busy: Flask, operator: FlaskClient) -> None:
    with count_statements(busy) as before:
        assert operator.get("/betrieb").status_code == 200
    with database_session(busy) as session:
        for number in range(30):
            make_organisation(session, f"Firma {number}")
            make_account(session, f"mehr{number}@example.org", is_operator=number < 3)
    with count_statements(busy) as after:
        assert operator.get("/betrieb").status_code == 200
    assert len(after) <= len(before) <= 30


def test_the_page_shows_what_to_do_and_where(busy: Flask, operator: FlaskClient) -> None:
    (settings_of(busy).instance / "secret-key").write_text("x")
    (settings_of(busy).instance / "secret-key").chmod(0o644)
    add_mail(busy, error="550 nein")
    page = operator.get("/betrieb").text
    assert 'id="problem-files"' in page
    assert "chmod 600" in page
    assert (
        page.index("Was nicht in Ordnung ist")
        < page.index("Gut zu wissen")
        < page.index("Was in Ordnung ist")
    )
    assert 'href="/betrieb/post">Zu den E-Mails' in page
    assert "Warten oder entstehen gerade: 0." in page


def test_the_page_says_that_all_is_well(busy: Flask, public: Settings, operator: FlaskClient) -> None:
    """As it is after a night: backup and background work are new."""
    now = datetime.now(UTC)
    note_backup(busy, now)
    write_note(busy, notes.BACKGROUND_SEEN, now.isoformat())
    busy.extensions["dnk_settings"] = public
    page = operator.get("/betrieb").text
    assert "Alles läuft." in page
    assert "dnk-findings--problem" not in page
