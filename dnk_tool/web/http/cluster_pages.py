"""The navigation of a cluster; views register themselves by a decorator, alone or below a tab with others."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission, can_read
from dnk_tool.web.http.access import View, current_actor, current_cluster, current_subject, permit

blueprint = Blueprint("cluster_navigation", __name__)


class ClusterTab(StrEnum):
    """A tab with several pages below it, which stand side by side in the order of their positions."""

    REVIEW = "review"
    RESULTS = "results"
    EXCHANGE = "exchange"
    PLANNING = "planning"
    TEAM = "team"


TAB_TITLE = {
    ClusterTab.REVIEW: _l("Prüfung"),
    ClusterTab.RESULTS: _l("Ergebnisse"),
    ClusterTab.EXCHANGE: _l("Austausch"),
    ClusterTab.PLANNING: _l("Planung"),
    ClusterTab.TEAM: _l("Verwaltung"),
}


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """A page in its cluster's navigation, which is sorted by `position`. `tab`: the one it stands below."""

    title: LazyString
    permission: Permission
    position: int
    tab: ClusterTab | None


def cluster_page(
    title: LazyString, permission: Permission, *, position: int, tab: ClusterTab | None = None
) -> Callable[[View], View]:
    """Decorate a view to require the permission and to appear in its cluster's navigation.

    Replaces `@permit` below the route. The route must need no values besides `cluster_id`. Positions of the
    pages of a tab follow each other.
    """

    def register(view: View) -> View:
        vars(view)["cluster_page"] = ClusterPage(title, permission, position, tab)
        return permit(permission)(view)

    return register


@blueprint.app_template_global("cluster_links")
def cluster_links(current: str = "") -> list[dict[str, Any]]:
    """The current cluster's navigation: [{label, href, current, pages: [{label, href, current}]}].

    A tab leads to the first of its pages that the person may open, and `pages` are all of these; a page
    without a tab, or the only one of it, stands alone. `current`: the endpoint to mark, by
    default the requested one.
    """
    pages = [
        (endpoint, page)
        for endpoint, page in registered_pages("cluster_page")
        if can_read(page.permission, current_actor(), current_subject())
    ]
    return [
        _tab_link([(endpoint, page) for endpoint, page in group], current or request.endpoint or "")
        for _tab, group in groupby(pages, key=lambda entry: entry[1].tab or entry[0])
    ]


def _tab_link(pages: list[tuple[str, ClusterPage]], current: str) -> dict[str, Any]:
    links = [
        {
            "label": page.title,
            "href": url_for(endpoint, cluster_id=current_cluster().id),
            "current": endpoint == current,
        }
        for endpoint, page in pages
    ]
    tab = pages[0][1].tab
    return {
        "label": TAB_TITLE[tab] if tab and len(links) > 1 else links[0]["label"],
        "href": links[0]["href"],
        "current": any(link["current"] for link in links),
        "pages": links,
    }


def registered_pages(mark: str) -> list[tuple[str, Any]]:
    """The endpoints whose views have this mark, each with it, in the order of their positions."""
    views, known = current_app.view_functions, current_app.extensions.setdefault("dnk_registered_pages", {})
    if (key := (mark, len(views))) not in known:  # views are only added, and that as the application starts
        marked = [(name, getattr(view, mark)) for name, view in views.items() if hasattr(view, mark)]
        known[key] = sorted(marked, key=lambda entry: entry[1].position)
    pages: list[tuple[str, Any]] = known[key]
    return pages
