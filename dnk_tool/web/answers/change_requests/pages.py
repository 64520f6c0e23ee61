"""The pages on which the company answers the reviewers, one change request after the other.

The fields are those of the criterion's pages and are saved as there. Buttons that go on send text and answer;
while somebody types, and with those that pause, an answer is kept as a draft that nobody else reads.
The last step before a version is submitted again.
"""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import declaration_completeness
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome, save_section
from dnk_tool.services.declarations.submission import waits_for_company
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.review.company_feedback import answer_remark, keep_answer
from dnk_tool.services.review.drafts import SeenDraft
from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH, InvalidRemarkText
from dnk_tool.services.review.remarks import ThreadChanged, ThreadReply
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.answers.autosave import autosave_response
from dnk_tool.web.answers.change_requests.changes import all_changes, changes_of, has_changed_text
from dnk_tool.web.answers.change_requests.page import (
    AnswerPlace,
    changes_html,
    default_answer,
    refs_of,
    render_change_request,
)
from dnk_tool.web.answers.change_requests.steps import change_request_steps, deadline_of, next_step
from dnk_tool.web.answers.conflicts import render_conflicts
from dnk_tool.web.answers.form_content import form_data, read_section_edit
from dnk_tool.web.answers.section_forms import section_form
from dnk_tool.web.answers.section_page import named_errors
from dnk_tool.web.declarations.submit_form import SubmitDeclarationForm, default_form_data, submit_choices
from dnk_tool.web.declarations.visible_sections import can_view_all_sections, visible_sections
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import CompanyReviewState, company_review_state
from dnk_tool.web.review.company_side.section_remarks_form import (
    draft_field_name,
    read_remarks_form,
    reply_field_name,
)
from dnk_tool.web.text.form_errors import FieldError, field_messages
from dnk_tool.web.text.markup import formatted_texts
from dnk_tool.web.text.section_parts import point_url

# The buttons lead to the next change request, to the overview, or to the fields that stand elsewhere.
ONWARD, PAUSE, ELSEWHERE = "onward", "pause", "elsewhere"
UNFINISHED = {PAUSE, ELSEWHERE}

blueprint = Blueprint("change_requests", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/anmerkungen")
@permit(Permission.DECLARATION_ENTER)
def begin(declaration_id: int) -> ResponseReturnValue:
    """Lead to the first change request without an answer; once all have one, to what has changed.

    Without any, such as after a new submission, lead to what was written.
    """
    situation = current_situation()
    if situation.has_history and not situation.change_requests():
        return redirect(url_for("review_history.show", declaration_id=declaration_id), 303)
    return redirect(_url_after(situation, 0), 303)


@blueprint.get("/anmerkungen/<section_ref>/<int:thread_id>")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, section_ref: str, thread_id: int) -> ResponseReturnValue:
    """Show the change request; any other remark stands on the section's page of remarks."""
    place = _place(section_ref, thread_id)
    if place is None and all(
        one.id != thread_id for one in current_situation().threads_of_section(section_ref)
    ):
        abort(404)
    if place is None or place.thread not in place.situation.change_requests():
        field = reply_field_name(thread_id)
        here = url_for("remarks.show", declaration_id=declaration_id, section_ref=section_ref, _anchor=field)
        return redirect(here, 303)
    content = declarations.read_content(db(), current_declaration())
    form = section_form(content.sheet.selection, place.asked)
    data = form_data(place.asked, content)
    return render_change_request(place, form(formdata=None, data=data), content=content)


