"""The link in an invitation, from the mail to the first page behind it, and everything that must not work."""

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import translations
from dnk_tool.services.accounts.lifecycle import AddressTaken, guest_account
from dnk_tool.services.invitations import claim_account, secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.people import member_invitations
from dnk_tool.store import people as memberships
from dnk_tool.store import schema
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Identity
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership
from tests.integration.conftest import NOW
from tests.support.app import (
    PASSWORD,
    World,
    database_session,
    form_fields,
    make_account,
    make_organisation,
    post,
    sign_in,
    sign_in_by_form,
)
from tests.support.declaration_scenario import stored_mails

EMAIL = "neu@example.org"
LIFETIME = secret_links.LIFETIME[InvitationKind.MEMBER]
ACCOUNT = {"name": "Nele Neu", "password": PASSWORD, "password_confirm": PASSWORD}


def browser(app: Flask, who: str = "") -> FlaskClient:
    client = app.test_client()
    if who:
        sign_in(client, f"{who}@example.org")
    return client


def invite(app: Flask, world: World, **fields: object) -> str:
    """Invite through the page as the owner does; the path of the link in the mail."""
    owner = browser(app, "owner")
    answer = post(
        owner,
        f"/unternehmen/{world.own}/personen/einladen",
        {"email": EMAIL, "role": "editor", "language": "de", **fields},
    )
    assert answer.status_code == 303, answer.text
    return path_in(stored_mails(app, str(fields.get("email", EMAIL)))[-1])


def path_in(mail: Mail) -> str:
    """The path of the link in a mail."""
    return "/einladung/" + re.findall(r"http://localhost:8000/einladung/(\S+)", mail.body)[0]


def role_of(app: Flask, organisation_id: int, email: str = EMAIL) -> Role | None:
    """What a person is in a company."""
    with app.extensions["dnk_session_factory"]() as session:
        account = accounts.by_email(session, email)
        row = memberships.find(session, organisation_id, account.id) if account else None
        return row.role if row else None


