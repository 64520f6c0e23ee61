"""Labels of company sizes, sort orders and sectors for public lists."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.language import Language
from dnk_tool.store.publication.public_list import PublicationSortOrder

SIZES: Mapping[CompanySize, Any] = {
    CompanySize.MICRO: _l("bis 9 Beschäftigte"),
    CompanySize.SMALL: _l("10 bis 49 Beschäftigte"),
    CompanySize.MEDIUM: _l("50 bis 249 Beschäftigte"),
    CompanySize.LARGE: _l("ab 250 Beschäftigte"),
}
ORDERS: Mapping[PublicationSortOrder, Any] = {
    PublicationSortOrder.COMPANY: _l("Unternehmen"),
    PublicationSortOrder.YEAR: _l("Berichtsjahr, neuestes zuerst"),
    PublicationSortOrder.NEWEST: _l("Veröffentlichung, neueste zuerst"),
}


def sector_name(key: str, language: Language) -> str:
    """The title of a stored sector, whatever its classification; "" if unknown."""
    sector = load_sectors().sector(key)
    return sector.label.to(language) if sector else ""
