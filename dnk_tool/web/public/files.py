"""What can be taken away of a published declaration: its data, and its figures as a table."""

from dataclasses import replace
from datetime import date

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.document import Document, canonical
from dnk_tool.domain.figure_states import FigureState
from dnk_tool.domain.said import only_said
from dnk_tool.language import Language
from dnk_tool.report import figure_sheets
from dnk_tool.report.figure_sheets import FileRow, FileWords
from dnk_tool.web.figure_words import file_words

EXPLAINS = (
    _l("Diese Tabelle enthält alle Kennzahlen der veröffentlichten Erklärung."),
    _l("Je Zeile steht eine Kennzahl eines Jahres; frühere Jahre folgen unter dem Berichtsjahr."),
    _l("Eine leere Zelle heißt, dass keine Angabe vorliegt; sie heißt nicht null."),
)
EXPLAINS_TITLE = _l("Zu dieser Tabelle")


def data(document: Document) -> bytes:
    """The canonical document, as far as it is said to readers."""
    return canonical(only_said(document))


def as_csv(document: Document, language: Language) -> bytes:
    """The figures as CSV."""
    return figure_sheets.to_csv(_rows(document), _words(document, language))


def as_xlsx(document: Document, language: Language, *, issued_on: date) -> bytes:
    """The figures as a workbook; the same arguments give the same bytes."""
    return figure_sheets.to_xlsx(_rows(document), _words(document, language), made_on=issued_on)


def _rows(document: Document) -> list[FileRow]:
    """What is said of each figure, and nothing of those that are still open."""
    said = only_said(document)
    found = figure_sheets.rows_of(said.sheet(), said.figures, said.reporting_year)
    return [one for one in found if one.state is not FigureState.OPEN]


def _words(document: Document, language: Language) -> FileWords:
    words = file_words(language, document.reporting_year)
    return replace(words, explains_title=str(EXPLAINS_TITLE), explains=[str(line) for line in EXPLAINS])
