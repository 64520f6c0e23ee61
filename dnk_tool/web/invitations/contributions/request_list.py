"""Who was asked for what and how far it is; reminding people, and taking a question back."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.declarations.states import EDITABLE
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import moment
from dnk_tool.services.answers.save import Locked
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations.contribution_requests import TooSoon, may_remind_at, open_sections
from dnk_tool.services.invitations.secret_links import LinkOver
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import UNANSWERED, QuestionStage, asked_section
from dnk_tool.store.invitations.queries import Invitation
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_account, current_actor, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.invitations.contributions.earlier_requests import before_this_year
from dnk_tool.web.invitations.contributions.mails import Matter, matter, send_question
from dnk_tool.web.invitations.contributions.routes import OF_DECLARATION, blueprint


@dataclass(frozen=True)
class Entry:
    """One question as the list shows it. `can_remind`: its section is open; `remind_at`: not before."""

    question: Invitation
    stage: QuestionStage
    matter: Matter
    asked_by: str
    section: str
    can_remind: bool
    remind_at: datetime | None

    @property
    def name(self) -> str:
        return self.question.name or self.question.email

    @property
    def is_unanswered(self) -> bool:
        return self.stage in UNANSWERED


@blueprint.get(OF_DECLARATION)
@permit(Permission.CONTRIBUTION_ASK)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    entries = _entries(declaration, datetime.now(UTC))
    return render_template(
        "contributions/list.html",
        declaration=declaration,
        waiting=[one for one in entries if one.is_unanswered],
        over=[one for one in entries if not one.is_unanswered],
        is_editable=declaration.state in EDITABLE,
        form=FlaskForm(),
        before=before_this_year(declaration) if declaration.state in EDITABLE else (),
    )


@blueprint.post(f"{OF_DECLARATION}/<int:invitation_id>/erinnern")
@permit(Permission.CONTRIBUTION_ASK)
def remind(declaration_id: int, invitation_id: int) -> ResponseReturnValue:
    declaration, question = current_declaration(), _question(invitation_id)
    now = datetime.now(UTC)
    try:
        token = answer_requests.remind(db(), declaration, question, actor=current_actor(), now=now)
    except TooSoon as error:
        return _too_soon(error)
    except Locked:
        return _closed()
    except LinkOver:
        return _too_late()
    send_question("contribution_reminder", declaration, question, asker=current_account(), token=token)
    flash(
        _(
            "Die Erinnerung an %(name)s ist unterwegs. Der frühere Link gilt nicht mehr.",
            name=_name(question),
        ),
        "success",
    )
    return _back()


@blueprint.post(f"{OF_DECLARATION}/<int:invitation_id>/zuruecknehmen")
@permit(Permission.CONTRIBUTION_ASK)
def revoke(declaration_id: int, invitation_id: int) -> ResponseReturnValue:
    declaration, question = current_declaration(), _question(invitation_id)
    now = datetime.now(UTC)
    try:
        answer_requests.revoke(db(), declaration, question, actor=current_actor(), now=now)
    except LinkOver:
        return _too_late()
    if question.expires_at > now:
        send_question("contribution_revoked", declaration, question, asker=current_account())
    flash(_("Die Anfrage an %(name)s ist zurückgenommen.", name=_name(question)), "success")
    return _back()


def _entries(declaration: Declaration, now: datetime) -> list[Entry]:
    found = contribution_requests.with_stages(db(), declaration, now=now)
    names = accounts.names_of(db(), {one.created_by for one, _stage in found if one.created_by is not None})
    is_open = open_sections(db(), declaration)
    entries = []
    for question, stage in found:
        section = asked_section(declaration, question.refs)
        entries.append(
            Entry(
                question=question,
                stage=stage,
                matter=matter(declaration, question, current_language()),
                asked_by=names.get(question.created_by or 0, ""),
                section=section.ref if section else "",
                can_remind=section is not None and section.ref in is_open,
                remind_at=may_remind_at(question, stage, now=now),
            )
        )
    return entries


def _question(invitation_id: int) -> Invitation:
    return contribution_requests.question(db(), current_declaration().id, invitation_id) or abort(404)


def _name(question: Invitation) -> str:
    return question.name or question.email


def _too_soon(error: TooSoon) -> ResponseReturnValue:
    when = moment(error.after, current_language())
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
