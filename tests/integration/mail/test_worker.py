"""`dnk worker` beside a server: mails once, however many work at it, and a clean end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli import logs
from dnk_tool.cli.main import cli
from dnk_tool.config import Settings
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker, PeriodicJob
from dnk_tool.store.tables.mail import Mail
from tests.e2e.driving import wait_for
from tests.integration.http.test_cli_serve import served
from tests.support.app import database_session
from tests.support.machine import free_port
from tests.support.smtp_server import RecordingSmtpServer

DNK = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()"]


def worker_environment(app: Flask, inbox: RecordingSmtpServer, **more: str) -> dict[str, str]:
    """What a process of its own needs to work on the same database."""
    settings: Settings = app.extensions["dnk_settings"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    return outside | {
        "DNK_INSTANCE": str(settings.instance),
        "DNK_DATABASE_URL": settings.database,
        "DNK_SMTP_HOST": "127.0.0.1",
        "DNK_SMTP_PORT": str(inbox.port),
        "DNK_SMTP_SECURITY": "none",
        **more,
    }


# Says when it has heard the signal, after which no other mail is begun.
TELLING_END = """
from dnk_tool.services.mail.background_worker import BackgroundWorker
stop = BackgroundWorker.stop
def tell_and_stop(self, *patience):
    stop(self, 0)
    print("told to end", flush=True)
    stop(self, *patience)
BackgroundWorker.stop = tell_and_stop
"""
# Says in what state the server's application is, as soon as it is made.
TELLING_BACKGROUND = """
from dnk_tool.cli.server.application import GunicornApplication
load = GunicornApplication.load
def load_and_tell(self):
    app = load(self)
    print("with background" if "dnk_background" in app.extensions else "without background", flush=True)
    return app
GunicornApplication.load = load_and_tell
"""


@contextmanager
def workers(
    env: dict[str, str], count: int = 1, beginning: str = ""
) -> Iterator[list[subprocess.Popen[str]]]:
    """Running workers, each of which has said that it is ready."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [*DNK[:-1], beginning + DNK[-1], "worker"]
    running = [subprocess.Popen(command, env=env, **pipes) for _ in range(count)]
    try:
        for process in running:
            assert process.stdout
            assert process.stdout.readline().startswith("dnk worker is ready")
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def queue_mails(app: Flask, count: int = 1) -> None:
    with database_session(app) as session:
        for number in range(count):
            mail_delivery.queue_mail(
                session,
                recipient=f"p{number}@example.org",
                subject=f"Mail {number}",
                body="Guten Tag\n",
                language="de",
                now=datetime.now(UTC),
            )


def count_sent(app: Flask) -> int:
    with database_session(app) as session:
        return len(session.scalars(select(Mail.id).where(Mail.sent_at.is_not(None))).all())


def test_two_workers_send_each_mail_once(any_app: Flask, inbox: RecordingSmtpServer) -> None:
    with workers(worker_environment(any_app, inbox), 2) as running:
        queue_mails(any_app, 40)
        wait_for(lambda: count_sent(any_app) == 40)
        for process in running:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    assert sorted(inbox.recipients) == sorted(f"p{number}@example.org" for number in range(40))


def test_the_mail_under_way_is_finished_and_no_other_begun(app: Flask, inbox: RecordingSmtpServer) -> None:
    inbox.is_held = True
    queue_mails(app, 5)
    with workers(worker_environment(app, inbox), beginning=TELLING_END) as [process]:
        wait_for(lambda: inbox.is_reading)
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        assert "told to end\n" in iter(process.stdout.readline, "")
        assert process.poll() is None
        inbox.is_held = False
        assert process.wait(60) == 0
    assert len(inbox.received) == count_sent(app) == 1


def test_once_for_cron(app: Flask, inbox: RecordingSmtpServer) -> None:
    queue_mails(app, 3)
    done = subprocess.run([*DNK, "worker", "--once"], env=worker_environment(app, inbox), capture_output=True)
    assert done.returncode == 0, done.stderr
    assert len(inbox.received) == 3


