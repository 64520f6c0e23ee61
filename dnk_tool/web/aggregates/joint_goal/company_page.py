"""The joint goal of a company's cluster, as its members see it: the same numbers, by the same rules."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.aggregates.joint_goal import GOAL_SAVINGS, JointGoal
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.aggregates.joint_goals import GoalPicture, goal_picture
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.joint_goal.numbers import UNITS, amount_text
from dnk_tool.web.aggregates.joint_goal.view import goal_view, rule_sentences
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page

blueprint = Blueprint("joint_goal_of_company", __name__)


@blueprint.get("/unternehmen/<int:organisation_id>/gemeinsames-ziel")
@company_page(
    _l("Gemeinsames Ziel"),
    _l("Was die Mitglieder Ihres Clusters zusammen sparen"),
    Permission.ORGANISATION_VIEW,
    position=40,
)
def show(organisation_id: int) -> ResponseReturnValue:
    own = [cluster for cluster, _consent in clusters.of_organisation(db(), organisation_id)]
    asked = whole_number(request.args.get("cluster"))
    cluster = next((each for each in own if each.id == asked), own[0] if own else None)
    picture = _picture(cluster)
    return render_template(
        "aggregates/joint_goal/company.html",
        organisation=current_organisation(),
        clusters=own,
        cluster=cluster,
        allows=cluster is not None and cluster.id in measures.clusters_allowed(db(), organisation_id),
        view=goal_view(picture),
        goals=_goals(picture.goal),
        sentences=rule_sentences(),
    )


def _picture(cluster: Cluster | None) -> GoalPicture:
    if cluster is None:
        return GoalPicture(None, None, None)
    return goal_picture(db(), cluster.id, now=datetime.now(UTC))


def _goals(goal: JointGoal | None) -> list[str]:
    if goal is None:
        return []
    amounts = [(saving, goal.amount(saving)) for saving in GOAL_SAVINGS]
    return [f"{amount_text(saving, amount)} {UNITS[saving]}" for saving, amount in amounts if amount]
