"""A release from its order to its withdrawal, and what it keeps of a company that takes its figures back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.model import Rule, Statistic
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import SHELL, Actor, Archived, ClusterRole, NotPermitted, Role
from dnk_tool.services.aggregates import preparation, releases
from dnk_tool.services.aggregates.inputs import ReleaseInputs, read_inputs
from dnk_tool.services.aggregates.releases import NoReason, ReleaseChanged, ReleaseOutdated
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import year_archive
from dnk_tool.services.declarations import deletion
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import releases as stored
from dnk_tool.store.database import write_session
from dnk_tool.store.privacy import deletion as database_deletion
from dnk_tool.store.tables.aggregates import ReleaseCompany, ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Cohort, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.integration.aggregates.release_members import YEAR, add_firm, add_firms, add_version, usual_figures
from tests.support.app import record_statements
from tests.support.cockpit_members import make_bare_cluster

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@dataclass
class ReleaseScenario:
    """A cluster of eight members with finished versions, and its manager."""

    store: sessionmaker[Session]
    session: Session
    cluster: Cluster
    firms: list[int]
    manager: Actor

    def order(self, year: int = YEAR, actor: Actor | None = None) -> ReleaseRow:
        """Order a release of the year and have it prepared, as the background does."""
        row = releases.order_release(Work(self.session, actor or self.manager, NOW), self.cluster, year)
        self.session.commit()
        preparation.prepare_ordered(self.store)
        self.session.expire_all()
        return row

    def make(self, year: int = YEAR) -> ReleaseRow:
        """Release the numbers of the year."""
        row = self.order(year)
        releases.make_release(Work(self.session, self.manager, NOW), self.cluster, row.id, row.sha256)
        self.session.commit()
        return row

    def withdraw(self, row: ReleaseRow, reason: str = "Ein Unternehmen hat falsch gerechnet.") -> None:
        """Withdraw the release."""
        releases.withdraw_release(Work(self.session, self.manager, NOW), self.cluster, row.id, reason)
        self.session.commit()

    def consent(self, firm: int) -> Consent:
        """The consent of a member."""
        return self.session.scalars(select(Consent).where(Consent.organisation_id == firm)).one()

    def kept(self, row: ReleaseRow) -> set[int]:
        """The companies of which the release holds a row."""
        rows = select(ReleaseCompany.organisation_id).where(ReleaseCompany.release_id == row.id)
        return set(self.session.scalars(rows))

    def shown(self, year: int = YEAR) -> stored.Release | None:
        """The release that stands."""
        return stored.shown_release(self.session, self.cluster.id, year)

    def add(self, number: int) -> list[int]:
        """Further members with finished versions."""
        return add_firms(self.session, self.cluster.id, number, first=50)


@pytest.fixture
def play(store: sessionmaker[Session]) -> "ReleaseScenario":
    with write_session(store) as session:
        cluster = session.get_one(Cluster, make_bare_cluster(session))
        firms = add_firms(session, cluster.id, 8)
        session.commit()
        manager = Actor(clusters={cluster.id: ClusterRole.MANAGER})
        yield ReleaseScenario(store, session, cluster, firms, manager)


def test_a_release_is_ordered_prepared_and_made(play: ReleaseScenario) -> None:
    row = play.order()
    assert (row.state, row.number, row.companies) == (ReleaseState.PREPARED, 1, 8)
    assert play.kept(row) == set(play.firms)
    assert play.shown() is None, "a preview shows nothing"
    releases.make_release(Work(play.session, play.manager, NOW), play.cluster, row.id, row.sha256)
    shown = play.shown()
    assert shown is not None
    assert (shown.number, shown.left, shown.content.members) == (1, 0, 8)
    energy = shown.content.number("energy.total", Statistic.SUM)
    assert energy is not None
    assert (energy.companies, energy.rule, energy.is_shown) == (8, Rule.PASSED, True)
    (event,) = play.session.scalars(select(Event).where(Event.kind == EventKind.RELEASE_MADE))
    assert event.detail == {"reporting_year": YEAR, "number": 1, "entering": 8}
    with pytest.raises(ReleaseChanged):
        releases.make_release(Work(play.session, play.manager, NOW), play.cluster, row.id, row.sha256)


def test_no_row_holds_a_value_of_a_company(play: ReleaseScenario) -> None:
    row = play.make()
    for entry in play.session.scalars(select(ReleaseCompany).where(ReleaseCompany.release_id == row.id)):
        assert set(entry.entry) == {"company", "version", "numbers", "quarters"}
        assert all(isinstance(group, str) for group in entry.entry["numbers"].values())
        assert set(entry.entry["quarters"].values()) <= {1, 2, 3, 4}


def test_ordering_twice_makes_one_and_a_new_order_replaces_the_preview(play: ReleaseScenario) -> None:
    first = releases.order_release(Work(play.session, play.manager, NOW), play.cluster, YEAR)
    assert releases.order_release(Work(play.session, play.manager, NOW), play.cluster, YEAR) is first
    prepared = play.order()
    again = releases.order_release(Work(play.session, play.manager, NOW), play.cluster, YEAR)
    assert (again.id, again.state, again.content) == (prepared.id, ReleaseState.ORDERED, None)
    assert play.kept(again) == set()
    releases.discard_release(play.session, play.cluster, again.id, actor=play.manager)
    assert stored.of_year(play.session, play.cluster.id, YEAR) == []
    with pytest.raises(ReleaseChanged):
        releases.discard_release(play.session, play.cluster, again.id, actor=play.manager)


def test_a_release_that_cannot_be_prepared_holds_up_no_other(
    play: ReleaseScenario, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def order(year: int) -> ReleaseRow:
        return releases.order_release(Work(play.session, play.manager, NOW), play.cluster, year)

    broken, fine = order(YEAR - 1), order(YEAR)
    play.session.commit()

    def read(session: Session, row: ReleaseRow) -> ReleaseInputs:
        if row.reporting_year != YEAR:
            raise ValueError("12 MWh")
        return read_inputs(session, row)

    monkeypatch.setattr(preparation, "read_inputs", read)
    assert preparation.prepare_ordered(play.store) == 1
    play.session.expire_all()
    assert (broken.state, fine.state) == (ReleaseState.ORDERED, ReleaseState.PREPARED)
    assert "unexpected ValueError" in caplog.text
    assert "12 MWh" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        lambda play: add_firms(play.session, play.cluster.id, 1, first=30),
        lambda play: setattr(play.consent(play.firms[0]), "aggregates_from", None),
    ],
)
def test_what_changed_since_the_preview_is_prepared_anew(
    play: ReleaseScenario, change: Callable[[ReleaseScenario], object]
) -> None:
    row = play.order()
    change(play)
    play.session.flush()
    with pytest.raises(ReleaseOutdated):
        releases.make_release(Work(play.session, play.manager, NOW), play.cluster, row.id, row.sha256)
    with pytest.raises(ReleaseChanged):
        releases.make_release(Work(play.session, play.manager, NOW), play.cluster, row.id, "0" * 64)


def test_companies_are_locked_before_the_cluster_and_its_release(play: ReleaseScenario) -> None:
    """As whoever withdraws a consent does: the other way round both would wait for each other."""
    row = play.order()
    key, digest = row.id, row.sha256
    play.session.refresh(play.cluster)
    with record_statements(play.store.kw["bind"]) as statements:
        releases.make_release(Work(play.session, play.manager, NOW), play.cluster, key, digest)
    companies, cluster, release = (
        next(at for at, statement in enumerate(statements) if f"\nFROM {table} \nWHERE" in statement)
        for table in ("organisation", "cluster", "release")
    )
    assert companies < cluster < release


def test_only_managers_release_and_an_archive_stays_as_it_is(play: ReleaseScenario) -> None:
    row = play.order()
    reviewer = Actor(clusters={play.cluster.id: ClusterRole.REVIEWER})
    stranger = Actor(clusters={play.cluster.id + 1: ClusterRole.MANAGER})
    for actor in (reviewer, stranger, Actor()):
        with pytest.raises(NotPermitted):
            releases.make_release(Work(play.session, actor, NOW), play.cluster, row.id, row.sha256)
    session = play.session
    session.add(Cohort(cluster_id=play.cluster.id, reporting_year=YEAR, is_default=True, created_at=NOW))
    session.flush()
    year_archive.set_year_archived(Work(session, play.manager, NOW), play.cluster, YEAR, is_archived=True)
    for act in (
        lambda: releases.order_release(Work(session, SHELL, NOW), play.cluster, YEAR),
        lambda: releases.make_release(Work(session, SHELL, NOW), play.cluster, row.id, row.sha256),
        lambda: releases.discard_release(session, play.cluster, row.id, actor=SHELL),
        lambda: releases.withdraw_release(Work(session, SHELL, NOW), play.cluster, row.id, "Irrtum"),
    ):
        with pytest.raises(Archived):
            act()


def _leave(play: ReleaseScenario, firm: int) -> None:
    owner = Actor(roles={firm: Role.OWNER})
    cluster_consent.withdraw_consent(Work(play.session, owner, NOW), play.consent(firm))


def _exclude_the_year(play: ReleaseScenario, firm: int) -> None:
    owner = Actor(roles={firm: Role.OWNER})
    cluster_consent.change_aggregates(Work(play.session, owner, NOW), play.consent(firm), YEAR + 1)


def _delete_declaration(play: ReleaseScenario, firm: int) -> None:
    owner = Actor(roles={firm: Role.OWNER})
    (declaration,) = play.session.scalars(select(Declaration).where(Declaration.organisation_id == firm))
    deletion.delete_declaration(Work(play.session, owner, NOW), declaration)


def _delete_company(play: ReleaseScenario, firm: int) -> None:
    database_deletion.delete_company(play.session, firm, now=NOW)


@pytest.mark.parametrize("take_back", [_leave, _exclude_the_year, _delete_declaration, _delete_company])
def test_what_a_company_takes_back_is_gone_and_the_numbers_say_so(
    play: ReleaseScenario, take_back: Callable[[ReleaseScenario, int], None]
) -> None:
    row = play.make()
    firm, other = play.firms[0], play.firms[1]
    take_back(play, firm)
    play.session.commit()
    assert play.kept(row) == set(play.firms[1:])
    shown = play.shown()
    assert shown is not None
    assert (shown.left, shown.content.members) == (1, 8)
    assert stored.shown_to_company(play.session, other)[0].release.left == 1


def test_a_later_first_year_that_keeps_this_one_changes_nothing(play: ReleaseScenario) -> None:
    row, firm = play.make(), play.firms[0]
    owner = Actor(roles={firm: Role.OWNER})
    cluster_consent.change_aggregates(Work(play.session, owner, NOW), play.consent(firm), YEAR)
    assert play.kept(row) == set(play.firms)


def test_a_preview_with_a_company_that_leaves_is_prepared_anew_without_it(play: ReleaseScenario) -> None:
    row = play.order()
    _leave(play, play.firms[0])
    play.session.commit()
    assert (row.state, row.content, play.kept(row)) == (ReleaseState.ORDERED, None, set())
    play.session.commit()
    assert preparation.prepare_ordered(play.store) == 1
    play.session.expire_all()
    assert (row.state, play.kept(row)) == (ReleaseState.PREPARED, set(play.firms[1:]))


def test_a_corrected_release_needs_enough_companies_that_changed(play: ReleaseScenario) -> None:
    first = play.make()
    play.add(4)
    refused = play.order()
    assert (refused.state, refused.refusal, refused.content) == (ReleaseState.REFUSED, "correction", None)
    assert play.kept(refused) == set()
    play.add(1)
    second = play.make()
    assert (second.id, second.number, second.companies) == (refused.id, 2, 13)
    shown = play.shown()
    assert shown is not None
    assert shown.number == 2
    with pytest.raises(ReleaseChanged):
        play.withdraw(first)


def test_a_correction_of_unchanged_data_takes_none_of_the_releases_of_a_year(play: ReleaseScenario) -> None:
    play.make()
    for _again in range(4):
        unchanged = play.order()
        assert (unchanged.state, unchanged.refusal) == (ReleaseState.REFUSED, "unchanged")
        assert (unchanged.number, play.kept(unchanged)) == (2, set())
    play.add(5)
    assert play.make().number == 2


def test_a_release_is_withdrawn_with_a_reason_and_nobody_sees_it_any_more(play: ReleaseScenario) -> None:
    row = play.make()
    with pytest.raises(NoReason):
        play.withdraw(row, "  ")
    play.withdraw(row)
    assert play.shown() is None
    assert stored.shown_to_company(play.session, play.firms[0]) == []
    (event,) = play.session.scalars(select(Event).where(Event.kind == EventKind.RELEASE_WITHDRAWN))
    assert event.detail == {"reporting_year": YEAR, "number": 1}
    with pytest.raises(ReleaseChanged):
        play.withdraw(row)
    play.add(1)
    assert play.order().state is ReleaseState.REFUSED, "a withdrawn release was read, too"


def test_withdrawing_a_corrected_release_does_not_bring_back_the_first(play: ReleaseScenario) -> None:
    play.make()
    play.add(5)
    play.withdraw(play.make())
    assert play.shown() is None
    assert stored.shown_to_company(play.session, play.firms[0]) == []


def test_a_year_is_not_corrected_once_the_next_one_speaks_of_it(play: ReleaseScenario) -> None:
    for place, firm in enumerate(play.firms):
        add_version(play.session, firm, usual_figures(place + 3), year=YEAR - 1)
    play.session.commit()
    play.make(YEAR - 1)
    this_year = play.make()
    content = play.shown().content  # type: ignore[union-attr]
    before, now = content.matched["energy.total"]
    assert (before.companies, now.companies) == (8, 8)
    for firm in play.add(5):
        add_version(play.session, firm, usual_figures(2), year=YEAR - 1)
    assert play.order(YEAR - 1).state is ReleaseState.REFUSED
    assert this_year.state is ReleaseState.MADE


def test_a_member_sees_the_releases_of_years_that_it_allows(play: ReleaseScenario) -> None:
    play.make()
    inside, outside = play.firms[0], add_firm(play.session, play.cluster.id, "Neu", aggregates_from=YEAR)
    never = add_firm(play.session, play.cluster.id, "Nie", aggregates_from=None)
    later = add_firm(play.session, play.cluster.id, "Später", aggregates_from=YEAR + 1)
    seen = {
        firm: [
            (each.cluster_name, bool(each.release)) for each in stored.shown_to_company(play.session, firm)
        ]
        for firm in (inside, outside, never, later)
    }
    assert seen == {
        inside: [("Cluster Nord", True)],
        outside: [("Cluster Nord", True)],
        never: [],
        later: [],
    }
