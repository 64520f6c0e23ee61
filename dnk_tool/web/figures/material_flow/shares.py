"""The shares of the flow over the years, with their change since the year before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.domain import numbers
from dnk_tool.domain.figures.material_flow import FlowYear, followed_shares
from dnk_tool.report.view.charts.material_flow import FLOW_SHARE, SHARE_DECIMALS
from dnk_tool.web.figures.material_flow.balance import percent


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share in per cent for each year; `change` says in words how it moved, "" where nothing is known."""

    name: str
    cells: tuple[str, ...]
    change: str


def share_rows(flow: Sequence[FlowYear]) -> list[ShareRow]:
    """The shares that are known for some year."""
    years = [each.year for each in flow]
    return [
        ShareRow(str(_(FLOW_SHARE[part])), tuple(map(percent, shares)), _change(years, shares))
        for part, shares in followed_shares(tuple(flow)).items()
    ]


def _change(years: Sequence[int], shares: Sequence[Decimal | None]) -> str:
    """How the last year's share differs from the latest known one before it."""
    *earlier, now = zip(years, shares, strict=True)
    before = next(((year, share) for year, share in reversed(earlier) if share is not None), None)
    if now[1] is None or before is None or before[1] is None:
        return ""
    points = numbers.to_decimals(now[1] - before[1], SHARE_DECIMALS)
    if not points:
        return str(_("wie %(year)s", year=before[0]))
    sign = "+" if points > 0 else ""
    return str(_("%(points)s Prozentpunkte seit %(year)s", points=f"{sign}{percent(points)}", year=before[0]))
