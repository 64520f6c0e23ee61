"""A cluster with a manager who asks the room, and phones that answer."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.exchange.polls import PollKind, PollQuestion
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.exchange import polls
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollRow
from tests.support.app import database_session, form_fields, make_cluster, sign_in
from tests.support.declaration_scenario import NOW

SINGLE = PollQuestion("Was hält Sie auf?", PollKind.SINGLE, ("Daten", "Ziele", "Texte"))
TEXT = PollQuestion("Was wünschen Sie sich?", PollKind.TEXT)


def manager(app: Flask) -> tuple[FlaskClient, int]:
    """A signed-in manager and the id of the cluster."""
    with database_session(app) as session:
        cluster_id = make_cluster(session, "Netz", manager=ClusterRole.MANAGER).id
    client = app.test_client()
    sign_in(client, "manager@example.org")
    return client, cluster_id


def opened(app: Flask, cluster_id: int, question: PollQuestion = SINGLE) -> tuple[int, str]:
    """An open poll: its id and its code."""
    with database_session(app) as session:
        cluster = session.get_one(Cluster, cluster_id)
        row = polls.create_poll(session, cluster, question, actor=SHELL, now=NOW)
        polls.open_poll(session, cluster, row.id, actor=SHELL, now=NOW)
        return row.id, row.code


def stored(app: Flask, poll_id: int) -> PollRow:
    """The poll as the database has it."""
    with database_session(app) as session:
        return session.scalars(select(PollRow).where(PollRow.id == poll_id)).one()


def answer(app: Flask, code: str, phone: FlaskClient | None = None, **fields: Any) -> TestResponse:
    """Answer with a phone of its own, or with this one, by the form of the page."""
    phone = phone or app.test_client()
    page = phone.get(f"/u/{code}").text
    return phone.post(f"/u/{code}", data={**hidden(page), **fields})


def hidden(page: str) -> dict[str, Any]:
    """The hidden fields of the answer form."""
    known = form_fields(page)
    names = ("csrf_token", "ticket", "version", "member", "seen")
    return {name: known[name] for name in names if re.search(f'name="{name}"', page)}
