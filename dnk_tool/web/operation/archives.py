"""The operator archives a company or a cluster, or takes that back."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import archive
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_work, permit
from dnk_tool.web.operation import mails
from dnk_tool.web.operation.clusters import cluster_or_404, redirect_to_cluster
from dnk_tool.web.operation.companies import company_or_404, redirect_to_company
from dnk_tool.web.operation.overview import blueprint


@blueprint.post("/unternehmen/<int:key>/archiv")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def archive_company(key: int) -> ResponseReturnValue:
    """Archive the company, or take that back; tell its owners."""
    organisation = company_or_404(key)
    if _change_archive(organisation, "company"):
        template = "operation/company_restored" if _is_end() else "operation/company_archived"
        mails.tell_owners(template, organisation)
    _flash_archive(organisation.name, _("%(name)s lässt sich wieder bearbeiten.", name=organisation.name))
    return redirect_to_company(organisation)


@blueprint.post("/cluster/<int:key>/archiv")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def archive_cluster(key: int) -> ResponseReturnValue:
    """Archive the cluster, or take that back; tell its managers."""
    cluster = cluster_or_404(key)
    if _change_archive(cluster, "cluster"):
        mails.tell_managers(
            "operation/cluster_restored" if _is_end() else "operation/cluster_archived", cluster
        )
    _flash_archive(cluster.name, _("%(name)s arbeitet wieder.", name=cluster.name))
    return redirect_to_cluster(cluster)


def _is_end() -> bool:
    return request.form.get("action") == "end"


def _change_archive(subject: Organisation | Cluster, about: str) -> bool:
    """Do what the form asks for, and record it. Returns whether that changes anything."""
    change = archive.end_archive if _is_end() else archive.begin_archive
    is_changed = change(current_work(), subject)
    if is_changed:
        to = "end" if _is_end() else "begin"
        security_events.record(SecurityEvent.ARCHIVE_CHANGED, about=about, number=str(subject.id), to=to)
    return is_changed


def _flash_archive(name: str, text_after_end: str) -> None:
    text = _("%(name)s ist archiviert: lesbar, aber nicht mehr zu ändern.", name=name)
    flash(text_after_end if _is_end() else text, "success")
