"""The final check, finishing, reopening, and the files of a declaration."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Indicator, Item, Requirement, Selection
from dnk_tool.domain import completeness
from dnk_tool.domain.completeness import Completeness, Gap, GapKind
from dnk_tool.domain.document import Document, canonical, fingerprint
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.states import EDITABLE, NotPossible, State
from dnk_tool.language import LOCAL_TIME
from dnk_tool.report import Issue, RenderFailed, render_pdf
from dnk_tool.services import finishing
from dnk_tool.services.documents import live_document, snapshot_document
from dnk_tool.store import declarations
from dnk_tool.store.models import Declaration
from dnk_tool.web.access import current_actor, current_declaration, permit
from dnk_tool.web.languages import current_language
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.forms import field_name

blueprint = Blueprint("finish", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/pruefen")
@permit(Permission.DECLARATION_VIEW)
def check(declaration_id: int) -> ResponseReturnValue:
    return _check_page(current_declaration())


@blueprint.post("/abschliessen")
@permit(Permission.DECLARATION_FINISH)
def finish(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    try:
        finishing.finish(db(), declaration, actor=current_actor(), now=datetime.now(UTC))
    except finishing.Incomplete:
        db().rollback()
        return _check_page(current_declaration(), is_refused=True), 422
    except NotPossible:
        db().rollback()
        return redirect(url_for("overview.show", declaration_id=declaration_id), 303)
    flash(_("Ihre Erklärung ist abgeschlossen. Sie können sie jetzt als PDF weitergeben."), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


@blueprint.post("/wieder-oeffnen")
@permit(Permission.DECLARATION_FINISH)
def reopen(declaration_id: int) -> ResponseReturnValue:
    try:
        finishing.reopen(db(), current_declaration(), actor=current_actor(), now=datetime.now(UTC))
    except NotPossible:
        db().rollback()
        return redirect(url_for("overview.show", declaration_id=declaration_id), 303)
    flash(
        _("Sie arbeiten jetzt an einer neuen Version. Die abgeschlossene bleibt unverändert abrufbar."),
        "success",
    )
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


@blueprint.get("/entwurf.pdf")
@permit(Permission.DECLARATION_VIEW)
def draft_pdf(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    document = live_document(db(), declaration)
    issue = Issue(
        version=None,
        issued_on=datetime.now(LOCAL_TIME).date(),
        is_draft=True,
        fingerprint=fingerprint(canonical(document)),
    )
    return _pdf(declaration, document, issue, _("Entwurf"))


@blueprint.get("/versionen/<int:version>.pdf")
@permit(Permission.DECLARATION_VIEW)
def version_pdf(declaration_id: int, version: int) -> ResponseReturnValue:
    declaration = current_declaration()
    snapshot = declarations.snapshot(db(), declaration.id, version)
    if snapshot is None:
        abort(404)
    document = snapshot_document(db(), declaration, version)
    issued_on: date = snapshot.finished_at.astimezone(LOCAL_TIME).date()
    issue = Issue(version=version, issued_on=issued_on, is_draft=False, fingerprint=snapshot.sha256)
    return _pdf(declaration, document, issue, f"V{version}")


@blueprint.get("/versionen/<int:version>.json")
@permit(Permission.DECLARATION_VIEW)
def version_json(declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = declarations.snapshot(db(), declaration_id, version)
    if snapshot is None:
        abort(404)
    return _download(snapshot.content, "application/json", current_declaration(), f"V{version}.json")


@blueprint.get("/erklaerung.json")
@permit(Permission.DECLARATION_VIEW)
def live_json(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    content = canonical(live_document(db(), declaration))
    return _download(content, "application/json", declaration, "Stand.json")


def _pdf(declaration: Declaration, document: Document, issue: Issue, label: str) -> ResponseReturnValue:
    db().rollback()  # nothing is held open while the document is rendered
    try:
        content = render_pdf(document, issue)
    except RenderFailed:
        return render_template("wizard/render_failed.html", declaration=declaration), 503
    return _download(content, "application/pdf", declaration, f"{label}.pdf")


def _download(content: bytes, kind: str, declaration: Declaration, label: str) -> Response:
    """The file as an attachment under a name that says company, year and version."""
    response = Response(content, mimetype=kind)
    company = "".join(c if c.isalnum() else "-" for c in declaration.organisation.name)[:60].strip("-")
    name = f"DNK-Erklaerung-{declaration.reporting_year}-{company}-{label}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _check_page(declaration: Declaration, *, is_refused: bool = False) -> str:
    content = declarations.content(db(), declaration)
    parts = completeness.of_declaration(content.sheet)
    return render_template(
        "wizard/check.html",
        declaration=declaration,
        selection=content.sheet.selection,
        profile=declarations.profile_of(declaration.organisation),
        parts={one.section: one for one in parts},
        links={one.section: tuple(_links(one, declaration, content.sheet.selection)) for one in parts},
        is_complete=not any(one.gaps for one in parts),
        is_refused=is_refused,
        is_finished=declaration.state is State.FINISHED,
        is_editable=declaration.state in EDITABLE,
        form=FlaskForm(),
    )


def _links(
    part: Completeness, declaration: Declaration, selection: Selection
) -> Iterator[tuple[Gap, str, str]]:
    """Each gap with what is missing where, and the address that leads to its field."""
    for gap in part.gaps:
        anchor = "done" if gap.kind is GapKind.NOT_CONFIRMED else field_name(gap.item or gap.requirement)
        requirement = selection.requirements.get(gap.requirement)
        item = selection.items.get(gap.item)
        yield (
            gap,
            url_for(
                "criterion.show",
                declaration_id=declaration.id,
                section_ref=gap.section,
                _anchor=anchor,
            ),
            _gap_label(requirement, item),
        )


def _gap_label(requirement: Requirement | None, item: Item | None) -> str:
    language = current_language()
    if isinstance(requirement, Indicator) and item:
        return f"{requirement.code}: {item.label.to(language)}"
    return requirement.title.to(language) if requirement else ""
