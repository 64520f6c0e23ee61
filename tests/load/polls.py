"""What a poll costs that 200 devices answer at once, and its wall."""

import time
from functools import partial
from statistics import median
from typing import Any

from dnk_tool.domain.exchange.polls import PollKind, PollQuestion
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.exchange import polls as poll_service
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.exchange.polls import find_poll
from tests.integration.exchange.polls.poll_rooms import hidden
from tests.support.app import make_cluster
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW
from tests.support.machine import run_at_once

QUESTION = PollQuestion("Wie sicher?", PollKind.SCALE, ("nicht", "sehr"))
AT_ONCE = 16  # as many requests as the server's threads take side by side


def polls(app: Any, devices: int, measure: Any) -> dict[str, Any]:
    """A poll that so many devices answer at once: its page, an answer alone, all of them, and the wall."""
    who, factory = f"umfrage{devices}", app.extensions["dnk_session_factory"]
    with write_session(factory) as session, session.begin():
        cluster = make_cluster(session, f"Umfrage {devices}", **{who: ClusterRole.MANAGER})
        row = poll_service.create_poll(Work(session, SHELL, NOW), cluster, QUESTION)
        poll_service.open_poll(Work(session, SHELL, NOW), cluster, row.id)
        key, poll, code = cluster.id, row.id, row.code
    page = measure(app, lambda: app.test_client().get(f"/u/{code}"))
    one = measure(app, partial(_answer_anew, app, code))
    taken = _answer_at_once(app, code, devices)
    client = signed_in(app, who)
    wall = measure(app, partial(client.get, f"/cluster/{key}/umfragen/{poll}/wand"))
    with write_session(factory) as session:
        stored = find_poll(session, key, poll)
        counted = stored.answers if stored else 0
    return {
        "devices": devices,
        "page": page,
        "page_and_answer": one,
        "at_once": taken,
        "counted": counted,
        "wall": wall,
    }


def _answer_anew(app: Any, code: str) -> Any:
    phone = app.test_client()
    fields = hidden(phone.get(f"/u/{code}").text)
    return phone.post(f"/u/{code}", data={**fields, "chosen": "3"})


def _answer_at_once(app: Any, code: str, devices: int) -> dict[str, float]:
    """Let all devices read the question, then answer together; seconds for all, and of an answer."""
    phones = [app.test_client() for _ in range(devices)]
    fields = [hidden(phone.get(f"/u/{code}").text) for phone in phones]
    waiting, seconds = iter(list(zip(phones, fields, strict=True))), []
    begun = time.perf_counter()

    def answer() -> None:
        for phone, known in waiting:
            started = time.perf_counter()
            reply = phone.post(f"/u/{code}", data={**known, "chosen": "2"})
            assert reply.status_code == 303, reply.text
            seconds.append(time.perf_counter() - started)

    run_at_once([answer] * AT_ONCE)
    return {
        "seconds": round(time.perf_counter() - begun, 2),
        "median_ms": round(1000 * median(seconds), 1),
        "longest_ms": round(1000 * max(seconds), 1),
    }
