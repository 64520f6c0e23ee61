"""Lines of calculators for tests, with the factors that the product proposes."""

from collections.abc import Mapping
from decimal import Decimal

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.figures.calculators import (
    Calculation,
    CalculatorLine,
    evaluate_lines,
    with_proposed_factors,
)
from dnk_tool.domain.quantities import Quantity

YEAR = 2025
DATAPOINTS = load_catalogue("dnk-2017").datapoints


def parse_quantity(text: str) -> Quantity:
    """ "1000 l" as a quantity; the unit "1" counts."""
    value, unit = text.split()
    return Quantity(Decimal(value), unit)


def activity_of(line: CalculatorLine) -> Activity:
    activity = load_calculators()[line.calculator].activity(line.activity)
    assert activity is not None, (line.calculator, line.activity)
    return activity


def make_line(
    where: str, number: int = 1, *, year: int = YEAR, gwp_set: str = "", **given: str
) -> CalculatorLine:
    """A line of "calculator/activity" with its fields, such as `quantity="1000 l"`; "_" stands for "-"."""
    calculator, activity = where.split("/")
    quantities = {key.replace("_", "-"): parse_quantity(text) for key, text in given.items()}
    bare = CalculatorLine(number, calculator, activity, quantities=quantities)
    return with_proposed_factors(bare, activity_of(bare), load_factors(), year, gwp_set)


def make_calculation(
    *lines: CalculatorLine, figures: Mapping[str, Figure] | None = None, year: int | None = None
) -> Calculation:
    return evaluate_lines(
        lines, load_calculators(), datapoints=DATAPOINTS, figures=figures, reporting_year=year
    )
