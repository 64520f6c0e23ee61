"""What topics and states of figures are called, and the words of the workbook inside a PDF."""

from collections.abc import Mapping

from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, translations
from dnk_tool.report.files.figure_spreadsheet import FigureFileLabels


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for words to be translated later
    """Marks words for the translators."""
    return message


TOPIC_LABELS: Mapping[str, str] = {
    "energy": N_("Energie"),
    "ghg": N_("Treibhausgase"),
    "water": N_("Wasser"),
    "waste": N_("Abfall"),
    "materials": N_("Material"),
    "workforce": N_("Beschäftigte"),
    "diversity": N_("Vielfalt"),
    "training": N_("Weiterbildung"),
    "safety": N_("Arbeitssicherheit und Gesundheit"),
    "supply-chain": N_("Lieferkette"),
    "product": N_("Produkte"),
    "economy": N_("Wirtschaft"),
    "governance": N_("Unternehmensführung"),
}
_STATED = N_("angegeben")
STATE_LABELS: Mapping[FigureState, str] = {
    FigureState.OPEN: N_("Offen"),
    FigureState.BEGUN: N_("In Arbeit"),
    FigureState.ENTERED: _STATED,
    FigureState.FROM_LINES: N_("aus Zeilen berechnet"),
    FigureState.FROM_SITES: N_("Summe der Standorte"),
    FigureState.FOLLOWS: N_("folgt aus anderen Kennzahlen"),
    FigureState.NOT_AVAILABLE: N_("liegt nicht vor"),
    FigureState.EXPLAINED: N_("beim Indikator erklärt"),
}
_EXPLANATION = (
    N_("Diese Tabelle steckt in der PDF-Datei der Erklärung und enthält dieselben Kennzahlen."),
    N_("Je Zeile steht eine Kennzahl eines Jahres; frühere Jahre folgen unter dem Berichtsjahr."),
    N_("Eine leere Zelle heißt, dass keine Angabe vorliegt; sie heißt nicht null."),
)


def attached_workbook_labels(language: Language, year: int) -> FigureFileLabels:
    """The words of the workbook of a declaration's figures that is attached to its PDF."""
    _ = translations(language).gettext
    return FigureFileLabels(
        language=language,
        title=f"{_('Kennzahlen')} {year}",
        topics={key: _(text) for key, text in TOPIC_LABELS.items()},
        states={one: _(text) for one, text in STATE_LABELS.items()},
        explanation_title=_("Zu dieser Tabelle"),
        explanation_lines=[_(line) for line in _EXPLANATION],
    )
