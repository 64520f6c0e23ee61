"""Whether this is a restored copy that is still quiet, for every page; and the operator's view of backups."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.services.backup.status import backup_status
from dnk_tool.store import installation_state
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, is_safe


def init_app(app: Flask) -> None:
    """Create the cache: a server that is not quiet stays so, as it must be stopped for a restore."""
    app.extensions["dnk_quiet"] = (False, None)


def quiet_since() -> datetime | None:
    """When the backup began from which this quiet copy was restored; None for any other installation.

    Queries the database only on safe requests, never on an error page, and not again once it said no.
    """
    is_known, since = current_app.extensions["dnk_quiet"]
    known: datetime | None = since
    if (is_known and since is None) or not is_safe() or g.get("error_page"):
        return known
    try:
        known = installation_state.quiet_since(db())
    except SQLAlchemyError:
        return known
    current_app.extensions["dnk_quiet"] = (True, known)
    return known


def status_for_page() -> dict[str, Any]:
    """What the operator's page shows of backups."""
    settings = current_settings()
    status = backup_status(db(), settings, now=datetime.now(UTC))
    return {
        "status": status,
        "problem": _problem(status.problem),
        "megabytes": max(status.size // 1_000_000, 1),
    }


def _problem(kind: str) -> str:
    folder = current_settings().backups
    texts = {
        "disk": _("Auf der Platte von %(folder)s ist zu wenig Platz.", folder=folder),
        "folder": _("In den Ordner %(folder)s lässt sich nicht schreiben.", folder=folder),
        "evidence": _("Der Speicher der Belege antwortet nicht."),
        "age": _("Das Programm age fehlt oder lehnt den Empfänger in DNK_BACKUP_RECIPIENT ab."),
        "database": _("Die Datenbank antwortet nicht oder ist beschädigt."),
        "schema": _("Die Datenbank ist nicht auf dem Stand dieser Version."),
    }
    return str(texts.get(kind, ""))