def accept_form(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send the form that the page shows."""
    shown = client.get(path)
    return client.post(path, data={**form_fields(shown.text), **fields})


def test_a_person_without_account_joins(app: Flask, world: World) -> None:
    path = invite(app, world)
    visitor = browser(app)
    page = visitor.get(path).text
    assert "Owner lädt Sie ein" in page
    assert "A GmbH" in page
    assert "Schreibt die ganze Erklärung" in page
    assert role_of(app, world.own) is None, "looking accepts nothing"
    answer = accept_form(visitor, path, **ACCOUNT)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/unternehmen/{world.own}"
    assert "Willkommen" in visitor.get(answer.headers["Location"]).text
    assert role_of(app, world.own) is Role.EDITOR
    assert "Nele Neu" in visitor.get("/konto").text
    again = browser(app)
    sign_in(again, EMAIL)
    assert "A GmbH" in again.get("/").text


def test_the_first_in_a_new_company_goes_straight_to_a_declaration(app: Flask, world: World) -> None:
    """Profile, then the new declaration: no page in between on which one would have to look for the next."""
    with database_session(app) as session:
        session.execute(delete(Declaration).where(Declaration.organisation_id == world.own))
    visitor = browser(app)
    profile = accept_form(visitor, invite(app, world), **ACCOUNT).headers["Location"]
    assert profile == f"/unternehmen/{world.own}/profil"
    page = visitor.get(profile).text
    assert "Willkommen" in page
    saved = visitor.post(profile, data={**form_fields(page), "legal_form": "gmbh"})
    assert saved.headers["Location"] == f"/unternehmen/{world.own}/erklaerungen/neu"
    assert "Jetzt können Sie Ihre Erklärung anlegen." in visitor.get(saved.headers["Location"]).text


def test_the_new_account_is_made_with_care(app: Flask, world: World) -> None:
    path = invite(app, world)
    visitor = browser(app)
    for fields, message in (
        ({"name": "", "password": PASSWORD, "password_confirm": PASSWORD}, "Geben Sie Ihren Namen ein"),
        ({**ACCOUNT, "password": "kurz", "password_confirm": "kurz"}, "mindestens 12 Zeichen"),
        ({**ACCOUNT, "password_confirm": "etwas anderes"}, "nicht gleich"),
    ):
        answer = accept_form(visitor, path, **fields)
        assert answer.status_code == 422
        summary = answer.text.split("govuk-error-summary__list")[1].split("</ul>")[0]
        assert message in summary
        if fields["name"]:
            assert 'value="Nele Neu"' in answer.text, "what was typed stays"
        assert PASSWORD not in answer.text
    assert role_of(app, world.own) is None
    with app.extensions["dnk_session_factory"]() as session:
        assert accounts.by_email(session, EMAIL) is None


def test_fields_that_nobody_asked_for_change_nothing(app: Flask, world: World) -> None:
    path = invite(app, world, role="viewer")
    more = {
        "email": "boese@example.org",
        "role": "owner",
        "is_operator": "1",
        "organisation_id": str(world.foreign),
        "sections": "1",
        "until": "",
    }
    assert accept_form(browser(app), path, **ACCOUNT, **more).status_code == 303
    assert role_of(app, world.own) is Role.VIEWER
    assert role_of(app, world.foreign) is None
    with app.extensions["dnk_session_factory"]() as session:
        account = accounts.by_email(session, EMAIL)
        assert account is not None
        assert not account.is_operator
        assert accounts.by_email(session, "boese@example.org") is None


def test_signing_in_by_an_invitation_gives_a_new_sign_in(app: Flask, world: World) -> None:
    """Whoever planted a cookie before knows nothing afterwards."""
    path = invite(app, world)
    visitor = browser(app)
    planted = "x" * 43
    visitor.set_cookie("dnk-sign-in", planted)
    assert accept_form(visitor, path, **ACCOUNT).status_code == 303
    cookie = visitor.get_cookie("dnk-sign-in")
    assert cookie is not None
    assert cookie.value != planted


def test_who_is_signed_in_with_the_address_needs_one_button(app: Flask, world: World) -> None:
    with database_session(app) as session:
        make_account(session, EMAIL, name="Nele")
    path = invite(app, world)
    client = browser(app, "neu")
    page = client.get(path)
    assert set(form_fields(page.text)) == {"csrf_token", "save_id"}
    assert role_of(app, world.own) is None
    assert accept_form(client, path).status_code == 303
    assert role_of(app, world.own) is Role.EDITOR


def test_another_person_cannot_use_a_forwarded_link(app: Flask, world: World) -> None:
    path = invite(app, world)
    stranger = browser(app, "stranger")
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Sie sind als Stranger angemeldet" in page.text
    assert EMAIL in page.text
    assert 'action="/abmelden"' in page.text.split("<main")[1]
    assert post(stranger, path).status_code == 403
    assert post(stranger, path, ACCOUNT).status_code == 403
    assert role_of(app, world.own, "stranger@example.org") is None
    post(stranger, "/abmelden")
    assert accept_form(stranger, path, **ACCOUNT).status_code == 303, (
        "the link still works for whom it was meant"
    )


def test_who_has_an_account_signs_in_and_comes_back(app: Flask, world: World) -> None:
    with database_session(app) as session:
        make_account(session, EMAIL)
    path = invite(app, world)
    client = browser(app)
    page = client.get(path).text
    assert "gibt es schon ein Konto" in page
    assert 'name="password"' not in page
    link = re.findall(r'href="(/anmelden\?next=[^"]+)"', page)[0]
    assert unquote(link) == f"/anmelden?next={path}"
    token = form_fields(client.get("/anmelden").text)["csrf_token"]
    assert client.post(path, data={**ACCOUNT, "csrf_token": token}).status_code == 401
    assert role_of(app, world.own) is None
    assert sign_in_by_form(client, EMAIL, next=form_fields(client.get(link).text)["next"][0]).location == path
    assert accept_form(client, path).status_code == 303


def test_an_account_that_nobody_can_sign_in_to_is_claimed(app: Flask, world: World) -> None:
    """Somebody who answered one criterion by a link has an account already, without a password."""
    with database_session(app) as session:
        make_account(session, EMAIL, name="Alt").password_hash = ""
    path = invite(app, world)
    assert accept_form(browser(app), path, **ACCOUNT).status_code == 303
    with app.extensions["dnk_session_factory"]() as session:
        account = accounts.by_email(session, EMAIL)
        assert account is not None
        assert account.name == "Nele Neu"
    sign_in(browser(app), EMAIL)


@pytest.mark.parametrize("how", ["identity", "inactive"])
def test_nobody_takes_over_an_account_by_an_invitation(app: Flask, world: World, how: str) -> None:
    with database_session(app) as session:
        account = make_account(session, EMAIL, name="Alt")
        account.password_hash = ""
        if how == "inactive":
            account.active = False
        else:
            session.add(Identity(issuer="https://idp", subject="1", account_id=account.id, created_at=NOW))
    path = invite(app, world)
    client = browser(app)
    assert 'name="password"' not in client.get(path).text
    token = form_fields(client.get("/anmelden").text)["csrf_token"]
    assert client.post(path, data={**ACCOUNT, "csrf_token": token}).status_code == 401
    with app.extensions["dnk_session_factory"]() as session:
        unchanged = accounts.by_email(session, EMAIL)
        assert unchanged is not None
        assert (unchanged.name, unchanged.password_hash) == ("Alt", "")


def over(client: FlaskClient, path: str) -> tuple[int, str]:
    """Status and heading of the page."""
    answer = client.get(path)
    return answer.status_code, re.findall(r"<h1[^>]*>(.*?)</h1>", answer.text)[0]


def test_every_reason_has_its_page(app: Flask, world: World) -> None:
    visitor = browser(app)
    assert over(visitor, "/einladung/geraten") == (404, "Diesen Link kennen wir nicht")
    used = invite(app, world)
    accept_form(browser(app), used, **ACCOUNT)
    assert over(visitor, used) == (410, "Dieser Link wurde schon benutzt")
    taken_back = invite(app, world, email="zwei@example.org")
    revoke(app, world, "zwei@example.org")
    assert over(visitor, taken_back) == (410, "Dieser Link wurde zurückgenommen")
    old = invite(app, world, email="drei@example.org")
    with time_machine.travel(datetime.now(UTC) + LIFETIME + timedelta(seconds=5)):
        assert over(visitor, old) == (410, "Dieser Link ist abgelaufen")
        assert "noch einmal zu senden" in visitor.get(old).text
        assert post(visitor, old, ACCOUNT).status_code == 410
    assert over(visitor, old)[0] == 200


def invitation_to(app: Flask, world: World, email: str) -> int:
    with app.extensions["dnk_session_factory"]() as session:
        invitation = invitations.find_open_by_email(session, world.own, email)
        assert invitation is not None
        return invitation.id


def revoke(app: Flask, world: World, email: str) -> None:
    number = invitation_to(app, world, email)
    path = f"/unternehmen/{world.own}/personen/einladungen/{number}/zuruecknehmen"
    assert post(browser(app, "owner"), path).status_code == 303


def test_sending_again_kills_the_link_before(app: Flask, world: World) -> None:
    old = invite(app, world)
    number = invitation_to(app, world, EMAIL)
    path = f"/unternehmen/{world.own}/personen/einladungen/{number}/erneut-senden"
    assert post(browser(app, "owner"), path).status_code == 303
    new = path_in(stored_mails(app, EMAIL)[-1])
    assert new != old
    assert over(browser(app), old)[0] == 410
    assert accept_form(browser(app), new, **ACCOUNT).status_code == 303


def test_a_link_works_once(app: Flask, world: World) -> None:
    path = invite(app, world)
    client = browser(app)
    token = form_fields(client.get(path).text)["csrf_token"]
    second = browser(app)
    shown = form_fields(second.get(path).text)
    assert client.post(path, data={**ACCOUNT, "csrf_token": token}).status_code == 303
    answer = second.post(path, data={**shown, **ACCOUNT, "name": "Wer anders"})
    assert answer.status_code == 410
    assert second.get("/konto").status_code == 302, "not signed in"
    with app.extensions["dnk_session_factory"]() as session:
        account = accounts.by_email(session, EMAIL)
        assert account is not None
        assert account.name == "Nele Neu"


def test_of_many_browsers_that_accept_at_once_one_gets_in(app: Flask, world: World) -> None:
    path = invite(app, world)
    ready = []
    for _ in range(4):
        client = browser(app)
        ready.append((client, {**form_fields(client.get(path).text), **ACCOUNT}))
    barrier = threading.Barrier(len(ready))

    def send(pair: tuple[FlaskClient, dict[str, object]]) -> int:
        client, fields = pair
        barrier.wait()
        return client.post(path, data=fields).status_code

    with ThreadPoolExecutor(len(ready)) as pool:
        statuses = sorted(pool.map(send, ready))
    assert statuses[0] == 303
    assert set(statuses[1:]) <= {401, 409, 410}
    assert len(statuses[1:]) == 3
    signed_in = [client for client, _ in ready if client.get("/konto").status_code == 200]
    assert len(signed_in) == 1
    with app.extensions["dnk_session_factory"]() as session:
        rows = session.scalars(select(Membership).where(Membership.organisation_id == world.own)).all()
        joined = accounts.by_email(session, EMAIL)
        assert joined is not None
        assert [row.user_id for row in rows].count(joined.id) == 1


def test_two_who_make_the_same_account_at_once_make_one(store: sessionmaker[Session]) -> None:
    """On both databases: links of two companies to the same address, opened at the same moment."""
    with write_session(store) as session:
        tokens = []
        for name in ("eins", "zwei"):
            company = make_organisation(session, name)
            _row, token = secret_links.create_invitation(
                session,
                InvitationKind.MEMBER,
                email=EMAIL,
                language="de",
                by=None,
                now=NOW,
                organisation_id=company.id,
                role="editor",
            )
            tokens += [token, token]
        session.commit()
    barrier = threading.Barrier(len(tokens))

    def enter(token: str) -> str:
        barrier.wait()
        with write_session(store) as session:
            try:
                invitation = member_invitations.acceptable_invitation(session, token, now=NOW)
                account = claim_account.claim_invited_account(
                    session, invitation, name="Nele", password_hash="x", language="de", now=NOW
                )
                member_invitations.accept_invitation(session, token, account=account, now=NOW)
            except (AddressTaken, InvalidInvitationLink) as error:
                return type(error).__name__
            session.commit()
            return "in"

    with ThreadPoolExecutor(len(tokens)) as pool:
        outcomes = list(pool.map(enter, tokens))
    assert outcomes.count("in") == 1
    with store() as session:
        account = accounts.by_email(session, EMAIL)
        assert account is not None
        accepted = session.scalars(select(Invitation).where(Invitation.accepted_at.is_not(None))).all()
        assert [invitation.accepted_by for invitation in accepted] == [account.id]


# SQLite lets one in at a time, from the start.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_claims_an_account_first_keeps_it(store: sessionmaker[Session]) -> None:
    """A guest's account, claimed by two links: the second read it when it was still free."""
    with write_session(store) as session:
        company = make_organisation(session, "eins")
        row, _token = secret_links.create_invitation(
            session,
            InvitationKind.MEMBER,
            email=EMAIL,
            language="de",
            by=None,
            now=NOW,
            organisation_id=company.id,
            role="editor",
        )
        guest_account(session, email=EMAIL, name="Nele", language="de", now=NOW)
        session.commit()
        number = row.id

    def claim(session: Session, password: str) -> None:
        invitation = session.get_one(Invitation, number)
        claim_account.claim_invited_account(
            session, invitation, name="Nele", password_hash=password, language="de", now=NOW
        )

    with write_session(store) as late, write_session(store) as first:
        assert accounts.by_email(late, EMAIL) is not None
        claim(first, "first")
        first.commit()
        with pytest.raises(AddressTaken):
            claim(late, "late")
    with store() as session:
        kept = accounts.by_email(session, EMAIL)
        assert kept is not None
        assert kept.password_hash == "first"


def test_who_leaves_takes_their_invitations_along(app: Flask, world: World) -> None:
    with database_session(app) as session:
        row = session.scalars(select(Membership).where(Membership.role == Role.EDITOR)).one()
        row.role = Role.OWNER
    path = invite(app, world)
    remover = browser(app, "editor")
    with app.extensions["dnk_session_factory"]() as session:
        owner = accounts.by_email(session, "owner@example.org")
        assert owner is not None
    answer = post(remover, f"/unternehmen/{world.own}/personen/{owner.id}/entfernen")
    assert answer.status_code == 303
    assert over(browser(app), path) == (410, "Dieser Link wurde zurückgenommen")


def test_guessing_is_slowed_down_and_does_not_hinder_others(app: Flask, world: World) -> None:
    path = invite(app, world)
    client = browser(app)
    here, elsewhere = {"REMOTE_ADDR": "10.1.1.1"}, {"REMOTE_ADDR": "10.1.1.2"}
    for number in range(30):
        assert client.get(f"/einladung/{number}", environ_overrides=here).status_code == 404
    assert client.get("/einladung/noch-einer", environ_overrides=here).status_code == 429
    assert client.get("/einladung/noch-einer", environ_overrides=elsewhere).status_code == 404
    assert client.get(path, environ_overrides=here).status_code == 200, "a real link is no guess"


def test_accepting_may_not_be_tried_forever(app: Flask, world: World) -> None:
    path = invite(app, world)
    client = browser(app)
    fields = form_fields(client.get(path).text)
    statuses = [client.post(path, data=fields).status_code for _ in range(31)]
    assert statuses == [422] * 30 + [429]


def test_no_log_and_no_table_holds_the_token(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG):
        path = invite(app, world)
        client = browser(app)
        client.get(path)
        accept_form(client, path, **ACCOUNT)
        client.get(path)
        app.testing = False
        monkeypatch.setattr(member_invitations, "acceptable_invitation", lambda *_given, **_more: 1 / 0)
        assert client.get(path).status_code == 500
    assert "ZeroDivisionError" in caplog.text, "what failed is logged"
    token = path.rsplit("/", 1)[-1]
    assert token not in caplog.text
    assert EMAIL not in caplog.text
    with app.extensions["dnk_session_factory"]() as session:
        kept = [vars(invitation) for invitation in session.scalars(select(Invitation))]
    assert kept
    assert token not in repr(kept)


def test_the_page_tells_other_sites_nothing(app: Flask, world: World) -> None:
    answer = browser(app).get(invite(app, world))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.findall(r'(?:src|href|action)="https?:', answer.text.split("<main")[1])


def test_the_mail_speaks_the_language_of_whom_it_reaches(app: Flask, world: World) -> None:
    with database_session(app) as session:
        make_account(session, "jane@example.org", name="Jane", language="en")
    invite(app, world, email="jane@example.org", role="contributor", sections=["1"])
    mail = stored_mails(app, "jane@example.org")[-1]
    english = translations("en").gettext
    assert mail.language == "en"
    assert english("Sieht und schreibt nur ausgewählte Kriterien.") in mail.body
    assert "1. Strateg" in mail.body
    assert "Öffnen" not in mail.body
    invite(app, world, language="en")
    assert stored_mails(app, EMAIL)[-1].language == "en", "without an account as the sender chooses"


def test_what_somebody_types_is_no_line_of_a_mail_s_head(app: Flask, world: World) -> None:
    owner = browser(app, "owner")
    answer = post(
        owner,
        f"/unternehmen/{world.own}/personen/einladen",
        {"email": "neu@example.org\r\nBcc: alle@example.org", "role": "editor"},
    )
    assert answer.status_code == 422
    assert "Geben Sie eine E-Mail-Adresse ein" in answer.text


def test_twenty_invitations_an_hour(app: Flask, world: World) -> None:
    owner = browser(app, "owner")
    path = f"/unternehmen/{world.own}/personen/einladen"
    for number in range(member_invitations.MAX_PER_HOUR):
        fields = {"email": f"n{number}@example.org", "role": "viewer"}
        assert post(owner, path, fields).status_code == 303
    answer = post(owner, path, {"email": EMAIL, "role": "viewer"})
    assert answer.status_code == 429
    assert "in der letzten Stunde 20 Einladungen" in answer.text
    assert f'value="{EMAIL}"' in answer.text, "what was typed stays"
    number = invitation_to(app, world, "n0@example.org")
    again = f"/unternehmen/{world.own}/personen/einladungen/{number}/erneut-senden"
    shown = post(owner, again, follow_redirects=True)
    assert "in der letzten Stunde 20 Einladungen" in shown.text


def test_the_same_page_leads_into_a_cluster(app: Flask, world: World) -> None:
    with database_session(app) as session:
        manager = accounts.by_email(session, "manager@example.org")
        assert manager is not None
        _row, token = secret_links.create_invitation(
            session,
            InvitationKind.STAFF,
            email=EMAIL,
            language="de",
            by=manager.id,
            now=datetime.now(UTC),
            cluster_id=world.cluster,
            role=ClusterRole.REVIEWER.value,
        )
    client = browser(app)
    page = client.get(f"/einladung/{token}").text
    assert "im Cluster „Cluster Nord“" in page
    assert "Prüft eingereichte Erklärungen" in page
    answer = accept_form(client, f"/einladung/{token}", **ACCOUNT)
    assert answer.status_code == 303
    assert "Cluster Nord" in client.get("/").text


@pytest.mark.parametrize(
    "kind", [InvitationKind.COMPANY, InvitationKind.CONTRIBUTION, InvitationKind.SIGN_OFF]
)
def test_links_for_something_else_are_unknown_here(app: Flask, world: World, kind: InvitationKind) -> None:
    with database_session(app) as session:
        _row, token = secret_links.create_invitation(
            session, kind, email=EMAIL, language="de", by=None, now=datetime.now(UTC), role="owner"
        )
    assert browser(app).get(f"/einladung/{token}").status_code == 404


def test_a_guess_costs_no_more_than_a_question(app: Flask, world: World) -> None:
    """Whatever is tried as a token, the answer is the same page."""
    client = browser(app)
    for token in ("x" * 2000, "%00", "..", "Ä", "' OR 1=1", "a.b"):
        assert client.get(f"/einladung/{token}").status_code in (404, 308), token


def test_no_table_but_the_outbox_holds_the_token(app: Flask, world: World) -> None:
    path = invite(app, world)
    with app.extensions["dnk_session_factory"]() as session:
        rows = {
            name: repr([tuple(row) for row in session.execute(select(table))])
            for name, table in schema.metadata().tables.items()
        }
    assert {name for name, content in rows.items() if path.rsplit("/", 1)[-1] in content} == {
        Mail.__tablename__
    }
