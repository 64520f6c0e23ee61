"""The first of the operator's pages: how the installation is doing; and the links between all of them."""

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.operation.diagnosis import diagnose
from dnk_tool.services.operation.findings import Finding, FindingState
from dnk_tool.services.operation.machine import Visit
from dnk_tool.web.exports.pending_pdfs import shared_render_queue
from dnk_tool.web.http.access import current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings

blueprint = Blueprint("operation", __name__, url_prefix="/betrieb")

# (label, endpoint)
PAGES = (
    (_l("Überblick"), "operation.show"),
    (_l("Personen"), "operation.people"),
    (_l("Unternehmen"), "operation.companies"),
    (_l("Cluster"), "operation.clusters"),
    (_l("Bestätigungen"), "operation.confirmations"),
    (_l("E-Mails"), "outbox.show"),
    (_l("Texte"), "operation.legal_texts"),
)
# The words of a link to the page that mends a finding, by its endpoint.
LINKS = {
    "outbox.show": _l("Zu den E-Mails"),
    "operation.legal_texts": _l("Zu den Texten"),
    "operation.confirmations": _l("Zu den Bestätigungen"),
}


@blueprint.get("")
@permit(Permission.INSTALLATION_RUN)
def show() -> ResponseReturnValue:
    findings = diagnose(
        current_work(),
        current_settings(),
        open_pdfs=shared_render_queue().queue.count_open(),
        drafts=shared_render_queue().drafts,
        visit=Visit(request.scheme, request.host.partition(":")[0], request.remote_addr or ""),
    )
    shown: list[dict[str, Any]] = [{"finding": finding, "link": _link(finding)} for finding in findings]
    return render_template(
        "operation/overview.html",
        problems=[entry for entry in shown if entry["finding"].state is FindingState.PROBLEM],
        notices=[entry for entry in shown if entry["finding"].state is FindingState.NOTICE],
        rows=[_row(finding) for finding in findings if finding.state is FindingState.OK],
    )


@blueprint.app_template_global("operation_links")
def operation_links(endpoint: str = "") -> list[dict[str, Any]]:
    """The operator's pages as {label, href, current}; a page below one of them names that one's endpoint."""
    here = endpoint or request.endpoint
    return [{"label": label, "href": url_for(page), "current": page == here} for label, page in PAGES]


def _row(finding: Finding) -> dict[str, Any]:
    """A row of the list of what is in order."""
    language, link = current_language(), _link(finding)
    facts = "\n".join(fact.to(language) for fact in finding.facts)
    return {"key": finding.part.to(language), "value": facts, "actions": [link] if link else []}


def _link(finding: Finding) -> dict[str, Any] | None:
    """The page that mends it, as {href, text}; None if there is none."""
    if finding.endpoint not in current_app.view_functions:
        return None
    return {"href": url_for(finding.endpoint), "text": LINKS[finding.endpoint]}
