"""Headings of lists in German and English, and what their columns are taken for."""

import pytest

from dnk_tool.domain.figures.lists.columns import column_marks, find_list, guess_columns
from dnk_tool.domain.figures.lists.model import COLUMNS, ListKind
from tests.support.tables import numbered_rows


@pytest.mark.parametrize(
    ("kind", "heads", "columns"),
    [
        (
            ListKind.PAYROLL,
            "Pers.-Nr.;Nachname;Vorname;Geschlecht;Geburtsdatum;Eintritt;Austritt;Std. je Woche;Führung"
            ";Befristet bis;Schulungsstunden;Stundenlohn;Jahresbrutto",
            "person,,,sex,birth,entry,exit,weekly-hours,level,temporary,training-hours,hourly-pay,",
        ),
        (
            ListKind.PAYROLL,
            "Employee;Gender;Date of birth;Hire date;Exit date;FTE;Monthly gross pay;Training (h);Fixed-term",
            ",sex,birth,entry,exit,fte,monthly-pay,training-hours,temporary",
        ),
        (
            ListKind.PAYROLL,
            "m/w/d;Jahrgang;Beschäftigungsgrad;Monatsgehalt;Austrittsgrund",
            "sex,birth,fte,monthly-pay,",
        ),
        (ListKind.PAYROLL, "Geschl.;Wo.-Std.;Jahrgang", "sex,weekly-hours,birth"),
        (ListKind.PAYROLL, "Geschäftsbereich;Arbeitszeit je Woche", ",weekly-hours"),
        (
            ListKind.FUEL,
            "Kartennummer;Lieferdatum;Uhrzeit;Produkt;Menge;Preis je Liter;Betrag brutto",
            ",date,,product,quantity,,amount",
        ),
        (ListKind.FUEL, "Card;Date;Product;Litres;Unit price;Total", ",date,product,quantity,,amount"),
        (
            ListKind.WASTE,
            "Leistungsdatum;AVV-Nr.;Bezeichnung;Gewicht;Einheit;Entsorgungsverfahren;Entsorgungsort",
            "date,code,,quantity,unit,fate,",
        ),
        (ListKind.WASTE, "Datum;ASN;Nettogewicht;R/D", "date,code,quantity,fate"),
        (ListKind.WASTE, "Date;Waste code;Weight;Unit;Treatment", "date,code,quantity,unit,fate"),
    ],
)
def test_columns_are_guessed(kind: ListKind, heads: str, columns: str) -> None:
    cells = heads.split(";")
    guessed = guess_columns(cells, kind)
    assert [guessed.get(place, "") for place in range(len(cells))] == columns.split(",")


def test_titles_may_stand_above_the_headings() -> None:
    above = [("Lohnbüro", "Weber"), ("Stand", "31.12.2025")]
    table = find_list(
        numbered_rows([*above, ("Name", "Geschlecht ", "Alter"), ("A", "w", "30")]), ListKind.PAYROLL
    )
    assert table.heads == ("Name", "Geschlecht", "Alter")
    assert [row.number for row in table.rows] == [4]


def test_without_headings_every_row_counts() -> None:
    table = find_list(numbered_rows([("w", "30"), ("m", "40", "x")]), ListKind.PAYROLL)
    assert table.heads == ("", "", "")
    assert len(table.rows) == 2


def test_headings_with_other_words_are_known_by_the_digits_below() -> None:
    table = find_list(numbered_rows([("Wer", "Was"), ("A", "30"), ("B", "40")]), ListKind.FUEL)
    assert (table.heads, len(table.rows)) == (("Wer", "Was"), 2)


def test_a_mark_tells_a_column_again_and_nothing_of_it() -> None:
    marks = column_marks(("", "Geburts-Datum", "Eintritt", "", "Stunden", "Stunden 2"))
    assert column_marks(("geburtsdatum", "Stunden", "Stunden 2")) == [marks[1], *marks[4:]]
    assert len(set(marks)) == len(marks)
    assert not any("geburt" in mark for mark in marks)


def test_every_kind_has_columns() -> None:
    assert all(COLUMNS[kind] for kind in ListKind)
