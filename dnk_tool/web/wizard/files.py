"""The files of a declaration: the PDF as draft and of each finished version, and the data behind them."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.report import RenderFailed, render_pdf
from dnk_tool.services import printing
from dnk_tool.services.documents import current_file
from dnk_tool.store import declarations
from dnk_tool.store.models import Declaration, Snapshot
from dnk_tool.web.access import current_declaration, permit
from dnk_tool.web.transactions import db

log = logging.getLogger(__name__)

blueprint = Blueprint("files", __name__, url_prefix="/erklaerungen/<int:declaration_id>")

JSON, PDF = "application/json", "application/pdf"


@blueprint.get("/entwurf.pdf")
@permit(Permission.DECLARATION_VIEW)
def draft_pdf(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    document, issue = printing.draft(db(), declaration, now=datetime.now(UTC))
    return _rendered(declaration, lambda: render_pdf(document, issue), _("Entwurf"))


@blueprint.get("/versionen/<int:version>.pdf")
@permit(Permission.DECLARATION_VIEW)
def version_pdf(declaration_id: int, version: int) -> ResponseReturnValue:
    declaration, snapshot = current_declaration(), _snapshot(declaration_id, version)
    folder = cast(Settings, current_app.extensions["dnk_settings"]).instance / "rendered"
    return _rendered(declaration, lambda: printing.finished_pdf(snapshot, folder), f"V{version}")


@blueprint.get("/versionen/<int:version>.json")
@permit(Permission.DECLARATION_VIEW)
def version_json(declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = _snapshot(declaration_id, version)
    return _download(snapshot.content, JSON, current_declaration(), f"V{version}.json")


@blueprint.get("/erklaerung.json")
@permit(Permission.DECLARATION_VIEW)
def current_json(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    return _download(current_file(db(), declaration), JSON, declaration, "Stand.json")


def _snapshot(declaration_id: int, version: int) -> Snapshot:
    return declarations.snapshot(db(), declaration_id, version) or abort(404)


def _rendered(declaration: Declaration, render: Callable[[], bytes], label: str) -> ResponseReturnValue:
    """The PDF, or a page that says to try again; nothing in the database is held open meanwhile."""
    name = _name(declaration, f"{label}.pdf")
    db().expunge_all()
    db().rollback()
    try:
        content = render()
    except RenderFailed as error:
        log.error("declaration %s cannot be printed: %s", declaration.id, error)
        return render_template("wizard/render_failed.html", declaration_id=declaration.id), 503
    return _attachment(content, PDF, name)


def _download(content: bytes, kind: str, declaration: Declaration, label: str) -> Response:
    return _attachment(content, kind, _name(declaration, label))


def _name(declaration: Declaration, label: str) -> str:
    """A file name that says company, year and version."""
    company = "".join(c if c.isalnum() else "-" for c in declaration.organisation.name)[:60].strip("-")
    return f"DNK-Erklaerung-{declaration.reporting_year}-{company}-{label}"


def _attachment(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
