"""The page "Was fehlt noch?": the same gaps as the final check, and whoever follows one comes back to it."""

import re
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.work import Work
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.text.form_fields import field_name
from tests.support.app import (
    World,
    add_member,
    count_statements,
    database_session,
    form_fields,
    make_world,
    post,
    sign_in,
)
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence


def missing_page(client: FlaskClient, world: World, **wanted: str) -> str:
    answer = client.get(f"/erklaerungen/{world.own_declaration}/was-fehlt-noch", query_string=wanted)
    assert answer.status_code == 200
    return answer.text.split("<main", 1)[1].split("</main>")[0]


def titles_of_gaps(page: str) -> list[str]:
    """The titles of the gaps."""
    return re.findall(r'dnk-rows-list__title">([^<]+)<', page)


def headings(page: str) -> list[str]:
    return [
        " ".join(re.sub(r"<[^>]+>", " ", text).split())
        for text in re.findall(r"<h2 class=\"govuk-heading-m\">(.*?)</h2>", page, re.DOTALL)
    ]


def filter_links(page: str) -> dict[str, tuple[str, int]]:
    """Address and number of each filter, by its words."""
    found = re.findall(r'<li><a href="([^"]+was-fehlt-noch[^"]*)"[^>]*>([^<]+?) (\d+)</a>', page)
    return {
        words: (href.replace("&amp;", "&"), int(count)) for href, words, count in found if words != "Alle"
    }


def test_it_counts_as_overview_and_final_check_do_and_each_line_leads_to_its_field(
    editor: FlaskClient, world: World
) -> None:
    base = f"/erklaerungen/{world.own_declaration}/"
    page = missing_page(editor, world)
    (count,) = re.findall(r"(\d+) Angaben fehlen noch", page)
    overview, check = editor.get(base).text, editor.get(f"{base}pruefen").text
    assert f"{count} Angaben fehlen noch" in overview
    assert f"{count} Angaben fehlen noch" in check
    assert len(titles_of_gaps(page)) == int(count)
    (left,) = re.findall(r"Es bleib[^<]*\.", overview)
    assert left in page
    assert f'href="{base}kriterien/13#ref-13.2"' in page
    assert f'href="{base}was-fehlt-noch"' in overview.split("<main", 1)[1]
    assert f'href="{base}was-fehlt-noch"' in check.split("<main", 1)[1]
    assert [text.split(" ", 1)[0] for text in headings(page)] == [
        "Bei",
        "Noch",
    ]  # one contributor has criterion 1


def test_the_filters_are_addresses_and_their_numbers_right(editor: FlaskClient, world: World) -> None:
    page = missing_page(editor, world)
    found = filter_links(page)
    for kind in ("wer=", "was="):
        assert sum(count for href, count in found.values() if kind in href) == len(titles_of_gaps(page))
    for href, count in found.values():
        assert len(titles_of_gaps(editor.get(href).text)) == count
    decisions = titles_of_gaps(editor.get(found["Braucht eine Entscheidung"][0]).text)
    assert "13.2 Minderungsziele" in decisions
    assert "5.1 Verantwortung in der Leitung" not in decisions
    assert "Davon gibt es hier nichts mehr." in missing_page(editor, world, wer="unbekannt", was="x")


