"""gunicorn as this program starts it: its parent process and its options."""

import gc
import logging
import os
import resource
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from dnk_tool.cli import logs
from dnk_tool.cli.server.gunicorn_worker import STOP_SIGNALS, GunicornWorker
from dnk_tool.cli.server.time_limits import KEEPALIVE_SECONDS, MOST_CONNECTIONS
from dnk_tool.config import Settings
from dnk_tool.isolation import FILES, NETWORK

if TYPE_CHECKING:
    from dnk_tool.services.exports.draft_warmer import DraftWarmer

GRACEFUL_SECONDS, FORCED_STOP_SECONDS = 30, 12  # the latter is enough for a mail and a PDF under way
OPEN_FILES = MOST_CONNECTIONS + 1_000

log = logging.getLogger(__name__)


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


class GunicornApplication(BaseApplication):
    """gunicorn, started through its Python interface with the program's settings."""

    def __init__(self, settings: Settings, listener: socket.socket, greeting: str) -> None:
        self._settings, self._listener, self._greeting = settings, listener, greeting
        self._app: Flask | None = None
        self._warmer: DraftWarmer | None = None
        self.has_proxies = settings.proxies > 0
        hsts = settings.strict_transport
        self.own_headers = (f"Strict-Transport-Security: {hsts}",) if hsts else ()
        super().__init__()

    def run(self) -> None:
        """Serve until a signal ends the process."""
        _allow_open_files()
        GunicornArbiter(self).run()

    def load_config(self) -> None:
        """Set gunicorn's options; the command line and configuration files of gunicorn are not read."""
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": 1,
            "worker_class": GunicornWorker,
            "threads": self._settings.threads,
            "worker_connections": MOST_CONNECTIONS,
            "keepalive": KEEPALIVE_SECONDS,
            "http_parser": "python",  # the worker relies on what it refuses
            "sendfile": False,  # the main thread sends
            # No header changes what the server takes for scheme or path; Flask's ProxyFix knows the proxies.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "secure_scheme_headers": {},
            "timeout": 120,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            "logger_class": logs.GunicornLogger,
            "umask": 0o077,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 -- gunicorn's own file
            "proc_name": "dnk-tool",
            "when_ready": lambda _server: click.echo(self._greeting),
            "post_worker_init": self._start_warming,
            "worker_exit": lambda _server, _worker: self._stop_background(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Create the app in the worker, after the fork, which connections and threads must not cross."""
        gc.disable()  # until _freeze_objects: almost everything that is made here stays
        from dnk_tool.app import create_app  # noqa: PLC0415 -- the parent process needs no pages
        from dnk_tool.report.build_id import build_id  # noqa: PLC0415 -- as the pages
        from dnk_tool.report.renderer import keep_warm  # noqa: PLC0415 -- as the pages
        from dnk_tool.services.aggregates import preparation  # noqa: PLC0415 -- only the worker prepares releases
        from dnk_tool.services.backup import nightly  # noqa: PLC0415 -- only the worker makes backups
        from dnk_tool.services.mail.background_worker import BackgroundWorker  # noqa: PLC0415 -- only the worker sends mails
        from dnk_tool.web.clusters import chores as cluster_chores  # noqa: PLC0415 -- as the pages
        from dnk_tool.web.mail import reminders  # noqa: PLC0415 -- as the pages

        logs.configure_logging()
        _report_isolation()
        keep_warm()
        build_id()  # cached now, so that the first request need not wait
        self._app = app = create_app(self._settings)
        _freeze_objects()
        if self._settings.background:
            factory = app.extensions["dnk_session_factory"]
            background = BackgroundWorker(
                factory,
                self._settings,
                (
                    *reminders.chores(app),
                    *cluster_chores.chores(app),
                    *nightly.chores(factory, self._settings),
                    *preparation.chores(factory),
                ),
            )
            app.extensions["dnk_background"] = background
            background.start()
        return app

    def wants_body(self, environ: Mapping[str, Any]) -> bool:
        """Whether the application would read the body of this request; asked in a thread before it is."""
        from dnk_tool.web.http import body_admission  # noqa: PLC0415 -- as the pages

        return self._app is not None and body_admission.wants_body(self._app, environ)

    def keeps_body_in_memory(self, environ: Mapping[str, Any]) -> bool:
        """Whether the body of this request must not be written to a file."""
        from dnk_tool.web.http import body_admission  # noqa: PLC0415 -- as the pages

        return self._app is not None and body_admission.stays_in_memory(self._app, environ)

    def _start_warming(self, worker: GunicornWorker) -> None:
        """Make PDFs of drafts ahead, in the worker that knows which requests wait."""
        from dnk_tool.services.exports.draft_warmer import DraftWarmer  # noqa: PLC0415 -- as the pages

        if self._app and self._settings.pdf_ahead_seconds:
            printing = self._app.extensions["dnk_printing"]
            self._warmer = DraftWarmer(
                self._app.extensions["dnk_session_factory"],
                self._settings,
                printing.queue,
                printing.drafts,
                count_requests=worker.connections.count_unanswered,
            )
            self._warmer.start()

    def _stop_background(self) -> None:
        """Stop rendering and background work; a mail under way is finished. The app may not be loaded yet."""
        if self._warmer:
            self._warmer.stop()
        if self._app:
            self._app.extensions["dnk_printing"].queue.stop()
            if "dnk_background" in self._app.extensions:
                self._app.extensions["dnk_background"].stop()


def _freeze_objects() -> None:
    """Keep what stays for good out of garbage collection, which would stop all threads for 0.15 s."""
    from dnk_tool.catalogue import editions, load_catalogue  # noqa: PLC0415 -- as the pages

    for edition in editions():
        load_catalogue(edition)
    gc.collect()
    gc.freeze()
    gc.enable()


def _allow_open_files() -> None:
    """Let the process have as many files open as it may have connections; some systems allow 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _report_isolation() -> None:
    """Log what cannot be taken from children that read uploads and render, although it would be safer."""
    from dnk_tool.services.uploads.sandbox import possible_isolation  # noqa: PLC0415 -- as the pages

    missing = sorted({NETWORK, FILES} - possible_isolation())
    if missing:
        log.warning(
            "children that read uploads or render keep access to: %s. This system allows neither namespaces "
            "nor Landlock; their limits on time and memory hold all the same",
            ", ".join(missing),
        )
