"""The remarks on one section, on a page of their own: read, answered, begun and called done by the company.

They are no part of the criterion's form: there a button saves what was typed and leads here, so that neither
an answer nor a remark is ever lost, with and without JavaScript.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Audience, Side
from dnk_tool.services import remarking
from dnk_tool.services.remarking import LONGEST, NoAnswer, NoText
from dnk_tool.store import accounts, clusters, declarations, remarks
from dnk_tool.store.models import Declaration
from dnk_tool.store.remarks import Thread
from dnk_tool.web.access import current_actor, current_declaration, permit
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.fields import ProseField

blueprint = Blueprint(
    "remarks", __name__, url_prefix="/erklaerungen/<int:declaration_id>/anmerkungen/<section_ref>"
)


class RemarkForm(FlaskForm):
    """A new remark: on the whole section or one requirement (`ref`), and for whom."""

    text = ProseField()
    ref = SelectField(validate_choice=False)
    audience = RadioField(validate_choice=False, default=Audience.COMPANY.value)


@blueprint.get("")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    data = {"ref": request.args.get("punkt", ""), "audience": Audience.COMPANY.value}
    return _page(_section(section_ref), RemarkForm(formdata=None, data=data))


@blueprint.post("")
@permit(Permission.REMARK)
def write(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    declaration, section, form = current_declaration(), _section(section_ref), RemarkForm()
    known = {one.ref for one in section.all_requirements}
    try:
        row = remarking.remark(
            db(),
            declaration,
            section,
            form.text.data or "",
            audience=_audience(declaration, form),
            ref=form.ref.data if form.ref.data in known else "",
            **_by_company(declaration),
        )
    except NoText:
        return _page(section, form, errors={"text": _too_short_or_long()}), 422
    flash(_("Ihre Anmerkung ist gespeichert."), "success")
    return _to_thread(section, row.id)


@blueprint.post("/<int:thread_id>")
@permit(Permission.REMARK)
def answer(declaration_id: int, section_ref: str, thread_id: int) -> ResponseReturnValue:
    declaration, section = current_declaration(), _section(section_ref)
    thread, text = _thread(section, thread_id), request.form.get("text", "")
    try:
        remarking.answer(db(), declaration, thread, text, **_by_company(declaration))
    except NoText:
        name = f"answer-{thread_id}"
        form = RemarkForm(formdata=None)
        return _page(section, form, errors={name: _too_short_or_long()}, answers={name: text}), 422
    flash(_("Ihre Antwort ist gespeichert."), "success")
    return _to_thread(section, thread_id)


@blueprint.post("/<int:thread_id>/erledigt")
@permit(Permission.REMARK)
def resolve(declaration_id: int, section_ref: str, thread_id: int) -> ResponseReturnValue:
    declaration, section = current_declaration(), _section(section_ref)
    thread = _thread(section, thread_id)
    try:
        remarking.resolve(
            db(), declaration, thread, side=Side.COMPANY, actor=current_actor(), now=datetime.now(UTC)
        )
        flash(_("Die Anmerkung ist erledigt."), "success")
    except NoAnswer:
        flash(_("Erledigt ist eine Anmerkung erst, wenn jemand geantwortet hat."), "error")
    return _to_thread(section, thread_id)


def _by_company(declaration: Declaration) -> dict[str, Any]:
    return {
        "side": Side.COMPANY,
        "version": declaration.version,
        "actor": current_actor(),
        "now": datetime.now(UTC),
    }


def _audience(declaration: Declaration, form: RemarkForm) -> Audience:
    """Within the company, unless somebody chose otherwise and there is a cluster that could read it."""
    is_shared = form.audience.data == Audience.SHARED.value and declaration.cluster_id is not None
    return Audience.SHARED if is_shared else Audience.COMPANY


def _section(section_ref: str) -> Section:
    found = declarations.selection_of(current_declaration()).section_by_ref.get(section_ref)
    return found or abort(404)


def _thread(section: Section, thread_id: int) -> Thread:
    found = remarks.thread(db(), current_declaration().id, thread_id, Side.COMPANY)
    if found is None or found.section != section.ref:
        abort(404)
    return found


def _to_thread(section: Section, thread_id: int) -> ResponseReturnValue:
    here = url_for(
        "remarks.show",
        declaration_id=current_declaration().id,
        section_ref=section.ref,
        _anchor=f"remark-{thread_id}",
    )
    return redirect(here, 303)


def _too_short_or_long() -> str:
    return str(_("Schreiben Sie hier etwas, höchstens %(most)s Zeichen.", most=LONGEST))


def _page(
    section: Section,
    form: RemarkForm,
    *,
    errors: dict[str, str] | None = None,
    answers: dict[str, str] | None = None,
) -> str:
    declaration = current_declaration()
    threads = remarks.threads(db(), declaration.id, Side.COMPANY, sections=[section.ref])
    people = {remark.by for one in threads for remark in one.remarks if remark.by is not None}
    cluster = clusters.by_id(db(), declaration.cluster_id) if declaration.cluster_id else None
    return render_template(
        "wizard/remarks.html",
        declaration=declaration,
        section=section,
        titles={one.ref: one.title for one in section.all_requirements},
        threads=sorted(threads, key=lambda one: not one.is_open),
        names=accounts.names_of(db(), people),
        cluster=cluster.name if cluster else "",
        form=form,
        field_errors=errors or {},
        errors=[{"text": text, "href": f"#{name}"} for name, text in (errors or {}).items()],
        answers=answers or {},
    )
