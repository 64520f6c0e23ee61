"""Writes a declaration as tables: a workbook with a sheet for each kind of content, or one CSV file.

Turns a declaration into rows: answers, cells of its tables, goals.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, known_language, translations
from dnk_tool.report.files import figure_spreadsheet, spreadsheet
from dnk_tool.report.files.printed_amounts import AmountReader
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet
from dnk_tool.report.files.workbook_labels import attached_workbook_labels
from dnk_tool.report.text.plain import plain
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.view.context import EXPLAINED
from dnk_tool.report.view.model import Chapter, DeclarationView, DocumentPart
from dnk_tool.report.view.parts import FieldRow, PrintedTable, RequirementView, TableCell
from dnk_tool.report.view.requirements import requirement_anchor

# The columns of a figure that help readers; the others are for filling in.
FIGURE_COLUMNS = (
    FigureColumn.YEAR,
    FigureColumn.KEY,
    FigureColumn.TOPIC,
    FigureColumn.LABEL,
    FigureColumn.ASKED_IN,
    FigureColumn.VALUE,
    FigureColumn.UNIT,
    FigureColumn.QUALITY,
    FigureColumn.NOTE,
    FigureColumn.SOURCE,
    FigureColumn.STATE,
    FigureColumn.STANDARD_VALUE,
    FigureColumn.STANDARD_UNIT,
)


GetText = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class AnswerExportRow:
    """One answer or field: its place in the declaration, whether it is reported, and its text."""

    area: str
    chapter: str
    code: str
    title: str
    status: str
    reason: str
    field: str
    text: str

    @staticmethod
    def heading(_: GetText) -> tuple[str, ...]:
        """The headings of the columns, in the language of `_`."""
        return (
            _("Bereich"),
            _("Kapitel"),
            _("Kennung"),
            _("Titel"),
            _("Art der Angabe"),
            _("Grund"),
            _("Feld"),
            _("Text"),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The values in the order of the headings."""
        said = (self.area, self.chapter, self.code, self.title)
        return (*said, self.status, self.reason, self.field, self.text)


def prose_text(prose: Prose) -> str:
    """Plain text: an empty line between paragraphs, a bullet before each entry of a list.

    A marked-up text has the signs with which it was written.
    """
    return "\n\n".join(
        block.source or ("\n".join(f"• {line}" for line in block.lines) if block.is_list else block.lines[0])
        for block in prose
    )


def answer_rows(view: DeclarationView, _: GetText) -> Iterator[AnswerExportRow]:
    """Rows of the general information, then of every aspect and indicator with its text fields and tables.

    Figures are left out: they are exported as rows of their own.
    """
    title = view.general_title
    general = (*view.cover.listed, *view.foreword.entries, *view.general.entries)
    for entry in (*general, *(each for each in view.contact if each not in general)):
        status = "" if entry.prose else _("offen")
        yield AnswerExportRow(title, title, "", entry.label, status, "", "", prose_text(entry.prose))
    for part in view.parts:
        for chapter in part.chapters:
            for answered in chapter.parts:
                yield from _requirement_rows(answered, chapter, part)


def _requirement_rows(
    requirement_view: RequirementView, chapter: Chapter, part: DocumentPart
) -> Iterator[AnswerExportRow]:
    called = f"{chapter.number} {chapter.title}".strip()
    said = [("", prose_text(requirement_view.prose))] if requirement_view.prose else []
    if requirement_view.status != EXPLAINED:
        said += [
            (_name(row), prose_text(row.prose))
            for table in requirement_view.fields
            for row in table.rows
            if row.prose and not row.is_ours
        ]
        said += [(table.caption, text) for table in requirement_view.tables for text in _table_lines(table)]
    for field, text in said or [("", "")]:
        yield AnswerExportRow(
            part.title,
            called,
            requirement_view.number,
            requirement_view.title,
            requirement_view.status_label,
            requirement_view.reason,
            field,
            text,
        )


def _name(row: FieldRow) -> str:
    return f"{row.letter} {row.label}".strip()


def _table_lines(table: PrintedTable) -> Iterator[str]:
    for row in table.rows:
        yield "; ".join(f"{head.text}: {cell.text}" for head, cell in zip(table.heads, row, strict=True))


def table_rows(view: DeclarationView, amounts: AmountReader, _: GetText) -> Iterator[tuple[CellValue, ...]]:
    """One row per cell of every table: requirement or annex, caption, row number, column, content, unit."""
    for name, table in _tables(view, _("Anhang")):
        for number, row in enumerate(table.rows, start=1):
            for head, cell in zip(table.heads, row, strict=True):
                yield name, table.caption, number, head.text, *amounts.read(cell)


