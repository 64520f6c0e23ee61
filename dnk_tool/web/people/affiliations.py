"""Home pages of companies and clusters, and which pages a person may open."""

from flask import current_app, url_for

from dnk_tool.domain.permissions import can_read
from dnk_tool.web.http.access import current_actor, current_subject, permission_of


def home_url(organisation_id: int | None, cluster_id: int | None = None) -> str:
    """The home page of the company, or else of the cluster."""
    if organisation_id is not None:
        return url_for("company.show", organisation_id=organisation_id)
    return url_for("cockpit.show", cluster_id=cluster_id)


def can_open(endpoint: str) -> bool:
    """Whether the person may open the endpoint for what the address names."""
    permission = permission_of(current_app, endpoint)
    return permission is not None and can_read(permission, current_actor(), current_subject())
