"""Economic value (GRI 201-1)."""

from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, total


def value_distributed(
    operating_costs: Number, wages: Number, capital_providers: Number, government: Number, community: Number
) -> Fraction:
    """Operating costs + wages and benefits + payments to capital providers + to government + to the community
    (GRI 201-1 a ii)."""
    return total(operating_costs, wages, capital_providers, government, community)
