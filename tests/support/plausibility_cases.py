"""Companies out of `tests/data/plausibility_cases.yaml`, for tests of what looks odd."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.figures.plausibility import PlausibilityFacts
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.domain.quantities import Quantity

YEAR = 2025


@cache
def load_cases() -> dict[str, dict[str, dict[str, Any]]]:
    """The cases by rule: "odd" and "fine"."""
    file = Path(__file__).parents[1] / "data/plausibility_cases.yaml"
    cases: dict[str, dict[str, dict[str, Any]]] = YAML(typ="safe").load(file.read_text("utf-8"))
    return cases


def parse_cell_quantity(text: str) -> Quantity:
    """ "412 MWh" as a quantity."""
    value, _, unit = text.partition(" ")
    return Quantity(Decimal(value), unit)


def make_figure(text: str) -> Figure:
    """ "412 MWh" as a measured figure."""
    quantity = parse_cell_quantity(text)
    return Figure(quantity.value, quantity.unit, Quality.MEASURED)


def make_facts(case: Mapping[str, Any]) -> PlausibilityFacts:
    """The company of a case."""
    return PlausibilityFacts(
        year=YEAR,
        figures={key: make_figure(text) for key, text in case.get("figures", {}).items()},
        before={key: make_figure(text) for key, text in case.get("before", {}).items()},
        profile=Profile(
            "Muster GmbH",
            sector=case.get("sector", ""),
            employees=case.get("employees"),
            turnover=parse_cell_quantity(case["turnover"]) if "turnover" in case else None,
            sites=tuple(Site(f"Standort {number}") for number in range(case.get("sites", 0))),
        ),
        lines=[_line(number, line) for number, line in enumerate(case.get("lines", ()), start=1)],
        tables={key: Rows(tuple(map(_row, rows))) for key, rows in case.get("tables", {}).items()},
    )


def _line(number: int, line: Mapping[str, Any]) -> CalculatorLine:
    calculator, _, activity = line["activity"].partition("/")
    quantities = {key: parse_cell_quantity(text) for key, text in line["quantities"].items()}
    return CalculatorLine(number, calculator, activity, quantities=quantities)


def _row(row: Mapping[str, str]) -> dict[str, str | Quantity]:
    units = load_plausibility().family_by_unit
    cells: dict[str, str | Quantity] = {}
    for key, text in row.items():
        is_quantity = text.partition(" ")[2] in units and text[0].isdigit()
        cells[key] = parse_cell_quantity(text) if is_quantity else text
    return cells
