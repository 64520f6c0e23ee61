"""What is over is forgotten, and what the operator does not want to keep: after the periods that were set."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.config import Settings
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.privacy import retention
from dnk_tool.store.answers import history
from dnk_tool.store.tables.accounts import Account, Registration, SignIn
from dnk_tool.store.tables.declarations import Declaration, Event, Snapshot
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail, Reminder
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import (
    add_member,
    column_values,
    database_session,
    declaration_of,
    make_account,
    make_cluster,
    make_organisation,
    sign_in,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def apply(app: Flask, *, after: timedelta, **wishes: Any) -> None:
    """What the background does once the time has passed, with the operator's wishes."""
    given: Settings = app.extensions["dnk_settings"]
    settings = config.load_settings(
        instance=given.instance, database_url=given.database, secret_key="only for tests " * 4, **wishes
    )
    with time_machine.travel(NOW + after, tick=False):
        assert BackgroundWorker(app.extensions["dnk_session_factory"], settings).run_once()


def days(number: float) -> timedelta:
    return timedelta(days=number)


@pytest.mark.parametrize(("wish", "period"), [({}, 30), ({"keep_mails_days": 3}, 3)])
def test_mails_and_their_files(any_app: Flask, wish: dict[str, int], period: int) -> None:
    outbox = any_app.extensions["dnk_settings"].instance / "outbox"
    with database_session(any_app) as session, time_machine.travel(NOW, tick=False):
        for subject in ("zugestellt", "unterwegs"):
            mail_delivery.queue_mail(
                session, recipient="a@b.de", subject=subject, body="x", language="de", now=NOW
            )
        session.flush()
        session.execute(update(Mail).where(Mail.subject == "unterwegs").values(next_try=NOW + days(9999)))
    apply(any_app, after=days(0))
    [file] = outbox.glob("*.eml")
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    apply(any_app, after=days(period) - timedelta(hours=1), **wish)
    assert column_values(any_app, Mail.subject) == ["unterwegs", "zugestellt"]
    assert file.exists()
    apply(any_app, after=days(period) + timedelta(hours=1), **wish)
    assert column_values(any_app, Mail.subject) == ["unterwegs"], "what is under way is not touched"
    assert not file.exists()


def test_pdfs_of_versions_that_are_gone(any_app: Flask) -> None:
    folder = any_app.extensions["dnk_settings"].instance / "rendered"
    folder.mkdir()
    moment = (NOW - days(1)).timestamp()
    with database_session(any_app) as session:
        declaration = declaration_of(session, make_organisation(session, "A GmbH"))
        content = b"{}"
        given = {"sha256": "a" * 64, "content": content, "finished_at": NOW}
        session.add(Snapshot(declaration_id=declaration.id, version=1, **given))
    for name in (
        f"{'a' * 64}-v1-full-0-0.pdf",
        f"{'b' * 64}-v1-full-0-0.pdf",
        f"{'c' * 64}-draft-full-0-0.pdf",
    ):
        (folder / name).write_bytes(b"%PDF-")
        os.utime(folder / name, (moment, moment))
    apply(any_app, after=days(0))
    assert sorted(file.name[0] for file in folder.iterdir()) == ["a", "c"]
    apply(any_app, after=days(1))
    assert [file.name[0] for file in folder.iterdir()] == ["a"]
    apply(any_app, after=days(180))
    assert list(folder.iterdir()) == []


def invitation(name: str, **more: Any) -> Invitation:
    given: dict[str, Any] = {"expires_at": NOW + days(9999)} | more
    return Invitation(
        kind=InvitationKind.MEMBER,
        email="a@b.de",
        name=name,
        language="de",
        token_hash=name.ljust(64, "x"),
        created_at=NOW,
        sent_at=NOW,
        **given,
    )


@pytest.mark.parametrize(("wish", "period"), [({}, 180), ({"keep_invitations_days": 10}, 10)])
def test_invitations_that_are_over(any_app: Flask, wish: dict[str, int], period: int) -> None:
    with database_session(any_app) as session:
        session.add_all(
            [
                invitation("angenommen", accepted_at=NOW),
                invitation("widerrufen", revoked_at=NOW),
                invitation("abgelaufen", expires_at=NOW),
                invitation("offen"),
            ]
        )
    apply(any_app, after=days(period - 1), **wish)
    assert len(column_values(any_app, Invitation.name)) == 4
    apply(any_app, after=days(period + 1), **wish)
    assert column_values(any_app, Invitation.name) == ["offen"]


@pytest.mark.parametrize(
    ("wish", "years", "is_kept"),
    [
        ({}, 9.9, True),
        ({}, 10.1, False),
        ({"keep_trail_years": 2}, 2.1, False),
        ({"keep_trail_years": 0}, 90, True),
    ],
)
def test_the_trail(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, wish: dict[str, int], years: float, is_kept: bool
) -> None:
    monkeypatch.setattr("dnk_tool.store.activity.BATCH_SIZE", 2)
    with database_session(any_app) as session:
        company = make_organisation(session, "A GmbH")
        for version in range(5):
            history.record_event(
                session,
                EventKind.SUBMITTED,
                organisation_id=company.id,
                actor_id=None,
                now=NOW,
                version=version,
            )
        history.record_event(session, EventKind.RECALLED, actor_id=None, now=NOW + days(years * 365.25 - 1))
    apply(any_app, after=days(years * 365.25), **wish)
    left = column_values(any_app, Event.kind)
    assert left == ["recalled", *(["submitted"] * 5 if is_kept else [])]


