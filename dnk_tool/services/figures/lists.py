"""Reads lists of people, fuel cards and waste in memory, and writes what they come to as lines.

Carries a list through the pages of its preview.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.figures.calculators import CalculationResult, CalculatorLine, line_to_json
from dnk_tool.domain.figures.lists.columns import column_marks, find_list, guess_columns
from dnk_tool.domain.figures.lists.model import ListColumn, ListKind
from dnk_tool.domain.uploads import ListTable, SpreadsheetRow
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures.calculator_lines import (
    MAX_LINES,
    StoredLine,
    TooManyLines,
    open_calculator,
    record_line_change,
)
from dnk_tool.services.figures.recalculate import RecalculationOutcome
from dnk_tool.services.uploads import carried_tables, table_files
from dnk_tool.services.uploads.csv_tables import ExpectedTable
from dnk_tool.services.work import Work
from dnk_tool.store.figures import calculator_lines, list_mappings
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRow

MAX_SUPPLIER_LENGTH = 80
_FEWEST_CELLS = 2
# A list with rows of this many cells behind a line break has an open quote.
_TABLE = ExpectedTable(
    is_row=lambda row: sum(bool(cell.strip()) for cell in row.cells) >= _FEWEST_CELLS,
    has_swallowed=lambda cell: "\n" in cell and any(sign in cell for sign in ";\t"),
    longest_cell=200,
)


@dataclass(frozen=True)
class ListLine:
    """A line that a list gives, and the line of the year that it would replace.

    `line` keeps what the stored one says besides. `beside`: other lines of the same kind, which would count
    together with this one.
    """

    line: CalculatorLine
    stored: StoredLine | None = None
    beside: tuple[StoredLine, ...] = ()

    @property
    def key(self) -> str:
        """The line's name in a form."""
        return ".".join((self.line.calculator, self.line.activity, self.line.code.rstrip("*"))).replace(
            " ", ""
        )

    @property
    def known(self) -> tuple[StoredLine, ...]:
        """The lines of the year that it replaces or counts with."""
        return (self.stored, *self.beside) if self.stored else self.beside

    @property
    def is_same(self) -> bool:
        """Whether the year has the line already as the list gives it."""
        return self.stored is not None and self.stored.line.quantities == self.line.quantities

    @property
    def is_new(self) -> bool:
        """Whether the year has nothing of this kind yet."""
        return not self.known


@dataclass(frozen=True)
class FigureBesideList:
    """A figure as it is, and as it would be with the lines of the list."""

    datapoint: str
    before: Figure
    after: Figure

    @property
    def stays(self) -> bool:
        """Whether somebody entered the figure, so that it stays as it is."""
        return self.before.is_stated and self.before.origin is not Origin.LINES


class ListOvertaken(Exception):
    """Somebody changed one of the lines since the preview; nothing was written."""


def read_list(content: bytes, kind: ListKind) -> ListTable:
    """Read an uploaded or pasted list in memory. Raises UnreadableTable.

    It is not sent to a virus scanner, which might store it: nobody ever opens it again.
    """
    return find_list(table_files.parse_table(content, _TABLE), kind)


def known_columns(
    session: Session, declaration: Declaration, kind: ListKind, supplier: str, heads: Sequence[str]
) -> tuple[dict[int, ListColumn], dict[int, ListColumn]]:
    """What the columns held in the supplier's last list, by place, and what the others may hold.

    Nothing is guessed where all columns of the last list are there: what had no meaning then has none now.
    """
    known = list_mappings.columns_of(session, declaration.organisation_id, kind, supplier)
    places = {mark: place for place, mark in enumerate(column_marks(heads))}
    remembered = {places[mark]: ListColumn(column) for mark, column in known.items() if mark in places}
    if known and len(remembered) == len(known):
        return remembered, {}
    guessed = guess_columns(heads, kind).items()
    meant = frozenset(remembered.values())
    return remembered, {
        place: column for place, column in guessed if place not in remembered and column not in meant
    }


def list_lines(lines: Iterable[CalculatorLine], stored: Sequence[StoredLine]) -> tuple[ListLine, ...]:
    """Each line of a list with those of the year that it concerns.

    A line replaces that with the same name and code, or the only one that its kind can have.
    """
    return tuple(_beside_stored(line, stored) for line in lines)


def _beside_stored(line: CalculatorLine, stored: Sequence[StoredLine]) -> ListLine:
    activity = load_calculators()[line.calculator].activity(line.activity)
    same_kind = [one for one in stored if _counts_the_same(one.line, line)]
    replaced = next(
        (
            one
            for one in same_kind
            if (one.line.activity, one.line.code) == (line.activity, line.code)
            and ((activity and activity.is_single) or one.line.label == line.label)
        ),
        None,
    )
    if replaced is None:
        return ListLine(line, beside=tuple(same_kind))
    quantities = {**replaced.line.quantities, **line.quantities}
    others = tuple(one for one in same_kind if one is not replaced)
    return ListLine(replace(replaced.line, quantities=quantities), replaced, others)


