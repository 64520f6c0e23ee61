"""Reads the cells of a list: numbers, days, ages, and words in German and English."""

import re
from datetime import date, timedelta
from decimal import Decimal

from dnk_tool.domain import numbers
from dnk_tool.domain.figures.file_cells import read_numeric_cell
from dnk_tool.domain.figures.lists.model import ListColumn, ListRowFault
from dnk_tool.language import Language

_FIRST_SPREADSHEET_DAY = date(1899, 12, 30)
_SPREADSHEET_DAYS = range(10_000, 80_000)  # 1927 to 2119
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_DOTTED_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{2}|\d{4})(?: .*)?")
_SLASHED_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?: .*)?")
_COMPACT_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{1,2})[./](\d{4})")
_UNIT_BEHIND = re.compile(r"(?<=[\d\s])(?:€|eur|l|ltr|liter|litres?|kg|t|to|h|std\.?|%)$", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?")
_MONTHS, _MINUTES, _YEAR_DIGITS, _CENTURY = 12, 60, 2, 100
_AGES = range(12, 100)
_TOO_LARGE = 10**12  # so that sums of thousands of rows are still figures that a company can have
MAX_WEEKLY_HOURS = 80

_WOMEN = frozenset(["w", "f", "weiblich", "frau", "female", "woman", "fr", "feminin"])
_MEN = frozenset(["m", "männlich", "maennlich", "mann", "herr", "male", "man", "hr", "mr", "maskulin"])
_NOT_STATED = frozenset(
    ("d", "x", "divers", "diverse", "offen", "ohne angabe", "keine angabe", "non-binary", "not stated")
)
_YES = frozenset(("ja", "j", "yes", "y", "x", "1", "true", "wahr", "✓"))
_NO = frozenset(("", "nein", "n", "no", "0", "false", "falsch", "-", "–", "unbefristet", "permanent"))
_PERMANENT = re.compile(r"unbefristet|indefinite|^(nicht|not|keine?)\b")
_LEADERS = re.compile(
    r"führung|führend|(geschäfts|gruppen|team|schicht|kolonnen)führer|leiter(in(nen)?)?\b|leitend"
    r"|leitung(s(ebene|funktion|kraft|position))?\b|vorstand|prokur|\bchef|manager|head of|director"
    r"|\blead(er)?\b|leadership|executive|supervisor"
)
# Who leads a machine (Maschinenführer), keeps the books or works for those who lead has no staff thereby.
_OTHER_WORK = re.compile(r"buchführung\w*|^\w*(assist|sekret|secret|referent).*")
_NO_LEADERS = re.compile(r"^(no|non)\b|\b(keine?|ohne|nicht|without)\b|stellv")


class UnreadableCell(ValueError):
    """A cell that cannot be read; `fault` says why, `column` which one."""

    def __init__(self, fault: ListRowFault, column: ListColumn) -> None:
        self.fault, self.column = fault, column
        super().__init__(f"{column}: {fault}")


def read_decimal(cell: str, column: ListColumn, language: Language, *, is_numeric: bool = False) -> Decimal:
    """The number in a cell, with or without a unit behind it. Raises UnreadableCell."""
    if not cell.strip():
        raise UnreadableCell(ListRowFault.EMPTY, column)
    try:
        bare = _UNIT_BEHIND.sub("", cell.strip()).strip()
        value = read_numeric_cell(cell) if is_numeric else numbers.parse(bare, language)
    except numbers.NotANumber:
        raise UnreadableCell(ListRowFault.NOT_A_NUMBER, column) from None
    if abs(value) >= _TOO_LARGE:
        raise UnreadableCell(ListRowFault.OUT_OF_RANGE, column)
    return value


def read_hours(cell: str, column: ListColumn, language: Language, *, is_numeric: bool = False) -> Decimal:
    """Hours as a number or as 38:30; not below zero. Raises UnreadableCell."""
    clock = _CLOCK.fullmatch(cell.strip())
    if clock:
        return Decimal(clock[1]) + Decimal(clock[2]) / _MINUTES
    hours = read_decimal(cell, column, language, is_numeric=is_numeric)
    if hours < 0:
        raise UnreadableCell(ListRowFault.OUT_OF_RANGE, column)
    return hours


def read_day(cell: str, column: ListColumn, year: int, *, is_numeric: bool = False) -> date:
    """The day in a cell: as Germans, the British or computers write it, or a spreadsheet's number.

    A month such as 03.2025 is its first day. Two digits of a year are no later than the year after `year`.
    Raises UnreadableCell.
    """
    text = cell.strip()
    if not text:
        raise UnreadableCell(ListRowFault.EMPTY, column)
    try:
        if (is_numeric or text.isascii()) and (whole := _whole_number(text)) in _SPREADSHEET_DAYS:
            return _FIRST_SPREADSHEET_DAY + timedelta(days=whole)
        return _written_day(text, year)
    except ValueError:
        raise UnreadableCell(ListRowFault.NOT_A_DATE, column) from None


def _whole_number(text: str) -> int:
    """The days of a spreadsheet's number, whose decimals are the time; -1 for other texts."""
    return int(text.split(".", maxsplit=1)[0]) if re.fullmatch(r"\d{5}(\.\d+)?", text) else -1


def _written_day(text: str, year: int) -> date:
    if found := _ISO_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED_DAY.fullmatch(text):
        return date(_whole_year(found[3], year), int(found[2]), int(found[1]))
    if found := _SLASHED_DAY.fullmatch(text):
        day, month = int(found[1]), int(found[2])
        day, month = (month, day) if month > _MONTHS else (day, month)
        return date(_whole_year(found[3], year), month, day)
    if found := _MONTH.fullmatch(text):
        return date(int(found[2]), int(found[1]), 1)
    raise ValueError(text)


def _whole_year(digits: str, year: int) -> int:
    if len(digits) > _YEAR_DIGITS:
        return int(digits)
    century = year - year % _CENTURY
    short = century + int(digits)
    return short if short <= year + 1 else short - _CENTURY


def read_age(cell: str, year: int, *, is_numeric: bool = False) -> int:
    """The age on the last day of the year, by a date or year of birth or an age. Raises UnreadableCell.

    The year of birth is enough: on that day everybody has had a birthday.
    """
    text = cell.strip()
    if re.fullmatch(r"\d{4}", text):
        age = year - int(text)
    elif re.fullmatch(r"\d{1,3}", text):
        age = int(text)
    else:
        age = year - read_day(text, ListColumn.BIRTH, year, is_numeric=is_numeric).year
    if age not in _AGES:
        raise UnreadableCell(ListRowFault.OUT_OF_RANGE, ListColumn.BIRTH)
    return age


def read_sex(cell: str) -> str:
    """The sex as the calculators call it: women, men or diverse. Raises UnreadableCell."""
    word = " ".join(cell.casefold().split()).rstrip(".")
    if not word:
        raise UnreadableCell(ListRowFault.EMPTY, ListColumn.SEX)
    for name, words in (("women", _WOMEN), ("men", _MEN), ("diverse", _NOT_STATED)):
        if word in words:
            return name
    raise UnreadableCell(ListRowFault.UNKNOWN_WORD, ListColumn.SEX)


def read_share(cell: str, language: Language, *, is_numeric: bool = False) -> Decimal:
    """The share of a full post, at most 1; as 0.5, as 50 or as 50 %. Raises UnreadableCell."""
    share = read_decimal(cell, ListColumn.FTE, language, is_numeric=is_numeric)
    if share > Decimal("1.5") or "%" in cell:
        share /= 100
    if not 0 <= share <= Decimal("1.5"):
        raise UnreadableCell(ListRowFault.OUT_OF_RANGE, ListColumn.FTE)
    return min(share, Decimal(1))


def is_leader(cell: str) -> bool:
    """Whether the cell names a post with responsibility for staff; most words name none."""
    word = _OTHER_WORK.sub("", " ".join(cell.casefold().split()))
    return word in _YES or bool(_LEADERS.search(word) and not _NO_LEADERS.search(word))


def is_temporary(cell: str, year: int, *, is_numeric: bool = False) -> bool:
    """Whether the contract ends: yes or no, a word, or the day. Raises UnreadableCell."""
    word = " ".join(cell.casefold().split())
    if word in _NO or _PERMANENT.search(word):
        return False
    if word in _YES or any(stem in word for stem in ("befristet", "fixed", "temporary")):
        return True
    try:
        read_day(word, ListColumn.TEMPORARY, year, is_numeric=is_numeric)
    except UnreadableCell:
        raise UnreadableCell(ListRowFault.UNKNOWN_WORD, ListColumn.TEMPORARY) from None
    return True
