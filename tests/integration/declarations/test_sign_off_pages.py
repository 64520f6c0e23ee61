"""The sign-off over HTTP: by a member on the declaration's page, and by somebody else with a link."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.states import Decision, State
from dnk_tool.services.declarations import submission
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import sign_offs
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation
from tests.support.app import database_session, form_fields, make_account, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
    send_submission,
    stored_mails,
    stored_state,
)

GUEST = {"signatory": "other", "name": "Erika Muster", "email": "Erika@Muster.example"}


@pytest.fixture
def play(app: Flask) -> DeclarationScenario:
    with database_session(app) as session:
        play = make_scenario(session)
        play.require_sign_off()
        return play


def ask_boss(app: Flask, play: DeclarationScenario) -> str:
    """The address of the page on which the boss decides."""
    send_submission(
        signed_in(app, "editor"),
        play,
        cluster=str(play.cluster),
        signatory=str(play.people["boss"].id),
    )
    return f"{declaration_path(play)}/bestaetigung"


def ask_guest(app: Flask, play: DeclarationScenario, **fields: str) -> str:
    """The path of the link in the newest mail."""
    target = {"cluster": str(play.cluster)} | GUEST | fields
    assert send_submission(signed_in(app, "editor"), play, **target).status_code == 303
    return newest_link(app)


def newest_link(app: Flask) -> str:
    link = re.search(r"https?://[^/]+(/bestaetigung/\S+)", stored_mails(app)[-1].body)
    assert link
    return link[1]


def answer_request(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send the form of the page, as a visitor or a member."""
    token = form_fields(client.get(path).text)["csrf_token"][0]
    return client.post(path, data={"csrf_token": token, **fields})


CONFIRM = {"action": "confirm", "confirmed": "1"}


def decision(app: Flask, play: DeclarationScenario) -> tuple[Decision | None, str]:
    with database_session(app) as session:
        sign_off = sign_offs.sign_offs(session, play.declaration.id)[0]
        return sign_off.decision, sign_off.reason


# ---- A member


def test_a_member_reads_and_confirms(app: Flask, play: DeclarationScenario) -> None:
    path = ask_boss(app, play)
    boss = signed_in(app, "boss")
    assert path in boss.get(f"{declaration_path(play)}/").text
    page = boss.get(path).text
    for words in (
        "Editor bittet Sie, Boss",
        "zur Prüfung an Cluster Nord",
        f"{declaration_path(play)}/versionen/1.pdf",
    ):
        assert words in page
    refused = post(boss, path, {"action": "confirm"})
    assert refused.status_code == 422
    assert refused.text.count("Setzen Sie das Häkchen, wenn Sie die Erklärung bestätigen.") == 2
    assert post(boss, path, CONFIRM).headers["Location"] == f"{declaration_path(play)}/"
    assert stored_state(app, play) is State.SUBMITTED
    assert [mail.recipient for mail in stored_mails(app)[1:]] == [
        "editor@example.org",
        "reviewer@example.org",
    ]
    assert stored_mails(app)[1].subject.startswith("Bestätigt: ")
    assert "eingereicht" in stored_mails(app)[1].body
    assert post(boss, path, CONFIRM).status_code == 303, "a second click only shows how things stand"
    assert boss.get(path).headers["Location"] == f"{declaration_path(play)}/"
    assert len(stored_mails(app)) == 3


def test_a_member_declines_with_a_reason(app: Flask, play: DeclarationScenario) -> None:
    path = ask_boss(app, play)
    boss = signed_in(app, "boss")
    for reason in ("", "  ", "x" * 2_001):
        refused = post(boss, path, {"action": "decline", "reason": reason})
        assert refused.status_code == 422
        assert refused.text.count("Schreiben Sie, was nicht stimmt") == 2
    assert "x" * 2_001 in refused.text, "nothing typed is lost"
    assert stored_state(app, play) is State.SIGNING
    assert post(boss, path, {"action": "decline", "reason": "Die Zahl stimmt nicht."}).status_code == 303
    assert stored_state(app, play) is State.DRAFT
    assert decision(app, play) == (Decision.DECLINED, "Die Zahl stimmt nicht.")
    assert stored_mails(app)[-1].recipient == "editor@example.org"
    assert "Die Zahl stimmt nicht." in stored_mails(app)[-1].body


