"""A manager asks, phones answer without an account, the wall shows it; nothing tells who said what."""

import html
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from limits import parse
from sqlalchemy import select

from dnk_tool.domain.exchange.polls import PollKind, PollQuestion, PollState
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.exchange.poll_answers import count_device_answer
from dnk_tool.services.operation import archive
from dnk_tool.services.work import Work
from dnk_tool.store import schema
from dnk_tool.store.exchange import poll_answers
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollText
from dnk_tool.web.endpoint_limits import LIMITS
from dnk_tool.web.exchange.polls.participant import ANSWERED
from tests.integration.exchange.polls.poll_rooms import (
    TEXT,
    answer_poll,
    hidden,
    opened_poll,
    poll_manager,
    stored_poll,
)
from tests.support.app import database_session, form_fields, make_cluster, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\u202e"


def test_from_the_stock_to_the_wall(any_app: Flask) -> None:
    client, cluster_id = poll_manager(any_app)
    base = f"/cluster/{cluster_id}/umfragen"
    assert "Was hält Sie bei der Erklärung am meisten auf?" in client.get(base).text
    fields = form_fields(client.get(f"{base}/neu?vorlage=what-holds-up").text)
    assert "Daten zusammentragen" in fields["choices"][0]
    page = post(client, f"{base}/neu", fields).location
    poll_id = int(page.rsplit("/", 1)[1])
    code = stored_poll(any_app, poll_id).code
    assert any_app.test_client().get(f"/u/{code}").status_code == 404, "nobody sees a draft"
    assert post(client, f"{page}/oeffnen").status_code == 303
    for chosen in ("0", "0", "0", "1"):
        assert answer_poll(any_app, code, chosen=chosen).location == f"/u/{code}/danke"
    wall = client.get(f"{page}/wand")
    assert "4 Antworten bisher" in wall.text
    assert "Daten zusammentragen" not in wall.text, "of four answers only their number is shown"
    answer_poll(any_app, code, chosen="0")
    wall = client.get(f"{page}/wand")
    assert (wall.headers["Refresh"], "dnk-poll__bar" in wall.text) == ("5", True)
    assert 'width="250"' in wall.text
    assert code in wall.text
    assert "Refresh" not in client.get(f"{page}/wand?still=1").headers
    post(client, f"{page}/schliessen")
    assert "Refresh" not in client.get(f"{page}/wand").headers
    assert client.get(f"{page}/antworten.csv").text.splitlines()[1].endswith(";Daten zusammentragen;4;5;")


def test_typing_the_code_finds_the_poll_and_a_wrong_one_says_so(app: Flask) -> None:
    _, cluster_id = poll_manager(app)
    _, code = opened_poll(app, cluster_id)
    phone = app.test_client()
    assert post(phone, "/u", {"code": f" {code.lower()} "}).location == f"/u/{code}"
    wrong = post(phone, "/u", {"code": "ZZZZ" if code != "ZZZZ" else "YYYY"})
    assert (wrong.status_code, "ZZZZ" in wrong.text) == (422, True)
    statuses = [phone.get("/u/nichts").status_code for _ in range(31)]
    assert (set(statuses[:28]), statuses[-1]) == ({404}, 429)
    assert phone.get(f"/u/{code}").status_code == 200, "a room with a slip of the keyboard still gets in"


def test_one_answer_per_device(app: Flask) -> None:
    _, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    phone = app.test_client()
    page = phone.get(f"/u/{code}").text
    for sign in ("Anonym.", "Eine Antwort je Gerät", "Cookie"):
        assert page.index(sign) < page.index("Antwort senden")
    answer_poll(app, code, phone, chosen="0")
    cookie = phone.get_cookie(f"dnk-umfrage-{code}", path=f"/u/{code}")
    assert cookie is not None
    assert (cookie.value, cookie.http_only) == (ANSWERED, True), "it says the same on every device"
    assert "schon geantwortet" in phone.get(f"/u/{code}").text
    assert post(phone, f"/u/{code}", {**hidden(page), "chosen": "1"}).status_code == 303
    assert stored_poll(app, poll_id).counts == [1, 0, 0]


