"""Every formula behind a figure, as a pure function over exact numbers; each names its source.

Exact numbers are what formulas take and give; a float is refused, because it has lost digits already.
Economic value (GRI 201-1).
Greenhouse gases: quantity times factor, by scope (GHG Protocol, GRI 305, VSME B3 §30-31).
Energy: from bills to kilowatt-hours, once each (GRI 302-1, VSME B3 §29).
People: accidents, turnover, pay, training, diversity (GRI 401 to 405, VSME B8 to B10, C5, C9).
Water, waste and materials (GRI 301, 303, 306; VSME B6, B7).
VSME is Recommendation (EU) 2025/1710, the predecessor of the EU's voluntary standard.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction


class ImpossibleShare(ValueError):
    """A part is larger than the whole that it belongs to, or below zero."""

    def __init__(self, part: Fraction, whole: Fraction) -> None:
        self.part, self.whole = part, whole
        super().__init__(f"{part} of {whole}")


def exact(value: Number) -> Fraction:
    """The number as a fraction. Raises TypeError for anything inexact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise TypeError(f"{value!r} is not an exact number")
    return Fraction(value)


def total(*values: Number) -> Fraction:
    """Sum of values in the same unit, in any order the same."""
    return sum((exact(value) for value in values), Fraction(0))


def quotient(numerator: Number, denominator: Number) -> Fraction | None:
    """Numerator / denominator; None where the denominator is zero: there is no such value."""
    below = exact(denominator)
    return exact(numerator) / below if below else None


def share(part: Number, whole: Number) -> Fraction | None:
    """Part / whole, from 0 to 1; None where the whole is zero. Raises ImpossibleShare."""
    above, below = exact(part), exact(whole)
    if above < 0 or above > below:
        raise ImpossibleShare(above, below)
    return quotient(above, below)


def value_distributed(
    operating_costs: Number, wages: Number, capital_providers: Number, government: Number, community: Number
) -> Fraction:
    """Operating costs + wages and benefits + payments to capital providers + to government + to the community
    (GRI 201-1 a ii)."""
    return total(operating_costs, wages, capital_providers, government, community)


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


def gas_energy(volume: Number, state_number: Number, calorific_value: Number) -> Fraction:
    """Natural gas in kWh (Hs) = m3 x state number x calorific value in kWh (Hs)/m3, as on the bill."""
    return exact(volume) * exact(state_number) * exact(calorific_value)


def total_energy(
    *,
    fuels_non_renewable: Number = 0,
    fuels_renewable: Number = 0,
    electricity: Number = 0,
    heating: Number = 0,
    cooling: Number = 0,
    steam: Number = 0,
    generated_not_consumed: Number = 0,
    sold: Number = 0,
) -> Fraction:
    """Energy consumption within the organisation (GRI 302-1, 2.1), all in one unit.

    Fuels + electricity, heating, cooling and steam consumed + own generation that was not consumed - energy
    sold. Own generation means wind, water and sun: electricity and heat of own fuels are in the fuels already
    and never counted twice (GRI 302-1, 2.1.1). Solar power fed into the grid is added and subtracted again.
    """
    consumed = (fuels_non_renewable, fuels_renewable, electricity, heating, cooling, steam)
    gained = sum((exact(amount) for amount in (*consumed, generated_not_consumed)), Fraction(0))
    return gained - exact(sold)


def self_generated_electricity(renewable: Number, non_renewable: Number) -> Fraction:
    """Self-generated electricity = renewable + non-renewable (VSME B3 §29), both in one unit."""
    return exact(renewable) + exact(non_renewable)


def renewable_share(renewable: Number, all_energy: Number) -> Fraction | None:
    """Renewable / all energy consumed, 0 to 1 (VSME B3 §29); None without energy. Raises ImpossibleShare."""
    return share(renewable, all_energy)


def intensity(amount: Number, denominator: Number) -> Fraction | None:
    """Energy or emissions for each employee, euro or m2 (GRI 302-3, 305-4); None for a zero denominator."""
    return quotient(amount, denominator)


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


def water_consumption(withdrawal: Number, discharge: Number) -> Fraction:
    """Withdrawal - discharge (GRI 303-5, VSME B6 §36). Raises ImpossibleShare if more goes out than in."""
    taken, returned = exact(withdrawal), exact(discharge)
    if returned > taken or returned < 0:
        raise ImpossibleShare(returned, taken)
    return taken - returned


def recovery_share(diverted: Number, waste: Number) -> Fraction | None:
    """Waste diverted from disposal (reuse, recycling, other recovery) / all waste (GRI 306-4, VSME B7 §38b).

    0 to 1; None without waste. Raises ImpossibleShare.
    """
    return share(diverted, waste)


def recycled_share(recycled: Number, waste: Number) -> Fraction | None:
    """Waste recycled as material / all waste, 0 to 1; None without waste. Raises ImpossibleShare."""
    return share(recycled, waste)


def recycled_input_share(recycled: Number, materials: Number) -> Fraction | None:
    """Recycled / all input materials, 0 to 1 (GRI 301-2); None for none. Raises ImpossibleShare."""
    return share(recycled, materials)


def bio_based_input_share(bio_based: Number, materials: Number) -> Fraction | None:
    """New bio-based (EN 16575) / all input materials, 0 to 1; None for none. Raises ImpossibleShare."""
    return share(bio_based, materials)
