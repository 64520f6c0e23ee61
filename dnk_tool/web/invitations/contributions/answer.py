"""The page of a secret link: the requirements asked for, to be answered without an account.

The page for an invalid contribution link: why, what to do, and the typed text for copying.
A contributor's visit by secret link, and the page for the answers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.answers.completeness import section_completeness
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome
from dnk_tool.services.editing.locks import Locked, section_is_open
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.invitations import contributions
from dnk_tool.services.invitations.contributions import (
    Contribution,
    NothingAnswered,
    contribution_content,
    guest_name,
)
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.answers.autosave import autosave_response
from dnk_tool.web.answers.conflicts import conflict_pages
from dnk_tool.web.answers.form_content import form_data, read_section_edit
from dnk_tool.web.answers.last_year import last_year_for_contributor
from dnk_tool.web.answers.number_notes import ambiguity_notice, number_readings, reading_sentences
from dnk_tool.web.answers.proposals.zeros import with_zeros
from dnk_tool.web.answers.section_forms import section_form
from dnk_tool.web.answers.section_page import section_page
from dnk_tool.web.answers.table_rows import RowAction, requested_row, without_removed_row
from dnk_tool.web.http import interrupted_forms, rate_limits
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.invitations.contributions.mails import criterion_number, notify_asker
from dnk_tool.web.invitations.contributions.routes import blueprint
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.form_fields import LineField
from dnk_tool.web.text.markup import formatted_texts

SEND = "send"


# A used link shows a word of thanks, hence 200.
STATUS = {
    LinkFault.UNKNOWN: 404,
    LinkFault.USED: 200,
    LinkFault.REPLACED: 410,
    LinkFault.REVOKED: 410,
    LinkFault.EXPIRED: 410,
    LinkFault.RESTING: 410,
    LinkFault.ARCHIVED: 410,
}
# Name endings of fields that hold typed text; see answers/section_forms.py.
TEXT_FIELD_SUFFIXES = ("-text", "-explanation", "-note", "-value")


class ContributorNameForm(FlaskForm):
    """The contributor's name. `is_settled`: fixed, as the address has an account with a name."""

    name = LineField(longest=MAX_NAME_LENGTH)
    is_settled = False

    def validate_name(self, field: LineField) -> None:
        if not 0 < len(field.data or "") <= MAX_NAME_LENGTH:
            raise ValidationError(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))


@dataclass(frozen=True)
class ContributionLink:
    """A secret link and the contribution that it opens."""

    contribution: Contribution
    token: str

    @property
    def declaration(self) -> Declaration:
        return self.contribution.declaration

    @property
    def section(self) -> Section:
        """The section, restricted to the requirements asked for."""
        return self.contribution.section

    @property
    def selection(self) -> Selection:
        return declarations.selection_of(self.declaration)

    def url(self, **values: Any) -> str:
        """The address of the link's page, with further parameters."""
        return url_for("contributions.answer", token=self.token, **values)

    def name_form(self) -> ContributorNameForm:
        """The form with the name, posted or stored; some pages, such as a conflict's, send no name."""
        name, is_settled = guest_name(db(), self.contribution.invitation)
        is_sent = "name" in request.form and not is_settled
        form = ContributorNameForm(formdata=request.form if is_sent else None, data={"name": name})
        form.is_settled = is_settled
        return form


def answer_page(
    visit: ContributionLink,
    form: FlaskForm,
    names: ContributorNameForm,
    *,
    content: DeclarationContent | None = None,
    is_open: bool = True,
    is_empty: bool = False,
) -> str:
    """Render the page with the fields. `is_empty`: the contributor sent an empty answer."""
    invitation, section, asker = visit.contribution.invitation, visit.section, visit.contribution.asker
    content = content or contribution_content(db(), visit.contribution)
    shown = section_page(
        section,
        form,
        content,
        section_completeness(content.sheet, section),
        year=visit.declaration.reporting_year,
        language=current_language(),
        extra_row=request.args.get("zeile", ""),
    )
    errors = [*shown.errors, *field_errors(names)]
    if is_empty:
        first = (*shown.requirements, *shown.indicators)[0]
        text = _("Hier steht noch keine Antwort. Schreiben Sie etwas, oder erklären Sie, warum nicht.")
        errors.append(FieldError(first.name, text))
    return render_template(
        "invitations/contributions/answer.html",
        here=visit.url(),
        invitation=invitation,
        declaration=visit.declaration,
        section=section,
        number=criterion_number(section),
        page=shown,
        form=form,
        names=names,
        errors=errors,
        asker=asker.name or asker.email,
        is_open=is_open,
        is_sent=not is_safe(),
        asides=None,
        help_url=lambda _ref: "",
        shown_help="",
        threads={},
        last_year=last_year_for_contributor(visit.declaration, section, content),
        until=invitation.expires_at.astimezone(LOCAL_TIME_ZONE).date(),
    )


def conflict_page(visit: ContributionLink, outcome: SectionSaveOutcome) -> str:
    """Render the page with both texts after an edit conflict."""
    return render_template(
        "answers/conflict.html",
        declaration=visit.declaration,
        section=visit.section,
        conflicts=conflict_pages(db(), visit.selection, outcome.conflicts, current_language()),
        here=visit.url(),
        errors=(),
    )


def invalid_request_link_page(why: LinkFault, token: str) -> Response:
    """Render the page for an invalid link. Counts unknown links; raises TooManyRequests."""
    if why is LinkFault.UNKNOWN:
        rate_limits.count_wrong_link()
    if request.form.get("autosave") == "1":
        message = _("Dieser Link gilt nicht mehr. Ihr Text bleibt in diesem Browser gesichert.")
        return make_response(jsonify(status="conflict", message=message, action=_("Ansehen")), 410)
    question = invitations.by_token(db(), token, InvitationKind.CONTRIBUTION)
    page = render_template(
        "invitations/contributions/invalid_link.html",
        why=why.value,
        question=question,
        asker=_asker_name(question),
        kept=typed_answers(),
    )
    return make_response(page, STATUS[why])


def _asker_name(question: Invitation | None) -> str:
    """The name of the person responsible for the request; "" if there is none any more."""
    account: Account | None = None
    if question is not None:
        account = contributions.asker_of(db(), question, now=datetime.now(UTC))
    return (account.name or account.email) if account else ""


def typed_answers() -> list[str]:
    """The texts in this request, for copying."""
    interrupted_form = interrupted_forms.posted_form()
    fields = interrupted_form.fields if interrupted_form else []
    return [
        text
        for name, text in fields
        if text.strip() and (name.endswith(TEXT_FIELD_SUFFIXES) or "-rows-" in name)
    ]


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
