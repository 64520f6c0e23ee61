"""The words of lists: kinds, columns, faults, counts and notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.lists.model import (
    ListColumn,
    ListCount,
    ListKind,
    ListNote,
    ListRowFault,
    ListSums,
    WasteFate,
)
from dnk_tool.domain.figures.lists.payroll import FEWEST_PEOPLE
from dnk_tool.language import Language, format_number
from dnk_tool.web.http.languages import current_language


@dataclass(frozen=True)
class ListWords:
    """What one kind of list is called, and what its page asks for."""

    title: str
    lead: str
    supplier: str
    supplier_hint: str
    needed: str


def list_words(kind: ListKind) -> ListWords:
    """The words of one kind of list in the page's language."""
    words = {
        ListKind.PAYROLL: ListWords(
            _("Lohnliste"),
            _("Eine Liste Ihrer Leute gibt die Zahlen zu Köpfen, Alter, Führung, Fluktuation und mehr."),
            _("Von welchem Programm oder Lohnbüro ist die Liste?"),
            _("Freiwillig, zum Beispiel DATEV. Dann kennen wir ihre Spalten beim nächsten Mal."),
            _("Geschlecht, Geburtsdatum, Eintritt, Austritt und Stunden"),
        ),
        ListKind.FUEL: ListWords(
            _("Tankkarten"),
            _("Aus der Abrechnung der Tankkarten wird eine Zeile je Kraftstoff."),
            _("Von wem ist die Abrechnung?"),
            _("So heißen die Zeilen danach. Beim nächsten Mal kennen wir die Spalten schon."),
            _("Datum, Kraftstoff und Liter"),
        ),
        ListKind.WASTE: ListWords(
            _("Abfallübersicht"),
            _("Aus der Übersicht des Entsorgers wird eine Zeile je Abfallschlüssel und Verbleib."),
            _("Von wem ist die Übersicht?"),
            _("So heißen die Zeilen danach. Beim nächsten Mal kennen wir die Spalten schon."),
            _("Datum, Abfallschlüssel, Menge und Verbleib"),
        ),
    }
    return words[kind]


def column_texts(kind: ListKind) -> dict[ListColumn, str]:
    """What the columns can hold, in words."""
    texts = {
        ListColumn.PERSON: _("Personalnummer (zählt niemanden doppelt)"),
        ListColumn.SEX: _("Geschlecht"),
        ListColumn.BIRTH: _("Geburtsdatum, Geburtsjahr oder Alter"),
        ListColumn.ENTRY: _("Eintritt"),
        ListColumn.EXIT: _("Austritt"),
        ListColumn.WEEKLY_HOURS: _("Wochenstunden"),
        ListColumn.FTE: _("Anteil einer vollen Stelle"),
        ListColumn.LEVEL: _("Führung (ja oder Stelle)"),
        ListColumn.TEMPORARY: _("Befristet (ja oder Datum)"),
        ListColumn.TRAINING_HOURS: _("Stunden Weiterbildung"),
        ListColumn.HOURLY_PAY: _("Bruttolohn je Stunde"),
        ListColumn.MONTHLY_PAY: _("Bruttolohn je Monat"),
        ListColumn.DATE: _("Datum"),
        ListColumn.PRODUCT: _("Kraftstoff oder Produkt"),
        ListColumn.QUANTITY: _("Menge") if kind is ListKind.WASTE else _("Liter"),
        ListColumn.AMOUNT: _("Betrag"),
        ListColumn.CODE: _("Abfallschlüssel (AVV)"),
        ListColumn.UNIT: _("Einheit (kg oder t)"),
        ListColumn.FATE: _("Verbleib oder Verfahren"),
    }
    return {column: str(text) for column, text in texts.items()}


def fate_texts() -> Mapping[WasteFate, str]:
    """What can become of waste, in words."""
    return {
        WasteFate.RECYCLING: _("recycelt"),
        WasteFate.REUSE: _("wiederverwendet"),
        WasteFate.OTHER_RECOVERY: _("anders stofflich verwertet"),
        WasteFate.INCINERATION: _("verbrannt mit Energiegewinnung"),
        WasteFate.DISPOSAL: _("deponiert oder anders beseitigt"),
    }


def line_title(line: CalculatorLine, activity: Activity, language: Language) -> str:
    """What a line of a list is called, with its waste code; shorter than in its calculator."""
    words: Mapping[tuple[str, str], str] = {
        ("intensity", "basis"): _("Köpfe und Vollzeitäquivalente"),
        ("diversity", "employees"): _("Geschlecht und Alter"),
    }
    title = words.get((line.calculator, line.activity)) or activity.label.to(language)
    return f"{title} ({line.code})" if line.code else title


