"""People: accidents, turnover, pay, training, diversity (GRI 401 to 405, VSME B8 to B10, C5, C9)."""

from collections.abc import Iterable
from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, quotient, share

PER_MILLION_HOURS = 1_000_000


def accident_rate(cases: Number, hours: Number, per: Number = PER_MILLION_HOURS) -> Fraction | None:
    """Cases / hours x 1,000,000 (GRI 403-9, ESRS S1-14) or x 200,000 (VSME B9 §41a); None without hours."""
    rate = quotient(cases, hours)
    return None if rate is None else rate * exact(per)


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
    whole = sum((exact(other) for other in others), exact(part))
    return share(part, whole)


def diversity_ratio(women: Number, men: Number) -> Fraction | None:
    """Women / men (VSME C5 §59, C9 §65); None when one side is zero: there is no ratio then."""
    return quotient(women, men) if exact(women) else None
