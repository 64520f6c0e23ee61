"""Sign-off by somebody outside the company: the link opens one version and works once."""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.declarations.states import TransitionNotAllowed
from dnk_tool.domain.permissions import NotPermitted, Permission
from dnk_tool.services.declarations import sign_off_links
from dnk_tool.services.declarations.sign_off_links import SignOffLink
from dnk_tool.services.exports import rendering
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.sign_off.page import (
    SignOffResult,
    apply_sign_off_decision,
    render_sign_off_page,
)
from dnk_tool.web.exports.responses import file_name, frozen_pdf_response
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.invalid_links import invalid_link_page

blueprint = Blueprint("sign_offs", __name__, url_prefix="/bestaetigung/<token>")


@blueprint.get("")
@permit(Permission.BY_LINK)
def show(token: str) -> ResponseReturnValue:
    try:
        return _page(_opened_link(token), token)
    except InvalidInvitationLink as over:
        return _invalid_link_page(over.why, token)


@blueprint.post("")
@permit(Permission.BY_LINK)
@creates
def answer(token: str) -> ResponseReturnValue:
    """Confirm or decline the version. The link stops working then."""
    try:
        visit = _opened_link(token)
        decided = apply_sign_off_decision(visit.declaration, visit.actor, visit.account)
    except InvalidInvitationLink as over:
        return _invalid_link_page(over.why, token)
    except (TransitionNotAllowed, NotPermitted):
        # The declaration was recalled at this moment.
        return _invalid_link_page(LinkFault.REVOKED, token)
    if decided.error:
        return _page(visit, token, decided), decided.status
    return redirect(url_for("sign_offs.show", token=token), 303)


@blueprint.get("/erklaerung.pdf")
@permit(Permission.BY_LINK)
def pdf(token: str) -> ResponseReturnValue:
    try:
        declaration = _opened_link(token).declaration
    except InvalidInvitationLink as over:
        return _invalid_link_page(over.why, token)
    snapshot = declarations.snapshot(db(), declaration.id, declaration.version) or abort(404)
    name = file_name(declaration.organisation.name, declaration.reporting_year, f"V{snapshot.version}.pdf")
    issue = rendering.issue_of_version(db(), snapshot)
    return frozen_pdf_response(snapshot, issue, name, back=url_for("sign_offs.show", token=token))


def _opened_link(token: str) -> SignOffLink:
    return sign_off_links.open_sign_off_link(db(), token, now=datetime.now(UTC))


def _page(visit: SignOffLink, token: str, decided: SignOffResult | None = None) -> str:
    return render_sign_off_page(
        visit.declaration,
        action=url_for("sign_offs.answer", token=token),
        pdf=url_for("sign_offs.pdf", token=token),
        name=visit.invitation.name or visit.invitation.email,
        decided=decided,
    )


def _invalid_link_page(why: LinkFault, token: str) -> ResponseReturnValue:
    """A word of thanks once the link was used; else why it does not work."""
    if why is LinkFault.USED:
        sign_off_link = sign_off_links.used_sign_off_link(db(), token)
        sign_off = sign_off_links.sign_off_of(db(), sign_off_link) if sign_off_link else None
        if sign_off_link and sign_off:
            return render_template(
                "declarations/sign_off/done.html", declaration=sign_off_link.declaration, sign_off=sign_off
            )
    if why is LinkFault.REVOKED:
        return render_template("declarations/sign_off/invalid_link.html"), 410
    return invalid_link_page(why)
