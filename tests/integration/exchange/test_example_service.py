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
from tests.support.work import call_verb

BY: dict[str, Any] = {"actor": SHELL, "now": NOW}
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
        call_verb(verbs.begin_example, session, company, idea.id, CONTENT, **BY)
    with pytest.raises(ExampleGone):
        call_verb(verbs.begin_example, session, network.reader.id, idea.id, CONTENT, **BY)
    bare = replace(MEASURE, effect=replace(EFFECT, basis=None))
    done = measures.add(session, company, bare, by=None, now=NOW)
    row = call_verb(verbs.begin_example, session, company, done.id, replace(CONTENT, advice=""), **BY)
    assert call_verb(verbs.begin_example, session, company, done.id, CONTENT, **BY) is row
    with pytest.raises(ExampleIncomplete) as lacking:
        call_verb(verbs.offer_example, session, company, row.id, network.cluster.id, seen=row.version, **BY)
    assert lacking.value.parts == (ExamplePart.ADVICE, ExamplePart.NUMBER)
    elsewhere = make_cluster(session, "Anderes Netz")
    add_consent(session, company, elsewhere.id)
    with pytest.raises(ClusterNotAllowed):
        call_verb(verbs.offer_example, session, company, row.id, elsewhere.id, seen=row.version, **BY)


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
    verbs.withdraw_example(session, company, row.id, **BY)
    kept: dict[str, Any] = {"picture": None, "is_contact": None}
    call_verb(verbs.change_example, session, company, row.id, CONTENT, **kept, seen=row.version, **BY)
    assert examples.number_of(row).effect.basis is EffectBasis.ESTIMATED


def test_two_people_do_not_overwrite_each_other(network: Network) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id)
    kept: dict[str, Any] = {"picture": None, "is_contact": None}
    with pytest.raises(ExampleNotOpen):
        call_verb(verbs.change_example, session, company, row.id, CONTENT, **kept, seen=row.version, **BY)
    verbs.withdraw_example(session, company, row.id, **BY)
    seen = row.version
    mine = replace(CONTENT, title="Mein Titel")
    call_verb(verbs.change_example, session, company, row.id, mine, **kept, seen=seen, **BY)
    with pytest.raises(ConflictError):
        call_verb(verbs.change_example, session, company, row.id, CONTENT, **kept, seen=seen, **BY)
    with pytest.raises(ConflictError):  # a picture is news, too
        call_verb(
            verbs.change_example,
            session,
            company,
            row.id,
            mine,
            picture=b"x",
            is_contact=None,
            seen=seen,
            **BY,
        )
    with pytest.raises(ConflictError):  # nobody offers what they have not seen
        call_verb(verbs.offer_example, session, company, row.id, network.cluster.id, seen=seen, **BY)
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
    verbs.withdraw_example(session, company, row.id, **BY)
    with pytest.raises(ExampleGone):
        call_verb(verbs.publish_example, session, network.cluster, row.id, seen=seen, **BY)
    call_verb(verbs.offer_example, session, company, row.id, network.cluster.id, seen=row.version, **BY)
    with pytest.raises(ExampleNotOpen):
        call_verb(verbs.publish_example, session, network.cluster, row.id, seen=seen, **BY)
    call_verb(verbs.return_example, session, network.cluster, row.id, "Kürzer.", seen=row.version, **BY)
    assert (row.state, row.returned_reason, network.shown()) == (ExampleState.DRAFT, "Kürzer.", [])


ENDS = ("choice", "membership", "removed", "moved", "deleted", "restored", "done again")


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_it_nobody_else_sees_it_any_more(network: Network, end: str) -> None:
    session, company = network.session, network.company
    row = tell_example(session, company, network.cluster.id, picture=b"jpeg")
    owner = Actor(1, {company: Role.OWNER})
    assert network.shown() == [CONTENT.title]
    if end == "choice":
        allow: dict[str, Any] = {"actor": owner, "now": NOW}
        consent_renewal.change_choice(
            session, network.consent(), ConsentChoice.EXAMPLES, is_allowed=False, **allow
        )
        consent_renewal.change_choice(
            session, network.consent(), ConsentChoice.EXAMPLES, is_allowed=True, **allow
        )
    elif end == "membership":
        cluster_consent.withdraw_consent(session, network.consent(), actor=owner, now=NOW)
        add_consent(session, company, network.cluster.id)
        allow_examples(session, company, network.cluster.id)
    elif end == "deleted":
        verbs.remove_example(session, company, row.id, **BY)
        assert session.scalar(select(func.count()).select_from(ExamplePicture)) == 0
    elif end == "restored":
        call_verb(measure_verbs.remove_measure, session, company, row.measure_id, **BY)
        call_verb(measure_verbs.restore_measure, session, company, row.measure_id, **BY)
    elif end == "done again":
        for seen, state in enumerate((MeasureState.RUNNING, MeasureState.DONE), 1):
            move: dict[str, Any] = {"seen": seen, **BY}
            is_taken_back = call_verb(
                measure_verbs.move_measure, session, company, row.measure_id, state, **move
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
    call_verb(verbs.change_example, session, company, row.id, mine, **kept, seen=row.version, **BY)
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
    verbs.remove_contact(session, company, row.id, **BY)
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
    call_verb(verbs.publish_example, network.session, network.cluster, row.id, seen=row.version, **BY)
    assert locked == ["company", "cluster"]


def test_a_deleted_example_gives_its_number_to_nobody(network: Network) -> None:
    """Else a page that is still open would publish what its manager never read."""
    session, company = network.session, network.company
    first = tell_example(session, company, network.cluster.id, is_published=False).id
    verbs.remove_example(session, company, first, **BY)
    assert tell_example(session, company, network.cluster.id, is_published=False).id > first
