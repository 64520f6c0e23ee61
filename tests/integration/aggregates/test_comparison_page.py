"""The comparison of a member: own figures always, the middle of the group while the company consents."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.aggregates import preparation, releases
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates.release_members import YEAR, add_firms, add_version, usual_figures
from tests.support.app import World, count_statements, database_session
from tests.support.browsers import signed_in

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
# Session and rights, the company, its clusters, its figures, the releases.
MOST_STATEMENTS = 13
# 1548 MWh.
OWN_VALUE = "<td>1.550</td>"


@pytest.fixture
def released(app: Flask, world: World) -> World:
    """The owner's company allows its figures in a cluster that released the energy of twelve companies."""
    with database_session(app) as session:
        consent = session.scalars(select(Consent).where(Consent.organisation_id == world.own)).one()
        consent.aggregates_from = YEAR - 1
        session.get_one(Organisation, world.own).employees = 40
        confirmations.add(session, [world.own], by=None, now=NOW)
        own = session.get_one(Declaration, world.own_declaration)
        own.state = State.FINISHED
        add_version(session, world.own, usual_figures(4), declaration=own)
        for year, value in ((YEAR - 1, 1900), (YEAR, 1548)):
            session.add(own_energy(world.own, year, value))
        add_firms(session, world.cluster, 11, first=5)
    release_year(app, world.cluster)
    return world


def own_energy(company: int, year: int, value: int) -> FigureRow:
    return FigureRow(
        organisation_id=company,
        year=year,
        datapoint="energy.total",
        value=Decimal(value),
        unit="MWh",
        quality="measured",
        changed_at=NOW,
    )


def release_year(app: Flask, cluster_id: int) -> None:
    """Order, prepare and make the release of the year, as its manager."""
    factory = app.extensions["dnk_session_factory"]
    with write_session(factory) as session:
        manager = session.scalars(select(Account.id).where(Account.email == "manager@example.org")).one()
        actor = Actor(manager, clusters={cluster_id: ClusterRole.MANAGER})
        cluster = session.get_one(Cluster, cluster_id)
        row = releases.order_release(Work(session, actor, NOW), cluster, YEAR)
        session.commit()
        preparation.prepare_ordered(factory)
        session.refresh(row)
        releases.make_release(Work(session, actor, NOW), cluster, row.id, row.sha256)
        session.commit()


def comparison_page(app: Flask, world: World, who: str = "owner", query: str = "") -> str:
    client = signed_in(app, who)
    answer = client.get(f"/unternehmen/{world.own}/vergleich{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def change_consent(app: Flask, world: World, **changes: object) -> None:
    with database_session(app) as session:
        session.execute(update(Consent).where(Consent.organisation_id == world.own).values(**changes))


def test_the_middle_stands_beside_the_own_value(app: Flask, released: World) -> None:
    shown = comparison_page(app, released, "viewer")
    assert "Mitte 2025: 12 Unternehmen" in shown
    assert "Ihr Wert liegt im zweiten Viertel von unten." in shown
    assert "Ihr Wert ist seit 2024 gesunken." in shown
    assert "MWh je Kopf" in comparison_page(app, released, query="?bezug=employee")
    assert "<option" not in shown, "one cluster is no choice"


def test_members_that_allow_nothing_are_counted_and_not_named(app: Flask, released: World) -> None:
    assert "lassen ihre Zahlen nicht eingehen" not in comparison_page(app, released)
    with database_session(app) as session:
        silent = add_firms(session, released.cluster, 2, first=40)
        session.execute(
            update(Consent).where(Consent.organisation_id.in_(silent)).values(aggregates_from=None)
        )
    assert "2 Mitglieder des Clusters lassen ihre Zahlen nicht eingehen." in " ".join(
        comparison_page(app, released).split()
    )


def test_a_withdrawn_consent_shows_no_middle_at_the_next_request(app: Flask, released: World) -> None:
    with database_session(app) as session:
        consent = session.scalars(select(Consent).where(Consent.organisation_id == released.own)).one()
        owner = session.scalars(select(Account.id).where(Account.email == "owner@example.org")).one()
        actor = Actor(owner, {released.own: Role.OWNER})
        cluster_consent.withdraw_consent(Work(session, actor, NOW), consent)
    shown = comparison_page(app, released)
    assert "Mitte 2025" not in shown
    assert "gehört zu keinem Cluster" in shown
    assert OWN_VALUE in shown, "the own value stays"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"aggregates_from": None}, "nicht erlaubt"),
        ({"aggregates_from": YEAR + 1}, "noch keine Zahlen freigegeben"),
        ({"edition": "2026-11c"}, "von vor der Zeit, als es Vergleiche gab"),
    ],
)
def test_who_does_not_consent_sees_own_values_and_what_it_takes(
    app: Flask, released: World, changes: dict[str, object], words: str
) -> None:
    change_consent(app, released, **changes)
    shown = comparison_page(app, released)
    assert words in shown
    assert "Mitte 2025" not in shown
    assert OWN_VALUE in shown
    if "noch keine" not in words:
        assert "Das ändern" in shown or "Einwilligung ansehen und antworten" in shown, "an owner can"
        assert "wer Ihr Unternehmen hier leitet" in comparison_page(app, released, "editor")


def test_another_cluster_is_chosen_by_its_member_alone(app: Flask, released: World) -> None:
    shown = comparison_page(app, released, query=f"?cluster={released.foreign_cluster}&bezug=nonsense")
    assert "Cluster Süd" not in shown
    assert "Mitte 2025: 12 Unternehmen" in shown


def test_statements_do_not_grow_with_releases_and_figures(app: Flask, released: World) -> None:
    client = signed_in(app, "owner")
    with count_statements(app) as statements:
        assert client.get(f"/unternehmen/{released.own}/vergleich").status_code == 200
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
