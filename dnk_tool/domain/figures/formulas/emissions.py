"""Greenhouse gases: quantity times factor, by scope (GHG Protocol, GRI 305, VSME B3 §30-31)."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.figures.formulas.energy import MJ_PER_KWH, NET_PER_GROSS_GAS
from dnk_tool.domain.figures.formulas.exact import ImpossibleShare, Number, exact, quotient

# EBeV 2030, Annex 2 part 4: t CO2 for each GJ (Hi) of natural gas.
GAS_FACTOR = Decimal("0.0558")


def emissions(activity: Number, factor: Number) -> Fraction:
    """Emissions = activity x factor, in the unit of the factor's result (GHG Protocol, ch. 6)."""
    return exact(activity) * exact(factor)


def fuel_emissions(
    quantity: Number, density: Number, net_calorific_value: Number, factor: Number
) -> Fraction:
    """kg CO2 = litres x kg/l x MJ/kg x kg CO2/MJ (EBeV 2030, Annex 2 part 4).

    GJ/t and t/GJ are the same numbers. A fuel in kilograms has the density 1; with m3 and t/m3, or tonnes
    and 1, the result is in tonnes.
    """
    return exact(quantity) * exact(density) * exact(net_calorific_value) * exact(factor)


def gas_emissions(
    gross: Number, *, net_per_gross: Number = NET_PER_GROSS_GAS, factor: Number = GAS_FACTOR
) -> Fraction:
    """t CO2 = MWh (Hs) x 3.6 GJ/MWh x 0.903 x 0.0558 t/GJ (EBeV 2030, Annex 2 part 4); kWh give kg."""
    return gas_emissions_net(exact(gross) * exact(net_per_gross), factor=factor)


def gas_emissions_net(net: Number, *, factor: Number = GAS_FACTOR) -> Fraction:
    """t CO2 = MWh (Hi) x 3.6 GJ/MWh x 0.0558 t/GJ (EBeV 2030); kWh give kg. Bills are in Hs."""
    return exact(net) * exact(MJ_PER_KWH) * exact(factor)


def blend_potential(parts: Iterable[tuple[Number, Number]]) -> Fraction:
    """Global warming potential of a blend = sum of mass share (0 to 1) x GWP (GRI 305-1, IPCC).

    Raises ImpossibleShare if the shares do not add up to 1.
    """
    pairs = [(exact(share), exact(potential)) for share, potential in parts]
    whole = sum((share for share, _ in pairs), Fraction(0))
    if whole != 1:
        raise ImpossibleShare(whole, Fraction(1))
    return sum((share * potential for share, potential in pairs), Fraction(0))


def refrigerant_loss(start: Number, bought: Number, end: Number, disposed: Number) -> Fraction:
    """Refrigerant lost in kg = stock at the start + bought - stock at the end - disposed of (GHG Protocol).

    Below zero if more is left than there was: then one of the four is wrong.
    """
    return exact(start) + exact(bought) - exact(end) - exact(disposed)


def refrigerant_emissions(mass: Number, potential: Number) -> Fraction:
    """kg CO2e = kg refrigerant refilled or lost x GWP (GRI 305-1)."""
    return emissions(mass, potential)


def location_based(
    electricity: Number, grid_average: Number, heat: Number = 0, heat_factor: Number = 0
) -> Fraction:
    """Scope 2, location-based = kWh x grid average + heat x factor (Scope 2 Guidance, VSME B3 §30)."""
    return emissions(electricity, grid_average) + emissions(heat, heat_factor)


def market_factor(
    *,
    has_guarantee: bool = False,
    supplier: Number | None = None,
    residual_mix: Number | None = None,
    grid_average: Number | None = None,
) -> Fraction | None:
    """The factor for Scope 2, market-based, in the order of the GHG Protocol Scope 2 Guidance (table 6.3).

    Zero with cancelled guarantees of origin, else the supplier's value, else the residual mix, else the grid
    average; None if none of them is known.
    """
    if has_guarantee:
        return Fraction(0)
    known = (one for one in (supplier, residual_mix, grid_average) if one is not None)
    first = next(known, None)
    return None if first is None else exact(first)


def upstream(with_upstream: Number, direct: Number) -> Fraction:
    """The way to the energy alone (Scope 3.3) = value with upstream - value without."""
    return exact(with_upstream) - exact(direct)


def total_emissions(scope_1: Number, scope_2: Number, scope_3: Number = 0) -> Fraction:
    """Scope 1 + Scope 2 (+ Scope 3), all in one unit (VSME B3 §30, ESRS E1-6)."""
    return exact(scope_1) + exact(scope_2) + exact(scope_3)


def ghg_intensity(scope_1: Number, scope_2: Number, scope_3: Number, turnover: Number) -> Fraction | None:
    """(Scope 1 + 2 + 3) / turnover (GRI 305-4, VSME B3 §31); None without turnover. EUR give t/EUR."""
    return quotient(total_emissions(scope_1, scope_2, scope_3), turnover)


def target_change(base: Number, target: Number) -> Fraction | None:
    """-(1 - target / base): -0.6 is 60 % less than in the base year (VSME C3); None for a base of zero."""
    ratio = quotient(target, base)
    return None if ratio is None else ratio - 1


def saving(distance: Number, before: Number, after: Number) -> Fraction:
    """kg CO2e saved = km x (g/km before - g/km after) / 1000."""
    return exact(distance) * (exact(before) - exact(after)) / 1000


def commuting_distance(one_way: Number, days: Number, persons: Number) -> Fraction:
    """Kilometres commuted = one way x 2 x days on site x persons (GHG Protocol Scope 3, category 7)."""
    return exact(one_way) * 2 * exact(days) * exact(persons)


def haulage(mass: Number, distance: Number) -> Fraction:
    """Tonne-kilometres = kg / 1000 x km (GHG Protocol Scope 3, category 4)."""
    return exact(mass) / 1000 * exact(distance)