@blueprint.post("/anmerkungen/<section_ref>/<int:thread_id>")
@permit(Permission.REMARK)
def save(declaration_id: int, section_ref: str, thread_id: int) -> ResponseReturnValue:
    """Save the texts and the answer.

    Returns 409 after edit conflicts, which keep the typed text, and if the remark changed meanwhile; 422 if
    a field cannot be read or nothing answers the remark. Autosave saves the texts that can be read and gets
    JSON.
    """
    declaration, place = current_declaration(), _place(section_ref, thread_id)
    if place is None:
        abort(404)  # the 404 page shows the typed text
    form = section_form(declarations.selection_of(declaration), place.asked)(formdata=request.form)
    reply = read_remarks_form(request.form, place.section).reply(thread_id)
    is_readable, is_too_long = form.validate(), len(reply.text) > MAX_REMARK_LENGTH
    edit = _read_edit(place, form)
    if request.form.get("autosave") == "1":
        return _autosaved(place, form, edit, reply, is_readable=is_readable)
    if is_too_long or not is_readable:
        error = _too_long_text() if is_too_long else ""
        return render_change_request(place, form, reply=reply, error=error), 422
    outcome = _save_texts(place, edit) if edit.answers else None
    conflicts = outcome.conflicts if outcome else ()
    if not (reply.text or conflicts) and request.form.get("action") == ONWARD:
        sheet = outcome.sheet if outcome else declarations.read_content(db(), declaration).sheet
        reply = replace(reply, text=_default_answer(place, sheet))
        if not reply.text and waits_for_company(place.thread):
            return render_change_request(place, form, reply=reply, error=_unanswered_text()), 422
    try:
        is_sent = _answer(place, reply)
    except ThreadChanged as error:
        db().rollback()
        return _changed_page(place, form, error.thread), 409
    except ConflictError as error:
        db().rollback()
        kept = _("Speichern Sie noch einmal, und diese hier gilt. Im anderen Fenster steht:")
        reply = replace(reply, draft=SeenDraft(number=error.conflict.version))
        clash = f"{_two_answers_text()} {kept} {error.conflict.theirs}"
        return render_change_request(place, form, reply=reply, clash=clash), 409
    if conflicts:
        db().commit()  # saves the rest; what conflicts is kept in its history
        here = request.path
        return render_conflicts(declaration, place.section, conflicts, here=here, carried={}), 409
    told = _("Gespeichert.")
    if is_sent:
        told += " " + _(
            "Ihre Antwort ist beim Prüfteam; Ihren Text bekommt es, sobald Sie wieder einreichen."
        )
    flash(told, "success")
    return redirect(_url_after_button(place), 303)


def current_situation() -> CompanyReviewState:
    """The review with the remarks that the person may see."""
    declaration = current_declaration()
    sections = visible_sections(declarations.selection_of(declaration))
    refs = [section.ref for section in sections]
    return company_review_state(declaration, sections=refs, with_closing=True)


def _place(section_ref: str, thread_id: int) -> AnswerPlace | None:
    """The remark, if the reviewers wrote it on this section for the company, else None."""
    section = declarations.selection_of(current_declaration()).section_by_ref.get(section_ref)
    situation = current_situation()
    for thread in situation.threads_of_section(section_ref) if section else ():
        if section and thread.id == thread_id and thread.is_to_company:
            return AnswerPlace(situation, section, thread)
    return None


def _read_edit(place: AnswerPlace, form: FlaskForm) -> SectionEdit:
    """The texts as they were sent; none from somebody who may only read them."""
    declaration = current_declaration()
    reasons = frozenset(reason.key for reason in declarations.selection_of(declaration).catalogue.reasons)
    language = settings_of(declaration).language
    return read_section_edit(place.asked, form, language, request.form, reasons=reasons)


def _save_texts(place: AnswerPlace, edit: SectionEdit) -> SectionSaveOutcome:
    now = datetime.now(UTC)
    return save_section(Work(db(), current_actor(), now), current_declaration(), place.section, edit)


def _autosaved(
    place: AnswerPlace, form: FlaskForm, edit: SectionEdit, reply: ThreadReply, *, is_readable: bool
) -> ResponseReturnValue:
    """Save the texts, and the answer as a draft; one that cannot be kept stays in the browser."""
    declaration, outcome = current_declaration(), _save_texts(place, edit)
    errors = named_errors(place.asked, dict(field_messages(form)), current_language())
    draft, error = reply.draft, ""
    try:
        draft = _keep_answer(place, reply)
    except ConflictError:
        error = _two_answers_text()
    except InvalidRemarkText:
        error = _too_long_text()
    if error:
        errors = (*errors, FieldError(place.field, error))
    return autosave_response(
        outcome,
        submission=edit,
        is_readable=is_readable and not error,
        errors=errors,
        sentences={draft_field_name(place.field): draft.number},
        fields={
            **formatted_texts(edit.answers, settings_of(declaration).language),
            "changes": changes_html(place, outcome.sheet),
        },
    )


