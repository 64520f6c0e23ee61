"""A company's climate goal: base year, target, what is counted, the guiding goal, the grid assumption."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure
from dnk_tool.domain.quantities import converted

SCOPE1, SCOPE3_WHOLE = "ghg.scope1.gross", "ghg.scope3.gross"
# The categories of Scope 3 that have a figure of their own; a goal may include some of them.
SCOPE3_CATEGORIES = (
    "ghg.scope3.purchased-goods",
    "ghg.scope3.fuel-and-energy",
    "ghg.scope3.upstream-transport",
    "ghg.scope3.waste",
    "ghg.scope3.business-travel",
    "ghg.scope3.commuting",
    "ghg.scope3.downstream-transport",
    "ghg.scope3.leased-assets",
)
ELECTRICITY = "energy.electricity.consumption"
TONNES, KILOWATT_HOURS = "t-co2e", "kWh"
KILOGRAM = Decimal("0.001")  # in t CO2e
LARGEST_BASE = Decimal(10**9)  # in t CO2e; what is more is a slip of the keyboard
_WIDE = Context(prec=80)
_DECIMALS = ((Decimal(50), 0), (Decimal(5), 1), (Decimal("0.5"), 2))  # from which base value on
FIRST_BASE_YEAR, LONGEST_PATH = 1990, 60


class Scope2Method(StrEnum):
    """Which of the two figures for Scope 2 the goal counts."""

    LOCATION = "location"
    MARKET = "market"

    @property
    def datapoint(self) -> str:
        """The key of its figure."""
        return f"ghg.scope2.{self.value}"


class Neutrality(StrEnum):
    """What the guiding goal means: zero in the own calculation, or the rest is paid for elsewhere."""

    CALCULATED = "calculated"
    COMPENSATED = "compensated"


class BaseOrigin(StrEnum):
    """Where the value of the base year comes from: the company's figures, or a person who typed it."""

    FIGURES = "figures"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class GridAssumption:
    """The company's assumption that electricity of the grid gets cleaner.

    `start` and `end` in kg CO2e for each kWh: what counts today, and what counts from `year` on; straight
    between both.
    """

    start: Decimal
    end: Decimal
    year: int

    def factor(self, year: int, *, since: int) -> Decimal:
        """The factor of a year in kg CO2e for each kWh, given that `start` is that of the year `since`."""
        if year <= since or self.year <= since:
            return self.start
        share = min(Decimal(1), Decimal(year - since) / Decimal(self.year - since))
        return self.start - (self.start - self.end) * share


@dataclass(frozen=True, slots=True)
class ClimateGoal:
    """What a company wants to reach: `percent` less than in the base year, or at most `amount` t CO2e.

    `base` is the base year's value in t CO2e over all that the goal counts: Scope 1, Scope 2 by one method,
    and the figures of Scope 3 in `scope3`. `base_reason`: why it was taken anew. `neutral_year` is the
    guiding goal, with what "neutral" means. `is_in_declaration`: the declaration shows the path.
    """

    base_year: int
    base: Decimal
    target_year: int
    percent: Decimal | None = None
    amount: Decimal | None = None
    scope2: Scope2Method = Scope2Method.LOCATION
    scope3: frozenset[str] = frozenset()
    base_origin: BaseOrigin = BaseOrigin.FIGURES
    base_reason: str = ""
    neutral_year: int | None = None
    neutrality: Neutrality | None = None
    grid: GridAssumption | None = None
    is_in_declaration: bool = False

    @property
    def target(self) -> Decimal:
        """What is left in the target year, in t CO2e; of a share to the kilogram."""
        if self.amount is not None:
            return self.amount
        exact = self.base * (100 - (self.percent or Decimal(0))) / 100
        return to_kilogram(exact)

    @property
    def reduction(self) -> Decimal:
        """The reduction in per cent of the base year's value; 0 where that is zero."""
        if self.percent is not None:
            return self.percent
        return (self.base - self.target) / self.base * 100 if self.base else Decimal(0)

    @property
    def datapoints(self) -> tuple[str, ...]:
        """The keys of the figures that the goal adds up."""
        return counted_datapoints(self.scope2, self.scope3)


def to_kilogram(exact: Decimal) -> Decimal:
    """The amount in t CO2e, rounded to the kilogram."""
    return exact.quantize(KILOGRAM, context=_WIDE)


def shown_decimals(base: Decimal) -> int:
    """How many decimals the amounts of a path have, by its base value in t CO2e; three below half a tonne."""
    return next((decimals for least, decimals in _DECIMALS if base >= least), 3)


def counted_datapoints(scope2: Scope2Method, scope3: frozenset[str]) -> tuple[str, ...]:
    """The keys of the figures that a goal of these scopes adds up."""
    return (SCOPE1, scope2.datapoint, *sorted(scope3))


@dataclass(frozen=True, slots=True)
class YearEmissions:
    """The emissions of a year that a goal counts, in t CO2e; `total` is None where a part is missing.

    `missing`: keys of the figures without a value. `scope2` in t CO2e, `electricity` in kWh, as far as known.
    """

    total: Decimal | None
    missing: tuple[str, ...] = ()
    scope2: Decimal | None = None
    electricity: Decimal | None = None


def year_emissions(
    figures: Mapping[str, Figure],
    points: Mapping[str, Datapoint],
    scope2: Scope2Method,
    scope3: frozenset[str],
) -> YearEmissions:
    """Add up the figures of one year that a goal of these scopes counts."""
    keys = counted_datapoints(scope2, scope3)
    parts = {key: _amount(figures, points, key, TONNES) for key in keys}
    missing = tuple(key for key in keys if parts[key] is None)
    total = None if missing else sum((part for part in parts.values() if part is not None), Decimal(0))
    electricity = _amount(figures, points, ELECTRICITY, KILOWATT_HOURS)
    return YearEmissions(total, missing, parts[scope2.datapoint], electricity)


def _amount(
    figures: Mapping[str, Figure], points: Mapping[str, Datapoint], key: str, unit: str
) -> Decimal | None:
    """The figure in the unit; None without a value, and for a figure that this edition does not know."""
    quantity = figures.get(key, NO_FIGURE).quantity
    point = points.get(key)
    if quantity is None or point is None or quantity.unit not in point.family.units:
        return None
    return converted(quantity, unit, point.family)
