"""The page for an invalid contribution link: why, what to do, and the typed text for copying."""

from datetime import UTC, datetime

from flask import Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.services.invitations import contributions
from dnk_tool.services.invitations.secret_links import LinkFault
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.http import interrupted_forms, rate_limits
from dnk_tool.web.http.transactions import db

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