def test_a_form_that_comes_twice_is_counted_once(any_app: Flask) -> None:
    _, cluster_id = poll_manager(any_app)
    poll_id, code = opened_poll(any_app, cluster_id)
    phone = any_app.test_client()
    fields = hidden(phone.get(f"/u/{code}").text)
    for _ in range(2):  # a double click: the second one left before the cookie came
        phone.delete_cookie(f"dnk-umfrage-{code}", path=f"/u/{code}")
        assert phone.post(f"/u/{code}", data={**fields, "chosen": "2"}).status_code == 303
    assert stored_poll(any_app, poll_id).counts == [0, 0, 1]


def test_answers_that_come_at_once_are_all_counted(any_app: Flask) -> None:
    _, cluster_id = poll_manager(any_app)
    poll_id, code = opened_poll(any_app, cluster_id)
    with ThreadPoolExecutor(8) as phones:
        sent = [phones.submit(answer_poll, any_app, code, chosen=str(number % 3)) for number in range(8)]
    assert {each.result().status_code for each in sent} == {303}
    assert (stored_poll(any_app, poll_id).counts, stored_poll(any_app, poll_id).answers) == ([3, 3, 2], 8)


def contents(app: Flask) -> dict[str, list[str]]:
    """All rows of each table, without the counters of attempts."""
    with database_session(app) as session:
        return {
            name: sorted(map(repr, session.execute(select(table))))
            for name, table in schema.metadata().tables.items()
            if name != "rate_limit"
        }


def test_an_anonymous_answer_leaves_counts_and_nothing_that_leads_to_it(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    before = contents(app)
    answer_poll(app, code, client, chosen="1")  # somebody with an account is as unknown as everybody
    answer_poll(app, code, chosen="0")
    after = contents(app)
    assert {name for name in after if after[name] != before[name]} == {"poll", "poll_ticket"}
    assert (stored_poll(app, poll_id).counts, stored_poll(app, poll_id).answers) == ([1, 1, 0], 2)
    columns = {column.name for column in schema.metadata().tables["poll_ticket"].columns}
    assert columns == {"digest", "poll_id"}
    post(client, f"/cluster/{cluster_id}/umfragen/{poll_id}/schliessen")
    assert contents(app)["poll_ticket"] == []


def test_a_closed_and_a_deleted_poll_take_no_answer(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    phone, page = app.test_client(), f"/cluster/{cluster_id}/umfragen/{poll_id}"
    fields = {**hidden(phone.get(f"/u/{code}").text), "chosen": "0"}
    post(client, f"{page}/schliessen")
    closed = [phone.get(f"/u/{code}"), post(phone, f"/u/{code}", fields)]
    assert [(each.status_code, "ist geschlossen" in each.text) for each in closed] == [(410, True)] * 2
    post(client, f"{page}/oeffnen")
    assert post(phone, f"/u/{code}", fields).status_code == 303, "it can be opened again"
    post(client, f"{page}/loeschen")
    assert (phone.get(f"/u/{code}").status_code, client.get(page).status_code) == (404, 404)
    assert post(client, f"{page}/loeschen").status_code == 404


def test_an_answer_beyond_the_options_is_refused_with_words(app: Flask) -> None:
    _, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    phone = app.test_client()
    for chosen in ([], ["0", "1"], ["7"], ["-1"], ["x"], ["9" * 20]):
        refused = answer_poll(app, code, phone, chosen=chosen)
        assert (refused.status_code, "Wählen Sie" in refused.text) == (422, True), chosen
    assert stored_poll(app, poll_id).answers == 0


def test_a_hostile_text_waits_for_the_manager_and_is_shown_as_words(any_app: Flask) -> None:
    client, cluster_id = poll_manager(any_app)
    poll_id, code = opened_poll(any_app, cluster_id, TEXT)
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}"
    too_long = answer_poll(any_app, code, text="x" * 301)
    assert (too_long.status_code, "x" * 301 in too_long.text) == (422, True)
    for text in (HOSTILE, "Mehr Zeit", "Hilfe bei Zahlen", "Kaffee", "=1+1"):
        assert answer_poll(any_app, code, text=text).status_code == 303
    assert answer_poll(any_app, code, text="a\x00b").status_code == 422
    wall = client.get(f"{page}/wand").text
    assert "5 Antworten" in wall
    assert "Mehr Zeit" not in wall
    with database_session(any_app) as session:
        keys = {each.text: each.key for each in session.scalars(select(PollText))}
    for text, to in (("Mehr Zeit", "1"), (HOSTILE, "1"), ("=1+1", "1"), ("Kaffee", "0")):
        assert post(client, f"{page}/text", {"text": keys[text], "to": to}).status_code == 303
    wall = client.get(f"{page}/wand").text
    assert html.escape(HOSTILE) in wall
    assert "<script>alert" not in wall
    assert ("Mehr Zeit" in wall, "Hilfe bei Zahlen" in wall, "Kaffee" in client.get(page).text) == (
        True,
        False,
        False,
    )
    assert "'=1+1" in client.get(f"{page}/antworten.csv").text
    assert post(client, f"{page}/text", {"text": keys["Kaffee"], "to": "1"}).status_code == 303, "gone"


def test_a_manager_reads_no_text_of_fewer_than_five_answers(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id, TEXT)
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}"
    for number in range(4):
        answer_poll(app, code, text=f"Wunsch Nummer {number}")
    few = client.get(page).text
    assert ("Wunsch Nummer" in few, "ab fünf Antworten hier, auch für Sie" in few) == (False, True)
    answer_poll(app, code, text="Wunsch Nummer 4")
    assert {number for number in range(5) if f"Wunsch Nummer {number}" in client.get(page).text} == set(
        range(5)
    )


