"""The server backs up each night by itself, keeps some, and tells the operator how it stands."""

import logging
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.exc import OperationalError

from dnk_tool.config import Settings, load_settings
from dnk_tool.services.accounts import first_start
from dnk_tool.services.backup import create, disk_space, nightly
from dnk_tool.services.mail.background_worker import BackgroundWorker, PeriodicJob
from dnk_tool.store import installation_state
from dnk_tool.store.backup import database_copy
from tests.integration.backup.conftest import Dnk
from tests.support.app import database_session, sign_in
from tests.support.browsers import signed_in

# In the middle of a winter's night in Berlin.
NIGHT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def with_settings(app: Flask, **more: Any) -> Settings:
    settings: Settings = app.extensions["dnk_settings"]
    given = {"instance": settings.instance, "database_url": settings.database}
    return load_settings(**given, secret_key="only for tests " * 4, **{"backup_nightly": True, **more})


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The default; what differs on PostgreSQL is the making of a backup, which others test."""
    return sqlite_url


def run_nightly(app: Flask, settings: Settings, now: datetime) -> None:
    [chore] = nightly.chores(app.extensions["dnk_session_factory"], settings)
    chore.run(now)


def kept_backups(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.backups.glob("dnk-*"))


def test_a_backup_each_night_of_which_some_are_kept(full: Flask) -> None:
    settings = with_settings(full, backups_kept=2)
    for hours in (0, 1, 3, 12, 24, 25, 48):
        run_nightly(full, settings, NIGHT + timedelta(hours=hours))
    assert kept_backups(settings) == ["dnk-20261126T020000Z.tar.gz", "dnk-20261127T020000Z.tar.gz"]
    assert (settings.backups / kept_backups(settings)[0]).stat().st_mode & 0o777 == 0o600
    assert settings.backups.stat().st_mode & 0o777 == 0o700


def test_a_machine_that_is_off_at_night_makes_up_for_it_by_day(full: Flask) -> None:
    settings = with_settings(full)
    run_nightly(full, settings, NIGHT + timedelta(hours=8))  # the first is made at once
    run_nightly(full, settings, NIGHT + timedelta(hours=36))
    assert len(kept_backups(settings)) == 1
    run_nightly(full, settings, NIGHT + timedelta(hours=39))
    assert len(kept_backups(settings)) == 2


def test_none_of_a_demo_of_a_quiet_copy_or_where_it_is_off(full: Flask) -> None:
    off = with_settings(full, backup_nightly=False)
    run_nightly(full, off, NIGHT)
    assert not off.backups.exists()
    settings = with_settings(full)
    with database_session(full) as session:
        installation_state.write(session, installation_state.QUIET, NIGHT.isoformat(), now=NIGHT)
    run_nightly(full, settings, NIGHT)
    assert not settings.backups.exists(), "the copy's would take the place of the original's"
    with database_session(full) as session:
        installation_state.remove(session, installation_state.QUIET)
    first_start.mark_as_demo(settings.instance)
    run_nightly(full, settings, NIGHT)
    assert not settings.backups.exists()


def test_it_is_on_by_default_with_sqlite_alone(tmp_path: Path) -> None:
    assert load_settings(instance=tmp_path).has_nightly_backup
    assert load_settings(instance=tmp_path).backups == tmp_path / "backups"
    assert not load_settings(instance=tmp_path, database_url="postgresql+psycopg://x@y/z").has_nightly_backup


def test_a_disk_that_is_short_is_told_and_keeps_the_old_ones(
    full: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = with_settings(full, backups_kept=1)
    run_nightly(full, settings, NIGHT)
    before = kept_backups(settings)
    monkeypatch.setattr(disk_space, "RESERVE_BYTES", shutil.disk_usage(settings.instance).total)
    with caplog.at_level(logging.ERROR):
        run_nightly(full, settings, NIGHT + DAY)
    assert kept_backups(settings) == before
    assert "no backup was made: disk" in caplog.text
    client = signed_in(full, "betrieb")
    assert "zu wenig Platz" in client.get("/betrieb").text
    monkeypatch.undo()
    run_nightly(full, settings, NIGHT + DAY + timedelta(hours=1))
    assert "zu wenig Platz" not in client.get("/betrieb").text


def test_leftovers_of_a_killed_backup_go(full: Flask) -> None:
    settings = with_settings(full)
    left = settings.backups / ".dnk-backup-killed"
    left.mkdir(parents=True)
    (left / "database").write_bytes(b"half")
    run_nightly(full, settings, NIGHT)
    assert not left.exists()


def test_the_operators_page_is_red_after_48_hours(full: Flask) -> None:
    client, settings = full.test_client(), with_settings(full)
    sign_in(client, "betrieb@example.org")
    is_sqlite = settings.database.startswith("sqlite")
    page = client.get("/betrieb").text
    assert ('id="problem-backup"' in page) == is_sqlite
    assert ("selbst keine nächtlichen Sicherungen" in page) != is_sqlite
    now = datetime.now(UTC)
    run_nightly(full, settings, now)
    page = client.get("/betrieb").text
    assert "Die letzte Sicherung begann" in page
    assert 'id="problem-backup"' not in page
    with time_machine.travel(now + timedelta(hours=1)):
        assert 'id="problem-backup"' not in client.get("/betrieb").text
    with database_session(full) as session:
        values = installation_state.read(session, installation_state.LAST_BACKUP)
        aged = values.replace(now.isoformat(), (now - timedelta(hours=49)).isoformat())
        installation_state.write(session, installation_state.LAST_BACKUP, aged, now=now)
    assert "mehr als 48 Stunden alt" in client.get("/betrieb").text


def test_mails_do_not_wait_for_a_long_job(full: Flask) -> None:
    """A large installation's backup takes minutes; a forgotten password cannot wait for it."""
    is_begun, may_end, did_other = threading.Event(), threading.Event(), threading.Event()

    def long(_now: datetime) -> None:
        is_begun.set()
        may_end.wait(60)

    chores = [
        PeriodicJob("long", long, timedelta(seconds=0.01), is_long=True),
        PeriodicJob("other", lambda _now: did_other.set(), timedelta(seconds=0.01)),
    ]
    factory = full.extensions["dnk_session_factory"]
    background = BackgroundWorker(factory, with_settings(full), chores, pause_seconds=0.05)
    background.start()
    assert is_begun.wait(60)
    did_other.clear()
    assert did_other.wait(60)
    may_end.set()
    background.stop()


