"""Finds what a company may read of other companies' published answers, beside its own of the same aspect."""

import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.answers.encoding import answer_from_json
from dnk_tool.domain.answers.quotation import Quotation, excerpt
from dnk_tool.domain.organisation import company_size
from dnk_tool.services.publication.quotable_texts import quotable_text
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication.quotable_versions import QuotableVersion, QuotationReader, quotable_versions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication

MOST_QUOTATIONS = 3


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
