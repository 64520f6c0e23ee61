"""The operator archives a cluster, or takes that back."""

from datetime import UTC, datetime

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import archive
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation import mails
from dnk_tool.web.operation.clusters import cluster_or_404, redirect_to_cluster
from dnk_tool.web.operation.overview import blueprint


@blueprint.post("/cluster/<int:key>/archiv")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def archive_cluster(key: int) -> ResponseReturnValue:
    """Archive the cluster, or take that back; tell its managers."""
    cluster, actor, now = cluster_or_404(key), current_actor(), datetime.now(UTC)
    if request.form.get("action") == "end":
        if archive.end_cluster_archive(db(), cluster, actor=actor, now=now):
            security_events.record(SecurityEvent.ARCHIVE_CHANGED, about="cluster", number=str(key), to="end")
            mails.tell_managers("operation/cluster_restored", cluster)
        flash(_("%(name)s arbeitet wieder.", name=cluster.name), "success")
    else:
        if archive.archive_cluster(db(), cluster, actor=actor, now=now):
            security_events.record(
                SecurityEvent.ARCHIVE_CHANGED, about="cluster", number=str(key), to="begin"
            )
            mails.tell_managers("operation/cluster_archived", cluster)
        flash(_("%(name)s ist archiviert: lesbar, aber nicht mehr zu ändern.", name=cluster.name), "success")
    return redirect_to_cluster(cluster)
