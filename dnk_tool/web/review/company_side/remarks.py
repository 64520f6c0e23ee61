"""The company's page of remarks on a section: read, answered, written and resolved.

It is separate from the criterion's form, where a button saves the typed text and leads here. The page is one
form: each of its buttons saves all answers and the new remark, with and without JavaScript.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ReviewSide
from dnk_tool.services.review import company_feedback
from dnk_tool.services.review.remarks import ThreadChanged, ThreadUnanswered
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.review import RemarkRow
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.section_remarks_form import (
    NEW_REMARK_FIELD,
    SectionRemarksForm,
    read_remarks_form,
    remarks_form_errors,
    reply_field_name,
)
from dnk_tool.web.review.company_side.threads import authors_of

blueprint = Blueprint(
    "remarks", __name__, url_prefix="/erklaerungen/<int:declaration_id>/anmerkungen/<section_ref>"
)


@blueprint.get("")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    return _page(_section(section_ref), SectionRemarksForm(ref=request.args.get("punkt", "")))


@blueprint.post("")
@permit(Permission.REMARK)
@creates
def write(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    declaration, section = current_declaration(), _section(section_ref)
    sent = read_remarks_form(request.form, section)
    if not {thread.id for thread in _threads(section)} >= set(sent.answered):
        abort(404)  # the 404 page shows the typed text
    if errors := remarks_form_errors(sent):
        return _page(section, sent, errors), 422
    said = sent.feedback(may_share=declaration.cluster_id is not None)
    try:
        row = company_feedback.save_company_feedback(current_work(), declaration, section, said)
    except ThreadUnanswered as error:
        db().rollback()
        return _page(section, sent, {reply_field_name(error.thread.id): _unanswered_text()}), 422
    except ThreadChanged as error:
        db().rollback()
        return _page(section, sent.with_thread_read(error.thread), clash=_new_reply_text()), 409
    flash(_("Gespeichert."), "success")
    return redirect(_thread_url(section, _target_thread_id(sent, row), row.ref if row else ""), 303)


def _section(section_ref: str) -> Section:
    section = declarations.selection_of(current_declaration()).section_by_ref.get(section_ref)
    return section or abort(404)


def _threads(section: Section) -> list[RemarkThread]:
    return remarks.threads(db(), current_declaration().id, ReviewSide.COMPANY, sections=[section.ref])


def _target_thread_id(sent: SectionRemarksForm, row: RemarkRow | None) -> int:
    """The thread of the pressed button, else the first one that was answered."""
    if row and sent.pressed == NEW_REMARK_FIELD:
        return row.id
    pressed = [key for key in sent.replies if reply_field_name(key) == sent.pressed]
    return [*pressed, *sent.answered][0]


def _thread_url(section: Section, thread_id: int, ref: str) -> str:
    return url_for(
        "remarks.show",
        declaration_id=current_declaration().id,
        section_ref=section.ref,
        punkt=ref or None,
        _anchor=f"remark-{thread_id}",
    )


def _unanswered_text() -> str:
    return str(_("Schreiben Sie erst eine Antwort. Nur was beantwortet ist, kann erledigt sein."))


def _new_reply_text() -> str:
    told = _("In einer Anmerkung, die Sie erledigen wollten, steht inzwischen eine neue Antwort.")
    kept = _("Ihre Eingaben stehen noch hier. Prüfen Sie sie, und speichern Sie noch einmal.")
    return f"{told} {kept}"


def _page(
    section: Section, sent: SectionRemarksForm, errors: dict[str, str] | None = None, *, clash: str = ""
) -> str:
    declaration, threads = current_declaration(), _threads(section)
    titles = {requirement.ref: requirement.title for requirement in section.all_requirements}
    cluster = clusters.by_id(db(), declaration.cluster_id) if declaration.cluster_id else None
    return render_template(
        "review/company_side/remarks.html",
        declaration=declaration,
        section=section,
        titles=titles,
        refs=[(ref, title.to(current_language())) for ref, title in titles.items()],
        threads=sorted(threads, key=lambda thread: not thread.is_open),
        names=accounts.names_of(db(), authors_of(threads)),
        cluster=cluster.name if cluster else "",
        sent=sent,
        point=sent.ref if sent.ref in titles else "",
        errors=errors or {},
        clash=clash,
    )
