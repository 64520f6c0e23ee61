"""Filter, order and page of a public list, from the address; invalid values are ignored."""

from dataclasses import dataclass
from typing import Any

from flask import request

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.publication.public_list import PublicationFilter, PublicationSortOrder
from dnk_tool.web.http.input.numbers import whole_number

MAX_TEXT_LENGTH = 200


@dataclass(frozen=True)
class PublicationQuery:
    """The filter as in its form, the order, and the page, counted from 1."""

    text: str
    year: int | None
    section: str
    size: CompanySize | None
    indicator_set: str
    order: PublicationSortOrder
    page: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.year or self.section or self.size or self.indicator_set)

    def to_filter(self, cluster_id: int | None) -> PublicationFilter:
        """The filter for the store, in which a section of WZ 2025 becomes all sectors that count in it."""
        sectors = load_sectors().stored_in(self.section) if self.section else ()
        return PublicationFilter(self.text, self.year, sectors, self.size, self.indicator_set, cluster_id)

    def url_values(self, **other: Any) -> dict[str, Any]:
        """The query parameters, changed by `other`; defaults are left out."""
        parameters = {
            "suche": self.text,
            "jahr": self.year,
            "branche": self.section,
            "groesse": self.size and self.size.value,
            "indikatoren": self.indicator_set,
            "sortierung": "" if self.order is PublicationSortOrder.COMPANY else self.order.value,
        }
        return {key: value for key, value in (parameters | other).items() if value}


def requested_query() -> PublicationQuery:
    """Read the query from the address."""
    given = request.args
    section = given.get("branche", "")
    return PublicationQuery(
        text=" ".join(given.get("suche", "").split())[:MAX_TEXT_LENGTH],
        year=whole_number(given.get("jahr", ""), digits=4),
        section=section
        if section in {known_section.key for known_section in load_sectors().current.sections}
        else "",
        size=next(
            (company_size for company_size in CompanySize if company_size == given.get("groesse")), None
        ),
        indicator_set=given.get("indikatoren", "")[:MAX_TEXT_LENGTH],
        order=next(
            (
                publication_sort_order
                for publication_sort_order in PublicationSortOrder
                if publication_sort_order == given.get("sortierung")
            ),
            PublicationSortOrder.COMPANY,
        ),
        page=whole_number(given.get("seite", ""), digits=5) or 1,
    )
