"""Reminders of deadlines: to those concerned, once, in one mail, until they switch them off."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.mail.reminders import due_digests
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import Mail, Reminder
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review import ReviewRoundRow
from dnk_tool.store.tables.review_team import ReviewConflict
from dnk_tool.web.mail import reminders
from tests.support.app import (
    add_consent,
    add_member,
    count_statements,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    make_organisation,
)
from tests.support.browsers import signed_in
from tests.support.cockpit_members import default_cohort
from tests.support.machine import run_at_once

DUE = date(2027, 3, 31)


def before(days: int, hour: int = 9) -> datetime:
    return datetime(DUE.year, DUE.month, DUE.day, hour, tzinfo=UTC) - timedelta(days=days)


@pytest.fixture
def cluster(any_app: Flask) -> int:
    """Cluster Nord, which expects declarations of 2025 until DUE; Beck GmbH belongs to it."""
    with database_session(any_app) as session:
        company = make_organisation(
            session, "Beck GmbH", petra=Role.OWNER, mehmet=Role.EDITOR, vera=Role.VIEWER
        )
        add_member(session, company.id, "karl", Role.CONTRIBUTOR, sections=["1"])
        cluster = make_cluster(session, "Cluster Nord", maria=ClusterRole.MANAGER, rita=ClusterRole.REVIEWER)
        add_consent(session, company.id, cluster.id)
        session.add(default_cohort(cluster_id=cluster.id, reporting_year=2025, due=DUE))
        return cluster.id


def remind(app: Flask, now: datetime) -> list[str]:
    """Whom a run reminds."""
    with database_session(app) as session:
        known = {mail.id for mail in session.scalars(select(Mail))}
    count = reminders.send_due(app, now=now)
    with database_session(app) as session:
        new = [mail for mail in session.scalars(select(Mail).order_by(Mail.id)) if mail.id not in known]
    assert len(new) == count
    return sorted(mail.recipient.partition("@")[0] for mail in new)


def mail_to(app: Flask, who: str) -> Mail:
    """The latest mail to somebody."""
    with database_session(app) as session:
        mails = session.scalars(select(Mail).where(Mail.recipient == f"{who}@example.org").order_by(Mail.id))
        return mails.all()[-1]


def bring_into_state(app: Flask, state: State, since: datetime, **more: Any) -> None:
    """Bring the declaration into a state, as if it had been moved there then."""
    kinds = {State.SIGNING: EventKind.SIGN_OFF_ASKED, State.SUBMITTED: EventKind.SUBMITTED}
    with database_session(app) as session:
        declaration = session.scalars(select(Declaration)).one()
        declaration.state = state
        for name, value in more.items():
            setattr(declaration, name, value)
        kind = kinds.get(state, EventKind.CHANGES_REQUESTED)
        history.record_declaration_event(session, declaration, kind, actor_id=None, now=since)


def test_owners_and_editors_are_reminded_and_nobody_else(any_app: Flask, cluster: int) -> None:
    assert remind(any_app, before(31)) == []
    assert remind(any_app, before(30)) == ["mehmet", "petra"]


def test_thirty_seven_and_one_day_before_and_no_day_between(any_app: Flask, cluster: int) -> None:
    days = [left for left in range(40, -5, -1) for _ in remind(any_app, before(left))]
    assert days == [30, 30, 7, 7, 1, 1]


def test_a_missed_day_is_made_up_for_but_two_never_come_at_once(any_app: Flask, cluster: int) -> None:
    assert remind(any_app, before(5)) == ["mehmet", "petra"], "the one of 7 days, not that of 30, too"
    assert remind(any_app, before(4)) == []
    with database_session(any_app) as session:
        assert set(session.scalars(select(Reminder.days_before))) == {7}
    assert "noch 5 Tage" in mail_to(any_app, "petra").body


def test_the_day_changes_at_midnight_here(any_app: Flask, cluster: int) -> None:
    eve = datetime(2027, 2, 28, 22, 59, tzinfo=UTC)  # 23:59 in Berlin, 31 days before
    assert remind(any_app, eve) == []
    assert remind(any_app, eve + timedelta(minutes=2)) == ["mehmet", "petra"]


def test_whoever_looks_at_the_same_time_reminds_once(any_app: Flask, cluster: int) -> None:
    barrier, counts = threading.Barrier(4), []

    def work() -> None:
        barrier.wait()
        counts.append(reminders.send_due(any_app, now=before(7)))

    run_at_once([work] * 4)
    assert sum(counts) == 2
    with database_session(any_app) as session:
        assert sorted(session.scalars(select(Mail.recipient))) == ["mehmet@example.org", "petra@example.org"]


@pytest.mark.parametrize("state", [State.APPROVED])
def test_what_is_done_needs_no_reminder(any_app: Flask, cluster: int, state: State) -> None:
    bring_into_state(any_app, state, before(60), cluster_id=cluster)
    assert [remind(any_app, before(left)) for left in (30, 7, 1)] == [[], [], []]


@pytest.mark.parametrize("state", [State.CHANGES_REQUESTED, State.REOPENED])
def test_what_came_back_is_the_companys_again(any_app: Flask, cluster: int, state: State) -> None:
    bring_into_state(any_app, state, before(10))
    assert remind(any_app, before(9)) == [], "they were told yesterday"
    assert remind(any_app, before(7)) == ["mehmet", "petra"]


def test_a_company_that_has_not_begun_is_reminded(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Declaration)).one().reporting_year = 2024
        company = session.scalars(select(Organisation)).one().id
    assert remind(any_app, before(30)) == ["mehmet", "petra"]
    body = mail_to(any_app, "petra").body
    assert "noch nicht begonnen" in body
    assert f"http://localhost:8000/unternehmen/{company}/erklaerungen/neu\n" in body


def test_only_the_signatory_is_reminded_of_a_sign_off(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        signatory = session.scalars(select(Account).where(Account.email == "vera@example.org")).one().id
    bring_into_state(any_app, State.SIGNING, before(6), signatory_id=signatory)
    assert remind(any_app, before(5)) == [], "asked only yesterday"
    assert remind(any_app, before(1)) == ["vera"]
    body = mail_to(any_app, "vera").body
    assert "wartet auf Ihre Bestätigung" in body
    assert "/bestaetigung\n" in body


def test_a_signatory_who_was_asked_by_link_gets_no_link_that_leads_nowhere(
    any_app: Flask, cluster: int
) -> None:
    with database_session(any_app) as session:
        guest = make_account(session, "chef@example.org").id
    bring_into_state(any_app, State.SIGNING, before(20), signatory_id=guest)
    assert remind(any_app, before(7)) == []


def test_reviewers_get_one_digest_of_what_waits_a_week_before(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        other = make_organisation(session, "Arslan & Co", aylin=Role.OWNER)
        add_consent(session, other.id, cluster)
    with database_session(any_app) as session:
        for declaration in session.scalars(select(Declaration)):
            declaration.state, declaration.cluster_id = State.SUBMITTED, cluster
            history.record_declaration_event(
                session, declaration, EventKind.SUBMITTED, actor_id=None, now=before(20)
            )
        rita = session.scalars(select(Account).where(Account.email == "rita@example.org")).one()
        marked = {"account_id": rita.id, "cluster_id": cluster, "organisation_id": other.id}
        session.add(ReviewConflict(marked_at=before(20), **marked))
    assert remind(any_app, before(15)) == []
    assert remind(any_app, before(7)) == ["maria", "rita"]
    assert "Arslan & Co" not in mail_to(any_app, "rita").body, "she has a conflict of interest"
    body = mail_to(any_app, "maria").body
    assert "Arslan & Co" in body
    assert "Beck GmbH" in body
    assert body.count(f"http://localhost:8000/cluster/{cluster}/pruefung/") == 2
    assert remind(any_app, before(1)) == []


def test_reviewers_are_not_reminded_of_what_has_just_come_in(any_app: Flask, cluster: int) -> None:
    bring_into_state(any_app, State.SUBMITTED, before(4), cluster_id=cluster)
    assert [remind(any_app, before(left)) for left in (3, 2, 1, 0)] == [[], [], [], []]


def test_another_cluster_is_not_told_what_was_submitted_here(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        other = make_cluster(session, "Cluster Süd", otto=ClusterRole.MANAGER)
        add_consent(session, session.scalars(select(Organisation)).one().id, other.id)
        session.add(default_cohort(cluster_id=other.id, reporting_year=2025, due=DUE))
    bring_into_state(any_app, State.SUBMITTED, before(20), cluster_id=cluster)
    assert remind(any_app, before(7)) == ["maria", "rita"]


def test_whoever_works_in_several_companies_gets_one_mail(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        petra = session.scalars(select(Account).where(Account.email == "petra@example.org")).one()
        other = make_organisation(session, "Zweitbetrieb")
        now = datetime.now(UTC)
        session.add(Membership(user_id=petra.id, organisation_id=other.id, role=Role.EDITOR, created_at=now))
        session.add(
            ClusterStaff(user_id=petra.id, cluster_id=cluster, role=ClusterRole.REVIEWER, created_at=now)
        )
        add_consent(session, other.id, cluster)
    assert remind(any_app, before(30)) == ["mehmet", "petra"]
    mail = mail_to(any_app, "petra")
    assert mail.subject == "Fristen für DNK-Erklärungen"
    assert mail.body.index("Beck GmbH") < mail.body.index("Zweitbetrieb")


def test_two_clusters_with_the_same_deadline_are_one_line(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        other = make_cluster(session, "Cluster Süd")
        add_consent(session, session.scalars(select(Organisation)).one().id, other.id)
        session.add(default_cohort(cluster_id=other.id, reporting_year=2025, due=DUE))
    assert remind(any_app, before(30)) == ["mehmet", "petra"]
    assert mail_to(any_app, "petra").body.count("Beck GmbH") == 1


def test_a_deadline_that_moves_is_a_new_one(any_app: Flask, cluster: int) -> None:
    remind(any_app, before(30))
    with database_session(any_app) as session:
        cohort = cohorts.default_of(session, cluster, 2025)
        assert cohort is not None
        cohort.due = DUE + timedelta(days=60)
    assert remind(any_app, before(7)) == []
    assert remind(any_app, before(-30)) == ["mehmet", "petra"]


def test_a_withdrawn_consent_a_locked_account_and_an_access_that_ended_count_no_more(
    any_app: Flask, cluster: int
) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "petra@example.org")).one().active = False
        editor = session.scalars(select(Membership).where(Membership.role == Role.EDITOR)).one()
        editor.until = before(31).date()
    assert remind(any_app, before(30)) == []
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "petra@example.org")).one().active = True
        session.scalars(select(Consent)).one().withdrawn_at = before(31)
    assert remind(any_app, before(30)) == []


def test_the_mail_says_what_one_needs_in_the_persons_language(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "mehmet@example.org")).one().language = "en"
        declaration = session.scalars(select(Declaration)).one()
        declaration.criteria_done, number = 12, declaration.id
    remind(any_app, before(7))
    german, english = mail_to(any_app, "petra"), mail_to(any_app, "mehmet")
    assert german.subject == "Noch 7 Tage: DNK-Erklärung 2025 von Beck GmbH"
    for words in ("Guten Tag Petra,", "31. März 2027 (noch 7 Tage)", "Cluster Nord", "12 von 20 Kriterien"):
        assert words in german.body
    assert f"http://localhost:8000/erklaerungen/{number}/\n" in german.body
    assert "31 March 2027" in english.body
    assert "12 of 20 criteria" in english.body
    assert english.language == "en"


def test_a_long_name_fits(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Organisation)).one().name = "Ä" * 500
        session.scalars(select(Cluster)).one().name = "Ö" * 500
    assert remind(any_app, before(7)) == ["mehmet", "petra"]
    assert len(mail_to(any_app, "petra").subject) < 200


@pytest.fixture
def stop_path(any_app: Flask, cluster: int) -> str:
    """Where the link at the end of a reminder leads."""
    remind(any_app, before(30))
    line = mail_to(any_app, "petra").body.strip().rpartition("\n")[2]
    return line.removeprefix("http://localhost:8000")


def wants(app: Flask, who: str) -> bool:
    with database_session(app) as session:
        return (
            session.scalars(select(Account).where(Account.email == f"{who}@example.org"))
            .one()
            .wants_reminders
        )


def test_one_click_in_the_mail_ends_them_without_signing_in(any_app: Flask, stop_path: str) -> None:
    browser = any_app.test_client()
    page = browser.get(stop_path)
    assert page.status_code == 200
    assert wants(any_app, "petra"), "looking at it changes nothing: mail programs look, too"
    assert "petra" not in page.text.lower()
    answer = browser.post(stop_path, data=form_fields(page.text), follow_redirects=True)
    assert "Sie bekommen keine Erinnerungen mehr." in answer.text
    assert not wants(any_app, "petra")
    assert wants(any_app, "mehmet")
    assert remind(any_app, before(7)) == ["mehmet"]
    again = browser.get(stop_path)
    assert again.status_code == 200
    assert "abgeschaltet" in again.text


def test_the_page_of_the_link_speaks_the_persons_language(any_app: Flask, stop_path: str) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "petra@example.org")).one().language = "en"
    browser, german = any_app.test_client(), {"Accept-Language": "de"}
    page = browser.get(stop_path, headers=german).text
    assert '<html lang="en"' in page
    answer = browser.post(stop_path, data=form_fields(page), headers=german, follow_redirects=True)
    assert "Your reminders are switched off" in answer.text
    assert "Sie bekommen keine Erinnerungen mehr." not in answer.text
    browser.get("/sprache/de")
    assert '<html lang="de"' in browser.get(stop_path).text, "what one chooses here counts more"


def test_a_reminder_that_breaks_the_program_holds_up_no_other(
    any_app: Flask, cluster: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write = reminders.render_reminder

    def break_at_first(digest: Any) -> tuple[str, str]:
        if digest.account.email == "petra@example.org":
            raise RuntimeError(f"no words for {digest.account.email}")
        return write(digest)

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "render_reminder", break_at_first)
        assert remind(any_app, before(7)) == ["mehmet"]
    assert "RuntimeError" in caplog.text
    assert "petra" not in caplog.text
    assert remind(any_app, before(7)) == ["petra"], "it is tried again"


def test_a_link_that_somebody_made_up_does_nothing(any_app: Flask, stop_path: str) -> None:
    browser = any_app.test_client()
    folder = stop_path.rpartition("/")[0]
    for token in ("x", "WzEsMF0", stop_path.rpartition("/")[2][:-1]):
        assert browser.get(f"{folder}/{token}").status_code == 404


def test_a_link_of_somebody_who_is_gone_is_not_the_successors(any_app: Flask, stop_path: str) -> None:
    with database_session(any_app) as session:
        petra = session.scalars(select(Account).where(Account.email == "petra@example.org")).one()
        petra.created_at += timedelta(hours=1)  # as if the number had gone to somebody else since
    assert any_app.test_client().get(stop_path).status_code == 404


def test_the_switch_in_the_account(any_app: Flask, cluster: int) -> None:
    browser = signed_in(any_app, "petra")
    for is_on in (False, True):
        fields = form_fields(browser.get("/konto").text)
        fields.pop("wants_reminders", None)
        answer = browser.post("/konto", data=fields | ({"wants_reminders": "1"} if is_on else {}))
        assert answer.status_code == 303
        assert wants(any_app, "petra") is is_on
        shown = form_fields(browser.get("/konto").text)
        assert ("wants_reminders" in shown) is is_on


def test_whoever_switches_off_while_the_mail_is_written_gets_none(
    any_app: Flask, cluster: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = reminders.render_reminder

    def slowly(digest: Any) -> tuple[str, str]:
        with database_session(any_app) as session:
            session.get_one(Account, digest.account.id).wants_reminders = False
        return write(digest)

    monkeypatch.setattr(reminders, "render_reminder", slowly)
    assert remind(any_app, before(7)) == []


def test_a_run_needs_few_statements_however_many_members(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        for number in range(30):
            company = make_organisation(session, f"Firma {number}", **{f"p{number}": Role.OWNER})
            add_consent(session, company.id, cluster)
    with count_statements(any_app) as statements, any_app.extensions["dnk_session_factory"]() as session:
        assert len(due_digests(session, now=before(30))) == 32
    # The eighth: companies that owe answers to a review by a day of its own.
    assert len(statements) <= 8


# ---- Changes that a cluster has requested


def ask_for_changes(app: Flask, cluster: int, until: date, since: datetime) -> None:
    """Cluster Nord wants changes to the declaration of Beck GmbH by that day."""
    with database_session(app) as session:
        declaration = session.scalars(select(Declaration)).one()
        declaration.cluster_id, declaration.version = cluster, 2
        session.add(
            ReviewRoundRow(
                declaration_id=declaration.id, version=1, letter="", answer_until=until, requested_at=since
            )
        )
    bring_into_state(app, State.CHANGES_REQUESTED, since)


def test_changes_are_reminded_of_seven_days_and_one_day_before_and_once(any_app: Flask, cluster: int) -> None:
    ask_for_changes(any_app, cluster, DUE - timedelta(days=10), before(40))
    days = [left for left in range(39, -12, -1) for _ in remind(any_app, before(left))]
    assert days == [17, 17, 11, 11], "of that day alone, and not of the final day, too"
    body = mail_to(any_app, "petra").body
    assert "Frist: 21. März 2027 (noch 1 Tag), gesetzt von Cluster Nord" in body
    assert "Stand: Das Cluster bittet um Änderungen." in body


def test_nobody_is_reminded_of_changes_that_are_resubmitted_or_new(any_app: Flask, cluster: int) -> None:
    until = DUE - timedelta(days=10)
    ask_for_changes(any_app, cluster, until, before(13))
    assert remind(any_app, before(13)) == [], "it came after the day of the first reminder"
    bring_into_state(any_app, State.SUBMITTED, before(12))
    assert remind(any_app, before(11)) == []
    bring_into_state(any_app, State.CHANGES_REQUESTED, before(12))
    with database_session(any_app) as session:
        session.scalars(select(Consent)).one().withdrawn_at = before(12)
    assert remind(any_app, before(11)) == [], "the company has left the cluster"
