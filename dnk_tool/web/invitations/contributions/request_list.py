"""The list of contribution requests: their stages, reminders and revocation."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_timestamp
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations.contribution_requests import (
    ReminderTooSoon,
    earliest_reminder,
    open_sections,
)
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import (
    UNANSWERED,
    ContributionRequestStage,
    requested_section,
)
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.http.access import current_account, current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.invitations.contributions.earlier_requests import earlier_requests
from dnk_tool.web.invitations.contributions.mails import (
    ContributionTopic,
    contribution_topic,
    requested_url,
    send_request_mail,
)
from dnk_tool.web.invitations.contributions.routes import DECLARATION_PREFIX, blueprint


@dataclass(frozen=True)
class ContributionRequestRow:
    """One request. `can_remind`: its section is open; `remind_at`: the earliest next reminder.

    `href`: the page of what it asks; "" if that is not asked any more.
    """

    question: Invitation
    stage: ContributionRequestStage
    matter: ContributionTopic
    asked_by: str
    href: str
    can_remind: bool
    remind_at: datetime | None

    @property
    def name(self) -> str:
        return self.question.name or self.question.email

    @property
    def is_unanswered(self) -> bool:
        return self.stage in UNANSWERED


@blueprint.get(DECLARATION_PREFIX)
@permit(Permission.CONTRIBUTION_ASK)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    entries = _request_rows(declaration, datetime.now(UTC))
    return render_template(
        "invitations/contributions/list.html",
        declaration=declaration,
        waiting=[entry for entry in entries if entry.is_unanswered],
        over=[entry for entry in entries if not entry.is_unanswered],
        is_editable=declaration.state in EDITABLE_STATES,
        form=FlaskForm(),
        before=earlier_requests(declaration) if declaration.state in EDITABLE_STATES else (),
    )


@blueprint.post(f"{DECLARATION_PREFIX}/<int:invitation_id>/erinnern")
@permit(Permission.CONTRIBUTION_ASK)
@creates
def remind(declaration_id: int, invitation_id: int) -> ResponseReturnValue:
    declaration, question = current_declaration(), _question(invitation_id)
    try:
        token = answer_requests.remind_of_request(current_work(), declaration, question)
    except ReminderTooSoon as error:
        return _too_soon(error)
    except Locked:
        return _closed()
    except InvalidInvitationLink:
        return _too_late()
    send_request_mail(
        "invitations/contribution_reminder", declaration, question, asker=current_account(), token=token
    )
    flash(
        _(
            "Die Erinnerung an %(name)s ist unterwegs. Der frühere Link gilt nicht mehr.",
            name=_name(question),
        ),
        "success",
    )
    return _back()


@blueprint.post(f"{DECLARATION_PREFIX}/<int:invitation_id>/zuruecknehmen")
@permit(Permission.CONTRIBUTION_ASK)
def revoke(declaration_id: int, invitation_id: int) -> ResponseReturnValue:
    work, declaration, question = current_work(), current_declaration(), _question(invitation_id)
    try:
        answer_requests.revoke_request(work, declaration, question)
    except InvalidInvitationLink:
        return _too_late()
    if question.expires_at > work.now:
        send_request_mail("invitations/contribution_revoked", declaration, question, asker=current_account())
    flash(_("Die Anfrage an %(name)s ist zurückgenommen.", name=_name(question)), "success")
    return _back()


def _request_rows(declaration: Declaration, now: datetime) -> list[ContributionRequestRow]:
    questions_with_stages = contribution_requests.requests_with_stages(db(), declaration, now=now)
    names = accounts.names_of(
        db(),
        {
            question.created_by
            for question, _stage in questions_with_stages
            if question.created_by is not None
        },
    )
    is_open = open_sections(db(), declaration)
    entries = []
    for question, stage in questions_with_stages:
        section = requested_section(declaration, question.refs)
        entries.append(
            ContributionRequestRow(
                question=question,
                stage=stage,
                matter=contribution_topic(declaration, question, current_language()),
                asked_by=names.get(question.created_by or 0, ""),
                href=requested_url(declaration, section) if section else "",
                can_remind=section is not None and section.ref in is_open,
                remind_at=earliest_reminder(question, stage, now=now),
            )
        )
    return entries


def _question(invitation_id: int) -> Invitation:
    return contribution_requests.find_request(db(), current_declaration().id, invitation_id) or abort(404)


def _name(question: Invitation) -> str:
    return question.name or question.email


def _too_soon(error: ReminderTooSoon) -> ResponseReturnValue:
    when = format_timestamp(error.after, current_language())
    flash(_("Die letzte E-Mail ist noch keinen Tag alt. Erinnern können Sie ab %(when)s.", when=when), "info")
    return _back()


def _closed() -> ResponseReturnValue:
    flash(
        _("Dieser Teil der Erklärung lässt sich gerade nicht ändern. Es ging keine Erinnerung hinaus."),
        "info",
    )
    return _back()


def _too_late() -> ResponseReturnValue:
    flash(_("Diese Anfrage ist inzwischen beantwortet oder zurückgenommen."), "info")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("contributions.show", declaration_id=current_declaration().id), 303)
