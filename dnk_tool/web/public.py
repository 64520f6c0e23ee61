"""What everybody can read without signing in: the published declarations, and the list of them."""

import time

from flask import Blueprint, Flask, Response, abort, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.domain.document import Document
from dnk_tool.domain.document_reader import read_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.report import Issue
from dnk_tool.report.compose import compose
from dnk_tool.services import printing
from dnk_tool.store import declarations, publications, sign_offs
from dnk_tool.store.models import Snapshot
from dnk_tool.web.access import permit
from dnk_tool.web.downloads import file_name, frozen_pdf
from dnk_tool.web.headers import keepable
from dnk_tool.web.languages import current_language
from dnk_tool.web.transactions import db, is_safe

blueprint = Blueprint("public", __name__, url_prefix="/berichte")

PAGE_SIZE = 100
LOOK_EVERY_SECONDS = 300


@blueprint.get("")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    wanted = request.args.get("seite", "1")
    page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    count = publications.count(db())
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(page, 1), pages)
    entries = publications.published(db(), offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return _kept(
        make_response(
            render_template("public/index.html", entries=entries, count=count, page=page, pages=pages)
        )
    )


@blueprint.get("/<slug>")
@permit(Permission.PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    snapshot, issue = _published(slug)
    document = read_document(snapshot.content)
    view = compose(document, issue, current_language(), on_paper=False)
    return _kept(make_response(render_template("public/report.html", view=view, slug=slug)))


@blueprint.get("/<slug>/erklaerung.pdf")
@permit(Permission.PUBLIC)
def pdf(slug: str) -> ResponseReturnValue:
    snapshot, issue = _published(slug)
    document: Document = read_document(snapshot.content)
    name = file_name(document.organisation.name, document.reporting_year, f"V{snapshot.version}.pdf")
    return frozen_pdf(snapshot, issue, name, back=f"/berichte/{slug}")


def _published(slug: str) -> tuple[Snapshot, Issue]:
    """The version behind the address: 404 for one that never was, 410 for one that was taken back."""
    found = sign_offs.by_slug(db(), slug)
    if found is None:
        abort(404)
    snapshot = declarations.snapshot(db(), found.declaration_id, found.version)
    if found.revoked_at is not None or snapshot is None:
        abort(410)
    return snapshot, printing.issue_of_version(db(), snapshot)


def _kept(response: Response) -> Response:
    """May be kept, if it is the page that every visitor gets."""
    return response if request.cookies else keepable(response)


# ---- Whether there is anything to read, for the footer of every page


def init_app(app: Flask) -> None:
    """Remember it, so that not every page has to ask."""
    app.extensions["dnk_published"] = (None, False)


def look_again() -> None:
    """Something was published or taken back."""
    current_app.extensions["dnk_published"] = (None, True)


def is_anything_published() -> bool:
    """As it was a few minutes ago at most. Asks on pages that only read, and never on an error page."""
    seen, known = current_app.extensions["dnk_published"]
    is_fresh = seen is not None and time.monotonic() - seen < LOOK_EVERY_SECONDS
    if is_fresh or not is_safe() or g.get("error_page"):
        return bool(known)
    try:
        known = publications.any_published(db())
    except SQLAlchemyError:
        return bool(known)
    current_app.extensions["dnk_published"] = (time.monotonic(), known)
    return known
