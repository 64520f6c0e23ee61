"""The page of the flow of material, and the flow in the declaration by choice."""

import re
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Disclosure, Figure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations.documents import import_document, live_document
from dnk_tool.services.work import Work
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from tests.integration.conftest import NOW
from tests.support.app import World, count_statements, database_session, form_fields, post, sign_in

AMOUNTS = {
    "materials.renewable.mass": 80,
    "materials.non-renewable.mass": 20,
    "materials.recycled.mass": 15,
    "materials.products.mass": 60,
    "waste.total": 18,
    "waste.recycled.mass": 10,
    "waste.recovered.mass": 12,
}
MOST_STATEMENTS = 15


@pytest.fixture
def joinery(app: Flask, client: FlaskClient, world: World) -> World:
    """A company with the flow of its year and half of the one before; an editor is signed in."""
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.DRAFT
    write_amounts(app, world, AMOUNTS, back=0)
    write_amounts(app, world, {"materials.renewable.mass": 45, "materials.non-renewable.mass": 55}, back=1)
    sign_in(client, "editor@example.org")
    return world


def write_amounts(app: Flask, world: World, amounts: dict[str, int], *, back: int) -> None:
    with database_session(app) as session:
        year = session.get_one(Declaration, world.own_declaration).reporting_year - back
        for key, value in amounts.items():
            figures.add_if_missing(
                session, world.own, year, key, Figure(Decimal(value), "t"), by=None, now=NOW
            )


def flow_page(client: FlaskClient, world: World) -> str:
    answer = client.get(f"/erklaerungen/{world.own_declaration}/kennzahlen/stofffluss")
    assert answer.status_code == 200
    return answer.text


def document(app: Flask, world: World) -> Document:
    with database_session(app) as session:
        return live_document(session, session.get_one(Declaration, world.own_declaration))


def take_in(client: FlaskClient, world: World) -> None:
    address = f"/erklaerungen/{world.own_declaration}/einstellungen"
    fields = form_fields(client.get(address).text) | {"has_material_flow": ["y"]}
    assert post(client, address, fields).status_code == 303


def test_the_page_tells_the_flow_and_what_is_not_explained(client: FlaskClient, joinery: World) -> None:
    html = flow_page(client, joinery)
    assert "Nicht erklärt sind 22" in html
    assert "Mehr als 10 % des Materials sind nicht erklärt" in html
    assert "+35,0 Prozentpunkte seit" in html
    assert html.count("dnk-flow__shape") > 6
    assert "Für die ganze Rechnung fehlt noch" not in html


def test_no_bar_leaves_the_picture_where_parts_are_more_than_the_whole(
    app: Flask, client: FlaskClient, joinery: World
) -> None:
    write_amounts(app, joinery, {"materials.bio-based.mass": 95}, back=0)
    html = flow_page(client, joinery)
    assert "Ein Teil des Materials ist größer als das Material insgesamt." in html
    ends = [float(x) + float(width) for x, width in re.findall(r'x="([\d.]+)" width="([\d.]+)"', html)]
    assert max(ends) == pytest.approx(1000, abs=0.2)


def test_the_page_leads_to_what_lacks(app: Flask, client: FlaskClient, joinery: World) -> None:
    with database_session(app) as session:
        rows = session.scalars(select(FigureRow).where(FigureRow.datapoint == "materials.products.mass"))
        session.delete(rows.one())
    html = flow_page(client, joinery)
    assert "Für die ganze Rechnung fehlt noch" in html
    assert html.count("/kennzahlen/materials.products.mass") == 2  # in the list, and in the table
    assert "sind nicht erklärt" not in html
    assert (
        client.get(f"/erklaerungen/{joinery.own_declaration}/kennzahlen/materials.products.mass").status_code
        == 200
    )


def test_a_company_without_figures_is_told_what_to_enter(client: FlaskClient, world: World) -> None:
    sign_in(client, "editor@example.org")
    html = flow_page(client, world)
    assert "Erneuerbare Materialien" in html
    assert "Anteile über die Jahre" not in html


def test_the_page_needs_few_statements(app: Flask, client: FlaskClient, joinery: World) -> None:
    flow_page(client, joinery)
    with count_statements(app) as said:
        flow_page(client, joinery)
    assert len(said) <= MOST_STATEMENTS


def test_the_declaration_has_the_flow_by_choice_only(app: Flask, client: FlaskClient, joinery: World) -> None:
    assert document(app, joinery).material_flow is None
    assert "In die Erklärung aufnehmen" in flow_page(client, joinery)
    take_in(client, joinery)
    flow = document(app, joinery).material_flow
    assert flow is not None
    year = document(app, joinery).reporting_year
    assert flow.years[0] == FlowYear(year - 1, renewable=Decimal(45), non_renewable=Decimal(55))
    assert (flow.years[1].year, flow.years[1].products) == (year, 60)
    assert "steht bei Kriterium 11" in flow_page(client, joinery)
    with database_session(app) as session:
        event = session.scalars(select(Event).where(Event.kind == EventKind.SETTINGS_CHANGED)).one()
        assert event.detail["fields"] == {"has_material_flow": [False, True]}


def test_what_an_indicator_explains_stays_out_of_the_flow(
    app: Flask, client: FlaskClient, joinery: World
) -> None:
    take_in(client, joinery)
    with database_session(app) as session:
        session.add(
            AnswerRow(
                declaration_id=joinery.own_declaration,
                ref="GRI-SRS-301-1",
                disclosure=Disclosure.EXPLAIN,
                explanation="Unsere Rezepturen sind vertraulich.",
                changed_at=NOW,
            )
        )
    flow = document(app, joinery).material_flow
    assert flow is not None
    assert flow.years == (
        FlowYear(
            flow.years[0].year, waste=Decimal(18), waste_recycled=Decimal(10), waste_recovered=Decimal(12)
        ),
    )


def test_the_flow_s_own_figures_are_printed_with_it_only(
    app: Flask, client: FlaskClient, joinery: World
) -> None:
    write_amounts(app, joinery, {"materials.bio-based.mass": 50, "materials.domestic.mass": 70}, back=0)
    kept = {each.datapoint for each in document(app, joinery).annex.figures}
    assert {"materials.bio-based.mass", "materials.domestic.mass", "materials.products.mass"}.isdisjoint(kept)
    take_in(client, joinery)
    flow = document(app, joinery).material_flow
    assert flow is not None
    assert (flow.years[-1].bio_based, flow.years[-1].domestic) == (50, 70)


def test_a_file_with_a_flow_brings_it_along(app: Flask, client: FlaskClient, joinery: World) -> None:
    take_in(client, joinery)
    told = document(app, joinery)
    with database_session(app) as session:
        taken = import_document(Work(session, SHELL, NOW), told)
        again = live_document(session, taken)
    assert again.material_flow == told.material_flow


def test_a_missing_figure_is_saved_and_leads_back_to_the_flow(client: FlaskClient, joinery: World) -> None:
    address = f"/erklaerungen/{joinery.own_declaration}/kennzahlen/materials.domestic.mass"
    fields = form_fields(client.get(address).text) | {"value": ["55"], "unit": ["t"], "action": ["flow"]}
    answer = post(client, address, fields)
    assert answer.status_code == 303
    assert answer.location.endswith("/kennzahlen/stofffluss")
    assert "von anderswo oder Herkunft unbekannt" in flow_page(client, joinery)
