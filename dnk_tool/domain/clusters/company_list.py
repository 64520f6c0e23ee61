"""Tells the rows of a list of companies to be invited from those with a fault."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.domain.clusters.company_list_columns import (
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

# An address and the company's name by `str.casefold`: one person may speak for several companies.
Firm = tuple[str, str]


def firm(email: str, company: str) -> Firm:
    """What makes an invitation the same as another one."""
    return email, company.casefold()


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


class RowHint(StrEnum):
    """What to look at once more in a row that is invited."""

    INVITED_ELSEWHERE = "invited-elsewhere"
    ADDRESS_KNOWN = "address-known"
    COMPANY_TWICE = "company-twice"
    ADDRESS_TWICE = "address-twice"


@dataclass(frozen=True, slots=True)
class Row:
    """A company to be invited."""

    number: int
    company: str
    email: str
    name: str
    language: Language

    @property
    def firm(self) -> Firm:
        """What makes it the same as another one."""
        return firm(self.email, self.company)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out. `shown` is how its reader recognises it, `detail` belongs to the fault."""

    number: int
    fault: RowFault
    shown: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may be an oversight in a good row. `detail` belongs to the kind of hint."""

    number: int
    kind: RowHint
    shown: str
    detail: str


@dataclass(frozen=True)
class Known:
    """Who needs no invitation.

    `companies` are the names of members by `str.casefold`. `joined` are the invitations that members came by,
    `invited` those on their way, each with the company's name as it was written.
    """

    companies: Collection[str] = frozenset()
    joined: Mapping[Firm, str] = field(default_factory=dict)
    invited: Mapping[Firm, str] = field(default_factory=dict)


@dataclass
class Sifted:
    """The rows of a list, told apart, and what to look at in the good ones."""

    good: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


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
    sifted, accepted = Sifted(), dict[Firm, int]()
    for line in rows:
        row = _read(line, columns, read_address, language)
        if isinstance(row, Row):
            row = _needless(row, known, accepted) or row
        if isinstance(row, BadRow):
            sifted.bad.append(row)
        else:
            sifted.good.append(row)
            accepted[row.firm] = row.number
    sifted.hints.extend(_hints(sifted.good, known))
    return sifted


def known_as(row: Row, known: Known) -> RowFault | None:
    """Why the company needs no invitation, if it needs none."""
    if row.firm in known.joined or row.company.casefold() in known.companies:
        return RowFault.MEMBER
    return RowFault.INVITED if row.firm in known.invited else None


def _needless(row: Row, known: Known, accepted: Mapping[Firm, int]) -> BadRow | None:
    """Why nobody misses the row, if so; only accepted rows make others doubles."""
    first = accepted.get(row.firm)
    fault = known_as(row, known) if first is None else RowFault.TWICE
    return BadRow(row.number, fault, _shown(row.company, row.email), str(first or "")) if fault else None


def _hints(rows: Sequence[Row], known: Known) -> Iterator[Hint]:
    """Where one company has two addresses, or one address two companies: meant so, or a slip."""
    addresses = {company: email for email, company in sorted(known.invited)}
    companies = {email: name for (email, _), name in sorted({**known.joined, **known.invited}.items())}
    of_company, of_address = dict[str, int](), dict[str, int]()
    for row in rows:
        email, company = row.firm
        first, before = of_company.setdefault(company, row.number), of_address.setdefault(email, row.number)
        if company in addresses:
            yield _hint(row, RowHint.INVITED_ELSEWHERE, addresses[company])
        elif first != row.number:
            yield _hint(row, RowHint.COMPANY_TWICE, str(first))
        if email in companies:
            yield _hint(row, RowHint.ADDRESS_KNOWN, companies[email])
        elif before != row.number:
            yield _hint(row, RowHint.ADDRESS_TWICE, str(before))


def _hint(row: Row, kind: RowHint, detail: str) -> Hint:
    return Hint(row.number, kind, _shown(row.company, row.email), detail)


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
