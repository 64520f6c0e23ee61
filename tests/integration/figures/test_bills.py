"""The usual bills on one page: entered at once, saved as calculator lines; nothing typed is lost.

The search for the kind of a bill finds what people call things.
"""

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from ruamel.yaml import YAML
from sqlalchemy import select

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.declarations.states import State
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.figures import ExplainedWarning, LineRow
from dnk_tool.web.figures.bills.others import find_activities
from tests.integration.figures.stored_figures import stored_lines, stored_value
from tests.support.app import World, count_statements, database_session, form_fields, number_of_rows
from tests.support.browsers import words_of
from tests.support.files.evidence_files import pdf

BILL_WORDS = YAML(typ="safe", pure=True).load(Path(__file__).parents[2] / "data/bill_words.yaml")
SHOWN_FIRST = 4
GAS, POWER, WASTE = (
    "energy-natural-gas-f-quantity",
    "energy-electricity-f-quantity",
    "waste-incineration-f-quantity",
)
DIESEL = "energy-diesel-f-quantity"
TONNES = {WASTE: "3,2", f"{WASTE}-unit": "t"}


def send_bill(client: FlaskClient, path: str, **changes: Any) -> Any:
    fields: dict[str, Any] = dict(form_fields(client.get(path).text))
    return client.post(path, data={**fields, **changes}, content_type="multipart/form-data")


def bills(app: Flask) -> dict[str, dict[str, str]]:
    """The quantity of each line by its activity."""
    return {line["activity"]: line["quantities"]["quantity"] for line in stored_lines(app)}


