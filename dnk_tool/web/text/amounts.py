"""Amounts in words: with units, converted, and with unmistakable separators."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from flask_babel import gettext as _

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint, Item
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.figures.one_unit import comparable_values
from dnk_tool.domain.figures.year_change import YearChange
from dnk_tool.domain.quantities import Quantity, in_base
from dnk_tool.labels import PLAIN_COUNT
from dnk_tool.language import Language, format_number
from dnk_tool.web.text.labels import quality_of

NO_BREAK_SPACE = "\u00a0"
# Conversions outside of this range are not shown.
MIN_CONVERTED, MAX_CONVERTED = Fraction(1, 100), Fraction(10_000_000)
MAX_OTHER_UNITS = 3
MAX_DECIMALS = 3


def unit_text(point: Datapoint, unit: str, language: Language) -> str:
    """The unit's display name; as stored if the family does not have it."""
    known = point.family.units.get(unit)
    return known.display.to(language) if known else unit


def amount_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """The amount as entered, such as "1.234,5 kWh"; "" without one. A plain count has no unit."""
    if quantity is None:
        return ""
    number = format_number(quantity.value, language)
    if quantity.unit == PLAIN_COUNT:
        return number
    return f"{number} {unit_text(point, quantity.unit, language)}"


def unambiguous_number(value: Decimal, language: Language) -> str:
    """The number with spaces between thousands, so that its only separator is the decimal one."""
    return format_number(value, language).replace("." if language == "de" else ",", NO_BREAK_SPACE)


def default_unit_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """The amount converted to the datapoint's default unit; "" if it is in that unit."""
    if quantity is None or quantity.unit in ("", point.default_unit):
        return ""
    return _converted(point, quantity, point.default_unit, language)


def reading_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """How a value was read: "1 234 kWh, das sind 1,234 MWh"; "" without one."""
    if quantity is None:
        return ""
    own = f"{unambiguous_number(quantity.value, language)} {unit_text(point, quantity.unit, language)}"
    others = other_unit_texts(point, quantity, language)
    return str(_("%(amount)s, das sind %(other)s", amount=own, other=others[0])) if others else own


def other_unit_texts(point: Datapoint, quantity: Quantity, language: Language) -> list[str]:
    """The amount in up to three other units of the family, the easiest to grasp first.

    Units that differ by a power of ten come first: kWh as MWh before GJ.
    """

    def order(amount: tuple[Fraction, str]) -> tuple[bool, int, str]:
        size, unit = amount
        ratio = Fraction(point.family.units[unit].factor) / Fraction(point.family.units[quantity.unit].factor)
        return not _is_power_of_ten(ratio), _awkwardness(size), unit

    amounts = sorted(_sizes(point, quantity), key=order)
    return [_converted(point, quantity, unit, language) for _size, unit in amounts[:MAX_OTHER_UNITS]]


def _sizes(point: Datapoint, quantity: Quantity) -> Iterator[tuple[Fraction, str]]:
    if quantity.unit not in point.family.units:
        return
    exact = abs(in_base(quantity, point.family.units))
    for symbol, unit in point.family.units.items():
        size = exact / Fraction(unit.factor)
        if symbol != quantity.unit and MIN_CONVERTED <= size < MAX_CONVERTED:
            yield size, symbol


def _is_power_of_ten(ratio: Fraction) -> bool:
    """Whether conversion only moves the decimal separator."""
    return {str(ratio.numerator).rstrip("0"), str(ratio.denominator).rstrip("0")} == {"1"}


def _awkwardness(size: Fraction) -> int:
    """Powers of ten by which the number is outside of 1 to 999."""
    if size >= 1:
        return max(0, len(str(int(size))) - 3)
    return len(str(int(1 / size)))


