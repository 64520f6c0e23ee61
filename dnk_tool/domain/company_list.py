"""Tells the rows of a list of companies to be invited from those with a fault."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.domain.list_columns import (
    LANGUAGE_WORDS,
    Columns,
    Line,
    bare_address,
    cell,
    columns_of,
    one_line,
)
from dnk_tool.language import Language

LONGEST_COMPANY, LONGEST_NAME = 200, 200


class RowFault(StrEnum):
    """Why somebody of a list is not invited."""

    NO_ADDRESS = "no-address"
    INVALID_ADDRESS = "invalid-address"
    NO_COMPANY = "no-company"
    TOO_LONG = "too-long"
    UNKNOWN_LANGUAGE = "unknown-language"
    TWICE = "twice"
    MEMBER = "member"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Row:
    """A company to be invited."""

    number: int
    company: str
    email: str
    name: str
    language: Language


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out. `shown` is how its reader recognises it, `detail` belongs to the fault."""

    number: int
    fault: RowFault
    shown: str
    detail: str = ""


@dataclass(frozen=True)
class Known:
    """Who needs no invitation: addresses of members and of open invitations, names of member companies.

    Names are kept by `str.casefold`.
    """

    members: Collection[str] = frozenset()
    invited: Collection[str] = frozenset()
    companies: Collection[str] = frozenset()


@dataclass
class Sifted:
    """The rows of a list, told apart."""

    good: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def sift(
    lines: Sequence[Line],
    known: Known,
    *,
    read_address: Callable[[str], str],
    language: Language,
) -> Sifted:
    """Tell the good rows from those to be left out, in the order of the table.

    `read_address` gives an address in the spelling that is kept, or raises ValueError; `language` is for rows
    that name none.
    """
    columns, rows = columns_of([Line(one.number, tuple(map(one_line, one.cells))) for one in lines])
    sifted, seen = Sifted(), dict[str, int]()
    for line in rows:
        row = _read(line, columns, read_address, language)
        if isinstance(row, Row):
            first = seen.setdefault(row.email, row.number)
            fault = RowFault.TWICE if first != row.number else known_as(row, known)
            if fault is None:
                sifted.good.append(row)
                continue
            row = BadRow(row.number, fault, _shown(row.company, row.email), str(first))
        sifted.bad.append(row)
    return sifted


def known_as(row: Row, known: Known) -> RowFault | None:
    """Why the company needs no invitation, if it needs none."""
    if row.email in known.members or row.company.casefold() in known.companies:
        return RowFault.MEMBER
    return RowFault.INVITED if row.email in known.invited else None


def _read(
    line: Line, columns: Columns, read_address: Callable[[str], str], language: Language
) -> Row | BadRow:
    company, written = cell(line, columns.company), bare_address(cell(line, columns.email))
    name = " ".join(filter(None, (cell(line, one) for one in columns.names)))
    wish = cell(line, columns.language)
    shown = _shown(company, written) or _shown(*line.cells)

    def bad(fault: RowFault, detail: str = "") -> BadRow:
        return BadRow(line.number, fault, shown[:LONGEST_COMPANY], detail[:LONGEST_NAME])

    if not written:
        return bad(RowFault.NO_ADDRESS)
    try:
        email = read_address(written)
    except ValueError:
        return bad(RowFault.INVALID_ADDRESS, written)
    if not company:
        return bad(RowFault.NO_COMPANY)
    if len(company) > LONGEST_COMPANY or len(name) > LONGEST_NAME:
        return bad(RowFault.TOO_LONG)
    if wish and wish.casefold() not in LANGUAGE_WORDS:
        return bad(RowFault.UNKNOWN_LANGUAGE, wish)
    return Row(line.number, company, email, name, LANGUAGE_WORDS.get(wish.casefold(), language))


def _shown(*parts: str) -> str:
    return ", ".join(filter(None, parts))
