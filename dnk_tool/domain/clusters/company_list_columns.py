"""Finds the columns of a list that hold company, address, name and language."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dnk_tool.domain.uploads import MAX_HEADING_ROW, SpreadsheetRow
from dnk_tool.language import Language


@dataclass(frozen=True, slots=True)
class CompanyListColumns:
    """The positions of the columns; several may make up the name of a person."""

    company: int | None = None
    email: int | None = None
    names: tuple[int, ...] = ()
    language: int | None = None


HEADING_WORDS: dict[str, frozenset[str]] = {
    "company": frozenset((
        "unternehmen", "unternehmensname", "namedesunternehmens", "firma", "firmenname", "firmierung",
        "betrieb", "mitglied", "mitgliedsunternehmen", "organisation", "organization", "company",
        "companyname",
    )),
    "email": frozenset((
        "email", "emailadresse", "mail", "mailadresse", "emailaddress", "kontaktemail", "contactemail",
    )),
    "name": frozenset((
        "name", "ansprechpartner", "ansprechpartnerin", "ansprechperson", "kontakt", "kontaktperson",
        "kontaktname", "contact", "contactperson", "contactname", "vorname", "nachname", "firstname",
        "lastname", "surname",
    )),
    "language": frozenset(("sprache", "language", "lang")),
}  # fmt: skip
LANGUAGE_WORDS: dict[str, Language] = {
    **dict.fromkeys(("de", "deutsch", "german", "ger", "deu"), "de"),
    **dict.fromkeys(("en", "englisch", "english", "eng"), "en"),
}
_ADDRESS = re.compile(r"[^\s@;,<>]+@[^\s@;,<>]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>$")
_LEGAL_FORM = re.compile(r"\b(gmbh|kg|ag|ug|ohg|gbr|eg|se|ev|ek|kgaa|mbh|ltd|inc|llc)\b")


def find_columns(lines: Sequence[SpreadsheetRow]) -> tuple[CompanyListColumns, Sequence[SpreadsheetRow]]:
    """The columns, and the rows without headings, titles and empty ones."""
    lines = [line for line in lines if any(line.cells)]
    head = _heading_row(lines)
    heads = lines[head].cells if head is not None else ()
    rows = _data_rows(lines, head) if head is not None else lines
    places = {kind: [i for i, text in enumerate(heads) if _meaning(text) == kind] for kind in HEADING_WORDS}
    if not places["company"] and [heads[i].casefold() for i in places["name"]] == ["name"]:
        places["company"], places["name"] = places["name"], []  # the one name of a list of companies
    return _guess_columns(rows, places, guess_names=head is None), rows


def _heading_row(lines: Sequence[SpreadsheetRow]) -> int | None:
    """The position of the row among the first ten that has most headings; None if there is none."""
    best, needed = None, 1
    for i, line in enumerate(lines[:MAX_HEADING_ROW]):
        named = {_meaning(text) for text in line.cells} - {None}
        if _has_address(line):
            needed = max(needed, 2)  # among companies, one word may be a company's name
        elif len(named) >= needed:
            best, needed = i, len(named) + 1
    return best


def _data_rows(lines: Sequence[SpreadsheetRow], head: int) -> Sequence[SpreadsheetRow]:
    """The rows without headings and titles above them; a row with an address is no title."""
    first = next((i for i, line in enumerate(lines[:head]) if _has_address(line)), head)
    return [*lines[first:head], *lines[head + 1 :]]


def _has_address(line: SpreadsheetRow) -> bool:
    return any(map(is_address, line.cells))


def _meaning(head: str) -> str | None:
    word = "".join(filter(str.isalpha, head.casefold()))
    return next((kind for kind, words in HEADING_WORDS.items() if word in words), None)


def _guess_columns(
    rows: Sequence[SpreadsheetRow], places: dict[str, list[int]], *, guess_names: bool
) -> CompanyListColumns:
    """The columns by heading; columns without a heading are guessed from their cells."""
    width = max((len(row.cells) for row in rows), default=0)
    free = [i for i in range(width) if not any(i in taken for taken in places.values())]
    email = next(iter(places["email"]), None)
    if email is None:
        email = max(free, key=lambda i: _count_cells(rows, i, is_address), default=None)
        email = email if email is not None and _count_cells(rows, email, is_address) else None
    free = [i for i in free if i != email and _count_cells(rows, i, bool)]
    language = next(iter(places["language"]), None)
    if language is None:
        language = next(
            (i for i in free if _count_cells(rows, i, _is_language) == _count_cells(rows, i, bool)), None
        )
    free = [i for i in free if i != language]
    company = next(iter(places["company"]), None)
    if company is None:
        company = max(free, key=lambda i: (_count_cells(rows, i, _is_company_name), -i), default=None)
    names = places["name"] or ([i for i in free if i != company][:1] if guess_names else [])
    return CompanyListColumns(company, email, tuple(names), language)


def extract_address(written: str) -> str:
    """The address within pasted text: "Anna Beck <anna@beck.example>", "mailto:anna@beck.example"."""
    bracketed = _IN_BRACKETS.search(written)
    return (bracketed[1] if bracketed else written).strip().removeprefix("mailto:").strip(" ;,")


def cell_at(line: SpreadsheetRow, column: int | None) -> str:
    """The cell of a row in a column; empty without a column, or where the row is shorter."""
    return line.cells[column] if column is not None and column < len(line.cells) else ""


def _count_cells(rows: Iterable[SpreadsheetRow], column: int, holds: Callable[[str], object]) -> int:
    return sum(bool(holds(cell_at(row, column))) for row in rows)


def is_address(text: str) -> bool:
    """Whether a cell looks like an e-mail address and nothing else."""
    return bool(_ADDRESS.fullmatch(extract_address(text)))


def _is_language(text: str) -> bool:
    return text.casefold() in LANGUAGE_WORDS


def _is_company_name(text: str) -> bool:
    return bool(_LEGAL_FORM.search(text.casefold().replace(".", "")))
