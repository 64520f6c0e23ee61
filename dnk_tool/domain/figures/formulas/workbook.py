"""What EFRAG's VSME workbook calculates where it differs from the standard: only to compare exports."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, quotient
from dnk_tool.domain.figures.formulas.people import PER_200_000_HOURS, accident_rate

# Rounded by the workbook; exact is 1 / 0.0036.
WORKBOOK_MWH_PER_TJ = Decimal("277.778")

# The workbook's preset hours of a full-time worker; in Germany they are about 1,500 (DGUV).
WORKBOOK_HOURS_PER_FTE = 2000


def workbook_fuel_energy(volume: Number, density: Number, net_calorific_value: Number) -> Fraction:
    """MWh as in the workbook = litres x kg/l x MJ/kg / 1,000,000 x 277.778; `fuel_energy` has exact kWh."""
    megajoules = exact(volume) * exact(density) * exact(net_calorific_value)
    return megajoules / 1_000_000 * exact(WORKBOOK_MWH_PER_TJ)


def workbook_accident_rate(cases: Number, full_time_workers: Number) -> Fraction | None:
    """Accidents per 200,000 hours with 2,000 hours for each full-time worker, not the hours worked.

    None without workers.
    """
    return accident_rate(cases, exact(full_time_workers) * WORKBOOK_HOURS_PER_FTE, PER_200_000_HOURS)


def workbook_training_mean(means: Iterable[Number]) -> Fraction | None:
    """The plain mean of the groups' means, however many heads each has; None without groups.

    `mean_training_hours` weighs them.
    """
    values = [exact(one) for one in means]
    return quotient(sum(values, Fraction(0)), len(values))


def workbook_diversity_ratio(women: Number, men: Number) -> Fraction:
    """Women / men, and 0 when one side is zero; `diversity_ratio` has no value then."""
    ratio = quotient(women, men)
    return Fraction(0) if ratio is None else ratio
