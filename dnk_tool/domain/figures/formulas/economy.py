"""Economic value (GRI 201-1)."""

from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, total


def value_distributed(
    operating_costs: Number, wages: Number, capital_providers: Number, government: Number, community: Number
) -> Fraction:
    """Operating costs + wages and benefits + payments to capital providers + to government + to the community
    (GRI 201-1 a ii)."""
    return total(operating_costs, wages, capital_providers, government, community)


def value_retained(revenue: Number, distributed: Number) -> Fraction:
    """Economic value generated (revenues) - distributed (GRI 201-1 a iii); it may be below zero."""
    return exact(revenue) - exact(distributed)


def value_added(revenue: Number, purchases: Number) -> Fraction:
    """Value added = revenue - purchased goods and services, in one currency."""
    return exact(revenue) - exact(purchases)