def test_a_failing_database_is_told(
    full: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Copying reads every page, so it finds damage that the pages of the server do not touch."""

    def fail(*_arguments: object) -> None:
        raise sqlite.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(database_copy, "copy_to_file", fail)
    with caplog.at_level(logging.ERROR):
        run_nightly(full, with_settings(full), NIGHT)
    assert "no backup was made: database" in caplog.text
    client = signed_in(full, "betrieb")
    assert "Die Datenbank antwortet nicht oder ist beschädigt." in client.get("/betrieb").text


def test_a_backup_that_cannot_be_noted_counts_all_the_same(
    full: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(create, "_note", fail)
    settings = with_settings(full)
    with caplog.at_level(logging.ERROR):
        file = nightly.back_up_to_folder(full.extensions["dnk_session_factory"], settings, now=NIGHT)
    assert file == settings.backups / kept_backups(settings)[0]
    assert "cannot be noted" in caplog.text
    assert "no backup was made" not in caplog.text


def test_an_empty_folder_is_the_default_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: Flask
) -> None:
    monkeypatch.setenv("DNK_BACKUP_FOLDER", "")
    settings = load_settings(instance=tmp_path)
    assert settings.backup_folder is None, "erasures.log would be copied to the working directory"
    assert settings.backups == tmp_path / "backups"


def test_the_command_makes_none_of_a_quiet_copy(full: Flask, dnk: Dnk) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    with database_session(full) as session:
        installation_state.write(session, installation_state.QUIET, NIGHT.isoformat(), now=NIGHT)
    done = dnk(settings, "backup", "nightly")
    assert done.exit_code == 1
    assert "quiet" in done.output
    assert not settings.backups.exists()
    with database_session(full) as session:
        installation_state.remove(session, installation_state.QUIET)
    assert dnk(settings, "backup", "nightly").exit_code == 0
    assert len(kept_backups(settings)) == 1
