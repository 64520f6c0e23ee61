"""A whole declaration as tables: a workbook with a sheet for each kind of thing, or one CSV file."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.redaction import only_said
from dnk_tool.domain.figures.file_columns import HEADS, Column
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, number, translations
from dnk_tool.report.files import figure_spreadsheet, spreadsheet
from dnk_tool.report.files.answer_rows import AnswerRow, answer_rows, goal_rows, prose_text, table_rows
from dnk_tool.report.files.spreadsheet import Table, Value
from dnk_tool.report.files.workbook_labels import carried_words
from dnk_tool.report.text.plain import plain
from dnk_tool.report.view.model import DeclarationView

# What of a figure is of use to readers; other columns are for filling in.
FIGURE_COLUMNS = (
    Column.YEAR,
    Column.KEY,
    Column.TOPIC,
    Column.LABEL,
    Column.ASKED_IN,
    Column.VALUE,
    Column.UNIT,
    Column.QUALITY,
    Column.NOTE,
    Column.SOURCE,
    Column.STATE,
    Column.STANDARD_VALUE,
    Column.STANDARD_UNIT,
)


@dataclass
class _Book:
    """A declaration that becomes tables."""

    document: Document
    view: DeclarationView

    @property
    def language(self) -> Language:
        return "en" if self.view.language.startswith("en") else "de"

    def gettext(self, message: str) -> str:
        return translations(self.language).gettext(message)

    @cached_property
    def figures(self) -> list[dict[Column, Value]]:
        """The figures that are stated, with their numbers as numbers."""
        said, year = only_said(self.document), self.document.reporting_year
        rows = figure_spreadsheet.rows_of(said.sheet(), said.figures, year)
        told = [one for one in rows if one.state is not FigureState.OPEN]
        return figure_spreadsheet.cells_of(told, carried_words(self.language, year))


def to_xlsx(document: Document, view: DeclarationView) -> bytes:
    """A book of all that is said; `view` is the one of the document, composed with `on_paper=False`.

    The same arguments give the same bytes.
    """
    properties = {"title": plain(view.title), "author": plain(view.author), "subject": plain(view.edition)}
    return spreadsheet.to_book(
        (one for one in _tables(_Book(document, view)) if one.rows),
        properties=properties,
        made_on=date.fromisoformat(view.issued_on),
    )


def to_csv(document: Document, view: DeclarationView) -> bytes:
    """All answers, then all figures, as CSV: one row for each thing that is said."""
    book = _Book(document, view)
    _ = book.gettext
    *heads, text = AnswerRow.heading(_)
    figures = tuple(
        HEADS[one].to(book.language) for one in (Column.YEAR, Column.VALUE, Column.UNIT, Column.QUALITY)
    )
    rows: list[Sequence[Value]] = []
    for one in answer_rows(view, _):
        *before, said = one.cells
        rows.append((*before, None, None, None, None, said))
    rows += [_figure_line(cells, book) for cells in book.figures]
    return spreadsheet.to_csv((*heads, *figures, text), ([*map(_guarded, row)] for row in rows))


def _figure_line(cells: dict[Column, Value], book: _Book) -> Sequence[Value]:
    """A figure under the heading of the answers; one that follows from others has its usual unit."""
    is_entered = cells[Column.VALUE] is not None
    value = cells[Column.VALUE if is_entered else Column.STANDARD_VALUE]
    unit = cells[Column.UNIT if is_entered or value is None else Column.STANDARD_UNIT]
    written = number(value, book.language, grouping=False) if isinstance(value, Decimal) else value
    called = (cells[Column.TOPIC], book.gettext("Kennzahlen"), cells[Column.ASKED_IN], cells[Column.LABEL])
    about = (cells[Column.STATE], None, cells[Column.KEY])
    return (*called, *about, cells[Column.YEAR], written, unit, cells[Column.QUALITY], cells[Column.NOTE])


def _tables(book: _Book) -> Iterator[Table]:
    _, view = book.gettext, book.view
    about = (_("Angabe"), _("Inhalt"))
    yield _table(_("Erklärung"), about, _about(view, _("Hinweis")), {1})
    answers = (one.cells for one in answer_rows(view, _))
    yield _table(_("Antworten"), AnswerRow.heading(_), answers, {1, 3, 6, 7})
    figures = ([cells[one] for one in FIGURE_COLUMNS] for cells in book.figures)
    heads = tuple(HEADS[one].to(book.language) for one in FIGURE_COLUMNS)
    yield _table(_("Kennzahlen"), heads, figures, {FIGURE_COLUMNS.index(Column.NOTE)})
    heads, goals = goal_rows(view, book.document.selection, _)
    yield _table(_("Ziele"), heads, goals, range(2, len(heads)))
    yield _table(
        _("Frühere Ziele"), (_("Kriterium"), _("Ziel"), _("Stand"), _("Dazu")), _earlier(view), {1, 3}
    )
    heads = (_("Gehört zu"), _("Tabelle"), _("Zeile"), _("Spalte"), _("Inhalt"))
    yield _table(_("Tabellen"), heads, table_rows(view, _), {1, 4})
    index = ((one.code, one.title, one.status_label) for one in view.index)
    yield _table(_("Indikatoren"), (_("Kennung"), _("Leistungsindikator"), _("Art der Angabe")), index)
    heads = (_("Kriterium"), _("Titel"), _("Stand"), _("Nächste Schritte"))
    yield _table(_("Selbsteinschätzung"), heads, _ratings(view), {3})
    behind = ((one.label, prose_text(one.prose)) for one in (*view.annex.scope, *view.annex.explanations))
    yield _table(_("Erläuterungen"), about, behind, {1})
    sources = enumerate(view.annex.sources, start=1)
    yield _table(_("Quellen der Faktoren"), (_("Nummer"), _("Quelle")), sources, {1})


def _table(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[Value]], wrapped: Collection[int] = ()
) -> Table:
    return Table(name, heading, [[*map(_plain, row)] for row in rows], wrapped=wrapped)


def _plain(value: Value) -> Value:
    return plain(value) if isinstance(value, str) else value


def _guarded(value: Value) -> Value:
    return spreadsheet.guarded(plain(value)) if isinstance(value, str) else value


def _about(view: DeclarationView, note: str) -> Iterator[tuple[str, str]]:
    yield view.cover.title, view.cover.year
    for entry in (*view.cover.facts, *view.imprint):
        yield entry.label, prose_text(entry.prose)
    if view.check:
        yield view.check.title, view.check.address
    for statement in view.statements:
        yield note, statement


def _earlier(view: DeclarationView) -> Iterator[tuple[str, str, str, str]]:
    for goal in view.annex.goals:
        said = "\n\n".join(f"{entry.label}: {prose_text(entry.prose)}" for entry in goal.said)
        yield goal.title, prose_text(goal.goal), goal.outcome, said


def _ratings(view: DeclarationView) -> Iterator[tuple[str, str, str, str]]:
    for group in view.ratings:
        for row in group.rows:
            yield row.number, row.title, row.rating, "\n".join(row.measures)
