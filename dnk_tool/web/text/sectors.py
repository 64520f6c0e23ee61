"""Sectors in words: the title of a stored one, and those that fit what somebody typed."""

from functools import cache

from dnk_tool.catalogue.sectors import Sector, load_sectors
from dnk_tool.domain.word_search import SearchEntry, WordIndex
from dnk_tool.language import Language


def sector_text(stored: str, language: Language) -> str:
    """Title, classification and code of a stored sector; words of the company's own as they are."""
    sector = load_sectors().sector(stored)
    if sector is None:
        return stored
    return f"{sector.label.to(language)} ({sector.classification}: {sector.code})"


def matching_sectors(words: str) -> list[Sector]:
    """The divisions and classes that fit the words or begin with the code, the best first."""
    return [load_sectors().current_sector(code) for code in _sector_index().find(words)]


@cache
def _sector_index() -> WordIndex:
    current = load_sectors().current
    divisions = (SearchEntry(key, (d.label.de, d.label.en)) for key, d in current.divisions.items())
    classes = (SearchEntry(key, (c.label.de, c.label.en), c.words) for key, c in current.classes.items())
    return WordIndex([*divisions, *classes])
