"""Energy: from bills to kilowatt-hours, once each (GRI 302-1, VSME B3 §29)."""

from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, quotient, share


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
