"""Finds the headings of a list, and guesses from German and English words what its columns hold."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

from dnk_tool.domain.figures.lists.model import COLUMNS, ListColumn, ListKind
from dnk_tool.domain.uploads import (
    MAX_HEADING_ROW,
    ListTable,
    SpreadsheetRow,
    find_table,
    guess_by_headings,
    letters_of,
)

Mapped = Mapping[int, ListColumn]

_FEWEST_HEADINGS = 2
# Searched in the heading without spaces and punctuation, in lower case.
_HEADINGS: Mapping[ListColumn, str] = {
    ListColumn.PERSON: r"^pers(onal)?(nr|nummer)|mitarbeiter(nr|nummer|id)|^manr"
    r"|(employee|staff|personnel)(id|no|number)",
    ListColumn.SEX: r"geschl|gender|^sex$|^mwd?$|^wm$|^anrede|^salutation",
    ListColumn.BIRTH: r"geburt|^geb|birth|^dob$|^alter|^age|^jahrgang",
    ListColumn.ENTRY: r"eintritt|einstell|beschäftigtseit|betriebszugehörigkeitseit|entry|hire|joined|joining"
    r"|startdate|vertragsbeginn",
    ListColumn.EXIT: r"austritt|ausgeschieden|vertragsende|exit|leaving|enddate|termination|lastday",
    ListColumn.WEEKLY_HOURS: r"wochen(arbeits)?(stunden|std|zeit)|(std|stunden|arbeitszeit)(pro|je)?woche"
    r"|^wo?std|weekly(working)?hours|hours(per|a)?week|^arbeitszeit$",
    ListColumn.FTE: r"^fte|^vzä|^vze$|vollzeitäquivalent|fulltimeequivalent|beschäftigungsgrad|stellenanteil"
    r"|teilzeit(faktor|grad|quote)|^arbeitszeitanteil",
    ListColumn.LEVEL: r"führung|leitungs|^ebene|hierarchie|^level|leadership|management|manager",
    ListColumn.TEMPORARY: r"befrist|temporary|fixedterm",
    ListColumn.TRAINING_HOURS: r"weiterbildung|fortbildung|schulung|training",
    ListColumn.HOURLY_PAY: r"stunden(lohn|satz|entgelt|verdienst)|hourly(pay|wage|rate)|pay(per)?hour",
    ListColumn.MONTHLY_PAY: r"monats?(lohn|gehalt|brutto|entgelt|verdienst)|^(grund)?gehalt"
    r"|^brutto(lohn|gehalt)|monthly(gross)?(pay|salary)|^salary|^grosspay",
    ListColumn.DATE: r"datum|date|^tag$|^day$|leistungsmonat|^monat|^month",
    ListColumn.PRODUCT: r"produkt|product|kraftstoff|sorte|fuel|artikel|^ware|leistungsart",
    ListColumn.QUANTITY: r"menge|liter|litre|quantity|volum|gewicht|weight|^mass|tonnen|tonnage"
    r"|^netto(kg|t)$",
    ListColumn.AMOUNT: r"betrag|brutto|netto|amount|summe|total|umsatz",
    ListColumn.CODE: r"avv|abfallschlüssel|abfallcode|^asn|^eak|wastecode|ewc|lowcode|^schlüssel",
    ListColumn.UNIT: r"^einheit|mengeneinheit|^unit|^me$",
    ListColumn.FATE: r"verbleib|verwert|entsorgung|verfahren|behandlung|fate|treatment|disposal"
    r"|recovery|^rd(code)?$",
}
# Prices and yearly sums look like the columns wanted, and hold something else.
_MISLEADING: Mapping[ListColumn, str] = {
    ListColumn.QUANTITY: r"preis|price|einheit|unit|(je|pro|per)(liter|litre|l)|gesamtbetrag",
    ListColumn.AMOUNT: r"preis|price|menge|liter|litre",
    ListColumn.MONTHLY_PAY: r"jahr|annual|year|stunde|hour",
    ListColumn.DATE: r"uhrzeit|time|rechnungsdatum|invoicedate|update",
    ListColumn.FATE: r"nachweis|nummer|number|datum|date|preis|ort|anlage",
    ListColumn.ENTRY: r"grund|reason",
    ListColumn.EXIT: r"grund|reason",
    ListColumn.WEEKLY_HOURS: r"konto|modell|model",
    ListColumn.SEX: r"vorname|nachname",
}


def find_list(rows: Sequence[SpreadsheetRow], kind: ListKind) -> ListTable:
    """Find the headings of the list, above which titles may stand. Without them every row is data.

    Headings with other words than ours are a row without digits above one with digits.
    """
    return find_table(
        rows,
        lambda cells: len(guess_columns(cells, kind)),
        fewest=_FEWEST_HEADINGS,
        otherwise=_wordy_row(rows),
    )


def _wordy_row(rows: Sequence[SpreadsheetRow]) -> int | None:
    for place, (row, below) in enumerate(pairwise(rows[: MAX_HEADING_ROW + 1])):
        filled = sum(map(bool, map(str.strip, row.cells)))
        if filled >= _FEWEST_HEADINGS and not _has_digits(row) and _has_digits(below):
            return place
    return None


def _has_digits(row: SpreadsheetRow) -> bool:
    return any(sign.isdigit() for cell in row.cells for sign in cell)


def guess_columns(heads: Sequence[str], kind: ListKind) -> dict[int, ListColumn]:
    """What the columns hold by their headings: each meaning once, at the first column that it fits."""
    return guess_by_headings(heads, {column: _HEADINGS[column] for column in COLUMNS[kind]}, _MISLEADING)


def column_marks(heads: Sequence[str]) -> list[str]:
    """A mark for each column by which it is found again, and from which nobody reads its heading.

    Of columns with the same heading each has a mark of its own.
    """
    names = [letters_of(head) or f"#{place}" for place, head in enumerate(heads)]
    counted = [f"{name}#{names[:place].count(name) or ''}" for place, name in enumerate(names)]
    return [hashlib.sha256(name.encode()).hexdigest()[:16] for name in counted]
