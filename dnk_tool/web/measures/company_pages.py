"""The navigation of a company's own pages over its years; views register themselves by a decorator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import LazyString

from dnk_tool.domain.permissions import Permission, Subject, can_read
from dnk_tool.web.http.access import View, current_actor, current_subject, permit
from dnk_tool.web.http.cluster_pages import registered_pages

blueprint = Blueprint("company_navigation", __name__)


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """A page in a company's navigation, which is sorted by `position`. `hint`: what one finds there."""

    title: LazyString
    hint: LazyString
    permission: Permission
    position: int


def company_page(
    title: LazyString, hint: LazyString, permission: Permission, *, position: int
) -> Callable[[View], View]:
    """Decorate a view to require the permission and to appear in its company's navigation.

    Replaces `@permit` below the route. The route must need no values besides `organisation_id`.
    """

    def register(view: View) -> View:
        vars(view)["company_page"] = CompanyPage(title, hint, permission, position)
        return permit(permission)(view)

    return register


@blueprint.app_template_global("company_page_links")
def company_page_links(current: str = "", *, organisation_id: int | None = None) -> list[dict[str, Any]]:
    """The pages of a company that the person may open: [{endpoint, label, hint, href, current}].

    `current`: the endpoint to mark, by default the requested one; `organisation_id`: by default the company
    that the address names.
    """
    subject = current_subject() if organisation_id is None else Subject(organisation_id=organisation_id)
    return [
        {
            "endpoint": endpoint,
            "label": page.title,
            "hint": page.hint,
            "href": url_for(endpoint, organisation_id=subject.organisation_id),
            "current": endpoint == (current or request.endpoint),
        }
        for endpoint, page in registered_pages("company_page")
        if can_read(page.permission, current_actor(), subject)
    ]
