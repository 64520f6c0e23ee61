"""The page of a secret link: the requirements asked for, to be answered without an account."""

from datetime import UTC, datetime

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.editing.locks import Locked, section_is_open
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.invitations import contributions
from dnk_tool.services.invitations.contributions import NothingAnswered, contribution_content
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.web.answers.autosave import autosave_response
from dnk_tool.web.answers.form_content import form_data, read_section_edit
from dnk_tool.web.answers.number_notes import ambiguity_notice, number_readings, reading_sentences
from dnk_tool.web.answers.proposals.zeros import with_zeros
from dnk_tool.web.answers.section_forms import section_form
from dnk_tool.web.answers.table_rows import RowAction, requested_row, without_removed_row
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.invitations.contributions.contributor import ContributionLink, answer_page, conflict_page
from dnk_tool.web.invitations.contributions.invalid_link import invalid_request_link_page
from dnk_tool.web.invitations.contributions.mails import notify_asker
from dnk_tool.web.invitations.contributions.routes import blueprint
from dnk_tool.web.text.markup import formatted_texts

SEND = "send"


@blueprint.route("/beitrag/<token>", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
def answer(token: str) -> ResponseReturnValue:
    """GET changes nothing, so mail programs may follow the link; POST saves."""
    now = datetime.now(UTC)
    try:
        visit = ContributionLink(contributions.find_contribution(db(), token, now=now), token)
        return _form_page(visit) if is_safe() else _save(visit, now)
    except InvalidInvitationLink as error:
        return invalid_request_link_page(error.why, token)


def _form_page(visit: ContributionLink) -> str:
    content = contribution_content(db(), visit.contribution)
    form = section_form(visit.selection, visit.section)
    return answer_page(
        visit,
        form(formdata=None, data=form_data(visit.section, content)),
        visit.name_form(),
        content=content,
        is_open=section_is_open(db(), visit.declaration, visit.section.ref),
    )


def _save(visit: ContributionLink, now: datetime) -> ResponseReturnValue:
    row = requested_row(request.form)
    language = settings_of(visit.declaration).language
    sent, _zeros = with_zeros(without_removed_row(request.form, row), visit.section, language)
    form, names = section_form(visit.selection, visit.section)(formdata=sent), visit.name_form()
    is_readable, is_named = form.validate(), names.validate()
    is_autosave = request.form.get("autosave") == "1"
    if not is_autosave and not (is_readable and is_named):
        return answer_page(visit, form, names), 422
    submission = read_section_edit(
        visit.section,
        form,
        language,
        sent,
        reasons=frozenset(reason.key for reason in visit.selection.catalogue.reasons),
    )
    name = names.name.data if is_named else ""
    try:
        if is_autosave:
            return _autosave(visit, form, submission, name, is_readable=is_readable, now=now)
        return _save_by_button(visit, form, submission, name, row, now)
    except NothingAnswered:
        return answer_page(visit, form, names, is_empty=True), 422
    except Locked:
        return answer_page(visit, form, names, is_open=False), 409


def _autosave(
    visit: ContributionLink,
    form: FlaskForm,
    submission: SectionEdit,
    name: str,
    *,
    is_readable: bool,
    now: datetime,
) -> ResponseReturnValue:
    try:
        outcome = contributions.save_contribution(
            db(), visit.contribution, submission, token=visit.token, name=name, now=now
        )
    except Locked:
        message = _(
            "Diese Erklärung lässt sich gerade nicht ändern. Ihr Text bleibt in diesem Browser gesichert."
        )
        return jsonify(status="conflict", message=message, action=_("Ansehen")), 409
    read = number_readings(visit.declaration, visit.section, form, submission, outcome.versions)
    return autosave_response(
        outcome,
        submission=submission,
        is_readable=is_readable,
        readings=reading_sentences(read, current_language()),
        fields=formatted_texts(submission.answers, settings_of(visit.declaration).language),
    )


def _save_by_button(
    visit: ContributionLink,
    form: FlaskForm,
    submission: SectionEdit,
    name: str,
    row: RowAction | None,
    now: datetime,
) -> ResponseReturnValue:
    contribution, token = visit.contribution, visit.token
    outcome = contributions.save_contribution(db(), contribution, submission, token=token, name=name, now=now)
    if outcome.conflicts:
        db().commit()  # saves the rest; the person's own text is kept in the history
        return conflict_page(visit, outcome), 409
    read = number_readings(visit.declaration, visit.section, form, submission, outcome.versions)
    if doubtful := ambiguity_notice(read, current_language(), declaration_id=None):
        flash(doubtful, "info")
    if row:
        extra = row.ref if row.is_added else None
        return redirect(visit.url(zeile=extra, _anchor=f"ref-{row.ref}-rows"), 303)
    if request.form.get("action") == SEND:
        seen = {ref: given.seen for ref, given in submission.answers.items()}
        guest = contributions.complete_contribution(
            db(), contribution, token=token, name=name, seen=seen, now=now
        )
        notify_asker(contribution, guest)
    else:
        flash(_("Gespeichert. Mit dem Link aus der E-Mail kommen Sie wieder hierher."), "success")
    return redirect(visit.url(), 303)
