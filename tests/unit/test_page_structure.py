"""Each rule about a page's structure finds what breaks it, and a sound page breaks none."""

import pytest

from tests.support.pages.markup import Markup
from tests.support.pages.structure import RULES, problems

SOUND = """<!DOCTYPE html><html lang="de"><head><title>Stoffe</title></head><body>
<header><a href="#main">Zum Inhalt</a></header>
<main id="main"><h1>Stoffe</h1><h2>Neu</h2>
<form><label for="name">Name</label><input id="name" aria-describedby="hint"><p id="hint">Wie im Register</p>
<fieldset><legend>Art</legend><label><input type="radio" name="kind" value="a"> Holz</label>
<label><input type="radio" name="kind" value="b"> Stein</label></fieldset>
<button aria-label="Senden: Holz">Senden</button></form>
<table><caption>Mengen</caption><tr><th scope="col">Jahr</th></tr><tr><td>2025</td></tr></table>
<ul><li><img src="a.png" alt="Ein Haufen"></li></ul><svg role="img" aria-label="Anteil"></svg>
%s</main><footer>Ende</footer></body></html>"""
FAULTS = (
    ("<p><div>Block</div></p>", "unexpected-end-tag"),
    ("<main></main>", "html_is_framed: 2 main"),
    ("<h1>Noch eine</h1>", "html_is_framed: 2 h1"),
    ('<p lang="deutsch">x</p>', "html_is_framed: no language"),
    ("<h4>Zu tief</h4>", "headings_go_down_one_by_one: h2 is followed by <h4"),
    ("<h3></h3>", "headings_go_down_one_by_one: says nothing"),
    ('<p id="name">x</p>', "ids_are_unique: 2 x 'name'"),
    ('<label for="nothing">x</label>', "references_lead_somewhere: for=nothing"),
    ('<label for="hint">x</label>', "references_lead_somewhere: labels what cannot be labelled"),
    ('<p aria-labelledby="name gone">x</p>', "references_lead_somewhere: aria-labelledby=gone"),
    ('<a href="#gone">x</a>', "references_lead_somewhere: leads nowhere"),
    ("<input>", "controls_have_names: no name: <input"),
    ("<select><option>x</option></select>", "controls_have_names: no name: <select"),
    ("<textarea></textarea>", "controls_have_names: no name: <textarea"),
    ('<button><span aria-hidden="true">x</span></button>', "controls_have_names: no name: <button"),
    ('<a href="/x"><img src="x" alt=""></a>', "controls_have_names: no name: <a"),
    ('<button aria-label="Weg">Senden</button>', "controls_have_names: is called otherwise"),
    ("<label></label>", "controls_have_names: an empty label"),
    ("<fieldset><p>x</p></fieldset>", "groups_have_names: no name: <fieldset"),
    ('<div role="progressbar"></div>', "groups_have_names: no name: <div"),
    ("<fieldset><p>x</p><legend>y</legend></fieldset>", "groups_have_names: a legend that is not first"),
    (
        '<label><input type="radio" name="q"> a</label><label><input type="radio" name="q"> b</label>',
        "groups_have_names: 2 choices without a group",
    ),
    ("<nav>a</nav><nav>b</nav>", "groups_have_names: 2 x <nav>"),
    ('<img src="x">', "pictures_say_what_they_show: no alt"),
    ("<svg></svg>", "pictures_say_what_they_show: neither named nor silent"),
    ('<iframe src="/x"></iframe>', "pictures_say_what_they_show: no title"),
    ('<a href="/x">x <button>y</button></a>', "nothing_is_pressed_within_another: <button"),
    ('<p tabindex="3">x</p>', "nothing_is_pressed_within_another: an order of its own"),
    ('<p aria-hidden="true"><a href="/x">x</a></p>', "nothing_is_pressed_within_another: can be reached"),
    ("<table><caption>x</caption><tr><td>1</td></tr></table>", "tables_have_heads: no head"),
    ('<table><tr><th scope="col">1</th></tr></table>', "tables_have_heads: no name"),
    ("<table><caption>x</caption><tr><th>1</th></tr></table>", "tables_have_heads: a head of what?"),
    ('<table><caption>x</caption><tr><th scope="col"></th></tr></table>', "tables_have_heads: an empty head"),
    ("<ul><p>x</p></ul>", "lists_hold_items: ['p'] in <ul"),
    ("<dl><li>x</li></dl>", "lists_hold_items: ['li'] in <dl"),
    ("<div><li>x</li></div>", "lists_hold_items: an item without a list"),
    ("<dd>x</dd>", "lists_hold_items: a term without a list"),
    ("<span><form></form></span>", "elements_stand_where_they_may: <form> in <span"),
    ("<button><div>x</div></button>", "elements_stand_where_they_may: <div> in <button"),
    ("<center>x</center>", "elements_stand_where_they_may: given up"),
    ('<table border="1"><caption>x</caption></table>', "elements_stand_where_they_may: given up: ['border']"),
    ('<p role="banana">x</p>', "roles_and_attributes_exist: no role"),
    ('<p aria-banana="x">x</p>', "roles_and_attributes_exist: aria-banana"),
    ('<p aria-live="loud">x</p>', "roles_and_attributes_exist: aria-live='loud'"),
    (
        '<label>x <input aria-invalid="true"></label>',
        "roles_and_attributes_exist: does not say what",
    ),
    ('<label>x <input type="telefon"></label>', "roles_and_attributes_exist: no type"),
    ('<label>x <input autocomplete="vorname"></label>', "roles_and_attributes_exist: no kind of entry"),
)


def test_a_sound_page_breaks_no_rule() -> None:
    assert problems(Markup(SOUND % "")) == []


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_a_fault_is_found(fault: str, expected: str) -> None:
    assert [found for found in problems(Markup(SOUND % fault)) if expected in found]


def test_each_rule_has_a_fault() -> None:
    assert {rule.__name__ for rule in RULES} <= {expected.partition(":")[0] for _fault, expected in FAULTS}


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ('<button id="x" aria-label="Weg">Fort</button>', "Weg"),
        ('<b id="b">Von</b><input id="x" aria-label="Bis" aria-labelledby="b">', "Von"),
        ('<label>Name <input id="x"></label>', "Name"),
        ('<a id="x" href="/"><img alt="Haus"> <i hidden>nie</i>bauen</a>', "Haus bauen"),
        ('<input id="x" type="submit" value="Los">', "Los"),
        ('<input id="x" title="Tag">', "Tag"),
    ],
)
def test_an_element_is_called_as_a_screen_reader_calls_it(element: str, name: str) -> None:
    page = Markup(SOUND % element)
    assert page.name(page.by_id["x"]) == name
