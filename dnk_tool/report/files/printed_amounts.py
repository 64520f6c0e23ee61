"""Reads a printed amount back as a number with its unit, so that programs can sort and add what they get."""

import re
from collections.abc import Iterable

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain import numbers
from dnk_tool.domain.figures.file_cells import is_exact_in_spreadsheet
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.files.spreadsheet import CellValue
from dnk_tool.report.view.parts import TableCell

_AMOUNT = re.compile(r"(?P<sign>[+−-]?)(?P<digits>\d[\d.,]*)(?: (?P<unit>\D.*))?")
_YEAR = re.compile(r"(?:19|20)\d\d")


class AmountReader:
    """Reads cells of a declaration: numbers are spelt in the language `printed`, words in `written`."""

    def __init__(self, families: Iterable[UnitFamily], printed: Language, written: Language) -> None:
        self._printed, self._written = printed, written
        self._units = {
            _with_single_spaces(name.to(language)): unit.display.to(printed)
            for family in families
            for unit in family.units.values()
            for name in (unit.display, unit.label)
            for language in LANGUAGES
        }

    def read(self, cell: TableCell, *, counts: bool = False) -> tuple[CellValue, str]:
        """The number and unit of a cell that holds one amount, or its year; else its text and no unit.

        Without a unit a number counts as one only in a cell for numbers: others hold codes. `counts`: any one
        word is a unit, as in "3 Plätze".
        """
        plain = _with_single_spaces(cell.text)
        if _YEAR.fullmatch(plain):
            return int(plain), ""
        amount = _AMOUNT.fullmatch(plain)
        unit = amount["unit"] or "" if amount else ""
        is_unit = unit in self._units or (counts and unit.isalpha())
        if amount is None or not (is_unit if unit else cell.is_number):
            return cell.text, ""
        try:
            value = numbers.parse(amount["digits"], self._printed if cell.is_number else self._written)
        except numbers.NotANumber:
            return cell.text, ""
        if not is_exact_in_spreadsheet(value):
            return cell.text, ""
        return (-value if amount["sign"] in ("-", "−") else value), self._units.get(unit, unit)


def _with_single_spaces(text: str) -> str:
    return " ".join(text.split())