def test_once_tells_cron_of_a_failure(app: Flask, settings: Settings) -> None:
    def fail(_now: datetime) -> None:
        raise RuntimeError("a mistake of ours")

    done: list[datetime] = []
    chores = [
        PeriodicJob("broken", fail, timedelta(hours=1)),
        PeriodicJob("other", done.append, timedelta(hours=1)),
    ]
    queue_mails(app)
    assert BackgroundWorker(app.extensions["dnk_session_factory"], settings, chores).run_once() is False
    assert len(done) == 1, "one chore holds up no other"
    assert count_sent(app) == 1, "nor the mails"


def run_once(env: dict[str, str]) -> Result:
    """`dnk worker --once`, which may not change how this process logs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "configure_logging", lambda: None)
        return CliRunner(env=env).invoke(cli, ["worker", "--once"])


def test_an_old_database_is_told(tmp_path: Path) -> None:
    done = run_once({"DNK_INSTANCE": str(tmp_path)})
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), "and no traceback"
    assert "dnk upgrade" in done.stderr


def test_a_server_without_background_leaves_mails_to_the_worker(
    app: Flask, inbox: RecordingSmtpServer
) -> None:
    env = worker_environment(app, inbox, DNK_BACKGROUND="false")
    queue_mails(app)
    with served(env, free_port(), TELLING_BACKGROUND + DNK[-1]) as (process, _lines):
        assert process.stdout
        assert next(line for line in process.stdout if "background" in line) == "without background\n"
        assert inbox.received == []
        assert run_once(env).exit_code == 0
        assert len(inbox.received) == 1


def test_a_server_with_background_sends_them_itself(app: Flask, inbox: RecordingSmtpServer) -> None:
    queue_mails(app)
    with served(worker_environment(app, inbox), free_port(), TELLING_BACKGROUND + DNK[-1]) as (
        process,
        _lines,
    ):
        assert process.stdout
        assert next(line for line in process.stdout if "background" in line) == "with background\n"
        wait_for(lambda: len(inbox.received) == 1)


def rounds(
    factory: sessionmaker[Session], settings: Settings, chore: PeriodicJob, hours: list[str]
) -> list[str]:
    """At which of these times the background takes up the chore."""
    background = BackgroundWorker(factory, settings, [chore])
    due_hours = []
    for moment in hours:
        now = datetime.fromisoformat(f"{moment}+01:00")
        if background._is_due(chore, now):
            background._round([chore], now)
            due_hours.append(moment)
    return due_hours


def test_a_chore_is_done_every_so_often_and_not_at_night(app: Flask, settings: Settings) -> None:
    chore = PeriodicJob("remind", lambda _now: None, timedelta(hours=2), from_hour=7)
    times = [
        "2026-12-01T05:00",
        "2026-12-01T07:00",
        "2026-12-01T08:00",
        "2026-12-01T09:00",
        "2026-12-02T06:59",
    ]
    due_hours = rounds(app.extensions["dnk_session_factory"], settings, chore, times)
    assert due_hours == ["2026-12-01T07:00", "2026-12-01T09:00"]


def test_a_clock_that_was_set_back_stops_no_chore(app: Flask, settings: Settings) -> None:
    chore = PeriodicJob("remind", lambda _now: None, timedelta(hours=2))
    times = ["2026-12-05T12:00", "2026-12-01T12:00"]
    assert rounds(app.extensions["dnk_session_factory"], settings, chore, times) == times


def test_chores_come_before_the_mails_that_they_write(app: Flask, inbox: RecordingSmtpServer) -> None:
    smtp = config.load_settings(
        instance=app.extensions["dnk_settings"].instance, secret_key="only for tests " * 4, **inbox.settings
    )
    chore = PeriodicJob("write", lambda _now: queue_mails(app), timedelta(hours=1))
    assert BackgroundWorker(app.extensions["dnk_session_factory"], smtp, [chore]).run_once()
    assert len(inbox.received) == 1


def test_stopping_does_not_wait_for_the_next_round(app: Flask, settings: Settings) -> None:
    before = set(threading.enumerate())
    background = BackgroundWorker(app.extensions["dnk_session_factory"], settings, pause_seconds=600)
    background.start()
    background.stop(patience_seconds=120)
    assert set(threading.enumerate()) <= before


def test_mails_wait_for_their_time(app: Flask, settings: Settings) -> None:
    with time_machine.travel(time.time() + 3600):
        queue_mails(app)
    assert BackgroundWorker(app.extensions["dnk_session_factory"], settings).run_once()
    assert count_sent(app) == 0
