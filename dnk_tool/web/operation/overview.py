"""The first of the operator's pages: how the installation is doing; and the links between all of them."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.web import backup
from dnk_tool.web.http.access import permit

blueprint = Blueprint("operation", __name__, url_prefix="/betrieb")

# (label, endpoint)
PAGES = (
    (_l("Überblick"), "operation.show"),
    (_l("Unternehmen"), "operation.companies"),
    (_l("Cluster"), "operation.clusters"),
    (_l("E-Mails"), "outbox.show"),
)


@blueprint.get("")
@permit(Permission.INSTALLATION_RUN)
def show() -> ResponseReturnValue:
    return render_template("operation/overview.html", backup=backup.status_for_page())


@blueprint.app_template_global("operation_links")
def operation_links(endpoint: str = "") -> list[dict[str, Any]]:
    """The operator's pages as {label, href, current}; a page below one of them names that one's endpoint."""
    here = endpoint or request.endpoint
    return [{"label": label, "href": url_for(page), "current": page == here} for label, page in PAGES]