def _tables(view: DeclarationView, annex: str) -> Iterator[tuple[str, PrintedTable]]:
    for part in view.parts:
        for chapter in part.chapters:
            for requirement_view in chapter.parts:
                for table in requirement_view.tables:
                    yield requirement_view.number, table
    behind = view.annex
    calculated = tuple(calculation.table for calculation in behind.calculations)
    for table in (*behind.further, *calculated, *behind.sums, *behind.entries, *behind.evidence):
        yield annex, table


def goal_rows(
    view: DeclarationView, selection: Selection, amounts: AmountReader, _: GetText
) -> tuple[tuple[str, ...], list[tuple[CellValue, ...]]]:
    """The headings and rows of all goals; the columns are those of all aspects, which differ.

    Beside a column with amounts stands one with their units.
    """
    holding = {
        requirement_anchor(requirement)
        for requirement in selection.requirements.values()
        if getattr(requirement, "holds_goals", False)
    }
    goal_tables = [
        (chapter, requirement_view, table)
        for part in view.parts
        for chapter in part.chapters
        for requirement_view in chapter.parts
        if requirement_view.anchor in holding
        for table in requirement_view.tables
    ]
    heads = tuple(
        dict.fromkeys(head.text for _chapter, _requirement_view, table in goal_tables for head in table.heads)
    )
    called: list[tuple[str, str]] = []
    said: list[dict[str, tuple[CellValue, str]]] = []
    for chapter, requirement_view, table in goal_tables:
        for row in table.rows:
            called.append((f"{chapter.number} {chapter.title}".strip(), requirement_view.number))
            said.append(dict(_goal_cells(table, row, amounts)))
    columns: dict[str, list[CellValue]] = {}
    for head in heads:
        cells = [each.get(head, ("", "")) for each in said]
        columns[head] = [value for value, _unit in cells]
        if any(unit for _value, unit in cells):
            columns[_("%(column)s: Einheit") % {"column": head}] = [unit for _value, unit in cells]
    rows = [(*names, *cells) for names, *cells in zip(called, *columns.values(), strict=True)]
    return (_("Kriterium"), _("Kennung"), *columns), rows


def _goal_cells(
    table: PrintedTable, row: Sequence[TableCell], amounts: AmountReader
) -> Iterator[tuple[str, tuple[CellValue, str]]]:
    """The value and unit below each head; the first is the goal itself, which is always text."""
    for place, (head, cell) in enumerate(zip(table.heads, row, strict=True)):
        yield head.text, amounts.read(cell, counts=True) if place else (cell.text, "")


@dataclass
class _DeclarationWorkbook:
    """A declaration and its view, from which the tables are made."""

    document: Document
    view: DeclarationView

    @property
    def language(self) -> Language:
        return known_language(self.view.language[:2])

    def gettext(self, message: str) -> str:
        return translations(self.language).gettext(message)

    @property
    def amounts(self) -> AmountReader:
        """What reads printed amounts back as numbers."""
        families = self.document.selection.catalogue.families.values()
        return AmountReader(families, self.language, self.document.language)

    @cached_property
    def figures(self) -> list[dict[FigureColumn, CellValue]]:
        """The cells of all figures that are not open."""
        said, year = redact_document(self.document), self.document.reporting_year
        rows = figure_spreadsheet.figure_file_rows(said.sheet(), said.figures, year)
        told = [row for row in rows if row.state is not FigureState.OPEN]
        return figure_spreadsheet.cells_by_column(told, attached_workbook_labels(self.language, year))


def to_xlsx(document: Document, view: DeclarationView) -> bytes:
    """The declaration as a workbook; `view` must be composed from the document with `on_paper=False`.

    Sheets without rows are left out. The same arguments give the same bytes.
    """
    properties = {"title": plain(view.title), "author": plain(view.author), "subject": plain(view.edition)}
    return spreadsheet.to_workbook(
        (worksheet for worksheet in _worksheets(_DeclarationWorkbook(document, view)) if worksheet.rows),
        language=known_language(view.language[:2]),
        properties=properties,
        made_on=date.fromisoformat(view.issued_on),
    )


def to_csv(document: Document, view: DeclarationView) -> bytes:
    """All answers, then all figures as CSV, one row each; `view` as for `to_xlsx`."""
    book = _DeclarationWorkbook(document, view)
    _ = book.gettext
    *heads, text = AnswerExportRow.heading(_)
    figures = tuple(
        COLUMN_HEADINGS[column].to(book.language)
        for column in (FigureColumn.YEAR, FigureColumn.VALUE, FigureColumn.UNIT, FigureColumn.QUALITY)
    )
    rows: list[Sequence[CellValue]] = []
    for answer_row in answer_rows(view, _):
        *before, said = answer_row.cells
        rows.append((*before, None, None, None, None, said))
    rows += [_figure_csv_row(cells, book) for cells in book.figures]
    return spreadsheet.to_csv((*heads, *figures, text), ([*map(_csv_value, row)] for row in rows))


