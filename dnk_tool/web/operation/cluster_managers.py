"""Removal of a cluster manager by the operator: confirmed first, then told by mail."""

from datetime import UTC, datetime

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.staff import LastManager
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.clusters import cluster_or_404, redirect_to_cluster
from dnk_tool.web.operation.overview import blueprint


@blueprint.get("/cluster/<int:key>/leitung/<int:account_id>/entfernen")
@permit(Permission.INSTALLATION_RUN)
def ask_to_remove(key: int, account_id: int) -> ResponseReturnValue:
    cluster = cluster_or_404(key)
    return _page(cluster, _manager_or_404(cluster, account_id))


@blueprint.post("/cluster/<int:key>/leitung/<int:account_id>/entfernen")
@permit(Permission.INSTALLATION_RUN)
def remove(key: int, account_id: int) -> ResponseReturnValue:
    cluster, actor = cluster_or_404(key), current_actor()
    account = _manager_or_404(cluster, account_id)
    try:
        cluster_staff.remove_manager(db(), cluster, account.id, actor=actor, now=datetime.now(UTC))
    except LookupError:
        abort(404)
    except LastManager:
        return _page(cluster, account, is_refused=True), 422
    if account.id != actor.user_id:
        cluster_mails.send_staff_removal_mail(account, cluster)
    name = account.name or account.email
    flash(_("%(name)s leitet das Cluster nicht mehr. Das gilt ab sofort.", name=name), "success")
    return redirect_to_cluster(cluster)


def _manager_or_404(cluster: Cluster, account_id: int) -> Account:
    wanted = (account_id, ClusterRole.MANAGER)
    managers = [account for account, role in clusters.staff(db(), cluster.id) if (account.id, role) == wanted]
    return managers[0] if managers else abort(404)


def _page(cluster: Cluster, account: Account, *, is_refused: bool = False) -> str:
    text = _("Sonst leitet niemand das Cluster. Laden Sie zuerst eine andere Person dafür ein.")
    return render_template(
        "clusters/team_ending.html",
        cluster=cluster,
        account=account,
        back=url_for("operation.cluster", key=cluster.id),
        errors=[{"text": text, "href": ""}] if is_refused else [],
    )
