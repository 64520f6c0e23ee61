"""Lets other companies read sections of a publication as examples, and finds what a company may read."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.encoding import answer_from_json
from dnk_tool.domain.answers.quotation import Quotation, excerpt
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.organisation import company_size
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import publications
from dnk_tool.store.publication.quotable_versions import QuotableVersion, QuotationReader, quotable_versions
from dnk_tool.store.tables.declarations import Declaration

MOST_QUOTATIONS = 3
MOST_VERSIONS = 12  # read for them: not each has an answer to every aspect


def allow_quotation(
    session: Session, declaration: Declaration, *, is_allowed: bool, actor: Actor, now: datetime
) -> None:
    """Set whether other companies may read sections of what the declaration has published, if anything.

    Raises NotPermitted.
    """
    require(Permission.DECLARATION_PUBLISH, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    publication = publications.of_declaration(session, declaration.id)
    if publication is None or publication.revoked_at is not None or publication.is_quotable == is_allowed:
        return
    publication.is_quotable = is_allowed
    history.record_declaration_event(
        session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=actor.user_id,
        now=now,
        fields={"is_quotable": [not is_allowed, is_allowed]},
    )


def quotations(session: Session, declaration: Declaration, ref: str) -> Sequence[Quotation]:
    """What up to three other companies published for the aspect `ref`, the most similar company first."""
    company = declaration.organisation
    reader = QuotationReader(
        declaration.organisation_id,
        declaration.edition,
        _similar_sectors(company.sector),
        company_size(company.employees),
    )
    versions = quotable_versions(session, reader, limit=MOST_VERSIONS)
    return tuple(islice(_quoted(versions, ref), MOST_QUOTATIONS))


def _similar_sectors(stored: str) -> frozenset[str]:
    """Every stored sector in the same section of the economy; none for a company's own words."""
    sectors = load_sectors()
    sections = {sectors.current.divisions[key].section for key in sectors.compared_divisions(stored)}
    return frozenset(sector for section in sections for sector in sectors.stored_in(section))


def _quoted(versions: Sequence[QuotableVersion], ref: str) -> Iterator[Quotation]:
    for version in versions:
        # Only one answer is needed: reading the whole document, with every check, would take long.
        document = json.loads(version.content)
        if text := _answer_text(document.get("answers", {}).get(ref, {})):
            yield Quotation(version.company, version.year, version.slug, document["language"], excerpt(text))


def _answer_text(content: dict[str, Any]) -> str:
    """The text of an answer without signs of markup; empty for a reason not to report."""
    answer = answer_from_json(None, content)
    if answer.disclosure is Disclosure.EXPLAIN:
        return ""
    return (without_signs(answer) if answer.is_marked_up else answer).text.strip()
