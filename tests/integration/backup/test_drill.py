"""The drill: lose everything but the backup, and be back with all that was acknowledged before it began."""

import json
import tarfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.mail import delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.work import Work
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.web.mail import reminders
from tests.integration.backup import drill_steps as drill
from tests.integration.backup.conftest import Dnk
from tests.support.app import Browser, database_session, sign_in_by_form
from tests.support.machine import free_port
from tests.support.smtp_server import RecordingSmtpServer

CRAFT = Path(__file__).parents[2] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_r12_everything_acknowledged_before_the_backup_comes_back_and_nothing_is_sent(
    full: Flask, elsewhere: Settings, tmp_path: Path, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    with database_session(full) as session:
        import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        finished = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        submission.finish(Work(session, SHELL, NOW), finished)
        delivery.queue_mail(
            session, recipient="petra@example.org", subject="x", body="y", language="de", now=NOW
        )
    factory, file = full.extensions["dnk_session_factory"], tmp_path / "backup.tar.gz"
    with drill.Writers(factory, 2, 0.01) as writers:
        writers.wait_for(5)
        drill.run(settings, "backup", file)
        writers.wait_for(5)
    assert not writers.errors
    with tarfile.open(file) as tar:
        header = tar.extractfile("backup.json")
        assert header
        began = datetime.fromisoformat(json.load(header)["began"])
    before = {words for words, moment in writers.acknowledged.items() if moment < began}
    assert len(before) >= 5
    known = drill.hashes(factory)
    assert len(known) == 2

    smtp = {"DNK_SMTP_HOST": "127.0.0.1", "DNK_SMTP_PORT": str(inbox.port), "DNK_SMTP_SECURITY": "none"}
    assert "The copy is quiet" in dnk(elsewhere, "restore", file).output
    engine = make_engine(elsewhere.database)
    restored = session_factory(engine)
    assert before <= drill.stored_words(restored)
    assert drill.hashes(restored) == known
    engine.dispose()
    assert dnk(elsewhere, "evidence", "check").exit_code == 0  # reads every content and compares its hash
    port = free_port()
    address = f"http://127.0.0.1:{port}/hilfe"
    with drill.serving(elsewhere, port, **smtp), urllib.request.urlopen(address) as page:
        assert 'id="quiet-title"' in page.read().decode()
    app = create_app(elsewhere)
    app.testing, app.test_client_class = True, Browser
    client: FlaskClient = app.test_client()
    sign_in_by_form(client, "petra@example.org")
    assert "Beck GmbH" in client.get("/", follow_redirects=True).text
    sending = elsewhere.model_copy(update=inbox.settings)
    background = BackgroundWorker(app.extensions["dnk_session_factory"], sending, reminders.chores(app))
    assert background.run_once()
    app.extensions["dnk_engine"].dispose()
    assert inbox.received == []