@pytest.mark.parametrize("who", ["owner", "editor"])
def test_others_see_who_is_asked_and_cannot_answer(app: Flask, play: DeclarationScenario, who: str) -> None:
    path = ask_boss(app, play)
    client = signed_in(app, who)
    assert client.get(path).status_code == 303
    assert "Boss ist seit" in client.get(f"{declaration_path(play)}/").text
    assert post(client, path, CONFIRM).status_code == 403
    assert stored_state(app, play) is State.SIGNING


def test_an_answer_after_it_was_taken_back(app: Flask, play: DeclarationScenario) -> None:
    path = ask_boss(app, play)
    boss = signed_in(app, "boss")
    boss.get(path)
    with scenario_session(app, play) as now:
        submission.recall(Work(now.session, play.actor("editor"), LATER), now.declaration)
    assert post(boss, path, CONFIRM).headers["Location"] == f"{declaration_path(play)}/"
    assert stored_state(app, play) is State.DRAFT


def test_the_mail_goes_out_again(app: Flask, play: DeclarationScenario) -> None:
    ask_boss(app, play)
    editor = signed_in(app, "editor")
    assert post(editor, f"{declaration_path(play)}/bestaetigung/erinnern").status_code == 303
    assert [mail.recipient for mail in stored_mails(app)] == ["boss@example.org"] * 2
    assert post(signed_in(app, "boss"), f"{declaration_path(play)}/bestaetigung/erinnern").status_code == 403


# ---- Somebody with a link


