"""The pages below the cluster's tab "Austausch"; views register themselves by a decorator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import LazyString

from dnk_tool.domain.permissions import Permission, can_read
from dnk_tool.web.http.access import View, current_actor, current_cluster, current_subject, permit

blueprint = Blueprint("exchange_navigation", __name__)


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """A page of what members share, sorted by `position`."""

    title: LazyString
    permission: Permission
    position: int


def exchange_page(title: LazyString, permission: Permission, *, position: int) -> Callable[[View], View]:
    """Decorate a view to require the permission and to stand below the cluster's tab "Austausch".

    Replaces `@permit` below the route. The route must need no values besides `cluster_id`.
    """

    def register(view: View) -> View:
        vars(view)["exchange_page"] = ExchangePage(title, permission, position)
        return permit(permission)(view)

    return register


@blueprint.app_template_global("exchange_links")
def exchange_links(current: str = "") -> list[dict[str, Any]]:
    """The pages that the person may open, [{label, href, current}].

    `current`: the endpoint to mark, by default the requested one.
    """
    return [
        {
            "label": page.title,
            "href": url_for(endpoint, cluster_id=current_cluster().id),
            "current": endpoint == (current or request.endpoint),
        }
        for endpoint, page in _registered_pages()
        if can_read(page.permission, current_actor(), current_subject())
    ]


def _registered_pages() -> list[tuple[str, ExchangePage]]:
    pages = [
        (endpoint, page)
        for endpoint, view in current_app.view_functions.items()
        if (page := getattr(view, "exchange_page", None)) is not None
    ]
    return sorted(pages, key=lambda entry: entry[1].position)
