"""A person's rights: everything as a file, and gone without a trace, also after a backup was put back."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, delete, event, select
from sqlalchemy.orm import Session

from dnk_tool.cli.main import cli
from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.domain.declarations.states import Decision, EventKind, State
from dnk_tool.domain.evidence import EvidenceFileType
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery, NewsKind
from dnk_tool.domain.measures.climate_goal import BaseOrigin, Scope2Method
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Role
from dnk_tool.domain.review import Audience, ChecklistPoint, ReviewSide, Verdict
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.privacy import data_export, erasure_files
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy.erasure import SuccessorNeeded
from dnk_tool.services.work import Work
from dnk_tool.store import schema
from dnk_tool.store.answers import history
from dnk_tool.store.privacy import personal_data
from dnk_tool.store.tables.accounts import (
    Account,
    AuthenticatorApp,
    Identity,
    Passkey,
    RecoveryCode,
    Registration,
    SignIn,
)
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.answers import (
    AnswerRevision,
    AnswerRow,
    GoalReviewRow,
    SelfCheckReply,
    SelfCheckRow,
)
from dnk_tool.store.tables.climate_goals import ClimateGoalRow
from dnk_tool.store.tables.clusters import Cohort, CohortView, Consent, Milestone, Room
from dnk_tool.store.tables.consents import MemberNote
from dnk_tool.store.tables.declarations import Declaration, Event, SectionMark, SignOff, Snapshot
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow, NominationRow
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow, ResidueNoticeRow
from dnk_tool.store.tables.figures import (
    ExplainedWarning,
    ExplanationRevision,
    FigureDecision,
    FigureRevision,
    FigureRow,
    LineRevision,
    LineRow,
    ScopeRow,
    SiteFigureRow,
)
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.joint_goals import JointGoalRow, JointSumRow
from dnk_tool.store.tables.mail import (
    ClusterMessage,
    Mail,
    ManagerNews,
    MessageCopy,
    MilestoneReminder,
    Reminder,
)
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.store.tables.organisations import CompanyConfirmation, Membership, Organisation
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import Approval, ChecklistTick, RemarkRow, ReviewRoundRow, VerdictRow
from dnk_tool.store.tables.review_team import ReviewAssignment, ReviewConflict, ReviewOpening
from tests.support.app import World, database_session, make_account, make_world, post
from tests.support.browsers import signed_in
from tests.support.machine import run_at_once

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
EMAIL, NAME = "kanarie@canary.example", "Kanarie Vogelsang"
SECRETS = ("GEHEIM-PASSWORT", "GEHEIM-APP", "GEHEIM-SCHLUESSEL", "GEHEIM-CODE", "geheim-sitzung")


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


def leave_rows_everywhere(app: Flask, world: World) -> int:
    """Somebody who left a row in every table that can hold one."""
    with database_session(app) as session:
        account = make_account(session, EMAIL, name=NAME)
        account.is_operator = True
        session.get_one(Declaration, world.own_declaration).signatory_id = account.id
        for row in rows_about(account.id, world):
            session.add(row)
            session.flush()
        mail_delivery.queue_mail(
            session, recipient=EMAIL, subject="Für Sie", body="Link", language="de", now=NOW, reply_to=""
        )
        mail_delivery.queue_mail(
            session,
            recipient="other@example.org",
            subject="Nachricht",
            body="Text",
            language="de",
            now=NOW,
            reply_to=EMAIL,
        )
        failed = Mail(
            recipient="other@example.org",
            subject="Eine Bitte",
            body=f"{NAME} bittet Sie um eine Angabe.",
            language="de",
            created_at=NOW,
            error="550 no",
        )
        session.add(failed)
        return account.id


def rows_about(who: int, world: World) -> Iterator[Any]:
    about: dict[str, Any] = {"declaration_id": world.own_declaration}
    yield Membership(user_id=who, organisation_id=world.own, role=Role.EDITOR, created_at=NOW)
    yield from staff_rows(who, world)
    yield SignIn(id_hash="g" * 50 + "geheim-sitzung", account_id=who, data={}, created_at=NOW,
                 last_seen_at=NOW, expires_at=NOW + timedelta(days=9999))  # fmt: skip
    yield from review_team_rows(who, world)
    yield from factor_rows(who)
    yield RecoveryCode(code_hash="GEHEIM-CODE", account_id=who)
    yield Identity(issuer="https://sso", subject="s-17", account_id=who, email=EMAIL, created_at=NOW)
    yield Reminder(account_id=who, organisation_id=world.own, reporting_year=2025, due=date(2027, 1, 1),
                   days_before=7, sent_at=NOW)  # fmt: skip
    yield ClusterMessage(id=17, cluster_id=world.cluster, subject="Frist", text=f"Gruß, {NAME}", mails=1,
                         sent_at=NOW, sent_by=who)  # fmt: skip
    yield ReleaseRow(cluster_id=world.cluster, reporting_year=2025, number=1, state=ReleaseState.MADE,
                     content="{}", ordered_at=NOW, made_at=NOW, made_by=who, withdrawn_at=NOW,
                     withdrawn_by=who, reason="Irrtum")  # fmt: skip
    yield MessageCopy(message_id=17, organisation_id=world.own, account_id=who, delivery=MailDelivery.SENT)
    yield ManagerNews(account_id=who, cluster_id=world.cluster, kind=NewsKind.JOINED, company="Beck",
                      happened_at=NOW)  # fmt: skip
    yield from residue_rows(who, world)
    yield from award_rows(who, world)
    cohort = Cohort(cluster_id=world.cluster, reporting_year=2025, name="Herbst", created_at=NOW)
    yield cohort
    meeting = Milestone(cohort_id=cohort.id, day=date(2027, 1, 1), title="Treffen")
    yield meeting
    yield Room(cluster_id=world.cluster, code="ABCD2345", opened_at=NOW, opened_by=who, closes_at=NOW)
    yield CohortView(account_id=who, cluster_id=world.cluster, reporting_year=2025, cohort_id=cohort.id)
    yield MilestoneReminder(account_id=who, organisation_id=world.own, milestone_id=meeting.id,
                            day=meeting.day, days_before=7, sent_at=NOW)  # fmt: skip
    yield AnswerRow(**about, ref="1.1", text="Unser Text", drafts=[{"text": "Unser Text"}], changed_at=NOW,
                    changed_by=who)  # fmt: skip
    yield AnswerRevision(**about, ref="1.1", version=1, content={"text": "Unser Text"}, saved_at=NOW,
                         saved_by=who)  # fmt: skip
    yield FigureRow(organisation_id=world.own, year=2025, datapoint="x", changed_at=NOW, changed_by=who)
    yield FigureRevision(organisation_id=world.own, year=2025, datapoint="x", version=1, content={},
                         saved_at=NOW, saved_by=who)  # fmt: skip
    yield SiteFigureRow(organisation_id=world.own, year=2025, datapoint="x", site="Werk", value=Decimal(1),
                        unit="kWh", changed_at=NOW, changed_by=who)  # fmt: skip
    yield ScopeRow(organisation_id=world.own, year=2025, sites=["Werk"], changed_at=NOW, changed_by=who)
    yield from line_rows(who, world)
    yield from told_rows(who, world)
    yield EvidenceFile(organisation_id=world.own, year=2025, sha256="e" * 64, name="Lohn Erna.pdf",
                       title="Lohn Erna", kind=EvidenceFileType.PDF, size=9, uploaded_at=NOW,
                       uploaded_by=who)  # fmt: skip
    yield SectionMark(**about, section="1", marked_at=NOW, marked_by=who)
    yield Event(organisation_id=world.own, **about, kind=EventKind.SECTION_SAVED, detail={"section": "1"},
                happened_at=NOW, actor_id=who)  # fmt: skip
    yield Snapshot(**about, version=1, content=b"{}", sha256="a" * 64, finished_at=NOW, finished_by=who)
    yield Approval(**about, version=1, cluster_name="Nord", approved_at=NOW, approved_by=who,
                   withdrawn_at=NOW, withdrawn_by=who, reason="Zahl falsch")  # fmt: skip
    yield ChecklistTick(**about, version=1, point=ChecklistPoint.COHERENCE, checked_at=NOW, checked_by=who)
    yield VerdictRow(**about, section="1", version=1, verdict=Verdict.ACCEPTED, given_at=NOW, given_by=who)
    yield RemarkRow(**about, section="1", version=1, audience=Audience.COMPANY, side=ReviewSide.COMPANY,
                    text="Bitte prüfen", written_at=NOW, published_at=NOW, author_id=who, resolved_at=NOW,
                    resolved_by=who)  # fmt: skip
    yield ReviewRoundRow(**about, version=1, letter="Bis bald.", answer_until=NOW.date(), requested_at=NOW,
                         requested_by=who)  # fmt: skip
    yield SignOff(**about, version=1, signatory_id=who, asked_at=NOW, asked_by=who,
                  decision=Decision.CONFIRMED, decided_at=NOW)  # fmt: skip
    yield Publication(**about, version=1, slug="a", published_at=NOW, published_by=who, revoked_at=NOW,
                      revoked_by=who)  # fmt: skip
    agreed = Consent(cluster_id=world.foreign_cluster, organisation_id=world.own, granted_at=NOW,
                  granted_by=who, withdrawn_at=NOW, withdrawn_by=who)  # fmt: skip
    yield agreed
    yield MemberNote(consent_id=agreed.id, text="Fragt oft nach.", written_at=NOW, author_id=who)
    yield from invitation_rows(who, world)
    yield Registration(token_hash="r", email=EMAIL, language="de", created_at=NOW)


def factor_rows(who: int) -> Iterator[Any]:
    yield AuthenticatorApp(account_id=who, secret="GEHEIM-APP", created_at=NOW)
    yield Passkey(account_id=who, credential_id="GEHEIM-SCHLUESSEL", handle="h", public_key=b"k",
                  transports=[], name="Telefon", created_at=NOW, challenged_at=NOW)  # fmt: skip


def line_rows(who: int, world: World) -> Iterator[Any]:
    line = LineRow(organisation_id=world.own, year=2025, calculator="energy",
                   content={"label": "Unsere Halle"},
                   changed_at=NOW, changed_by=who)  # fmt: skip
    yield line
    yield LineRevision(line_id=line.id, version=1, content=line.content, saved_at=NOW, saved_by=who)


def told_rows(who: int, world: World) -> Iterator[Any]:
    """What somebody said of odd figures, earlier goals, and the questions of a quick check."""
    year: dict[str, Any] = {"organisation_id": world.own, "year": 2025}
    warning = ExplainedWarning(**year, rule="jump", subject="x", text="Umbau", fingerprint="f" * 64,
                               changed_at=NOW, changed_by=who)  # fmt: skip
    yield warning
    yield ExplanationRevision(warning_id=warning.id, version=1, content={"text": "Umbau"}, saved_at=NOW,
                              saved_by=who)  # fmt: skip
    yield FigureDecision(
        **year, datapoint="x", fingerprint="f" * 64, note="Zähler", changed_at=NOW, changed_by=who
    )
    yield GoalReviewRow(declaration_id=world.own_declaration, ref="3.1", year=2024, reason="Umbau",
                        changed_at=NOW, changed_by=who)  # fmt: skip
    yield SelfCheckRow(**year, key="energy", changed_at=NOW, changed_by=who)
    reply = {"self_check": "energy", "question": "meters", "reply": SelfCheckAnswer.YES}
    yield SelfCheckReply(**year, **reply, changed_at=NOW, changed_by=who)
    years = {"from_year": 2023, "until_year": 2028}
    yield JointGoalRow(cluster_id=world.cluster, changed_at=NOW, changed_by=who, **years)
    yield JointSumRow(cluster_id=world.cluster, number=1, content={}, made_at=NOW, made_by=who)
    yield CompanyConfirmation(organisation_id=world.own, confirmed_at=NOW, confirmed_by=who)
    measure = MeasureRow(organisation_id=world.own, text="Halle dämmen", changed_at=NOW, changed_by=who)
    yield measure
    yield ExampleRow(organisation_id=world.own, measure_id=measure.id, title="Die Halle bleibt warm",
                     changed_at=NOW, changed_by=who, contact_id=who, published_by=who)  # fmt: skip
    yield ClimateGoalRow(organisation_id=world.own, base_year=2022, base=Decimal(90), target_year=2030,
                         base_origin=BaseOrigin.FIGURES, percent=Decimal(45), scope2=Scope2Method.LOCATION,
                         scope3=[], changed_at=NOW, changed_by=who)  # fmt: skip


def residue_rows(who: int, world: World) -> Iterator[Any]:
    consent = Consent(cluster_id=world.cluster, organisation_id=world.foreign, granted_at=NOW)
    yield consent
    notice = ResidueNoticeRow(consent_id=consent.id, kind=NoticeKind.OFFER, title="Unser Text",
                              tonnes=Decimal(1), codes=["03 01 05"], changed_at=NOW,
                              changed_by=who)  # fmt: skip
    yield notice
    yield ResidueInquiryRow(notice_id=notice.id, consent_id=consent.id, message="Unser Text", asked_at=NOW,
                            asker_agreed_by=who, owner_agreed_by=who)  # fmt: skip


def award_rows(who: int, world: World) -> Iterator[Any]:
    days = {"nominate_until": NOW.date(), "judge_until": NOW.date()}
    award = AwardRow(cluster_id=world.cluster, name="Preis", year=2026, criteria=[["Wirkung", 100]],
                     created_at=NOW, **days)  # fmt: skip
    yield award
    consent = Consent(cluster_id=world.cluster, organisation_id=world.foreign, granted_at=NOW,
                      withdrawn_at=NOW)  # fmt: skip
    yield consent
    yield NominationRow(award_id=award.id, consent_id=consent.id, title="Unser Text", changed_at=NOW,
                        changed_by=who)  # fmt: skip
    yield JurorRow(award_id=award.id, name=NAME, email=EMAIL, token_hash="7" * 64, invited_at=NOW)
    yield JurorRow(award_id=award.id, name="Ute", email="ute@example.org", token_hash="8" * 64,
                   invited_at=NOW, invited_by=who)  # fmt: skip


def staff_rows(who: int, world: World) -> Iterator[Any]:
    from dnk_tool.store.tables.clusters import ClusterStaff

    yield ClusterStaff(
        user_id=who, cluster_id=world.foreign_cluster, role=ClusterRole.REVIEWER, created_at=NOW
    )


def review_team_rows(who: int, world: World) -> Iterator[Any]:
    team: dict[str, Any] = {"account_id": who, "cluster_id": world.foreign_cluster}
    yield ReviewAssignment(declaration_id=world.own_declaration, assigned_at=NOW, **team)
    yield ReviewConflict(organisation_id=world.own, reason="Verwandt", marked_at=NOW, **team)
    yield ReviewOpening(declaration_id=world.own_declaration, section="1", opened_at=NOW, **team)


def invitation_rows(who: int, world: World) -> Iterator[Any]:
    link = {"language": "de", "created_at": NOW, "sent_at": NOW, "expires_at": NOW + timedelta(days=9999)}
    kind = InvitationKind.MEMBER
    yield Invitation(kind=kind, email=EMAIL, name=NAME, token_hash="1" * 64, role="editor",
                     organisation_id=world.foreign, **link)  # fmt: skip
    yield Invitation(kind=kind, email="alt@canary.example", name=NAME, token_hash="2" * 64, role="editor",
                     organisation_id=world.own, accepted_at=NOW, accepted_by=who, **link)  # fmt: skip
    yield Invitation(kind=kind, email="neu@example.org", token_hash="3" * 64, role="editor",
                     organisation_id=world.own, created_by=who, message=f"Ihr {NAME}", **link)  # fmt: skip


def everything(session: Session) -> str:
    """Every row of every table, as text."""
    return "\n".join(
        f"{name}: {row}" for name, table in tables_by_name().items() for row in session.execute(select(table))
    )


def tables_by_name() -> dict[str, Table]:
    return dict(schema.metadata().tables)


def exported(client: FlaskClient) -> dict[str, Any]:
    answer = post(client, "/konto/daten")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    export: dict[str, Any] = json.loads(answer.data)
    return export


# ---- The file


def test_the_file_holds_every_row_that_refers_to_the_person(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        export = json.loads(
            data_export.export_personal_data(Work(session, Actor(who), NOW), session.get_one(Account, who))
        )
        assert export["account"]["email"] == EMAIL
        for name, columns in personal_data.account_columns().items():
            assert export["by_account"][name], f"{name} is not exported, or the canary left nothing there"
            for column in columns:
                assert any(row[column] == who for row in export["by_account"][name]), (name, column)
        for name in personal_data.EMAIL_COLUMNS:
            assert export["by_address"][name], name
    assert export["organisations"] == {str(world.own): "A GmbH"}
    assert set(export["clusters"].values()) == {"Cluster Nord", "Cluster Süd"}


def test_the_file_holds_no_secret_and_nothing_that_belongs_to_others(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        account = session.get_one(Account, who)
        account.password_hash = "GEHEIM-PASSWORT"
        text = data_export.export_personal_data(Work(session, Actor(who), NOW), account).decode()
    for secret in (
        *SECRETS,
        account.fs_uniquifier,
        "1" * 64,
        "Unser Text",
        "Unsere Halle",
        "Umbau",
        "Lohn Erna",
        "e" * 64,
        "Bitte prüfen",
        "neu@example.org",
    ):
        assert secret not in text, secret
    assert '"secret"' not in text.partition('"left_out"')[0]


def test_nobody_gets_the_file_of_somebody_else(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        account = session.get_one(Account, who)
        with pytest.raises(ValueError, match="their own"):
            data_export.export_personal_data(Work(session, Actor(who + 1), NOW), account)
        with pytest.raises(NotPermitted):
            data_export.export_personal_data(Work(session, Actor(), NOW), account)


def test_the_button_gives_the_file(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "editor")
    export = exported(client)
    assert export["account"]["email"] == "editor@example.org"
    assert [row["role"] for row in export["by_account"]["membership"]] == ["editor"]
    assert "owner@example.org" not in json.dumps(export)


# ---- Gone


def test_afterwards_nothing_names_the_person(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    instance = any_app.extensions["dnk_settings"].instance
    write_files(instance)
    with database_session(any_app) as session:
        # A second factor would be asked for; it comes back afterwards.
        session.execute(delete(AuthenticatorApp))
        session.execute(delete(Passkey))
    client, elsewhere = signed_in(any_app, EMAIL), signed_in(any_app, EMAIL)
    with database_session(any_app) as session:
        session.add_all(factor_rows(who))
    answer = post(client, "/konto/loeschen", {"sure": "1"})
    assert answer.status_code == 303
    with database_session(any_app) as session:
        text = everything(session)
        assert session.get(Account, who) is None
        for name, columns in personal_data.account_columns().items():
            for column in columns:
                rows = session.execute(
                    select(tables_by_name()[name]).where(tables_by_name()[name].c[column] == who)
                )
                assert rows.all() == [], (name, column)
    for trace in (EMAIL, "Kanarie", "Vogelsang", "alt@canary.example"):
        assert trace not in text, trace
    for file in instance.rglob("*"):
        if file.is_file() and "sqlite3" not in file.name:
            content = file.read_bytes()
            assert b"kanarie" not in content.lower(), file
    assert client.get("/konto").status_code == elsewhere.get("/konto").status_code == 302
    assert "Ihr Konto ist gelöscht." in client.get("/").text


def test_afterwards_the_page_still_speaks_the_persons_language(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "editor@example.org")).one().language = "en"
    client = signed_in(any_app, "editor@example.org")
    assert post(client, "/konto/loeschen", {"sure": "1"}).status_code == 303
    page = client.get("/", headers={"Accept-Language": "de"}, follow_redirects=True).text
    assert '<html lang="en"' in page
    assert "Your account is deleted." in page


def write_files(instance: Path) -> None:
    """Mails of an installation without a mail server, and PDFs that name a signatory."""
    (instance / "outbox").mkdir()
    (instance / "rendered").mkdir()
    header = "From: dnk@x.de\nSubject: Hallo\nContent-Type: text/plain; charset=utf-8\n"
    for name, to, body in (
        ("1.eml", EMAIL, "Ein Link"),
        ("2.eml", "other@example.org", f"{NAME} bittet Sie."),
        ("3.eml", "other@example.org", "Jemand anderes bittet Sie."),
    ):
        (instance / "outbox" / name).write_text(f"{header}To: {to}\n\n{body}\n", encoding="utf-8")
    (instance / "rendered" / f"{'a' * 64}-v1-mark-0.1.0.pdf").write_bytes(b"%PDF Kanarie")
    (instance / "rendered" / f"{'a' * 64}-v2-mark-0.1.0.pdf").write_bytes(b"%PDF another version")
    (instance / "rendered" / f"{'b' * 64}-draft-full-0-0.pdf").write_bytes(
        b"%PDF a draft, perhaps of Kanarie"
    )


@pytest.mark.parametrize("name", ["A.* B", "Anna (Mia B.", "A[n]+ \\ B"])
def test_signs_of_a_name_are_no_pattern(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    header = "From: dnk@x.de\nSubject: Hallo\nContent-Type: text/plain; charset=utf-8\n"
    for file, to, body in (
        ("address.eml", "a.b@example.org", "Ein Link"),
        ("name.eml", "c@example.org", f"{name} bittet Sie."),
        ("others.eml", "axb@example.org", "Anders B bittet Sie."),
    ):
        (folder / file).write_text(f"{header}To: {to}\n\n{body}\n", encoding="utf-8")
    erasure_files.delete_mails(tmp_path, "a.b@example.org", name)
    assert [file.name for file in folder.iterdir()] == ["others.eml"]


def test_what_others_need_stays_without_the_name(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    instance = any_app.extensions["dnk_settings"].instance
    write_files(instance)
    with database_session(any_app) as session:
        erased = account_erasure.erase(Work(session, Actor(who), NOW), session.get_one(Account, who))
    erasure_files.finish_erasure(instance, erased, now=NOW)
    with database_session(any_app) as session:
        assert session.scalars(select(AnswerRow)).one().text == "Unser Text"
        assert session.scalars(select(RemarkRow)).one().text == "Bitte prüfen"
        assert session.scalars(select(Approval)).one().approved_by is None
        assert session.scalars(select(Snapshot)).one().content == b"{}"
        saved = session.scalars(select(Event).where(Event.kind == EventKind.SECTION_SAVED)).one()
        assert (saved.actor_id, saved.by_account, saved.happened_at) == (None, True, NOW)
        removed = session.scalars(
            select(Event).where(Event.kind == EventKind.MEMBER_REMOVED).order_by(Event.id)
        ).all()
        assert [(event.organisation_id, event.cluster_id) for event in removed] == [
            (world.own, None),
            (None, world.foreign_cluster),
        ]
        mails = session.scalars(select(Mail)).all()
        assert [(mail.subject, mail.reply_to) for mail in mails] == [("Nachricht", "")]
        [open_one] = session.scalars(select(Invitation)).all()
        assert (open_one.email, open_one.message) == ("neu@example.org", "")
        assert open_one.revoked_at == NOW, "nobody comes in by an invitation of somebody who is gone"
    assert sorted(file.name for file in instance.rglob("*.eml")) == ["3.eml"]
    assert [file.name[64:] for file in instance.rglob("*.pdf")] == ["-v2-mark-0.1.0.pdf"]
    assert (instance / "erasures.log").read_text() == f"{NOW.isoformat()} {who}\n"
    assert (instance / "erasures.log").stat().st_mode & 0o077 == 0


def test_the_page_says_what_goes_and_asks_to_be_sure(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "editor@example.org")
    html = client.get("/konto/loeschen").text
    assert "Was gelöscht wird" in html
    assert "Was ohne Ihren Namen bleibt" in html
    answer = post(client, "/konto/loeschen")
    assert answer.status_code == 422
    assert answer.text.count("Bestätigen Sie bitte") == 2, "in the summary and at the box"
    assert client.get("/konto").status_code == 200


def test_only_shortly_after_a_sign_in(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "editor@example.org")
    with database_session(any_app) as session:
        row = session.scalars(select(SignIn)).one()
        row.data = row.data | {"fs_paa": row.data["fs_paa"] - 601}
    for answer in (client.get("/konto/loeschen"), post(client, "/konto/loeschen", {"sure": "1"})):
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/konto/bestaetigen?next=/konto/loeschen"
    assert client.get("/konto").status_code == 200


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("owner", ("A GmbH", "Geben Sie das Unternehmen zuerst an jemand anderen ab.")),
        ("stranger", ("B GmbH", "Dort arbeitet sonst niemand.")),
        ("manager", ("Cluster Nord", "Geben Sie das Clustermanagement zuerst")),
        ("operator", ("Diese Installation", "in den Betrieb auf", "/betrieb/personen")),
    ],
)
def test_whoever_is_needed_hears_what_to_do_first(
    any_app: Flask, world: World, who: str, words: tuple[str, ...]
) -> None:
    client = signed_in(any_app, f"{who}@example.org")
    for answer in (client.get("/konto/loeschen"), post(client, "/konto/loeschen", {"sure": "1"})):
        for word in words:
            assert word in answer.text
    assert answer.status_code == 409
    assert client.get("/konto").status_code == 200


def test_once_somebody_else_owns_it_one_may_go(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "owner@example.org")
    with database_session(any_app) as session:
        session.scalars(select(Membership).where(Membership.role == Role.EDITOR)).one().role = Role.OWNER
    assert post(client, "/konto/loeschen", {"sure": "1"}).status_code == 303


def test_a_locked_owner_is_no_owner(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        editor = session.scalars(select(Account).where(Account.email == "editor@example.org")).one()
        session.scalars(select(Membership).where(Membership.user_id == editor.id)).one().role = Role.OWNER
        editor.active = False
        owner = session.scalars(select(Account).where(Account.email == "owner@example.org")).one()
        assert [
            company[1] for company in account_erasure.sole_responsibilities(session, owner).companies
        ] == ["A GmbH"]


def test_of_two_owners_who_leave_at_once_one_stays(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        session.scalars(select(Membership).where(Membership.role == Role.EDITOR)).one().role = Role.OWNER
        owners = session.scalars(select(Membership.user_id).where(Membership.role == Role.OWNER,
                                 Membership.organisation_id == world.own)).all()  # fmt: skip
    barrier, outcomes = threading.Barrier(2), []

    def leave(who: int) -> None:
        barrier.wait()
        try:
            with database_session(any_app) as session:
                account_erasure.erase(Work(session, Actor(who), NOW), session.get_one(Account, who))
            outcomes.append("gone")
        except SuccessorNeeded:
            outcomes.append("needed")

    run_at_once(partial(leave, who) for who in owners)
    assert sorted(outcomes) == ["gone", "needed"]


def test_nobody_erases_somebody_else_but_the_operator(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        account = session.get_one(Account, who)
        with pytest.raises(NotPermitted):
            account_erasure.erase(Work(session, Actor(who + 1), NOW), account)
        with pytest.raises(NotPermitted):
            account_erasure.erase_address(Work(session, Actor(who + 1), NOW), EMAIL)
        operator = session.scalars(select(Account).where(Account.email == "operator@example.org")).one()
        account_erasure.erase(Work(session, Actor(operator.id, is_operator=True), NOW), account)


def test_a_mail_that_is_being_sent_while_its_recipient_is_erased_stops_nothing(
    any_app: Flask, world: World
) -> None:
    who = leave_rows_everywhere(any_app, world)
    factory = any_app.extensions["dnk_session_factory"]

    def deliver(mail: Mail) -> MailDelivery:
        if mail.recipient == EMAIL:
            with database_session(any_app) as session:
                account_erasure.erase(Work(session, Actor(who), NOW), session.get_one(Account, who))
        return MailDelivery.SENT

    assert mail_delivery.deliver_due(factory, deliver) == 2


def test_a_waiting_sign_off_can_be_asked_of_somebody_else(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        viewer = session.scalars(select(Account).where(Account.email == "viewer@example.org")).one()
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.state, declaration.signatory_id = State.SIGNING, viewer.id
        session.flush()
        account_erasure.erase(Work(session, Actor(viewer.id), NOW), viewer)
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert (declaration.state, declaration.signatory_id) == (State.SIGNING, None)


# ---- After a restored backup


def test_a_restored_backup_is_erased_again(any_app: Flask, world: World) -> None:
    instance, factory = any_app.extensions["dnk_settings"].instance, any_app.extensions["dnk_session_factory"]
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        made_at = session.get_one(Account, who).created_at
    later = made_at + timedelta(hours=1)
    # As if it had been erased an hour after it was made, and the backup were older.
    (instance / "erasures.log").write_text(f"{later.isoformat()} {who}\n{later.isoformat()} 987654\n20")
    assert erasure_files.reapply_erasures(factory, instance).accounts == 1
    assert erasure_files.reapply_erasures(factory, instance).accounts == 0
    with database_session(any_app) as session:
        assert EMAIL not in everything(session)


def test_a_successor_with_the_same_number_is_left_alone(any_app: Flask, world: World) -> None:
    instance, factory = any_app.extensions["dnk_settings"].instance, any_app.extensions["dnk_session_factory"]
    who = leave_rows_everywhere(any_app, world)
    with database_session(any_app) as session:
        earlier = session.get_one(Account, who).created_at - timedelta(seconds=1)
    (instance / "erasures.log").write_text(f"{earlier.isoformat()} {who}\n")
    assert erasure_files.reapply_erasures(factory, instance).accounts == 0
    with database_session(any_app) as session:
        assert session.get(Account, who)


# ---- On the command line


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DNK_INSTANCE", str(app.extensions["dnk_settings"].instance))
    return lambda *arguments, typed="": CliRunner().invoke(cli, arguments, input=typed)


def test_the_operator_erases_on_the_command_line(app: Flask, run: Any) -> None:
    make_world(app)
    assert run("user", "erase", "editor@example.org", typed="n\n").exit_code == 1
    assert run("user", "erase", "Editor@Example.org", typed="y\n").exit_code == 0
    done = run("user", "erase", "owner@example.org", "--yes")
    assert done.exit_code == 1
    assert "A GmbH" in done.output
    assert "--even-if-needed" in done.output
    assert run("user", "erase", "owner@example.org", "--yes", "--even-if-needed").exit_code == 0
    assert run("user", "erase", "keine-adresse").exit_code == 1
    with database_session(app) as session:
        left = set(session.scalars(select(Account.email)))
        assert session.scalars(select(Organisation.name).order_by(Organisation.id)).first() == "A GmbH"
    assert not left & {"editor@example.org", "owner@example.org"}


def test_the_operator_erases_somebody_who_was_only_asked(app: Flask, run: Any) -> None:
    world = make_world(app)
    with database_session(app) as session:
        session.add(next(invitation_rows(0, world)))
    done = run("user", "erase", EMAIL, "--yes")
    assert done.exit_code == 0
    assert "no account" in done.output
    with database_session(app) as session:
        assert EMAIL not in everything(session)


@pytest.mark.sqlite
def test_upgrade_and_serve_erase_again_what_a_backup_brought_back(app: Flask, run: Any) -> None:
    make_world(app)
    database = app.extensions["dnk_settings"].instance / "dnk.sqlite3"
    backup = database.with_name("backup.sqlite3")
    with sqlite3.connect(database) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close(), target.close()
    assert run("user", "erase", "editor@example.org", "--yes").exit_code == 0
    app.extensions["dnk_engine"].dispose()
    for file in database.parent.glob("dnk.sqlite3*"):
        file.unlink()
    backup.rename(database)
    assert "Erased 1" in run("upgrade").output
    assert "Erased" not in run("upgrade").output
    with database_session(app) as session:
        assert "editor@example.org" not in set(session.scalars(select(Account.email)))


# ---- The contract with tables to come


def test_every_table_that_knows_a_person_is_thought_of() -> None:
    """A new table with a column for people must be exported, and its columns looked at one by one."""
    known = {name for name, _ in DOCUMENTED.items()}
    assert set(personal_data.account_columns()) == known, (
        "say in docs/personal-data.md what happens to the new table"
    )
    by_address = {
        name
        for name, table in tables_by_name().items()
        if {"email", "recipient", "reply_to"} & set(table.c.keys()) and name != "account"
    }
    assert by_address - known <= set(personal_data.EMAIL_COLUMNS)
    for name, columns in data_export.excluded_columns().items():
        assert columns <= set(tables_by_name()[name].c.keys()), f"{name} has no such columns"


def documented() -> dict[str, str]:
    file = Path(__file__).parents[3] / "docs/personal-data.md"
    lines = [line for line in file.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {table.strip("`"): rest[-1] for name, *rest in cells for table in name.split(", ")}


DOCUMENTED = documented()


def test_the_documentation_tells_the_truth_about_what_goes_and_what_stays() -> None:
    for name, columns in personal_data.account_columns().items():
        rules = {
            key.ondelete
            for column in columns
            for key in tables_by_name()[name].c[column].foreign_keys
            if key.column.table.name == "account"
        }
        said = DOCUMENTED[name]
        assert rules == ({"CASCADE"} if said == "goes" else {"SET NULL"}), (name, said)


def test_an_export_asks_each_table_once(any_app: Flask, world: World) -> None:
    who = leave_rows_everywhere(any_app, world)
    statements: list[str] = []
    engine = any_app.extensions["dnk_engine"]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with database_session(any_app) as session:
        account = session.get_one(Account, who)
        event.listen(engine, "before_cursor_execute", note)
        data_export.export_personal_data(Work(session, Actor(who), NOW), account)
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == len(personal_data.account_columns()) + len(personal_data.EMAIL_COLUMNS) + 3


def test_the_trail_says_that_a_person_left(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "owner@example.org")
    with database_session(any_app) as session:
        history.record_event(
            session, EventKind.MEMBER_JOINED, organisation_id=world.own, actor_id=None, now=NOW, role="editor"
        )
        editor = session.scalars(select(Account).where(Account.email == "editor@example.org")).one()
        account_erasure.erase(Work(session, Actor(editor.id), NOW), editor)
    html = client.get(f"/unternehmen/{world.own}/protokoll?art=member-removed").text
    assert "(gelöschtes Konto)" in html


def test_the_shell_may_everything(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        account_erasure.erase_address(Work(session, SHELL, NOW), "owner@example.org", even_if_needed=True)
    with database_session(any_app) as session:
        assert "owner@example.org" not in everything(session)