def test_texts_lie_in_the_database_in_no_order_of_arrival(any_app: Flask) -> None:
    _, cluster_id = poll_manager(any_app)
    poll_id, _ = opened_poll(any_app, cluster_id, TEXT)
    for number in range(7):
        with database_session(any_app) as session:
            if number == 5:
                poll_answers.texts_of(session, poll_id)[0].is_released = True
            count_device_answer(session, poll_id, (), f"Wunsch {number}", seen=1, ticket=str(number))
    with database_session(any_app) as session:
        as_they_lie = session.execute(select(PollText.key, PollText.text, PollText.is_released)).all()
    keys = [row.key for row in as_they_lie]
    assert keys == sorted(keys), "PostgreSQL shows the order of writing, a backup, too"
    assert sorted(row.text for row in as_they_lie) == [f"Wunsch {number}" for number in range(7)]
    assert [row.is_released for row in as_they_lie].count(True) == 1, "what is released stays so"


def test_a_question_stays_as_soon_as_it_is_answered(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}/aendern"
    fields = form_fields(client.get(page).text)
    phone = app.test_client()
    seen = hidden(phone.get(f"/u/{code}").text)
    assert post(client, page, {**fields, "attribution": "named"}).status_code == 303
    assert post(client, page, {**fields, "attribution": "anonymous"}).status_code == 409, (
        "of an older version"
    )
    late = post(phone, f"/u/{code}", {**seen, "chosen": "0"})
    assert late.status_code == 200, "now with names: whoever is no member hears how members take part"
    fields["version"] = ["2"]
    post(client, page, {**fields, "question": "Was hält Sie jetzt auf?"})
    assert post(phone, f"/u/{code}", {**seen, "chosen": "0"}).status_code == 409
    answer_poll(app, code, phone, chosen="0")
    assert post(client, page, fields).status_code == 303
    assert stored_poll(app, poll_id).question == "Was hält Sie jetzt auf?"


