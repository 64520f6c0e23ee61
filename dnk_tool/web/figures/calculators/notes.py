"""Texts of the notes about calculated results."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.figures.calculators import CalculationNote, NoteCode
from dnk_tool.web.http.languages import current_language

# Each takes the number of lines concerned.
NOTE_TEXTS: Mapping[NoteCode, Callable[[int], str]] = {
    NoteCode.MIXED_BOUNDARY: lambda count: _(
        "Hier stehen Faktoren mit und ohne Vorkette nebeneinander. Sagen Sie das dazu, wenn Sie die Summe "
        "mit anderen vergleichen."
    ),
    NoteCode.WITH_UPSTREAM: lambda count: _(
        "Der Faktor enthält auch die Vorkette, also Förderung, Herstellung und Transport des Brennstoffs."
    ),
    NoteCode.MIXED_GASES: lambda count: _(
        "Einige Faktoren zählen nur CO₂, andere alle Treibhausgase (CO₂e). Meist macht das etwa ein Prozent "
        "aus."
    ),
    NoteCode.CO2_ONLY: lambda count: _(
        "Die Faktoren zählen nur CO₂. Mit Methan und Lachgas wäre der Wert etwa ein Prozent höher."
    ),
    NoteCode.MIXED_GWP_SETS: lambda count: _(
        "Hier stehen Treibhauspotenziale (GWP) aus verschiedenen Berichten des IPCC nebeneinander. Nehmen "
        "Sie bitte überall denselben Bericht."
    ),
    NoteCode.UPSTREAM_MISSING: lambda count: ngettext(
        "Bei %(num)d Zeile fehlt die Vorkette.", "Bei %(num)d Zeilen fehlt die Vorkette.", count
    ),
    NoteCode.LATER_FACTOR: lambda count: ngettext(
        "Für Ihr Berichtsjahr kennen wir keinen Faktor: %(num)d Zeile rechnet mit dem eines späteren Jahres.",
        "Für Ihr Berichtsjahr kennen wir keinen Faktor: %(num)d Zeilen rechnen mit dem eines späteren "
        "Jahres.",
        count,
    ),
    NoteCode.OWN_FACTOR: lambda count: ngettext(
        "%(num)d Zeile rechnet mit einem eigenen Faktor.",
        "%(num)d Zeilen rechnen mit einem eigenen Faktor.",
        count,
    ),
    NoteCode.UNVERIFIED_FACTOR: lambda count: ngettext(
        "Der Faktor von %(num)d Zeile ist noch nicht am Original geprüft.",
        "Die Faktoren von %(num)d Zeilen sind noch nicht am Original geprüft.",
        count,
    ),
    NoteCode.UNSETTLED_FACTOR: lambda count: _(
        "Der Herausgeber nennt den Faktor vorläufig oder geschätzt. Gibt es später einen endgültigen, wird "
        "er Ihnen angeboten."
    ),
    NoteCode.GRID_AVERAGE: lambda count: _(
        "Ohne Wert des Lieferanten rechnen wir auch marktbasiert mit dem deutschen Strommix. Ein Residualmix "
        "liegt nicht vor."
    ),
    NoteCode.NON_CO2_EFFECTS: lambda count: _(
        "Bei Flügen zählen auch Wirkungen in großer Höhe, die nicht vom CO₂ kommen."
    ),
    NoteCode.BELOW_ZERO: lambda count: _(
        "Daraus ergibt sich ein Wert unter null. Bitte prüfen Sie die Zeilen."
    ),
    NoteCode.ENTERED_PART: lambda count: _(
        "Ein Teil davon ist in den Kennzahlen von Hand eingetragen und zählt so mit."
    ),
    NoteCode.FAULTY_LINE: lambda count: ngettext(
        "%(num)d Zeile ist unvollständig und zählt nicht mit.",
        "%(num)d Zeilen sind unvollständig und zählen nicht mit.",
        count,
    ),
    NoteCode.UNKNOWN_LINE: lambda count: ngettext(
        "%(num)d Zeile gehört zu einem Rechner, den es nicht mehr gibt, und zählt nicht mit.",
        "%(num)d Zeilen gehören zu Rechnern, die es nicht mehr gibt, und zählen nicht mit.",
        count,
    ),
    NoteCode.NOT_COUNTED: lambda count: ngettext(
        "%(num)d Zeile geht hier nicht ein, weil dafür ein Faktor fehlt.",
        "%(num)d Zeilen gehen hier nicht ein, weil dafür ein Faktor fehlt.",
        count,
    ),
    NoteCode.OWN_FUELS: lambda count: _(
        "Strom aus eigenen Brennstoffen zählt nicht noch einmal: Er steckt schon in den Brennstoffen."
    ),
    NoteCode.RECYCLED_SHARE_MISSING: lambda count: ngettext(
        "Bei %(num)d Zeile fehlt der Recyclinganteil. Ohne ihn lässt sich der Anteil nicht berechnen.",
        "Bei %(num)d Zeilen fehlt der Recyclinganteil. Ohne ihn lässt sich der Anteil nicht berechnen.",
        count,
    ),
    NoteCode.SEVERAL_LINES: lambda count: _("Hier gibt es mehrere Zeilen, obwohl eine erwartet wird."),
    NoteCode.GROUP_MISSING: lambda count: _(
        "Eine Altersgruppe ist noch leer. Gibt es dort niemanden, tragen Sie bitte 0 ein."
    ),
    NoteCode.OTHER_HEADCOUNT: lambda count: _(
        "Die Altersgruppen ergeben zusammen eine andere Zahl als Frauen, Männer und Divers. Bitte prüfen "
        "Sie beides."
    ),
    NoteCode.IMPOSSIBLE_SHARE: lambda count: _(
        "Der Teil ist größer als das Ganze. Bitte prüfen Sie die Zahlen."
    ),
    NoteCode.NO_DENOMINATOR: lambda count: _(
        "Dafür fehlt noch die Größe, durch die geteilt wird, oder sie ist null."
    ),
    NoteCode.PRO_RATA: lambda count: ngettext(
        "%(num)d Rechnung geht über den Jahreswechsel und zählt nach Tagen.",
        "%(num)d Rechnungen gehen über den Jahreswechsel und zählen nach Tagen.",
        count,
    ),
    NoteCode.SALE_ORIGIN: lambda count: _(
        "Woher stammt der verkaufte Strom, den Sie von Hand eingetragen haben? Solange das nicht gesagt ist, "
        "ziehen wir ihn nicht ab. Tragen Sie bei GRI SRS-302-1 unter d.i ein, wie viel davon eigener Strom "
        "aus Sonne, Wind oder Wasser ist, bei weitergegebenem Netzstrom 0."
    ),
    NoteCode.HEAT_ORIGIN: lambda count: ngettext(
        "War die weitergegebene Energie zugekauft oder selbst erzeugt? Öffnen Sie die Zeile und sagen Sie "
        "es. Bis dahin bleibt der Wert, wie er ist.",
        "War die weitergegebene Energie zugekauft oder selbst erzeugt? Öffnen Sie die %(num)d Zeilen und "
        "sagen Sie es. Bis dahin bleibt der Wert, wie er ist.",
        count,
    ),
    NoteCode.PART_UNSAID: lambda count: _(
        "Ob davon etwas recycelt oder verwertet wurde, hat noch niemand gesagt. Dafür gibt es eigene Zeilen; "
        "war es nichts, tragen Sie bei der Menge 0 ein."
    ),
    NoteCode.CREDIT_ABOVE: lambda count: _(
        "Die Gutschriften sind zusammen höher als die Rechnungen derselben Art. Prüfen Sie die Mengen; bis "
        "dahin gibt es keinen Wert."
    ),
    NoteCode.TOO_LONG: lambda count: _("Die Zahl ist zu groß, um in die Kennzahlen zu passen."),
}

# Notes that ask for a check; the others inform.
ALERT_CODES = frozenset(
    {
        NoteCode.BELOW_ZERO,
        NoteCode.FAULTY_LINE,
        NoteCode.UNKNOWN_LINE,
        NoteCode.NOT_COUNTED,
        NoteCode.RECYCLED_SHARE_MISSING,
        NoteCode.SEVERAL_LINES,
        NoteCode.GROUP_MISSING,
        NoteCode.OTHER_HEADCOUNT,
        NoteCode.IMPOSSIBLE_SHARE,
        NoteCode.NO_DENOMINATOR,
        NoteCode.SALE_ORIGIN,
        NoteCode.HEAT_ORIGIN,
        NoteCode.CREDIT_ABOVE,
        NoteCode.TOO_LONG,
    }
)


def note_text(note: CalculationNote) -> str:
    """The note's sentence; "" for a code without a text."""
    if note.code is NoteCode.UPSTREAM_MISSING and note.groups:
        return str(_("Die Vorkette ist hier nicht enthalten: %(carriers)s.", carriers=_carriers(note)))
    text = NOTE_TEXTS.get(note.code)
    return text(len(note.lines)) if text else ""


def _carriers(note: CalculationNote) -> str:
    """The labels of the activities that the groups of a note name."""
    language = current_language()
    labels = {
        activity.key: activity.label.to(language) for activity in load_calculators()["energy"].activities
    }
    return ", ".join(labels.get(key, key) for key, _lines in note.groups)
