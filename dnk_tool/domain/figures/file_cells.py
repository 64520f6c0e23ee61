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

# Spreadsheets keep and show so many digits; further ones are rounding errors, as in 0.1 + 0.2.
SPREADSHEET_PRECISION = Context(prec=15)
_LEAST, _WIDE = Decimal(1).scaleb(-numbers.MAX_DECIMALS), Context(prec=60)

# A cell with one of these alone clears the stored content; an empty cell changes nothing.
CLEARING_MARKS = frozenset({"-", "–", "—", "−"})

# The words of all earlier files: they come back long after the labels of the product have changed.
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
# An apostrophe escapes what a program would take for a formula, and what would clear the content.
_ESCAPED = re.compile(r"'(?=\s*[=+\-@＝＋－＠'–—−\t])")


class DateInsteadOfNumber(ValueError):
    """A spreadsheet turned the number into a date, such as 1.2 into the first of February."""


def read_number(cell: str, language: Language) -> Decimal:
    """The number in a text cell. Raises DateInsteadOfNumber and NotANumber."""
    if _DAY.fullmatch(cell):
        raise DateInsteadOfNumber(cell)
    return numbers.parse(cell, language)


def read_numeric_cell(cell: str) -> Decimal:
    """The number in a numeric cell; `cell` is its shortest exact text, such as 412.1.

    Rounded to 15 significant digits, as spreadsheets do, and to the decimals that a figure can have. Raises
    NotANumber, and NumberTooLong for a number that a figure cannot hold.
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
    """The value rounded to the decimals that a figure can have (10); unchanged with fewer."""
    if -int(value.as_tuple().exponent) <= numbers.MAX_DECIMALS:
        return value
    return value.quantize(_LEAST, context=_WIDE)


def is_exact_in_spreadsheet(value: Decimal) -> bool:
    """Whether a spreadsheet keeps the number exactly: with at most 15 significant digits."""
    return len(value.as_tuple().digits) <= SPREADSHEET_PRECISION.prec


def read_unit(cell: str, family: UnitFamily) -> str | None:
    """The symbol of the unit that the cell names by symbol, sign or name; None unless exactly one unit fits.

    Case matters in the first letter only: mWh is not MWh, and ml is not ML.
    """
    for fold in (_without_spaces, _without_case_and_punctuation):
        wanted = fold(cell)
        symbols = {
            symbol
            for symbol, unit in family.units.items()
            for text in (symbol, unit.display.de, unit.display.en, unit.label.de, unit.label.en)
            if fold(text) == wanted
        }
        if len(symbols) == 1:
            return symbols.pop()
    return None


def read_quality(cell: str) -> Quality | None:
    """The quality named in German or English; None for other words."""
    return _QUALITIES.get(" ".join(cell.split()).casefold())


def unescape_text(cell: str) -> str:
    """The normalised text of a cell, without an apostrophe that only escapes what follows."""
    return normalised(_ESCAPED.sub("", cell.strip(), count=1) if cell.strip().startswith("'") else cell)


def escape_text(text: str) -> str:
    """The text as a cell holds it, escaped where reading the cell would change it."""
    return f"'{text}" if text.startswith("'") or text in CLEARING_MARKS else text


def _without_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_case_and_punctuation(text: str) -> str:
    bare = "".join(c for c in _without_spaces(text) if c not in "-.,()")
    return bare[:1] + bare[1:].casefold()
