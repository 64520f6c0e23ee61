"""The sites that a company's figures of a year include, and whether they differ from the year before.

Adds up the figures of sites to the company's figure, exactly and in any order of sites and units.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.numbers import MAX_DECIMALS
from dnk_tool.domain.quantities import Quantity, in_base


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """The sites that were chosen for a year, and why they differ from the year before."""

    sites: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SiteScope:
    """The sites of one year: included, left out, and those of the year before.

    `note` is the company's sentence on why the two years differ.
    """

    year: int
    included: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    note: str = ""

    @property
    def added(self) -> tuple[str, ...]:
        """The sites that were not included the year before."""
        return tuple(site for site in self.included if site not in self.before) if self.before else ()

    @property
    def dropped(self) -> tuple[str, ...]:
        """The sites that were included the year before and no longer are."""
        return tuple(site for site in self.before if site not in self.included)

    @property
    def has_changed(self) -> bool:
        """Whether the included sites differ from those of the year before."""
        return bool(self.added or self.dropped)

    @property
    def says_something(self) -> bool:
        """Whether a reader must be told: a site is left out, or the years are not directly comparable."""
        return bool(self.left_out or self.has_changed or self.note)


def site_scope(
    year: int,
    known: Sequence[str],
    *,
    chosen: Collection[str] | None,
    with_figures: Collection[str],
    before: Collection[str] | None,
    note: str = "",
) -> SiteScope:
    """The scope of a year.

    `known` are the sites of the profile; `chosen` those chosen for the year, None: no choice was made, and
    all count. `with_figures`: the sites that have figures of the year, also under names that the profile no
    longer has. `before`: the sites of the year before, None: they are unknown.
    """
    everything = list(dict.fromkeys([*known, *(chosen or ()), *sorted(with_figures)]))
    included = tuple(site for site in everything if chosen is None or site in chosen)
    left_out = tuple(site for site in everything if site not in included)
    return SiteScope(year, included, left_out, tuple(sorted(before or ())), note)


@dataclass(frozen=True, slots=True)
class SiteSum:
    """The sum over sites, with the sites that are counted and those that lack a value.

    `total` is None, not zero, if no site has a value.
    """

    total: Quantity | None
    counted: tuple[str, ...]
    missing: tuple[str, ...]


def is_summable(point: Datapoint) -> bool:
    """Whether the figures of sites may be added: shares, ratios and rates may not, cases and fines may."""
    return point.additive


def sum_sites(amounts: Mapping[str, Quantity], included: Iterable[str], point: Datapoint) -> SiteSum:
    """The sum of the amounts of the included sites. Raises UnknownUnit.

    Its unit is the one that all sites use, else the datapoint's default unit; if the sum is not exact in it,
    another unit of the sites, or the base unit. If it is exact in none, it is rounded to the decimals that a
    figure may have.
    """
    sites = list(dict.fromkeys(included))
    counted = tuple(site for site in sites if site in amounts)
    missing = tuple(site for site in sites if site not in amounts)
    if not counted:
        return SiteSum(None, counted, missing)
    used = {amounts[site].unit for site in counted}
    exact = sum((in_base(amounts[site], point.family.units) for site in counted), Fraction(0))
    preferred = next(iter(used)) if len(used) == 1 else point.default_unit
    units = [preferred, *(symbol for symbol in point.family.units if symbol in used), point.family.base]
    for unit in units:
        value = _exact_decimal(exact / Fraction(point.family.units[unit].factor))
        if value is not None:
            return SiteSum(Quantity(value, unit), counted, missing)
    rounded = round(exact / Fraction(point.family.units[preferred].factor), MAX_DECIMALS)
    return SiteSum(Quantity(_exact_decimal(rounded) or Decimal(0), preferred), counted, missing)


def _exact_decimal(value: Fraction) -> Decimal | None:
    """The value as a Decimal that a figure may have; None if it has more decimals."""
    decimals = next((n for n in range(MAX_DECIMALS + 1) if (value * 10**n).denominator == 1), None)
    # Built from text, because the arithmetic of Decimal rounds to its context.
    return None if decimals is None else Decimal(f"{(value * 10**decimals).numerator}e-{decimals}")
