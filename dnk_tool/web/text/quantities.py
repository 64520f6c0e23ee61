"""Formats quantities, units and factors in the page's language."""

from collections.abc import Mapping

from flask_babel import gettext as _

from dnk_tool.catalogue import Catalogue
from dnk_tool.catalogue.factors.model import Factor
from dnk_tool.catalogue.standard.item_model import Unit
from dnk_tool.domain import precision
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.annex import UsedFactor
from dnk_tool.domain.figures.calculators import FactorSnapshot
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number

# Units that add nothing to a labelled number.
_UNITS_LEFT_OUT = frozenset({"1", "state-number"})


class QuantityFormatter:
    """Formats numbers and units of a catalogue in one language."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self.catalogue, self.language = catalogue, language
        self.units: Mapping[str, Unit] = {
            symbol: unit for family in catalogue.families.values() for symbol, unit in family.units.items()
        }

    def quantity(self, quantity: Quantity, *, is_exact: bool = False) -> str:
        """Value and unit; rounded for reading unless `is_exact`."""
        shown = quantity if is_exact else precision.shown(quantity)
        return f"{format_number(shown.value, self.language)} {self.unit(quantity.unit)}".strip()

    def field_value(self, quantity: Quantity) -> str:
        """The value beside a label: "2", not "2 number"."""
        if quantity.unit in _UNITS_LEFT_OUT:
            return format_number(quantity.value, self.language)
        return self.quantity(quantity, is_exact=True)

    def entered_quantity(self, quantity: Quantity) -> str:
        """A quantity as entered; shortened if a conversion made many decimals."""
        return self.quantity(precision.as_typed(quantity), is_exact=True)

    def unit(self, symbol: str) -> str:
        """The unit's display name; the symbol if the catalogue does not know it."""
        return self.units[symbol].display.to(self.language) if symbol in self.units else symbol

    def factor(self, factor: FactorSnapshot | Factor | UsedFactor) -> str:
        """A factor with its unit: "0,352 kg CO₂e je kWh"; "kg CO₂" if it counts carbon dioxide alone."""
        value = format_number(factor.value, self.language)
        result, unit = self.unit(factor.result_unit), self.unit(factor.unit)
        if factor.gases == "CO2":
            result = result.replace("CO₂e", "CO₂")
        return str(_("%(value)s %(result)s je %(unit)s", value=value, result=result, unit=unit))

    def figure(self, figure: Figure) -> str:
        """The figure's value and unit, results rounded; "" without a value."""
        return self.quantity(figure.readable, is_exact=True) if figure.readable else ""
