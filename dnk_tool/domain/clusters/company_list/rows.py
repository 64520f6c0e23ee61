"""The rows of a list of companies: as written, as they can be invited, and what is to be said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dnk_tool.domain.clusters.company_list.columns import CompanyColumn
from dnk_tool.language import Language

LONGEST_COMPANY, LONGEST_NAME = 200, 200
LONGEST_WRITTEN = 260  # what is longer is too long for any field

# An address and the company's name by `str.casefold`: one person may speak for several companies.
InvitationKey = tuple[str, str]


def invitation_key(email: str, company: str) -> InvitationKey:
    """The address and the name without case: two invitations with the same key are the same."""
    return email, company.casefold()


class CompanyRowFault(StrEnum):
    """Why a row cannot be invited as it is."""

    NO_ADDRESS = "no-address"
    PHONE_NUMBER = "phone-number"
    NO_DOT = "no-dot"
    TWO_DOTS = "two-dots"
    INVALID_ADDRESS = "invalid-address"
    NO_COMPANY = "no-company"
    LONG_COMPANY = "long-company"
    LONG_NAME = "long-name"
    UNKNOWN_LANGUAGE = "unknown-language"
    UNKNOWN_COHORT = "unknown-cohort"
    TWICE = "twice"
    MEMBER = "member"
    INVITED = "invited"

    @property
    def needs_nothing(self) -> bool:
        """Whether the company needs no invitation of its own, so that nothing has to be corrected."""
        return self in (CompanyRowFault.TWICE, CompanyRowFault.MEMBER, CompanyRowFault.INVITED)

    @property
    def column(self) -> CompanyColumn:
        """The column that has to be corrected."""
        return _FAULTY_COLUMNS.get(self, CompanyColumn.EMAIL)


_FAULTY_COLUMNS: Mapping[CompanyRowFault, CompanyColumn] = {
    CompanyRowFault.NO_COMPANY: CompanyColumn.COMPANY,
    CompanyRowFault.LONG_COMPANY: CompanyColumn.COMPANY,
    CompanyRowFault.LONG_NAME: CompanyColumn.NAME,
    CompanyRowFault.UNKNOWN_LANGUAGE: CompanyColumn.LANGUAGE,
    CompanyRowFault.UNKNOWN_COHORT: CompanyColumn.COHORT,
    CompanyRowFault.TWICE: CompanyColumn.COMPANY,
    CompanyRowFault.MEMBER: CompanyColumn.COMPANY,
}


class CompanyQuestion(StrEnum):
    """What a person has to decide about a row that could be invited."""

    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    SIMILAR_MEMBER = "similar-member"
    INVITED_ELSEWHERE = "invited-elsewhere"
    SIMILAR_INVITED = "similar-invited"
    COMPANY_TWICE = "company-twice"
    SIMILAR_ROW = "similar-row"
    ADDRESS_KNOWN = "address-known"
    ADDRESS_TWICE = "address-twice"

    @property
    def is_invited(self) -> bool:
        """Whether the row is invited as long as nobody decides: one person may speak for many companies."""
        return self in (CompanyQuestion.ADDRESS_KNOWN, CompanyQuestion.ADDRESS_TWICE)


class RowDecision(StrEnum):
    """What a person decided about a row."""

    INVITE = "invite"
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company to be invited; `number` is its row in the list, `cohort_id` the cohort that it joins."""

    number: int
    company: str
    email: str
    name: str
    language: Language
    cohort_id: int | None = None

    @property
    def invitation_key(self) -> InvitationKey:
        """The key by which two rows are the same invitation."""
        return invitation_key(self.email, self.company)


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row as it is written in the list, or was corrected by hand; nothing is checked yet."""

    number: int
    company: str
    email: str
    name: str
    language: str
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with what is wrong with it or to be asked; `row` is None if it has a fault.

    `detail` belongs to the fault or question: another row's number, a name, an address, a text.
    """

    written: WrittenRow
    row: CompanyRow | None = None
    fault: CompanyRowFault | None = None
    question: CompanyQuestion | None = None
    detail: str | date = ""
    decision: RowDecision | None = None

    @property
    def number(self) -> int:
        """The row's number in the list."""
        return self.written.number

    @property
    def is_invited(self) -> bool:
        """Whether the row is invited with the others."""
        if self.row is None or self.decision is RowDecision.LEAVE_OUT:
            return False
        return self.question is None or self.question.is_invited or self.decision is RowDecision.INVITE


@dataclass(frozen=True)
class CompanyListPreview:
    """All rows of a list, checked, in their order."""

    rows: tuple[CheckedRow, ...] = ()

    @property
    def invited(self) -> list[CompanyRow]:
        """The companies that are invited."""
        return [one.row for one in self.rows if one.row and one.is_invited]

    @property
    def good(self) -> list[CompanyRow]:
        """The rows without fault and question."""
        return [one.row for one in self.rows if one.row and not one.question and one.is_invited]

    @property
    def faulty(self) -> list[CheckedRow]:
        """The rows to be corrected, without those that somebody left out."""
        return [one for one in self.rows if one.fault and not (one.fault.needs_nothing or one.decision)]

    @property
    def asked(self) -> list[CheckedRow]:
        """The rows with a question, decided or not."""
        return [one for one in self.rows if one.question]

    @property
    def undecided(self) -> list[CheckedRow]:
        """The rows that are not invited as long as nobody decides."""
        return [one for one in self.asked if one.decision is None and not one.is_invited]

    @property
    def needless(self) -> list[CheckedRow]:
        """The rows that need no invitation, and those that somebody left out."""
        return [
            one
            for one in self.rows
            if (one.fault and (one.fault.needs_nothing or one.decision))
            or (one.row and not one.question and one.decision)
        ]

    @property
    def left_out(self) -> list[CheckedRow]:
        """All rows that are not invited."""
        return [one for one in self.rows if not one.is_invited]
