"""A manager takes a member out of the cluster: what then happens, the name typed, a mail to the owners."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent import NotClusterMember
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.store.clusters import member_files
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.member_file.notes import blueprint, standing_consent
from dnk_tool.web.http.access import current_cluster, current_organisation, current_work, permit
from dnk_tool.web.http.transactions import db

NAME_FIELD = "typed_name"


@blueprint.get("/herausnehmen")
@permit(Permission.CLUSTER_LEAD)
def ask_to_remove(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    return _page(standing_consent())


@blueprint.post("/herausnehmen")
@permit(Permission.CLUSTER_LEAD)
def remove(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    """End the membership and tell the owners what stays theirs."""
    consent, organisation = standing_consent(), current_organisation()
    typed = request.form.get(NAME_FIELD, "")
    try:
        recalled = cluster_consent.remove_member(current_work(), consent, typed_name=typed)
    except OtherName:
        return _page(consent, _("Geben Sie genau den Namen des Unternehmens ein."), typed), 422
    except NotClusterMember:
        abort(404)
    years = sorted(declaration.reporting_year for declaration in recalled)
    cluster_mails.send_member_removal_mail(organisation, current_cluster(), recalled=years)
    flash(_("%(name)s gehört nicht mehr zum Cluster.", name=organisation.name), "success")
    return redirect(url_for("cluster_members.show", cluster_id=cluster_id), 303)


def _page(consent: Consent, error: str = "", typed: str = "") -> str:
    organisation, cluster = current_organisation(), current_cluster()
    in_review = cluster_consent.declarations_in_review(db(), organisation.id, cluster.id)
    return render_template(
        "clusters/member_file/removal.html",
        cluster=cluster,
        member=organisation,
        notes=len(member_files.notes_of(db(), consent.id)),
        in_review=sorted(declaration.reporting_year for declaration in in_review),
        typed=typed,
        errors=[{"text": error, "href": f"#{NAME_FIELD}"}] if error else [],
    )
