"""Every page in every state, without a browser: correct HTML, names, references, headings, language."""

import re

import pytest
from flask import Flask

from tests.contract.pages.conftest import Read
from tests.pages.__main__ import OPENING_TAG, without_own_role
from tests.support.pages.all_states import STATES
from tests.support.pages.state import State
from tests.support.pages.structure import problems
from tests.support.pages.world.world import World


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_page_is_sound(read: Read, state: State) -> None:
    page = read(state).page
    [heading] = page.all("h1")
    assert state.heading in page.text(heading)
    assert page.root.get("lang") == state.language
    assert problems(page) == []


# What is no page, what has a test of its own in a browser, and where `change_requests.begin` leads.
NO_PAGES = re.compile(
    r"health\.|static|languages\.choose|.*[._](pdf|json|csv|xlsx)$|cockpit\.reviews|"
    r"figure_files\.(export|template)|offline\.download$|.*\.open_file$|review\.page_picture$|security\.(logout|reset_password)|set_up\.|"
    r"public\.(data|file|logo|colours|xlsx|feed|cluster_feed|cluster_by_number)|robots\.|(look|public)\.(logo|portrait)$|"
    r"public_examples\.(by_number|feed)$|(examples|examples_of_company|own_examples|public_examples)\.picture$|"
    r"residue_pictures\.|(awards|awards_of_company)\.certificate$|"
    r"(firm|cohort)_calendar\.|cluster_report\.file$|cohorts\.moved$|change_requests\.show$|files\.inside$|(files|review)\.(draft|version)_(file|seal)$|origin\.(seal|keys)$"
)


def test_no_page_is_forgotten(pages_app: Flask) -> None:
    adapter = pages_app.url_map.bind("localhost")
    world = World(1, 1, 1, 1, 1, 1)
    seen = {
        adapter.match(state.address(world).partition("?")[0], method="GET")[0]
        for state in STATES
        if state.name != "not-found"
    }
    pages = {rule.endpoint for rule in pages_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {endpoint for endpoint in pages if not NO_PAGES.match(endpoint)} == seen


@pytest.mark.parametrize(
    ("tag", "checked"),
    [
        (b'<th scope="row" role="rowheader" colspan="2">', b'<th scope="row" colspan="2">'),
        (b'<th scope="colgroup" role="columnheader">', b'<th scope="colgroup">'),
        (b'<tr class="a" role="row"><td role="cell">', b'<tr class="a"><td>'),
        (b'<ol class="a" role="list">', b'<ol class="a">'),
        (b'<th scope="col" role="rowheader">', None),
        (b'<td role="button">', None),
        (b'<table role="presentation">', None),
    ],
)
def test_only_a_role_that_repeats_is_left_out(tag: bytes, checked: bytes | None) -> None:
    assert OPENING_TAG.sub(without_own_role, tag) == (checked or tag)