def test_whoever_reads_what_another_wrote_meanwhile_may_then_save(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, _code = opened_poll(app, cluster_id)
    page = f"/cluster/{cluster_id}/umfragen/{poll_id}/aendern"
    fields = form_fields(client.get(page).text)
    assert post(client, page, {**fields, "question": "Was hielt Sie auf?"}).status_code == 303
    late = post(client, page, {**fields, "question": "Was bremst Sie?"})
    assert late.status_code == 409
    assert "Was hielt Sie auf?" in late.text
    assert post(client, page, form_fields(late.text)).status_code == 303
    assert stored_poll(app, poll_id).question == "Was bremst Sie?"


def test_what_is_wrong_with_a_question_is_said_at_its_field(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    page = f"/cluster/{cluster_id}/umfragen/neu"
    wrong = post(client, page, {"question": "Was?", "kind": "single", "choices": "nur eins"})
    assert (wrong.status_code, "nur eins" in wrong.text, 'href="#choices"' in wrong.text) == (422, True, True)
    assert post(client, page, {"question": " ", "kind": "text"}).status_code == 422


def test_a_pair_stands_side_by_side(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    scale = PollQuestion("Wie sicher?", PollKind.SCALE, ("nicht", "sehr"), section="13")
    first, code = opened_poll(app, cluster_id, scale)
    for _ in range(5):
        answer_poll(app, code, chosen="0")
    base = f"/cluster/{cluster_id}/umfragen"
    later = post(client, f"{base}/{first}/nachher").location
    assert post(client, f"{base}/{first}/nachher").location == later, "asked once"
    post(client, f"{later}/oeffnen")
    code = stored_poll(app, int(later.rsplit("/", 1)[1])).code
    for _ in range(4):
        answer_poll(app, code, chosen="4")
    assert "vorher:" not in client.get(f"{later}/wand").text
    answer_poll(app, code, chosen="4")
    wall = client.get(f"{later}/wand").text
    for words in ("vorher: 5 Antworten", "nachher: 5 Antworten", "Mittelwert vorher 1,0, nachher 5,0", "13."):
        assert words in wall
    post(client, f"{base}/{first}/loeschen")
    assert "vorher:" not in client.get(f"{later}/wand").text


def test_a_crowd_behind_one_address_gets_through_and_a_script_does_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    [limit] = LIMITS["poll.answer"]
    assert 200 <= limit.item.amount <= 300, "a full hall once, an hour"
    assert limit.item.get_expiry() == 3600
    monkeypatch.setitem(LIMITS, "poll.answer", (replace(limit, item=parse("3/hour")),))
    _, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    assert [answer_poll(app, code, chosen="0").status_code for _ in range(5)] == [303, 303, 303, 429, 429]
    assert stored_poll(app, poll_id).answers == 3
    _, other = opened_poll(app, cluster_id)
    assert answer_poll(app, other, chosen="0").status_code == 303, "the next question of the same room"


def test_a_poll_is_its_clusters_own_and_ends_with_the_archive(app: Flask) -> None:
    client, cluster_id = poll_manager(app)
    poll_id, code = opened_poll(app, cluster_id)
    with database_session(app) as session:
        other = make_cluster(session, "Anderes", outsider=ClusterRole.MANAGER).id
    stranger = signed_in(app, "outsider")
    for path in ("", "/wand", "/antworten.csv", "/aendern"):
        assert stranger.get(f"/cluster/{other}/umfragen/{poll_id}{path}").status_code == 404
    for path in ("schliessen", "loeschen"):
        assert post(stranger, f"/cluster/{other}/umfragen/{poll_id}/{path}").status_code == 404
    assert stored_poll(app, poll_id).state is PollState.OPEN, "not there for them, so nothing is deleted"
    with database_session(app) as session:
        archive.begin_archive(Work(session, SHELL, NOW), session.get_one(Cluster, cluster_id))
    assert app.test_client().get(f"/u/{code}").status_code == 404
    assert client.get(f"/cluster/{cluster_id}/umfragen/{poll_id}/wand").status_code == 200