def test_a_guest_reads_and_confirms_once(
    app: Flask, play: DeclarationScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = ask_guest(app, play)
    assert stored_mails(app)[-1].recipient == "erika@muster.example"
    monkeypatch.setattr(
        "dnk_tool.services.exports.rendering.render_pdf", lambda *_given, **_named: b"%PDF-kept"
    )
    guest = app.test_client()
    page = guest.get(link).text
    for words in (
        "Steinmetzwerkstatt",
        "Editor bittet Sie, Erika Muster",
        "Version 1",
        f"{link}/erklaerung.pdf",
    ):
        assert words in page
    pdf = guest.get(f"{link}/erklaerung.pdf")
    assert (pdf.status_code, pdf.data) == (200, b"%PDF-kept")
    done = answer_request(guest, link, **CONFIRM)
    assert done.status_code == 303
    assert stored_state(app, play) is State.SUBMITTED
    thanks = guest.get(link)
    assert (thanks.status_code, "bestätigt. Mehr ist nicht zu tun." in thanks.text) == (200, True)
    token = form_fields(guest.get("/anmelden").text)["csrf_token"][0]
    again = guest.post(link, data={"csrf_token": token, **CONFIRM})
    assert "Mehr ist nicht zu tun" in again.text
    assert guest.get(f"{link}/erklaerung.pdf").mimetype == "text/html", "the link opens nothing any more"
    assert decision(app, play)[0] is Decision.CONFIRMED


def test_a_guest_declines(app: Flask, play: DeclarationScenario) -> None:
    link = ask_guest(app, play)
    guest = app.test_client()
    refused = answer_request(guest, link, action="decline", reason=" ")
    assert refused.status_code == 422
    assert answer_request(guest, link, action="decline", reason="Nicht so.").status_code == 303
    assert stored_state(app, play) is State.DRAFT
    assert "nicht bestätigt" in guest.get(link).text
    assert "Nicht so." not in guest.get(link).text, "whoever finds the link reads nothing"


def test_the_link_opens_nothing_else(app: Flask, play: DeclarationScenario) -> None:
    link = ask_guest(app, play)
    guest = app.test_client()
    guest.get(link)
    for path in ("/", "/versionen/1.pdf", "/bestaetigung", "/kriterien/1"):
        assert guest.get(f"{declaration_path(play)}{path}").status_code == 302
    with database_session(app) as session:
        account = by_email(session, "erika@muster.example")
        assert account is not None
        assert (account.password_hash, account.name) == ("", "Erika Muster")
        invitation = session.scalars(select(Invitation)).one()
        assert link.rsplit("/", 1)[1] not in (invitation.token_hash, invitation.email)


def test_nobody_learns_whose_account_an_address_is(app: Flask, play: DeclarationScenario) -> None:
    with database_session(app) as session:
        make_account(session, "erika@muster.example", name="Dr. Erika Geheim")
    link = ask_guest(app, play)
    editor = signed_in(app, "editor")
    assert "Erika Muster ist seit" in editor.get(f"{declaration_path(play)}/").text
    assert "Geheim" not in editor.get(f"{declaration_path(play)}/").text
    assert "Geheim" not in app.test_client().get(link).text
    answer_request(app.test_client(), link, **CONFIRM)
    assert stored_state(app, play) is State.SUBMITTED
    with database_session(app) as session:
        assert (
            session.scalars(select(Account).where(Account.email == "erika@muster.example"))
            .one()
            .password_hash
        )


def test_a_member_gets_no_link_though_the_address_was_typed(app: Flask, play: DeclarationScenario) -> None:
    fields = {"signatory": "other", "name": "Chefin", "email": "boss@example.org"}
    send_submission(signed_in(app, "editor"), play, cluster=str(play.cluster), **fields)
    assert f"{declaration_path(play)}/bestaetigung\n" in stored_mails(app)[-1].body
    with database_session(app) as session:
        assert session.scalars(select(Invitation)).all() == []


def test_a_link_that_was_renewed_taken_back_or_too_old(app: Flask, play: DeclarationScenario) -> None:
    first = ask_guest(app, play)
    post(signed_in(app, "editor"), f"{declaration_path(play)}/bestaetigung/erinnern")
    second = newest_link(app)
    assert second != first
    visitor = app.test_client()
    assert visitor.get(first).status_code == 410
    assert visitor.get(second).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
        assert visitor.get(second).status_code == 410
        assert visitor.get(f"{second}/erklaerung.pdf").status_code == 410
    with scenario_session(app, play) as now:
        submission.recall(Work(now.session, play.actor("editor"), LATER), now.declaration)
    gone = visitor.get(second)
    assert (gone.status_code, "wird nicht mehr gebraucht" in gone.text) == (410, True)
    third = ask_guest(app, play)
    assert visitor.get(second).status_code == 410
    assert visitor.get(third).status_code == 200


def test_a_blocked_account_confirms_nothing(app: Flask, play: DeclarationScenario) -> None:
    link = ask_guest(app, play)
    with database_session(app) as session:
        account = by_email(session, "erika@muster.example")
        assert account is not None
        account.active = False
    assert app.test_client().get(link).status_code == 410


def test_a_cluster_that_was_left_can_only_be_declined(app: Flask, play: DeclarationScenario) -> None:
    link = ask_guest(app, play)
    with scenario_session(app, play) as now:
        consent = clusters.find_consent(now.session, now.declaration.organisation_id, play.cluster)
        assert consent is not None
        consent.withdrawn_at = LATER
    guest = app.test_client()
    refused = answer_request(guest, link, **CONFIRM)
    assert refused.status_code == 409
    assert stored_state(app, play) is State.SIGNING
    assert answer_request(guest, link, action="decline", reason="Dann nicht.").status_code == 303


def test_whoever_is_signed_in_as_somebody_else_acts_as_the_guest(
    app: Flask, play: DeclarationScenario
) -> None:
    link = ask_guest(app, play)
    owner = signed_in(app, "owner")
    post(owner, link, CONFIRM)
    with database_session(app) as session:
        sign_off = sign_offs.sign_offs(session, play.declaration.id)[0]
        account = by_email(session, "erika@muster.example")
        assert account is not None
        assert (sign_off.decision, sign_off.signatory_id) == (Decision.CONFIRMED, account.id)


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "../x"])
def test_an_unknown_link_is_not_found(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/bestaetigung/{token}").status_code == 404


def test_in_english_too(app: Flask, play: DeclarationScenario) -> None:
    with database_session(app) as session:
        make_account(session, "erika@muster.example", name="Erika", language="en")
    ask_guest(app, play)
    assert "Please confirm" in stored_mails(app)[-1].subject
