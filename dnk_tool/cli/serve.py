"""The command `dnk serve`: one process, several threads, as SQLite likes it."""

import errno
import os
import signal
import socket
import sys
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from dnk_tool import config
from dnk_tool.addresses import is_loopback
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.cli import logs
from dnk_tool.config import Settings
from dnk_tool.paths import create_instance
from dnk_tool.services.accounts import first_start
from dnk_tool.services.privacy import erasure_files
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory

# Ctrl+C, Ctrl+\, and the signal that service managers send.
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
GRACEFUL_SECONDS, FORCED_STOP_SECONDS = 30, 12  # the latter is enough for a mail and a PDF under way


@click.command()
@click.option("--host", help="Address to listen on (default: DNK_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: DNK_PORT or 8000).")
def serve(host: str | None, port: int | None) -> None:
    """Bring the database up to date and serve the tool until Ctrl+C.

    At the first start the console shows an address, valid once, that creates the first account.
    """
    given: dict[str, Any] = {"host": host, "port": port}
    run(config.load_settings(**{name: value for name, value in given.items() if value is not None}))


def run(settings: Settings, *, notice: str = "") -> NoReturn:
    """Migrate the database and serve until a signal ends the process. `notice`: printed below the address.

    A port in use ends the process with a message. Raises ConfigurationError for a demo that other machines
    could reach, and CatalogueError for faulty own factors.
    """
    _refuse_public_demo(settings)
    load_factors(
        settings.instance / OWN_FACTORS_FOLDER
    )  # faults are reported here, instead of by a worker that dies
    listener = _listen(settings)
    config.secret_key(settings)
    token = _prepare_database(settings)
    lines = [f"dnk-tool is ready: {settings.address}"]
    if token:
        lines.append(
            f"Create the first account here (valid once): {settings.address}/einrichten?token={token}"
        )
    if notice:
        lines.append(notice)
    lines.append("Stop with Ctrl+C.")
    GunicornApplication(settings, listener, "\n".join(lines)).run()
    sys.exit(0)


def _refuse_public_demo(settings: Settings) -> None:
    public = str(urlsplit(settings.address).hostname) if settings.is_local else settings.host
    if first_start.is_demo(settings.instance) and not is_loopback(public):
        problem = f"{settings.instance} holds the demo, whose passwords are public; not served for {public}"
        raise config.ConfigurationError([f"{problem}. Set DNK_INSTANCE to another folder."])


def _listen(settings: Settings) -> socket.socket:
    """Bind the address before anything is changed, so that a port in use ends the command at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            click.echo(
                f"{place} is in use by another program. Choose a port: dnk serve --port 8001", err=True
            )
        else:
            click.echo(f"Cannot listen on {place}: {os.strerror(error.errno or 0)}", err=True)
        sys.exit(1)
    return listener


def _prepare_database(settings: Settings) -> str | None:
    """Migrate the database and repeat logged erasures. Returns the setup token of a first start."""
    create_instance(settings.instance)
    engine = make_engine(settings.database)
    try:
        schema.upgrade(engine)
        erasure_files.reapply_erasures(session_factory(engine), settings.instance)
        with session_factory(engine)() as session:
            return first_start.issue_setup_token(session, settings.instance)
    finally:
        engine.dispose()


class GunicornArbiter(Arbiter):
    """gunicorn's parent process, which can be stopped at any moment, even while a worker starts."""

    def spawn_worker(self) -> int:
        """Start a worker with the stop signals blocked until it has installed its own handlers.

        Until then it would run those inherited from the parent. Returns its process id.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            pid: int = super().spawn_worker()
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def stop(self, graceful: bool = True) -> None:
        """Wait GRACEFUL_SECONDS for running requests, after Ctrl+C (not graceful) FORCED_STOP_SECONDS."""
        if not graceful:
            self.cfg.set("graceful_timeout", FORCED_STOP_SECONDS)
        super().stop(graceful)


class GunicornWorker(ThreadWorker):
    """gunicorn's worker process, which answers requests."""

    def init_signals(self) -> None:
        """Install the handlers, then unblock the stop signals, including those received since the start."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop; before the app is loaded at once, because no request can be running."""
        is_first = self.alive
        super().handle_exit(sig, frame)
        if is_first and not self.booted:
            sys.exit(0)


class GunicornApplication(BaseApplication):
    """gunicorn, started through its Python interface with the program's settings."""

    def __init__(self, settings: Settings, listener: socket.socket, greeting: str) -> None:
        self._settings, self._listener, self._greeting = settings, listener, greeting
        self._app: Flask | None = None
        super().__init__()

    def run(self) -> None:
        """Serve until a signal ends the process."""
        GunicornArbiter(self).run()

    def load_config(self) -> None:
        """Set gunicorn's options; the command line and configuration files of gunicorn are not read."""
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": 1,
            "worker_class": GunicornWorker,
            "threads": self._settings.threads,
            "timeout": 120,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            "umask": 0o077,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 -- gunicorn's own file
            "proc_name": "dnk-tool",
            "when_ready": lambda _server: click.echo(self._greeting),
            "worker_exit": lambda _server, _worker: self._stop_background(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Create the app in the worker, after the fork, which connections and threads must not cross."""
        from dnk_tool.app import create_app  # noqa: PLC0415 -- the parent process needs no pages
        from dnk_tool.report.build_id import build_id  # noqa: PLC0415 -- as the pages
        from dnk_tool.report.renderer import keep_warm  # noqa: PLC0415 -- as the pages
        from dnk_tool.services.mail.background_worker import BackgroundWorker  # noqa: PLC0415 -- only the worker sends mails
        from dnk_tool.web.mail import reminders  # noqa: PLC0415 -- as the pages

        logs.configure_logging()
        keep_warm()
        build_id()  # cached now, so that the first request need not wait
        self._app = app = create_app(self._settings)
        if self._settings.background:
            factory = app.extensions["dnk_session_factory"]
            background = BackgroundWorker(factory, self._settings, reminders.chores(app))
            app.extensions["dnk_background"] = background
            background.start()
        return app

    def _stop_background(self) -> None:
        """Stop rendering and background work; a mail under way is finished. The app may not be loaded yet."""
        if self._app:
            self._app.extensions["dnk_printing"].book.stop()
            if "dnk_background" in self._app.extensions:
                self._app.extensions["dnk_background"].stop()
