"""The navigation of a cluster, and of what its members share; views register themselves by a decorator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import LazyString

from dnk_tool.domain.permissions import Permission, can_read
from dnk_tool.web.http.access import View, current_actor, current_cluster, current_subject, permit

blueprint = Blueprint("cluster_navigation", __name__)

# Attributes of views, one for each navigation.
CLUSTER, EXCHANGE = "cluster_page", "exchange_page"


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """A page in a navigation, which is sorted by `position`."""

    title: LazyString
    permission: Permission
    position: int


def cluster_page(title: LazyString, permission: Permission, *, position: int) -> Callable[[View], View]:
    """Decorate a view to require the permission and to appear in its cluster's navigation.

    Replaces `@permit` below the route. The route must need no values besides `cluster_id`.
    """
    return _register(CLUSTER, ClusterPage(title, permission, position))


def exchange_page(title: LazyString, permission: Permission, *, position: int) -> Callable[[View], View]:
    """Decorate a view as `cluster_page` does, to appear below the cluster's tab "Austausch"."""
    return _register(EXCHANGE, ClusterPage(title, permission, position))


def _register(navigation: str, page: ClusterPage) -> Callable[[View], View]:
    def register(view: View) -> View:
        vars(view)[navigation] = page
        return permit(page.permission)(view)

    return register


@blueprint.app_template_global("cluster_links")
def cluster_links(current: str = "") -> list[dict[str, Any]]:
    """The current cluster's navigation: [{label, href, current}].

    `current`: the endpoint to mark, by default the requested one.
    """
    return _links(CLUSTER, current)


@blueprint.app_template_global("exchange_links")
def exchange_links(current: str = "") -> list[dict[str, Any]]:
    """The pages of what the cluster's members share, as `cluster_links` gives its own."""
    return _links(EXCHANGE, current)


def _links(navigation: str, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": page.title,
            "href": url_for(endpoint, cluster_id=current_cluster().id),
            "current": endpoint == (current or request.endpoint),
        }
        for endpoint, page in _registered_pages(navigation)
        if can_read(page.permission, current_actor(), current_subject())
    ]


def _registered_pages(navigation: str) -> list[tuple[str, ClusterPage]]:
    pages = [
        (endpoint, page)
        for endpoint, view in current_app.view_functions.items()
        if (page := getattr(view, navigation, None)) is not None
    ]
    return sorted(pages, key=lambda entry: entry[1].position)
