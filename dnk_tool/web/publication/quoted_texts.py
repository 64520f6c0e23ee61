"""Where texts of a publication may stand as examples before other companies, and how that looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from dnk_tool.catalogue import Criterion, Section, load_catalogue
from dnk_tool.catalogue.values import Text
from dnk_tool.report.view.requirements import requirement_anchor
from dnk_tool.services.publication.quotations import own_quotation
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.answers.proposals.quotations import QuotationLink, quotation_link
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class QuotedPoint:
    """An aspect whose text may be quoted, and the address of the text."""

    title: Text
    href: str


@dataclass(frozen=True, slots=True)
class QuotedSection:
    """A section with the aspects whose texts may be quoted. `number`: of a criterion, or ""."""

    number: str
    title: Text
    points: Sequence[QuotedPoint]


@dataclass(frozen=True, slots=True)
class QuotedTexts:
    """The texts that may be quoted, and one of them as others see it; None without any."""

    sections: Sequence[QuotedSection]
    example: QuotationLink | None

    @property
    def count(self) -> int:
        """The number of texts."""
        return sum(len(section.points) for section in self.sections)


def quoted_texts(declaration: Declaration, publication: Publication) -> QuotedTexts:
    """The texts of the declaration's publication that other companies may read as examples."""
    refs = (publication.quotable_refs or "").split()
    catalogue = load_catalogue(declaration.edition)
    sections = [_quoted_section(one, publication) for one in catalogue.sections]
    first = own_quotation(db(), publication, refs[0]) if refs else None
    return QuotedTexts(
        [one for one in sections if one.points],
        quotation_link(first, catalogue.requirements[refs[0]]) if first else None,
    )


def _quoted_section(section: Section, publication: Publication) -> QuotedSection:
    refs = frozenset((publication.quotable_refs or "").split())
    return QuotedSection(
        str(section.number) if isinstance(section, Criterion) else "",
        section.title,
        [
            QuotedPoint(
                one.title, url_for("public.show", slug=publication.slug, _anchor=requirement_anchor(one))
            )
            for one in section.all_requirements
            if one.ref in refs
        ],
    )
