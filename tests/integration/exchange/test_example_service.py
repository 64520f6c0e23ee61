"""Examples on both databases: who may do what, what is refused, and what two people do at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.examples import ExamplePart, ExampleState
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureState
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.exchange import example_proposals
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.exchange.examples import (
    ClusterNotAllowed,
    ExampleGone,
    ExampleIncomplete,
    ExampleNotOpen,
    MeasureNotDone,
)
from dnk_tool.services.measures import measures as measure_verbs
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import examples
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.exchange.examples import ExamplePicture
from dnk_tool.store.tables.organisations import Membership
from tests.integration.exchange.told_examples import (
    CONTENT,
    EFFECT,
    MEASURE,
    NOW,
    allow_examples,
    tell_example,
)
from tests.support.app import add_consent, make_cluster, make_organisation

TODAY = NOW.date()


class Network:
    """A cluster with two members, of which one tells examples."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cluster = make_cluster(session, "Netz", leiterin=ClusterRole.MANAGER)
        self.company = make_organisation(session, "Ofenbau GmbH", chefin=Role.OWNER).id
        self.reader = make_organisation(session, "Leser GmbH", leser=Role.OWNER)
        for company in (self.company, self.reader.id):
            add_consent(session, company, self.cluster.id)
            allow_examples(session, company, self.cluster.id)

    def shown(self) -> list[str]:
        """The titles that the cluster's members read now."""
        found = examples.list_shown(self.session, [self.cluster.id], ExampleState.PUBLISHED, today=TODAY)
        return [one.content.title for one in found]

    def consent(self) -> Any:
        return clusters.find_consent(self.session, self.company, self.cluster.id)


@pytest.fixture
def network(session: Session) -> Network:
    return Network(session)


def test_only_what_is_done_and_whole_is_offered_and_only_where_it_is_allowed(network: Network) -> None:
    session, company = network.session, network.company
    idea = measures.add(session, company, CompanyMeasure("Idee"), by=None, now=NOW)
    with pytest.raises(MeasureNotDone):
        verbs.begin_example(Work(session, SHELL, NOW), company, idea.id, CONTENT)
    with pytest.raises(ExampleGone):
        verbs.begin_example(Work(session, SHELL, NOW), network.reader.id, idea.id, CONTENT)
    bare = replace(MEASURE, effect=replace(EFFECT, basis=None))
    done = measures.add(session, company, bare, by=None, now=NOW)
    row = verbs.begin_example(Work(session, SHELL, NOW), company, done.id, replace(CONTENT, advice=""))
    assert verbs.begin_example(Work(session, SHELL, NOW), company, done.id, CONTENT) is row
    with pytest.raises(ExampleIncomplete) as lacking:
        verbs.offer_example(Work(session, SHELL, NOW), company, row.id, network.cluster.id, seen=row.version)
    assert lacking.value.parts == (ExamplePart.ADVICE, ExamplePart.NUMBER)
    elsewhere = make_cluster(session, "Anderes Netz")
    add_consent(session, company, elsewhere.id)
    with pytest.raises(ClusterNotAllowed):
        verbs.offer_example(Work(session, SHELL, NOW), company, row.id, elsewhere.id, seen=row.version)


def test_the_number_is_that_of_the_day_on_which_the_example_was_saved(network: Network) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id)
    stored = measures.find_row(session, company, row.measure_id)
    assert stored is not None
    halved = replace(MEASURE, effect=replace(EFFECT, basis=EffectBasis.ESTIMATED))
    measures.write(session, stored, halved, by=None, now=NOW)
    shown = examples.find_shown(session, [network.cluster.id], row.id, today=TODAY)
    assert shown is not None
    assert shown.number.effect.basis is EffectBasis.MEASURED
    verbs.withdraw_example(Work(session, SHELL, NOW), company, row.id)
    kept: dict[str, Any] = {"picture": None, "is_contact": None}
    verbs.change_example(Work(session, SHELL, NOW), company, row.id, CONTENT, **kept, seen=row.version)
    assert examples.number_of(row).effect.basis is EffectBasis.ESTIMATED


def test_two_people_do_not_overwrite_each_other(network: Network) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id)
    kept: dict[str, Any] = {"picture": None, "is_contact": None}
    with pytest.raises(ExampleNotOpen):
        verbs.change_example(Work(session, SHELL, NOW), company, row.id, CONTENT, **kept, seen=row.version)
    verbs.withdraw_example(Work(session, SHELL, NOW), company, row.id)
    seen = row.version
    mine = replace(CONTENT, title="Mein Titel")
    verbs.change_example(Work(session, SHELL, NOW), company, row.id, mine, **kept, seen=seen)
    with pytest.raises(ConflictError):
        verbs.change_example(Work(session, SHELL, NOW), company, row.id, CONTENT, **kept, seen=seen)
    with pytest.raises(ConflictError):  # a picture is news, too
        verbs.change_example(
            Work(session, SHELL, NOW), company, row.id, mine, picture=b"x", is_contact=None, seen=seen
        )
    with pytest.raises(ConflictError):  # nobody offers what they have not seen
        verbs.offer_example(Work(session, SHELL, NOW), company, row.id, network.cluster.id, seen=seen)
    assert row.title == "Mein Titel"


