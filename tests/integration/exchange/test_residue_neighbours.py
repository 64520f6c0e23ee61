"""Neighbouring clusters on both databases: three agree, each takes it back at once, nothing comes again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.residues import MAX_NEIGHBOURS, MAX_PROPOSALS_A_DAY, NoticeKind
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent_renewal import ResiduesFirst, change_choice
from dnk_tool.services.exchange import neighbours as verbs
from dnk_tool.services.exchange import residue_inquiries as asking
from dnk_tool.services.exchange import residues as notices
from dnk_tool.services.exchange.neighbours import (
    NeighbourBefore,
    NeighbourGone,
    NeighbourIsFull,
    NoSuchCluster,
    TooManyNeighbours,
)
from dnk_tool.services.exchange.residue_inquiries import AskedBefore, NoMatch
from dnk_tool.services.exchange.residue_members import NeighboursNotAllowed, ResidueGone
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import choices
from dnk_tool.store.exchange import neighbours, residues
from dnk_tool.store.exchange import residue_inquiries as inquiries
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.exchange.residues import NeighbourPair, ResidueInquiryRow, ResidueReport
from tests.integration.conftest import NOW
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, add_residue_firm, show
from tests.support.app import make_cluster

NORTH, SOUTH = "Netz Nord", "Netz Süd"
LATER = NOW + timedelta(hours=1)
STEPS = (EventKind.NEIGHBOUR_PROPOSED, EventKind.NEIGHBOUR_ACCEPTED, EventKind.NEIGHBOUR_ENDED)
RESIDUES, ACROSS = ConsentChoice.RESIDUES, ConsentChoice.RESIDUE_NEIGHBOURS


class Region:
    """Two clusters that are neighbours; wood shows an offer in the north, the garden asks from the south."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.north: Cluster = make_cluster(
            session, NORTH, norma=ClusterRole.MANAGER, rieke=ClusterRole.REVIEWER
        )
        self.south: Cluster = make_cluster(session, SOUTH, sven=ClusterRole.MANAGER)
        self.wood = add_residue_firm(session, self.north.id, "Möbelwerk Eich GmbH", "erna", crosses=True)
        self.garden = add_residue_firm(session, self.south.id, "Gartenbau Lind GmbH", "leo", crosses=True)
        self.leads = {
            cluster.id: Actor(self._account(who), clusters={cluster.id: ClusterRole.MANAGER})
            for cluster, who in ((self.north, "norma"), (self.south, "sven"))
        }
        self.agree()
        self.offer = show(session, self.wood, a_notice(), NOW)

    def _account(self, who: str) -> int:
        account = by_email(self.session, f"{who}@example.org")
        assert account is not None
        return account.id

    def agree(self) -> None:
        """Become neighbours."""
        self.propose(self.north, SOUTH)
        self.accept(self.south, self.north)

    def propose(
        self, cluster: Cluster, name: str, actor: Actor | None = None, now: datetime = NOW
    ) -> Cluster:
        work = Work(self.session, actor or self.leads[cluster.id], now)
        return verbs.propose_neighbour(work, cluster, name)

    def accept(self, cluster: Cluster, other: Cluster) -> bool:
        """Accept; whether that is new."""
        actor = self.leads[cluster.id]
        return verbs.accept_neighbour(Work(self.session, actor, NOW), cluster, other.id)[1]

    def end(self, cluster: Cluster, other: Cluster) -> None:
        verbs.end_neighbour(Work(self.session, self.leads[cluster.id], LATER), cluster, other.id)

    def choose(self, firm: ResidueFirm, choice: ConsentChoice, is_allowed: bool) -> None:
        change_choice(Work(self.session, firm.actor, LATER), firm.consent, choice, is_allowed=is_allowed)

    def ask(self, firm: ResidueFirm, notice_id: int) -> int:
        work = Work(self.session, firm.actor, NOW)
        return asking.ask(work, firm.id, firm.consent.cluster_id, notice_id, "Geht das?")

    def report(self, firm: ResidueFirm, notice_id: int) -> bool:
        work = Work(self.session, firm.actor, NOW)
        cluster = firm.consent.cluster_id
        return notices.report_notice(work, firm.id, cluster, notice_id, "Werbung")

    def get_in_touch(self) -> None:
        """The garden asks the wood, which agrees, and reports the notice."""
        self.ask(self.garden, self.offer)
        [asked] = self.read(self.wood)
        work = Work(self.session, self.wood.actor, NOW)
        asking.agree(work, self.wood.id, self.north.id, asked.row.id)
        self.report(self.garden, self.offer)

    def read(self, firm: ResidueFirm) -> list[inquiries.Inquiry]:
        return inquiries.of_member(self.session, firm.consent)

    def board(self, cluster: Cluster) -> list[str]:
        posted = residues.posted_notices(self.session, cluster.id, with_neighbours=True)
        return [f"{each.notice.title} {each.neighbour}".strip() for each in posted]


