"""What one account may cause: invitations, questions, messages and companies, whatever it founds for that."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.company_list.rows import CompanyRow
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import (
    DAY,
    HOUR,
    RECIPIENT_LIMITS,
    SENDER_LIMITS,
    ActionLimit,
    ActionLimitReached,
    LimitedAction,
    count_allowed_mails,
    count_mails,
)
from dnk_tool.services.clusters.company_invitations import invite_companies
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.services.work import Work
from dnk_tool.store import rate_limits
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import (
    World,
    database_session,
    form_fields,
    make_cluster,
    make_organisation,
    post,
    sign_in,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
STRANGER = "fremd@example.net"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def mail_count(app: Flask) -> int:
    with database_session(app) as session:
        return session.scalar(select(func.count()).select_from(Mail)) or 0


def try_to_invite(client: FlaskClient, company: int, email: str) -> tuple[int, str]:
    answer = post(
        client,
        f"/unternehmen/{company}/personen/einladen",
        {"email": email, "role": "viewer", "language": "de"},
    )
    return answer.status_code, answer.text


def test_f4_many_companies_send_a_stranger_five_mails_a_day(
    app: Flask, client: FlaskClient, clock: time_machine.Traveller
) -> None:
    with database_session(app) as session:
        first = make_organisation(session, "Firma 0", owner=Role.OWNER)
        owner = session.scalars(select(Membership.user_id)).one()
        companies = [first.id]
        for number in range(1, 7):
            company = Organisation(name=f"Firma {number}", created_at=NOW)
            session.add(company)
            session.flush()
            session.add(
                Membership(user_id=owner, organisation_id=company.id, role=Role.OWNER, created_at=NOW)
            )
            companies.append(company.id)
    sign_in(client, "owner@example.org")
    statuses = [try_to_invite(client, company, STRANGER)[0] for company in companies]
    assert statuses == [303] * 5 + [429] * 2
    assert mail_count(app) == 5
    _status, page = try_to_invite(client, companies[6], "Fremd@Example.net")
    assert "Diese Person hat heute schon viele E-Mails von hier bekommen." in page
    assert "Ab 26. November 2026, 10:00 Uhr geht es wieder." in page
    assert form_fields(page)["email"] == ["Fremd@Example.net"], "what was typed stays"
    assert try_to_invite(client, companies[6], "anders@example.net")[0] == 303
    clock.shift(DAY)
    sign_in(client, "owner@example.org")
    assert try_to_invite(client, companies[6], STRANGER)[0] == 303


def test_f4_sending_again_counts_too(
    app: Flask, world: World, client: FlaskClient, clock: time_machine.Traveller
) -> None:
    sign_in(client, "owner@example.org")
    assert try_to_invite(client, world.own, STRANGER)[0] == 303
    with database_session(app) as session:
        number = session.scalars(select(Invitation.id)).one()
    again = f"/unternehmen/{world.own}/personen/einladungen/{number}/erneut-senden"
    answers = [post(client, again) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == str(24 * 3600)
    assert "Ab 26. November 2026, 10:00 Uhr geht es wieder." in answers[-1].text
    assert mail_count(app) == 5


def test_f4_questions_to_one_person_end(
    app: Flask, world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPIENT_LIMITS, LimitedAction.QUESTION, ActionLimit(2, DAY))
    sign_in(client, "editor@example.org")
    answers = []
    for criterion in ("1", "2", "3"):
        path = f"/erklaerungen/{world.own_declaration}/beitraege/neu?kriterium={criterion}"
        page = client.get(path)
        fields = form_fields(page.text) | {"email": STRANGER, "name": "Fee", "message": "Bitte bald."}
        answers.append(client.post(path, data=fields))
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Bitte bald." in answers[2].text
    assert mail_count(app) == 2


def test_f4_the_sender_is_counted_over_all_companies(session: Session) -> None:
    most = SENDER_LIMITS[LimitedAction.INVITATION].most
    for number in range(most):
        send_counted(session, [f"p{number}@example.org"])
    with pytest.raises(ActionLimitReached) as caught:
        send_counted(session, ["late@example.org"])
    assert (caught.value.until, caught.value.is_recipient) == (NOW + HOUR, False)
    send_counted(session, ["late@example.org"], sender=2)
    send_counted(session, ["late@example.org"], now=NOW + HOUR)


def send_counted(
    session: Session,
    recipients: list[str],
    *,
    action: LimitedAction = LimitedAction.INVITATION,
    sender: int | None = 1,
    now: datetime = NOW,
) -> None:
    count_mails(session, action, sender=sender, recipients=recipients, now=now)


def test_f4_messages_of_all_clusters_to_one_person_are_counted(session: Session) -> None:
    most = RECIPIENT_LIMITS[LimitedAction.MESSAGE].most
    for sender in range(most):
        send_counted(
            session, [STRANGER, f"x{sender}@example.org"], action=LimitedAction.MESSAGE, sender=sender
        )
    with pytest.raises(ActionLimitReached) as caught:
        send_counted(session, ["y@example.org", STRANGER], action=LimitedAction.MESSAGE, sender=999)
    assert caught.value.is_recipient
    assert caught.value.until == NOW + DAY


def test_f4_two_letters_of_one_message_to_one_person_are_two(session: Session) -> None:
    most = RECIPIENT_LIMITS[LimitedAction.MESSAGE].most
    send_counted(session, [STRANGER] * most, action=LimitedAction.MESSAGE)
    with pytest.raises(ActionLimitReached):
        send_counted(session, [STRANGER], action=LimitedAction.MESSAGE)


def test_f4_only_mails_to_those_at_the_limit_are_left_out(session: Session) -> None:
    """They count for nobody; of two letters to one person the first may be the last allowed."""
    most, action = RECIPIENT_LIMITS[LimitedAction.MESSAGE].most, LimitedAction.MESSAGE
    send_counted(session, [STRANGER] * (most - 1), action=action)
    whom = [STRANGER, "x@example.org", STRANGER]
    for expected in ([True, True, False], [False, True, False]):
        assert count_allowed_mails(session, action, sender=1, recipients=whom, now=NOW) == expected
    with pytest.raises(ActionLimitReached) as caught:
        count_allowed_mails(session, action, sender=2, recipients=[STRANGER], now=NOW)
    assert caught.value.is_recipient
    assert count_allowed_mails(session, action, sender=None, recipients=whom, now=NOW) == [True] * 3
    keys = {f"{action}-by:1": most - 1 + 3, action_limits._recipient_key(action, STRANGER): most + 1}
    for key, count in keys.items():
        assert rate_limits.count_hits(session, key, window=DAY, now=NOW) == count


def test_f4_the_command_line_is_not_limited(session: Session) -> None:
    send_counted(session, [STRANGER] * 500, sender=None)
    for number in range(30):
        create_organisation(Work(session, SHELL, NOW), Profile(f"Firma {number}"))


def test_f4_a_list_skips_who_got_too_many(app: Flask) -> None:
    with database_session(app) as session:
        cluster = make_cluster(session, "Nord", manager=ClusterRole.MANAGER)
        for sender in range(100, 105):
            send_counted(session, [STRANGER], action=LimitedAction.COMPANY_INVITATION, sender=sender)
        session.flush()
        manager = Actor(1, clusters={cluster.id: ClusterRole.MANAGER})
        rows = [
            CompanyRow(n, f"F{n}", email, "", "de") for n, email in enumerate([STRANGER, "neu@example.net"])
        ]
        sent, left = invite_companies(Work(session, manager, NOW), cluster, rows)
        assert [invitation.email for invitation, _token in sent] == ["neu@example.net"]
        assert left == 1


def test_f4_ten_companies_a_day(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "owner@example.org")
    fields = form_fields(client.get("/unternehmen/neu").text)
    codes = [
        client.post("/unternehmen/neu", data=fields | {"name": f"Firma {number}"}) for number in range(11)
    ]
    assert [answer.status_code for answer in codes] == [303] * 10 + [429]
    assert "Sie haben heute schon viele Unternehmen angelegt." in codes[-1].text
    assert form_fields(codes[-1].text)["name"] == ["Firma 10"], "what was typed stays"


def test_f4_no_counter_holds_an_address(session: Session) -> None:
    send_counted(session, [STRANGER])
    keys = session.execute(select(action_limits.rate_limits.RateLimit.key)).scalars().all()
    assert len(keys) == 2
    assert not [key for key in keys if "@" in key]
