"""The waste of a company's latest year, from which it can prepare offers; nothing is offered by itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD
from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.exchange.residues import NoticeKind, ResidueNotice, fitting_codes
from dnk_tool.domain.figures.calculators import CalculatorLine, line_from_json
from dnk_tool.domain.figures.calculators.line_checks import is_hazardous_kind
from dnk_tool.language import format_number
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.figures import LineRow
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

WASTE = "waste"
KILOGRAMS_IN_TONNE = 1000


@dataclass(frozen=True)
class WasteLine:
    """A line of waste that can become an offer. `tonnes` is None where the line states a volume."""

    id: int
    year: int
    label: str
    code: str
    tonnes: Decimal | None

    @property
    def amount(self) -> str:
        return f"{format_number(self.tonnes, current_language())} t" if self.tonnes is not None else ""


def latest_waste_lines(organisation_id: int, offered: Collection[ResidueNotice]) -> list[WasteLine]:
    """The harmless waste of the latest year with lines, without what the company offers already."""
    rows = calculator_lines.latest_rows(db(), organisation_id, WASTE)
    lines = [line for row in rows if (line := _waste_line(row)) is not None]
    codes = {code for notice in offered if notice.kind is NoticeKind.OFFER for code in notice.codes}
    titles = {notice.title for notice in offered if notice.kind is NoticeKind.OFFER}
    return [line for line in lines if line.code not in codes and line.label not in titles]


def find_waste_line(organisation_id: int, line_id: int | None) -> WasteLine | None:
    """A line of waste of the company that can become an offer; None if there is none."""
    row = calculator_lines.row_of_company(db(), organisation_id, line_id) if line_id else None
    return _waste_line(row) if row and row.calculator == WASTE else None


def fitting_waste(lines: Iterable[WasteLine], notice: ResidueNotice) -> str:
    """What the company calls its first waste that a searched residue goes with; empty for an offer."""
    if notice.kind is NoticeKind.OFFER:
        return ""
    pairs = load_residue_pairs()
    fits = (line.label for line in lines if line.code and fitting_codes([line.code], notice.codes, pairs))
    return next(fits, "")


def _waste_line(row: LineRow) -> WasteLine | None:
    line = line_from_json(row.content, id=row.id)
    activity = load_calculators()[WASTE].activity(line.activity)
    if activity is None or is_hazardous_kind(activity):
        return None
    label = line.label or activity.label.to(current_language())
    return WasteLine(line.id, row.year, label, line.code.rstrip("*"), _tonnes(line))


def _tonnes(line: CalculatorLine) -> Decimal | None:
    quantity = line.quantities.get(QUANTITY_FIELD)
    if quantity is None or quantity.unit not in ("t", "kg") or quantity.value <= 0:
        return None
    return quantity.value if quantity.unit == "t" else quantity.value / KILOGRAMS_IN_TONNE
