"""What similar companies do is offered at a new measure and at the calculators, from the last joint sum."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.figures.calculators import line_to_json
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.consents import AllowedChoice
from dnk_tool.store.tables.figures import LineRow
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates.joint_goal_members import GOAL, a_measure, add_goal_member
from tests.support.app import World, count_statements, database_session
from tests.support.browsers import signed_in
from tests.support.calculator_lines import make_line

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
METAL, TRADE = "25", "46"
SUMMARY = "Was andere Betriebe Ihres Clusters tun"
MOST_STATEMENTS = 15


def belong_to(session: Session, companies: Iterable[int], sector: str, employees: int) -> None:
    """Let companies be of this sector and size, and let their cluster use that."""
    wanted = list(companies)
    session.execute(
        update(Organisation).where(Organisation.id.in_(wanted)).values(sector=sector, employees=employees)
    )
    of_them = select(Consent.id).where(Consent.organisation_id.in_(wanted))
    for consent_id in session.scalars(of_them):
        session.add(AllowedChoice(consent_id=consent_id, choice=ConsentChoice.PROFILE))


def allow_measures(session: Session, world: World) -> None:
    consent = clusters.find_consent(session, world.own, world.cluster)
    assert consent is not None
    consent.edition = NEWEST_EDITION
    session.add(AllowedChoice(consent_id=consent.id, choice=ConsentChoice.MEASURES))


@pytest.fixture
def members(app: Flask, world: World) -> list[int]:
    """Six metal works with own power, seven traders with lighting, and a sum of both."""
    with database_session(app) as session:
        cluster = session.get_one(Cluster, world.cluster)
        joint_goals.save_goal(Work(session, SHELL, NOW), cluster, GOAL, seen=0)
        metal = [
            add_goal_member(
                session, cluster.id, f"Metall {at}", a_measure(kind="own-power", cluster_id=cluster.id)
            )
            for at in range(6)
        ]
        trade = [
            add_goal_member(session, cluster.id, f"Handel {at}", a_measure(cluster_id=cluster.id))
            for at in range(7)
        ]
        belong_to(session, metal, METAL, 30)
        belong_to(session, trade, TRADE, 30)
        allow_measures(session, world)
        session.execute(
            update(Organisation).where(Organisation.id == world.own).values(sector=METAL, employees=30)
        )
        session.flush()
        joint_goals.make_sum(Work(session, SHELL, NOW), cluster)
        return [*metal, *trade]


@pytest.fixture
def editor(app: Flask, members: list[int]) -> FlaskClient:
    return signed_in(app, "editor")


def offered_measures(page: str) -> str:
    """What the part of the page says, with single spaces; "" without it."""
    if SUMMARY not in page:
        return ""
    return " ".join(page.split(SUMMARY)[1].split("</details>", maxsplit=1)[0].split())


def test_what_similar_companies_do_comes_first_though_others_are_more(
    editor: FlaskClient, world: World
) -> None:
    part = offered_measures(editor.get(f"/unternehmen/{world.own}/massnahmen/neu").text)
    assert part.index("Eigener Strom") < part.index("Beleuchtung"), (
        "six of the own section before seven others"
    )
    assert "6 Betriebe, darunter mindestens 5 Ihrer Branche und Größe" in part
    assert part.count("darunter") == 1


def test_without_its_own_section_a_company_sees_the_most_frequent_first(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    with database_session(app) as session:
        session.execute(update(Organisation).where(Organisation.id == world.own).values(sector=""))
    part = offered_measures(editor.get(f"/unternehmen/{world.own}/massnahmen/neu").text)
    assert part.index("Beleuchtung") < part.index("Eigener Strom")
    assert "darunter" not in part


def test_a_calculator_offers_them_after_a_line_that_a_measure_can_begin_with(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    path = f"/erklaerungen/{world.own_declaration}/rechner/energy"
    line = make_line("energy/electricity", quantity="50 MWh")
    with database_session(app) as session:
        row = LineRow(organisation_id=world.own, year=2025, calculator="energy")
        calculator_lines.save(session, row, line_to_json(line), by=None, now=NOW)
        saved = f"{path}?gespeichert={row.id}"
    assert offered_measures(editor.get(path).text) == "", "only beside the line that was saved just now"
    with count_statements(app) as statements:
        page = editor.get(saved).text
    assert f'href="/unternehmen/{world.own}/massnahmen/neu?art=own-power"' in offered_measures(page)
    assert len(statements) <= MOST_STATEMENTS
    viewer = signed_in(app, "viewer")
    assert offered_measures(viewer.get(saved).text) == "", "who may not note a measure needs no recipe"


def test_nothing_is_offered_once_one_of_them_or_the_company_itself_takes_back_the_permission(
    app: Flask, editor: FlaskClient, world: World, members: list[int]
) -> None:
    path = f"/unternehmen/{world.own}/massnahmen/neu"
    assert offered_measures(editor.get(path).text)
    with database_session(app) as session:
        consent = clusters.find_consent(session, members[0], world.cluster)
        assert consent is not None
        cluster_consent.withdraw_consent(Work(session, SHELL, NOW), consent)
    assert offered_measures(editor.get(path).text) == ""
