"""Writes a declaration as tables: a workbook with a sheet for each kind of content, or one CSV file."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, format_number, known_language, translations
from dnk_tool.report.files import figure_spreadsheet, spreadsheet
from dnk_tool.report.files.answer_rows import AnswerExportRow, answer_rows, goal_rows, prose_text, table_rows
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet
from dnk_tool.report.files.workbook_labels import attached_workbook_labels
from dnk_tool.report.text.plain import plain
from dnk_tool.report.view.model import DeclarationView

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

    @cached_property
    def figures(self) -> list[dict[FigureColumn, CellValue]]:
        """The cells of all figures that are not open; numbers are Decimal."""
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
    written = format_number(value, book.language, grouping=False) if isinstance(value, Decimal) else value
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
    heads, goals = goal_rows(view, book.document.selection, _)
    yield _worksheet(_("Ziele"), heads, goals, range(2, len(heads)))
    yield _worksheet(
        _("Frühere Ziele"), (_("Kriterium"), _("Ziel"), _("Stand"), _("Dazu")), _earlier_goals(view), {1, 3}
    )
    heads = (_("Gehört zu"), _("Tabelle"), _("Zeile"), _("Spalte"), _("Inhalt"))
    yield _worksheet(_("Tabellen"), heads, table_rows(view, _), {1, 4})
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


def _about(view: DeclarationView, note: str) -> Iterator[tuple[str, str]]:
    yield view.cover.title, view.cover.year
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
