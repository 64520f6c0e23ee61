"""A cluster with a manager who asks the room, and phones that answer."""

import re
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.domain.exchange.polls import Attribution, PollKind, PollQuestion
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.exchange import polls
from dnk_tool.services.exchange.poll_answers import count_device_answer
from dnk_tool.services.work import Work
from dnk_tool.store.exchange.poll_answers import texts_of
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollRow
from tests.support.app import database_session, form_fields, make_cluster
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW

SINGLE = PollQuestion("Was hält Sie auf?", PollKind.SINGLE, ("Daten", "Ziele", "Texte"))
TEXT = PollQuestion("Was wünschen Sie sich?", PollKind.TEXT)


def poll_manager(app: Flask) -> tuple[FlaskClient, int]:
    """A signed-in manager and the id of the cluster."""
    with database_session(app) as session:
        cluster_id = make_cluster(session, "Netz", manager=ClusterRole.MANAGER).id
    client = signed_in(app, "manager")
    return client, cluster_id


def opened_poll(app: Flask, cluster_id: int, question: PollQuestion = SINGLE) -> tuple[int, str]:
    """An open poll: its id and its code."""
    with database_session(app) as session:
        cluster = session.get_one(Cluster, cluster_id)
        row = polls.create_poll(Work(session, SHELL, NOW), cluster, question)
        polls.open_poll(Work(session, SHELL, NOW), cluster, row.id)
        return row.id, row.code


def stored_poll(app: Flask, poll_id: int) -> PollRow:
    """The poll as the database has it."""
    with database_session(app) as session:
        return session.scalars(select(PollRow).where(PollRow.id == poll_id)).one()


def answer_poll(app: Flask, code: str, phone: FlaskClient | None = None, **fields: Any) -> TestResponse:
    """Answer with a phone of its own, or with this one, by the form of the page."""
    phone = phone or app.test_client()
    page = phone.get(f"/u/{code}").text
    return phone.post(f"/u/{code}", data={**hidden(page), **fields})


def hidden(page: str) -> dict[str, Any]:
    """The hidden fields of the answer form."""
    known = form_fields(page)
    names = ("csrf_token", "ticket", "version", "member", "seen")
    return {name: known[name] for name in names if re.search(f'name="{name}"', page)}


def add_polls(session: Session, cluster_id: int) -> dict[str, int]:
    """Polls in every state, by name: with texts to release, a pair, with names, a draft, a closed one."""
    cluster = session.get_one(Cluster, cluster_id)
    pair = PollQuestion(
        "Wie sicher sind Sie bei Kriterium 13?", PollKind.SCALE, ("gar nicht", "sehr"), section="13"
    )
    first = _add(session, cluster, pair, "7K2Q", answers=6)
    later = polls.ask_again(Work(session, SHELL, NOW), cluster, first.id)
    later.code = "7K3Q"
    _let_answer(session, cluster, later, 7)
    texts = _add(session, cluster, TEXT, "7K4Q", answers=5)
    texts_of(session, texts.id)[0].is_released = True
    named = replace(SINGLE, attribution=Attribution.NAMED)
    closed = _add(session, cluster, SINGLE, "7K6Q", answers=3)
    polls.close_poll(Work(session, SHELL, NOW), cluster, closed.id)
    draft = polls.create_poll(Work(session, SHELL, NOW), cluster, SINGLE)
    return {
        "poll_pair": later.id,
        "poll_texts": texts.id,
        "poll_named": _add(session, cluster, named, "7K5Q").id,
        "poll_draft": draft.id,
        "poll_open": _add(session, cluster, SINGLE, "7K7Q", answers=8).id,
    }


def _add(
    session: Session, cluster: Cluster, question: PollQuestion, code: str, *, answers: int = 0
) -> PollRow:
    row = polls.create_poll(Work(session, SHELL, NOW), cluster, question)
    row.code = code
    _let_answer(session, cluster, row, answers)
    return row


def _let_answer(session: Session, cluster: Cluster, row: PollRow, answers: int) -> None:
    polls.open_poll(Work(session, SHELL, NOW), cluster, row.id)
    for number in range(answers):
        words = f"Mehr Zeit für Zahlen, Nummer {number}"
        count_device_answer(session, row.id, (number % 3,), words, seen=row.version, ticket=str(number))
