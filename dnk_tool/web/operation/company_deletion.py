"""The operator deletes a company: consequences in numbers, the name typed, identity proved."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import company_deletion
from dnk_tool.services.operation.company_deletion import DeclarationsLeft, ExportPending
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.services.work import Work
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.evidence.labels import size_text
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.operation.companies import company_or_404
from dnk_tool.web.operation.mails import owners_of
from dnk_tool.web.operation.overview import blueprint

NAME_FIELD = "typed_name"


@blueprint.get("/unternehmen/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
def ask_to_delete_company(key: int) -> ResponseReturnValue:
    return _page(company_or_404(key))


@blueprint.post("/unternehmen/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def delete_company(key: int) -> ResponseReturnValue:
    """Delete the company, then its files after the commit; tell its owners."""
    organisation, now = company_or_404(key), datetime.now(UTC)
    name, owners, typed = organisation.name, owners_of(organisation), request.form.get(NAME_FIELD, "")
    try:
        deleted = company_deletion.delete_company(
            Work(db(), current_actor(), now), organisation, typed_name=typed
        )
    except OtherName:
        return _page(organisation, _("Geben Sie genau den Namen des Unternehmens ein."), typed), 422
    except DeclarationsLeft:
        return _page(
            organisation, _("Es gibt noch Erklärungen. Nur die Leitung kann sie löschen."), typed
        ), 409
    except ExportPending:
        return _page(organisation, _("Die Leitung hat noch Zeit, alles mitzunehmen."), typed), 409
    mails.notify_accounts("operation/company_deleted", owners, reply_to=mails.NOBODY, company=name)
    finish_deletion(deleted, now=now)
    security_events.record(SecurityEvent.DELETED, about="company", number=str(key))
    flash(_("%(name)s ist gelöscht.", name=name), "success")
    return redirect(url_for("operation.companies"), 303)


def _page(organisation: Organisation, error: str = "", typed: str = "") -> str:
    known = company_deletion.consequences(db(), organisation, now=datetime.now(UTC))
    return render_template(
        "operation/company_delete.html",
        company=organisation,
        known=known,
        size=size_text(known.belongings.bytes),
        typed=typed,
        errors=[{"text": error, "href": f"#{NAME_FIELD}"}] if error else [],
    )
