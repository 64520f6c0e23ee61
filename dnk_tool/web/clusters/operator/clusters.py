"""The operator's area: the clusters of the installation and who leads them, never what companies write."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import clusters as verbs
from dnk_tool.services.clusters import staff
from dnk_tool.services.clusters.clusters import NameTaken
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.queries import Cluster
from dnk_tool.store.invitations.queries import InvitationKind
from dnk_tool.web.accounts.security import form_errors
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import NAME_TAKEN, AddressForm, NameForm, NewClusterForm, fresh
from dnk_tool.web.http.access import LARGEST_ID, current_actor, permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("operation", __name__, url_prefix="/betrieb")


@blueprint.get("")
@permit(Permission.INSTALLATION_RUN)
def show() -> ResponseReturnValue:
    return _page(fresh(NewClusterForm))


@blueprint.post("")
@permit(Permission.INSTALLATION_RUN)
def create() -> ResponseReturnValue:
    """A cluster and the invitation of whoever leads it first."""
    form, actor, now = fresh(NewClusterForm), current_actor(), datetime.now(UTC)
    if not form.validate():
        return _page(form), 422
    try:
        cluster = verbs.create_cluster(db(), form.cluster_name.data, actor=actor, now=now)
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return _page(form), 422
    invite_manager(cluster, form)
    text = _(
        "Das Cluster „%(name)s“ ist angelegt. Die Einladung an %(email)s ist unterwegs.",
        name=cluster.name,
        email=form.email.data,
    )
    flash(text, "success")
    return redirect(url_for("operation.show"), 303)


@blueprint.get("/cluster/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def cluster(key: int) -> ResponseReturnValue:
    found = find(key)
    return cluster_page(found, named(found), fresh(AddressForm))


@blueprint.post("/cluster/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def rename(key: int) -> ResponseReturnValue:
    found, form, actor, now = find(key), NameForm(), current_actor(), datetime.now(UTC)
    if not form.validate():
        return cluster_page(found, form, _empty()), 422
    try:
        verbs.change_cluster(db(), found, name=form.cluster_name.data, actor=actor, now=now)
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return cluster_page(found, form, _empty()), 422
    flash(_("Gespeichert."), "success")
    return back(found)


def invite_manager(cluster: Cluster, form: AddressForm) -> None:
    """Invite whom the form names. Raises as `staffing.invite_staff`."""
    sent = staff.invite_staff(
        db(),
        cluster,
        email=form.email.data,
        name=form.name.data or "",
        role=ClusterRole.MANAGER,
        language=form.mail_language,
        actor=current_actor(),
        now=datetime.now(UTC),
    )
    cluster_mails.send_invitation(sent, cluster)


def find(key: int) -> Cluster:
    """The cluster; no cluster_id in these addresses, for the operator does not act for the cluster."""
    found = clusters.by_id(db(), key) if key <= LARGEST_ID else None
    return found or abort(404)


def named(cluster: Cluster) -> NameForm:
    """The form that shows what the cluster is called."""
    return NameForm(formdata=None, data={"cluster_name": cluster.name})


def _empty() -> AddressForm:
    return AddressForm(formdata=None, data={"language": "de"})


def back(cluster: Cluster) -> ResponseReturnValue:
    """To the cluster's page."""
    return redirect(url_for("operation.cluster", key=cluster.id), 303)


def _page(form: NewClusterForm) -> str:
    return render_template(
        "operation/clusters.html",
        form=form,
        errors=form_errors(form),
        clusters=cluster_lists.summaries(db()),
    )


def cluster_page(cluster: Cluster, name_form: NameForm, form: AddressForm) -> str:
    """Who leads the cluster, who is invited to, and its name."""
    now = datetime.now(UTC)
    sent = cluster_lists.open_invitations(db(), cluster.id, (InvitationKind.STAFF,))
    return render_template(
        "operation/cluster.html",
        cluster=cluster,
        name_form=name_form,
        form=form,
        errors=[*form_errors(name_form), *form_errors(form)],
        managers=[one for one, role in clusters.staff(db(), cluster.id) if role is ClusterRole.MANAGER],
        invitations=[
            {"row": one, "is_expired": one.expires_at <= now}
            for one in sent
            if one.role == ClusterRole.MANAGER
        ],
    )
