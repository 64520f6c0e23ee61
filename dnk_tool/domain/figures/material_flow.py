"""The flow of material through a company: what goes in, what comes out, and the rest that nothing explains.

All amounts are in t; None where a figure lacks, which is never zero. The balance follows ISO 14051: what goes
in leaves as product or as waste, unless it is in stock, in the air or counted wrongly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.quantities import converted

TONNE = "t"
GRAM = Decimal("0.000001")  # in t
MOST_UNEXPLAINED = 10  # per cent of the input; a larger rest is to be checked
MOST_YEARS = 4  # of a trend: the reporting year and three before

# Which figure gives each amount of a year.
FLOW_FIGURES: Mapping[str, str] = {
    "renewable": "materials.renewable.mass",
    "non_renewable": "materials.non-renewable.mass",
    "bio_based": "materials.bio-based.mass",
    "recycled": "materials.recycled.mass",
    "domestic": "materials.domestic.mass",
    "products": "materials.products.mass",
    "waste": "waste.total",
    "waste_recycled": "waste.recycled.mass",
    "waste_recovered": "waste.recovered.mass",
}
MATERIALS = frozenset(key for key in FLOW_FIGURES.values() if key.startswith("materials."))
BALANCE = ("renewable", "non_renewable", "products", "waste")  # without these no rest can be told


class FlowPart(StrEnum):
    """A part of the flow, in the order in which it is told."""

    INPUT = "input"
    RENEWABLE = "renewable"
    NON_RENEWABLE = "non-renewable"
    BIO_BASED = "bio-based"
    RECYCLED = "recycled"
    OTHER = "other"
    DOMESTIC = "domestic"
    ELSEWHERE = "elsewhere"
    PRODUCTS = "products"
    WASTE = "waste"
    WASTE_RECYCLED = "waste-recycled"
    WASTE_OTHER_RECOVERY = "waste-other-recovery"  # reused, or recovered as material in another way
    WASTE_RECOVERED = "waste-recovered"  # the two before together
    WASTE_DISPOSAL = "waste-disposal"  # incineration with energy recovery included, as in GRI 306
    WASTE_UNKNOWN = "waste-unknown"
    REST = "rest"


class FlowGroup(StrEnum):
    """What parts divide: the input in three ways, and the waste by route; the rest of the flow is whole."""

    INPUT = "input"
    KIND = "kind"
    SOURCE = "source"
    ORIGIN = "origin"
    OUTPUT = "output"
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class FlowAmount:
    """A part with its amount in t and its share of the input in per cent; None where unknown."""

    group: FlowGroup
    part: FlowPart
    amount: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class FlowYear:
    """The amounts of one year in t; `waste_recovered` includes `waste_recycled`."""

    year: int
    renewable: Decimal | None = None
    non_renewable: Decimal | None = None
    bio_based: Decimal | None = None
    recycled: Decimal | None = None
    domestic: Decimal | None = None
    products: Decimal | None = None
    waste: Decimal | None = None
    waste_recycled: Decimal | None = None
    waste_recovered: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no amount is known."""
        return all(amount is None for amount in amounts_of(self).values())

    @property
    def input(self) -> Decimal | None:
        """All materials together."""
        if self.renewable is None or self.non_renewable is None:
            return None
        return self.renewable + self.non_renewable

    @property
    def other(self) -> Decimal | None:
        """What of the input nobody calls new and bio-based or recycled; None if these are more than all."""
        if self.input is None or self.bio_based is None or self.recycled is None:
            return None
        return _not_negative(self.input - self.bio_based - self.recycled)

    @property
    def elsewhere(self) -> Decimal | None:
        """What of the input is not known to come from Germany; None if that is more than all."""
        if self.input is None or self.domestic is None:
            return None
        return _not_negative(self.input - self.domestic)

    @property
    def rest(self) -> Decimal | None:
        """What of the input is neither product nor waste; below zero if more comes out than goes in."""
        if self.input is None or self.products is None or self.waste is None:
            return None
        return self.input - self.products - self.waste

    @property
    def is_to_be_checked(self) -> bool:
        """Whether the rest is more than `MOST_UNEXPLAINED` per cent of the input, in either direction."""
        if self.rest is None or self.input is None:
            return False
        return abs(self.rest) * 100 > self.input * MOST_UNEXPLAINED

    @property
    def exceeds_input(self) -> bool:
        """Whether a part of the input is said to be more than all of it."""
        if self.input is None:
            return False
        sources = (self.bio_based or Decimal(0)) + (self.recycled or Decimal(0))
        return max(sources, self.domestic or Decimal(0)) > self.input

    @property
    def missing(self) -> tuple[str, ...]:
        """The figures without which the balance cannot be told, in the order of the flow."""
        return tuple(FLOW_FIGURES[name] for name in BALANCE if getattr(self, name) is None)


def material_flow(
    figures: Mapping[tuple[int, str], Figure], points: Mapping[str, Datapoint], until: int
) -> tuple[FlowYear, ...]:
    """The years with any amount, at most `MOST_YEARS` up to `until`, the earliest first."""
    years = range(until - MOST_YEARS + 1, until + 1)
    flows = (_flow_of_year(figures, points, year) for year in years)
    return tuple(flow for flow in flows if not flow.is_empty)


