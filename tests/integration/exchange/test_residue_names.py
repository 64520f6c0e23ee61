"""Canaries: no name and no address of a company before both agreed, on any page, sheet, file or mail."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.permissions import Role
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import residues
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership
from tests.integration.exchange.residue_members import (
    ResidueFirm,
    a_notice,
    add_residue_firm,
    as_firm,
    show,
    told_canaries,
)
from tests.support.app import World, database_session, post
from tests.support.browsers import signed_in

# Names and addresses of both sides, and of who acts for them; Vienna's owner is the company asked.
WOOD, PERSON, ADDRESS = "Kanarienvogel Möbel GmbH", "Viennesa", "viennesa@example.org"
CANARIES = (WOOD, "Kanarienvogel", PERSON, ADDRESS)
OWN_CANARIES = ("A GmbH", "owner@example.org")
AGREE = re.compile(r'action="([^"]+/zustimmen[^"]*)"')
SEARCH = {"title": "Späne", "codes": "03 01 05", "tonnes": "5", "number-language": "de", "version": "0"}


@pytest.fixture
def firm(app: Flask, world: World) -> ResidueFirm:
    with database_session(app) as session:
        as_firm(session, world.cluster, world.own, "owner")
        made = add_residue_firm(session, world.cluster, WOOD, "viennesa")
        show(session, made, a_notice(title="Eichenspäne"), datetime.now(UTC))
        session.expunge(made.consent)
    return made


def pages(app: Flask, world: World, notice: int, asker: FlaskClient, manager: FlaskClient) -> dict[str, str]:
    """Everything that the asking company and the manager can open about residues."""
    own, led = f"/unternehmen/{world.own}/reststoffe", f"/cluster/{world.cluster}/reststoffe"
    opened = {
        path: client.get(path)
        for client, paths in (
            (
                asker,
                (
                    own,
                    f"{own}/anfragen",
                    f"{own}/blatt",
                    f"{own}/{notice}/anfragen",
                    f"{own}/{notice}/melden",
                ),
            ),
            (manager, (led, f"{led}/blatt", f"{led}.csv", f"{led}/{notice}/herunternehmen")),
        )
        for path in paths
    }
    assert {answer.status_code for answer in opened.values()} == {200}
    return {path: answer.text for path, answer in opened.items()}


def mails(app: Flask, recipient: str) -> list[Mail]:
    with database_session(app) as session:
        found = session.scalars(select(Mail).where(Mail.recipient == recipient)).all()
        session.expunge_all()
    return list(found)


def test_nobody_learns_a_name_before_both_agreed(app: Flask, world: World, firm: ResidueFirm) -> None:
    asker, other, manager = (signed_in(app, name) for name in ("owner", "viennesa", "manager"))
    own, theirs = f"/unternehmen/{world.own}/reststoffe", f"/unternehmen/{firm.id}/reststoffe"
    with database_session(app) as session:
        [posted] = residues.posted_notices(session, world.cluster)
    post(asker, f"{own}/neu?art=search", SEARCH | {"action": "show"})
    assert told_canaries(pages(app, world, posted.id, asker, manager), CANARIES) == []

    post(asker, f"{own}/{posted.id}/melden", {"reason": "Das ist Werbung."})
    sent = post(asker, f"{own}/{posted.id}/anfragen", {"message": "Geht es einmal im Monat?"})
    assert sent.status_code == 303
    assert told_canaries(pages(app, world, posted.id, asker, manager), CANARIES) == []
    received = {"board": other.get(theirs).text, "inquiries": other.get(f"{theirs}/anfragen").text}
    assert "einmal im Monat" in received["inquiries"]
    assert told_canaries(received, OWN_CANARIES) == []
    [asked], [reported] = mails(app, ADDRESS), mails(app, "manager@example.org")
    assert asked.reply_to == ""
    assert "Eichenspäne" not in asked.subject, "the outbox shows operators whom it went to"
    assert told_canaries({"mail": f"{asked.subject} {asked.body}"}, OWN_CANARIES) == []
    assert told_canaries({"mail": f"{reported.subject} {reported.body}"}, CANARIES + OWN_CANARIES) == []

    [path] = AGREE.findall(received["inquiries"])
    assert "Beide haben zugestimmt" in post(other, path, follow_redirects=True).text
    after = pages(app, world, posted.id, asker, manager)
    assert {line.split(":")[0] for line in told_canaries(after, CANARIES)} == {f"{own}/anfragen"}
    assert "A GmbH" in other.get(f"{theirs}/anfragen").text
    replies = {
        mail.recipient: mail.reply_to for mail in (*mails(app, ADDRESS), *mails(app, "owner@example.org"))
    }
    assert replies == {ADDRESS: "owner@example.org", "owner@example.org": ADDRESS}
    with database_session(app) as session:
        events = session.scalars(select(Event).where(Event.kind.in_(("residue-asked", "residue-contact"))))
        assert told_canaries({"log": " ".join(str(event.detail) for event in events)}, CANARIES) == []


def test_an_introduction_names_nobody_to_nobody(app: Flask, world: World, firm: ResidueFirm) -> None:
    asker, other, manager = (signed_in(app, name) for name in ("owner", "viennesa", "manager"))
    own, theirs = f"/unternehmen/{world.own}/reststoffe", f"/unternehmen/{firm.id}/reststoffe"
    post(asker, f"{own}/neu?art=search", SEARCH | {"action": "show"})
    with database_session(app) as session:
        by_kind = {each.notice.kind: each.id for each in residues.posted_notices(session, world.cluster)}
    pair = {"offer": by_kind[NoticeKind.OFFER], "search": by_kind[NoticeKind.SEARCH]}
    post(manager, f"/cluster/{world.cluster}/reststoffe/bekannt-machen", pair)
    agreed = other.get(f"{theirs}/anfragen").text
    [path] = AGREE.findall(agreed)
    post(other, path)
    assert told_canaries(pages(app, world, by_kind[NoticeKind.OFFER], asker, manager), CANARIES) == []
    assert told_canaries({"page": other.get(f"{theirs}/anfragen").text}, OWN_CANARIES) == []
    texts = {str(mail.id): f"{mail.subject} {mail.body}" for mail in mails(app, "owner@example.org")}
    assert len(texts) == 1
    assert told_canaries(texts, CANARIES) == []


def test_who_writes_for_both_companies_is_told_once_of_an_introduction(
    app: Flask, world: World, firm: ResidueFirm
) -> None:
    with database_session(app) as session:
        writer = by_email(session, ADDRESS)
        assert writer is not None
        now = datetime.now(UTC)
        session.add(
            Membership(user_id=writer.id, organisation_id=world.own, role=Role.EDITOR, created_at=now)
        )
    asker, manager = signed_in(app, "owner"), signed_in(app, "manager")
    post(asker, f"/unternehmen/{world.own}/reststoffe/neu?art=search", SEARCH | {"action": "show"})
    with database_session(app) as session:
        by_kind = {each.notice.kind: each.id for each in residues.posted_notices(session, world.cluster)}
    pair = {"offer": by_kind[NoticeKind.OFFER], "search": by_kind[NoticeKind.SEARCH]}
    said = post(manager, f"/cluster/{world.cluster}/reststoffe/bekannt-machen", pair, follow_redirects=True)
    assert "Beide Unternehmen sind gefragt" in said.text
    assert len(mails(app, ADDRESS)) == len(mails(app, "owner@example.org")) == 1


def test_who_takes_a_notice_down_does_not_learn_whose_it_was(
    app: Flask, world: World, firm: ResidueFirm
) -> None:
    other, manager = signed_in(app, "viennesa"), signed_in(app, "manager")
    with database_session(app) as session:
        [posted] = residues.posted_notices(session, world.cluster)
    path = f"/cluster/{world.cluster}/reststoffe/{posted.id}/herunternehmen"
    post(manager, path, {"reason": "Das ist Werbung."})
    [sent] = mails(app, ADDRESS)
    assert sent.reply_to == "", "an answer, even an automatic one, would come from an address"
    log = f"/cluster/{world.cluster}/protokoll"
    assert told_canaries({"log": manager.get(log).text}, CANARIES) == []
    with database_session(app) as session:
        events = session.scalars(select(Event).where(Event.kind == "residue-taken-down")).all()
        assert [event.actor_id for event in events if event.organisation_id] == [None]
    own_log = other.get(f"/unternehmen/{firm.id}/protokoll").text
    assert "Leitung des Clusters" in own_log


def test_what_is_taken_back_is_gone_at_the_next_request(app: Flask, world: World, firm: ResidueFirm) -> None:
    asker, manager = signed_in(app, "owner"), signed_in(app, "manager")
    own, led = f"/unternehmen/{world.own}/reststoffe", f"/cluster/{world.cluster}/reststoffe"
    everywhere = ((asker, own), (asker, f"{own}/blatt"), (manager, led), (manager, f"{led}.csv"))
    assert all("Eichenspäne" in client.get(path).text for client, path in everywhere)
    with database_session(app) as session:
        [posted] = residues.posted_notices(session, world.cluster)
        consent = clusters.find_consent(session, firm.id, world.cluster)
        assert consent is not None
        work = Work(session, firm.actor, datetime.now(UTC))
        change_choice(work, consent, ConsentChoice.RESIDUES, is_allowed=False)
    assert not any("Eichenspäne" in client.get(path).text for client, path in everywhere)
    for path in (f"{own}/{posted.id}/anfragen", f"{own}/{posted.id}/melden"):
        assert asker.get(path).status_code == 404
        assert post(asker, path, {"message": "Geht 1 t?", "reason": "Werbung"}).status_code == 404


def test_the_notices_of_another_cluster_do_not_exist(app: Flask, world: World, firm: ResidueFirm) -> None:
    stranger, outsider = signed_in(app, "stranger"), signed_in(app, "outsider")
    with database_session(app) as session:
        as_firm(session, world.foreign_cluster, world.foreign, "stranger")
        [posted] = residues.posted_notices(session, world.cluster)
    theirs = f"/unternehmen/{world.foreign}/reststoffe"
    assert "Eichenspäne" not in stranger.get(theirs).text
    assert stranger.get(f"{theirs}?cluster={world.cluster}").status_code == 200
    assert "Eichenspäne" not in stranger.get(f"{theirs}?cluster={world.cluster}").text
    assert stranger.get(f"{theirs}/{posted.id}/anfragen").status_code == 404
    assert stranger.get(f"{theirs}/{posted.id}").status_code == 404
    taken = f"/cluster/{world.foreign_cluster}/reststoffe/{posted.id}/herunternehmen"
    assert outsider.get(taken).status_code == 404
    assert post(outsider, taken, {"reason": "Weg damit"}).status_code == 404
