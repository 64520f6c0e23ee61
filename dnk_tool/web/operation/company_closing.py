"""An owner deletes the company: what goes, who is told, the name typed, identity proved."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import company_deletion
from dnk_tool.services.operation.company_deletion import DeclarationsInUse
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.clusters.mails import notify_managers
from dnk_tool.web.evidence.labels import size_text
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_account, current_actor, current_organisation, permit
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

blueprint = Blueprint("company_closing", __name__)

NAME_FIELD = "typed_name"


@blueprint.get("/unternehmen/<int:organisation_id>/loeschen")
@permit(Permission.ORGANISATION_CLOSE)
def ask(organisation_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("/unternehmen/<int:organisation_id>/loeschen")
@permit(Permission.ORGANISATION_CLOSE)
@requires_step_up
def delete(organisation_id: int) -> ResponseReturnValue:
    """Delete the company, then its files after the commit; tell its people and its clusters."""
    organisation, now = current_organisation(), datetime.now(UTC)
    name, typed, others = organisation.name, request.form.get(NAME_FIELD, ""), _others()
    joined = [consent for _cluster, consent in clusters.of_organisation(db(), organisation_id)]
    try:
        deleted = company_deletion.delete_own_company(
            Work(db(), current_actor(), now), organisation, typed_name=typed
        )
    except OtherName:
        return _page(_("Geben Sie genau den Namen des Unternehmens ein."), typed), 422
    except DeclarationsInUse:
        return _page(typed=typed), 409
    for consent in joined:
        notify_managers("clusters/company_deleted", consent, organisation, by=current_account())
    who = current_account().name or current_account().email
    reply_to = current_account().email
    mails.notify_accounts("operation/own_company_deleted", others, reply_to=reply_to, company=name, who=who)
    finish_deletion(deleted, now=now)
    security_events.record(SecurityEvent.DELETED, about="company", number=str(organisation_id))
    flash(_("%(name)s ist gelöscht.", name=name), "success")
    return redirect(url_for("start.show"), 303)


def _others() -> list[Account]:
    """The other people who work for the company and can sign in."""
    people = memberships.of_organisation(db(), current_organisation().id)
    own = current_actor().user_id
    return [account for account, _membership in people if account.id != own and account.active]


def _page(error: str = "", typed: str = "") -> str:
    organisation = current_organisation()
    known = company_deletion.owners_consequences(db(), organisation)
    return render_template(
        "operation/company_closing.html",
        organisation=organisation,
        known=known,
        size=size_text(known.belongings.bytes),
        others=[account.name or account.email for account in _others()],
        clusters=[cluster.name for cluster, _consent in clusters.of_organisation(db(), organisation.id)],
        typed=typed,
        errors=[{"text": error, "href": f"#{NAME_FIELD}"}] if error else [],
    )
