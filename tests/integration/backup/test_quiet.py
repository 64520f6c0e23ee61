"""A restored copy writes to nobody until it is resumed, and says so on every page."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.config import Settings, load_settings
from dnk_tool.services.mail import delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.store import installation_state
from dnk_tool.store.mail import outbox
from dnk_tool.web.mail import reminders
from tests.integration.backup.conftest import Dnk
from tests.support.app import database_session, sign_in
from tests.support.smtp_server import RecordingSmtpServer

BANNER = 'id="quiet-title"'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def queue(app: Flask, recipient: str, when: datetime) -> None:
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
    queue(full, "before@example.org", began - timedelta(minutes=1))
    make_quiet(full, began)
    queue(full, "after@example.org", began + timedelta(seconds=0.001))
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
    queue(full, "before@example.org", began - timedelta(minutes=1))
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
