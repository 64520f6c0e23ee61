"""The filter of the board of residues: what, which material, which region, from when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask_babel import gettext as _

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.exchange.residues import NoticeKind, PostedNotice
from dnk_tool.web.exchange.residues.cards import by_material, material_name
from dnk_tool.web.text.options import Option, pair_options

WITHOUT_MATERIAL = "andere"  # what a query says for notices of no material of the table
NOW, HALF_YEAR = "sofort", "halbjahr"
SOON = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What is asked for; an empty text asks for everything."""

    kind: str = ""
    material: str = ""
    area: str = ""
    start: str = ""

    @property
    def is_set(self) -> bool:
        return any((self.kind, self.material, self.area, self.start))

    def fits(self, posted: PostedNotice, today: date) -> bool:
        """Whether a notice is asked for; one without a region is in every region."""
        notice = posted.notice
        key = load_residue_pairs().material_of(notice.codes) or WITHOUT_MATERIAL
        return (
            self.kind in ("", notice.kind.value)
            and self.material in ("", key)
            and (not self.area or not notice.areas or self.area in notice.areas)
            and self._starts_in_time(notice.available_from, today)
        )

    def _starts_in_time(self, start: date | None, today: date) -> bool:
        if not self.start or start is None:
            return True
        return start <= (today if self.start == NOW else today + SOON)


def asked_filter() -> BoardFilter:
    """What the address asks for; unknown values ask for what nothing is."""
    asked = [request.args.get(name, "")[:40] for name in ("zeigen", "stoff", "region", "ab")]
    return BoardFilter(*asked)


def filter_options(posted: Sequence[PostedNotice]) -> Mapping[str, list[Option]]:
    """The choices of each field: only materials and regions that occur on the board."""
    areas = sorted({area for each in posted for area in each.notice.areas})
    materials = [(key or WITHOUT_MATERIAL, material_name(key)) for key in by_material(posted)]
    kinds = [(NoticeKind.OFFER.value, _("Angebote")), (NoticeKind.SEARCH.value, _("Gesuche"))]
    starts = [(NOW, _("sofort")), (HALF_YEAR, _("in den nächsten sechs Monaten"))]
    return {
        "kind": pair_options(kinds, _("alle")),
        "material": pair_options(materials, _("alle")),
        "area": pair_options(((area, f"{area}…") for area in areas), _("alle")),
        "start": pair_options(starts, _("egal")),
    }
