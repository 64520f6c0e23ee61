"""A review team: who reviews what, who keeps out of it, and who is reading it now."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.mail import NewsFrequency, NewsKind
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.privacy import retention
from dnk_tool.services.privacy.data_export import excluded_columns
from dnk_tool.services.review import assignments, interest_conflicts, presence
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.assignments import AssignmentChanged, NotAReviewer
from dnk_tool.services.review.interest_conflicts import OwnConflict, ReasonTooLong
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.database import write_session
from dnk_tool.store.privacy import company_data
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import team
from dnk_tool.store.review.queue import NOBODY, QueueFilter
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.mail import Mail, ManagerNews
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review_team import ReviewAssignment, ReviewConflict, ReviewOpening
from dnk_tool.web.clusters import chores
from tests.integration.answers.test_concurrent_saves import Verb, in_turn
from tests.support.app import (
    database_session,
    form_fields,
    make_account,
    post,
)
from tests.support.browsers import signed_in
from tests.support.review_scenario import (
    NOW,
    ReviewScenario,
    days_later,
    give_all_verdicts,
    make_review_scenario,
    request_changes,
)

Path = Callable[[str], str]


def assign(session: Session, case: ReviewScenario, to: int | None, *, seen: int | None = None) -> None:
    assignments.assign_review(Work(session, case.karin, NOW), case.declaration(session), to, seen=seen)
    session.flush()


def mark(session: Session, case: ReviewScenario, reason: str = "") -> bool:
    """Rolf says that he has a conflict of interest with the company."""
    organisation = session.get_one(Organisation, case.organisation_id)
    who = case.rolf.user_id or 0
    return interest_conflicts.mark_conflict(
        Work(session, case.rolf, NOW), case.cluster_id, organisation, who, reason=reason
    )


def held_by(session: Session, case: ReviewScenario) -> int | None:
    row = team.assignment(session, case.declaration_id, case.cluster_id)
    return row.account_id if row else None


def kinds(session: Session, *wanted: EventKind) -> list[EventKind]:
    return [kind for kind in session.scalars(select(Event.kind).order_by(Event.id)) if kind in wanted]


# ---- Assigning


def test_a_review_is_assigned_taken_over_and_given_back(session: Session, case: ReviewScenario) -> None:
    rolf, karin = case.rolf.user_id, case.karin.user_id
    changed_at = case.declaration(session).changed_at
    assign(session, case, rolf)
    assert held_by(session, case) == rolf
    assign(session, case, rolf, seen=None)  # the same once more, from a page of before
    assign(session, case, karin, seen=rolf)
    assign(session, case, None, seen=karin)
    assert held_by(session, case) is None
    assert kinds(session, EventKind.REVIEW_ASSIGNED) == [EventKind.REVIEW_ASSIGNED] * 3
    assert case.declaration(session).changed_at == changed_at, "it is still the cluster's turn"


def test_who_takes_over_meanwhile_is_not_overruled(session: Session, case: ReviewScenario) -> None:
    assign(session, case, case.rolf.user_id)
    with pytest.raises(AssignmentChanged) as refused:
        assign(session, case, case.karin.user_id)
    assert refused.value.account_id == held_by(session, case) == case.rolf.user_id


def test_of_two_who_take_it_on_at_once_the_second_is_told(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        case = make_review_scenario(session)
        session.commit()

    def takes_on(actor: Actor) -> Verb:
        def verb(session: Session, declaration: Declaration) -> None:
            assignments.assign_review(Work(session, actor, NOW), declaration, actor.user_id, seen=None)

        return verb

    first, second = in_turn(store, case.declaration_id, takes_on(case.rolf), takes_on(case.karin))
    assert first is None
    assert isinstance(second, AssignmentChanged)
    with store() as session:
        assert held_by(session, case) == second.account_id == case.rolf.user_id


def test_the_company_is_locked_before_the_cluster_as_elsewhere(
    session: Session, case: ReviewScenario
) -> None:
    locked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        locked.extend(re.findall(r"FROM (\w+)[^;]*FOR UPDATE", statement))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    assign(session, case, case.rolf.user_id)
    event.remove(engine, "before_cursor_execute", note)
    is_sqlite = engine.dialect.name == "sqlite"
    assert locked == ([] if is_sqlite else ["organisation", "cluster"]), "SQLite locks the whole database"


def test_only_people_who_may_review_it_are_assigned_and_only_they_assign(
    session: Session, case: ReviewScenario
) -> None:
    works_there = {"organisation_id": case.organisation_id, "role": Role.VIEWER, "created_at": NOW}
    session.add(Membership(user_id=case.rolf.user_id, **works_there))
    session.flush()
    stranger = make_account(session, "fremd@example.org")
    for who in (stranger.id, case.rolf.user_id, 987_654):
        with pytest.raises(NotAReviewer):
            assign(session, case, who)
    insider = replace(case.rolf, roles={case.organisation_id: Role.VIEWER})
    with pytest.raises(NotPermitted):
        assignments.assign_review(Work(session, insider, NOW), case.declaration(session), None, seen=None)


def test_what_nobody_has_is_shared_out(session: Session, case: ReviewScenario) -> None:
    mark(session, case)
    with pytest.raises(NotPermitted):
        assignments.share_out_reviews(Work(session, case.rolf, NOW), case.cluster_id)
    [(account, declaration)] = assignments.share_out_reviews(Work(session, case.karin, NOW), case.cluster_id)
    assert (account.id, declaration.id) == (case.karin.user_id, case.declaration_id)
    assert assignments.share_out_reviews(Work(session, case.karin, NOW), case.cluster_id) == []


def test_who_leaves_the_team_or_loses_the_company_has_nothing_assigned(
    session: Session, case: ReviewScenario
) -> None:
    cluster = session.get_one(Cluster, case.cluster_id)
    assign(session, case, case.rolf.user_id)
    company = session.get_one(Organisation, case.organisation_id)
    presence.note_opening(Work(session, case.rolf, NOW), subject_of(session, case.declaration(session)), "1")
    cluster_staff.remove_staff(Work(session, case.karin, NOW), cluster, case.rolf.user_id or 0)
    session.flush()
    for table in (ReviewAssignment, ReviewConflict, ReviewOpening):
        assert session.scalar(select(func.count()).select_from(table)) == 0, table
    assign(session, case, case.karin.user_id)
    consent = clusters.find_consent(session, company.id, case.cluster_id)
    assert consent
    cluster_consent.withdraw_consent(Work(session, case.owner, days_later(1)), consent)
    session.flush()
    assert session.scalars(select(ReviewAssignment)).all() == []


# ---- Conflicts of interest


def test_a_conflict_takes_back_what_was_assigned_and_says_so_in_the_log(
    session: Session, case: ReviewScenario
) -> None:
    assign(session, case, case.rolf.user_id)
    assert mark(session, case, " Schwägerin im Einkauf. ")
    assert not mark(session, case, "Noch einmal")
    assert held_by(session, case) is None
    [(row, account)] = team.conflicts_with(session, case.cluster_id, case.organisation_id)
    assert (account.id, row.reason) == (case.rolf.user_id, "Schwägerin im Einkauf.")
    with pytest.raises(ReasonTooLong):
        mark(session, case, "x" * 501)
    with pytest.raises(NotPermitted):
        end(session, case, case.rolf.user_id or 0, by_rolf=True)
    assert end(session, case, case.rolf.user_id or 0)
    assert not end(session, case, case.rolf.user_id or 0)
    both = (EventKind.CONFLICT_MARKED, EventKind.CONFLICT_ENDED)
    assert kinds(session, *both) == list(both)
    details = session.scalars(select(Event.detail).where(Event.kind.in_(both)))
    assert all(detail == {"user": case.rolf.user_id} for detail in details), "no reason in the log"


def end(session: Session, case: ReviewScenario, account_id: int, *, by_rolf: bool = False) -> bool:
    organisation = session.get_one(Organisation, case.organisation_id)
    actor = case.rolf if by_rolf else case.karin
    ended = interest_conflicts.end_conflict(
        Work(session, actor, NOW), case.cluster_id, organisation, account_id
    )
    session.flush()
    return ended


def test_a_manager_takes_back_an_own_conflict_only_without_another_manager(
    session: Session, case: ReviewScenario
) -> None:
    organisation = session.get_one(Organisation, case.organisation_id)
    karin = case.karin.user_id or 0
    for _time in range(2):
        interest_conflicts.mark_conflict(
            Work(session, case.karin, NOW), case.cluster_id, organisation, karin, reason=""
        )
    assert end(session, case, karin)
    interest_conflicts.mark_conflict(
        Work(session, case.karin, NOW), case.cluster_id, organisation, karin, reason=""
    )
    other = make_account(session, "mia@example.org")
    session.add(
        ClusterStaff(user_id=other.id, cluster_id=case.cluster_id, role=ClusterRole.MANAGER, created_at=NOW)
    )
    session.flush()
    with pytest.raises(OwnConflict):
        end(session, case, karin)


def test_nobody_marks_somebody_else_but_a_manager_and_nobody_outside_the_team(
    session: Session, case: ReviewScenario
) -> None:
    organisation = session.get_one(Organisation, case.organisation_id)
    stranger = make_account(session, "fremd@example.org")
    for actor, who, error in (
        (case.rolf, case.karin.user_id, NotPermitted),
        (case.karin, stranger.id, LookupError),
    ):
        with pytest.raises(error):
            interest_conflicts.mark_conflict(
                Work(session, actor, NOW), case.cluster_id, organisation, who or 0, reason=""
            )
    assert (
        interest_conflicts.is_review_left_to_nobody(
            session, case.cluster_id, case.organisation_id, without=case.rolf.user_id, now=NOW
        )
        is False
    )
    mark(session, case)
    assert interest_conflicts.is_review_left_to_nobody(
        session, case.cluster_id, case.organisation_id, without=case.karin.user_id, now=NOW
    )


def test_a_company_takes_along_nothing_of_conflicts_and_readers(
    session: Session, case: ReviewScenario
) -> None:
    mark(session, case, "Schwägerin")
    rows = company_data.rows(session, case.organisation_id, excluded_columns())
    assert not {"review_conflict", "review_opening", "review_assignment"} & rows.keys()
    assert "conflict-marked" not in str(rows)


# ---- The queue


def test_the_queue_filters_counts_and_leaves_out_what_is_closed(
    session: Session, case: ReviewScenario
) -> None:
    def found(**wanted: object) -> tuple[int, int, int]:
        page = review_queue.in_review(
            session,
            case.cluster_id,
            (*review_queue.STATES_WITH_REVIEWERS, *review_queue.STATES_WITH_COMPANY),
            QueueFilter(**wanted),  # type: ignore[arg-type]
            skip=0,
            most=9,
        )
        assert len(page.cases) == page.total
        return page.total, page.waiting, page.unassigned

    year = case.declaration(session).reporting_year
    assert found() == found(year=year, is_first=True, reviewer=NOBODY) == (1, 1, 1)
    assert found(companies=frozenset({case.organisation_id})) == (1, 1, 1)
    assign(session, case, case.rolf.user_id)
    assert found(reviewer=case.rolf.user_id) == (1, 1, 0)
    nothing = {
        "year": year - 1,
        "is_first": False,
        "reviewer": NOBODY,
        "companies": frozenset(),
        "kept_from": frozenset({case.organisation_id}),
    }
    for name, value in nothing.items():
        assert found(**{name: value}) == (0, 0, 0), name
    give_all_verdicts(session, case, ["4"], now=days_later(3))
    request_changes(session, case, now=days_later(3))
    assert found() == (1, 0, 0)
    [submitted, decided] = review_queue.review_events(session, case.cluster_id, kept_from=frozenset())
    assert (decided.at - submitted.at, decided.by) == (timedelta(days=3), case.karin.user_id)
    closed = frozenset({case.organisation_id})
    assert review_queue.review_events(session, case.cluster_id, kept_from=closed) == []
    names = review_queue.submitted_companies(session, case.cluster_id, closed)
    assert names.keys() == {case.organisation_id}


# ---- Pages


@pytest.fixture
def shown(app: Flask) -> ReviewScenario:
    with database_session(app) as session:
        return make_review_scenario(session)


@pytest.fixture
def path(shown: ReviewScenario) -> Path:
    return lambda rest: f"/cluster/{shown.cluster_id}/pruefung/{rest}"


def test_a_reviewer_takes_over_from_the_queue_and_the_other_is_told(
    app: Flask, shown: ReviewScenario, path: Path
) -> None:
    karin, rolf = signed_in(app, "karin"), signed_in(app, "rolf")
    queue = karin.get(path("")).text
    assert "0 von 21 geprüft" in queue
    assert "Gerecht verteilen" in queue
    assert "Gerecht verteilen" not in rolf.get(path("")).text
    address = path(f"{shown.declaration_id}/zuweisung")
    given = {"person": str(shown.rolf.user_id), "seen": ""}
    assert post(karin, address, given).status_code == 303
    overview = unescape(karin.get(path(f"{shown.declaration_id}/")).text)
    assert re.search(r"Die Prüfung von .+ – 2025 liegt jetzt bei Rolf\. Die Person erfährt es", overview)
    assert "Neu zuweisen" in overview
    assert '<option value="">noch niemand</option>' in overview, "a manager can free it again"
    assert f"{path(f'{shown.declaration_id}/')}#zuweisen" in karin.get(path("")).text
    assert "#zuweisen" not in rolf.get(path("")).text
    assert "<strong>Sie</strong>" in rolf.get(path("")).text
    assert "Sie prüfen diese Erklärung." in rolf.get(path(f"{shown.declaration_id}/")).text
    late = post(karin, address, {"person": str(shown.karin.user_id), "seen": "", "back": "liste"})
    assert late.headers["Location"] == path("")
    assert "Inzwischen prüft Rolf diese Erklärung" in karin.get(path("")).text
    for body in ({"person": "x", "seen": str(shown.rolf.user_id)}, {"person": "0"}, {"person": "9" * 9}):
        assert post(karin, address, body).status_code == 303
    with database_session(app) as session:
        assert held_by(session, shown) == shown.rolf.user_id
        [news] = session.scalars(select(ManagerNews)).all()
        assert (news.account_id, news.kind) == (shown.rolf.user_id, NewsKind.ASSIGNED)
        assert session.scalars(select(Mail).where(Mail.subject.contains("zugewiesen"))).all() == []
    chores.tell_news(app, datetime.now(UTC) + timedelta(days=1))
    with database_session(app) as session:
        [mail] = session.scalars(
            select(Mail).where(Mail.recipient == "rolf@example.org", Mail.body.contains("zugewiesen"))
        )
        assert path("") in mail.body
        assert "einladungen" not in mail.body


def test_who_wants_it_at_once_gets_one_mail_for_all_and_what_is_given_back_is_not_told(
    app: Flask, shown: ReviewScenario, path: Path
) -> None:
    karin = signed_in(app, "karin")
    address = path(f"{shown.declaration_id}/zuweisung")
    rolf = str(shown.rolf.user_id)
    post(karin, address, {"person": rolf, "seen": ""})
    post(karin, address, {"person": "", "seen": rolf})
    with database_session(app) as session:
        assert session.scalars(select(ManagerNews)).all() == []
        session.get_one(Account, shown.rolf.user_id).cluster_news = NewsFrequency.NOW
        organisation = session.get_one(Organisation, shown.organisation_id)
        interest_conflicts.mark_conflict(
            Work(session, shown.karin, NOW),
            shown.cluster_id,
            organisation,
            shown.karin.user_id or 0,
            reason="",
        )
    shared = post(karin, path("verteilen"))
    assert shared.status_code == 303
    assert "das noch niemand hat" in karin.get(path("")).text, "closed to her, so she gives none of it out"
    with database_session(app) as session:
        session.delete(session.scalars(select(ReviewConflict)).one())
    post(karin, address, {"person": rolf, "seen": ""})
    with database_session(app) as session:
        [mail] = session.scalars(select(Mail).where(Mail.subject.contains("zugewiesen")))
        assert (mail.recipient, mail.reply_to) == ("rolf@example.org", "karin@example.org")


def test_who_reads_is_shown_to_the_others_for_ten_minutes(
    app: Flask, shown: ReviewScenario, path: Path
) -> None:
    karin, rolf = signed_in(app, "karin"), signed_in(app, "rolf")
    section, overview = path(f"{shown.declaration_id}/2"), path(f"{shown.declaration_id}/")
    start = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert rolf.get(section).status_code == 200
        words = "Rolf liest gerade Kriterium 2 (geöffnet um 10:00)"
        for page in (section, overview, path("")):
            assert words in karin.get(page).text, page
            assert "Rolf liest" not in rolf.get(page).text, page
        clock.shift(timedelta(seconds=50))
        rolf.get(path(f"{shown.declaration_id}/5"))
        assert words in karin.get(overview).text, "noted once a minute"
        clock.shift(timedelta(seconds=10))
        rolf.get(path(f"{shown.declaration_id}/general"))
        assert "Rolf liest gerade „Allgemeine Informationen“" in karin.get(overview).text
        clock.shift(timedelta(minutes=10, seconds=1))
        assert "Rolf liest" not in karin.get(overview).text
        retention.remove_expired(
            app.extensions["dnk_session_factory"], app.extensions["dnk_settings"], now=datetime.now(UTC)
        )
    with database_session(app) as session:
        assert session.scalars(select(ReviewOpening)).all() == []


def test_a_conflict_keeps_out_of_pages_counts_and_mails_until_a_manager_takes_it_back(
    app: Flask, shown: ReviewScenario, path: Path
) -> None:
    karin, rolf = signed_in(app, "karin"), signed_in(app, "rolf")
    page = path(f"interessenkonflikt/{shown.organisation_id}")
    with database_session(app) as session:
        name = session.get_one(Organisation, shown.organisation_id).name
    fields = form_fields(rolf.get(page).text)
    assert fields["person"] == [str(shown.rolf.user_id)], "he can name nobody else"
    assert "Für mich selbst eintragen" in rolf.get(page).text
    refused = rolf.post(page, data=fields | {"reason": "x" * 501})
    assert (refused.status_code, "x" * 501 in refused.text) == (422, True)
    assert post(rolf, page, {"person": str(shown.karin.user_id)}).status_code == 404
    sent = rolf.post(page, data=fields | {"reason": "Meine Schwägerin leitet den Einkauf."})
    assert sent.headers["Location"] == path("")
    queue = unescape(rolf.get(path("")).text)
    assert f"{name} prüft ab sofort jemand anderes" in queue
    assert queue.index("Warten auf Prüfung") < queue.index("Hier fehlt deshalb: "), (
        "below what there is to do"
    )
    assert "wartet auf Prüfung" not in rolf.get("/").text
    assert "1 Erklärung wartet auf Prüfung" in karin.get("/").text
    for managers in (path(""), path(f"{shown.declaration_id}/")):
        assert "Interessenkonflikt: Rolf" in karin.get(managers).text, managers
    assert "Warten auf Prüfung (" not in queue
    for rest in ("", "4", "freigeben", "versionen/1.pdf"):
        closed = rolf.get(path(f"{shown.declaration_id}/{rest}"))
        assert (closed.status_code, "ein Interessenkonflikt eingetragen" in closed.text) == (403, True), rest
    assert post(rolf, path(f"{shown.declaration_id}/4"), {"verdict": "accepted"}).status_code == 403
    assert post(rolf, f"{page}/{shown.rolf.user_id}/zuruecknehmen").status_code == 403
    cockpit = rolf.get(f"/cluster/{shown.cluster_id}/?jahr=2025").text
    assert "wartet auf Prüfung" not in cockpit
    assert "wartet auf Prüfung" in karin.get(f"/cluster/{shown.cluster_id}/?jahr=2025").text
    assert "Schwägerin" not in rolf.get(page).text
    assert "Schwägerin" in karin.get(page).text
    with database_session(app) as session:
        told = clusters.staff_for_company(session, shown.cluster_id, shown.organisation_id)
        assert [account.name for account in told] == ["Karin"]
    entered = karin.get(page).text
    assert entered.index("Zurücknehmen") < entered.index("Noch jemanden eintragen")
    assert "Für mich selbst eintragen" in entered, "only she is left"
    back = post(karin, f"{page}/{shown.rolf.user_id}/zuruecknehmen")
    assert back.headers["Location"] == path(f"{shown.declaration_id}/"), "where it is assigned anew"
    told = f"Rolf kann {name} ab sofort wieder prüfen. Zugewiesen ist diese Prüfung noch niemandem."
    assert told in unescape(karin.get(path(f"{shown.declaration_id}/")).text)
    unnamed = post(karin, page, {"person": "", "reason": "Verwandt"})
    assert (unnamed.status_code, "Wählen Sie, für wen" in unnamed.text) == (422, True)
    assert "Verwandt" in unnamed.text
    post(karin, page, {"person": str(shown.rolf.user_id)})
    assert f"Rolf prüft {name} ab sofort nicht mehr" in unescape(karin.get(page).text)
    last = post(karin, page, {"person": str(shown.karin.user_id)})
    assert last.status_code == 303
    assert f"Jetzt kann niemand aus dem Team {name} prüfen" in unescape(karin.get(path("")).text)
    assert post(karin, f"{page}/{shown.rolf.user_id}/zuruecknehmen").status_code == 303
    assert rolf.get(path(f"{shown.declaration_id}/4")).status_code == 200


def test_the_filter_of_the_queue_is_an_address(app: Flask, shown: ReviewScenario, path: Path) -> None:
    karin = signed_in(app, "karin")
    with database_session(app) as session:
        declaration = shown.declaration(session)
        year, company = declaration.reporting_year, declaration.organisation.name
    rows = f"{company} – {year}"
    for query in (
        "",
        f"?jahr={year}",
        "?prueft=0",
        "?runde=1",
        "?am-zug=cluster",
        "?seite=7",
        "?jahr=x&runde=9",
    ):
        assert rows in unescape(karin.get(path(query)).text), query
    for query in (f"?prueft={shown.rolf.user_id}", "?runde=2", "?am-zug=company", "?am-zug=nobody"):
        assert rows not in unescape(karin.get(path(query)).text), query
    with database_session(app) as session:
        give_all_verdicts(session, shown, [])
        review_verdicts.approve(Work(session, shown.karin, days_later(2)), shown.declaration(session))
    page = karin.get(path("")).text
    assert "Abgeschlossene Prüfungen (1)" in page
    assert "das ganze Team: 2 Tage" in page
    assert rows not in unescape(karin.get(path("?prueft=0")).text), "nobody is missing there"
    with database_session(app) as session:
        assert shown.declaration(session).state is State.APPROVED
