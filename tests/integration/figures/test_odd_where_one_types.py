"""What looks odd is said in the answer to the save, at the field that caused it, and answered there."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.declarations.states import State
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning
from tests.integration.figures.stored_figures import POWER, put_figure
from tests.support.app import World, database_session, form_fields
from tests.support.browsers import send

WASTE = "waste.total"
FUELS = "kriterien/12/kennzahlen/GRI-SRS-302-1"
ENERGY = f"{FUELS}.c-i"
SENTENCE = "Die Werkstatt stand das ganze Jahr still."
Page = Callable[[str], str]


def figure_field(client: FlaskClient, path: str, datapoint: str) -> str:
    """The name of the datapoint's field on the page."""
    page = client.get(path).text
    before = page.partition(f'data-version-of="{datapoint}"')[0]
    return before.rpartition('name="')[2].partition("-version")[0]


def sentences(app: Flask) -> list[str]:
    with database_session(app) as session:
        return list(session.scalars(select(ExplainedWarning.text)))


def test_plausible_autosave_says_it_at_the_field_and_takes_it_back(nine: FlaskClient, at: Page) -> None:
    name = figure_field(nine, at(ENERGY), POWER)
    odd = send(
        nine,
        at(ENERGY),
        **{f"{name}-value": "38,5", f"{name}-unit": "kWh", "autosave": "1"},
    )
    said = odd.get_json()["fields"][POWER]
    assert "0,00428\u00a0MWh" in said or "0,00428 MWh" in said
    assert "Sind vielleicht MWh gemeint statt kWh?" in said
    assert '-text"' in said, "the sentence is written there"
    mended = send(nine, at(ENERGY), **{f"{name}-unit": "MWh", "autosave": "1"})
    assert mended.get_json()["fields"][POWER] == ""
    other = send(nine, at("kriterien/12"), **{"ref-12.1-text": "Wir sparen.", "autosave": "1"})
    names = other.get_json()["fields"]
    live = {name for name in names if not name.startswith("map-") and not name.endswith("-formatted")}
    assert live == {"progress", "missing", "links"}, "no figure was saved"


def test_plausible_the_page_after_a_save_stays_at_the_field_once(nine: FlaskClient, at: Page) -> None:
    name = figure_field(nine, at(ENERGY), POWER)
    answer = send(
        nine,
        at(ENERGY),
        **{f"{name}-value": "38,5", f"{name}-unit": "kWh", "action": "next"},
    )
    path, _, anchor = answer.location.partition("#")
    assert path == at(ENERGY)
    page = nine.get(path).text
    assert f'id="{anchor}"' in page
    assert "Eine Zahl fällt auf" in page
    again = send(nine, at(ENERGY), action="next")
    assert again.location == at("kriterien/12/kennzahlen/GRI-SRS-303-3"), "nothing holds anybody up"


def test_plausible_a_sentence_at_the_field_settles_it(nine: FlaskClient, app: Flask, at: Page) -> None:
    name = figure_field(nine, at(ENERGY), POWER)
    answer = send(
        nine,
        at(ENERGY),
        **{f"{name}-value": "38,5", f"{name}-unit": "kWh", "action": "next"},
    )
    warning = answer.location.partition("#")[2]
    empty = send(nine, at(ENERGY), action=warning)
    assert empty.status_code == 422, "the button asks for a sentence"
    settled = send(nine, at(ENERGY), **{f"{warning}-text": SENTENCE, "action": warning})
    assert settled.status_code == 303
    assert sentences(app) == [SENTENCE]
    page = nine.get(at(ENERGY)).text
    assert SENTENCE in page
    assert f"{warning}-text" not in page
    # What was said stays when the page is saved again, and is asked about when the value changes.
    send(nine, at(ENERGY), action="next")
    assert sentences(app) == [SENTENCE]
    send(nine, at(ENERGY), **{f"{name}-value": "39,5", "action": "next"})
    assert "Ihre Begründung galt für andere Werte." in nine.get(at(ENERGY)).text


def test_plausible_a_sentence_saves_by_itself(nine: FlaskClient, app: Flask, at: Page) -> None:
    name = figure_field(nine, at(ENERGY), POWER)
    answer = send(
        nine,
        at(ENERGY),
        **{f"{name}-value": "38,5", f"{name}-unit": "kWh", "action": "next"},
    )
    warning = answer.location.partition("#")[2]
    reply = send(nine, at(ENERGY), **{f"{warning}-text": SENTENCE, "autosave": "1"}).get_json()
    assert reply["versions"][warning] == 1
    assert sentences(app) == [SENTENCE]
    assert SENTENCE in reply["fields"][POWER]


