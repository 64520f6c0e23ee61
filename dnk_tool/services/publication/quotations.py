"""Finds what a company may read of other companies' published answers, beside its own of the same aspect.

Lets other companies read the texts of a publication as examples, or takes that back.
"""

import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.encoding import answer_from_json
from dnk_tool.domain.answers.quotation import Quotation, excerpt
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Conflict, ConflictError
from dnk_tool.domain.organisation import company_size
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import publications
from dnk_tool.store.publication.quotable_versions import QuotableVersion, QuotationReader, quotable_versions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication

MOST_QUOTATIONS = 3


def allow_quotation(
    work: Work, declaration: Declaration, *, is_allowed: bool, seen: bool | None = None
) -> None:
    """Set whether other companies may read texts of what the declaration has published, if anything.

    `seen`: the answer that the sender changed; None: whatever it is. Raises NotPermitted, and ConflictError
    without writing anything if somebody else gave another answer meanwhile.
    """
    require(Permission.DECLARATION_PUBLISH, work.actor, subject_of(work.session, declaration))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    publication = publications.of_declaration(work.session, declaration.id)
    if publication is None or publication.revoked_at is not None:
        return
    stored = publication.is_quotable
    if stored == is_allowed:
        return
    if seen is not None and seen != stored:
        raise ConflictError(Conflict(is_allowed, stored, publication.version))
    publication.quotable_refs = _refs_of_published_texts(work.session, publication) if is_allowed else None
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=work.actor.user_id,
        now=work.now,
        fields={"is_quotable": [stored, is_allowed]},
    )


def refs_of_texts(document: Document) -> str:
    """The aspects that the document answers with a text, each between spaces; "" without any."""
    refs = [ref for ref in document.selection.text_aspects if quotable_text(document.answers.get(ref))]
    return f" {' '.join(refs)} " if refs else ""


def quotable_text(answer: Answer | None) -> str:
    """The text of an answer without signs of markup; "" for a reason not to report."""
    if answer is None or answer.disclosure is Disclosure.EXPLAIN:
        return ""
    return without_signs(answer).text.strip()


def _refs_of_published_texts(session: Session, publication: Publication) -> str:
    frozen = declarations.snapshot(session, publication.declaration_id, publication.version)
    return refs_of_texts(read_document(frozen.content)) if frozen else ""


def quotations(session: Session, declaration: Declaration, ref: str) -> Sequence[Quotation]:
    """What up to three other companies published for the aspect `ref`, the most similar company first."""
    company = declaration.organisation
    reader = QuotationReader(
        declaration.organisation_id,
        declaration.edition,
        _similar_sectors(company.sector),
        company_size(company.employees),
    )
    versions = quotable_versions(session, reader, ref, limit=MOST_QUOTATIONS)
    return [quotation for version in versions if (quotation := _quotation(version, ref)).text]


def own_quotation(session: Session, publication: Publication, ref: str) -> Quotation | None:
    """What others read of the publication's text for the aspect `ref`; None without a text."""
    frozen = declarations.snapshot(session, publication.declaration_id, publication.version)
    if frozen is None:
        return None
    version = QuotableVersion(
        publication.company, publication.reporting_year, publication.slug, frozen.content
    )
    quotation = _quotation(version, ref)
    return quotation if quotation.text else None


def _quotation(version: QuotableVersion, ref: str) -> Quotation:
    """The beginning of the version's text for the aspect `ref`, with its source."""
    # Only one answer is needed: reading the whole document, with every check, would take long.
    document = json.loads(version.content)
    profile, content = document.get("organisation", {}), document.get("answers", {}).get(ref, {})
    return Quotation(
        version.company,
        version.year,
        version.slug,
        document["language"],
        excerpt(quotable_text(answer_from_json(None, content))),
        sector=profile.get("sector", ""),
        employees=profile.get("employees"),
    )


def _similar_sectors(stored: str) -> frozenset[str]:
    """Every stored sector in the same section of the economy; none for a company's own words."""
    sectors = load_sectors()
    sections = {sectors.current.divisions[key].section for key in sectors.compared_divisions(stored)}
    return frozenset(sector for section in sections for sector in sectors.stored_in(section))
