"""What is written short is said so that a listener understands it."""

import pytest

from dnk_tool.report.text.spoken import abbreviated, sentences, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Erdgas: 3.929\N{NO-BREAK SPACE}kWh", "Erdgas: 3.929 Kilowattstunden"),
        ("Treibhausgase in t\N{NO-BREAK SPACE}CO₂e", "Treibhausgase in Tonnen CO₂-Äquivalente"),
        ("Heizung (kWh)", "Heizung (Kilowattstunden)"),
        ("5\N{NO-BREAK SPACE}kWh/m²", "5 Kilowattstunden je Quadratmeter"),
        ("<\N{NO-BREAK SPACE}0,01\N{NO-BREAK SPACE}t", "weniger als 0,01 Tonnen"),
        ("Rate in the kWh", "Rate in the kWh"),
    ],
)
def test_units_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "de") == said


def test_parts_become_sentences() -> None:
    assert (
        sentences(["Energie 2025", "davon Strom: 7 Prozent.", ""]) == "Energie 2025. Davon Strom: 7 Prozent."
    )


@pytest.mark.parametrize(
    ("cell", "markup"),
    [
        ("–", '<abbr title="keine Angabe">–</abbr>'),
        ("kWh", '<abbr title="Kilowattstunden">kWh</abbr>'),
        (
            "1,5\N{NO-BREAK SPACE}t\N{NO-BREAK SPACE}CO₂e",
            '1,5\N{NO-BREAK SPACE}<abbr title="Tonnen CO₂-Äquivalente">t\N{NO-BREAK SPACE}CO₂e</abbr>',
        ),
        (
            "+2\N{NO-BREAK SPACE}PP",
            '+2\N{NO-BREAK SPACE}<abbr title="Prozentpunkte">PP</abbr>',
        ),
        ("<b>Diesel</b>", "&lt;b&gt;Diesel&lt;/b&gt;"),
    ],
)
def test_cells_say_what_abbreviations_stand_for(cell: str, markup: str) -> None:
    assert abbreviated(cell, "de") == markup