def test_plausible_two_sentences_at_once_are_both_shown(nine: FlaskClient, app: Flask, at: Page) -> None:
    name = figure_field(nine, at(ENERGY), POWER)
    answer = send(
        nine,
        at(ENERGY),
        **{f"{name}-value": "38,5", f"{name}-unit": "kWh", "action": "next"},
    )
    warning = answer.location.partition("#")[2]
    mine: dict[str, Any] = dict(form_fields(nine.get(at(ENERGY)).text))
    send(nine, at("plausibilitaet"), **{f"{warning}-text": "Ganz anders.", "action": warning})
    clash = nine.post(at(ENERGY), data={**mine, f"{warning}-text": SENTENCE, "action": "next"})
    assert clash.status_code == 409
    assert SENTENCE in clash.text
    assert "Ganz anders." in clash.text


def test_plausible_a_row_of_a_table_carries_its_own_warning(nine: FlaskClient, at: Page) -> None:
    row = "ref-GRI-SRS-302-1.a-carriers-rows-0"
    typed = {
        "carrier": "Erdgas",
        "energy": "5.000.000",
        "energy-unit": "kWh",
        "purchased": "400",
        "purchased-unit": "m3",
    }
    sent = {f"{row}-{key}": text for key, text in typed.items()}
    reply = send(nine, at(FUELS), **sent, autosave="1").get_json()
    assert "kWh je m³" in reply["fields"]["GRI-SRS-302-1.a-carriers-0"]
    page = nine.get(at(FUELS)).text
    assert page.count("kWh je m³. Für Erdgas") == 1
    reply = send(nine, at(FUELS), **{f"{row}-energy": "4.400"}, autosave="1").get_json()
    assert reply["fields"]["GRI-SRS-302-1.a-carriers-0"] == ""


def test_plausible_little_waste_for_nine_is_asked_about_at_its_line(
    nine: FlaskClient, app: Flask, at: Page
) -> None:
    path = at("rechner/waste/zeilen/neu?art=recycling-paper")
    assert send(nine, path, **{"f-quantity": "3,2", "f-quantity-unit": "kg"}).status_code == 303
    page = nine.get(at("rechner/waste")).text
    assert "Das sind 0,356 kg Abfall im Jahr je Vollzeitstelle oder Person." in page
    assert "Sind vielleicht t gemeint statt kg?" in page
    warning = page.partition('<p class="dnk-odd">')[0].rpartition('<div id="')[2].partition('"')[0]
    fields = {key: values[0] for key, values in form_fields(page).items() if key.startswith(warning)}
    action = {
        "action": warning,
        f"{warning}-text": SENTENCE,
        "csrf_token": form_fields(page)["csrf_token"][0],
    }
    answer = nine.post(at("plausibilitaet?rechner=waste"), data={**fields, **action})
    assert answer.location == at("rechner/waste")
    assert sentences(app) == [SENTENCE]
    assert SENTENCE in nine.get(at("rechner/waste")).text


def test_plausible_the_page_of_a_figure_takes_the_sentence(nine: FlaskClient, app: Flask, at: Page) -> None:
    send(nine, at(f"kennzahlen/{WASTE}"), value="3,2", unit="kg", action="stay")
    page = nine.get(at(f"kennzahlen/{WASTE}")).text
    assert "Abfall im Jahr je Vollzeitstelle" in page
    assert f"plausibilitaet?kennzahl={WASTE}" in page


def test_plausible_no_place_for_a_sentence_where_nothing_may_be_changed(
    nine: FlaskClient, app: Flask, world: World, at: Page
) -> None:
    put_figure(app, world, "38.5")
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
    assert "Begründung speichern" not in nine.get(at(f"kennzahlen/{POWER}")).text


@pytest.mark.parametrize(
    ("before", "is_asked"),
    [("1900", False), ("1.9", True), (None, False)],
    ids=["as-read", "other", "unknown"],
)
def test_plausible_a_point_is_asked_about_only_where_the_other_reading_fits_better(
    nine: FlaskClient, app: Flask, world: World, at: Page, before: str | None, is_asked: bool
) -> None:
    key = "water.withdrawal.total"
    if before:
        put_figure(app, world, before, key, 2024, unit="m3")
    page = at("kriterien/12/kennzahlen/GRI-SRS-303-3")
    name = figure_field(nine, page, key)
    sent = {f"{name}-value": "1.850", f"{name}-unit": "m3"}
    said = send(nine, page, **sent, autosave="1").get_json()["readings"][key]
    assert said.startswith("Gelesen als 1\u00a0850 m³")
    assert ("Dann schreiben Sie 1,85" in said) is is_asked


def test_a_sentence_about_a_rule_that_is_gone_is_not_found(nine: FlaskClient, at: Page, app: Flask) -> None:
    gone = {"w-0123456789ab-rule": "gone", "w-0123456789ab-values": "0" * 64, "w-0123456789ab-text": SENTENCE}
    assert send(nine, at(ENERGY), **gone).status_code == 404
    assert sentences(app) == []
