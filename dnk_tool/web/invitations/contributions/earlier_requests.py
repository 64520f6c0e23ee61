"""Who was asked for the declaration before, to be asked again: nothing is sent by itself."""

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

# Names the question of the year before that the form is filled in from.
EARLIER_REQUEST_ARGUMENT = "wie"


@dataclass(frozen=True, slots=True)
class EarlierContributionRequest:
    """Somebody who was asked in an earlier `year`, for what, and where to ask them again."""

    name: str
    title: str
    year: int
    href: str


def earlier_requests(declaration: Declaration) -> list[EarlierContributionRequest]:
    """Each person once for each section of which they were asked a year before, and that is asked now."""
    before = earlier_year.previous_declaration(db(), declaration)
    found: dict[tuple[str, str], EarlierContributionRequest] = {}
    for one in contribution_requests.of_declaration(db(), before.id) if before else ():
        section = requested_section(declaration, one.refs)
        if before is None or section is None or one.revoked_at:
            continue
        place: dict[str, Any] = {
            "declaration_id": declaration.id,
            "kriterium": section.ref,
            EARLIER_REQUEST_ARGUMENT: one.id,
        }
        about = contribution_topic(declaration, one, current_language())
        title = f"{about.number}. {about.title}" if about.number else about.title
        again = EarlierContributionRequest(
            one.name or one.email, title, before.reporting_year, url_for("contributions.new", **place)
        )
        found.setdefault((one.email, section.ref), again)
    return list(found.values())


def prefill_from_earlier_request(declaration: Declaration, refs: Collection[str]) -> dict[str, Any]:
    """Person and points of the question of the year before that the address names; empty if it names none."""
    wanted = request.args.get(EARLIER_REQUEST_ARGUMENT, type=int)
    before = earlier_year.previous_declaration(db(), declaration) if wanted else None
    question = contribution_requests.find_request(db(), before.id, wanted) if wanted and before else None
    points = [ref for ref in question.refs if ref in refs] if question else []
    if question is None or not points:
        return {}
    return {"points": points, "known": question.email, "language": question.language}
