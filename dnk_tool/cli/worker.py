"""The command `dnk worker`: sends mails and reminders in a process of its own."""

import signal
import sys

import click
from sqlalchemy import Engine

from dnk_tool import config
from dnk_tool.cli import logs
from dnk_tool.cli.database import open_engine
from dnk_tool.cli.output import fail
from dnk_tool.services.accounts import installation_key
from dnk_tool.services.backup import nightly
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.store import schema

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
STOP_TIMEOUT_SECONDS = 60.0
# Seconds; no request wakes this process when a mail is queued.
POLL_INTERVAL_SECONDS = 5.0


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end, for cron.")
def worker(once: bool) -> None:
    """Deliver mails, send reminders and tidy up, apart from the server, until Ctrl+C.

    For PostgreSQL with several servers; set DNK_BACKGROUND=false for them. Several workers may run at once.
    """
    settings = config.load_settings()
    from dnk_tool.app import create_app  # noqa: PLC0415 -- takes a second, which --help need not wait
    from dnk_tool.services.aggregates import preparation  # noqa: PLC0415 -- reads the catalogue
    from dnk_tool.web.clusters import chores as cluster_chores  # noqa: PLC0415 -- as the pages
    from dnk_tool.web.mail import reminders  # noqa: PLC0415 -- as the pages

    logs.configure_logging()
    with open_engine() as engine:
        installation_key.require_key(engine, settings)
    app = create_app(settings)
    _require_current_schema(app.extensions["dnk_engine"])
    factory = app.extensions["dnk_session_factory"]
    chores = (
        *reminders.chores(app),
        *cluster_chores.chores(app),
        *nightly.chores(factory, settings),
        *preparation.chores(factory),
    )
    background = BackgroundWorker(factory, settings, chores, pause_seconds=POLL_INTERVAL_SECONDS)
    if once:
        sys.exit(0 if background.run_once() else 1)
    # Blocked before the thread starts, which inherits this, so that the main thread alone receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    background.start()
    click.echo("dnk worker is ready. Stop with Ctrl+C.")
    signal.sigwait(STOP_SIGNALS)
    background.stop(STOP_TIMEOUT_SECONDS)


def _require_current_schema(engine: Engine) -> None:
    if not schema.is_current(engine):
        fail("The database is not up to date. Run: dnk upgrade")