def _default_answer(place: AnswerPlace, sheet: Sheet) -> str:
    """The sentence that answers the remark where something it is about has changed, else ""."""
    refs, submitted = refs_of(place.section, place.thread), place.situation.submitted
    if submitted is None or not waits_for_company(place.thread):
        return ""
    if not changes_of(submitted, sheet, place.section, refs):
        return ""
    is_text = has_changed_text(submitted, sheet, place.section.restricted_to(refs))
    return default_answer(current_declaration().language, is_text=is_text)


def _keep_answer(place: AnswerPlace, reply: ThreadReply) -> SeenDraft:
    now = datetime.now(UTC)
    return keep_answer(Work(db(), current_actor(), now), current_declaration(), place.thread, reply)


def _answer(place: AnswerPlace, reply: ThreadReply) -> bool:
    """Write the answer to the remark as the page showed it; returns whether it was sent and not only kept."""
    is_sent = bool(reply.text) and request.form.get("action") not in UNFINISHED
    if is_sent:
        was_open = request.form.get("open") != "0"
        answer_remark(current_work(), current_declaration(), place.thread, reply, was_open=was_open)
    else:
        _keep_answer(place, reply)
    return is_sent


def _changed_page(place: AnswerPlace, form: FlaskForm, thread: RemarkThread) -> str:
    """The page with the remark as it is now, and with all that was typed."""
    sent = read_remarks_form(request.form, place.section).with_thread_read(thread)
    place, reply = AnswerPlace(current_situation(), place.section, thread), sent.reply(thread.id)
    told = (
        _("In dieser Anmerkung steht inzwischen etwas Neues.")
        if thread.is_open
        else _("Diese Anmerkung ist inzwischen erledigt oder zurückgezogen.")
    )
    kept = _("Ihre Eingaben stehen noch hier. Prüfen Sie sie, und speichern Sie noch einmal.")
    return render_change_request(place, form, reply=reply, clash=f"{told} {kept}")


def _two_answers_text() -> str:
    return str(_("Ihre Antwort haben Sie in einem anderen Fenster anders begonnen."))


def _too_long_text() -> str:
    return str(_("Bitte kürzen Sie diesen Text auf höchstens 5.000 Zeichen."))


def _unanswered_text() -> str:
    return str(_("Ändern Sie den Text, oder schreiben Sie hier eine Antwort."))


def _url_after_button(place: AnswerPlace) -> str:
    action, declaration = request.form.get("action", ""), current_declaration()
    if action == ONWARD:
        return _url_after(place.situation, place.thread.id)
    if action == PAUSE:
        return url_for("overview.show", declaration_id=declaration.id)
    if action == ELSEWHERE:
        return point_url(declaration.id, place.section, place.thread.ref)
    return request.path


def _url_after(situation: CompanyReviewState, thread_id: int) -> str:
    """The next change request without an answer; after the last one what has changed, for who sees all."""
    steps, declaration = change_request_steps(situation), current_declaration()
    following = next_step(steps, thread_id)
    if following:
        return following.href
    if steps and can_view_all_sections():
        return url_for("change_requests.changes", declaration_id=declaration.id)
    return url_for("overview.show", declaration_id=declaration.id)


@blueprint.get("/aenderungen")
@permit(Permission.DECLARATION_VIEW)
def changes(declaration_id: int) -> ResponseReturnValue:
    """Show what has changed since the reviewers read it, and the form that submits it again.

    What that refuses, such as a missing tick, stands beside the same form on the page of the final check.
    """
    declaration, situation = current_declaration(), current_situation()
    content = declarations.read_content(db(), declaration)
    steps = change_request_steps(situation)
    waiting = [step for step in steps if step.is_waiting]
    is_complete = not any(part.gaps for part in declaration_completeness(content.sheet))
    choices = submit_choices(declaration)
    profile = content.sheet.profile
    return render_template(
        "answers/change_requests/changes.html",
        declaration=declaration,
        situation=situation,
        steps=steps,
        deadline=deadline_of(situation),
        waiting=waiting,
        may_submit=is_complete and not waiting and situation.is_in_review,
        choices=choices,
        worth=content.sheet.selection.catalogue.worth,
        form=SubmitDeclarationForm(formdata=None, data=default_form_data(declaration, choices)),
        errors=(),
        has_new_profile=situation.submitted is not None and situation.submitted.organisation != profile,
        changes=all_changes(situation.submitted, content.sheet),
        number=0,
        area="",
    )
