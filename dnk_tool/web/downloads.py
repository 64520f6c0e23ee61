"""Files to take away: their names and headers, and those that take a while or now and then fail."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.config import Settings
from dnk_tool.report import Issue, RenderFailed
from dnk_tool.services import origin, printing
from dnk_tool.store.models import Snapshot
from dnk_tool.web.headers import request_id
from dnk_tool.web.transactions import db

log = logging.getLogger(__name__)

JSON, PDF = "application/json", "application/pdf"


def file_name(company: str, year: int, label: str) -> str:
    """A file name that says company, year and version."""
    plain = "".join(c if c.isalnum() else "-" for c in company)[:60].strip("-")
    return f"DNK-Erklaerung-{year}-{plain}-{label}"


def attachment(content: bytes, kind: str, name: str) -> Response:
    """A file that the browser saves instead of showing it."""
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def frozen_pdf(snapshot: Snapshot, issue: Issue, name: str, *, back: str) -> ResponseReturnValue:
    """The PDF of a frozen version; `back` is where to go if it cannot be made now."""
    found = addressed(issue)
    return printed(lambda: printing.finished_pdf(snapshot, found, rendered()), name, back=back)


def addressed(issue: Issue) -> Issue:
    """The issue with the address of its check page in this installation."""
    return origin.addressed(issue, _settings().public_url)


def printed(render: Callable[[], bytes], name: str, *, back: str, kind: str = PDF) -> ResponseReturnValue:
    """The file, or a page that says to try again; nothing in the database is held open meanwhile."""
    db().expunge_all()
    db().rollback()
    try:
        content = render()
    except RenderFailed as error:
        # The address is left out of the log: it may be a secret link.
        log.error("a file cannot be made (request %s): %s", request_id(), error)
        return render_template("wizard/render_failed.html", back=back), 503
    return attachment(content, kind, name)


def rendered() -> Path:
    """Where PDFs of frozen versions are kept once they are rendered."""
    return _settings().instance / "rendered"


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["dnk_settings"])
