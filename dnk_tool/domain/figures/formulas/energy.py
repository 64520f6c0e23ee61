"""Energy: from bills to kilowatt-hours, once each (GRI 302-1, VSME B3 §29)."""

from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import Number, exact, quotient, share

MJ_PER_KWH = Decimal("3.6")

# EBeV 2030, Annex 2 part 4: 3.2508 GJ (net) for each MWh gross, which is 3.6 x 0.903.
NET_PER_GROSS_GAS = Decimal("0.903")


def fuel_energy(volume: Number, density: Number, net_calorific_value: Number) -> Fraction:
    """Energy of a fuel in kWh (Hi) = litres x kg/l x MJ/kg / 3.6 (VSME B3 §29, GRI 302-1).

    MJ/kg, GJ/t and TJ/Gg are the same number; with cubic metres and t/m3 the result is in MWh.
    """
    return fuel_energy_by_mass(exact(volume) * exact(density), net_calorific_value)


def fuel_energy_by_mass(mass: Number, net_calorific_value: Number) -> Fraction:
    """Energy of a fuel in kWh (Hi) = kg x MJ/kg / 3.6 (VSME B3 §29)."""
    return exact(mass) * exact(net_calorific_value) / exact(MJ_PER_KWH)


def gas_energy(volume: Number, state_number: Number, calorific_value: Number) -> Fraction:
    """Natural gas in kWh (Hs) = m3 x state number x calorific value in kWh (Hs)/m3, as on the bill."""
    return exact(volume) * exact(state_number) * exact(calorific_value)


def net_energy(gross: Number, net_per_gross: Number = NET_PER_GROSS_GAS) -> Fraction:
    """Natural gas in kWh (Hi) = kWh (Hs) x 0.903 (EBeV 2030, Annex 2 part 4)."""
    return exact(gross) * exact(net_per_gross)


def gross_energy(net: Number, net_per_gross: Number = NET_PER_GROSS_GAS) -> Fraction | None:
    """Natural gas in kWh (Hs) = kWh (Hi) / 0.903 (EBeV 2030); None for a ratio of zero."""
    return quotient(net, net_per_gross)


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
    gained = sum((exact(one) for one in (*consumed, generated_not_consumed)), Fraction(0))
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
