"""Shared by sign-offs of members and by link: page, decision, mails."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template, request
from flask_babel import gettext as _

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations.sign_off import InvalidDeclineReason, NoConsent
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import versions
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations import mails as declaration_mails
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class SignOffResult:
    """The result of a decision: thanks, or an error with its field."""

    thanks: str = ""
    error: str = ""
    field: str = ""
    reason: str = ""
    status: int = 422


def render_sign_off_page(
    declaration: Declaration, *, action: str, pdf: str, name: str, decided: SignOffResult | None = None
) -> str:
    """Render the sign-off for `name`, the person asked; the form posts to `action`."""
    version = versions.version(db(), declaration.id, declaration.version)
    sign_off = version.sign_off if version else None
    decided = decided or SignOffResult()
    return render_template(
        "declarations/sign_off/sign_off.html",
        declaration=declaration,
        cluster=version.cluster if version and sign_off and sign_off.submits_to else "",
        asker=accounts.name_of(db(), sign_off.asked_by) if sign_off else "",
        name=name,
        action=action,
        pdf=pdf,
        decided=decided,
        errors=[{"text": decided.error, "href": f"#{decided.field}"}] if decided.error else [],
    )


def apply_sign_off_decision(declaration: Declaration, actor: Actor, account: Account) -> SignOffResult:
    """Confirm or decline as posted, and send the mails.

    Raises NotPermitted, and TransitionNotAllowed if no sign-off is pending.
    """
    now, reason = datetime.now(UTC), request.form.get("reason", "")
    is_confirmed = request.form.get("action") == "confirm"
    try:
        if is_confirmed and request.form.get("confirmed") != "1":
            text = _("Setzen Sie das Häkchen, wenn Sie die Erklärung bestätigen.")
            return SignOffResult(error=text, field="confirmed", reason=reason)
        if is_confirmed:
            sign_off = sign_off_steps.confirm_sign_off(Work(db(), actor, now), declaration)
        else:
            sign_off = sign_off_steps.decline_sign_off(Work(db(), actor, now), declaration, reason)
    except InvalidDeclineReason:
        text = _("Schreiben Sie, was nicht stimmt, in höchstens 2.000 Zeichen.")
        return SignOffResult(error=text, field="reason", reason=reason)
    except NoConsent:
        text = _(
            "Das Unternehmen gehört nicht mehr zu dem Cluster, das die Erklärung prüfen soll. "
            "Sie können sie nur noch ablehnen."
        )
        return SignOffResult(error=text, field="confirmed", reason=reason, status=409)
    declaration_mails.notify_asker_of_decision(declaration, sign_off, by=account)
    declaration_mails.notify_reviewers_of_submission(declaration, by=account)
    return SignOffResult(thanks=thank_you_text(declaration))


def thank_you_text(declaration: Declaration) -> str:
    """Thanks, with what the decision did to the declaration."""
    said = {
        State.SUBMITTED: _("Vielen Dank. Die Erklärung ist bestätigt und eingereicht."),
        State.FINISHED: _("Vielen Dank. Die Erklärung ist bestätigt und abgeschlossen."),
    }
    refused = _("Vielen Dank. Wer Sie gefragt hat, erfährt jetzt, was nicht stimmt.")
    return str(said.get(declaration.state, refused))
