"""Suggests last year's contributors for new requests; sends nothing by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from dnk_tool.store.answers import earlier_year
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import requested_section
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.invitations.contributions.mails import contribution_topic

# Query parameter: id of last year's request that pre-fills the form.
EARLIER_REQUEST_ARGUMENT = "wie"


@dataclass(frozen=True, slots=True)
class EarlierContributionRequest:
    """A request of an earlier `year`, and the address of a form to repeat it."""

    name: str
    title: str
    year: int
    href: str


def earlier_requests(declaration: Declaration) -> list[EarlierContributionRequest]:
    """Last year's requests that can be repeated, each person once for each section."""
    before = earlier_year.previous_declaration(db(), declaration)
    requests: dict[tuple[str, str], EarlierContributionRequest] = {}
    for contribution_request in contribution_requests.of_declaration(db(), before.id) if before else ():
        section = requested_section(declaration, contribution_request.refs)
        if before is None or section is None or contribution_request.revoked_at:
            continue
        place: dict[str, Any] = {
            "declaration_id": declaration.id,
            "kriterium": section.ref,
            EARLIER_REQUEST_ARGUMENT: contribution_request.id,
        }
        about = contribution_topic(declaration, contribution_request, current_language())
        title = f"{about.number}. {about.title}" if about.number else about.title
        again = EarlierContributionRequest(
            contribution_request.name or contribution_request.email,
            title,
            before.reporting_year,
            url_for("contributions.new", **place),
        )
        requests.setdefault((contribution_request.email, section.ref), again)
    return list(requests.values())


def prefill_from_earlier_request(declaration: Declaration, refs: Collection[str]) -> dict[str, Any]:
    """The form's data from last year's request in the address; empty if there is none."""
    wanted = request.args.get(EARLIER_REQUEST_ARGUMENT, type=int)
    before = earlier_year.previous_declaration(db(), declaration) if wanted else None
    question = contribution_requests.find_request(db(), before.id, wanted) if wanted and before else None
    points = [ref for ref in question.refs if ref in refs] if question else []
    if question is None or not points:
        return {}
    return {"points": points, "known": question.email, "language": question.language}