def test_people_are_those_asked_those_given_a_criterion_and_oneself(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    with database_session(app) as session:
        add_member(session, world.own, "zora", Role.CONTRIBUTOR, sections=["14", "15"])
        declaration = session.get(Declaration, world.own_declaration)
        asking = session.query(Account).filter_by(email="editor@example.org").one()
        assert declaration is not None
        answer_requests.request_contribution(
            Work(session, Actor(asking.id, roles={world.own: Role.EDITOR}), datetime.now(UTC)),
            declaration,
            email="kanzlei@example.org",
            name="Kanzlei Groß",
            refs=["14.1", "14.4"],
            message="",
            language="de",
        )
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/16/kennzahlen"
    sent = form_fields(editor.get(criterion).text)
    some = next(name for name in sent if name.startswith("ref-GRI-SRS-403-9") and name.endswith("-value"))
    editor.post(criterion, data={**sent, some: "2", "action": "stay"})
    page = missing_page(editor, world)
    assert [text.split(" ", 2)[1] for text in headings(page)] == [
        "Ihnen",
        "Contributor",
        "Kanzlei",
        "Zora",
        "bei",
    ]
    found = filter_links(page)
    asked = titles_of_gaps(editor.get(found["Bei Kanzlei Groß"][0]).text)
    assert set(asked) == {"14.1 Ziele und Termine", "14.4 Zielerreichung"}
    assert "Kanzlei" not in found["Bei Kanzlei Groß"][0]  # an address names nobody
    own = titles_of_gaps(editor.get(found["Bei Ihnen"][0]).text)
    assert own
    assert all(title.startswith("GRI SRS-403-9") for title in own)
    given = titles_of_gaps(editor.get(found["Bei Zora"][0]).text)
    assert "14.2 Strategien und Maßnahmen" in given
    assert "14.1 Ziele und Termine" not in given


def test_a_contributor_sees_their_part_and_nobody_elses(app: Flask, world: World) -> None:
    with database_session(app) as session:
        add_member(session, world.own, "zora", Role.CONTRIBUTOR, sections=["8"])
    client = signed_in(app, "zora")
    page = missing_page(client, world)
    assert {"8.1 Ziele in der Vergütung", "8.2 Bewertung der obersten Führung"} <= set(titles_of_gaps(page))
    assert all(title.startswith(("8.", "GRI SRS-102-3")) for title in titles_of_gaps(page))
    assert headings(page)[0].startswith("Bei Ihnen")
    overview = client.get(f"/erklaerungen/{world.own_declaration}/").text
    assert f'href="/erklaerungen/{world.own_declaration}/was-fehlt-noch"' in overview


def test_a_draft_is_read_in_minutes_and_said_to_be_one(editor: FlaskClient, world: World) -> None:
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/13"
    sent = form_fields(editor.get(criterion).text)
    editor.post(criterion, data={**sent, "action": "draft:example:13.2"})
    quick = missing_page(editor, world, was="minutes")
    assert "13.2 Minderungsziele" in titles_of_gaps(quick)
    assert "Hier steht ein Vorschlag, den noch niemand geprüft hat." in quick


def test_the_page_asks_the_database_little(app: Flask, editor: FlaskClient, world: World) -> None:
    missing_page(editor, world)
    with count_statements(app) as statements:
        missing_page(editor, world)
    assert len(statements) <= 15


def test_returning_lands_where_one_came_from(app: Flask) -> None:
    world = make_world(app)
    client, base = app.test_client(), f"/erklaerungen/{world.own_declaration}"
    sign_in(client, "owner@example.org")
    assert f'href="{base}/#section-2"' in client.get(f"{base}/kriterien/2").text, (
        "the map's way to the overview"
    )
    assert 'id="section-2"' in client.get(f"{base}/").text
    point = f"{base}/kriterien/2#{field_name('2.1')}"
    asking = f"{base}/beitraege/neu?kriterium=2&punkt=2.1"
    page = client.get(asking).text
    assert f'href="{point}"' in page
    assert f'action="{asking.replace("&", "&amp;")}"' in page
    fields = {"email": "ina@example.org", "name": "Ina", "points": "2.1", "language": "de", "message": ""}
    assert post(client, asking, fields).headers["Location"] == point
    remarks = f"{base}/anmerkungen/2"
    assert f'href="{point}"' in client.get(f"{remarks}?punkt=2.1").text
    sent = {key: values[0] for key, values in form_fields(client.get(remarks).text).items() if values}
    answer = post(client, remarks, sent | {"ref": "2.1", "text": "Stimmt das?", "action": "text"})
    assert answer.headers["Location"] == f"{remarks}?punkt=2.1#remark-1"
    with database_session(app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        add_evidence(session, app.extensions["dnk_blobs"], row, Actor(1, {world.own: Role.OWNER}))
    answer = post(client, f"{base}/belege/1", {"title": "Strom", "version": "1"})
    assert answer.headers["Location"] == f"{base}/belege/#evidence-1"
    assert 'id="evidence-1"' in client.get(f"{base}/belege/").text
