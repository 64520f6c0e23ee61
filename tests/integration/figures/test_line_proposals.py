"""What follows from lines beside a figure: answers proposed, the base year recalculated, a bill's period."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.figures.calculators import line_to_json
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow, LineRow
from tests.integration.figures.stored_figures import send_line, stored_value
from tests.support.app import World, database_session, form_fields
from tests.support.browsers import send
from tests.support.calculator_lines import make_line

Path = Callable[[str], str]


def add_line(client: FlaskClient, at: Path, kind: str, **fields: str) -> None:
    calculator, activity = kind.split("/")
    answer = send_line(client, at(f"rechner/{calculator}/zeilen/neu?art={activity}"), **fields)
    assert answer.status_code == 303, answer.text


def answers(app: Flask, world: World) -> dict[str, Any]:
    with database_session(app) as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == world.own_declaration))
        return {row.ref: row.text or row.value for row in rows}


def figure_row(session: Session, world: World, datapoint: str, year: int) -> FigureRow | None:
    mine = FigureRow.organisation_id == world.own, FigureRow.datapoint == datapoint
    return session.scalar(select(FigureRow).where(*mine, FigureRow.year == year))


def emissions(world: World, year: int) -> FigureRow:
    """The emissions of a year, from lines."""
    return FigureRow(
        organisation_id=world.own,
        year=year,
        datapoint="ghg.scope1.gross",
        value=Decimal("3.847"),
        unit="t-co2e",
        origin=Origin.LINES,
        version=1,
        changed_at=datetime.now(UTC),
    )


def reporting_year(app: Flask, world: World) -> int:
    with database_session(app) as session:
        return session.get_one(Declaration, world.own_declaration).reporting_year


def test_c2_5_gases_sources_and_method_are_proposed_from_the_lines(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    add_line(editor, at, "energy/natural-gas", **{"f__quantity": "86400"})
    add_line(editor, at, "refrigerants/r410a", **{"f__quantity": "1"}, basis="estimate")
    assert "aus dem Rechner, bitte prüfen" in editor.get(at("kriterien/13/rechenweg")).text
    assert answers(app, world) == {}
    own = {"ref-GRI-SRS-305-1.g-text": "Mit eigener Tabelle."}
    assert send(editor, at("kriterien/13/rechenweg"), autosave="1", **own).json["status"] == "saved"
    assert answers(app, world) == {"GRI-SRS-305-1.g": "Mit eigener Tabelle."}, "the rest waits for a press"
    assert send(editor, at("kriterien/13/rechenweg"), action="later").status_code == 303
    saved = answers(app, world)
    assert saved["GRI-SRS-305-1.b"] == ["co2", "hfc"]
    assert "EBeV" in saved["GRI-SRS-305-1.e"] or "Emissionsberichterstattung" in saved["GRI-SRS-305-1.e"]
    assert "IPCC" in saved["GRI-SRS-305-1.e"]
    assert saved["GRI-SRS-305-1.d"] == reporting_year(app, world)
    assert saved["GRI-SRS-305-1.g"] == "Mit eigener Tabelle.", "words that stand there stay"
    assert "GRI-SRS-305-2.e" not in saved


def test_c2_5_the_method_says_lines_estimates_and_potentials(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    add_line(editor, at, "energy/natural-gas", **{"f__quantity": "86400"})
    add_line(editor, at, "refrigerants/r410a", **{"f__quantity": "1"}, basis="estimate")
    send(editor, at("kriterien/13/rechenweg"), action="stay")
    assert answers(app, world)["GRI-SRS-305-1.g"] == (
        "Nach dem GHG Protocol: Menge mal Emissionsfaktor, mit dem Rechner (Zeilen: 2). Davon geschätzt: 1. "
        "Treibhauspotenziale nach IPCC AR6. Jede Zeile steht im Anhang."
    )
    assert "aus dem Rechner, bitte prüfen" not in editor.get(at("kriterien/13/rechenweg")).text


def test_c2_5_energy_gets_its_method_and_nothing_is_proposed_without_lines(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    assert "Noch nichts zu tun" in editor.get(at("kriterien/12/rechenweg")).text
    add_line(editor, at, "energy/natural-gas", **{"f__quantity": "86400"})
    send(editor, at("kriterien/12/rechenweg"), action="stay")
    saved = answers(app, world)
    assert saved["GRI-SRS-302-1.f"].startswith("Mengen aus dem Rechner (Zeilen: 1)")
    assert saved["GRI-SRS-302-1.g"]


def test_a_note_beside_a_proposed_figure_saves_by_itself(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    year = reporting_year(app, world)
    with database_session(app) as session:
        session.add(emissions(world, year - 1))
        session.commit()
    add_line(editor, at, "refrigerants/r410a", **{"f__quantity": "1"})
    send(editor, at("kriterien/13/rechenweg"), autosave="1")
    assert stored_value(app, "ghg.scope1.base-year", year) is None, "untouched, it waits for a press"
    note = {"ref-GRI-SRS-305-1.d-ii-note": "Vor dem Umzug"}
    send(editor, at("kriterien/13/rechenweg"), autosave="1", **note)
    with database_session(app) as session:
        row = figure_row(session, world, "ghg.scope1.base-year", year)
        assert row
        assert (row.value, row.note) == (Decimal("3.847"), "Vor dem Umzug")


def test_b11_the_base_year_is_recalculated_by_a_click(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    year = reporting_year(app, world)
    base = year - 1
    with database_session(app) as session:
        line = make_line("refrigerants/r410a", quantity="2 kg", gwp_set="AR5", year=base)
        session.add(
            LineRow(
                organisation_id=world.own,
                year=base,
                calculator="refrigerants",
                version=1,
                content=line_to_json(line),
                changed_at=datetime.now(UTC),
            )
        )
        session.add(emissions(world, base))
        session.commit()
    send(editor, at("kriterien/13/kennzahlen"), **{"ref-GRI-SRS-305-1.c-value": "0"})
    send(
        editor,
        at("kriterien/13/rechenweg"),
        **{"ref-GRI-SRS-305-1.d-value": str(base), "ref-GRI-SRS-305-1.d-ii-value": "3,847"},
    )
    assert stored_value(app, "ghg.scope1.base-year", year) == Decimal("3.847")
    with database_session(app) as session:
        row = figure_row(session, world, "ghg.scope1.base-year", year)
        assert row
        row.note, row.source, row.responsible = "Vor dem Umzug", "Bericht des Vorjahres", "Frau Sommer"
        session.commit()
    add_line(
        editor, at, "refrigerants/r410a", **{"f__quantity": "1", "s__scope1": "refrigerant.r410a|ipcc-ar6|"}
    )
    page = editor.get(at("rechner/refrigerants")).text
    assert "Basisjahr neu berechnen" in page
    assert "4,511" in page
    assert stored_value(app, "ghg.scope1.base-year", year) == Decimal("3.847"), "only by a click"
    version = re.search(r'basisjahr">.*?name="version" value="(\d+)"', page, re.DOTALL)
    assert version
    sent = {**form_fields(page), "version": version[1]}
    assert editor.post(at("rechner/refrigerants/basisjahr"), data=sent).status_code == 303
    assert stored_value(app, "ghg.scope1.base-year", year) == Decimal("4.511")
    assert stored_value(app, "ghg.scope1.gross", base) == Decimal("3.847"), "the year itself stays"
    with database_session(app) as session:
        row = figure_row(session, world, "ghg.scope1.base-year", year)
        assert row
        kept = (row.note, row.source, row.responsible)
    assert kept == ("Vor dem Umzug", "Bericht des Vorjahres", "Frau Sommer"), "only the amount is replaced"
    assert "Basisjahr neu berechnen" not in editor.get(at("rechner/refrigerants")).text


def test_b14_the_period_of_a_bill_is_entered_shown_and_printed(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    year = reporting_year(app, world)
    new = at("rechner/energy/zeilen/neu?art=electricity")
    bill = {"f-quantity": "3650", "label": "Stadtwerke"}
    answer = send(editor, new, **bill, period_first=f"15.11.{year - 1}")
    assert answer.status_code == 422
    assert "oder keinen von beiden" in answer.text
    answer = send(editor, new, **bill, period_first=f"15.11.{year}", period_last=f"14.11.{year}")
    assert "Der letzte Tag liegt vor dem ersten" in answer.text
    answer = send(editor, new, **bill, period_first=f"15.11.{year - 3}", period_last=f"14.11.{year - 2}")
    assert f"im Berichtsjahr {year}" in answer.text
    first, last = date(year - 1, 11, 15), date(year, 11, 14)
    days, counted = (last - first).days + 1, (last - date(year, 1, 1)).days + 1
    answer = send(editor, new, **bill, period_first=f"{first:%d.%m.%Y}", period_last=f"{last:%d.%m.%Y}")
    assert answer.status_code == 303, answer.text
    said = f"{first:%d.%m.%Y} bis {last:%d.%m.%Y}: {counted} von {days} Tagen"
    assert said in editor.get(answer.location).text
    assert said in editor.get(at("rechner/spur/energy.electricity.consumption")).text
    expected = round(Decimal(3650) * counted / days, 6)
    assert stored_value(app, "energy.electricity.consumption", year) == expected
    with database_session(app) as session:
        (line,) = annex_of(session, session.get_one(Declaration, world.own_declaration)).calculations
    assert line.label == f"Stadtwerke ({said})"
