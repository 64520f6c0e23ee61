"""Which finished versions enter a release: each condition with one that just does and one that does not."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.entering_versions import EnteringMembers, EnteringVersion
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.states import Decision
from dnk_tool.store.aggregates import entering_members
from dnk_tool.store.declarations import versions
from dnk_tool.store.tables.clusters import Consent, PracticeFirm
from dnk_tool.store.tables.declarations import Declaration, SignOff, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import Approval
from tests.integration.aggregates.release_members import (
    LONG_AGO,
    YEAR,
    add_firm,
    add_version,
    publish_version,
    usual_figures,
)
from tests.support.cockpit_members import make_bare_cluster

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def cluster(session: Session) -> int:
    return make_bare_cluster(session)


def entering(session: Session, cluster: int) -> list[EnteringVersion]:
    session.flush()
    found = entering_members.entering_versions(session, cluster, YEAR)
    counted = entering_members.entering_members(session, cluster, YEAR)
    assert len(found) == counted.entering, "the page counts just those that enter"
    return found


def finished_firm(session: Session, cluster: int, **consent: object) -> tuple[int, Snapshot]:
    firm = add_firm(session, cluster, "Firma", **consent)  # type: ignore[arg-type]
    return firm, add_version(session, firm, usual_figures(1))


def test_a_finished_version_of_a_member_that_allows_its_figures_enters(
    session: Session, cluster: int
) -> None:
    firm, version = finished_firm(session, cluster, aggregates_from=YEAR)
    only = EnteringVersion(firm, version.id, version.declaration_id, 1, *[False] * 5, is_confirmed=True)
    assert entering(session, cluster) == [only]
    assert entering_members.entering_versions(session, cluster, YEAR - 1) == []
    assert entering_members.entering_versions(session, make_bare_cluster(session, "Cluster Süd"), YEAR) == []


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        ({"aggregates_from": YEAR + 1}, "later"),
        ({"aggregates_from": None}, "not_allowed"),
        ({"edition": "2026-11c"}, "earlier_edition"),
        ({"edition": ""}, "earlier_edition"),
    ],
)
def test_without_consent_to_the_year_and_to_comparisons_nothing_enters(
    session: Session, cluster: int, consent: dict[str, object], reason: str
) -> None:
    finished_firm(session, cluster, **consent)
    finished_firm(session, cluster)
    assert len(entering(session, cluster)) == 1
    zeros = dict.fromkeys(("archived", "earlier_edition", "not_allowed", "later", "unfinished"), 0)
    assert entering_members.entering_members(session, cluster, YEAR) == EnteringMembers(
        2, **{**zeros, reason: 1}
    )


def test_withdrawn_archived_and_practice_firms_do_not_enter(session: Session, cluster: int) -> None:
    for _place in range(3):
        finished_firm(session, cluster)
    withdrawn, archived, practised = session.query(Consent).order_by(Consent.id)
    withdrawn.withdrawn_at = NOW
    session.get_one(Organisation, archived.organisation_id).archived_at = NOW
    assert [each.company for each in entering(session, cluster)] == [practised.organisation_id]
    session.add(PracticeFirm(cluster_id=cluster, organisation_id=practised.organisation_id, begun_at=NOW))
    assert entering(session, cluster) == []
    assert entering_members.entering_members(session, cluster, YEAR) == EnteringMembers(1, 1, 0, 0, 0, 0)


def _approve(session: Session, version: Snapshot) -> None:
    session.add(
        Approval(
            declaration_id=version.declaration_id,
            version=version.version,
            cluster_name="Cluster Nord",
            approved_at=NOW,
        )
    )


def _withdraw_approval(session: Session, version: Snapshot) -> None:
    _approve(session, version)
    session.flush()
    approval = session.query(Approval).one()
    approval.withdrawn_at, approval.reason = NOW, "Ein Irrtum"


def _sign(decision: Decision | None) -> Callable[[Session, Snapshot], None]:
    def sign(session: Session, version: Snapshot) -> None:
        version.submitted_at = version.cluster_id = None
        session.add(
            SignOff(
                declaration_id=version.declaration_id,
                version=version.version,
                asked_at=NOW,
                decision=decision,
                decided_at=NOW if decision else None,
                reason="Nein" if decision else "",
            )
        )

    return sign


def _delete(session: Session, version: Snapshot) -> None:
    session.get_one(Declaration, version.declaration_id).deleted_at = NOW


@pytest.mark.parametrize(
    ("happened", "enters"),
    [
        (lambda _session, _version: None, False),
        (_approve, True),
        (_withdraw_approval, False),
        (_sign(None), False),
        (_sign(Decision.DECLINED), False),
        (_sign(Decision.WITHDRAWN), False),
        (_sign(Decision.CONFIRMED), True),
    ],
)
def test_only_approved_and_finished_versions_enter(
    session: Session, cluster: int, happened: Callable[[Session, Snapshot], None], enters: bool
) -> None:
    firm = add_firm(session, cluster, "Firma")
    version = add_version(session, firm, usual_figures(1), submitted_to=cluster)
    happened(session, version)
    assert bool(entering(session, cluster)) is enters
    (known,) = versions.versions(session, version.declaration_id)
    assert (known.outcome in versions.FINAL) is enters, "the database says the same as the version's page"
    assert entering_members.entering_members(session, cluster, YEAR).unfinished == (not enters)


def test_the_latest_finished_version_enters_and_a_later_one_in_review_does_not(
    session: Session, cluster: int
) -> None:
    firm, first = finished_firm(session, cluster)
    declaration = session.get_one(Declaration, first.declaration_id)
    second = add_version(session, firm, usual_figures(2), declaration=declaration)
    add_version(session, firm, usual_figures(3), declaration=declaration, submitted_to=cluster)
    assert [each.snapshot for each in entering(session, cluster)] == [second.id]
    _delete(session, first)
    assert entering(session, cluster) == []


def test_who_can_read_a_version_and_whether_the_profile_may_be_used_comes_along(
    session: Session, cluster: int
) -> None:
    plain, _version = finished_firm(session, cluster)
    shown, version = finished_firm(session, cluster, choices=[ConsentChoice.PROFILE])
    here = add_firm(session, cluster, "Hier")
    _approve(session, add_version(session, here, usual_figures(1), submitted_to=cluster))
    there = add_firm(session, cluster, "Dort")
    elsewhere = make_bare_cluster(session, "Cluster Süd")
    _approve(session, add_version(session, there, usual_figures(1), submitted_to=elsewhere))
    publish_version(session, version)
    known = {
        each.company: (each.is_published, each.is_submitted, each.shows_profile)
        for each in entering(session, cluster)
    }
    assert known == {
        plain: (False, False, False),
        shown: (True, False, True),
        here: (False, True, False),
        there: (False, False, False),
    }
    session.query(Publication).one().revoked_at = LONG_AGO
    assert not any(each.is_published for each in entering(session, cluster))
    assert {each.company for each in entering(session, cluster) if each.was_published} == {shown}


def test_readers_know_what_they_could_read_of_another_version(session: Session, cluster: int) -> None:
    firm, taken_out, other = (add_firm(session, cluster, name) for name in ("Hier", "Gegangen", "Dort"))
    elsewhere = make_bare_cluster(session, "Cluster Süd")
    for each, target in ((firm, cluster), (taken_out, cluster), (other, elsewhere)):
        read = add_version(session, each, usual_figures(1), submitted_to=target)
        read.cluster_id = None if each == taken_out else target
        declaration = session.get_one(Declaration, read.declaration_id)
        add_version(session, each, usual_figures(2), declaration=declaration)
    found = {each.company: (each.is_submitted, each.was_submitted) for each in entering(session, cluster)}
    assert found == {firm: (False, True), taken_out: (False, True), other: (False, False)}
