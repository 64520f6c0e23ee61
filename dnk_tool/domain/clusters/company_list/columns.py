"""Guesses which columns of a list hold company, address, person, language and cohort."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from dnk_tool.domain.uploads import ListTable, SpreadsheetRow, find_table, guess_by_headings, letters_of
from dnk_tool.language import Language


class CompanyColumn(StrEnum):
    """What a column of a list of companies can hold."""

    COMPANY = "company"
    EMAIL = "email"
    FIRST_NAME = "first-name"
    NAME = "name"
    LANGUAGE = "language"
    COHORT = "cohort"


REQUIRED = (CompanyColumn.COMPANY, CompanyColumn.EMAIL)
LANGUAGE_WORDS: dict[str, Language] = {
    **dict.fromkeys(("de", "deutsch", "german", "ger", "deu"), "de"),
    **dict.fromkeys(("en", "englisch", "english", "eng"), "en"),
}
_HEADINGS: Mapping[CompanyColumn, str] = {
    CompanyColumn.COMPANY: r"^((mitglieds)?unternehmen(sname)?|namedesunternehmens|firm(a|enname|ierung)"
    r"|betrieb(sname)?|mitglied|organi[sz]ation|company(name)?)$",
    CompanyColumn.EMAIL: r"^((kontakt|contact)?e?mail(adresse|address)?)$",
    CompanyColumn.FIRST_NAME: r"^(vorname|(first|given)name)$",
    CompanyColumn.NAME: r"^(name|nachname|lastname|surname|ansprech(partner(in)?|person)"
    r"|kontakt(person|name)?|contact(person|name)?)$",
    CompanyColumn.LANGUAGE: r"^(sprache|language|lang)$",
    CompanyColumn.COHORT: r"^(kohorte|cohort)$",
}
# Columns of address books that are never a company, however their cells look.
_OTHER = re.compile(
    r"^(tel|fon|phone|fax|mobil|handy|plz|postleitzahl|ort|stadt|stra(ß|ss)e|anschrift|adresse|land|nr$|nummer"
    r"|kunden|id$|datum|stand|notiz|bemerkung|status|anrede|titel|funktion|position|abteilung|web|internet)"
    r"|(telefon|nummer|nr|straße)$"
)
_ADDRESS = re.compile(r"[^\s@;,<>]+@[^\s@;,<>]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>$")
_LEGAL_FORM = re.compile(r"\b(gmbh|kg|ag|ug|ohg|gbr|eg|se|ev|ek|kgaa|mbh|ltd|inc|llc)\b")
_PHONE = re.compile(r"[+(]?[\d\s/().+-]{5,}")


def find_company_table(rows: Sequence[SpreadsheetRow]) -> ListTable:
    """The headings of a list of companies and its rows, without empty ones and titles.

    A row with an address is neither a heading nor a title.
    """
    filled = [row for row in rows if any(row.cells)]
    return find_table(filled, lambda cells: len(_by_headings(cells)), fewest=1, is_data=has_address)


def guess_company_columns(table: ListTable) -> tuple[dict[CompanyColumn, int], frozenset[CompanyColumn]]:
    """The place of each column that was found, and those of which its heading alone does not tell."""
    named = {column: place for place, column in _by_headings(table.heads).items()}
    places = _name_of_company(table.heads, named) if CompanyColumn.COMPANY not in named else dict(named)
    is_other = [bool(_OTHER.search(letters_of(head))) for head in table.heads]

    def best(holds: Callable[[str], object], *, all_cells: bool = False) -> int | None:
        """The first free column with the most cells that hold it; None if none does."""
        free = [i for i, other in enumerate(is_other) if not other and i not in places.values()]
        counts = {i: _count_cells(table.rows, i, holds) for i in free}
        if all_cells:
            free = [i for i in free if counts[i] == _count_cells(table.rows, i, bool)]
        place = max(free, key=lambda i: (counts[i], -i), default=None)
        return place if place is not None and counts[place] else None

    def guess(column: CompanyColumn, place: int | None) -> None:
        if column not in places and place is not None:
            places[column] = place

    guess(CompanyColumn.EMAIL, best(is_address))
    guess(CompanyColumn.LANGUAGE, best(_is_language, all_cells=True))
    guess(CompanyColumn.COMPANY, best(_has_legal_form))
    guess(CompanyColumn.COMPANY, best(_is_wordy))
    if not any(table.heads):
        guess(CompanyColumn.NAME, best(_is_wordy))
    return places, frozenset(column for column, place in places.items() if named.get(column) != place)


def _by_headings(heads: Sequence[str]) -> dict[int, CompanyColumn]:
    return guess_by_headings(heads, _HEADINGS, {})


def _name_of_company(heads: Sequence[str], named: Mapping[CompanyColumn, int]) -> dict[CompanyColumn, int]:
    """The columns where "Name" is the company's, as nothing else is and no first name stands beside it."""
    places, place = dict(named), named.get(CompanyColumn.NAME)
    if place is None or letters_of(heads[place]) != "name" or CompanyColumn.FIRST_NAME in named:
        return places
    del places[CompanyColumn.NAME]
    others = [head if i != place else "" for i, head in enumerate(heads)]
    beside = {column: i for i, column in _by_headings(others).items()}
    return places | beside | {CompanyColumn.COMPANY: place}


def has_address(row: SpreadsheetRow) -> bool:
    """Whether an e-mail address stands in the row."""
    return any(map(is_address, row.cells))


def extract_address(written: str) -> str:
    """The address within pasted text: "Anna Beck <anna@beck.example>", "mailto:anna@beck.example"."""
    bracketed = _IN_BRACKETS.search(written)
    return (bracketed[1] if bracketed else written).strip().removeprefix("mailto:").strip(" ;,")


def cell_at(line: SpreadsheetRow, column: int | None) -> str:
    """The cell of a row in a column; empty without a column, or where the row is shorter."""
    return line.cells[column] if column is not None and column < len(line.cells) else ""


def is_address(text: str) -> bool:
    """Whether a cell looks like an e-mail address and nothing else."""
    return bool(_ADDRESS.fullmatch(extract_address(text)))


def is_phone_number(text: str) -> bool:
    """Whether a cell holds nothing but digits and what stands between those of a phone number."""
    return bool(_PHONE.fullmatch(text.strip()))


def _count_cells(rows: Iterable[SpreadsheetRow], column: int, holds: Callable[[str], object]) -> int:
    return sum(bool(holds(cell_at(row, column))) for row in rows)


def _is_language(text: str) -> bool:
    return text.casefold() in LANGUAGE_WORDS


def _has_legal_form(text: str) -> bool:
    return bool(_LEGAL_FORM.search(text.casefold().replace(".", "")))


def _is_wordy(text: str) -> bool:
    """Whether a cell holds words: no number, no address."""
    return any(map(str.isalpha, text)) and not is_phone_number(text) and not is_address(text)
