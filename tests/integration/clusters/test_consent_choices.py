"""What a company allows its cluster besides: asked once, given and taken back one by one, gone with it."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal, invitations, member_notes, workshop
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.consent import NotClusterMember
from dnk_tool.services.clusters.member_notes import MAX_NOTE_LENGTH, NotesNotAllowed, NoText
from dnk_tool.services.clusters.staff import AlreadyStaff
from dnk_tool.services.people import member_invitations
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices as stored_choices
from dnk_tool.store.clusters import member_files as stored_notes
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters import rooms
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, Consent, Milestone
from dnk_tool.store.tables.consents import AllowedChoice, AttendanceRow, MemberNote
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from tests.support.app import (
    World,
    add_consent,
    database_session,
    make_account,
    make_cluster,
    make_organisation,
    post,
)
from tests.support.browsers import signed_in

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SUPPORT, PROFILE = ConsentChoice.SUPPORT, ConsentChoice.PROFILE


class Play:
    """A member that allows notes, with one note and one recorded meeting."""

    def __init__(self, session: Session) -> None:
        self.session = session
        company = make_organisation(session, "Tischlerei Sommer", owner=Role.OWNER)
        cluster = make_cluster(
            session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
        )
        self.consent = add_consent(session, company.id, cluster.id)
        session.add(AllowedChoice(consent_id=self.consent.id, choice=SUPPORT))
        cohort = Cohort(cluster_id=cluster.id, reporting_year=2025, is_default=True, created_at=NOW)
        session.add(cohort)
        session.flush()
        milestone = Milestone(cohort_id=cohort.id, day=NOW.date(), title="Auftakt", sections=[])
        session.add(milestone)
        session.flush()
        session.add(
            AttendanceRow(milestone_id=milestone.id, consent_id=self.consent.id, attendance=Attendance.CAME)
        )
        ids = {account.email.partition("@")[0]: account.id for account in session.scalars(select(Account))}
        self.owner = Actor(ids["owner"], {company.id: Role.OWNER})
        self.manager = Actor(ids["manager"], clusters={cluster.id: ClusterRole.MANAGER})
        self.reviewer = Actor(ids["reviewer"], clusters={cluster.id: ClusterRole.REVIEWER})
        self.note = self.write("Braucht Hilfe bei Scope 2.")

    def write(self, text: str, actor: Actor | None = None) -> MemberNote:
        return member_notes.write_note(Work(self.session, actor or self.reviewer, NOW), self.consent, text)

    def kept(self) -> tuple[int, int]:
        """How many notes and entries of attendance there are."""
        self.session.flush()
        notes = self.session.scalars(select(MemberNote)).all()
        return len(notes), len(self.session.scalars(select(AttendanceRow)).all())

    def change(self, choice: ConsentChoice, *, is_allowed: bool, actor: Actor | None = None) -> bool:
        return consent_renewal.change_choice(
            Work(self.session, actor or self.owner, NOW), self.consent, choice, is_allowed=is_allowed
        )


@pytest.fixture
def play(session: Session) -> Play:
    return Play(session)


def test_each_permission_is_given_and_taken_back_by_owners_and_recorded(play: Play) -> None:
    assert [play.change(PROFILE, is_allowed=answer) for answer in (True, True, False)] == [True, False, True]
    assert stored_choices.choices_of(play.session, play.consent.id) == {SUPPORT}
    changes = play.session.scalars(
        select(Event).where(Event.kind == EventKind.CONSENT_CHANGED).order_by(Event.id)
    )
    assert [event.detail["choices"] for event in changes] == [{"profile": True}, {"profile": False}]
    with pytest.raises(NotPermitted):
        play.change(PROFILE, is_allowed=True, actor=play.manager)
    play.consent.edition = "2026-11c"
    assert stored_choices.choices_of(play.session, play.consent.id) == frozenset()
    with pytest.raises(ValueError, match="2026-11c"):
        play.change(PROFILE, is_allowed=True)


def test_what_the_team_noted_goes_with_the_permission(play: Play) -> None:
    assert play.kept() == (1, 1)
    play.change(PROFILE, is_allowed=True)
    play.change(PROFILE, is_allowed=False)
    assert play.kept() == (1, 1)
    play.change(SUPPORT, is_allowed=False)
    assert play.kept() == (0, 0)
    with pytest.raises(NotesNotAllowed):
        play.write("Noch etwas")


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_what_the_team_noted_goes_with_the_membership(play: Play, is_withdrawn: bool) -> None:
    end: Callable[..., object] = (
        cluster_consent.withdraw_consent if is_withdrawn else cluster_consent.remove_member
    )
    more = {} if is_withdrawn else {"typed_name": " tischlerei sommer "}
    actor = play.owner if is_withdrawn else play.manager
    work = Work(play.session, actor, NOW)
    end(work, play.consent, **more)
    assert play.kept() == (0, 0)
    [event] = play.session.scalars(select(Event).where(Event.kind == EventKind.CONSENT_WITHDRAWN))
    assert (event.actor_id, event.detail.get("by_cluster", False)) == (actor.user_id, not is_withdrawn)
    with pytest.raises(NotClusterMember):
        end(work, play.consent, **more)


def test_only_a_manager_takes_a_member_out_and_types_its_name(play: Play) -> None:
    for actor, name, refusal in (
        (play.reviewer, "Tischlerei Sommer", NotPermitted),
        (play.owner, "Tischlerei Sommer", NotPermitted),
        (play.manager, "Tischlerei", OtherName),
    ):
        with pytest.raises(refusal):
            cluster_consent.remove_member(Work(play.session, actor, NOW), play.consent, typed_name=name)
    assert play.consent.withdrawn_at is None


def test_a_removal_takes_back_what_waits_for_review(play: Play) -> None:
    declaration = play.session.scalars(select(Declaration)).one()
    declaration.state, declaration.cluster_id = State.SUBMITTED, play.consent.cluster_id
    name = "Tischlerei Sommer"
    recalled = cluster_consent.remove_member(
        Work(play.session, play.manager, NOW), play.consent, typed_name=name
    )
    assert recalled == [declaration]
    assert declaration.state is State.REOPENED
    assert declaration.cluster_id is None
    [event] = play.session.scalars(select(Event).where(Event.kind == EventKind.RECALLED))
    assert event.actor_id == play.manager.user_id


def test_a_note_is_its_authors_and_a_manager_may_delete_it(play: Play) -> None:
    def change(actor: Actor, text: str) -> None:
        member_notes.change_note(Work(play.session, actor, NOW), play.consent, play.note, text)

    change(play.reviewer, "  Scope 2 ist geklärt. ")
    assert (play.note.text, play.note.changed_at) == ("Scope 2 ist geklärt.", NOW)
    for actor in (play.manager, play.owner):
        with pytest.raises(NotPermitted):
            change(actor, "anders")
    for text in ("", " \n", "x" * (MAX_NOTE_LENGTH + 1)):
        with pytest.raises(NoText):
            change(play.reviewer, text)
        with pytest.raises(NoText):
            play.write(text)
    with pytest.raises(NotPermitted):
        play.write("Von uns", play.owner)
    other = play.write("Von Karin", play.manager)
    with pytest.raises(NotPermitted):
        member_notes.delete_note(play.session, play.consent, other, actor=play.reviewer)
    member_notes.delete_note(play.session, play.consent, play.note, actor=play.manager)
    play.session.flush()
    assert stored_notes.notes_of(play.session, play.consent.id) == [other]


def test_a_successor_takes_over_when_they_accept(play: Play) -> None:
    session, cluster = play.session, play.session.get_one(Cluster, play.consent.cluster_id)

    def invite(email: str, actor: Actor, *, hands_over: bool = True) -> tuple[Invitation, str]:
        return cluster_staff.invite_staff(
            Work(session, actor, NOW),
            cluster,
            email=email,
            name="",
            role=ClusterRole.MANAGER if hands_over else ClusterRole.REVIEWER,
            language="de",
            hands_over=hands_over,
        )

    operator = make_account(session, "operator@example.org", name="Operator", is_operator=True)
    with pytest.raises(NotPermitted):
        invite("neu@example.org", Actor(operator.id, is_operator=True))
    with pytest.raises(AlreadyStaff):
        invite("manager@example.org", play.manager)
    other, _token = invite("dritte@example.org", play.manager, hands_over=False)
    late, _token = invite("zweite@example.org", play.manager)
    invitation, _token = invite("reviewer@example.org", play.manager)
    room = workshop.open_room(Work(session, play.manager, NOW), cluster, None)
    _, token = invitations.resend(
        Work(session, Actor(operator.id, is_operator=True), NOW), cluster, invitation.id
    )
    team = {account.email: role for account, role in clusters.staff(session, cluster.id)}
    assert team["manager@example.org"] is ClusterRole.MANAGER, "nothing changes before it is accepted"
    reviewer = session.get_one(Account, play.reviewer.user_id)
    member_invitations.accept_invitation(session, token, account=reviewer, now=NOW)
    session.flush()
    [(successor, role)] = clusters.staff(session, cluster.id)
    assert (successor.email, role) == ("reviewer@example.org", ClusterRole.MANAGER)
    assert other.created_by == successor.id, "who was invited before can still accept"
    assert late.revoked_at == NOW, "a second successor would push out the first"
    assert rooms.by_code(session, room.code, now=NOW) == (room, cluster)
    [removed] = session.scalars(select(Event).where(Event.kind == EventKind.MEMBER_REMOVED))
    assert (removed.actor_id, removed.detail["user"]) == (successor.id, play.manager.user_id)


# ---- The pages


def consent_of(session: Session, world: World) -> Consent:
    return session.scalars(select(Consent).where(Consent.organisation_id == world.own)).one()


def allow(app: Flask, world: World, *choices: ConsentChoice, edition: str = NEWEST_EDITION) -> str:
    """Store the permissions; returns the address of the consent's pages."""
    with database_session(app) as session:
        consent = consent_of(session, world)
        consent.edition = edition
        session.add_all(AllowedChoice(consent_id=consent.id, choice=choice) for choice in choices)
        return f"/unternehmen/{world.own}/cluster/{consent.id}"


