"""A restored copy writes to nobody until it is resumed, and says so on every page."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.config import Settings, load_settings
from dnk_tool.services.evidence.contents import remove_unused_contents
from dnk_tool.services.mail import delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.store import installation_state
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.mail import outbox
from dnk_tool.web.mail import reminders
from tests.integration.backup.conftest import Dnk
from tests.support.app import database_session, sign_in
from tests.support.evidence import make_file
from tests.support.smtp_server import RecordingSmtpServer

BANNER = 'id="quiet-title"'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def queue_mail_to(app: Flask, recipient: str, when: datetime) -> None:
    with database_session(app) as session:
        delivery.queue_mail(session, recipient=recipient, subject="x", body="y", language="de", now=when)


def make_quiet(app: Flask, began: datetime) -> None:
    with database_session(app) as session:
        installation_state.write(session, installation_state.QUIET, began.isoformat(), now=began)


def run_background(app: Flask, inbox: RecordingSmtpServer) -> None:
    settings: Settings = app.extensions["dnk_settings"]
    smtp = load_settings(
        instance=settings.instance,
        database_url=settings.database,
        secret_key="only for tests " * 4,
        **inbox.settings,
    )
    assert BackgroundWorker(app.extensions["dnk_session_factory"], smtp, reminders.chores(app)).run_once()


def test_a_quiet_copy_sends_nothing_until_it_is_resumed(
    full: Flask, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    began = datetime.now(UTC)
    queue_mail_to(full, "before@example.org", began - timedelta(minutes=1))
    make_quiet(full, began)
    queue_mail_to(full, "after@example.org", began + timedelta(seconds=0.001))
    run_background(full, inbox)
    assert inbox.received == []
    done = dnk(full.extensions["dnk_settings"], "resume")
    assert done.exit_code == 0, done.output
    assert "1 from before the backup are not sent" in done.output
    run_background(full, inbox)
    assert inbox.recipients == ["after@example.org"]
    with database_session(full) as session:
        assert outbox.count_by_status(session).unclear == 1
    assert "not quiet" in dnk(full.extensions["dnk_settings"], "resume").output


def test_the_waiting_mails_are_sent_if_the_operator_says_so(
    full: Flask, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    began = datetime.now(UTC)
    queue_mail_to(full, "before@example.org", began - timedelta(minutes=1))
    make_quiet(full, began)
    assert dnk(full.extensions["dnk_settings"], "resume", "--send-waiting").exit_code == 0
    run_background(full, inbox)
    assert inbox.recipients == ["before@example.org"]


def test_every_page_of_a_quiet_copy_says_so(full: Flask, dnk: Dnk) -> None:
    full.extensions["dnk_quiet"] = (False, None)
    make_quiet(full, datetime(2026, 11, 25, 9, tzinfo=UTC))
    client: FlaskClient = full.test_client()
    sign_in(client, "petra@example.org")
    for path in ("/", "/hilfe", "/impressum", "/konto", "/gibt-es-nicht"):
        page = client.get(path, follow_redirects=True)
        assert BANNER in page.text, path
        assert "25. November 2026" in page.text or "25.11.2026" in page.text
    assert "dnk resume" not in client.get("/hilfe").text, "it is the operator's command"
    operator: FlaskClient = full.test_client()
    assert "dnk resume" not in operator.get("/hilfe").text
    sign_in(operator, "betrieb@example.org")
    assert "dnk resume" in operator.get("/hilfe").text
    assert dnk(full.extensions["dnk_settings"], "resume").exit_code == 0
    assert BANNER not in client.get("/hilfe").text


def test_a_server_that_is_not_quiet_asks_once(full: Flask) -> None:
    """The banner costs a page nothing: only a stopped installation can be restored."""
    client = full.test_client()
    full.extensions["dnk_quiet"] = (False, None)
    assert BANNER not in client.get("/hilfe").text
    make_quiet(full, datetime.now(UTC))
    assert BANNER not in client.get("/hilfe").text
    full.extensions["dnk_quiet"] = (False, None)
    assert BANNER in client.get("/hilfe").text


def test_a_quiet_copy_keeps_evidence_that_the_former_database_needs(
    full: Flask, backup_file: Path, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    """Evidence from after the backup: the kept database, or the original with the same bucket, knows it."""
    settings: Settings = full.extensions["dnk_settings"]
    blobs, newer = open_blob_store(settings), make_file(b"from after the backup")
    key = BlobKey(1, newer.sha256)
    blobs.put(key, newer.content)
    aged = datetime.now(UTC).timestamp() - 7200
    os.utime(settings.instance / "evidence" / key.path, (aged, aged))
    full.extensions["dnk_engine"].dispose()
    done = dnk(settings, "restore", "--replace", backup_file)
    assert done.exit_code == 0, done.output
    run_background(full, inbox)
    assert blobs.exists(key)
    done = dnk(settings, "evidence", "check", "--remove-orphans")
    assert done.exit_code == 1
    assert "dnk resume" in done.output
    remove_unused_contents(full.extensions["dnk_session_factory"], blobs, 1, frozenset({newer.sha256}))
    assert blobs.exists(key)
    assert dnk(settings, "resume").exit_code == 0
    run_background(full, inbox)
    assert not blobs.exists(key)
