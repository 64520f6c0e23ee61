"""An approval that is withdrawn: what becomes of the version, and where its mark goes from."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import NotPermitted, Role
from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.services.declarations import submission
from dnk_tool.services.exports.rendering import issue_of_frozen
from dnk_tool.services.publication import publish as publishing
from dnk_tool.services.review.approvals import MAX_REASON_LENGTH, NoApproval, withdraw_approval
from dnk_tool.services.review.verdicts import approve
from dnk_tool.services.work import Work
from dnk_tool.store.declarations.versions import VersionOutcome, version
from dnk_tool.store.review import checklist, decisions, verdicts
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review.queue import QueueFilter
from dnk_tool.store.tables.declarations import Event, Snapshot
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.publication import Proof
from dnk_tool.store.tables.review import ChecklistTick
from tests.support.app import add_member, database_session, form_fields, sign_in
from tests.support.review_scenario import (
    NO,
    NOW,
    ReviewScenario,
    days_later,
    give_all_verdicts,
    give_verdict,
    make_review_scenario,
    request_changes,
    write_remark,
)

REASON = "Die Zahl zu Scope 1 stimmt nicht."


@pytest.fixture
def case(session: Session) -> ReviewScenario:
    """Version 1 is approved by Karin."""
    return approved(session)


def approved(session: Session) -> ReviewScenario:
    made = make_review_scenario(session)
    give_all_verdicts(session, made, [])
    approve(Work(session, made.karin, NOW), made.declaration(session))
    session.flush()
    return made


def withdraw_first_approval(
    session: Session, case: ReviewScenario, number: int = 1, reason: str = REASON
) -> None:
    now = days_later(1)
    withdraw_approval(Work(session, case.rolf, now), case.declaration(session), number, reason)
    session.flush()


def outcome(session: Session, case: ReviewScenario) -> VersionOutcome:
    found = version(session, case.declaration_id, 1)
    assert found is not None
    return found.outcome


def test_the_version_is_under_review_again_and_can_be_approved_anew(
    session: Session, case: ReviewScenario
) -> None:
    for number in (1, 2):
        tick = ChecklistTick(point=ChecklistPoint.COHERENCE, checked_at=NOW, checked_by=case.rolf.user_id)
        tick.declaration_id, tick.version = case.declaration_id, number
        session.add(tick)
    withdraw_first_approval(session, case)
    ticks = [len(checklist.ticks(session, case.declaration_id, number)) for number in (1, 2)]
    assert ticks == [0, 1], "only those of the version whose approval is withdrawn"
    declaration = case.declaration(session)
    assert (declaration.state, declaration.version) == (State.SUBMITTED, 1)
    assert outcome(session, case) is VersionOutcome.SUBMITTED
    assert decisions.newest_approval(session, case.declaration_id, case.cluster_id) is None
    approve(Work(session, case.karin, days_later(2)), declaration)
    session.flush()
    given = decisions.approvals(session, case.declaration_id, case.cluster_id)
    assert decisions.withdrawn_last(given, 1) is None
    first, second = given
    finished = review_queue.approved(session, case.cluster_id, QueueFilter(), skip=0, most=5)
    assert [(it.approved_at, it.withdrawn_at) for it in finished.cases] == [(days_later(2), days_later(1))]
    assert finished.total == 1, "two approvals are one declaration"
    assert (first.reason, first.withdrawn_by, first.withdrawn_at) == (
        REASON,
        case.rolf.user_id,
        days_later(1),
    )
    assert (second.reason, second.withdrawn_at) == ("", None)
    assert outcome(session, case) is VersionOutcome.APPROVED
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert [kind for kind in kinds if kind in (EventKind.APPROVED, EventKind.APPROVAL_WITHDRAWN)] == [
        EventKind.APPROVED,
        EventKind.APPROVAL_WITHDRAWN,
        EventKind.APPROVED,
    ]


def test_the_queue_names_it_once_however_often_it_was_withdrawn(
    session: Session, case: ReviewScenario
) -> None:
    withdraw_first_approval(session, case)
    approve(Work(session, case.karin, days_later(2)), case.declaration(session))
    found = review_queue.approved(session, case.cluster_id, QueueFilter(), skip=0, most=9)
    assert ([one.approved_at for one in found.cases], found.total) == ([days_later(2)], 1)
    withdraw_first_approval(session, case)
    found = review_queue.in_review(session, case.cluster_id, [State.SUBMITTED], QueueFilter(), skip=0, most=9)
    assert ([one.approved_by for one in found.cases], found.waiting) == ([""], 1)


def test_changes_can_be_requested_once_it_is_withdrawn(session: Session, case: ReviewScenario) -> None:
    withdraw_first_approval(session, case)
    write_remark(session, case, "13", "Bitte rechnen Sie nach.")
    from_before = verdicts.latest_judgements(session, case.declaration_id)["13"].number
    give_verdict(session, case, "13", NO, seen=from_before, now=days_later(2))
    assert request_changes(session, case, now=days_later(2)) == ["13"]


def test_work_on_the_next_version_goes_on(session: Session, case: ReviewScenario) -> None:
    submission.reopen(Work(session, case.owner, days_later(1)), case.declaration(session))
    session.flush()
    withdraw_first_approval(session, case)
    declaration = case.declaration(session)
    assert (declaration.state, declaration.version) == (State.REOPENED, 2)
    assert outcome(session, case) is VersionOutcome.APPROVAL_WITHDRAWN


@pytest.mark.parametrize("reason", ["", " \n ", "x" * (MAX_REASON_LENGTH + 1)])
def test_without_a_readable_reason_nothing_is_withdrawn(
    session: Session, case: ReviewScenario, reason: str
) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        withdraw_first_approval(session, case, reason=reason)
    assert case.declaration(session).state is State.APPROVED


def test_only_reviewers_withdraw_and_only_what_stands(session: Session, case: ReviewScenario) -> None:
    with pytest.raises(NotPermitted):
        withdraw_approval(Work(session, case.owner, NOW), case.declaration(session), 1, REASON)
    with pytest.raises(NoApproval):
        withdraw_first_approval(session, case, number=2)
    withdraw_first_approval(session, case)
    with pytest.raises(NoApproval):
        withdraw_first_approval(session, case)
    assert len(decisions.approvals(session, case.declaration_id, case.cluster_id)) == 1


def test_what_is_published_stays_public_without_the_mark(app: Flask) -> None:
    with database_session(app) as session:
        case = approved(session)
        petra = add_member(session, case.organisation_id, "petra", Role.OWNER)
        petra.language = "de"
        publication = publishing.publish(Work(session, case.owner, NOW), case.declaration(session))
        session.flush()
        slug = publication.slug
        snapshot = session.scalars(select(Snapshot)).one()
        session.get_one(Proof, snapshot.id).seal = "{}"
        sha256 = snapshot.sha256
    public, rolf, petra_client = (app.test_client() for _ in range(3))
    sign_in(rolf, "rolf@example.org")
    sign_in(petra_client, "petra@example.org")
    pages = [f"/berichte/{slug}", "/berichte", "/berichte/feed.atom"]
    assert all("Cluster Nord" in public.get(page).text for page in pages), pages
    review = f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/"
    assert "Freigabe von Version 1 zurückziehen" in rolf.get(review).text
    address = f"{review}freigabe-zurueckziehen"
    fields = dict(form_fields(rolf.get(address).text))
    refused = rolf.post(address, data=fields)
    assert refused.status_code == 422
    assert "Schreiben Sie, warum" in refused.text
    assert rolf.post(address, data=fields | {"reason": REASON}).headers["Location"] == review
    page = rolf.get(review).text
    assert REASON in page
    assert "wählen Sie dort „Änderung nötig“" in page
    assert "Alles ist geprüft und in Ordnung." not in page
    assert REASON in rolf.get(f"{review}freigeben").text
    queue = f"/cluster/{case.cluster_id}/pruefung/"
    assert " · Freigabe zurückgezogen</span>" in rolf.get(queue).text
    assert rolf.get(address).status_code == 303, "there is nothing left to withdraw"
    for page in pages:
        answer = public.get(page)
        assert answer.status_code == 200
        assert "Cluster Nord" not in answer.text, page
    checked = public.get(f"/p/{sha256}").text
    assert "zurückgezogen am" in checked
    assert REASON not in checked
    assert REASON in petra_client.get(f"/erklaerungen/{case.declaration_id}/").text
    with database_session(app) as session:
        mail = session.scalars(select(Mail)).one()
        assert (mail.recipient, mail.reply_to) == ("petra@example.org", "rolf@example.org")
        assert REASON in mail.body
        assert "Haben Sie Version 1 veröffentlicht, bleibt sie öffentlich." in mail.body
        assert session.scalars(select(Proof)).one().seal == "{}"
        frozen = version(session, case.declaration_id, 1)
        assert frozen is not None
        issue = issue_of_frozen(frozen)
        assert issue.is_final, "the company published it; nobody has reviewed it any more"
        assert issue.review is None
        approve(Work(session, case.karin, days_later(2)), case.declaration(session))
    assert rolf.get(queue).text.count("freigegeben am") == 1
    assert "Freigabe zurückgezogen am" in rolf.get(queue).text
