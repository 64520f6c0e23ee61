"""Sign-off by a member of the company, who confirms or declines the version."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.declarations.states import State, TransitionNotAllowed
from dnk_tool.domain.permissions import NotPermitted, Permission
from dnk_tool.services.declarations import sign_off_links
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.mails import send_sign_off_request
from dnk_tool.web.declarations.sign_off.page import (
    SignOffResult,
    apply_sign_off_decision,
    render_sign_off_page,
)
from dnk_tool.web.http.access import current_account, current_actor, current_declaration, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("sign_off", __name__, url_prefix="/erklaerungen/<int:declaration_id>/bestaetigung")


# Viewers may be asked, too. Everybody else is sent to the overview, which names the person asked.
@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    if declaration.signatory_id != current_account().id:
        return _to_overview(declaration_id)
    return _page(declaration)


@blueprint.post("")
@permit(Permission.DECLARATION_VIEW)
@creates
def answer(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    try:
        decided = apply_sign_off_decision(declaration, current_actor(), current_account())
    except (TransitionNotAllowed, NotPermitted):
        if declaration.state is State.SIGNING:
            raise
        # A second click, or the declaration was recalled meanwhile.
        return _to_overview(declaration_id)
    if decided.error:
        return _page(declaration, decided), decided.status
    flash(decided.thanks, "success")
    return _to_overview(declaration_id)


@blueprint.post("/erinnern")
@permit(Permission.DECLARATION_FINISH)
@creates
def remind(declaration_id: int) -> ResponseReturnValue:
    """Resend the mail. A link in it is new, and the earlier one stops working."""
    declaration = current_declaration()
    signatory = db().get(Account, declaration.signatory_id) if declaration.signatory_id else None
    if signatory is None:
        return _to_overview(declaration_id)
    link = sign_off_links.pending_sign_off_link(db(), declaration)
    now = datetime.now(UTC)
    renewed = (link, secret_links.resend_invitation(Work(db(), current_actor(), now), link)) if link else None
    send_sign_off_request(declaration, signatory, by=current_account(), link=renewed)
    flash(_("Die E-Mail ist noch einmal unterwegs."), "success")
    return _to_overview(declaration_id)


def _to_overview(declaration_id: int) -> ResponseReturnValue:
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _page(declaration: Declaration, decided: SignOffResult | None = None) -> str:
    account = current_account()
    return render_sign_off_page(
        declaration,
        action=url_for("sign_off.answer", declaration_id=declaration.id),
        pdf=url_for("files.version_pdf", declaration_id=declaration.id, version=declaration.version),
        name=account.name or account.email,
        decided=decided,
    )