def test_four_bills_on_one_page_fill_the_criteria(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    answer = send_bill(nine, at("rechnungen/"), **{GAS: "38.500", DIESEL: "1.850", POWER: "11.600", **TONNES})
    assert (answer.status_code, answer.location) == (303, at("rechnungen/"))
    assert bills(app) == {
        "electricity": {"value": "11600", "unit": "kWh"},
        "natural-gas": {"value": "38500", "unit": "kWh-hs"},
        "diesel": {"value": "1850", "unit": "l"},
        "incineration": {"value": "3.2", "unit": "t"},
    }
    page = words_of(nine.get(answer.location).text)
    assert "4 Rechnungen sind gespeichert." in page
    assert "Menge 38.500 kWh (Hs) Ändern : Erdgas Zeitraum: Jahr 2025 Ergebnis → 7,0 t CO₂e" in page
    assert "4 von 8 Rechnungen eingetragen" in page
    assert stored_value(app, "ghg.scope1.gross") == Decimal("11.934819")
    assert stored_value(app, "waste.total") == Decimal("3.2")
    for indicator, number in (
        ("12/kennzahlen/GRI-SRS-306-3", "3,2"),
        ("12/kennzahlen/GRI-SRS-302-1.c-i", "11.600"),
        ("13/kennzahlen", "11,93"),
        ("13/kennzahlen/GRI-SRS-305-2", "4,08"),
    ):
        assert number in nine.get(at(f"kriterien/{indicator}")).text, indicator


def test_what_is_wrong_stays_with_its_row_and_the_rest_is_saved(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    answer = send_bill(
        nine, at("rechnungen/"), **{GAS: "viel", DIESEL: "-5", POWER: "11,6", f"{POWER}-unit": "MWh"}
    )
    assert answer.status_code == 200
    assert bills(app) == {"electricity": {"value": "11.6", "unit": "MWh"}}
    fields = form_fields(answer.text)
    assert (fields[GAS], fields[DIESEL]) == (["viel"], ["-5"])
    assert POWER not in fields  # it is saved
    assert f'href="#{GAS}">Erdgas: Geben Sie hier nur eine Zahl ein' in answer.text
    assert f'href="#{DIESEL}">Diesel: Diese Zahl kann nicht kleiner als null sein.' in answer.text
    assert f'aria-describedby="{GAS}-error" aria-invalid="true"' in answer.text
    assert 'data-keep="unsaved"' in answer.text


def test_empty_rows_and_a_page_sent_twice_change_nothing(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    fields: dict[str, Any] = dict(form_fields(nine.get(at("rechnungen/")).text))
    assert nine.post(at("rechnungen/"), data=fields).status_code == 303
    assert not bills(app)
    sent = {**fields, DIESEL: "1.850"}
    for _time in range(2):
        assert nine.post(at("rechnungen/"), data=sent).status_code == 303
    # Another page with the same bill: it is there already.
    assert nine.post(at("rechnungen/"), data={**sent, "save_id": ["0" * 32]}).status_code == 303
    assert number_of_rows(app, LineRow) == 1


def test_a_bill_that_somebody_else_entered_meanwhile_stays_and_so_does_what_was_typed(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    fields: dict[str, Any] = dict(form_fields(nine.get(at("rechnungen/")).text))
    assert send_bill(nine, at("rechnungen/"), **{DIESEL: "1.850"}).status_code == 303
    answer = nine.post(at("rechnungen/"), data={**fields, DIESEL: "2.312", GAS: "38.500"})
    assert answer.status_code == 409
    assert "Diesel: Diese Rechnung hat inzwischen jemand eingetragen: 1.850 l." in words_of(answer.text)
    assert form_fields(answer.text)[DIESEL] == ["2.312"]
    assert bills(app)["diesel"] == {"value": "1850", "unit": "l"}
    assert bills(app)["natural-gas"] == {"value": "38500", "unit": "kWh-hs"}


def test_days_that_cannot_be_read_keep_a_bill_that_somebody_else_entered_meanwhile(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    fields: dict[str, Any] = dict(form_fields(nine.get(at("rechnungen/")).text))
    assert send_bill(nine, at("rechnungen/"), **{GAS: "38.500"}).status_code == 303
    first = GAS.replace("f-quantity", "period_first")
    assert first in fields
    answer = nine.post(at("rechnungen/"), data={**fields, GAS: "41.000", first: "im Herbst"})
    assert answer.status_code == 422
    typed = form_fields(answer.text)
    assert (typed[GAS], typed[first]) == (["41.000"], ["im Herbst"])
    assert f'id="{first}-error"' in answer.text


def test_a_file_belongs_to_its_line(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    def file(content: bytes, name: str) -> tuple[io.BytesIO, str]:
        return io.BytesIO(content), name

    answer = send_bill(
        nine,
        at("rechnungen/"),
        **{GAS: "38.500", "energy-natural-gas-file": file(pdf(), "GV-77120.pdf")},
        **{DIESEL: "1.850", "energy-diesel-file": file(b"MZ no document", "tank.exe")},
        **{POWER: "elf", "energy-electricity-file": file(pdf(), "strom.pdf")},
    )
    assert answer.status_code == 200
    assert set(bills(app)) == {"natural-gas", "diesel"}
    text = words_of(answer.text)
    assert "Strom: Wählen Sie die Datei bitte noch einmal aus." in text
    assert "Diesel: „tank.exe“:" in text
    with database_session(app) as session:
        (use,) = session.scalars(select(EvidenceUse))
        assert session.get_one(EvidenceFile, use.file_id).name == "GV-77120.pdf"
        assert session.get_one(LineRow, use.line_id).content["activity"] == "natural-gas"
    assert "Belege (1) : Erdgas" in words_of(nine.get(at("rechnungen/")).text)


def test_the_unit_of_heat_and_waste_is_asked_for_and_a_slip_stands_at_its_row(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    heat = "energy-district-heat-f-quantity"
    answer = send_bill(nine, at("rechnungen/"), **{heat: "62.000", WASTE: "3.200", GAS: "38.500"})
    page = words_of(answer.text)
    for bill in ("Fernwärme", "Restabfall"):
        assert f"{bill}: Wählen Sie die Einheit, die auf der Rechnung steht." in page
    assert bills(app).keys() == {"natural-gas"}
    send_bill(nine, at("rechnungen/"), **{heat: "62.000", f"{heat}-unit": "MWh"})
    page = nine.get(at("rechnungen/")).text
    row = page[page.index('id="energy-district-heat"') :]
    assert "Fällt auf:" not in page[: page.index('id="energy-district-heat"')]
    assert words_of(row).count("Sind vielleicht kWh gemeint statt MWh?") == 1
    assert "kg CO₂e gemeint" not in words_of(page)


def test_what_looks_odd_is_asked_at_its_row_and_answered_there(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    send_bill(nine, at("rechnungen/"), **{WASTE: "3,2", f"{WASTE}-unit": "kg", DIESEL: "1.850"})
    page = nine.get(at("rechnungen/")).text
    row = page[page.index('id="waste-incineration"') :]
    assert "Fällt auf:" in row
    assert "Fällt auf:" not in page[: page.index('id="waste-incineration"')]
    key = re.search(r'id="(w-[0-9a-f]{12})"', row)
    assert key
    assert f'<a href="#{key[1]}">1 Frage offen</a>' in page
    answer = send_bill(
        nine, at("rechnungen/"), **{f"{key[1]}-text": "Wir kompostieren.", "action": key[1], POWER: "elf"}
    )
    assert answer.status_code == 422
    assert "Wir kompostieren." in answer.text
    assert (
        send_bill(
            nine, at("rechnungen/"), **{f"{key[1]}-text": "Wir kompostieren.", "action": key[1]}
        ).status_code
        == 303
    )
    with database_session(app) as session:
        assert list(session.scalars(select(ExplainedWarning.text))) == ["Wir kompostieren."]


def test_the_days_of_a_bill_over_the_turn_of_the_year_count(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    begun = {GAS: "38.500", "energy-natural-gas-period_first": "01.11.2024"}
    answer = send_bill(nine, at("rechnungen/"), **begun)
    assert answer.status_code == 422
    assert "Geben Sie den ersten und den letzten Tag der Rechnung an" in answer.text
    assert form_fields(answer.text)["energy-natural-gas-period_first"] == ["01.11.2024"]
    assert (
        send_bill(
            nine, at("rechnungen/"), **begun, **{"energy-natural-gas-period_last": "31.10.2025"}
        ).status_code
        == 303
    )
    assert "304 von 365 Tagen" in words_of(nine.get(at("rechnungen/")).text)


def test_a_locked_year_shows_the_bills_and_asks_for_none(
    nine: FlaskClient, app: Flask, world: World, at: Callable[[str], str]
) -> None:
    send_bill(nine, at("rechnungen/"), **{DIESEL: "1.850"})
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
    page = nine.get(at("rechnungen/")).text
    assert "1.850 l" in page
    assert GAS not in page


@pytest.mark.parametrize(
    ("searched", "title"),
    [
        ("Bahn", "Bahn im Fernverkehr"),
        ("Pellets", "Holzpellets"),
        ("Papier", "Papier und Pappe, recycelt"),
        ("Kältemittel", "Anderes Kältemittel"),
        ("Schulung", "Weiterbildung"),
        ("Müll", "Verbrannt mit Energiegewinnung"),
    ],
)
def test_any_other_bill_is_found_by_a_word(
    nine: FlaskClient, at: Callable[[str], str], searched: str, title: str
) -> None:
    answer = nine.get(at("rechnungen/andere"), query_string={"suche": searched})
    hits = answer.text[
        answer.text.index("Treffer für") : answer.text.index("Alles, was sich eintragen lässt")
    ]
    assert title in hits
    assert answer.text.count('govuk-link" href') >= sum(
        len(one.activities) for one in load_calculators().values()
    )
    assert "0 Treffer für „xyzzy“" in nine.get(at("rechnungen/andere?suche=xyzzy")).text


def test_the_page_of_bills_reads_little(nine: FlaskClient, app: Flask, at: Callable[[str], str]) -> None:
    send_bill(nine, at("rechnungen/"), **{GAS: "38.500", DIESEL: "1.850", POWER: "11.600", **TONNES})
    nine.get(at("rechnungen/"))
    with count_statements(app) as statements:
        nine.get(at("rechnungen/"))
    assert len(statements) <= 15, statements


def test_each_word_finds_its_kind_among_the_first() -> None:
    missed = {
        word: found
        for word, wanted in BILL_WORDS.items()
        if not set(wanted) & set(found := find_activities(word)[:SHOWN_FIRST])
    }
    assert missed == {}
    assert len(BILL_WORDS) >= 120


def test_without_a_hit_the_page_says_what_to_do(editor: FlaskClient, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/rechnungen/andere"
    page = editor.get(f"{path}?suche=xyzzy").text
    advice = page.split("Was Sie trotzdem tun können")[1].split("</ul>")[0]
    for place in ("purchases/zeilen/neu?art=purchase", "waste/zeilen/neu?art=incineration"):
        assert place in advice
    assert "Was Sie trotzdem tun können" not in editor.get(f"{path}?suche=Strom").text
