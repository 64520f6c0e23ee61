"""The demo's climate network: two releases, a member that left, a joint goal, measures, a climate goal."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.cli.demo import climate_network
from dnk_tool.cli.demo.content import network_content
from dnk_tool.cli.demo.network_declarations import load_firms, load_measures
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, PerUnit, Release, Rule, Statistic
from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.services.aggregates.joint_goals import goal_picture
from dnk_tool.services.measures.climate_goals import path_of_company
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.aggregates.releases import shown_release, shown_to_company
from dnk_tool.store.clusters.lists import list_members
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.exchange import examples
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster
from tests.integration.conftest import NOW, odd_figures

LATEST, BEFORE = 2025, 2024


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Session]:
    """The network alone, seeded once; tests only read it."""
    file = shutil.copy(empty_database, tmp_path_factory.mktemp("network") / "dnk.sqlite3")
    engine = make_engine(f"sqlite:///{file}")
    factory = session_factory(engine)
    climate_network.seed(factory, FileBlobStore(file.parent / "evidence"), password_hash="unused", now=NOW)
    with factory() as session:
        yield session
    engine.dispose()


def test_no_firm_is_asked_about_an_odd_figure(seeded: Session) -> None:
    assert odd_figures(seeded) == []


@pytest.fixture(scope="module")
def cluster(seeded: Session) -> int:
    return seeded.scalars(select(Cluster.id)).one()


@pytest.fixture(scope="module")
def shown_firm(seeded: Session) -> int:
    name = load_firms()[network_content().shown_firm].member.words["name"]
    return declarations.organisations_named(seeded, name)[0].id


def release_of_year(session: Session, cluster: int, year: int) -> Release:
    found = shown_release(session, cluster, year)
    assert found
    return found


def test_fourteen_members_and_one_that_left(seeded: Session, cluster: int) -> None:
    assert len(list_members(seeded, cluster)) == 14
    first, second = (release_of_year(seeded, cluster, year) for year in (BEFORE, LATEST))
    assert (first.content.members, first.left) == (13, 1)
    assert (second.content.members, second.left) == (12, 0)


def test_the_releases_show_what_passes_and_withhold_the_rest(seeded: Session, cluster: int) -> None:
    content = release_of_year(seeded, cluster, LATEST).content
    energy = content.number("energy.total", Statistic.SUM)
    assert energy
    assert (energy.companies, energy.is_shown) == (12, True)
    assert content.number("ghg.scope3.gross", Statistic.SUM) is None, "two members supply each other"
    coverage = content.coverage_of("ghg.scope3.gross")
    assert coverage
    assert coverage.reported == 9
    waste = content.number("waste.total", Statistic.MIDDLE, ALL_MEMBERS, PerUnit.COMPANY)
    assert waste
    assert (waste.rule, waste.companies) == (Rule.TOO_FEW, 6)


def test_the_year_before_stands_beside_what_the_member_that_left_never_gave(
    seeded: Session, cluster: int
) -> None:
    matched = release_of_year(seeded, cluster, LATEST).content.matched
    assert [each.companies for each in matched["energy.total"]] == [12, 12]
    assert all(each.is_shown for each in matched["energy.total"])
    assert "water.withdrawal.total" not in matched or not matched["water.withdrawal.total"][0].is_shown


def test_a_member_finds_both_years_and_its_quarter(seeded: Session, shown_firm: int) -> None:
    found = shown_to_company(seeded, shown_firm)
    assert [each.content.reporting_year for each in found] == [BEFORE, LATEST]
    assert found[-1].quarters["energy.total/company"] in (1, 2, 3, 4)


def test_thirty_measures_move_a_joint_goal(seeded: Session, cluster: int, shown_firm: int) -> None:
    assert len(load_measures()) == 30
    states = {measure.state for measure in measures.of_company(seeded, shown_firm).values()}
    assert states == {MeasureState.IDEA, MeasureState.PLANNED, MeasureState.RUNNING, MeasureState.DONE}
    picture = goal_picture(seeded, cluster, now=NOW)
    assert picture.goal
    assert picture.latest, "the rules let a sum be shown"


def test_one_member_has_a_path_with_a_gap(seeded: Session, shown_firm: int) -> None:
    found = path_of_company(seeded, shown_firm)
    assert found
    assert (found.path.years[0], found.path.years[-1]) == (2022, 2030)
    assert found.path.gap[-1]
    assert len(found.path.wedges) == 3


def test_who_can_sign_in(seeded: Session) -> None:
    for email in (network_content().manager.email, network_content().owner):
        assert accounts.by_email(seeded, email), email


def test_six_examples_of_which_two_wait_for_the_manager(seeded: Session, cluster: int) -> None:
    counts = {
        state: len(examples.list_shown(seeded, [cluster], state, today=NOW.date())) for state in ExampleState
    }
    assert counts == {ExampleState.DRAFT: 0, ExampleState.OFFERED: 2, ExampleState.PUBLISHED: 4}
