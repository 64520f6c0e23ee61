"""Splits the rows of a list of companies to be invited into valid and faulty ones."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.domain.clusters.company_list_columns import (
    LANGUAGE_WORDS,
    CompanyListColumns,
    cell_at,
    extract_address,
    find_columns,
)
from dnk_tool.domain.uploads import RejectedRow, RowHint, SpreadsheetRow, single_line
from dnk_tool.language import Language

LONGEST_COMPANY, LONGEST_NAME = 200, 200

# An address and the company's name by `str.casefold`: one person may speak for several companies.
InvitationKey = tuple[str, str]


def invitation_key(email: str, company: str) -> InvitationKey:
    """The address and the name without case: two invitations with the same key are the same."""
    return email, company.casefold()


class CompanyRowFault(StrEnum):
    """Why a row is not invited."""

    NO_ADDRESS = "no-address"
    INVALID_ADDRESS = "invalid-address"
    NO_COMPANY = "no-company"
    TOO_LONG = "too-long"
    UNKNOWN_LANGUAGE = "unknown-language"
    TWICE = "twice"
    MEMBER = "member"
    INVITED = "invited"


class CompanyHintKind(StrEnum):
    """What to check in a row that is invited."""

    INVITED_ELSEWHERE = "invited-elsewhere"
    ADDRESS_KNOWN = "address-known"
    COMPANY_TWICE = "company-twice"
    ADDRESS_TWICE = "address-twice"


RejectedCompanyRow = RejectedRow[CompanyRowFault]
CompanyRowHint = RowHint[CompanyHintKind]


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company to be invited; `number` is its row in the list."""

    number: int
    company: str
    email: str
    name: str
    language: Language

    @property
    def invitation_key(self) -> InvitationKey:
        """The key by which two rows are the same invitation."""
        return invitation_key(self.email, self.company)


@dataclass(frozen=True)
class KnownCompanies:
    """The companies that need no invitation.

    `companies` are the names of members by `str.casefold`. `joined` are the invitations that members
    accepted, `invited` those that are pending, each with the company's name as it was written.
    """

    companies: Collection[str] = frozenset()
    joined: Mapping[InvitationKey, str] = field(default_factory=dict)
    invited: Mapping[InvitationKey, str] = field(default_factory=dict)


@dataclass
class CompanyListPreview:
    """The rows of a list, split into good and bad ones, with hints on the good ones."""

    good: list[CompanyRow] = field(default_factory=list)
    bad: list[RejectedCompanyRow] = field(default_factory=list)
    hints: list[CompanyRowHint] = field(default_factory=list)


def preview_company_list(
    lines: Sequence[SpreadsheetRow],
    known: KnownCompanies,
    *,
    read_address: Callable[[str], str],
    language: Language,
) -> CompanyListPreview:
    """Split the rows into good ones and rejected ones, in the order of the table.

    `read_address` returns an address as it is stored, or raises ValueError; `language` applies to rows that
    name none.
    """
    columns, rows = find_columns(
        [SpreadsheetRow(line.number, tuple(map(single_line, line.cells))) for line in lines]
    )
    sifted, accepted = CompanyListPreview(), dict[InvitationKey, int]()
    for line in rows:
        row = _read_row(line, columns, read_address, language)
        if isinstance(row, CompanyRow):
            row = _redundant_row(row, known, accepted) or row
        if isinstance(row, RejectedRow):
            sifted.bad.append(row)
        else:
            sifted.good.append(row)
            accepted[row.invitation_key] = row.number
    sifted.hints.extend(_row_hints(sifted.good, known))
    return sifted


def known_company_fault(row: CompanyRow, known: KnownCompanies) -> CompanyRowFault | None:
    """Why the company needs no invitation: it is a member, or invited already; else None."""
    if row.invitation_key in known.joined or row.company.casefold() in known.companies:
        return CompanyRowFault.MEMBER
    return CompanyRowFault.INVITED if row.invitation_key in known.invited else None


def _redundant_row(
    row: CompanyRow, known: KnownCompanies, accepted: Mapping[InvitationKey, int]
) -> RejectedCompanyRow | None:
    """The rejection of a row that repeats a known company or an accepted row; else None."""
    first = accepted.get(row.invitation_key)
    fault = known_company_fault(row, known) if first is None else CompanyRowFault.TWICE
    return (
        RejectedCompanyRow(row.number, fault, _row_label(row.company, row.email), str(first or ""))
        if fault
        else None
    )


def _row_hints(rows: Sequence[CompanyRow], known: KnownCompanies) -> Iterator[CompanyRowHint]:
    """Hints where one company has two addresses, or one address two companies: perhaps a slip."""
    addresses = {company: email for email, company in sorted(known.invited)}
    companies = {email: name for (email, _), name in sorted({**known.joined, **known.invited}.items())}
    of_company, of_address = dict[str, int](), dict[str, int]()
    for row in rows:
        email, company = row.invitation_key
        first, before = of_company.setdefault(company, row.number), of_address.setdefault(email, row.number)
        if company in addresses:
            yield _row_hint(row, CompanyHintKind.INVITED_ELSEWHERE, addresses[company])
        elif first != row.number:
            yield _row_hint(row, CompanyHintKind.COMPANY_TWICE, str(first))
        if email in companies:
            yield _row_hint(row, CompanyHintKind.ADDRESS_KNOWN, companies[email])
        elif before != row.number:
            yield _row_hint(row, CompanyHintKind.ADDRESS_TWICE, str(before))


def _row_hint(row: CompanyRow, kind: CompanyHintKind, detail: str) -> CompanyRowHint:
    return CompanyRowHint(row.number, kind, _row_label(row.company, row.email), detail)


def _read_row(
    line: SpreadsheetRow, columns: CompanyListColumns, read_address: Callable[[str], str], language: Language
) -> CompanyRow | RejectedCompanyRow:
    company, written = cell_at(line, columns.company), extract_address(cell_at(line, columns.email))
    name = " ".join(filter(None, (cell_at(line, column) for column in columns.names)))
    wish = cell_at(line, columns.language)
    shown = _row_label(company, written) or _row_label(*line.cells)

    def bad(fault: CompanyRowFault, detail: str = "") -> RejectedCompanyRow:
        return RejectedCompanyRow(line.number, fault, shown[:LONGEST_COMPANY], detail[:LONGEST_NAME])

    if not written:
        return bad(CompanyRowFault.NO_ADDRESS)
    try:
        email = read_address(written)
    except ValueError:
        return bad(CompanyRowFault.INVALID_ADDRESS, written)
    if not company:
        return bad(CompanyRowFault.NO_COMPANY)
    if len(company) > LONGEST_COMPANY or len(name) > LONGEST_NAME:
        return bad(CompanyRowFault.TOO_LONG)
    if wish and wish.casefold() not in LANGUAGE_WORDS:
        return bad(CompanyRowFault.UNKNOWN_LANGUAGE, wish)
    return CompanyRow(line.number, company, email, name, LANGUAGE_WORDS.get(wish.casefold(), language))


def _row_label(*parts: str) -> str:
    return ", ".join(filter(None, parts))