@pytest.fixture
def region(session: Session) -> Region:
    return Region(session)


def test_a_notice_crosses_with_the_name_of_its_cluster_and_stays_what_it_is_at_home(region: Region) -> None:
    assert region.board(region.south) == [f"Buchenspäne {NORTH}"]
    assert region.board(region.north) == ["Buchenspäne"]
    assert residues.posted_notices(region.session, region.south.id) == [], "for paper and files"


TAKEN_BACK: dict[str, Callable[[Region], None]] = {
    "the north": lambda region: region.end(region.north, region.south),
    "the south": lambda region: region.end(region.south, region.north),
    "the company": lambda region: region.choose(region.wood, ACROSS, False),
    "the company, residues": lambda region: region.choose(region.wood, RESIDUES, False),
    "the company, membership": lambda region: leave(region, region.wood),
}
TAKEN_BACK_BY_ASKER: dict[str, Callable[[Region], None]] = {
    "the asker": lambda region: region.choose(region.garden, ACROSS, False),
    "the asker, residues": lambda region: region.choose(region.garden, RESIDUES, False),
    "the asker, membership": lambda region: leave(region, region.garden),
}


def leave(region: Region, firm: ResidueFirm) -> None:
    cluster_consent.withdraw_consent(Work(region.session, firm.actor, LATER), firm.consent)


@pytest.mark.parametrize("act", TAKEN_BACK.values(), ids=TAKEN_BACK.keys())
def test_each_of_the_three_takes_it_back_and_everything_is_gone(
    region: Region, act: Callable[[Region], None]
) -> None:
    region.get_in_touch()
    assert [each.is_agreed for each in region.read(region.garden)] == [True]
    act(region)
    region.session.expire_all()
    assert region.board(region.south) == []
    assert region.read(region.garden) == region.read(region.wood) == []
    for table in (ResidueInquiryRow, ResidueReport):
        assert region.session.scalars(select(table)).all() == []
    with pytest.raises(ResidueGone):
        region.ask(region.garden, region.offer)


@pytest.mark.parametrize("act", TAKEN_BACK_BY_ASKER.values(), ids=TAKEN_BACK_BY_ASKER.keys())
def test_who_asked_takes_it_back_and_the_inquiry_is_gone(
    region: Region, act: Callable[[Region], None]
) -> None:
    region.get_in_touch()
    act(region)
    region.session.expire_all()
    assert region.read(region.wood) == []
    for table in (ResidueInquiryRow, ResidueReport):
        assert region.session.scalars(select(table)).all() == []


def test_what_was_asked_does_not_come_again_with_a_new_yes(region: Region) -> None:
    region.get_in_touch()
    region.end(region.south, region.north)
    region.agree()
    assert region.board(region.south) == [f"Buchenspäne {NORTH}"]
    assert region.read(region.garden) == []


def test_what_is_taken_back_across_stays_in_the_own_cluster(region: Region) -> None:
    near = add_residue_firm(region.session, region.north.id, "Nahe GmbH", "nina")
    region.get_in_touch()
    region.ask(near, region.offer)
    region.report(near, region.offer)
    region.choose(region.wood, ACROSS, False)
    assert region.board(region.north) == ["Buchenspäne"]
    assert [each.row.consent_id for each in region.read(region.wood)] == [near.consent.id]
    assert residues.reports_by_notice(region.session, [region.offer]) == {region.offer: ["Werbung"]}


def test_who_keeps_its_residues_at_home_does_not_ask_or_report_across(region: Region) -> None:
    choices.replace_choices(region.session, region.garden.consent.id, [RESIDUES])
    assert region.board(region.south) == [f"Buchenspäne {NORTH}"], "it may read"
    for act in (region.ask, region.report):
        with pytest.raises(NeighboursNotAllowed):
            act(region.garden, region.offer)