def test_a_period_that_is_none_is_refused() -> None:
    for wrong in ({"keep_mails_days": 0}, {"keep_trail_years": -1}, {"keep_unused_accounts_months": 999}):
        with pytest.raises(config.ConfigurationError, match="DNK_KEEP"):
            config.load_settings(**wrong)


# ---- Accounts that nobody uses


def seed_accounts(session: Session) -> None:
    """People with a role of each kind, and people without."""
    company = make_organisation(session, "A GmbH", petra=Role.OWNER)
    add_member(session, company.id, "vera", Role.VIEWER, until=NOW.date() + days(9999))
    add_member(session, company.id, "ehemals", Role.VIEWER, until=NOW.date())
    make_cluster(session, "Nord", maria=ClusterRole.MANAGER)
    make_account(session, "betrieb@example.org", is_operator=True)
    signatory = make_account(session, "chef@example.org")
    for name in ("vergessen", "gestern", "neu"):
        make_account(session, f"{name}@example.org")
    declaration = session.scalars(select(Declaration)).one()
    declaration.state, declaration.signatory_id = State.SIGNING, signatory.id
    session.execute(update(Account).values(created_at=NOW, last_sign_in_at=None))
    month = days(30.5)
    session.execute(
        update(Account).where(Account.email.startswith("gestern")).values(last_sign_in_at=NOW + 6 * month)
    )
    session.execute(update(Account).where(Account.email.startswith("neu")).values(created_at=NOW + 6 * month))


def kept_people(app: Flask) -> set[str]:
    return {email.partition("@")[0] for email in column_values(app, Account.email)}


def test_accounts_without_a_role_that_nobody_uses(any_app: Flask) -> None:
    with database_session(any_app) as session:
        seed_accounts(session)
    everybody = kept_people(any_app)
    apply(any_app, after=days(3000))
    assert kept_people(any_app) == everybody, "never, unless the operator wants it"
    apply(any_app, after=days(180), keep_unused_accounts_months=6)
    assert kept_people(any_app) == everybody
    apply(any_app, after=days(190), keep_unused_accounts_months=6)
    assert everybody - kept_people(any_app) == {"vergessen", "ehemals"}
    instance = any_app.extensions["dnk_settings"].instance
    assert len((instance / "erasures.log").read_text().splitlines()) == 2


def test_a_sign_in_counts_as_use(app: Flask) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org")
        make_account(session, "berta@example.org")
        session.execute(update(Account).values(created_at=NOW))
    with time_machine.travel(NOW + days(100)):
        sign_in(app.test_client(), "anna@example.org")
    with database_session(app) as session:
        moment = session.scalars(
            select(Account.last_sign_in_at).where(Account.email == "anna@example.org")
        ).one()
    assert moment is not None
    assert abs(moment - (NOW + days(100))) < timedelta(minutes=1)
    apply(app, after=days(200), keep_unused_accounts_months=6)
    assert kept_people(app) == {"anna"}


def test_whoever_comes_back_in_the_last_moment_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with database_session(app) as session:
        make_account(session, "anna@example.org")
        session.execute(update(Account).values(created_at=NOW))
    unused: Callable[..., Any] = retention.erasure.unused_accounts

    def and_then_she_signs_in(session: Session, **given: Any) -> Any:
        accounts = unused(session, **given)
        monkeypatch.undo()
        with database_session(app) as other:
            other.execute(update(Account).values(last_sign_in_at=NOW + days(1000)))
        return accounts

    monkeypatch.setattr(retention.erasure, "unused_accounts", and_then_she_signs_in)
    apply(app, after=days(1000), keep_unused_accounts_months=6)
    assert kept_people(app) == {"anna"}


def test_what_is_over_goes_within_the_hour(any_app: Flask) -> None:
    with database_session(any_app) as session:
        account = make_account(session, "anna@example.org")
        company = make_organisation(session, "A GmbH")
        for name, until in (("vorbei", NOW), ("läuft", NOW + days(9999))):
            session.add(
                SignIn(
                    id_hash=name,
                    account_id=account.id,
                    data={},
                    created_at=NOW,
                    last_seen_at=until,
                    expires_at=until,
                )
            )
        session.add(Registration(token_hash="t", email="x@y.de", language="de", created_at=NOW))
        for due in (NOW.date(), NOW.date() + days(9999)):
            session.add(
                Reminder(
                    account_id=account.id,
                    organisation_id=company.id,
                    reporting_year=2025,
                    due=due,
                    days_before=7,
                    sent_at=NOW,
                )
            )
    apply(any_app, after=days(366))
    assert column_values(any_app, SignIn.id_hash) == ["läuft"]
    assert column_values(any_app, Registration.email) == []
    assert len(column_values(any_app, Reminder.due)) == 1
    assert column_values(any_app, Organisation.name) == ["A GmbH"]
