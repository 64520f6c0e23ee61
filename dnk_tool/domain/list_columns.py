"""Finds out which column of a list holds the company, the address, the name and the language."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dnk_tool.domain.text import normalised
from dnk_tool.language import Language


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number as the table's program shows it, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where to look; several columns may make up the name of a person."""

    company: int | None = None
    email: int | None = None
    names: tuple[int, ...] = ()
    language: int | None = None


HEADERS: dict[str, frozenset[str]] = {
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


def columns_of(lines: Sequence[Line]) -> tuple[Columns, Sequence[Line]]:
    """Which column holds what, and the rows without the empty ones and the heads of the columns."""
    lines = [one for one in lines if any(one.cells)]
    if not lines:
        return Columns(), []
    heads = [_meaning(one) for one in lines[0].cells]
    has_heads = any(heads) and not any(map(is_address, lines[0].cells))
    rows = lines[1:] if has_heads else lines
    found = {kind: [i for i, head in enumerate(heads) if has_heads and head == kind] for kind in HEADERS}
    if not found["company"] and [lines[0].cells[i].casefold() for i in found["name"]] == ["name"]:
        found["company"], found["name"] = found["name"], []  # the one name of a list of companies
    return _by_content(rows, found, guess_names=not has_heads), rows


def _meaning(head: str) -> str | None:
    word = "".join(filter(str.isalpha, head.casefold()))
    return next((kind for kind, words in HEADERS.items() if word in words), None)


def _by_content(rows: Sequence[Line], found: dict[str, list[int]], *, guess_names: bool) -> Columns:
    """What the heads of the columns do not say, the cells may."""
    width = max((len(one.cells) for one in rows), default=0)
    free = [i for i in range(width) if not any(i in taken for taken in found.values())]
    email = next(iter(found["email"]), None)
    if email is None:
        email = max(free, key=lambda i: _count(rows, i, is_address), default=None)
        email = email if email is not None and _count(rows, email, is_address) else None
    free = [i for i in free if i != email and _count(rows, i, bool)]
    language = next(iter(found["language"]), None)
    if language is None:
        language = next((i for i in free if _count(rows, i, _is_language) == _count(rows, i, bool)), None)
    free = [i for i in free if i != language]
    company = next(iter(found["company"]), None)
    if company is None:
        company = max(free, key=lambda i: (_count(rows, i, _is_firm), -i), default=None)
    names = found["name"] or ([i for i in free if i != company][:1] if guess_names else [])
    return Columns(company, email, tuple(names), language)


def one_line(text: str) -> str:
    """A cell without line breaks and control characters."""
    return " ".join(normalised(text).split())


def bare_address(written: str) -> str:
    """The address in what people paste: "Anna Beck <anna@beck.example>", "mailto:anna@beck.example"."""
    found = _IN_BRACKETS.search(written)
    return (found[1] if found else written).strip().removeprefix("mailto:").strip(" ;,")


def cell(line: Line, column: int | None) -> str:
    """What a row says in a column, if it reaches that far."""
    return line.cells[column] if column is not None and column < len(line.cells) else ""


def _count(rows: Iterable[Line], column: int, holds: Callable[[str], object]) -> int:
    return sum(bool(holds(cell(one, column))) for one in rows)


def is_address(text: str) -> bool:
    """Whether a cell looks like an e-mail address and nothing else."""
    return bool(_ADDRESS.fullmatch(bare_address(text)))


def _is_language(text: str) -> bool:
    return text.casefold() in LANGUAGE_WORDS


def _is_firm(text: str) -> bool:
    return bool(_LEGAL_FORM.search(text.casefold().replace(".", "")))
