"""The files of a declaration: the PDF as draft and of each frozen version, and the data behind them."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.report import render_pdf
from dnk_tool.services import printing
from dnk_tool.services.documents import current_file
from dnk_tool.store import declarations, proofs
from dnk_tool.store.models import Declaration, Snapshot
from dnk_tool.web.access import current_declaration, permit
from dnk_tool.web.downloads import JSON, PDF, attachment, file_name, frozen_pdf, printed, rendered
from dnk_tool.web.transactions import db

__all__ = ["PDF", "blueprint", "rendered"]

blueprint = Blueprint("files", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/entwurf.pdf")
@permit(Permission.DECLARATION_VIEW)
def draft_pdf(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    document, issue = printing.draft(db(), declaration, now=datetime.now(UTC))
    name = _name(declaration, _("Entwurf") + ".pdf")
    return printed(lambda: render_pdf(document, issue), name, back=_overview(declaration_id))


@blueprint.get("/versionen/<int:version>.pdf")
@permit(Permission.DECLARATION_VIEW)
def version_pdf(declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot, name = _snapshot(declaration_id, version), _name(current_declaration(), f"V{version}.pdf")
    issue = printing.issue_of_version(db(), snapshot)
    return frozen_pdf(snapshot, issue, name, back=_overview(declaration_id))


@blueprint.get("/versionen/<int:version>.json")
@permit(Permission.DECLARATION_VIEW)
def version_json(declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = _snapshot(declaration_id, version)
    return _download(snapshot.content, current_declaration(), f"V{version}.json")


@blueprint.get("/versionen/<int:version>.sig")
@permit(Permission.DECLARATION_VIEW)
def version_seal(declaration_id: int, version: int) -> ResponseReturnValue:
    """The operator's seal on the data of a version."""
    found = proofs.seal_of(db(), declaration_id, version) or abort(404)
    return _download(found.encode(), current_declaration(), f"V{version}.sig")


@blueprint.get("/erklaerung.json")
@permit(Permission.DECLARATION_VIEW)
def current_json(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    return _download(current_file(db(), declaration), declaration, "Stand.json")


def _overview(declaration_id: int) -> str:
    return url_for("overview.show", declaration_id=declaration_id)


def _snapshot(declaration_id: int, version: int) -> Snapshot:
    return declarations.snapshot(db(), declaration_id, version) or abort(404)


def _download(content: bytes, declaration: Declaration, label: str) -> Response:
    return attachment(content, JSON, _name(declaration, label))


def _name(declaration: Declaration, label: str) -> str:
    return file_name(declaration.organisation.name, declaration.reporting_year, label)
