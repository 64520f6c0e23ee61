"""Reads a company's list of measures from a table, carries it through its preview, and takes it over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.measure_list import (
    CheckedMeasure,
    MeasureColumn,
    ReadMeasure,
    check_measures,
    find_measure_table,
    guess_measure_columns,
)
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureEffect
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.uploads import ListTable, SpreadsheetRow, single_line
from dnk_tool.language import Language
from dnk_tool.services.measures.measures import (
    StatedSaving,
    known_own_factors,
    note_measures,
    with_savings_by,
)
from dnk_tool.services.uploads import carried_tables, table_files
from dnk_tool.services.uploads.csv_tables import ExpectedTable, TableFault, UnreadableTable
from dnk_tool.services.work import Work
from dnk_tool.store.measures import measures

PURPOSE = b"dnk-tool list of measures in a preview"
MAX_AGE_SECONDS = 8 * 3_600
MAX_CARRIED_BYTES = 400_000
MAX_CARRIED_COLUMNS = 40
MAX_LIST_ROWS = 500
LONGEST_CELL = 2_100

_TABLE = ExpectedTable(
    is_row=lambda row: sum(bool(cell.strip()) for cell in row.cells) > 1,
    has_swallowed=lambda _cell: False,
    longest_cell=LONGEST_CELL,
)
Place = tuple[int, int | None]


@dataclass(frozen=True)
class MeasureList:
    """A list as a person works on it: its rows, what its columns hold, corrections, rows that are left out.

    `is_confirmed`: a person has seen the columns.
    """

    rows: tuple[SpreadsheetRow, ...]
    columns: Mapping[MeasureColumn, int]
    edits: Mapping[int, Mapping[MeasureColumn, str]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    is_confirmed: bool = False

    @property
    def table(self) -> ListTable:
        """The rows with their headings apart."""
        return find_measure_table(self.rows)


def read_measure_list(content: bytes) -> MeasureList:
    """Read an uploaded or pasted list; of a workbook the sheet with the most known headings.

    Raises UnreadableTable.
    """
    sheets = [_short_rows(sheet.rows) for sheet in table_files.read_sheets(content, _TABLE)]
    best = max(sheets, key=lambda rows: len(guess_measure_columns(find_measure_table(rows))))
    if len(best) > MAX_LIST_ROWS + 1:
        raise UnreadableTable(TableFault.TOO_MANY_ROWS)
    table = find_measure_table(best)
    if not table.rows:
        raise UnreadableTable(TableFault.EMPTY)
    return MeasureList(best, guess_measure_columns(table))


def check_list(it: MeasureList, known: Iterable[CompanyMeasure], language: Language) -> list[CheckedMeasure]:
    """The rows of the list, each with what it says or what is wrong with it."""
    return check_measures(
        it.table.rows,
        it.columns,
        it.edits,
        known=[measure.text for measure in known],
        kinds=load_measure_kinds(),
        language=language,
    )


def take_list_over(
    work: Work, organisation_id: int, rows: Sequence[CheckedMeasure], *, factors: Factors
) -> int:
    """Add the measures of these rows to the register; returns how many. Rows with a fault are left out.

    They count for the company's only cluster that may use its measures. Raises NotPermitted and RegisterFull.
    """
    allowed = measures.clusters_allowed(work.session, organisation_id)
    own, nothing = known_own_factors(work.session, organisation_id, now=work.now), MeasureEffect()
    noted = [
        with_savings_by(
            own,
            _for_only(row.read.measure, allowed),
            _stated(row.read),
            before=nothing,
            factors=factors,
            now=work.now,
        )
        for row in rows
        if row.read
    ]
    return len(note_measures(work, organisation_id, noted))


def carry(key: str, it: MeasureList, place: Place) -> str:
    """Pack and encrypt the list for one company and person. Raises UnreadableTable if it is too large."""
    rows = [[row.number, row.cells, sorted(row.numeric)] for row in it.rows]
    edits = list(it.edits.items())
    content = [place, rows, it.columns, edits, sorted(it.left_out), it.is_confirmed]
    return carried_tables.pack(key, content, purpose=PURPOSE, most_bytes=MAX_CARRIED_BYTES)


def carried(key: str, text: str, place: Place) -> MeasureList | None:
    """The list that was carried for this place; None after a working day, and for anything else."""
    content = carried_tables.unpack(key, text, purpose=PURPOSE, max_age=MAX_AGE_SECONDS)
    if content is None or tuple(content[0]) != place:
        return None
    _place, rows, columns, edits, left_out, is_confirmed = content
    return MeasureList(
        tuple(SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows),
        {MeasureColumn(column): place for column, place in columns.items()},
        {number: {MeasureColumn(name): text for name, text in texts.items()} for number, texts in edits},
        frozenset(left_out),
        is_confirmed,
    )


def _short_rows(rows: Sequence[SpreadsheetRow]) -> tuple[SpreadsheetRow, ...]:
    return tuple(
        SpreadsheetRow(
            row.number,
            tuple(single_line(cell)[:LONGEST_CELL] for cell in row.cells[:MAX_CARRIED_COLUMNS]),
            row.numeric,
        )
        for row in rows
    )


def _for_only(measure: CompanyMeasure, allowed: Collection[int]) -> CompanyMeasure:
    return replace(measure, counts_for=next(iter(allowed))) if len(allowed) == 1 else measure


def _stated(read: ReadMeasure) -> tuple[StatedSaving, ...]:
    """The energy of the row in kWh by net calorific value."""
    if read.kwh is None:
        return ()
    symbols = {unit.unit for unit in load_measure_kinds().carriers[read.carrier].units}
    unit = "kWh-hi" if "kWh-hi" in symbols else "kWh"
    return (StatedSaving(read.carrier, Quantity(read.kwh, unit)),)
