"""What companies give to the figures of a release: their values in one unit, and the parts of a rate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.aggregation_rules import RATE_SCALES, ReleaseFigure
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.aggregates.model import CompanyFigures, Difference, PerUnit
from dnk_tool.domain.aggregates.rules import CompanyValue, CompanyValues
from dnk_tool.domain.quantities import PRECISION, Quantity, from_base, in_base

Datapoints = Mapping[str, Datapoint]
HEADCOUNT, TURNOVER = "workforce.headcount", "economy.turnover"
MILLION = Decimal(1_000_000)
_AND = "+"


def sum_kind(keys: Iterable[str]) -> str:
    """What the sum of these datapoints is called among published sums: the key of a single one."""
    return _AND.join(keys)


def keys_of_kind(kind: str) -> list[str]:
    """The datapoints that a sum called so adds up."""
    return kind.split(_AND)


def value_of(company: CompanyFigures, keys: Iterable[str], datapoints: Datapoints) -> Decimal | None:
    """The company's datapoints added up, in the default unit of the first; None if one has no value."""
    listed = list(keys)
    unit_of = datapoints[listed[0]]
    total = Fraction(0)
    for key in listed:
        figure = company.figures.get(key)
        units = datapoints[key].family.units
        quantity = None if figure is None or figure.is_contradictory else figure.quantity
        if quantity is None or quantity.unit not in units:
            return None
        total += in_base(quantity, units)
    return from_base(total, unit_of.default_unit, unit_of.family)


def rate_of(company: CompanyFigures, point: Datapoint, datapoints: Datapoints) -> Decimal | None:
    """The company's own rate in its default unit from the figures that it divides; None if one is missing."""
    if point.pooled is None:
        return None
    sums = []
    for keys in (point.pooled.numerator, point.pooled.denominator):
        value, unit_of = value_of(company, keys, datapoints), datapoints[keys[0]]
        if value is None:
            return None
        sums.append(in_base(Quantity(value, unit_of.default_unit), unit_of.family.units))
    above, below = sums
    if not below:
        return None
    return from_base(above / below * RATE_SCALES[point.family.key], point.default_unit, point.family)


def figure_values(
    companies: Sequence[CompanyFigures], keys: Sequence[str], datapoints: Datapoints
) -> CompanyValues:
    """What each company that gives all of the datapoints contributes, in the default unit of the first."""
    found = ((company, value_of(company, keys, datapoints)) for company in companies)
    return [
        CompanyValue(
            company.company,
            value,
            company.is_published,
            company.is_submitted,
            company.section,
            company.size,
            company.version,
            company.was_published,
            company.was_submitted,
            company.is_confirmed,
        )
        for company, value in found
        if value is not None
    ]


def values_for_middle(
    companies: Sequence[CompanyFigures], figure: ReleaseFigure, per: PerUnit, datapoints: Datapoints
) -> CompanyValues:
    """The values of comparable companies for each unit; without those that do not say how many they have."""
    comparable = [company for company in companies if not differences_of(company, figure)]
    units = {company.company: units_of(company, per, datapoints) for company in comparable}
    return [
        replace(each, value=PRECISION.divide(each.value, unit))
        for each in figure_values(comparable, figure.parts, datapoints)
        if (unit := units[each.company])
    ]


def units_of(company: CompanyFigures, per: PerUnit, datapoints: Datapoints) -> Decimal | None:
    """A company's employees or million euros of turnover, 1 for the company itself; None if not above 0."""
    if per is PerUnit.COMPANY:
        return Decimal(1)
    if per is PerUnit.EMPLOYEE:
        known = None if company.employees is None else Decimal(company.employees)
        units = value_of(company, [HEADCOUNT], datapoints) or known
    else:
        euros = value_of(company, [TURNOVER], datapoints) or _euros(company.turnover, datapoints)
        units = None if euros is None else PRECISION.divide(euros, MILLION)
    return units if units is not None and units > 0 else None


def _euros(turnover: Quantity | None, datapoints: Datapoints) -> Decimal | None:
    family = datapoints[TURNOVER].family
    if turnover is None or turnover.unit not in family.units:
        return None
    return from_base(in_base(turnover, family.units), family.base, family)


def differences_of(company: CompanyFigures, figure: ReleaseFigure) -> frozenset[Difference]:
    """Why the company's figure is not compared, over all its parts; empty if it is."""
    return frozenset().union(*(company.not_comparable.get(key, frozenset()) for key in figure.parts))
