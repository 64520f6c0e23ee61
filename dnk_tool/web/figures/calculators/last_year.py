"""Last year's lines that this year lacks, each one click from its form."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.text.quantities import QuantityFormatter


@dataclass(frozen=True)
class LastYearLineRow:
    """A line of the year before, and the address of a form for this year with its name and site."""

    title: str
    quantity: str
    href: str


def last_year_line_rows(
    declaration: Declaration,
    calculator: Calculator,
    own: Sequence[StoredLine],
    before: Sequence[StoredLine],
    shown: QuantityFormatter,
) -> tuple[LastYearLineRow, ...]:
    """Last year's lines that this year lacks. Matches "Strom 01/2025" with "Strom 01/2026"."""
    year = declaration.reporting_year
    there = Counter(_match_key(stored.line, stored.line.label) for stored in own)
    rows = []
    for stored in before:
        line, label = stored.line, label_for_year(stored.line.label, year)
        activity = calculator.activity(line.activity)
        if there[_match_key(line, label)]:
            there[_match_key(line, label)] -= 1
        elif activity:
            kept: dict[str, Any] = {"label": label, "site": line.site, "basis": line.basis.value}
            rows.append(
                LastYearLineRow(
                    ": ".join(text for text in (activity.label.to(shown.language), line.label) if text),
                    entered_text(stored, activity, shown),
                    url_for(
                        "calculators.new",
                        declaration_id=declaration.id,
                        calculator_key=calculator.key,
                        art=activity.key,
                        **{name: text for name, text in kept.items() if text},
                    ),
                )
            )
    return tuple(rows)


def label_for_year(label: str, year: int) -> str:
    """Last year's label with the year in it replaced by this year."""
    return re.sub(rf"(?<!\d){year - 1}(?!\d)", str(year), label)


def _match_key(line: CalculatorLine, label: str) -> tuple[str, str, str]:
    return line.activity, label, line.site
