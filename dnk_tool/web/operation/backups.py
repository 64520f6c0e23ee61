"""The operator's view of backups."""

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from dnk_tool.services.backup.status import backup_status
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db


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
