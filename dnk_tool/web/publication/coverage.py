"""How much of a published declaration is reported, criterion by criterion, as its page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.report.view.model import CountRow, DeclarationView

REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class CoverageStripe:
    """A criterion with the indicators printed after it; `share`: the part of its points that is reported."""

    number: str
    area: str
    share: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """The numbers of points reported, explained and asked, as text; the areas, and a stripe per criterion."""

    reported: str
    explained: str
    total: str
    rows: Sequence[CountRow]
    stripes: Sequence[CoverageStripe]

    @property
    def words(self) -> str:
        """What the stripes show."""
        partly = ", ".join(stripe.number for stripe in self.stripes if stripe.share < 1)
        if not partly:
            return str(_("Jedes der 20 Kriterien ist ganz berichtet"))
        return str(_("Nicht alles berichtet: Kriterium %(numbers)s", numbers=partly))


def coverage(view: DeclarationView) -> Coverage:
    """Count the points of each criterion; indicators count with the criterion that they are printed after."""
    *rows, total = view.counts
    return Coverage(total.reported, total.explained, total.total, rows, _stripes(view))


def _stripes(view: DeclarationView) -> list[CoverageStripe]:
    stripes: list[CoverageStripe] = []
    for part in view.parts:
        points: dict[str, list[bool]] = {}
        number = ""
        for chapter in part.chapters:
            number = chapter.number or number
            points.setdefault(number, []).extend(each.status == REPORTED for each in chapter.parts)
        stripes += [
            CoverageStripe(number, part.key, sum(reported) / max(1, len(reported)))
            for number, reported in points.items()
            if number
        ]
    return stripes
