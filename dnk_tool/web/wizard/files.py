"""The files of a declaration as it stands now and of each frozen version: to print, work on and calculate."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.document import Document
from dnk_tool.domain.document_reader import read_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.report import Issue
from dnk_tool.report.formats import MEDIA_TYPES, Format, made
from dnk_tool.report.look import Look
from dnk_tool.services import looks, printing
from dnk_tool.services.documents import current_file
from dnk_tool.store import declarations, proofs
from dnk_tool.store.models import Declaration, Snapshot
from dnk_tool.store.versions import versions
from dnk_tool.web.access import current_declaration, permit
from dnk_tool.web.downloads import (
    JSON,
    addressed,
    attachment,
    delivered,
    file_name,
    frozen_pdf,
    printed,
    warm_version,
)
from dnk_tool.web.transactions import db

blueprint = Blueprint("files", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/dateien")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    """Every file that there is, and what each is good for."""
    found = versions(db(), declaration_id)
    if found:
        warm_version(found[0])
    return render_template(
        "wizard/files.html",
        declaration=current_declaration(),
        versions=found,
        sealed=proofs.sealed(db(), declaration_id) if found else frozenset(),
    )


@blueprint.get("/entwurf.pdf")
@permit(Permission.DECLARATION_VIEW)
def draft_pdf(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    wanted = printing.print_of_draft(db(), declaration, now=datetime.now(UTC))
    name = _name(declaration, _("Entwurf") + ".pdf")
    return delivered(wanted, name, back=_overview(declaration_id))


@blueprint.get("/entwurf.<any(docx, xlsx, csv):ending>")
@permit(Permission.DECLARATION_VIEW)
def draft_file(declaration_id: int, ending: str) -> ResponseReturnValue:
    declaration = current_declaration()
    document, issue = printing.draft(db(), declaration, now=datetime.now(UTC))
    look, _version = looks.of_company(db(), declaration.organisation_id)
    return _made(document, issue, look, Format(ending), _("Entwurf"))


@blueprint.get("/versionen/<int:version>.<any(docx, xlsx, csv):ending>")
@permit(Permission.DECLARATION_VIEW)
def version_file(declaration_id: int, version: int, ending: str) -> ResponseReturnValue:
    snapshot = _snapshot(declaration_id, version)
    document, issue = read_document(snapshot.content), addressed(printing.issue_of_version(db(), snapshot))
    return _made(document, issue, looks.of_version(db(), snapshot), Format(ending), f"V{version}")


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


def _made(document: Document, issue: Issue, look: Look, kind: Format, label: str) -> ResponseReturnValue:
    declaration = current_declaration()
    name, back = _name(declaration, f"{label}.{kind}"), url_for(".index", declaration_id=declaration.id)
    return printed(lambda: made(document, issue, kind, look=look), name, back=back, kind=MEDIA_TYPES[kind])


def _overview(declaration_id: int) -> str:
    return url_for("overview.show", declaration_id=declaration_id)


def _snapshot(declaration_id: int, version: int) -> Snapshot:
    return declarations.snapshot(db(), declaration_id, version) or abort(404)


def _download(content: bytes, declaration: Declaration, label: str) -> Response:
    return attachment(content, JSON, _name(declaration, label))


def _name(declaration: Declaration, label: str) -> str:
    return file_name(declaration.organisation.name, declaration.reporting_year, label)