def test_the_company_is_asked_once_and_may_leave_everything_as_it_is(
    app: Flask, world: World, owner: FlaskClient, manager: FlaskClient
) -> None:
    home, about = f"/unternehmen/{world.own}", allow(app, world, edition="2026-11c")
    assert "Sie können einzeln erlauben" in owner.get(home).text
    page = owner.get(f"{about}/zustimmung").text
    assert " checked" not in page.replace('value="never" checked', ""), "nothing is ticked in advance"
    assert "Gibt es noch nicht" not in page, "each permission has something behind it"
    waiting = "1 Mitglied hat auf die neue Einwilligung noch nicht geantwortet"
    assert waiting in manager.get(f"/cluster/{world.cluster}/mitglieder").text
    assert post(owner, f"{about}/so-lassen").status_code == 303
    assert "Sie können einzeln erlauben" not in owner.get(home).text
    assert "per E-Mail um eine Antwort bitten" not in manager.get(f"/cluster/{world.cluster}/mitglieder").text
    answers = {"edition": NEWEST_EDITION, "allowed": ["support"]}
    unanswered = post(owner, f"{about}/zustimmung", answers)
    assert (unanswered.status_code, 'value="support" checked' in unanswered.text) == (422, True)
    done = post(owner, f"{about}/zustimmung", answers | {"figures": "never"}, follow_redirects=True).text
    assert "Teilnahme und Notizen: erlaubt" in done
    with database_session(app) as session:
        consent = consent_of(session, world)
        assert (consent.edition, consent.aggregates_from) == (NEWEST_EDITION, None)
        assert stored_choices.choices_of(session, consent.id) == {SUPPORT}