def _converted(point: Datapoint, quantity: Quantity, unit: str, language: Language) -> str:
    """The amount in the unit, with "rund" if it had to be rounded."""
    if quantity.unit not in point.family.units:
        return ""
    exact = in_base(quantity, point.family.units) / Fraction(point.family.units[unit].factor)
    decimals = MAX_DECIMALS
    while exact and abs(exact) < Fraction(1, 10 ** (decimals - 2)):
        decimals += 1
    rounded = round(exact, decimals)
    text = f"{unambiguous_number(_shortest(rounded, decimals), language)} {unit_text(point, unit, language)}"
    return text if rounded == exact else str(_("rund %(amount)s", amount=text))


def _shortest(value: Fraction, decimals: int) -> Decimal:
    """The value without trailing zeros, given that it has at most so many decimals."""
    needed = next(n for n in range(decimals + 1) if (value * 10**n).denominator == 1)
    return Decimal(f"{(value * 10**needed).numerator}e-{needed}")


def figure_amount_text(point: Datapoint, figure: Figure, language: Language) -> str:
    """The figure's amount, results rounded; "" without a value, which is not zero."""
    return amount_text(point, figure.readable, language)


def comparable_amounts(
    point: Datapoint, figures: Sequence[Figure], language: Language
) -> tuple[tuple[str, str], ...]:
    """The amounts of several years, the leading one first, in its unit; "" without a value.

    Beside each what was entered, if that was in another unit, such as "angegeben: 126,4 GJ".
    """
    return tuple(
        (
            amount_text(point, value.shown, language),
            str(_("angegeben: %(amount)s", amount=_unbroken(amount_text(point, value.entered, language))))
            if value.entered
            else "",
        )
        for value in comparable_values(figures, point.family)
    )


def _unbroken(amount: str) -> str:
    return amount.replace(" ", NO_BREAK_SPACE)


def figure_value_text(figure: Figure, point: Datapoint, language: Language) -> str:
    """The figure's value and unit, or its quality, such as "not available"."""
    if figure.value is None:
        return quality_of(figure)
    return amount_text(point, figure.recorded, language).strip()


def figure_details_text(point: Datapoint, figure: Figure, language: Language) -> str:
    """All details of a figure, one on each line."""
    parts = [
        amount_text(point, figure.recorded, language),
        quality_of(figure),
        figure.note,
        _("Quelle: %(source)s", source=figure.source) if figure.source else "",
        _("Zuständig: %(name)s", name=figure.responsible) if figure.responsible else "",
        _("aus Zeilen berechnet") if figure.origin is Origin.LINES else "",
        _("Summe der Standorte") if figure.origin is Origin.SITES else "",
    ]
    return "\n".join(str(part) for part in parts if part)


@lru_cache(maxsize=256)
def unit_options(family: str, edition: str, language: Language) -> tuple[Mapping[str, str], ...]:
    """The units of a family as options."""
    units = load_catalogue(edition).families[family].units.values()
    return tuple({"value": unit.symbol, "label": unit.display.to(language)} for unit in units)


def figure_text(item: Item, figure: Figure, language: Language, *, is_record: bool = False) -> str:
    """The figure for reading: "412,0 t CO₂e", results rounded; its quality if it has no value.

    `is_record`: among what was saved, where a typed value has all its digits.
    """
    quantity = figure.recorded if is_record else figure.readable
    if quantity is None:
        return quality_of(figure)
    units = item.datapoint.family.units if item.datapoint else {}
    unit: Text | None = units[figure.unit].display if figure.unit in units else None
    amount = format_number(quantity.value, language)
    return f"{amount} {unit.to(language) if unit else figure.unit}".strip()


def year_change_text(change: YearChange, year: int, language: Language) -> str:
    """Word the change against `year`: from zero, nearly unchanged, or in per cent."""
    if change.percent is None:
        return str(_("%(year)s war dieser Wert null.", year=year))
    if change.percent == 0:
        return str(_("Fast unverändert gegenüber %(year)s.", year=year))
    sign = "+" if change.percent > 0 else "\N{MINUS SIGN}"
    shown = format_number(abs(change.percent), language)
    return str(_("%(sign)s%(percent)s %% gegenüber %(year)s", sign=sign, percent=shown, year=year))
