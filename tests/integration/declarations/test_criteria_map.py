"""The map beside the pages of a declaration and the dock that ends a page: where one is, what is next."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import Role
from tests.support.app import World, add_member, database_session, form_fields
from tests.support.browsers import own_page, save_page, signed_in

LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?(?: data-live="[^"]+")?>(.*?)</a>', re.DOTALL)


def map_of(page: str) -> str:
    return page.split('<nav class="dnk-map"')[1].split("</nav>", maxsplit=1)[0]


def map_entries(page: str) -> Iterator[tuple[str, bool, str]]:
    """Address, whether it is this page, and the words of each line of the map."""
    for href, current, words in LINK.findall(map_of(page)):
        yield href, bool(current), " ".join(re.sub(r"<[^>]+>", "", words).split())


def test_every_criterion_is_one_link_away_and_says_its_state(editor: FlaskClient, world: World) -> None:
    save_page(
        editor,
        own_page(world, "13"),
        **{"ref-13.1-text": "Vor allem die Gasheizung.", "action": "stay"},
    )
    page = editor.get(own_page(world, "13")).text
    lines = list(map_entries(page))
    addresses = [href for href, _, _ in lines]
    assert {own_page(world, str(number)) for number in range(1, 21)} <= set(addresses)
    assert own_page(world, "general") in addresses
    assert [words for _, is_current, words in lines if is_current] == [
        "13 Klimarelevante Emissionen – In Arbeit"
    ]
    points = {href: words for href, _, words in lines if href.startswith("#")}
    assert points["#ref-13.1"] == "13.1 Emissionsquellen – Fertig"
    assert points["#ref-13.2"] == "13.2 Minderungsziele – Offen"
    for anchor in points:
        assert f'id="{anchor[1:]}"' in page


@pytest.mark.parametrize("page", ["rechner/", "belege/", "pruefen", "zielliste", "plausibilitaet"])
def test_the_other_pages_have_the_map(editor: FlaskClient, world: World, page: str) -> None:
    text = editor.get(f"/erklaerungen/{world.own_declaration}/{page}").text
    assert own_page(world, "20") in {href for href, _, _ in map_entries(text)}


def test_a_contributor_has_a_map_of_their_own_criteria(app: Flask, world: World) -> None:
    with database_session(app) as session:
        add_member(session, world.own, "helfer", Role.CONTRIBUTOR, sections=["2", "13"])
    client = signed_in(app, "helfer")
    addresses = {href for href, _, _ in map_entries(client.get(own_page(world, "13")).text) if href[0] != "#"}
    overview = f"/erklaerungen/{world.own_declaration}/#section-13"
    missing = f"/erklaerungen/{world.own_declaration}/was-fehlt-noch"
    assert addresses == {overview, own_page(world, "2"), own_page(world, "13"), missing}


def test_finished_with_gaps_stays_and_lists_them(editor: FlaskClient, world: World) -> None:
    target = save_page(editor, own_page(world, "1"), **{"ref-1.1-text": "Noch keine.", "action": "done"})
    assert target == f"{own_page(world, '1')}?offen=1#missing"
    page = editor.get(target).text
    assert "2 Angaben fehlen noch" in page
    assert '<a class="govuk-link" href="#ref-1.2">' in page
    assert 'value="next">Trotzdem weiter' in page
    assert save_page(editor, own_page(world, "1"), action="next") == own_page(world, "2")
    states = [words for _, _, words in map_entries(editor.get(own_page(world, "2")).text)]
    assert "1 Strategische Analyse und Maßnahmen – In Arbeit" in states


def test_finished_without_gaps_goes_on_and_can_be_taken_back(editor: FlaskClient, world: World) -> None:
    texts = {f"ref-1.{number}-text": "Ein Satz." for number in (1, 2, 3)}
    assert save_page(editor, own_page(world, "1"), **texts, action="done") == own_page(world, "2")
    finished = editor.get(own_page(world, "1")).text
    assert "1 Strategische Analyse und Maßnahmen – Fertig" in [words for _, _, words in map_entries(finished)]
    assert "Doch noch nicht fertig" in finished
    overview = save_page(editor, own_page(world, "1"), action="later")
    assert overview == f"/erklaerungen/{world.own_declaration}/#section-1"
    assert 'id="section-1"' in editor.get(overview).text
    assert "1 Strategische Analyse und Maßnahmen – In Arbeit" in [
        words for _, _, words in map_entries(editor.get(own_page(world, "1")).text)
    ]


def test_an_old_address_of_the_gaps_says_nothing_once_they_are_filled(
    editor: FlaskClient, world: World
) -> None:
    texts = {f"ref-1.{number}-text": "Ein Satz." for number in (1, 2, 3)}
    save_page(editor, own_page(world, "1"), **texts, action="stay")
    page = editor.get(f"{own_page(world, '1')}?offen=1").text
    assert 'id="missing"' not in page
    assert "Trotzdem weiter" not in page
    assert "Später weiter" in page


def test_the_list_of_gaps_is_renewed_where_the_page_has_its_place(editor: FlaskClient, world: World) -> None:
    page = editor.get(own_page(world, "13")).text
    assert re.search(r'<div data-live="missing">\s*</div>', page), "nothing is missing before one begins"
    save_page(editor, own_page(world, "13"), **{"ref-13.1-text": "Gas.", "action": "stay"})
    assert re.search(
        r'<div data-live="missing">\s*<section[^>]* id="missing"',
        editor.get(own_page(world, "13")).text,
    )


def test_the_last_criterion_leads_to_the_final_check(editor: FlaskClient, world: World) -> None:
    last = own_page(world, "20/kennzahlen/GRI-SRS-419-1")
    assert save_page(editor, last, action="next") == f"/erklaerungen/{world.own_declaration}/pruefen"


def test_enter_saves_and_stays(editor: FlaskClient, world: World) -> None:
    """The first button of a form is the one that the Enter key presses."""
    page = editor.get(own_page(world, "general")).text.split("data-autosave")[1]
    first = re.search(r'<button type="submit"[^>]*value="([^"]*)"', page)
    assert first is not None
    assert first[1] == "stay"
    assert save_page(editor, own_page(world, "general"), action="stay") == own_page(world, "general")


def test_an_autosave_says_what_is_missing_and_where_a_value_is_not_understood(
    editor: FlaskClient, world: World
) -> None:
    page = own_page(world, "13")
    sent = {**form_fields(editor.get(page).text), "ref-13.1-text": "Gas.", "autosave": "1"}
    answer = editor.post(page, data=sent, headers={"X-Requested-With": "fetch"}).get_json()
    assert answer["status"] == "saved"
    assert '<a href="#ref-13.2">Minderungsziele</a>' in answer["fields"]["progress"]
    assert '<a href="#missing">' in answer["fields"]["progress"]
    assert 'id="missing"' in answer["fields"]["missing"], "the list follows, so that the link leads somewhere"
    assert '<a class="govuk-link" href="#ref-13.2">' in answer["fields"]["missing"]
    assert f'<a class="govuk-link" href="{page}/kennzahlen#ref-GRI-SRS-305-1">' in answer["fields"]["missing"]
    assert 'aria-current="page">Texte' in answer["fields"]["links"]
    shown = editor.get(page).text
    for name, html in answer["fields"].items():
        if name.startswith("map"):
            place = re.search(rf'data-live="{name}">(.*?)</(?:a|span></summary)>', map_of(shown), re.DOTALL)
            assert place, name
            assert place[1].split() == html.split(), "the map follows as if the page were loaded anew"
    assert "13.1 Emissionsquellen" in answer["fields"]["map-ref-13.1"]
    assert {"map-page", "map-done", "map-stripes"} <= answer["fields"].keys()
    page = own_page(world, "13/kennzahlen")
    wrong = {**form_fields(editor.get(page).text), "ref-GRI-SRS-305-1.a-value": "drei", "autosave": "1"}
    answer = editor.post(page, data=wrong, headers={"X-Requested-With": "fetch"}).get_json()
    assert answer["status"] == "invalid"
    assert answer["href"] == "#ref-GRI-SRS-305-1.a-value"
    assert answer["action"]
