"""Says the value of the year that others are compared with as text: it belongs to no column of a year."""

from dnk_tool.catalogue.standard.item_model import Datapoint, Item, ItemKind, MethodTopic
from dnk_tool.catalogue.standard.model import Indicator
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.report.text.formatter import TextFormatter


def is_of_base_year(item: Item) -> bool:
    """Whether the item asks for the value of the year that others are compared with."""
    return item.datapoint is not None and item.method is MethodTopic.COMPARISON


def base_year_text(
    point: Datapoint, indicator: Indicator, sheet: Sheet, quality: str, words: TextFormatter
) -> str:
    """The value with its year and quality, such as "30,0 t CO₂e (2022), gemessen"; empty without a value.

    Without a stated year the value stands alone; without a value the quality, such as "liegt nicht vor".
    """
    quantity, year = sheet.figure(point).readable, base_year(indicator, sheet)
    value = words.quantity(quantity, point.family.units.get(quantity.unit)) if quantity else ""
    dated = f"{value} ({year})" if value and year else value
    return ", ".join(filter(None, (dated, quality)))


def base_year(indicator: Indicator, sheet: Sheet) -> int | None:
    """The year that the indicator's figures are compared with; None if it is not stated."""
    items = (i for i in indicator.items if i.kind is ItemKind.YEAR and i.method is MethodTopic.COMPARISON)
    years = (sheet.answer(item.ref).value for item in items)
    return next((year for year in years if isinstance(year, int)), None)
