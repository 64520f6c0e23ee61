"""The pages of figures over HTTP: what was typed is read aloud, kept, corrected, and never lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.permissions import SHELL
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ScopeRow, SiteFigureRow
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.figures.stored_figures import POWER, put_figure, stored_figure
from tests.support.app import (
    World,
    count_statements,
    database_session,
    form_fields,
    post,
    section_address,
    sign_in,
)
from tests.support.browsers import send

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HOURS = "safety.employees.hours-worked"
SELECTION = select_edition("dnk-2017", "gri")


@pytest.fixture
def page(world: World) -> Callable[..., str]:
    """The address of the list, of a figure, of something of a figure."""
    return lambda *parts: "/".join((f"/erklaerungen/{world.own_declaration}/kennzahlen", *parts))


def own_figure(app: Flask, world: World, key: str = POWER) -> Figure:
    with database_session(app) as session:
        return stored_figure(session, session.get_one(Declaration, world.own_declaration), key)


def with_sites(app: Flask, world: World, *names: str) -> None:
    with database_session(app) as session:
        session.get_one(Organisation, world.own).sites = [{"name": name, "address": ""} for name in names]


def calculate_hours(app: Flask, world: World, hours: int) -> None:
    """A line of the calculator for accidents that says how many hours were worked."""
    quantities = {
        "hours": Quantity(Decimal(hours), "h"),
        "recordable-injuries": Quantity(Decimal(3), "1"),
    }
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        line = CalculatorLine(0, "accidents", "employees", quantities=quantities)
        calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=0)


def test_all_that_is_said_of_a_figure_is_kept(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    more = {"quality": "measured", "source": "Rechnung 12", "responsible": "Petra", "note": "ohne Halle 2"}
    answer = send(editor, page(POWER), value="12.345,5", action="list", **more)
    assert answer.headers["Location"] == page() + "#energy"
    expected = Figure(Decimal("12345.5"), "kWh", Quality.MEASURED, "ohne Halle 2", "Rechnung 12", "Petra")
    assert own_figure(app, world) == expected
    shown = editor.get(page(POWER)).text
    assert "Gelesen als 12\u00a0345,5 kWh, das sind 12,346 MWh" not in shown, "rounded, and says so"
    assert "Gelesen als 12\u00a0345,5 kWh, das sind rund 12,346 MWh" in shown
    assert "Rechnung 12" in editor.get(page()).text


def test_an_ambiguous_number_is_corrected_with_one_click(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "1.3", year=2024)
    answer = send(editor, page(POWER), value="1.234", source="Rechnung")
    assert own_figure(app, world).value == 1234
    shown = editor.get(answer.headers["Location"]).text
    assert "„1.234“ haben wir so gelesen: 1\u00a0234 kWh, das sind 1,234 MWh." in shown
    assert "Nein, gemeint war: 1,234 kWh" in shown
    # The small form holds everything that was said, with the other value.
    fields = {"value": "1,234", "unit": "kWh", "source": "Rechnung", "version": "1", "meant": "1"}
    answer = post(editor, page(POWER), {**fields, "number-language": "de"})
    assert answer.headers["Location"] == page(POWER), "and is not asked again"
    assert own_figure(app, world) == Figure(Decimal("1.234"), "kWh", source="Rechnung")


def test_an_address_cannot_claim_a_reading(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "5")
    for typed in ("1.234", "<b>", "x" * 99):
        assert "gemeint war" not in editor.get(page(POWER), query_string={"gelesen": typed}).text


def test_unreadable_input_stays_in_its_field(editor: FlaskClient, page: Callable[..., str]) -> None:
    answer = send(editor, page(POWER), value="viel", source="Rechnung", note="wichtig")
    assert answer.status_code == 422
    fields = form_fields(answer.text)
    assert [fields[name] for name in ("value", "source", "note")] == [["viel"], ["Rechnung"], ["wichtig"]]
    answer = send(editor, page(POWER), value="5", quality="not-available")
    assert answer.status_code == 422


def test_of_two_people_both_versions_are_shown(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    first = form_fields(editor.get(page(POWER)).text)
    post(editor, page(POWER), {"value": "100", "unit": "kWh", "version": "0"})
    answer = editor.post(page(POWER), data={**first, "value": "200", "source": "Zähler"})
    assert answer.status_code == 409
    assert "100 kWh" in answer.text
    assert "Quelle: Zähler" in answer.text
    mine = form_fields(answer.text)
    assert editor.post(page(POWER), data=mine).status_code == 303
    assert own_figure(app, world) == Figure(Decimal(200), "kWh", source="Zähler")


def test_not_available_asks_for_a_reason(editor: FlaskClient, page: Callable[..., str]) -> None:
    send(editor, page(POWER), quality="not-available")
    assert "Warum liegt der Wert nicht vor?" in editor.get(page(POWER)).text
    assert ">In Arbeit<" in editor.get(page(), query_string={"thema": "energy"}).text
    send(editor, page(POWER), note="Der Vermieter rechnet nicht ab.")
    assert "liegt nicht vor" in editor.get(page(), query_string={"thema": "energy"}).text
    send(editor, page(POWER), note="Entfällt, weil wir keinen Strom beziehen.")
    assert '"dnk-figure-list__more">entfällt<' in editor.get(page(), query_string={"thema": "energy"}).text


def test_a_result_goes_only_after_a_clear_word(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    calculate_hours(app, world, 80_000)
    shown = editor.get(page(HOURS)).text
    assert "aus 1 Zeile berechnet" in shown
    assert send(editor, page(HOURS), source="Zeiterfassung").status_code == 303
    assert own_figure(app, world, HOURS).origin is Origin.LINES, "a source changes no value"
    answer = send(editor, page(HOURS), value="81000")
    assert answer.status_code == 422
    assert form_fields(answer.text)["value"] == ["81000"]
    assert send(editor, page(HOURS), value="81000", overwrite="1").status_code == 303
    hours = own_figure(app, world, HOURS)
    assert (hours.value, hours.origin, hours.source) == (Decimal(81_000), Origin.ENTERED, "Zeiterfassung")


def test_another_result_of_lines_is_shown_and_can_be_taken(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "81000", key=HOURS)
    calculate_hours(app, world, 80_000)
    shown = editor.get(page(HOURS)).text
    assert "80.000 h" in shown
    assert "statt 81.000 h" in shown
    assert post(editor, page(HOURS, "uebernehmen"), {"version": "1"}).status_code == 303
    hours = own_figure(app, world, HOURS)
    assert (hours.value, hours.origin) == (Decimal(80_000), Origin.LINES)
    assert "Ergebnis der Zeilen übernehmen" not in editor.get(page(HOURS)).text


def test_earlier_versions_come_back(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    send(editor, page(POWER), value="100", source="Rechnung A")
    send(editor, page(POWER), value="200", source="Rechnung B")
    shown = editor.get(page(POWER, "verlauf")).text
    assert "Rechnung A" in shown
    with database_session(app) as session:
        oldest = history.figure_revisions(session, world.own, 2025, [POWER])[-1].id
    assert post(editor, page(POWER, "verlauf", str(oldest))).status_code == 303
    assert own_figure(app, world) == Figure(Decimal(100), "kWh", source="Rechnung A")
    assert post(editor, page(HOURS, "verlauf", str(oldest))).status_code == 404


def test_the_list_shows_years_changes_and_what_nobody_asks_for(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "2", unit="MWh")
    put_figure(app, world, "1600", year=2024)
    other = next(key for key in SELECTION.catalogue.datapoints if key not in SELECTION.datapoints)
    put_figure(app, world, "7", key=other)
    shown = editor.get(page()).text
    assert "2\u00a0000 kWh" in shown, "in the default unit, too"
    assert "+25\u00a0%" in shown
    assert "Weitere Kennzahlen" in shown
    assert SELECTION.catalogue.datapoints[other].label.de in shown


def test_years_side_by_side_have_this_years_unit_and_say_what_was_entered(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "2.5", unit="MWh")
    put_figure(app, world, "1600", year=2024)
    for path in (page(), page(POWER), criterion(world)[0]):
        shown = editor.get(path).text
        assert "1,6 MWh" in shown, path
        assert "angegeben: 1.600\u00a0kWh" in shown, path
    assert own_figure(app, world) == Figure(Decimal("2.5"), "MWh")


def test_the_list_is_filtered(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "2", responsible="Editor")
    label, other = (SELECTION.catalogue.datapoints[key].label.de for key in (POWER, HOURS))

    def shown(**wanted: str) -> tuple[bool, bool]:
        text = editor.get(page(), query_string=wanted).text
        return f">{label}<" in text, f">{other}<" in text

    assert shown() == (True, True)
    assert shown(thema="safety") == (False, True)
    assert shown(offen="1") == (False, True)
    assert shown(meine="1") == (True, False)
    assert "Keine Kennzahl passt" in editor.get(page(), query_string={"thema": "x"}).text


def test_the_list_needs_few_statements_however_much_there_is(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "2")
    editor.get(page())
    with count_statements(app) as few:
        editor.get(page())
    for key in sorted(SELECTION.datapoints - {POWER}):
        for year in (2023, 2024, 2025):
            put_figure(app, world, "3", year=year, key=key)
    with count_statements(app) as many:
        assert editor.get(page()).status_code == 200
    assert len(few) == len(many) <= 11, "\n".join(many)


def test_a_frozen_figure_is_only_shown(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "5", source="Rechnung")
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
    shown = editor.get(page(POWER)).text
    assert 'name="value"' not in shown
    assert "Rechnung" in shown
    assert post(editor, page(POWER), {"value": "6", "unit": "kWh", "version": "1"}).status_code == 409
    assert own_figure(app, world).value == 5


def test_unknown_figures_are_not_found(editor: FlaskClient, page: Callable[..., str]) -> None:
    for parts in (("no.such",), ("no.such", "verlauf"), ("no.such", "standorte")):
        assert editor.get(page(*parts)).status_code == 404
    share = next(
        key for key, datapoint in SELECTION.catalogue.datapoints.items() if datapoint.family.key == "percent"
    )
    assert editor.get(page(share, "standorte")).status_code == 404, "shares do not add up"


def test_sites_add_up_on_their_page(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    with_sites(app, world, "Werk", "Lager", "Büro")
    answer = send(
        editor,
        page(POWER, "standorte"),
        **{"sites-0-value": "1,5", "sites-0-unit": "MWh", "sites-1-value": "200", "quality": "measured"},
    )
    assert answer.headers["Location"] == page(POWER)
    assert own_figure(app, world) == Figure(Decimal(1700), "kWh", Quality.MEASURED, origin=Origin.SITES)
    shown = editor.get(page(POWER)).text
    assert "Noch ohne Wert: Büro" in shown
    assert "Summe der Standorte" in editor.get(page(), query_string={"thema": "energy"}).text
    again = send(editor, page(POWER, "standorte"), **{"sites-2-value": "nichts"})
    assert again.status_code == 422
    assert form_fields(again.text)["sites-2-value"] == ["nichts"]


def test_two_people_at_one_site_are_told(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    with_sites(app, world, "Werk", "Lager")
    path = page(POWER, "standorte")
    late = form_fields(editor.get(path).text)
    send(editor, path, **{"sites-0-value": "5"})
    answer = editor.post(path, data={**late, "sites-0-value": "6", "sites-1-value": "7"})
    assert answer.status_code == 409
    assert "Jemand anderes hat hier gerade 5 kWh eingetragen." in answer.text
    fields = form_fields(answer.text)
    assert fields["sites-0-value"] == ["6"]
    editor.post(path, data=fields)
    assert own_figure(app, world).value == 13


@pytest.mark.parametrize("seen", ["sNaN kWh", "NaN kWh", "-Infinity kWh", "1e999999999 kWh", "viel", "٣ kWh"])
def test_no_field_that_pages_fill_breaks_a_save(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str], seen: str
) -> None:
    with_sites(app, world, "Werk")
    path = page(POWER, "standorte")
    send(editor, path, **{"sites-0-value": "5"})
    answer = send(editor, path, **{"sites-0-value": "6", "sites-0-seen": seen})
    assert answer.status_code == 409
    assert own_figure(app, world).value == 5


def test_a_change_of_scope_asks_for_a_sentence(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    with_sites(app, world, "Werk", "Lager")
    with database_session(app) as session:
        before = ScopeRow(organisation_id=world.own, year=2024, sites=["Werk"], changed_at=NOW)
        session.add(before)
    assert "Neu dabei: Lager." in editor.get(page()).text
    assert send(editor, page("umfang")).headers["Location"] == page("umfang"), "the sentence is missing"
    answer = send(editor, page("umfang"), note="Das Lager kam im Mai dazu.")
    assert answer.headers["Location"] == page()
    for path in (page(), page(POWER)):
        assert "Das Lager kam im Mai dazu." in editor.get(path).text
    late = send(editor, page("umfang"), version="0", note="Meine Worte")
    assert late.status_code == 409
    assert form_fields(late.text)["note"] == ["Meine Worte"]


def test_a_site_that_is_renamed_in_the_profile_keeps_its_figures(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    with_sites(app, world, "Werk", "Lager")
    send(editor, page(POWER, "standorte"), **{"sites-0-value": "5"})
    answer = send(editor, f"/unternehmen/{world.own}/profil", **{"sites-0-name": "Werk Nord"})
    shown = editor.get(answer.headers["Location"]).text
    assert "Die Zahlen von „Werk“ stehen jetzt unter „Werk Nord“." in shown
    with database_session(app) as session:
        assert [row.site for row in session.query(SiteFigureRow)] == ["Werk Nord"]


def criterion(world: World, key: str = POWER) -> tuple[str, str]:
    """The page of the criterion that asks for the figure, and the prefix of its fields there."""
    requirement = SELECTION.asked_by[key][0]
    item = next(item for item in requirement.items if item.datapoint and item.datapoint.key == key)
    return section_address(SELECTION, world.own_declaration, item.ref), f"ref-{item.ref}"


def test_a_criterion_page_shows_and_keeps_what_is_behind_a_figure(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    put_figure(app, world, "1234", source="Rechnung 12", responsible="Petra")
    path, name = criterion(world)
    shown = editor.get(path).text
    assert "Gelesen als 1\u00a0234 kWh, das sind 1,234 MWh." in shown
    assert "Quelle: Rechnung 12" in shown
    send(editor, path, **{f"{name}-value": "2000"})
    assert own_figure(app, world) == Figure(Decimal(2000), "kWh", source="Rechnung 12", responsible="Petra")


def test_a_criterion_page_leads_to_the_lines(editor: FlaskClient, app: Flask, world: World) -> None:
    calculate_hours(app, world, 80_000)
    path, _name = criterion(world, HOURS)
    assert "berechnet aus 1 Zeile" in editor.get(path).text
    send(editor, path)
    assert own_figure(app, world, HOURS).origin is Origin.LINES


def test_a_criterion_page_says_how_it_read_a_doubtful_number(
    editor: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    put_figure(app, world, "1.3", year=2024)
    path, name = criterion(world)
    answer = send(editor, path, **{f"{name}-value": "1.234", "action": "stay"})
    shown = editor.get(answer.headers["Location"]).text
    assert "„1.234“ haben wir so gelesen" in shown
    assert f"{page(POWER)}?gelesen=1.234" in shown
    again = editor.get(send(editor, path, action="stay").headers["Location"]).text
    assert "haben wir so gelesen" not in again, "once is enough"


def test_a_page_that_saves_by_itself_reads_aloud(editor: FlaskClient, app: Flask, world: World) -> None:
    put_figure(app, world, "1.3", year=2024)
    path, name = criterion(world)
    answer = send(editor, path, **{f"{name}-value": "1.234", "autosave": "1"})
    said = answer.get_json()["readings"][POWER]
    assert said.startswith("Gelesen als 1\u00a0234 kWh")
    assert said.endswith("Dann schreiben Sie 1,234.")
    late = {f"{name}-value": "", f"{name}-version": "1", "autosave": "1"}
    assert send(editor, path, **late).get_json()["readings"] == {POWER: ""}


def test_a_contributor_sees_no_page_of_figures(
    client: FlaskClient, app: Flask, world: World, page: Callable[..., str]
) -> None:
    sign_in(client, "contributor@example.org")
    assert client.get(page()).status_code == 403
    assert client.get(page(POWER)).status_code == 403
