"""Help by what somebody does: every topic opens for everybody, and every link works for whoever sees it."""

import re
from typing import Any

import pytest
from flask import Flask

from dnk_tool.catalogue.help_topics import HelpTopic, load_help
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.reminders import REMINDER_DAYS
from dnk_tool.services.invitations.secret_links import LIFETIME
from dnk_tool.web.help.places import PLACES, TOPICS, TOPICS_OF_ENDPOINTS
from tests.support.app import World, count_statements
from tests.support.browsers import signed_in
from tests.translations import read_english

ROLES = ("owner", "viewer", "contributor", "manager", "reviewer")
MOST_STATEMENTS = 15


def topics() -> list[HelpTopic]:
    return [topic for role in load_help() for topic in role.topics]


def main_html(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_every_link_of_a_topic_works_for_whoever_sees_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = {who: signed_in(app, who) for who in ("", *ROLES)}
    links = {
        who: {
            href
            for topic in topics()
            for href in re.findall(r'href="(/[^"]*)"', main_html(client.get(f"/hilfe/{topic.key}").text))
        }
        for who, client in clients.items()
    }
    assert len(links["owner"]) > len(links["viewer"]) > len(links["contributor"]) > len(links[""])
    assert f"/cluster/{world.cluster}/mitglieder/einladen" in links["manager"] - links["reviewer"]
    for endpoint, view in list(app.view_functions.items()):

        def reached(**_names: Any) -> Any:
            return "", 200, {"X-Reached": "1"}

        reached.permission = getattr(view, "permission", None)  # type: ignore[attr-defined]
        monkeypatch.setitem(app.view_functions, endpoint, reached)
    for who, hrefs in links.items():
        for href in hrefs:
            assert clients[who].get(href).headers.get("X-Reached"), (who, href)


def test_the_owner_of_a_company_gets_every_place_of_writing(app: Flask, world: World) -> None:
    """Otherwise a link that nobody may open would never be missed."""
    owner, manager = signed_in(app, "owner"), signed_in(app, "manager")
    for role in load_help():
        client = owner if role.key == "write" else manager
        for topic in role.topics:
            page = main_html(client.get(f"/hilfe/{topic.key}").text)
            shown = re.findall(r"<li><a [^>]*>([^<]+)</a></li>", page)
            assert shown == [str(PLACES[key].label) for key in topic.places]


def test_a_topic_fits_on_a_screen() -> None:
    for topic in topics():
        for language in ("de", "en"):
            words = " ".join(getattr(text, language) for text in (topic.summary, *topic.text)).split()
            assert 40 <= len(words) <= 140, (topic.key, language, len(words))


def test_every_place_and_every_topic_is_used(app: Flask) -> None:
    assert {key for topic in topics() for key in topic.places} == PLACES.keys()
    helped = {*TOPICS.values(), *TOPICS_OF_ENDPOINTS.values()}
    assert helped == {topic.key for topic in topics()}
    assert TOPICS.keys() <= app.blueprints.keys()
    assert TOPICS_OF_ENDPOINTS.keys() <= app.view_functions.keys()


def test_the_words_of_buttons_are_those_of_the_program() -> None:
    """What a text quotes stands on a page, in both languages."""
    english = {entry.id: entry.string for entry in read_english() if isinstance(entry.id, str)}
    for topic in topics():
        for text in (topic.title, topic.summary, *topic.text):
            quoted = zip(re.findall("„(.*?)“", text.de), re.findall("“(.*?)”", text.en), strict=True)
            for de, en in quoted:
                name = de.replace(" …", " %(number)s")
                assert english.get(name) == en.replace(" …", " %(number)s"), (topic.key, de, en)


def test_the_numbers_of_days_are_those_of_the_program() -> None:
    texts = {topic.key: "\n".join(text.de for text in topic.text) for topic in topics()}
    assert f"{LIFETIME[InvitationKind.CONTRIBUTION].days} Tage" in texts["fragen"]
    assert f"{LIFETIME[InvitationKind.COMPANY].days} Tage" in texts["einladen"]
    assert "30 Tage, 7 Tage und einen Tag vorher" in texts["einladen"]
    assert REMINDER_DAYS == (30, 7, 1)


def test_help_begins_with_what_one_does(app: Flask, world: World) -> None:
    for who, first in (("editor", "write"), ("manager", "lead"), ("reviewer", "review"), ("", "write")):
        page = signed_in(app, who).get("/hilfe").text
        assert re.findall(r'id="role-(\w+)"', page)[0] == first, who


def test_terms_and_criteria_have_pages_of_their_own(app: Flask, world: World) -> None:
    editor, manager, visitor = (signed_in(app, who) for who in ("editor", "manager", ""))
    terms = editor.get("/hilfe/begriffe").text
    assert all(term.meaning.de in terms for term in load_presentation("dnk-2017").glossary)
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13"
    assert f'href="{path}"' in editor.get("/hilfe/kriterien").text
    assert 'id="kriterium-20"' in manager.get("/hilfe/kriterien").text
    assert path not in manager.get("/hilfe/kriterien").text
    assert visitor.get("/hilfe/kriterien").status_code == 302


def test_an_unknown_topic_is_not_found_and_all_pages_cost_little(app: Flask, world: World) -> None:
    editor = signed_in(app, "editor")
    assert editor.get("/hilfe/gibt-es-nicht").status_code == 404
    for page in ("/hilfe", "/hilfe/zahlen", "/hilfe/kriterien", "/hilfe/begriffe"):
        with count_statements(app) as statements:
            assert editor.get(page).status_code == 200
        assert len(statements) <= MOST_STATEMENTS, page
