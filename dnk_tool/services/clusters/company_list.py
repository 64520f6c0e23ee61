"""Reads and checks a list of companies that a cluster wants to invite, and carries it until it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.company_list.check import KnownCompanies, check_rows, written_rows
from dnk_tool.domain.clusters.company_list.columns import (
    CompanyColumn,
    find_company_table,
    guess_company_columns,
    has_address,
)
from dnk_tool.domain.clusters.company_list.rows import (
    LONGEST_WRITTEN,
    CompanyListPreview,
    InvitationKey,
    RowDecision,
    WrittenRow,
    invitation_key,
)
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.uploads import ListTable, SpreadsheetRow, WorkbookSheet, single_line
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.services.uploads import carried_tables, table_files
from dnk_tool.services.uploads.csv_tables import ADDRESS_TABLE, MAX_ROWS, TableFault, UnreadableTable
from dnk_tool.store.clusters import lists as cluster_lists

PURPOSE = b"dnk-tool list of companies in a preview"
MAX_AGE_SECONDS = 8 * 3_600  # a working day, as faulty rows may need a phone call
MAX_CARRIED_BYTES = 400_000
MAX_CARRIED_COLUMNS = 40

_TABLE = replace(ADDRESS_TABLE, longest_cell=LONGEST_WRITTEN)
Place = tuple[int, int | None]
T = TypeVar("T")


@dataclass(frozen=True)
class CompanyList:
    """A list as a person works on it: its sheets, what its columns hold, corrections and decisions.

    `edits` and `decisions` go by the numbers of rows. `is_confirmed`: a person has seen the columns.
    `cohort_id`: the cohort of rows that name none.
    """

    sheets: tuple[WorkbookSheet, ...]
    sheet: int
    columns: Mapping[CompanyColumn, int]
    language: Language
    edits: Mapping[int, Mapping[CompanyColumn, str]] = field(default_factory=dict)
    decisions: Mapping[int, RowDecision] = field(default_factory=dict)
    is_confirmed: bool = False
    cohort_id: int | None = None

    @property
    def table(self) -> ListTable:
        """The chosen sheet, with its headings apart from its rows."""
        return find_company_table(self.sheets[self.sheet].rows)

    @property
    def guessed(self) -> frozenset[CompanyColumn]:
        """The columns that nobody has confirmed, and of which the heading alone does not tell."""
        return frozenset() if self.is_confirmed else guess_company_columns(self.table)[1]

    @property
    def written(self) -> list[WrittenRow]:
        """The rows as they are written or were corrected."""
        return written_rows(self.table.rows, self.columns, self.edits)

    def with_sheet(self, sheet: int) -> "CompanyList":
        """The list on another sheet, with its columns guessed anew."""
        return replace(_begun(self.sheets, sheet, self.language), cohort_id=self.cohort_id)


def read_company_list(content: bytes, language: Language) -> CompanyList:
    """Read an uploaded or pasted list. Raises UnreadableTable.

    Of several sheets the one with the most addresses is chosen; `language` applies to rows that name none.
    """
    sheets = tuple(map(_short_sheet, table_files.read_sheets(content, _TABLE)))
    chosen = max(range(len(sheets)), key=lambda i: (sum(map(has_address, sheets[i].rows)), -i))
    if len(sheets[chosen].rows) > MAX_ROWS + 1:  # one for the heads of the columns
        raise UnreadableTable(TableFault.TOO_MANY_ROWS)
    kept = [i for i, sheet in enumerate(sheets) if len(sheet.rows) <= MAX_ROWS + 1]
    return _begun(tuple(sheets[i] for i in kept), kept.index(chosen), language)


def _short_sheet(sheet: WorkbookSheet) -> WorkbookSheet:
    rows = (
        SpreadsheetRow(
            row.number, tuple(single_line(cell)[:LONGEST_WRITTEN] for cell in row.cells[:MAX_CARRIED_COLUMNS])
        )
        for row in sheet.rows
    )
    return WorkbookSheet(sheet.name, tuple(rows))


def _begun(sheets: tuple[WorkbookSheet, ...], sheet: int, language: Language) -> CompanyList:
    columns, _guessed = guess_company_columns(find_company_table(sheets[sheet].rows))
    return CompanyList(sheets, sheet, columns, language)


def carry(key: str, it: CompanyList, place: Place) -> str:
    """Pack and encrypt the list for one cluster and person; other sheets only if there is room for them.

    Raises UnreadableTable if the page would grow too large.
    """
    try:
        return _pack(key, it, place)
    except UnreadableTable:
        return _pack(key, replace(it, sheets=(it.sheets[it.sheet],), sheet=0), place)


def _pack(key: str, it: CompanyList, place: Place) -> str:
    sheets = [[sheet.name, [[row.number, row.cells] for row in sheet.rows]] for sheet in it.sheets]
    edits, decisions = list(it.edits.items()), list(it.decisions.items())
    said = [it.language, edits, decisions, it.is_confirmed, it.cohort_id]
    content = [place, sheets, it.sheet, it.columns, *said]
    return carried_tables.pack(key, content, purpose=PURPOSE, most_bytes=MAX_CARRIED_BYTES)


def carried(key: str, text: str, place: Place) -> CompanyList | None:
    """The list that was carried for this place; None after a working day, and for anything else."""
    content = carried_tables.unpack(key, text, purpose=PURPOSE, max_age=MAX_AGE_SECONDS)
    if content is None or tuple(content[0]) != place:
        return None
    _place, sheets, sheet, columns, language, edits, decisions, is_confirmed, cohort_id = content
    return CompanyList(
        tuple(
            WorkbookSheet(name, tuple(SpreadsheetRow(number, tuple(cells)) for number, cells in rows))
            for name, rows in sheets
        ),
        sheet,
        _by_column(columns),
        language,
        {number: _by_column(texts) for number, texts in edits},
        {number: RowDecision(decision) for number, decision in decisions},
        is_confirmed,
        cohort_id,
    )


def _by_column(values: Mapping[str, T]) -> dict[CompanyColumn, T]:
    return {CompanyColumn(column): value for column, value in values.items()}


def known_companies(session: Session, cluster_id: int, *, now: datetime) -> KnownCompanies:
    """The companies that the cluster knows: members, invited ones, and those that withdrew or declined."""
    kinds = (InvitationKind.COMPANY,)
    on_their_way = cluster_lists.open_invitations(session, cluster_id, kinds)
    return KnownCompanies(
        members=cluster_lists.member_names(session, cluster_id),
        joined=_by_firm(cluster_lists.invitations_of_members(session, cluster_id)),
        invited=_by_firm(
            (invitation.email, invitation.company)
            for invitation in on_their_way
            if invitation.expires_at > now
        ),
        withdrawn={
            name: local_day(day) for name, day in cluster_lists.withdrawn_members(session, cluster_id)
        },
        declined={
            name: local_day(day) for name, day in cluster_lists.declined_companies(session, cluster_id)
        },
    )


def _by_firm(invitations: Iterable[tuple[str, str]]) -> dict[InvitationKey, str]:
    return {invitation_key(email, company): company for email, company in invitations}


def check_company_list(it: CompanyList, known: KnownCompanies) -> CompanyListPreview:
    """Check the rows of the list as they are written, corrected and decided."""
    return check_rows(
        it.written,
        known,
        read_address=normalised_address,
        language=it.language,
        cohort_id=it.cohort_id,
        decisions=it.decisions,
    )
