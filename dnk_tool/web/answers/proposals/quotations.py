"""What a criterion's page shows of other companies' published answers, beside the example of an aspect."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from dnk_tool.catalogue import Section
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.quotation import Quotation
from dnk_tool.report.view.requirements import requirement_anchor
from dnk_tool.services.publication.quotations import quotations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.proposals.drafts import aspects_with_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class QuotationLink:
    """A quotation, its company's sector in words ("" if unknown), and the address of the whole answer."""

    quotation: Quotation
    sector: str
    href: str


def quotation_links(declaration: Declaration, section: Section, ref: str) -> Sequence[QuotationLink]:
    """What others published for the section's aspect `ref`; nothing for "" and refs of anything else."""
    aspect = aspects_with_text(section).get(ref)
    if aspect is None:
        return ()
    return [quotation_link(quotation, aspect) for quotation in quotations(db(), declaration, ref)]


def quotation_link(quotation: Quotation, aspect: Requirement) -> QuotationLink:
    """The quotation of a text for `aspect` with what its reader sees beside it."""
    sector = load_sectors().sector(quotation.sector)
    return QuotationLink(
        quotation,
        sector.label.to(current_language()) if sector else quotation.sector,
        url_for("public.show", slug=quotation.slug, _anchor=requirement_anchor(aspect)),
    )
