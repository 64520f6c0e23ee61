"""The operator deletes a company or a cluster: consequences in numbers, the name typed, identity proved."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import cluster_deletion, company_deletion
from dnk_tool.services.operation.company_deletion import DeclarationsLeft, ExportPending
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.evidence.labels import size_text
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.operation.clusters import cluster_or_404
from dnk_tool.web.operation.companies import company_or_404
from dnk_tool.web.operation.mails import managers_of, owners_of
from dnk_tool.web.operation.overview import blueprint

NAME_FIELD = "typed_name"


@blueprint.get("/unternehmen/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
def ask_to_delete_company(key: int) -> ResponseReturnValue:
    return _company_page(company_or_404(key))


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
        return _company_page(organisation, _("Geben Sie genau den Namen des Unternehmens ein."), typed), 422
    except DeclarationsLeft:
        return _company_page(
            organisation, _("Es gibt noch Erklärungen. Nur die Leitung kann sie löschen."), typed
        ), 409
    except ExportPending:
        return _company_page(organisation, _("Die Leitung hat noch Zeit, alles mitzunehmen."), typed), 409
    mails.notify_accounts("operation/company_deleted", owners, reply_to=mails.NOBODY, company=name)
    finish_deletion(deleted, now=now)
    security_events.record(SecurityEvent.DELETED, about="company", number=str(key))
    flash(_("%(name)s ist gelöscht.", name=name), "success")
    return redirect(url_for("operation.companies"), 303)


def _company_page(organisation: Organisation, error: str = "", typed: str = "") -> str:
    known = company_deletion.consequences(db(), organisation, now=datetime.now(UTC))
    return render_template(
        "operation/company_delete.html",
        company=organisation,
        known=known,
        size=size_text(known.belongings.bytes),
        typed=typed,
        errors=[{"text": error, "href": f"#{NAME_FIELD}"}] if error else [],
    )


@blueprint.get("/cluster/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
def ask_to_delete_cluster(key: int) -> ResponseReturnValue:
    return _cluster_page(cluster_or_404(key))


@blueprint.post("/cluster/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def delete_cluster(key: int) -> ResponseReturnValue:
    """Delete the cluster; tell its managers and the owners of its members, each once."""
    cluster, now, typed = cluster_or_404(key), datetime.now(UTC), request.form.get(NAME_FIELD, "")
    name, concerned = cluster.name, _concerned(cluster)
    try:
        deleted = cluster_deletion.delete_cluster(Work(db(), current_actor(), now), cluster, typed_name=typed)
    except OtherName:
        return _cluster_page(cluster, _("Geben Sie genau den Namen des Clusters ein."), typed), 422
    mails.notify_accounts("operation/cluster_deleted", concerned, reply_to=mails.NOBODY, cluster=name)
    finish_deletion(deleted, now=now)
    security_events.record(SecurityEvent.DELETED, about="cluster", number=str(key))
    flash(_("Das Cluster %(name)s ist gelöscht.", name=name), "success")
    return redirect(url_for("operation.clusters"), 303)


def _concerned(cluster: Cluster) -> list[Account]:
    members = [organisation.id for organisation, _consent in cluster_lists.list_members(db(), cluster.id)]
    owners = memberships.active_owners_of_companies(db(), members)
    return [*managers_of(cluster), *(account for _organisation, account in owners)]


def _cluster_page(cluster: Cluster, error: str = "", typed: str = "") -> str:
    return render_template(
        "operation/cluster_delete.html",
        cluster=cluster,
        known=cluster_deletion.consequences(db(), cluster),
        typed=typed,
        errors=[{"text": error, "href": f"#{NAME_FIELD}"}] if error else [],
    )
