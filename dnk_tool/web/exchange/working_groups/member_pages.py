"""Working groups for a company: those of its clusters, and its own yes to take part."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import working_groups as verbs
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import working_groups
from dnk_tool.web.exchange.working_groups.cards import group_cards
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page

blueprint = Blueprint(
    "groups_of_company", __name__, url_prefix="/unternehmen/<int:organisation_id>/arbeitsgruppen"
)


@blueprint.get("")
@company_page(
    _l("Arbeitsgruppen"),
    _l("Woran Mitglieder Ihres Clusters gemeinsam arbeiten, und wann sie sich treffen"),
    Permission.ORGANISATION_VIEW,
    position=70,
)
def show(organisation_id: int) -> ResponseReturnValue:
    standing = clusters.of_organisation(db(), organisation_id)
    rows = working_groups.of_clusters(db(), [cluster.id for cluster, _consent in standing])
    members = working_groups.members_of(db(), [row.id for row in rows])
    own = {consent.id for _cluster, consent in standing}
    return render_template(
        "exchange/working_groups/company.html",
        organisation=current_organisation(),
        is_member=bool(standing),
        names={cluster.id: cluster.name for cluster, _consent in standing},
        resting={cluster.id for cluster, _consent in standing if cluster.archived_at is not None},
        groups=group_cards(rows, members, local_day(datetime.now(UTC)), own=own),
    )


@blueprint.post("/<int:group_id>/mitmachen")
@permit(Permission.DECLARATION_EDIT)
def join(organisation_id: int, group_id: int) -> ResponseReturnValue:
    verbs.join_group(current_work(), organisation_id, group_id)
    flash(_("Ihr Unternehmen macht mit. Die Mitglieder lesen seinen Namen bei der Gruppe."), "success")
    return _to_list(organisation_id)


@blueprint.post("/<int:group_id>/verlassen")
@permit(Permission.DECLARATION_EDIT)
def leave(organisation_id: int, group_id: int) -> ResponseReturnValue:
    verbs.leave_group(db(), organisation_id, group_id, actor=current_actor())
    flash(_("Ihr Unternehmen steht nicht mehr in der Arbeitsgruppe."), "success")
    return _to_list(organisation_id)


def _to_list(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("groups_of_company.show", organisation_id=organisation_id), 303)
