"""Another year for a declaration in work: what hangs on the year is said first, then moved or left."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.store.tables.answers import AnswerRow, SelfCheckReply, SelfCheckRow
from dnk_tool.store.tables.declarations import Declaration, Event, Snapshot
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.figures import FigureRow, LineRow
from tests.integration.conftest import NOW
from tests.support.app import World, column_values, database_session, make_world, post
from tests.support.browsers import signed_in
from tests.support.cockpit_members import default_cohort, let_members_be_old
from tests.support.evidence import FIGURE, add_evidence, make_file

pytestmark = pytest.mark.usefixtures("one_day")


@pytest.fixture
def world(any_app: Flask) -> World:
    world = make_world(any_app)
    with database_session(any_app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        about = {"organisation_id": world.own, "year": 2025}
        session.add_all(
            [
                AnswerRow(
                    declaration_id=row.id, ref="1.1", disclosure=Disclosure.COMPLY, text="Weg", changed_at=NOW
                ),
                FigureRow(**about, datapoint="energy.electricity.consumption", changed_at=NOW),
                LineRow(**about, calculator="energy", content={}, removed_at=NOW, changed_at=NOW),
                SelfCheckRow(**about, key="energy", changed_at=NOW),
                default_cohort(cluster_id=world.cluster, reporting_year=2024, due=date(2026, 3, 31)),
            ]
        )
        let_members_be_old(session)
        session.flush()
        session.add(SelfCheckReply(**about, self_check="energy", question="q", reply="yes", changed_at=NOW))
        owner = Actor(1, {world.own: Role.OWNER})
        for content, target in ((b"a", {}), (b"b", {"target": FIGURE})):
            file = make_file(content, f"{content.decode()}.pdf")
            add_evidence(session, any_app.extensions["dnk_blobs"], row, owner, file, **target)
    return world


def year_path(world: World, year: str = "") -> str:
    return f"/erklaerungen/{world.own_declaration}/berichtsjahr" + (year and f"?reporting_year={year}")


def test_it_is_told_before_and_the_numbers_come_along(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "editor")
    told = client.get(year_path(world, "2024")).text
    assert "1 Kennzahl, 0 Rechnungszeilen" in told
    assert "bis 31. März 2026" in told
    assert column_values(any_app, Declaration.reporting_year) == [2025, 2025]
    fields = {"reporting_year": "2024", "seen": "2025", "numbers": "take"}
    assert (
        post(client, year_path(world), fields).headers["Location"]
        == f"/erklaerungen/{world.own_declaration}/"
    )
    assert "Weg" in client.get(f"/erklaerungen/{world.own_declaration}/kriterien/1").text
    for table in (FigureRow, LineRow, SelfCheckRow, SelfCheckReply):
        assert column_values(any_app, table.year) == [2024], table
    assert column_values(any_app, EvidenceFile.year) == [2024, 2024]
    with database_session(any_app) as session:
        changed = session.scalars(select(Event).where(Event.kind == EventKind.SETTINGS_CHANGED)).one()
        assert changed.detail["fields"] == {"reporting_year": [2025, 2024]}
    answer = post(client, year_path(world), {"reporting_year": "2023", "seen": "2025"})
    assert answer.status_code == 409, "whoever still saw 2025 looks again"
    assert "2023 statt 2024" in answer.text
    answer = post(client, year_path(world), {"reporting_year": "2023", "seen": "9" * 5_000})
    assert answer.status_code == 409, "a form that nobody made here"


def test_ready_made_answers_of_a_first_declaration_stay_to_be_confirmed(any_app: Flask, world: World) -> None:
    """They are marked with the year: the mark moves, or they would be of a declaration that never was."""
    with database_session(any_app) as session:
        about = {"declaration_id": world.own_declaration, "disclosure": Disclosure.COMPLY, "changed_at": NOW}
        session.add_all(
            [
                AnswerRow(**about, ref="3.1", text="Noch keine", taken_from=2025),
                AnswerRow(**about, ref="3.2", text="Wie zuvor", taken_from=2021),
            ]
        )
    client = signed_in(any_app, "editor")
    fields = {"reporting_year": "2024", "seen": "2025", "numbers": "leave"}
    assert post(client, year_path(world), fields).status_code == 303
    with database_session(any_app) as session:
        marks = dict(session.execute(select(AnswerRow.ref, AnswerRow.taken_from)).all())
    assert marks == {"1.1": None, "3.1": 2024, "3.2": 2021}
    assert (
        "Vorschlag für die erste Erklärung"
        in client.get(f"/erklaerungen/{world.own_declaration}/kriterien/3").text
    )


@pytest.mark.parametrize("has_own", [False, True])
def test_numbers_stay_if_they_are_of_that_year_or_the_new_one_has_its_own(
    any_app: Flask, world: World, has_own: bool
) -> None:
    if has_own:
        with database_session(any_app) as session:
            about = {"organisation_id": world.own, "year": 2024, "changed_at": NOW}
            session.add(FigureRow(**about, datapoint="energy.electricity.consumption"))
    client = signed_in(any_app, "editor")
    assert ("Für 2024 sind schon Zahlen eingetragen" in client.get(year_path(world, "2024")).text) is has_own
    fields = {"reporting_year": "2024", "seen": "2025", "numbers": "take" if has_own else "leave"}
    assert post(client, year_path(world), fields).status_code == 303
    assert column_values(any_app, FigureRow.year) == ([2024, 2025] if has_own else [2025])
    with database_session(any_app) as session:
        rows = {row.name: row.year for row in session.scalars(select(EvidenceFile))}
    assert rows == {"a.pdf": 2024, "b.pdf": 2025}, "evidence goes with what it belongs to"


@pytest.mark.parametrize(
    ("year", "says"),
    [
        ("2025", "Das ist schon das Berichtsjahr"),
        ("20x5", "Jahr mit vier Ziffern"),
        ("2099", "So weit voraus"),
        ("2023", "Für dieses Jahr gibt es schon eine Erklärung"),
    ],
)
def test_a_year_that_is_not_possible_is_refused(any_app: Flask, world: World, year: str, says: str) -> None:
    with database_session(any_app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        columns = {"edition": row.edition, "indicator_set": "gri", "language": "de", "reporting_year": 2023}
        session.add(Declaration(organisation_id=world.own, created_at=NOW, changed_at=NOW, **columns))
    client = signed_in(any_app, "editor")
    for answer in (
        client.get(year_path(world, year)),
        post(client, year_path(world), {"reporting_year": year, "seen": "2025"}),
    ):
        assert answer.status_code == 422
        assert says in answer.text
        assert f'value="{year}"' in answer.text


def test_the_year_of_a_finished_version_stands(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        about = {"declaration_id": world.own_declaration, "version": 1, "content": b"{}", "sha256": "a" * 64}
        session.add(Snapshot(**about, finished_at=NOW))
    client = signed_in(any_app, "editor")
    assert "steht das Jahr fest" in " ".join(client.get(year_path(world)).text.split())
    assert post(client, year_path(world), {"reporting_year": "2024", "seen": "2025"}).status_code == 422
    assert column_values(any_app, Declaration.reporting_year) == [2025, 2025]
