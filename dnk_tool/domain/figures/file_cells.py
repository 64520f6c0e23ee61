"""Reads and writes single cells of a file of figures: numbers, units, qualities, and words."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language

# Spreadsheets keep and show so many digits; what follows them is noise, as in 0.1 + 0.2.
SPREADSHEET_PRECISION = Context(prec=15)
_LEAST, _WIDE = Decimal(1).scaleb(-numbers.MAX_DECIMALS), Context(prec=60)

# One of these alone empties its cell; an empty cell changes nothing.
CLEARING_MARKS = frozenset({"-", "–", "—", "−"})

# What files have said in either language: they come back long after the labels of the product have changed.
_QUALITIES: Mapping[str, Quality] = {
    "gemessen": Quality.MEASURED,
    "measured": Quality.MEASURED,
    "berechnet": Quality.CALCULATED,
    "calculated": Quality.CALCULATED,
    "geschätzt": Quality.ESTIMATED,
    "estimated": Quality.ESTIMATED,
    "liegt nicht vor": Quality.NOT_AVAILABLE,
    "not available": Quality.NOT_AVAILABLE,
} | {quality.value: quality for quality in Quality}
_DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
# Behind an apostrophe: what a program would take for a formula, and what would else empty the cell.
_ESCAPED = re.compile(r"'(?=\s*[=+\-@＝＋－＠'–—−\t])")


class DateInsteadOfNumber(ValueError):
    """A spreadsheet made a day of what somebody typed, such as 1.2 for the first of February."""


def read_number(cell: str, language: Language) -> Decimal:
    """A number that somebody wrote as text. Raises DateInsteadOfNumber and NotANumber."""
    if _DAY.fullmatch(cell):
        raise DateInsteadOfNumber(cell)
    return numbers.parse(cell, language)


def read_numeric_cell(cell: str) -> Decimal:
    """A cell that is a number to the spreadsheet: `cell` is its shortest exact text, such as 412.1.

    Rounded to 15 significant digits, as spreadsheets do, and to the decimals that a figure can have.
    Raises NotANumber.
    """
    try:
        value = SPREADSHEET_PRECISION.plus(Decimal(cell))
    except InvalidOperation:
        raise numbers.NotANumber(cell) from None
    if not value.is_finite():
        raise numbers.NotANumber(cell)
    if value.adjusted() >= numbers.MAX_DIGITS:
        raise numbers.NumberTooLong(cell)
    short = rounded_to_allowed_decimals(value)
    if value and not short:
        raise numbers.NumberTooLong(cell)
    return Decimal(numbers.plain(SPREADSHEET_PRECISION.plus(short).normalize()))


def rounded_to_allowed_decimals(value: Decimal) -> Decimal:
    """The value with at most the decimals that a figure can have; with fewer it stays as it is."""
    if -int(value.as_tuple().exponent) <= numbers.MAX_DECIMALS:
        return value
    return value.quantize(_LEAST, context=_WIDE)


def is_exact_in_spreadsheet(value: Decimal) -> bool:
    """Whether a spreadsheet keeps the number as it is."""
    return len(value.as_tuple().digits) <= SPREADSHEET_PRECISION.prec


def read_unit(cell: str, family: UnitFamily) -> str | None:
    """The symbol of the unit that is meant by its symbol, its sign or its name; None for none of the family.

    Case does not matter but in the first letter: mWh is no MWh, and ml is no ML.
    """
    for fold in (_without_spaces, _without_case_and_punctuation):
        wanted = fold(cell)
        found = {
            symbol
            for symbol, unit in family.units.items()
            for text in (symbol, unit.display.de, unit.display.en, unit.label.de, unit.label.en)
            if fold(text) == wanted
        }
        if len(found) == 1:
            return found.pop()
    return None


def read_quality(cell: str) -> Quality | None:
    """The quality that is meant in either language."""
    return _QUALITIES.get(" ".join(cell.split()).casefold())


def unescape_text(cell: str) -> str:
    """Words of a cell in one form; an apostrophe that only guards what follows is taken away."""
    return normalised(_ESCAPED.sub("", cell.strip(), count=1) if cell.strip().startswith("'") else cell)


def escape_text(text: str) -> str:
    """Words as a cell holds them, so that they come back as they are."""
    return f"'{text}" if text.startswith("'") or text in CLEARING_MARKS else text


def _without_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_case_and_punctuation(text: str) -> str:
    bare = "".join(c for c in _without_spaces(text) if c not in "-.,()")
    return bare[:1] + bare[1:].casefold()