def row_fault_text(fault: ListRowFault) -> str:
    """Why a row is left out. The cell itself is not repeated, as it may be about a person."""
    words = {
        ListRowFault.EMPTY: _("Hier steht nichts."),
        ListRowFault.NOT_A_NUMBER: _("Das ist keine Zahl."),
        ListRowFault.NOT_A_DATE: _("Das ist kein Datum, wie wir es kennen, zum Beispiel 31.12.2025."),
        ListRowFault.OUT_OF_RANGE: _("Diese Zahl kann hier nicht stimmen."),
        ListRowFault.UNKNOWN_WORD: _("Dieses Wort kennen wir hier nicht."),
        ListRowFault.UNKNOWN_PRODUCT: _("Dieses Produkt kennen wir nicht."),
        ListRowFault.UNKNOWN_CODE: _("Diesen Abfallschlüssel gibt es in diesem Jahr nicht."),
        ListRowFault.UNKNOWN_UNIT: _("Diese Einheit kennen wir nicht. Möglich sind kg und t."),
        ListRowFault.INTERIM: _(
            "Dieses Verfahren heißt nur sortiert oder gelagert. Fragen Sie den Entsorger, was danach kommt."
        ),
        ListRowFault.EXIT_BEFORE_ENTRY: _("Der Austritt liegt vor dem Eintritt."),
    }
    return str(words[fault])


def count_texts(kind: ListKind, sums: ListSums, year: int) -> list[str]:
    """What was counted, in sentences."""
    counted, people = int(sums.counts.get(ListCount.COUNTED, 0)), kind is ListKind.PAYROLL
    texts = [
        ngettext(
            "%(num)d Person am 31. Dezember %(year)s",
            "%(num)d Personen am 31. Dezember %(year)s",
            counted,
            year=year,
        )
        if people
        else ngettext("%(num)d Zeile gezählt", "%(num)d Zeilen gezählt", counted)
    ]
    if ListCount.ENTERED in sums.counts:
        number = int(sums.counts[ListCount.ENTERED])
        texts.append(ngettext("%(num)d Eintritt", "%(num)d Eintritte", number))
    if ListCount.LEFT in sums.counts:
        number = int(sums.counts[ListCount.LEFT])
        texts.append(ngettext("%(num)d Austritt", "%(num)d Austritte", number))
    if amount := sums.counts.get(ListCount.AMOUNT):
        shown = format_number(amount.quantize(Decimal("0.01")), current_language())
        texts.append(_("zusammen %(amount)s €: Passt das zur Rechnung?", amount=shown))
    if other := int(sums.counts.get(ListCount.OTHER_YEAR, 0)):
        texts.append(ngettext("%(num)d Zeile eines anderen Jahres", "%(num)d Zeilen anderer Jahre", other))
    if same := int(sums.counts.get(ListCount.SAME_PERSON, 0)):
        texts.append(
            ngettext(
                "%(num)d weitere Zeile derselben Person: Es zählt die letzte",
                "%(num)d weitere Zeilen derselben Personen: Es zählt jeweils die letzte",
                same,
            )
        )
    if no_fuel := int(sums.counts.get(ListCount.NO_FUEL, 0)):
        texts.append(
            ngettext(
                "%(num)d Zeile ohne Kraftstoff, wie Wäsche oder Maut",
                "%(num)d Zeilen ohne Kraftstoff, wie Wäsche oder Maut",
                no_fuel,
            )
        )
    return [str(text) for text in texts]


def note_text(note: ListNote) -> str:
    """Why a figure is not proposed, or what it leaves out."""
    words = {
        ListNote.NO_TURNOVER: _("Fluktuation: Dazu brauchen wir die Spalten Eintritt und Austritt."),
        ListNote.FEW_FOR_PAY: _(
            "Entgeltlücke: Die schlagen wir erst ab %(number)s Frauen und %(number)s Männern mit Lohn vor, "
            "sonst ließe sich auf einzelne schließen.",
            number=FEWEST_PEOPLE,
        ),
        ListNote.PAY_WITHOUT_HOURS: _("Entgeltlücke: Zum Monatslohn brauchen wir die Wochenstunden."),
        ListNote.FEW_FOR_TRAINING: _(
            "Weiterbildung: Bei „divers oder ohne Angabe“ sind es unter %(number)s Personen; sie bleiben "
            "hier weg, damit niemand zu erkennen ist.",
            number=FEWEST_PEOPLE,
        ),
        ListNote.NO_LEADERS: _("Führung: In dieser Spalte haben wir niemanden mit Führung gefunden."),
        ListNote.LEADERS_WITHOUT_HOURS: _(
            "Führung: Dazu brauchen wir Wochenstunden oder den Anteil einer Stelle."
        ),
    }
    return str(words[note])
