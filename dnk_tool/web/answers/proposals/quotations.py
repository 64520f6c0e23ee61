"""What a criterion's page shows of other companies' published answers, beside the example of an aspect."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.quotation import Quotation
from dnk_tool.report.view.requirements import requirement_anchor
from dnk_tool.services.publication.quotations import quotations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.proposals.drafts import aspects_with_text
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class QuotationLink:
    """A quotation and the address of the whole answer."""

    quotation: Quotation
    href: str


def quotation_links(declaration: Declaration, section: Section, ref: str) -> Sequence[QuotationLink]:
    """What others published for the section's aspect `ref`; nothing for "" and refs of anything else."""
    aspect = aspects_with_text(section).get(ref)
    if aspect is None:
        return ()
    anchor = requirement_anchor(aspect)
    return [
        QuotationLink(quotation, url_for("public.show", slug=quotation.slug, _anchor=anchor))
        for quotation in quotations(db(), declaration, ref)
    ]
