"""Where a person acts: the pages of companies and clusters, as far as they are open to them."""

from flask import current_app, url_for

from dnk_tool.domain.permissions import can
from dnk_tool.web.http.access import current_actor, current_subject, permission_of


def home_url(organisation_id: int | None, cluster_id: int | None = None) -> str:
    """The home of a company, or of a cluster."""
    if organisation_id is not None:
        return url_for("company.show", organisation_id=organisation_id)
    return url_for("cockpit.show", cluster_id=cluster_id)


def can_open(endpoint: str) -> bool:
    """Whether a page of what the address names is open to the person."""
    permission = permission_of(current_app, endpoint)
    return permission is not None and can(permission, current_actor(), current_subject())
