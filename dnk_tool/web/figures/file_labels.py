"""The interface's words for files of figures: the file's own, and what is wrong with a row."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.figures.file_changes import Sifted
from dnk_tool.domain.figures.file_columns import HEADS, Column
from dnk_tool.domain.figures.file_rows import LONGEST_SHOWN, BadRow, Hint, RowFault, RowHint
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, number
from dnk_tool.report.files.figure_spreadsheet import FileWords
from dnk_tool.web.figures.labels import DETAILS, STATES, TOPICS
from dnk_tool.web.text.amounts import of_figure
from dnk_tool.web.text.labels import word

# How the file is filled in.
EXPLANATION = (
    _l("Tragen Sie Werte, Einheiten und Qualität ein, und laden Sie die Datei danach wieder hoch."),
    _l("Sie sehen zuerst eine Vorschau. Gespeichert wird erst, wenn Sie sie bestätigen."),
    _l("Eine leere Zelle ändert nichts. Ein einzelner Strich (-) leert die Angabe."),
    _l("Fehlt ein Wert, wählen Sie die Qualität „liegt nicht vor“ und nennen in der Anmerkung den Grund."),
    _l("Eine Null tragen Sie nur ein, wenn der Wert wirklich null ist."),
    _l("Zum Wert gehört eine Einheit. Welche möglich sind, steht in der letzten Spalte."),
    _l("Qualität: gemessen, berechnet, geschätzt oder liegt nicht vor."),
    _l("Jahr und Kennzahl sagen, wohin eine Zeile gehört. Ändern Sie diese Spalten nicht."),
    _l("Die Spalten rechts von „Zuständig“ sind nur zum Lesen; was dort steht, wird nicht übernommen."),
)


def file_words(language: Language, year: int, said: Callable[[Any], str] = str) -> FileWords:
    """The words of the file. `said` gives our own words in the language; on a page they are so already."""
    return FileWords(
        language=language,
        title=f"{said(_l('Kennzahlen'))} {year}",
        topics={key: said(text) for key, text in TOPICS.items()},
        states={one: said(DETAILS.get(one) or STATES[one][0]) for one in FigureState},
        explains_title=said(_l("So geht es")),
        explains=[said(line) for line in EXPLANATION],
    )


def of_bad(row: BadRow, language: Language) -> str:
    """Why the row is left out, and what helps."""
    detail = row.detail
    words: dict[RowFault, str] = {
        RowFault.NO_FIGURE: _("Es fehlt, welche Kennzahl gemeint ist. Die Vorlage nennt alle."),
        RowFault.UNKNOWN_FIGURE: _(
            "Nach „%(text)s“ fragt diese Erklärung nicht. Die Vorlage nennt alle Kennzahlen.", text=detail
        ),
        RowFault.NOT_A_YEAR: _("„%(text)s“ ist kein Jahr mit vier Ziffern.", text=detail),
        RowFault.LATER_YEAR: _(
            "%(year)s ist später als das Berichtsjahr. Laden Sie die Zeile in der Erklärung für jenes Jahr "
            "hoch.",
            year=detail,
        ),
        RowFault.NOT_A_NUMBER: _(
            "„%(text)s“ ist keine Zahl. Fehlt der Wert, lassen Sie die Zelle leer und wählen die Qualität "
            "„liegt nicht vor“.",
            text=detail,
        ),
        RowFault.IS_A_DAY: _(
            "Das Programm hat aus der Zahl ein Datum gemacht (%(text)s). Stellen Sie die Zelle auf „Zahl“, "
            "und tragen Sie den Wert noch einmal ein.",
            text=detail,
        ),
        RowFault.LONG_NUMBER: _("Die Zahl „%(text)s“ hat zu viele Stellen.", text=detail),
        RowFault.NO_UNIT: _("Zum Wert fehlt die Einheit. Mögliche stehen in der Vorlage."),
        RowFault.UNKNOWN_UNIT: _(
            "Die Einheit „%(text)s“ passt hier nicht. Mögliche stehen in der Vorlage.", text=detail
        ),
        RowFault.UNIT_ALONE: _(
            "Eine andere Einheit ohne Wert: Tragen Sie auch den Wert in dieser Einheit ein."
        ),
        RowFault.UNKNOWN_QUALITY: _(
            "Die Qualität „%(text)s“ gibt es nicht. Möglich sind: gemessen, berechnet, geschätzt, liegt "
            "nicht vor.",
            text=detail,
        ),
        RowFault.VALUE_NOT_AVAILABLE: _(
            "Ein Wert und „liegt nicht vor“ schließen sich aus. Ändern Sie die Qualität, oder leeren Sie "
            "den Wert mit einem Strich (-)."
        ),
        RowFault.LONG_WORDS: _("Ein Text ist länger als %(most)s Zeichen.", most=_count(detail, language)),
        RowFault.TWICE: _("Diese Kennzahl steht für dasselbe Jahr schon in Zeile %(number)s.", number=detail),
        RowFault.LOCKED: _(
            "Die Angaben für %(year)s sind gesperrt. Öffnen Sie die Erklärung für dieses Jahr, wenn sich "
            "etwas ändern muss.",
            year=detail,
        ),
    }
    return words[row.fault]


def of_hint(hint: Hint, read: Figure, point: Datapoint, sifted: Sifted, *, language: Language) -> str:
    """What may be a slip; `read` is the figure as it was understood."""
    if hint.kind is RowHint.TWO_WAYS:
        other = numbers.ambiguity(hint.detail, sifted.language)
        value, unmeant = (number(one or Decimal(0), language, grouping=False) for one in (read.value, other))
        text = _("„%(text)s“ wurde als %(value)s gelesen und nicht als %(other)s.")
        return str(text % {"text": hint.detail, "value": value, "other": unmeant})
    if hint.kind is RowHint.SHARE:
        return str(
            _(
                "Gelesen als %(value)s. Meinten Sie %(other)s %%? Zellen im Format „Prozent“ haben innen "
                "den hundertsten Teil.",
                value=of_figure(read, point, language),
                other=number(Decimal(hint.detail), language),
            )
        )
    if hint.detail == Origin.SITES.value:
        return str(_("Der Wert ist bisher die Summe der Standorte. Künftig gilt der aus der Datei."))
    return str(_("Der Wert kommt bisher aus den Rechnern. Künftig gilt der aus der Datei."))


def differences(before: Figure, after: Figure, language: Language) -> list[tuple[str, str, str]]:
    """What changes besides value and unit: the column's head, before and after."""
    qualities = [word(one.quality) if one.quality else "" for one in (before, after)]
    pairs: list[tuple[Column, str, str]] = [
        (Column.QUALITY, qualities[0], qualities[1]),
        (Column.NOTE, before.note, after.note),
        (Column.SOURCE, before.source, after.source),
        (Column.RESPONSIBLE, before.responsible, after.responsible),
    ]
    return [
        (HEADS[column].to(language), _short(old), _short(new)) for column, old, new in pairs if old != new
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN].rstrip()} …"


def _count(detail: str, language: Language) -> str:
    return number(Decimal(detail), language) if detail.isdigit() else detail
