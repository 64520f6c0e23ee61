"""Members answer with their name: one answer a company, changed until the poll closes, gone with consent."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.polls import Attribution, PollAnswer, PollKind
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.exchange import poll_answers as answer_service
from dnk_tool.services.exchange import polls
from dnk_tool.services.exchange.poll_answers import PollClosed
from dnk_tool.services.operation import archive
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import poll_answers
from dnk_tool.store.tables.clusters import Cluster
from tests.integration.exchange.polls.poll_rooms import (
    SINGLE,
    TEXT,
    answer_poll,
    hidden,
    opened_poll,
    poll_manager,
)
from tests.support.app import add_consent, database_session, make_organisation, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW

NAMED = replace(SINGLE, attribution=Attribution.NAMED)


def members(app: Flask, cluster_id: int, count: int = 1) -> list[int]:
    """The ids of so many members, each with an owner."""
    with database_session(app) as session:
        made = [
            make_organisation(session, f"Betrieb {number} GmbH", **{f"owner{number}": Role.OWNER}).id
            for number in range(count)
        ]
        for company in made:
            add_consent(session, company, cluster_id)
        return made


def test_a_member_reads_that_it_is_named_answers_changes_and_takes_it_back(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    members(app, cluster_id)
    poll_id, code = opened_poll(app, cluster_id, NAMED)
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}"
    assert "Anmelden und antworten" in app.test_client().get(f"/u/{code}").text
    assert "für das Sie hier antworten dürfen" in client.get(f"/u/{code}").text, "a manager is no member"
    owner = signed_in(app, "owner0")
    shown = owner.get(f"/u/{code}").text
    assert shown.index("Mit Namen.") < shown.index("Betrieb 0 GmbH") < shown.index("Antwort senden")
    assert answer_poll(app, code, owner, chosen="0").status_code == 303
    assert answer_poll(app, code, owner, chosen="2").status_code == 303
    assert "<b>Betrieb 0 GmbH</b>: Texte" in client.get(page).text
    assert "Betrieb 0 GmbH" not in client.get(f"{page}/wand").text
    assert ";Texte;;1;Betrieb 0 GmbH" in client.get(f"{page}/antworten.csv").text
    with database_session(app) as session:
        polls.close_poll(Work(session, SHELL, NOW), session.get_one(Cluster, cluster_id), poll_id)
    shown = owner.get(f"/u/{code}").text
    assert ("Antwort zurücknehmen" in shown, 'value="answer"' in shown) == (True, False)
    assert answer_poll(app, code, owner, chosen="1").status_code == 410
    assert answer_poll(app, code, owner, action="take-back").status_code == 303
    assert "Betrieb 0 GmbH" not in client.get(page).text


def test_a_text_of_a_member_is_shown_without_its_name_until_it_is_changed(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    members(app, cluster_id, 5)
    poll_id, code = opened_poll(app, cluster_id, replace(TEXT, attribution=Attribution.NAMED))
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}"
    for number in range(5):
        answer_poll(app, code, signed_in(app, f"owner{number}"), text=f"Wunsch {number}")
    with database_session(app) as session:
        read = poll_answers.named_answers(session, poll_id)[0].key
        cluster = session.get_one(Cluster, cluster_id)
        polls.release_text(session, cluster, poll_id, read, actor=SHELL)
    wall = client.get(f"{page}/wand").text
    assert ("Wunsch 0" in wall, "Wunsch 1" in wall, "Betrieb 0" in wall) == (True, False, False)
    answer_poll(app, code, signed_in(app, "owner0"), text="Anders")
    assert "Anders" not in client.get(f"{page}/wand").text, "the manager reads the new words first"
    late = post(client, f"{page}/text", {"text": read, "to": "1"}, follow_redirects=True)
    assert "Diesen Text gibt es nicht mehr" in late.text, "the page showed other words"
    assert "Anders" not in client.get(f"{page}/wand").text


def test_who_leaves_the_cluster_takes_its_answers_along(any_app: Flask) -> None:
    _, cluster_id = poll_manager(any_app)
    [company] = members(any_app, cluster_id)
    poll_id, _ = opened_poll(any_app, cluster_id, NAMED)
    with database_session(any_app) as session:
        answer_service.save_company_answer(
            session, poll_id, company, (0,), "", seen=1, seen_answer=0, actor=SHELL
        )
        assert [each.company for each in poll_answers.named_answers(session, poll_id)] == ["Betrieb 0 GmbH"]
        consent = clusters.find_consent(session, company, cluster_id)
        assert consent
        cluster_consent.withdraw_consent(Work(session, SHELL, NOW), consent)
    with database_session(any_app) as session:
        assert poll_answers.named_answers(session, poll_id) == []
        assert poll_answers.find_answer(session, poll_id, consent.id) is None
        with pytest.raises(NotPermitted):
            answer_service.save_company_answer(
                session, poll_id, company, (0,), "", seen=1, seen_answer=0, actor=SHELL
            )


def test_an_answer_is_taken_back_also_from_an_archived_cluster(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    members(app, cluster_id, 2)
    poll_id, code = opened_poll(app, cluster_id, NAMED)
    owner, silent = signed_in(app, "owner0"), signed_in(app, "owner1")
    answer_poll(app, code, owner, chosen="0")
    late = hidden(owner.get(f"/u/{code}").text)
    with database_session(app) as session:
        archive.begin_archive(Work(session, SHELL, NOW), session.get_one(Cluster, cluster_id))
    assert [one.get(f"/u/{code}").status_code for one in (silent, app.test_client())] == [410, 410]
    shown = owner.get(f"/u/{code}").text
    assert ("Antwort zurücknehmen" in shown, 'value="answer"' in shown) == (True, False)
    assert owner.post(f"/u/{code}", data={**late, "chosen": "1"}).status_code == 410
    assert answer_poll(app, code, owner, action="take-back").status_code == 303
    assert owner.get(f"/u/{code}").status_code == 410
    assert "Betrieb 0 GmbH" not in client.get(f"/cluster/{cluster_id}/umfragen/{poll_id}").text


def test_no_membership_ends_while_its_answer_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cluster_id = poll_manager(app)
    [company] = members(app, cluster_id)
    poll_id, _ = opened_poll(app, cluster_id, NAMED)
    locked: list[int] = []
    lock = declarations.lock_organisation

    def noted(session: Session, organisation_id: int, *more: Any, **named: Any) -> None:
        locked.append(organisation_id)
        lock(session, organisation_id, *more, **named)

    monkeypatch.setattr(declarations, "lock_organisation", noted)
    with database_session(app) as session:
        answer_service.save_company_answer(
            session, poll_id, company, (0,), "", seen=1, seen_answer=0, actor=SHELL
        )
    assert locked == [company], "a withdrawal locks it, too"


def test_of_two_colleagues_the_second_sees_what_the_first_answered(app: Flask) -> None:
    _, cluster_id = poll_manager(app)
    [company] = members(app, cluster_id)
    poll_id, code = opened_poll(app, cluster_id, NAMED)
    with database_session(app) as session:
        for chosen in ((0,), (0,)):  # the same again is no conflict
            answer_service.save_company_answer(
                session, poll_id, company, chosen, "", seen=1, seen_answer=0, actor=SHELL
            )
        with pytest.raises(ConflictError) as error:
            answer_service.save_company_answer(
                session, poll_id, company, (1,), "", seen=1, seen_answer=0, actor=SHELL
            )
        assert error.value.conflict.theirs == PollAnswer((0,))
        with pytest.raises(NotPermitted):
            answer_service.save_company_answer(
                session, poll_id, company, (1,), "", seen=1, seen_answer=1, actor=Actor(user_id=1)
            )
    conflict = answer_poll(app, code, signed_in(app, "owner0"), chosen="1", seen="0")
    assert conflict.status_code == 409
    assert ("Gespeichert ist:" in conflict.text, "Daten" in conflict.text) == (True, True)


def test_a_device_is_not_counted_where_members_answer(app: Flask) -> None:
    _, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id, replace(NAMED, kind=PollKind.MULTIPLE))
    assert answer_poll(app, code, chosen="0").status_code in (200, 400, 302)
    with database_session(app) as session:
        with pytest.raises(answer_service.PollChanged):
            answer_service.count_device_answer(session, poll_id, (0,), "", seen=1, ticket="x")
        with pytest.raises(PollClosed):
            answer_service.count_device_answer(session, 99, (0,), "", seen=1, ticket="x")
        row = polls.polls.find_poll(session, cluster_id, poll_id)
        assert row
        assert (row.answers, row.counts) == (0, [0, 0, 0])
