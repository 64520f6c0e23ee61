"""The application of a test: one per process and settings, whose instance is as good as new each time.

Making one takes as long as some ten requests, and a new one reads each template and compiles each statement
again. A test that changes its application is marked `own_app` and gets one that nobody else has.
"""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.web.exports.pending_pdfs import SharedRenderQueue
from tests.support.app import TEMPLATE_CACHE, Browser

DATABASE_FILE = "dnk.sqlite3"
# A PDF comes while the request waits, as from a fast machine.
PATIENCE_SECONDS = 60


class Applications:
    """The applications of this process, by their settings."""

    def __init__(self, empty_database: Path) -> None:
        self._empty_database = empty_database
        self._made: dict[Settings, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}

    def open(self, settings: Settings, *, is_own: bool = False) -> Flask:
        """The application with these settings on an empty instance; with `is_own` one that is new."""
        empty_instance(settings.instance, self._empty_database)
        app = make_application(settings) if is_own else self._restored(settings)
        queue = app.extensions["dnk_printing"] = SharedRenderQueue()
        queue.patience_seconds = PATIENCE_SECONDS
        return app

    def close(self, app: Flask) -> None:
        """Let nothing of the test go on: neither what waits to be printed nor a connection."""
        app.extensions["dnk_printing"].queue.stop()
        app.extensions["dnk_engine"].dispose()

    def _restored(self, settings: Settings) -> Flask:
        """What tests set in its configuration and its extensions is as at first."""
        if settings not in self._made:
            app = make_application(settings)
            self._made[settings] = app, dict(app.config), dict(app.extensions)
        app, configuration, extensions = self._made[settings]
        for present, first in ((app.config, configuration), (app.extensions, extensions)):
            present.clear()
            present.update(first)
        return app


@cache
def fresh_settings(instance: Path, database_url: str = "") -> Settings:
    """Settings of a fresh installation; the instance's folder may be there or not."""
    return config.load_settings(
        instance=instance,
        database_url=database_url,
        secret_key="only for tests " * 4,
        second_factor_for=(),
    )


def make_application(settings: Settings) -> Flask:
    """An application whose errors are raised, not shown as a page."""
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = TEMPLATE_CACHE
    return app


def empty_instance(folder: Path, empty_database: Path) -> None:
    """An instance folder with an empty, migrated database and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(empty_database, folder / DATABASE_FILE)


def empty_file(file: Path, empty_database: Path) -> None:
    """The same for a database alone; nothing of the one before stays beside it."""
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    shutil.copy(empty_database, file)