def test_a_permission_is_changed_on_its_page_which_says_what_then_happens(
    app: Flask, world: World, owner: FlaskClient, manager: FlaskClient
) -> None:
    about = allow(app, world, SUPPORT)
    notes = f"/cluster/{world.cluster}/mitglieder/{world.own}/notizen"
    assert post(manager, notes, {"text": "Fragt oft nach."}).status_code == 303
    shown = owner.get(f"/unternehmen/{world.own}/cluster").text
    assert "Fragt oft nach." in shown
    page = owner.get(f"{about}/erlaubnis/support").text
    assert "Zurzeit gibt es 1 Notiz." in page
    assert "1 Notiz" not in owner.get(f"{about}/erlaubnis/profile").text
    assert owner.get(f"{about}/erlaubnis/other").status_code == 404
    assert post(owner, f"{about}/erlaubnis/support", {"answer": "maybe"}).status_code == 422
    post(owner, f"{about}/erlaubnis/support", {"answer": "no"})
    assert "Fragt oft nach." not in owner.get(f"/unternehmen/{world.own}/cluster").text
    late = post(manager, notes, {"text": "Zu spät"})
    assert (late.status_code, "Zu spät" in late.text) == (409, True), "the words are shown once more"


def test_owners_take_the_notes_along_and_other_members_only_learn_how_many(
    app: Flask, world: World, owner: FlaskClient, manager: FlaskClient
) -> None:
    allow(app, world, SUPPORT)
    post(manager, f"/cluster/{world.cluster}/mitglieder/{world.own}/notizen", {"text": "Fragt oft nach."})
    viewer = signed_in(app, "viewer")
    page = viewer.get(f"/unternehmen/{world.own}/cluster").text
    assert ("1 Notiz des Teams" in page, "Fragt oft nach." in page) == (True, False)
    data = post(owner, f"/unternehmen/{world.own}/mitnehmen").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = json.loads(archive.read("unternehmen.json"))["rows"]
    assert [row["text"] for row in rows["member_note"]] == ["Fragt oft nach."]
    assert [row["choice"] for row in rows["consent_choice"]] == ["support"]
    own = json.loads(post(manager, "/konto/daten").data)
    assert ["text" in row for row in own["by_account"]["member_note"]] == [False]


