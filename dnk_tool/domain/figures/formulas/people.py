"""People: accidents, turnover, pay, training, diversity (GRI 401 to 405, VSME B8 to B10, C5, C9)."""

from collections.abc import Iterable
from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, quotient, share

PER_MILLION_HOURS = 1_000_000
PER_200_000_HOURS = 200_000


def accident_rate(cases: Number, hours: Number, per: Number = PER_MILLION_HOURS) -> Fraction | None:
    """Cases / hours x 1,000,000 (GRI 403-9, ESRS S1-14) or x 200,000 (VSME B9 §41a); None without hours."""
    rate = quotient(cases, hours)
    return None if rate is None else rate * exact(per)


def lost_day_rate(lost_days: Number, hours: Number, per: Number = PER_200_000_HOURS) -> Fraction | None:
    """Days lost / hours worked x 200,000 (GRI 403 before 2018); None without hours."""
    return accident_rate(lost_days, hours, per)


def converted_rate(
    rate: Number, of: Number = PER_MILLION_HOURS, to: Number = PER_200_000_HOURS
) -> Fraction | None:
    """A rate for so many hours as one for other hours: rate x to / of, such as 11.36 x 0.2; None for none."""
    return quotient(exact(rate) * exact(to), of)


def hours_per_full_time_worker(per_1000_workers: Number, per_million_hours: Number) -> Fraction | None:
    """Hours of a full-time worker = accidents per 1,000 workers / per 1,000,000 hours x 1,000 (DGUV).

    None where the rate is zero.
    """
    rate = quotient(per_1000_workers, per_million_hours)
    return None if rate is None else rate * 1000


def average_headcount(start: Number, end: Number) -> Fraction:
    """(Heads at the start + heads at the end) / 2 (VSME B8 §40)."""
    return (exact(start) + exact(end)) / 2


def turnover_rate(leavers: Number, start: Number, end: Number) -> Fraction | None:
    """Leavers / average headcount (VSME B8 §40, GRI 401-1); None without staff. May exceed 1 in a year."""
    return quotient(leavers, average_headcount(start, end))


def pay_gap(men: Number, women: Number) -> Fraction | None:
    """(Mean hourly pay of men - of women) / of men (VSME B10 §42b, GRI 405-2); below zero if women earn more.

    Arithmetic means of gross hourly pay, not medians; None if the pay of men is zero.
    """
    return quotient(exact(men) - exact(women), men)


def mean_pay(pay: Number, hours: Number) -> Fraction | None:
    """Mean hourly pay = gross pay of a group / its hours; None without hours."""
    return quotient(pay, hours)


def coverage(covered: Number, employees: Number) -> Fraction | None:
    """Employees under collective agreements / all (GRI 2-30, VSME B10 §42c); None without employees.

    Raises ImpossibleShare.
    """
    return share(covered, employees)


def training_hours(hours: Number, heads: Number) -> Fraction | None:
    """Hours of training / heads of a group (GRI 404-1, VSME B10 §42d); None for a group without heads."""
    return quotient(hours, heads)


def mean_training_hours(groups: Iterable[tuple[Number, Number]]) -> Fraction | None:
    """The mean over groups of (mean hours, heads) = sum of hours x heads / all heads (GRI 404-1).

    Weighted: a group of one does not count like a group of a hundred. None without heads.
    """
    pairs = [(exact(mean), exact(heads)) for mean, heads in groups]
    hours = sum((mean * heads for mean, heads in pairs), Fraction(0))
    return quotient(hours, sum((heads for _, heads in pairs), Fraction(0)))


def diversity_share(part: Number, *others: Number) -> Fraction | None:
    """Part / (part + others), such as women / (women + men + diverse) (GRI 405-1); None without heads."""
    whole = sum((exact(one) for one in others), exact(part))
    return share(part, whole)


def diversity_ratio(women: Number, men: Number) -> Fraction | None:
    """Women / men (VSME C5 §59, C9 §65); None when one side is zero: there is no ratio then."""
    return quotient(women, men) if exact(women) else None
