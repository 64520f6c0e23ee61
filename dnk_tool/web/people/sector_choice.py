"""The choice of a sector in the profile: from a list, by words, or as successor of a former code."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue.sectors import Sector, load_sectors
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option, pair_options
from dnk_tool.web.text.sectors import matching_sectors, sector_text

FIND_SECTOR = "find-sector"
TAKE_SECTOR = "take-sector"


@dataclass(frozen=True)
class SectorChoice:
    """What the page offers: radios after a search or for a split code, else a list of all divisions.

    `former`: the stored sector of the former classification in words; `successor`: the only one it has.
    """

    items: list[Option]
    has_radios: bool
    former: str = ""
    successor: Option | None = None
    is_split: bool = False
    error: str = ""


def sector_choice(chosen: str, words: str, *, is_searched: bool) -> SectorChoice:
    """The options for a profile with the sector `chosen` and the words typed into the search."""
    proposals = load_sectors().proposals(chosen)
    matches = matching_sectors(words) if is_searched and words else []
    details: dict[str, Any] = {
        "former": sector_text(chosen, current_language()) if proposals else "",
        "successor": _option(proposals[0]) if len(proposals) == 1 else None,
        "is_split": len(proposals) > 1,
        "error": str(
            _("Dazu haben wir nichts gefunden. Versuchen Sie ein anderes Wort, oder wählen Sie selbst.")
        )
        if is_searched and words and not matches
        else "",
    }
    if matches or len(proposals) > 1:
        return SectorChoice(_radio_items(matches or proposals, chosen), has_radios=True, **details)
    return SectorChoice(_list_items(chosen), has_radios=False, **details)


def taken_sector(action: str, chosen: str) -> str:
    """The sector after pressing the button that takes over the successor of a former code."""
    proposals = load_sectors().proposals(chosen)
    return proposals[0].stored if action == TAKE_SECTOR and len(proposals) == 1 else chosen


def _option(sector: Sector) -> Option:
    return {"value": sector.stored, "label": f"{sector.code} {sector.label.to(current_language())}"}


def _radio_items(sectors: tuple[Sector, ...] | list[Sector], chosen: str) -> list[Option]:
    items = [_option(sector) for sector in sectors]
    if any(item["value"] == chosen for item in items):
        return items
    label = _("Wie bisher: %(sector)s", sector=sector_text(chosen, current_language())) if chosen else ""
    return [*items, {"value": chosen, "label": label or _("Keine davon")}]


def _list_items(chosen: str) -> list[Option]:
    current, language = load_sectors().current, current_language()
    items = pair_options(
        (
            (load_sectors().current_sector(key).stored, f"{key} {division.label.to(language)}")
            for key, division in current.divisions.items()
        ),
        _("Bitte wählen"),
    )
    if not chosen or any(item["value"] == chosen for item in items):
        return items
    return [*items, {"value": chosen, "label": sector_text(chosen, language)}]
