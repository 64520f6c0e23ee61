"""Amounts as one reads them: with their unit, in other units, and so that no separator can be misread."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from flask_babel import gettext as _

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint, Item
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.quantities import Quantity, in_base
from dnk_tool.language import Language, format_number
from dnk_tool.web.text.labels import label_of

NO_BREAK_SPACE = "\u00a0"
# An amount in another unit helps if it is neither tiny nor endless.
MIN_CONVERTED, MAX_CONVERTED = Fraction(1, 100), Fraction(10_000_000)
MAX_OTHER_UNITS = 3
MAX_DECIMALS = 3


def unit_text(point: Datapoint, unit: str, language: Language) -> str:
    """The unit as it is shown; one that the family does not know, as it was stored."""
    known = point.family.units.get(unit)
    return known.display.to(language) if known else unit


def amount_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """The amount as entered, such as "1.234,5 kWh"; nothing for no value."""
    if quantity is None:
        return ""
    return f"{format_number(quantity.value, language)} {unit_text(point, quantity.unit, language)}"


def unambiguous_number(value: Decimal, language: Language) -> str:
    """The number with spaces between its thousands: the only separator left is the decimal one."""
    return format_number(value, language).replace("." if language == "de" else ",", NO_BREAK_SPACE)


def default_unit_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """The amount in the datapoint's default unit, where another one was entered."""
    if quantity is None or quantity.unit in ("", point.default_unit):
        return ""
    return _converted(point, quantity, point.default_unit, language)


def reading_text(point: Datapoint, quantity: Quantity | None, language: Language) -> str:
    """How a value was read: "1 234 kWh, das sind 1,234 MWh"; nothing for no value."""
    if quantity is None:
        return ""
    own = f"{unambiguous_number(quantity.value, language)} {unit_text(point, quantity.unit, language)}"
    others = other_unit_texts(point, quantity, language)
    return str(_("%(amount)s, das sind %(other)s", amount=own, other=others[0])) if others else own


def other_unit_texts(point: Datapoint, quantity: Quantity, language: Language) -> list[str]:
    """The amount in the family's other usual units: kWh as MWh before GJ, and the handiest first."""

    def order(one: tuple[Fraction, str]) -> tuple[bool, int, str]:
        size, unit = one
        ratio = Fraction(point.family.units[unit].factor) / Fraction(point.family.units[quantity.unit].factor)
        return not _is_power_of_ten(ratio), _awkwardness(size), unit

    found = sorted(_sizes(point, quantity), key=order)
    return [_converted(point, quantity, unit, language) for _size, unit in found[:MAX_OTHER_UNITS]]


def _sizes(point: Datapoint, quantity: Quantity) -> Iterator[tuple[Fraction, str]]:
    if quantity.unit not in point.family.units:
        return
    exact = abs(in_base(quantity, point.family.units))
    for symbol, unit in point.family.units.items():
        size = exact / Fraction(unit.factor)
        if symbol != quantity.unit and MIN_CONVERTED <= size < MAX_CONVERTED:
            yield size, symbol


def _is_power_of_ten(ratio: Fraction) -> bool:
    """Whether only the decimal separator moves."""
    return {str(ratio.numerator).rstrip("0"), str(ratio.denominator).rstrip("0")} == {"1"}


def _awkwardness(size: Fraction) -> int:
    """How far the number is from one that is easily said, in powers of ten."""
    if size >= 1:
        return max(0, len(str(int(size))) - 3)
    return len(str(int(1 / size)))


def _converted(point: Datapoint, quantity: Quantity, unit: str, language: Language) -> str:
    """The amount in the unit; one with many decimals is rounded, and says so."""
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
    """The value without zeros at its end; it has no more than so many decimals."""
    needed = next(n for n in range(decimals + 1) if (value * 10**n).denominator == 1)
    return Decimal(f"{(value * 10**needed).numerator}e-{needed}")


def figure_amount_text(point: Datapoint, figure: Figure, language: Language) -> str:
    """The amount as one reads it; empty where the figure has no value, which is not zero."""
    return amount_text(point, figure.readable, language)


def figure_value_text(figure: Figure, point: Datapoint, language: Language) -> str:
    """The figure as one reads it: value and unit, or that there is none."""
    if figure.value is None:
        return label_of(figure.quality) if figure.quality else ""
    return amount_text(point, figure.quantity, language).strip()


def figure_details_text(point: Datapoint, figure: Figure, language: Language) -> str:
    """Everything that a figure says, a line for each thing."""
    parts = [
        figure_amount_text(point, figure, language),
        label_of(figure.quality) if figure.quality else "",
        figure.note,
        _("Quelle: %(source)s", source=figure.source) if figure.source else "",
        _("Zuständig: %(name)s", name=figure.responsible) if figure.responsible else "",
        _("aus Zeilen berechnet") if figure.origin is Origin.LINES else "",
        _("Summe der Standorte") if figure.origin is Origin.SITES else "",
    ]
    return "\n".join(str(part) for part in parts if part)


@lru_cache(maxsize=256)
def unit_options(family: str, edition: str, language: Language) -> tuple[Mapping[str, str], ...]:
    """The units of a family for a select field."""
    units = load_catalogue(edition).families[family].units.values()
    return tuple({"value": unit.symbol, "label": unit.display.to(language)} for unit in units)


def figure_text(item: Item, figure: Figure, language: Language) -> str:
    """A figure as one reads it: "412,0 t CO₂e", a result rounded, or why there is none."""
    if figure.readable is None:
        return label_of(figure.quality) if figure.quality else ""
    units = item.datapoint.family.units if item.datapoint else {}
    unit: Text | None = units[figure.unit].display if figure.unit in units else None
    amount = format_number(figure.readable.value, language)
    return f"{amount} {unit.to(language) if unit else figure.unit}".strip()