def test_neighbours_need_residues_and_go_with_them(region: Region) -> None:
    region.choose(region.wood, RESIDUES, False)
    assert choices.choices_of(region.session, region.wood.consent.id) == set()
    with pytest.raises(ResiduesFirst):
        region.choose(region.wood, ACROSS, True)
    region.choose(region.wood, RESIDUES, True)
    assert choices.choices_of(region.session, region.wood.consent.id) == {RESIDUES}, "no is what holds"
    events = region.session.scalars(select(Event).where(Event.organisation_id == region.wood.id)).all()
    given = [event.detail["choices"] for event in events if "choices" in event.detail]
    assert given[0] == {"residues": False, "residue-neighbours": False}


def test_no_third_cluster_sees_or_asks_anything(region: Region) -> None:
    third = make_cluster(region.session, "Netz West", wanda=ClusterRole.MANAGER)
    region.leads[third.id] = Actor(region._account("wanda"), clusters={third.id: ClusterRole.MANAGER})
    stranger = add_residue_firm(region.session, third.id, "Fremd GmbH", "frieda", crosses=True)
    region.propose(third, SOUTH)
    region.accept(region.south, third)
    assert region.board(third) == [], "neighbours of neighbours are none"
    with pytest.raises(ResidueGone):
        region.ask(stranger, region.offer)
    region.propose(third, NORTH)
    assert region.board(third) == [], "proposed is not agreed"


def test_a_cluster_that_rests_has_no_neighbours(region: Region) -> None:
    region.get_in_touch()
    region.north.archived_at = NOW
    region.session.flush()
    assert region.board(region.south) == []
    assert region.board(region.north) == ["Buchenspäne"], "its own members still read"
    assert region.read(region.garden) == []
    assert neighbours.of_cluster(region.session, region.south.id) == []


def test_managers_introduce_across_only_what_both_companies_let_cross(region: Region) -> None:
    search = show(region.session, region.garden, a_notice(NoticeKind.SEARCH, title="Späne für Wege"), NOW)
    home = add_residue_firm(region.session, region.north.id, "Daheim GmbH", "dora")
    kept = show(region.session, home, a_notice(title="Nur für uns"), NOW)
    north = Work(region.session, region.leads[region.north.id], NOW)
    with pytest.raises(NoMatch):
        asking.introduce(north, region.north, kept, search)
    asked = asking.introduce(north, region.north, region.offer, search)
    assert asked == (region.wood.id, region.garden.id)
    south = Work(region.session, region.leads[region.south.id], NOW)
    with pytest.raises(AskedBefore):
        asking.introduce(south, region.south, region.offer, search)
    for cluster in (region.north, region.south):
        assert len(inquiries.introductions(region.session, cluster.id)) == 1
    logged = region.session.scalars(select(Event).where(Event.kind == "residue-asked")).all()
    assert [event.detail["residue"] for event in logged] == ["Buchenspäne"], "the own cluster's alone"
    [of_wood], [of_garden] = region.read(region.wood), region.read(region.garden)
    assert (of_wood.neighbour, of_garden.neighbour) == (SOUTH, NORTH)


def test_only_the_managers_of_its_cluster_take_a_notice_down(region: Region) -> None:
    work = Work(region.session, region.leads[region.south.id], LATER)
    with pytest.raises(ResidueGone):
        notices.take_down(work, region.south, region.offer, "Weg")
    region.report(region.garden, region.offer)
    assert residues.reports_by_notice(region.session, [region.offer]) == {region.offer: ["Werbung"]}


def test_proposals_name_the_whole_cluster_and_are_answered_by_the_other(region: Region) -> None:
    west = make_cluster(region.session, "Netz West", wanda=ClusterRole.MANAGER)
    region.leads[west.id] = Actor(region._account("wanda"), clusters={west.id: ClusterRole.MANAGER})
    for name in ("Netz", "Netz Ost", NORTH, ""):
        with pytest.raises(NoSuchCluster):
            region.propose(region.north, name)
    with pytest.raises(NeighbourBefore):
        region.propose(region.south, NORTH)
    region.propose(region.north, "  netz   WEST ")
    with pytest.raises(NeighbourGone):
        region.accept(region.north, west)
    region.end(west, region.north)
    with pytest.raises(NeighbourGone):
        region.accept(west, region.north)
    make_cluster(region.session, "Netz West")
    with pytest.raises(NoSuchCluster):
        region.propose(region.north, "Netz West")


