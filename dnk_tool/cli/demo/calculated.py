"""What follows from the bills of the demo's companies, by the product's own calculators and factors.

So no declaration of the demo states a figure that the program would calculate otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo.content import DemoBill
from dnk_tool.domain import precision
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.figures.calculators import (
    Calculation,
    CalculatorLine,
    FactorSnapshot,
    evaluate_lines,
    with_proposed_factors,
)
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import format_number

EDITION = "dnk-2017"
SCOPE_1, LOCATION, MARKET = "ghg.scope1.gross", "ghg.scope2.location", "ghg.scope2.market"
# What most firms of the demo report of their bills, with the unit; what they have no bills of is zero.
REPORTED = {
    "energy.fuels.non-renewable": "kWh",
    "energy.fuels.renewable": "kWh",
    "energy.electricity.consumption": "kWh",
    "energy.heating.consumption": "kWh",
    "energy.cooling.consumption": "kWh",
    "energy.steam.consumption": "kWh",
    "energy.total": "kWh",
    "ghg.scope1.gross": "t-co2e",
    "ghg.scope1.biogenic": "t-co2e",
    "ghg.scope2.location": "t-co2e",
    "ghg.scope2.market": "t-co2e",
    "water.withdrawal.total": "m3",
    "water.withdrawal.freshwater": "m3",
    "water.withdrawal.water-stress": "m3",
    "water.withdrawal.other": "m3",
}


def calculator_lines_of(bills: Iterable[DemoBill], year: int) -> tuple[CalculatorLine, ...]:
    """The bills of a year as lines, each with the factors that the product proposes; ids count from 1."""
    return tuple(replace(calculator_line(bill, year), id=number) for number, bill in enumerate(bills, 1))


def calculator_line(bill: DemoBill, year: int) -> CalculatorLine:
    """The bill as a line that is not yet saved."""
    kind = load_calculators()[bill.calculator].activity(bill.activity)
    if kind is None:
        raise LookupError(bill.activity)
    quantities = {} if bill.amount is None else {QUANTITY_FIELD: Quantity(bill.amount, bill.unit)}
    for field, text in bill.fields.items():
        value, _, unit = text.partition(" ")
        quantities[field] = Quantity(Decimal(value), unit)
    line = CalculatorLine(
        0,
        bill.calculator,
        bill.activity,
        bill.label,
        quantities=quantities,
        basis=bill.basis,
        note=bill.note,
        code=bill.code,
    )
    return with_proposed_factors(line, kind, load_factors(), year)


def calculation_of_bills(bills: Iterable[DemoBill], year: int) -> Calculation:
    """All that follows from the bills of a year."""
    lines, points = calculator_lines_of(bills, year), load_catalogue(EDITION).datapoints
    return evaluate_lines(lines, load_calculators(), datapoints=points, reporting_year=year)


def figures_of_bills(bills: Iterable[DemoBill], year: int) -> dict[str, Figure]:
    """What a firm reports of its bills, as a careful person would type it: with the decimals of its unit."""
    results = calculation_of_bills(bills, year).results
    figures = {key: Figure(Decimal(0), unit, Quality.MEASURED) for key, unit in REPORTED.items()}
    for key, result in results.items():
        if key in REPORTED:
            value = precision.shown(result.value)
            figures[key] = Figure(value.value, value.unit, result.quality)
    return figures


def emissions_of(figures: Mapping[str, Figure]) -> Decimal:
    """Scope 1 and 2, location-based, in t CO2e."""
    return sum((figures[key].value or Decimal(0) for key in (SCOPE_1, LOCATION)), Decimal(0))


def factors_in_words(bills: Iterable[DemoBill], year: int, *scopes: str) -> str:
    """The factors of the bills for these scopes with their sources, one sentence a source."""
    by_source: dict[str, dict[str, None]] = {}
    lines = {line.id: line for line in calculator_lines_of(bills, year)}
    results = calculation_of_bills(bills, year).results
    steps = [step for key in scopes if key in results for step in results[key].steps]
    for step in steps:
        if step.factor and step.factor.value:
            words = f"{_name(lines[step.line])} {_amount(step.factor)}"
            by_source.setdefault(_source(step.factor), {})[words] = None
    return " ".join(f"{', '.join(words)}; Quelle: {source}." for source, words in by_source.items())


def _name(line: CalculatorLine) -> str:
    activity = load_calculators()[line.calculator].activity(line.activity)
    return activity.label.de if activity and not line.activity.startswith("electricity") else "Strommix"


def _amount(factor: FactorSnapshot) -> str:
    gas = "CO₂" if factor.gases == "CO2" else "CO₂e"
    if factor.unit == "l":
        return f"{format_number(round(factor.value, 2), 'de')} kg {gas} je Liter"
    per_gram = 1 if factor.result_unit == "g-co2e" else 1000
    return f"{round(factor.value * per_gram)} g {gas} je kWh"


def _source(factor: FactorSnapshot) -> str:
    edition = load_factors().editions.get(factor.edition)
    return f"{edition.publisher}, {edition.title}" if edition else "Abrechnung des Versorgers"


def progress_in_words(now: Mapping[str, Figure], before: Mapping[str, Figure], year: int) -> str:
    """What became of five per cent less in the year, by the figures of both years; `before` may be empty."""
    if not before:
        return f"Für {year} hatten wir noch kein Zwischenziel."
    less = round((1 - emissions_of(now) / emissions_of(before)) * 100)
    if less >= 5:
        return f"Für {year} hatten wir fünf Prozent weniger angestrebt und {less} Prozent erreicht."
    if less > 0:
        return f"Für {year} hatten wir fünf Prozent weniger angestrebt, es wurden {less} Prozent."
    return f"Für {year} hatten wir fünf Prozent weniger angestrebt. Das haben wir nicht erreicht."