def test_the_file_of_a_member_names_contacts_and_notes(
    app: Flask, world: World, manager: FlaskClient
) -> None:
    path = f"/cluster/{world.cluster}/mitglieder/{world.own}"
    page = manager.get(path).text
    assert 'href="mailto:owner@example.org"' in page
    assert "viewer@example.org" not in page
    assert "Das Unternehmen hat es nicht erlaubt." in page
    allow(app, world, SUPPORT)
    assert post(manager, f"{path}/notizen", {"text": " "}).status_code == 422
    post(manager, f"{path}/notizen", {"text": "Erste Notiz"})
    assert "Erste Notiz" in manager.get(path).text
    with database_session(app) as session:
        note = session.scalars(select(MemberNote.id)).one()
    post(manager, f"{path}/notizen/{note}", {"text": "Bessere Notiz"})
    assert "Bessere Notiz" in manager.get(f"{path}/notizen").text
    reviewer = signed_in(app, "reviewer")
    assert "Bessere Notiz" in reviewer.get(path).text
    assert reviewer.get(f"{path}/notizen/{note}").status_code == 404, "it is not their note"
    assert post(reviewer, f"{path}/notizen/{note}/loeschen").status_code == 403
    post(manager, f"{path}/notizen/{note}/loeschen")
    assert "Bessere Notiz" not in manager.get(path).text


def test_attendance_is_recorded_of_those_that_allow_it(
    app: Flask, world: World, manager: FlaskClient, owner: FlaskClient
) -> None:
    with database_session(app) as session:
        cohort = Cohort(cluster_id=world.cluster, reporting_year=2025, is_default=True, created_at=NOW)
        other = make_organisation(session, "Zweite GmbH")
        unasked = add_consent(session, other.id, world.cluster).id
        out = make_organisation(session, "Pause GmbH")
        paused = add_consent(session, out.id, world.cluster)
        session.add(AllowedChoice(consent_id=paused.id, choice=SUPPORT))
        assignment = CohortAssignment(
            cluster_id=world.cluster, organisation_id=out.id, reporting_year=2025, assigned_at=NOW
        )
        session.add_all([cohort, assignment])
        session.flush()
        milestone = Milestone(cohort_id=cohort.id, day=NOW.date(), title="Workshop 3", sections=[])
        session.add(milestone)
        session.flush()
        ours, key = consent_of(session, world).id, milestone.id
    allow(app, world, SUPPORT)
    path = f"/cluster/{world.cluster}/teilnahme"
    assert "Workshop 3" in manager.get(path).text
    page = manager.get(f"{path}/{key}").text
    assert ("A GmbH" in page, "Zweite GmbH" in page, "Pause GmbH" in page) == (True, False, False)
    assert "1 Unternehmen steht nicht hier" in page
    ticks = {f"company-{ours}": "came", f"company-{unasked}": "absent", "company-x": "came"}
    for sent, kept in ((ticks, "came"), ({f"company-{ours}": "nonsense"}, "came"), ({}, "came")):
        assert post(manager, f"{path}/{key}", sent).status_code == 303
        with database_session(app) as session:
            [row] = session.scalars(select(AttendanceRow))
            assert (row.consent_id, row.attendance) == (ours, kept)
    assert "Workshop 3: war da" in owner.get(f"/unternehmen/{world.own}/cluster").text
    assert "Workshop 3: war da" in manager.get(f"/cluster/{world.cluster}/mitglieder/{world.own}").text
    post(manager, f"{path}/{key}", {f"company-{ours}": ""})
    assert "war da" not in owner.get(f"/unternehmen/{world.own}/cluster").text
    assert manager.get(f"{path}/{key + 99}").status_code == 404