def _figure_csv_row(cells: dict[FigureColumn, CellValue], book: _DeclarationWorkbook) -> Sequence[CellValue]:
    """A figure in the columns of the answers; without an entered value, the derived one in standard unit."""
    is_entered = cells[FigureColumn.VALUE] is not None
    value = cells[FigureColumn.VALUE if is_entered else FigureColumn.STANDARD_VALUE]
    unit = cells[FigureColumn.UNIT if is_entered or value is None else FigureColumn.STANDARD_UNIT]
    written = spreadsheet.number_text(value, book.language)
    called = (
        cells[FigureColumn.TOPIC],
        book.gettext("Kennzahlen"),
        cells[FigureColumn.ASKED_IN],
        cells[FigureColumn.LABEL],
    )
    about = (cells[FigureColumn.STATE], None, cells[FigureColumn.KEY])
    return (
        *called,
        *about,
        cells[FigureColumn.YEAR],
        written,
        unit,
        cells[FigureColumn.QUALITY],
        cells[FigureColumn.NOTE],
    )


def _worksheets(book: _DeclarationWorkbook) -> Iterator[Worksheet]:
    _, view = book.gettext, book.view
    about = (_("Angabe"), _("Inhalt"))
    yield _worksheet(_("Erklärung"), about, _about(view, _("Hinweis")), {1})
    answers = (answer_row.cells for answer_row in answer_rows(view, _))
    yield _worksheet(_("Antworten"), AnswerExportRow.heading(_), answers, {1, 3, 6, 7})
    figures = ([cells[figure_column] for figure_column in FIGURE_COLUMNS] for cells in book.figures)
    heads = tuple(COLUMN_HEADINGS[figure_column].to(book.language) for figure_column in FIGURE_COLUMNS)
    yield _worksheet(_("Kennzahlen"), heads, figures, {FIGURE_COLUMNS.index(FigureColumn.NOTE)})
    heads, goals = goal_rows(view, book.document.selection, book.amounts, _)
    yield _worksheet(_("Ziele"), heads, goals, range(2, len(heads)))
    yield _worksheet(
        _("Frühere Ziele"), (_("Kriterium"), _("Ziel"), _("Stand"), _("Dazu")), _earlier_goals(view), {1, 3}
    )
    heads = (_("Gehört zu"), _("Tabelle"), _("Zeile"), _("Spalte"), _("Inhalt"), _("Einheit"))
    yield _worksheet(_("Tabellen"), heads, table_rows(view, book.amounts, _), {1, 4})
    index = ((row.code, row.title, row.status_label, row.today) for row in view.index)
    heads = (_("Kennung"), _("Leistungsindikator"), _("Art der Angabe"), _("Heute"))
    yield _worksheet(_("Indikatoren"), heads, index)
    heads = (_("Kriterium"), _("Titel"), _("Stand"), _("Nächste Schritte"))
    yield _worksheet(_("Selbsteinschätzung"), heads, _ratings(view), {3})
    behind = (
        (explanation.label, prose_text(explanation.prose))
        for explanation in (*view.annex.scope, *view.annex.explanations)
    )
    yield _worksheet(_("Erläuterungen"), about, behind, {1})
    sources = enumerate(view.annex.sources, start=1)
    yield _worksheet(_("Quellen der Faktoren"), (_("Nummer"), _("Quelle")), sources, {1})


def _worksheet(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[CellValue]], wrapped: Collection[int] = ()
) -> Worksheet:
    return Worksheet(name, heading, [[*map(_plain_value, row)] for row in rows], wrapped=wrapped)


def _plain_value(value: CellValue) -> CellValue:
    return plain(value) if isinstance(value, str) else value


def _csv_value(value: CellValue) -> CellValue:
    return spreadsheet.with_escaped_apostrophe(plain(value)) if isinstance(value, str) else value


def _about(view: DeclarationView, note: str) -> Iterator[tuple[str, CellValue]]:
    yield view.cover.title, int(view.cover.year) if view.cover.year.isdecimal() else view.cover.year
    for entry in (*view.cover.facts, *view.imprint):
        yield entry.label, prose_text(entry.prose)
    if view.check:
        yield view.check.title, view.check.address
    for statement in view.statements:
        yield note, statement


def _earlier_goals(view: DeclarationView) -> Iterator[tuple[str, str, str, str]]:
    for goal in view.annex.goals:
        said = "\n\n".join(f"{entry.label}: {prose_text(entry.prose)}" for entry in goal.comments)
        yield goal.title, prose_text(goal.goal), goal.outcome, said


def _ratings(view: DeclarationView) -> Iterator[tuple[str, str, str, str]]:
    for group in view.ratings:
        for row in group.rows:
            yield row.number, row.title, row.rating, "\n".join(row.measures)
