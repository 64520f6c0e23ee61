"""The links between the pages of one cluster; each page shows those that its reader may open."""

from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission, can
from dnk_tool.web.http.access import current_actor, current_cluster, current_subject, permission_of

blueprint = Blueprint("cluster_navigation", __name__)

# (words, endpoint)
PAGES = (
    (_l("Übersicht"), "cockpit.show"),
    (_l("Prüfung"), "review.queue"),
    (_l("Mitglieder"), "cluster_members.show"),
    (_l("Textbausteine"), "stock.show"),
    (_l("Fristen"), "cluster_deadlines.show"),
    (_l("Team"), "cluster_team.show"),
    (_l("Protokoll"), "trail.cluster"),
)


@blueprint.app_template_global("cluster_links")
def cluster_links(current: str = "") -> list[dict[str, Any]]:
    """The pages of the cluster that the address names: [{label, href, current}].

    `current` is the endpoint of the page that shows them, by default the one that was asked for.
    """
    return [
        {
            "label": words,
            "href": url_for(endpoint, cluster_id=current_cluster().id),
            "current": endpoint == (current or request.endpoint),
        }
        for words, endpoint in PAGES
        if _may_open(endpoint)
    ]


def _may_open(endpoint: str) -> bool:
    permission = permission_of(current_app, endpoint) or Permission.CLUSTER_LEAD
    return can(permission, current_actor(), current_subject())