def _counts_the_same(line: CalculatorLine, other: CalculatorLine) -> bool:
    """Whether two lines may be about the same thing.

    "diesel" of a bill and "diesel-b7" of a card are both diesel, and waste without a code may be any.
    """
    if line.calculator != other.calculator:
        return False
    if line.calculator == "energy":
        return line.activity.split("-")[0] == other.activity.split("-")[0]
    is_same_code = line.code == other.code or not (line.code and other.code)
    return line.activity == other.activity and is_same_code


def figures_beside_list(
    declaration: Declaration,
    lines: Sequence[ListLine],
    stored: Sequence[StoredLine],
    figures: Mapping[str, Figure],
) -> tuple[FigureBesideList, ...]:
    """The figures that the lines of a list would change, in the order of their datapoints."""
    replaced = {one.stored.line.id for one in lines if one.stored}
    kept = [one.line for one in stored if one.line.id not in replaced]
    # New lines get numbers of their own, as results are told apart by them.
    added = [one.line if one.stored else replace(one.line, id=-at) for at, one in enumerate(lines, start=1)]
    before = recalculation.calculation_from_lines(declaration, [one.line for one in stored], figures).results
    after = recalculation.calculation_from_lines(declaration, [*kept, *added], figures).results
    return tuple(
        FigureBesideList(key, _as_result(figures.get(key, NO_FIGURE), before.get(key)), result.figure)
        for key, result in sorted(after.items())
        if key not in before or before[key].figure.quantity != result.figure.quantity
    )


def _as_result(figure: Figure, result: CalculationResult | None) -> Figure:
    """The figure with the digits that readers see, if it is a result of lines."""
    return result.figure if result and figure.origin is Origin.LINES else figure


def take_list_over(
    work: Work,
    declaration: Declaration,
    lines: Sequence[ListLine],
    *,
    kind: ListKind,
    supplier: str,
    columns: Mapping[str, ListColumn],
) -> RecalculationOutcome:
    """Write the lines, recalculate the figures once, and remember what the columns of the supplier hold.

    Figures that somebody entered stay. Raises NotPermitted, Locked, TooManyLines, and ListOvertaken if a
    line changed since it was read; then nothing is written.
    """
    for calculator in {one.line.calculator for one in lines}:
        open_calculator(work.session, declaration, load_calculators()[calculator], work.actor)
    before = recalculation.lines_before(work.session, declaration)
    company_year = declaration.organisation_id, declaration.reporting_year
    added = sum(one.stored is None for one in lines)
    if calculator_lines.count_lines(work.session, *company_year) + added > MAX_LINES:
        raise TooManyLines
    rows = [_row_of(work.session, declaration, one) for one in lines]
    for one, row in zip(lines, rows, strict=True):
        content = line_to_json(one.line)
        calculator_lines.save(work.session, row, content, by=work.actor.user_id, now=work.now)
        record_line_change(work, declaration, EventKind.LINE_SAVED, row)
    known = {mark: column.value for mark, column in columns.items()}
    organisation_id = declaration.organisation_id
    list_mappings.save(work.session, organisation_id, kind.value, supplier, columns=known, now=work.now)
    return recalculation.recalculate_figures(
        work.session, declaration, by=work.actor.user_id, now=work.now, even_without_lines=True, before=before
    )


def _row_of(session: Session, declaration: Declaration, one: ListLine) -> LineRow:
    organisation_id, year = declaration.organisation_id, declaration.reporting_year
    if one.stored is None:
        return LineRow(organisation_id=organisation_id, year=year, calculator=one.line.calculator, version=0)
    row = calculator_lines.find_row(session, organisation_id, year, one.stored.line.id)
    if row is None or row.removed_at or row.version != one.stored.version:
        raise ListOvertaken
    return row


PURPOSE = b"dnk-tool list in a preview"
MAX_AGE_SECONDS = 3_600
MAX_CARRIED_BYTES = 200_000
MAX_CARRIED_COLUMNS, MAX_CELL = 60, 60

Place = tuple[int, int | None, str]


def carry_list(key: str, table: ListTable, place: Place) -> str:
    """Pack and encrypt the list for one declaration, person and kind.

    Raises UnreadableTable if the page would grow too large.
    """
    rows = [
        [row.number, [cell[:MAX_CELL] for cell in row.cells[:MAX_CARRIED_COLUMNS]], sorted(row.numeric)]
        for row in table.rows
    ]
    heads = [head[:MAX_CELL] for head in table.heads[:MAX_CARRIED_COLUMNS]]
    return carried_tables.pack(key, [place, heads, rows], purpose=PURPOSE, most_bytes=MAX_CARRIED_BYTES)


def carried_list(key: str, text: str, place: Place) -> ListTable | None:
    """The list that was carried for this place; None after an hour, and for anything else."""
    content = carried_tables.unpack(key, text, purpose=PURPOSE, max_age=MAX_AGE_SECONDS)
    if content is None or tuple(content[0]) != place:
        return None
    _place, heads, rows = content
    return ListTable(
        tuple(heads),
        tuple(SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows),
    )
