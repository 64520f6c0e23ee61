"""Messages about rows of an uploaded file of figures, and its labels."""

from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.figures.file_changes import FigureFilePreview
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn
from dnk_tool.domain.figures.file_rows import (
    MAX_LABEL_LENGTH,
    FigureHintKind,
    FigureRowFault,
    FigureRowHint,
    RejectedFigureRow,
)
from dnk_tool.language import Language, format_number
from dnk_tool.web.text.amounts import figure_value_text
from dnk_tool.web.text.labels import label_of


def rejected_row_text(row: RejectedFigureRow, language: Language) -> str:
    """Why the row is rejected and how to correct it."""
    detail = row.detail
    words: dict[FigureRowFault, str] = {
        FigureRowFault.NO_FIGURE: _("Es fehlt, welche Kennzahl gemeint ist. Die Vorlage nennt alle."),
        FigureRowFault.UNKNOWN_FIGURE: _(
            "Nach „%(text)s“ fragt diese Erklärung nicht. Die Vorlage nennt alle Kennzahlen.", text=detail
        ),
        FigureRowFault.NOT_A_YEAR: _("„%(text)s“ ist kein Jahr mit vier Ziffern.", text=detail),
        FigureRowFault.LATER_YEAR: _(
            "%(year)s ist später als das Berichtsjahr. Laden Sie die Zeile in der Erklärung für jenes Jahr "
            "hoch.",
            year=detail,
        ),
        FigureRowFault.NOT_A_NUMBER: _(
            "„%(text)s“ ist keine Zahl. Fehlt der Wert, lassen Sie die Zelle leer und wählen die Qualität "
            "„liegt nicht vor“.",
            text=detail,
        ),
        FigureRowFault.IS_A_DAY: _(
            "Das Programm hat aus der Zahl ein Datum gemacht (%(text)s). Stellen Sie die Zelle auf „Zahl“, "
            "und tragen Sie den Wert noch einmal ein.",
            text=detail,
        ),
        FigureRowFault.LONG_NUMBER: _("Die Zahl „%(text)s“ hat zu viele Stellen.", text=detail),
        FigureRowFault.NO_UNIT: _("Zum Wert fehlt die Einheit. Mögliche stehen in der Vorlage."),
        FigureRowFault.UNKNOWN_UNIT: _(
            "Die Einheit „%(text)s“ passt hier nicht. Mögliche stehen in der Vorlage.", text=detail
        ),
        FigureRowFault.UNIT_ALONE: _(
            "Die Einheit ist geändert, aber der Wert fehlt. Tragen Sie auch den Wert in dieser Einheit ein."
        ),
        FigureRowFault.UNKNOWN_QUALITY: _(
            "Die Qualität „%(text)s“ gibt es nicht. Möglich sind: gemessen, berechnet, geschätzt, liegt "
            "nicht vor.",
            text=detail,
        ),
        FigureRowFault.VALUE_NOT_AVAILABLE: _(
            "Ein Wert und „liegt nicht vor“ schließen sich aus. Ändern Sie die Qualität, oder leeren Sie "
            "den Wert mit einem Strich (-)."
        ),
        FigureRowFault.LONG_WORDS: _(
            "Ein Text ist länger als %(most)s Zeichen.", most=_count(detail, language)
        ),
        FigureRowFault.TWICE: _(
            "Diese Kennzahl steht für dasselbe Jahr schon in Zeile %(number)s.", number=detail
        ),
        FigureRowFault.LOCKED: _(
            "Die Angaben für %(year)s sind gesperrt. Öffnen Sie die Erklärung für dieses Jahr, wenn sich "
            "etwas ändern muss.",
            year=detail,
        ),
    }
    return words[row.fault]


def row_hint_text(
    hint: FigureRowHint, read: Figure, point: Datapoint, sifted: FigureFilePreview, *, language: Language
) -> str:
    """What may be a mistake in the row; `read` is the figure as understood."""
    if hint.kind is FigureHintKind.TWO_WAYS:
        other = numbers.ambiguity(hint.detail, sifted.language)
        value, unmeant = (
            format_number(number or Decimal(0), language, grouping=False) for number in (read.value, other)
        )
        text = _("„%(text)s“ wurde als %(value)s gelesen und nicht als %(other)s.")
        return str(text % {"text": hint.detail, "value": value, "other": unmeant})
    if hint.kind is FigureHintKind.SHARE:
        return str(
            _(
                "Gelesen als %(value)s. Meinten Sie %(other)s %%? Zellen im Format „Prozent“ haben innen "
                "den hundertsten Teil.",
                value=figure_value_text(read, point, language),
                other=format_number(Decimal(hint.detail), language),
            )
        )
    if hint.detail == Origin.SITES.value:
        return str(_("Der Wert ist bisher die Summe der Standorte. Künftig gilt der aus der Datei."))
    return str(_("Der Wert kommt bisher aus den Rechnern. Künftig gilt der aus der Datei."))


def changed_details(before: Figure, after: Figure, language: Language) -> list[tuple[str, str, str]]:
    """What changes besides value and unit: column heading, before, after."""
    qualities = [label_of(figure.quality) if figure.quality else "" for figure in (before, after)]
    pairs: list[tuple[FigureColumn, str, str]] = [
        (FigureColumn.QUALITY, qualities[0], qualities[1]),
        (FigureColumn.NOTE, before.note, after.note),
        (FigureColumn.SOURCE, before.source, after.source),
        (FigureColumn.RESPONSIBLE, before.responsible, after.responsible),
    ]
    return [
        (COLUMN_HEADINGS[column].to(language), _short(old), _short(new))
        for column, old, new in pairs
        if old != new
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL_LENGTH else f"{line[:MAX_LABEL_LENGTH].rstrip()} …"


def _count(detail: str, language: Language) -> str:
    return format_number(Decimal(detail), language) if detail.isdigit() else detail