def test_handing_over_tells_both(app: Flask, world: World, manager: FlaskClient) -> None:
    page = f"/cluster/{world.cluster}/team/uebergeben"
    assert "Ihr Zugang endet" in manager.get(page).text
    assert post(manager, page, {"email": "x", "language": "de"}).status_code == 422
    assert post(manager, page, {"email": "reviewer@example.org", "language": "de"}).status_code == 303
    assert "übernimmt das Cluster" in manager.get(f"/cluster/{world.cluster}/team").text
    with database_session(app) as session:
        [mail] = session.scalars(select(Mail).where(Mail.recipient == "reviewer@example.org"))
        link = re.findall(r"/einladung/\S+", mail.body)[0]
        assert "Sie übernehmen damit das Cluster von Manager." in mail.body
    reviewer = signed_in(app, "reviewer")
    assert "Sie übernehmen das Cluster von Manager" in reviewer.get(link).text
    assert post(reviewer, link).status_code == 303
    assert manager.get(f"/cluster/{world.cluster}/team").status_code == 404
    assert "hat das Cluster übergeben" in reviewer.get(f"/cluster/{world.cluster}/protokoll").text
    with database_session(app) as session:
        told = session.scalars(select(Mail).where(Mail.recipient == "manager@example.org")).all()
        assert "beendet" in told[-1].subject


def test_a_manager_takes_a_member_out_and_the_owners_are_told(
    app: Flask, world: World, manager: FlaskClient, owner: FlaskClient
) -> None:
    path = f"/cluster/{world.cluster}/mitglieder/{world.own}"
    wrong = post(manager, f"{path}/herausnehmen", {"typed_name": "B GmbH"})
    assert (wrong.status_code, "Geben Sie genau den Namen" in wrong.text) == (422, True)
    assert post(manager, f"{path}/herausnehmen", {"typed_name": "A GmbH"}).status_code == 303
    assert manager.get(path).status_code == 404
    with database_session(app) as session:
        mails = session.scalars(select(Mail).where(Mail.subject.contains("gehört nicht mehr zum"))).all()
        assert [mail.recipient for mail in mails] == ["owner@example.org"]
    assert "vom Cluster" in owner.get(f"/unternehmen/{world.own}/cluster").text


@pytest.mark.usefixtures("one_day")
def test_an_archived_year_is_read_only_and_out_of_the_way(
    app: Flask, world: World, manager: FlaskClient
) -> None:
    with database_session(app) as session:
        due = {"is_default": True, "created_at": NOW, "due": date(2026, 12, 31), "starts": date(2025, 1, 1)}
        for year in (2024, 2025):
            session.add(Cohort(cluster_id=world.cluster, reporting_year=year, **due))
    cluster = f"/cluster/{world.cluster}"
    years, pause = f"{cluster}/jahre", f"{cluster}/mitglieder/{world.own}/aussetzen"
    for action, status, is_archived in (("archive", 403, True), ("reopen", 303, False)):
        assert post(manager, f"{years}/2025", {"action": action}).status_code == 303
        assert ("archiviert</strong>" in manager.get(years).text) == is_archived
        member = manager.get(f"{cluster}/mitglieder/{world.own}?jahr=2025").text
        assert ("2025 aussetzen" in member) != is_archived
        assert post(manager, pause, {"action": "pause", "year": "2025"}).status_code == status
        assert "2025" in manager.get(f"{cluster}/?jahr=2025").text, "it can be read"
        assert manager.get(f"{cluster}/uebersicht.xlsx?jahr=2025").status_code == 200
        if is_archived:
            assert "Erklärungen für 2024" in manager.get(f"{cluster}/").text, "it is out of the way"
            with database_session(app) as session:
                assert clusters.deadline_of(session, world.own, 2025) is None
                assert clusters.deadline_of(session, world.own, 2024) == date(2026, 12, 31)
    log = manager.get(f"{cluster}/protokoll").text
    assert log.count("Berichtsjahr 2025") >= 2
    with database_session(app) as session:
        kinds = session.scalars(select(Event.kind).where(Event.cluster_id == world.cluster)).all()
    assert (kinds.count(EventKind.ARCHIVED), kinds.count(EventKind.ARCHIVE_ENDED)) == (1, 1)


def test_a_member_sits_a_year_out_and_takes_part_again(
    app: Flask, world: World, manager: FlaskClient
) -> None:
    with database_session(app) as session:
        known = {"reporting_year": 2025, "is_default": True, "created_at": NOW, "due": date(2030, 1, 31)}
        session.add(Cohort(cluster_id=world.cluster, **known))
    path = f"/cluster/{world.cluster}/mitglieder/{world.own}"
    for action, due in (("pause", None), ("resume", date(2030, 1, 31))):
        assert post(manager, f"{path}/aussetzen", {"action": action, "year": "2025"}).status_code == 303
        assert ("2025 doch dabei" in manager.get(f"{path}?jahr=2025").text) == (due is None)
        with database_session(app) as session:
            assert clusters.deadline_of(session, world.own, 2025) == due
