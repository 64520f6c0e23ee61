"""Who asks, takes back, accepts and ends across two clusters at the same moment: no deadlock, no rest."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange import residue_inquiries
from dnk_tool.services.exchange.neighbours import NeighbourGone, accept_neighbour, end_neighbour
from dnk_tool.services.exchange.residue_inquiries import AskedBefore, NoMatch
from dnk_tool.services.exchange.residue_members import NeighboursNotAllowed, ResidueGone
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.exchange import residue_inquiries as stored
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.residues import NeighbourPair, ResidueInquiryRow
from tests.integration.conftest import NOW
from tests.integration.exchange.residue_members import a_notice, show
from tests.integration.exchange.test_residue_neighbours import Region
from tests.support.machine import run_at_once


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    """What comes of acts that begin together: "done" or the exception's name; none waits for ever."""
    barrier, outcomes = threading.Barrier(len(acts)), dict[int, str]()

    def run(place: int) -> None:
        barrier.wait()
        try:
            acts[place]()
            outcomes[place] = "done"
        except (ResidueGone, NeighbourGone, NeighboursNotAllowed, NoMatch, AskedBefore) as error:
            outcomes[place] = type(error).__name__

    run_at_once(partial(run, place) for place in range(len(acts)))
    return [outcomes[place] for place in range(len(acts))]


@pytest.mark.parametrize("who", ["cluster", "company"])
def test_who_asks_while_it_is_taken_back_leaves_nothing_behind(
    store: sessionmaker[Session], who: str
) -> None:
    """Both ask each other while one takes it back, which neither deadlocks nor leaves an inquiry."""
    with write_session(store) as session:
        region = Region(session)
        search = show(session, region.garden, a_notice(NoticeKind.SEARCH), NOW)
        firms, offer = (region.wood, region.garden), region.offer
        clusters, lead = (region.north.id, region.south.id), region.leads[region.north.id]
        consents = [firm.consent.id for firm in firms]
        actors, companies = [firm.actor for firm in firms], [firm.id for firm in firms]
        session.commit()

    def ask(place: int, notice: int) -> None:
        with write_session(store) as session:
            work = Work(session, actors[place], NOW)
            residue_inquiries.ask(work, companies[place], clusters[place], notice, "Geht das?")
            session.commit()

    def take_back() -> None:
        with write_session(store) as session:
            if who == "cluster":
                north = session.get_one(Cluster, clusters[0])
                end_neighbour(Work(session, lead, NOW), north, clusters[1])
            else:
                consent = session.get_one(Consent, consents[0])
                work = Work(session, actors[0], NOW)
                change_choice(work, consent, ConsentChoice.RESIDUE_NEIGHBOURS, is_allowed=False)
            session.commit()

    def introduce() -> None:
        with write_session(store) as session:
            north = session.get_one(Cluster, clusters[0])
            residue_inquiries.introduce(Work(session, lead, NOW), north, offer, search)
            session.commit()

    outcomes = at_once([lambda: ask(0, search), lambda: ask(1, offer), introduce, take_back])
    assert outcomes[3] == "done"
    with write_session(store) as session:
        assert session.scalars(select(ResidueInquiryRow)).all() == []
        assert all(stored.of_member(session, session.get_one(Consent, key)) == [] for key in consents)


def test_two_clusters_that_accept_and_end_at_once_agree_on_what_holds(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        region = Region(session)
        region.end(region.north, region.south)
        region.propose(region.north, region.south.name)
        clusters = (region.north.id, region.south.id)
        leads = [region.leads[key] for key in clusters]
        session.commit()

    def act(place: int) -> None:
        with write_session(store) as session:
            cluster, work = session.get_one(Cluster, clusters[place]), Work(session, leads[place], NOW)
            if place:
                accept_neighbour(work, cluster, clusters[0])
            else:
                end_neighbour(work, cluster, clusters[1])
            session.commit()

    outcomes = at_once([lambda: act(0), lambda: act(1)])
    assert outcomes[0] == "done"
    with write_session(store) as session:
        assert session.scalars(select(NeighbourPair)).all() == []
