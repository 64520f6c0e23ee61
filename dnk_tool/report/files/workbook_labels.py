"""The labels of files of figures: to fill in, of a published declaration, and embedded in a PDF."""

from collections.abc import Sequence

from dnk_tool.domain.figures.states import FigureState
from dnk_tool.labels import N_, label, topic_labels
from dnk_tool.language import Language, translations
from dnk_tool.report.files.figure_spreadsheet import FigureFileLabels

INSTRUCTIONS = (
    N_("Tragen Sie Werte, Einheiten und Qualität ein, und laden Sie die Datei danach wieder hoch."),
    N_("Sie sehen zuerst eine Vorschau. Gespeichert wird erst, wenn Sie sie bestätigen."),
    N_("Eine leere Zelle ändert nichts. Ein einzelner Strich (-) leert die Angabe."),
    N_("Fehlt ein Wert, wählen Sie die Qualität „liegt nicht vor“ und nennen in der Anmerkung den Grund."),
    N_("Eine Null tragen Sie nur ein, wenn der Wert wirklich null ist."),
    N_("Zum Wert gehört eine Einheit. Welche möglich sind, steht in der letzten Spalte."),
    N_("Qualität: gemessen, berechnet, geschätzt oder liegt nicht vor."),
    N_("Jahr und Kennzahl sagen, wohin eine Zeile gehört. Ändern Sie diese Spalten nicht."),
    N_("Die Spalten rechts von „Zuständig“ sind nur zum Lesen; was dort steht, wird nicht übernommen."),
)
_ROWS = N_("Je Zeile steht eine Kennzahl eines Jahres; frühere Jahre folgen unter dem Berichtsjahr.")
_EMPTY_CELLS = N_("Eine leere Zelle heißt, dass keine Angabe vorliegt; sie heißt nicht null.")
_IN_PDF = N_("Diese Tabelle steckt in der PDF-Datei der Erklärung und enthält dieselben Kennzahlen.")
_PUBLISHED = N_("Diese Tabelle enthält alle Kennzahlen der veröffentlichten Erklärung.")
_ABOUT_TABLE = N_("Zu dieser Tabelle")


def fill_in_labels(language: Language, year: int) -> FigureFileLabels:
    """The labels of the file in which a company fills in figures and uploads them again."""
    return _file_labels(language, year, N_("So geht es"), INSTRUCTIONS)


def attached_workbook_labels(language: Language, year: int) -> FigureFileLabels:
    """The labels of the workbook of figures that is embedded in a declaration's PDF."""
    return _file_labels(language, year, _ABOUT_TABLE, (_IN_PDF, _ROWS, _EMPTY_CELLS))


def published_table_labels(language: Language, year: int) -> FigureFileLabels:
    """The labels of the table of figures that visitors download with a published declaration."""
    return _file_labels(language, year, _ABOUT_TABLE, (_PUBLISHED, _ROWS, _EMPTY_CELLS))


def _file_labels(language: Language, year: int, title: str, explanation: Sequence[str]) -> FigureFileLabels:
    _ = translations(language).gettext
    return FigureFileLabels(
        language=language,
        title=f"{_('Kennzahlen')} {year}",
        topics=topic_labels(language),
        states={figure_state: label(figure_state, language) for figure_state in FigureState},
        explanation_title=_(title),
        explanation_lines=[_(line) for line in explanation],
    )