def _flow_of_year(
    figures: Mapping[tuple[int, str], Figure], points: Mapping[str, Datapoint], year: int
) -> FlowYear:
    amounts = {name: _tonnes(figures.get((year, key)), points.get(key)) for name, key in FLOW_FIGURES.items()}
    return FlowYear(year, **amounts)


def _tonnes(figure: Figure | None, point: Datapoint | None) -> Decimal | None:
    if figure is None or point is None or figure.quantity is None:
        return None
    return converted(figure.quantity, TONNE, point.family)


def amounts_of(flow: FlowYear) -> dict[str, Decimal | None]:
    """The amounts of the year by the names of `FLOW_FIGURES`."""
    return {name: getattr(flow, name) for name in FLOW_FIGURES}


def flow_amounts(flow: FlowYear) -> tuple[FlowAmount, ...]:
    """The whole flow of a year, in the order in which it is told."""
    parts = (
        (FlowGroup.INPUT, FlowPart.INPUT, flow.input),
        (FlowGroup.KIND, FlowPart.RENEWABLE, flow.renewable),
        (FlowGroup.KIND, FlowPart.NON_RENEWABLE, flow.non_renewable),
        (FlowGroup.SOURCE, FlowPart.BIO_BASED, flow.bio_based),
        (FlowGroup.SOURCE, FlowPart.RECYCLED, flow.recycled),
        (FlowGroup.SOURCE, FlowPart.OTHER, flow.other),
        (FlowGroup.ORIGIN, FlowPart.DOMESTIC, flow.domestic),
        (FlowGroup.ORIGIN, FlowPart.ELSEWHERE, flow.elsewhere),
        (FlowGroup.OUTPUT, FlowPart.PRODUCTS, flow.products),
        (FlowGroup.OUTPUT, FlowPart.WASTE, flow.waste),
        *((FlowGroup.ROUTE, part, amount) for part, amount in waste_routes(flow)),
        (FlowGroup.OUTPUT, FlowPart.REST, flow.rest),
    )
    return tuple(
        FlowAmount(group, part, amount, percent_of(amount, flow.input)) for group, part, amount in parts
    )


def waste_routes(flow: FlowYear) -> tuple[tuple[FlowPart, Decimal], ...]:
    """The waste by route, routes without any left out; as one unknown route where figures contradict."""
    if flow.waste is None:
        return ()
    is_unknown = _contradicts(flow)
    parts = {FlowPart.WASTE_UNKNOWN: flow.waste} if is_unknown else _waste_parts(flow, flow.waste)
    return tuple((part, amount) for part, amount in parts.items() if amount)


def _contradicts(flow: FlowYear) -> bool:
    """Whether more of the waste is said to be recycled or recovered than there is of it."""
    return flow.waste is not None and any(amount < 0 for amount in _waste_parts(flow, flow.waste).values())


def _waste_parts(flow: FlowYear, waste: Decimal) -> dict[FlowPart, Decimal]:
    recycled, recovered = flow.waste_recycled, flow.waste_recovered
    if recovered is None:
        known = {} if recycled is None else {FlowPart.WASTE_RECYCLED: recycled}
        return {**known, FlowPart.WASTE_UNKNOWN: waste - (recycled or Decimal(0))}
    if recycled is None:
        return {FlowPart.WASTE_RECOVERED: recovered, FlowPart.WASTE_DISPOSAL: waste - recovered}
    return {
        FlowPart.WASTE_RECYCLED: recycled,
        FlowPart.WASTE_OTHER_RECOVERY: recovered - recycled,
        FlowPart.WASTE_DISPOSAL: waste - recovered,
    }


def flow_shares(flow: FlowYear) -> dict[FlowPart, Decimal | None]:
    """The shares that are followed, in per cent: of the input, and of the waste for what is recovered.

    None where figures of the waste contradict each other, as its routes are unknown then.
    """
    of_input = {
        FlowPart.RENEWABLE: flow.renewable,
        FlowPart.BIO_BASED: flow.bio_based,
        FlowPart.RECYCLED: flow.recycled,
        FlowPart.DOMESTIC: flow.domestic,
        FlowPart.PRODUCTS: flow.products,
        FlowPart.REST: flow.rest,
    }
    shares = {part: percent_of(amount, flow.input) for part, amount in of_input.items()}
    recovered = None if _contradicts(flow) else percent_of(flow.waste_recovered, flow.waste)
    return {**shares, FlowPart.WASTE_RECOVERED: recovered}


def followed_shares(flow: tuple[FlowYear, ...]) -> dict[FlowPart, tuple[Decimal | None, ...]]:
    """The shares of all years by part, in the order of the years; parts that no year knows are left out."""
    by_year = [flow_shares(each) for each in flow]
    parts = by_year[0] if by_year else {}
    rows = {part: tuple(shares[part] for shares in by_year) for part in parts}
    return {part: row for part, row in rows.items() if any(share is not None for share in row)}


def percent_of(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """The part in per cent of the whole; None if either is unknown or the whole is zero."""
    return None if part is None or not whole else part * 100 / whole


def _not_negative(amount: Decimal) -> Decimal | None:
    return amount if amount >= 0 else None
