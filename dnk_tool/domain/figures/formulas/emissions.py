"""Greenhouse gases: quantity times factor, by scope (GHG Protocol, GRI 305, VSME B3 §30-31)."""

from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact


def emissions(activity: Number, factor: Number) -> Fraction:
    """Emissions = activity x factor, in the unit of the factor's result (GHG Protocol, ch. 6)."""
    return exact(activity) * exact(factor)


def refrigerant_loss(start: Number, bought: Number, end: Number, disposed: Number) -> Fraction:
    """Refrigerant lost in kg = stock at the start + bought - stock at the end - disposed of (GHG Protocol).

    Below zero if more is left than there was: then one of the four is wrong.
    """
    return exact(start) + exact(bought) - exact(end) - exact(disposed)


def commuting_distance(one_way: Number, days: Number, persons: Number) -> Fraction:
    """Kilometres commuted = one way x 2 x days on site x persons (GHG Protocol Scope 3, category 7)."""
    return exact(one_way) * 2 * exact(days) * exact(persons)


def haulage(mass: Number, distance: Number) -> Fraction:
    """Tonne-kilometres = kg / 1000 x km (GHG Protocol Scope 3, category 4)."""
    return exact(mass) / 1000 * exact(distance)