@pytest.mark.parametrize("typed", ["Ökonetz Übersee", "ökonetz ÜBERSEE", "oekonetz uebersee"])
def test_a_name_with_umlauts_is_found_on_both_databases(region: Region, typed: str) -> None:
    make_cluster(region.session, "Ökonetz Übersee")
    assert region.propose(region.north, typed).name == "Ökonetz Übersee"


def test_a_name_with_letters_of_other_languages_is_found_as_it_is_written(region: Region) -> None:
    make_cluster(region.session, "Şahin & Østby")
    assert region.propose(region.north, "Şahin & Østby").name == "Şahin & Østby"


def test_to_accept_twice_is_nothing_new(region: Region) -> None:
    assert region.accept(region.south, region.north) is False
    assert region.accept(region.north, region.south) is False, "who proposed has nothing to accept either"
    accepted = region.session.scalars(select(Event).where(Event.kind == EventKind.NEIGHBOUR_ACCEPTED))
    assert len(accepted.all()) == len((NORTH, SOUTH)), "once in each log"


def fill_neighbours(region: Region, cluster: Cluster) -> list[Cluster]:
    """Give a cluster as many neighbours as it may have; returns those that are new."""
    left = MAX_NEIGHBOURS - neighbours.count(region.session, cluster.id)
    others = [make_cluster(region.session, f"Netz {number}") for number in range(left)]
    for other in others:
        neighbours.propose(region.session, other.id, cluster.id, now=NOW)
    return others


def test_who_has_as_many_as_possible_proposes_no_more_and_reads_whose_limit_it_is(region: Region) -> None:
    make_cluster(region.session, "Netz West")
    fill_neighbours(region, region.south)
    with pytest.raises(TooManyNeighbours):
        region.propose(region.south, "Netz West")
    east = make_cluster(region.session, "Netz Ost", olga=ClusterRole.MANAGER)
    region.leads[east.id] = Actor(region._account("olga"), clusters={east.id: ClusterRole.MANAGER})
    with pytest.raises(NeighbourIsFull):
        region.propose(east, SOUTH)


def test_a_neighbour_that_rests_takes_no_place(region: Region) -> None:
    make_cluster(region.session, "Netz West")
    resting = fill_neighbours(region, region.south)[0]
    resting.archived_at = NOW
    region.session.flush()
    listed = neighbours.of_cluster(region.session, region.south.id)
    assert resting.id not in {each.cluster.id for each in listed}
    assert region.propose(region.south, "Netz West").name == "Netz West"


def test_proposals_end_at_a_limit_also_when_they_are_taken_back(region: Region) -> None:
    west = make_cluster(region.session, "Netz West")
    for _again in range(MAX_PROPOSALS_A_DAY - 1):
        region.propose(region.north, "Netz West")
        region.end(region.north, west)
    with pytest.raises(TooManyNeighbours):
        region.propose(region.north, "Netz West")
    region.propose(region.north, "Netz West", now=NOW + timedelta(hours=25))


def test_nobody_but_the_managers_proposes_accepts_or_ends(region: Region) -> None:
    reviewer = Actor(region._account("rieke"), clusters={region.north.id: ClusterRole.REVIEWER})
    member = Actor(region.wood.actor.user_id, {region.wood.id: Role.OWNER})
    for actor in (reviewer, member, region.leads[region.south.id]):
        work = Work(region.session, actor, LATER)
        with pytest.raises(NotPermitted):
            verbs.propose_neighbour(work, region.north, "Netz West")
        with pytest.raises(NotPermitted):
            verbs.accept_neighbour(work, region.north, region.south.id)
        with pytest.raises(NotPermitted):
            verbs.end_neighbour(work, region.north, region.south.id)
    assert len(region.session.scalars(select(NeighbourPair)).all()) == 1


def test_both_logs_say_what_happened_and_the_other_one_names_no_person(region: Region) -> None:
    region.end(region.south, region.north)
    for cluster, other, own_steps in (
        (region.north, SOUTH, [True, False, False]),
        (region.south, NORTH, [False, True, True]),
    ):
        events = region.session.scalars(
            select(Event).where(Event.cluster_id == cluster.id, Event.kind.in_(STEPS)).order_by(Event.id)
        ).all()
        assert [event.kind for event in events] == list(STEPS)
        assert {event.detail["neighbour"] for event in events} == {other}
        assert [event.actor_id is not None for event in events] == own_steps
