"""The values that the rules compare: of figures, profile and tables, each known exactly or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.plausibility.model import (
    COMPANY_VALUE_FAMILIES,
    LINE_SUM_PREFIX,
    PlausibilityLimits,
    PlausibilityRules,
    RuleAmount,
)
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain import precision
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity

FTE_BY_AGE = ("workforce.fte.under-30", "workforce.fte.30-to-50", "workforce.fte.over-50")


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A value as entered, and exactly in the base unit of its family; `is_before`: of the year before.

    `name` is the name that a line has itself; other values are named by their key. `figure`: the one that
    has the value, if a single one has.
    """

    key: str
    quantity: Quantity
    exact: Fraction
    is_before: bool = False
    name: str = ""
    figure: Figure | None = field(default=None, compare=False)

    @property
    def readable(self) -> Quantity:
        """The quantity for readers."""
        return (self.figure and self.figure.readable) or precision.as_typed(self.quantity)


@dataclass(frozen=True)
class PlausibilityFacts:
    """A company's data of one year, and its figures of the year before. A missing value is not zero.

    `tables` and `choices`: what the declaration says in its items, by ref.
    """

    year: int
    figures: Mapping[str, Figure] = field(default_factory=dict)
    before: Mapping[str, Figure] = field(default_factory=dict)
    profile: Profile | None = None
    lines: Sequence[CalculatorLine] = ()
    tables: Mapping[str, Rows] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FactLookup:
    """Looks up values; each lookup gives None for an unknown one."""

    rules: PlausibilityRules
    facts: PlausibilityFacts
    _known: dict[str, ComparedValue | None] = field(default_factory=dict, init=False, compare=False)
    _factors: dict[tuple[str, str], Fraction] = field(default_factory=dict, init=False, compare=False)

    def figure(self, key: str) -> ComparedValue | None:
        """The figure of the reporting year, which many rules compare."""
        return self.value(key)

    def before(self, key: str) -> ComparedValue | None:
        """The figure of the year before."""
        return self._figure_value(key, self.facts.before.get(key, NO_FIGURE), is_before=True)

    def value(self, key: str) -> ComparedValue | None:
        """A figure, a company value, or the sum of a table's column or of a field over lines."""
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: str) -> ComparedValue | None:
        if key in COMPANY_VALUE_FAMILIES:
            return self._company_value(key)
        if key.startswith(LINE_SUM_PREFIX):
            return self._line_sum(key)
        if "/" in key:
            return self._column(key)
        return self._figure_value(key, self.facts.figures.get(key, NO_FIGURE))

    def values(self, keys: Sequence[str]) -> tuple[ComparedValue, ...] | None:
        """All of these values, or None if one of them is unknown."""
        values = self._known_values(keys)
        return values if len(values) == len(keys) else None

    def amount(self, amount: RuleAmount) -> tuple[Fraction, tuple[ComparedValue, ...]] | None:
        """The sum in the amount's unit, with the values it is made of; None if one is unknown or unlike.

        Of a partial amount the known values, of which there must be one.
        """
        values = self._known_values(amount.keys)
        if not values or (len(values) < len(amount.keys) and not amount.is_partial):
            return None
        less = self._known_values(amount.less)
        compared, family = (*values, *less), self._measured(amount.unit)
        if any(self._measured(value.quantity.unit) != family for value in compared):
            return None
        exact = compared[0].exact  # most amounts are one value: fractions are neither added to nothing
        if len(compared) > 1:
            exact += sum(value.exact for value in values[1:]) - sum(value.exact for value in less)
        factor = self.factor(amount.unit)
        return exact if factor == 1 else exact / factor, compared  # nor divided by one

    def _known_values(self, keys: Sequence[str]) -> tuple[ComparedValue, ...]:
        return tuple(value for key in keys if (value := self.value(key)) is not None)

    def is_calculated(self, keys: Collection[str]) -> bool:
        """Whether those of these figures that are known follow from lines."""
        figures = (figure for key in keys if (figure := self.facts.figures.get(key, NO_FIGURE)).quantity)
        return all(figure.origin is Origin.LINES for figure in figures)

    def factor(self, unit: str) -> Fraction:
        """The number of base units in one of this unit. Raises KeyError for an unknown unit."""
        return self._factor_in(self.rules.family_by_unit[unit], unit)

    def _factor_in(self, family: UnitFamily, unit: str) -> Fraction:
        key = family.key, unit
        if key not in self._factors:
            self._factors[key] = Fraction(family.units[unit].factor)
        return self._factors[key]

    def family(self, unit: str) -> UnitFamily | None:
        """The family of a unit by its symbol, or None."""
        return self.rules.family_by_unit.get(unit)

    def fitting(self, limits: Sequence[PlausibilityLimits]) -> PlausibilityLimits | None:
        """The first limits that fit the company; those for a sector or size need it to be known."""
        profile = self.facts.profile
        sector = profile.sector if profile else ""
        divisions, code = load_sectors().compared_divisions(sector), load_sectors().compared_class(sector)
        employees = profile.employees if profile else None
        for limit in limits:
            is_division = bool(divisions) and divisions <= limit.divisions
            is_group = any(code.startswith(group) for group in limit.groups)
            if (limit.divisions or limit.groups) and not (is_division or is_group):
                continue
            if limit.employees_from or limit.employees_to is not None:
                if employees is None or employees < limit.employees_from:
                    continue
                if limit.employees_to is not None and employees > limit.employees_to:
                    continue
            return limit
        return None

    def compared(self, key: str, quantity: Quantity, name: str = "") -> ComparedValue | None:
        """A quantity with its exact value; None for an unknown unit."""
        family = self.family(quantity.unit)
        if family is None:
            return None
        return ComparedValue(key, quantity, Fraction(quantity.value) * self.factor(quantity.unit), name=name)

    def is_alike(self, compared_value: ComparedValue, unit: str) -> bool:
        """Whether the value is measured in the family of the unit."""
        return self._measured(compared_value.quantity.unit) == self._measured(unit)

    def _measured(self, unit: str) -> str:
        """The family of the unit; persons count as full-time equivalents where only they are known."""
        family = self.family(unit)
        key = family.key if family else ""
        return "fte" if key == "persons" else key

    def _figure_value(self, key: str, figure: Figure, *, is_before: bool = False) -> ComparedValue | None:
        point, quantity = self.rules.datapoints.get(key), figure.quantity
        if point is None or quantity is None or figure.quality is Quality.NOT_AVAILABLE:
            return None
        if quantity.unit not in point.family.units:
            return None
        exact = Fraction(quantity.value) * self._factor_in(point.family, quantity.unit)
        return ComparedValue(key, quantity, exact, is_before, figure=figure)

    def _company_value(self, key: str) -> ComparedValue | None:
        match key:
            case "company.employees":
                return self.figure("workforce.headcount") or self._employees()
            case "company.fte":
                return self._fte()
            case "company.staff":
                return self._fte() or self._company_value("company.employees")
            case "company.turnover":
                return self.figure("economy.turnover") or self._turnover()
            case "profile.employees":
                return self._employees()
            case "profile.turnover":
                return self._turnover()
            case _:
                sites = len(self.facts.profile.sites) if self.facts.profile else 0
                return self.compared(key, Quantity(Decimal(sites), "1")) if sites else None

    def _employees(self) -> ComparedValue | None:
        employees = self.facts.profile.employees if self.facts.profile else None
        if employees is None:
            return None
        return self.compared("profile.employees", Quantity(Decimal(employees), "persons"))

    def _turnover(self) -> ComparedValue | None:
        turnover = self.facts.profile.turnover if self.facts.profile else None
        return self.compared("profile.turnover", turnover) if turnover else None

    def _fte(self) -> ComparedValue | None:
        """Full-time equivalents: the total, or the sum of all ages."""
        ages = [self.figure(key) for key in FTE_BY_AGE]
        cells = [age.quantity if age else None for age in ages]
        return self.figure("workforce.fte.total") or self._sum("company.fte", cells)

    def _line_sum(self, key: str) -> ComparedValue | None:
        """The sum of a field over the lines of one activity; None if a line lacks it."""
        where, _, field = key.removeprefix(LINE_SUM_PREFIX).rpartition(".")
        lines = [line for line in self.facts.lines if f"{line.calculator}/{line.activity}" == where]
        return self._sum(key, [line.quantities.get(field) for line in lines])

    def _column(self, key: str) -> ComparedValue | None:
        """The sum of a column; None if a cell is empty."""
        ref, _, column = key.partition("/")
        rows = self.facts.tables.get(ref)
        return self._sum(key, [_cell(row, column) for row in rows.rows] if rows else [])

    def _sum(self, key: str, cells: Sequence[Quantity | None]) -> ComparedValue | None:
        """The sum in the unit of the first cell; None unless all cells are known and measured alike."""
        values = [self.compared(key, cell) for cell in cells if cell is not None]
        known = [value for value in values if value is not None]
        if not cells or len(known) < len(cells):
            return None
        unit = known[0].quantity.unit
        if not all(self.is_alike(value, unit) for value in known):
            return None
        total = sum((value.exact for value in known), Fraction(0))
        return ComparedValue(key, Quantity(display_decimal(total / self.factor(unit)), unit), total)


def _cell(row: Row, column: str) -> Quantity | None:
    cell = row.get(column)
    return cell if isinstance(cell, Quantity) else None


def display_decimal(value: Fraction) -> Decimal:
    """The value for display: exact if that is short, else whole from a thousand on, else three digits."""
    for decimals in range(4):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            return Decimal(scaled.numerator).scaleb(-decimals)
    if abs(value) >= 1000:
        return Decimal(round(value))
    decimals = 2
    while abs(value) * 10**decimals < 100 and decimals < 12:
        decimals += 1
    while decimals and abs(value) * 10 ** (decimals - 1) >= 100:
        decimals -= 1
    rounded = Decimal(round(value * 10**decimals)).scaleb(-decimals)
    return rounded
