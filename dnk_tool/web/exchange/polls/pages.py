"""The cluster's polls: the list, a new one, opening and closing it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.exchange.navigation import exchange_page
from dnk_tool.web.http.access import current_cluster
from dnk_tool.web.http.cluster_pages import cluster_page

blueprint = Blueprint("polls", __name__, url_prefix="/cluster/<int:cluster_id>/umfragen")


@blueprint.get("")
@cluster_page(_l("Austausch"), Permission.CLUSTER_LEAD, position=36)
@exchange_page(_l("Umfragen"), Permission.CLUSTER_LEAD, position=10)
def show(cluster_id: int) -> ResponseReturnValue:
    return render_template("exchange/polls/list.html", cluster=current_cluster())