def test_a_manager_publishes_only_what_was_seen_and_only_in_the_own_cluster(network: Network) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id, is_published=False)
    seen = row.version
    other = make_cluster(session, "Anderes Netz")
    stranger = Actor(99, clusters={other.id: ClusterRole.MANAGER})
    with pytest.raises(NotPermitted):
        verbs.publish_example(Work(session, stranger, NOW), network.cluster, row.id, seen=seen)
    with pytest.raises(ExampleGone):
        verbs.publish_example(Work(session, stranger, NOW), other, row.id, seen=seen)
    verbs.withdraw_example(Work(session, SHELL, NOW), company, row.id)
    with pytest.raises(ExampleGone):
        verbs.publish_example(Work(session, SHELL, NOW), network.cluster, row.id, seen=seen)
    verbs.offer_example(Work(session, SHELL, NOW), company, row.id, network.cluster.id, seen=row.version)
    with pytest.raises(ExampleNotOpen):
        verbs.publish_example(Work(session, SHELL, NOW), network.cluster, row.id, seen=seen)
    verbs.return_example(Work(session, SHELL, NOW), network.cluster, row.id, "Kürzer.", seen=row.version)
    assert (row.state, row.returned_reason, network.shown()) == (ExampleState.DRAFT, "Kürzer.", [])


ENDS = ("choice", "membership", "removed", "moved", "deleted", "restored", "done again")


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_it_nobody_else_sees_it_any_more(network: Network, end: str) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id, picture=b"jpeg")
    work = Work(session, Actor(1, {company: Role.OWNER}), NOW)
    assert network.shown() == [CONTENT.title]
    if end == "choice":
        for is_allowed in (False, True):
            consent_renewal.change_choice(
                work, network.consent(), ConsentChoice.EXAMPLES, is_allowed=is_allowed
            )
    elif end == "membership":
        cluster_consent.withdraw_consent(work, network.consent())
        add_consent(session, company, network.cluster.id)
        allow_examples(session, company, network.cluster.id)
    elif end == "deleted":
        verbs.remove_example(Work(session, SHELL, NOW), company, row.id)
        assert session.scalar(select(func.count()).select_from(ExamplePicture)) == 0
    elif end == "restored":
        measure_verbs.remove_measure(Work(session, SHELL, NOW), company, row.measure_id)
        measure_verbs.restore_measure(Work(session, SHELL, NOW), company, row.measure_id)
    elif end == "done again":
        for seen, state in enumerate((MeasureState.RUNNING, MeasureState.DONE), 1):
            is_taken_back = measure_verbs.move_measure(
                Work(session, SHELL, NOW), company, row.measure_id, state, seen=seen
            )
            assert is_taken_back is (state is MeasureState.RUNNING)
    else:
        stored = measures.find_row(session, company, row.measure_id)
        assert stored is not None
        stored.removed_at = NOW if end == "removed" else None
        stored.state = MeasureState.RUNNING if end == "moved" else stored.state
        session.flush()
    assert network.shown() == []  # also after it is allowed again: that is no new yes


def test_an_example_whose_cluster_is_gone_is_a_draft_again(network: Network) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id)
    session.delete(network.consent())
    session.flush()
    session.refresh(row)
    kept: dict[str, Any] = {"picture": None, "is_contact": None}
    mine = replace(CONTENT, title="Neu")
    verbs.change_example(Work(session, SHELL, NOW), company, row.id, mine, **kept, seen=row.version)
    assert (row.title, row.state) == ("Neu", ExampleState.DRAFT)


def test_the_person_to_ask_is_named_only_as_long_as_they_belong_to_the_company(network: Network) -> None:
    session, company = network.session, network.company
    owner = session.scalars(select(Membership).where(Membership.organisation_id == company)).one()
    row = tell_example(session, company, network.cluster.id, contact_id=owner.user_id)

    def contact() -> str:
        shown = examples.find_shown(session, [network.cluster.id], row.id, today=TODAY)
        return shown.contact.email if shown else "gone"

    assert contact() == "chefin@example.org"
    owner.until = TODAY - timedelta(days=1)
    session.flush()
    assert contact() == ""
    owner.until = None
    verbs.remove_contact(Work(session, SHELL, NOW), company, row.id)
    assert contact() == ""


def test_what_fits_comes_first_and_the_own_ones_never(network: Network) -> None:
    session, reader = network.session, network.reader
    tell_example(session, network.company, network.cluster.id)
    tell_example(session, reader.id, network.cluster.id, replace(CONTENT, title="Eigenes"))
    assert example_proposals.fitting_examples(session, reader, [], now=NOW) == []
    fitting = example_proposals.fitting_examples(session, reader, [MEASURE], now=NOW)
    assert [one.content.title for one in fitting] == [CONTENT.title]


def test_a_manager_locks_the_company_before_the_cluster(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As members do who ask about residues: two who lock both the other way round wait for each other."""
    row = tell_example(network.session, network.company, network.cluster.id, is_published=False)
    locked: list[str] = []

    def noting(name: str, lock: Callable[..., None]) -> Callable[..., None]:
        def noted(*given: Any, **named: Any) -> None:
            locked.append(name)
            lock(*given, **named)

        return noted

    monkeypatch.setattr(declarations, "lock_organisation", noting("company", declarations.lock_organisation))
    monkeypatch.setattr(clusters, "lock", noting("cluster", clusters.lock))
    verbs.publish_example(Work(network.session, SHELL, NOW), network.cluster, row.id, seen=row.version)
    assert locked == ["company", "cluster"]


def test_a_deleted_example_gives_its_number_to_nobody(network: Network) -> None:
    """Else a page that is still open would publish what its manager never read."""
    session, company = network.session, network.company
    first = tell_example(session, company, network.cluster.id, is_published=False).id
    verbs.remove_example(Work(session, SHELL, NOW), company, first)
    assert tell_example(session, company, network.cluster.id, is_published=False).id > first
