"""Reads single fields of a questionnaire that came back: words, choices, numbers, units and years."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.values import Text
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR
from dnk_tool.domain.declarations.questionnaire.fields import TICK, number_text
from dnk_tool.domain.figures.file_cells import (
    CLEARING_MARKS,
    DateInsteadOfNumber,
    read_number,
    read_numeric_cell,
    read_unit,
    unescape_text,
)
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language

# What people write into a box, and what programs make of one that they do not know.
_TICKED = frozenset({TICK, "☒", "☑", "✓", "✔", "ja", "yes"})
_NOT_TICKED = CLEARING_MARKS | {"☐", "nein", "no"}


class FieldFault(StrEnum):
    """Why a field is left out. Those of figures have the values of `FigureRowFault`."""

    NOT_ASKED = "not-asked"
    OTHER_DECLARATION = "other-declaration"
    NOT_YOURS = "not-yours"
    TWICE = "twice"
    OTHER_GOAL = "other-goal"
    LOCKED = "locked"
    OUTSIDE = "outside"
    NOT_A_NUMBER = "not-a-number"
    IS_A_DAY = "is-a-day"
    LONG_NUMBER = "long-number"
    NO_UNIT = "no-unit"
    UNKNOWN_UNIT = "unknown-unit"
    UNIT_ALONE = "unit-alone"
    UNKNOWN_QUALITY = "unknown-quality"
    VALUE_NOT_AVAILABLE = "value-not-available"
    LONG_WORDS = "long-words"
    UNKNOWN_CHOICE = "unknown-choice"
    NOT_A_YEAR = "not-a-year"
    TOO_MANY_ROWS = "too-many-rows"


@dataclass(frozen=True, slots=True)
class GivenText:
    """The text of a field; `is_number`: a spreadsheet holds it as a number, such as 412.1."""

    text: str
    is_number: bool = False

    def in_language(self, language: Language) -> str:
        """The text as somebody would have typed it in the language, without space around it."""
        if not self.is_number:
            return self.text.strip()
        try:
            return number_text(read_numeric_cell(self.text), language)
        except numbers.NotANumber:
            return self.text.strip()


class Misread(Exception):
    """A field of an entry cannot be understood; `row` is the row of a table, 0 elsewhere.

    `part` names the field where the others can be read without it; "" if the whole entry is left out.
    """

    def __init__(self, fault: FieldFault, detail: str = "", row: int = 0) -> None:
        self.fault, self.detail, self.row, self.part = fault, detail, row, ""
        super().__init__(fault.value)


def is_same_text(text: str, before: str, language: Language, *, is_number: bool) -> bool:
    """Whether a field says what it said before; numbers may be written in another way."""
    if unescape_text(text) == unescape_text(before):
        return True
    if not is_number or not before:
        return False
    try:
        return read_number(text, language) == read_number(before, language)
    except ValueError:
        return False


def is_clearing(text: str) -> bool:
    """Whether the text is a dash alone, which clears what was there."""
    return text in CLEARING_MARKS


def is_ticked(text: str) -> bool:
    """Whether a box says yes; a dash in it says no. Raises Misread for other words."""
    word = text.casefold()
    if word not in _TICKED | _NOT_TICKED:
        raise Misread(FieldFault.UNKNOWN_CHOICE, text)
    return word in _TICKED


def read_prose(text: str, row: int = 0, *, longest: int = MAX_LENGTH) -> str:
    """The normalised text of a field. Raises Misread for one that is too long."""
    words = "" if is_clearing(text) else unescape_text(text)
    if len(words) > longest:
        raise Misread(FieldFault.LONG_WORDS, str(longest), row)
    return words


def option_key(text: str, options: Sequence[tuple[str, Text]], row: int = 0) -> str:
    """The key of the option that the text names in German or English; "" for a dash. Raises Misread."""
    if is_clearing(text):
        return ""
    wanted = single_line(unescape_text(text)).casefold()
    for key, label in options:
        if wanted in (single_line(name).casefold() for name in (key, label.de, label.en)):
            return key
    raise Misread(FieldFault.UNKNOWN_CHOICE, text, row)


def read_year(text: str, row: int = 0) -> int:
    """The year of four digits. Raises Misread."""
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:6]) <= LAST_YEAR):
        raise Misread(FieldFault.NOT_A_YEAR, text, row)
    return int(text)


def read_decimal(text: str, language: Language, row: int = 0) -> Decimal:
    """The exact number in the notation of the language. Raises Misread."""
    try:
        return read_number(unescape_text(text), language)
    except DateInsteadOfNumber:
        raise Misread(FieldFault.IS_A_DAY, text, row) from None
    except numbers.NumberTooLong:
        raise Misread(FieldFault.LONG_NUMBER, text, row) from None
    except numbers.NotANumber:
        raise Misread(FieldFault.NOT_A_NUMBER, text, row) from None


def read_symbol(text: str, family: UnitFamily, row: int = 0) -> str:
    """The symbol of the unit that the text names. Raises Misread."""
    symbol = read_unit(unescape_text(text), family)
    if symbol is None:
        raise Misread(FieldFault.UNKNOWN_UNIT, text, row)
    return symbol
