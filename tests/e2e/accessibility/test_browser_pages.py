"""Pages in the browser: no axe-core finding, no overflow at 320 px, the right language, one host.

Every run opens those of `browser_states.EVERY_RUN`, every night all. `tests/contract/pages` reads all anyway.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility.browser_tab import BrowserTab
from tests.e2e.accessibility.checks import check, check_dark
from tests.e2e.accessibility.tabs import Tabs
from tests.e2e.conftest import Shot
from tests.e2e.driving import Visitor
from tests.support import selection
from tests.support.pages.all_states import STATES
from tests.support.pages.browser_states import ALSO_DARK, EVERY_RUN, PAPER
from tests.support.pages.state import State
from tests.support.pages.world.world import World

pytestmark = pytest.mark.e2e


def cases() -> Iterator[Any]:
    for state in STATES:
        for javascript in state.javascript:
            marks = [] if state.name in EVERY_RUN and javascript else [pytest.mark.nightly]
            name = state.name + ("" if javascript else "-without-javascript")
            yield pytest.param(state, javascript, id=name, marks=marks)


@pytest.mark.parametrize(("state", "javascript"), list(cases()))
def test_a_page(
    tabs: Tabs,
    shot: Shot,
    signed_in: Callable[[Visitor, str], None],
    world: World,
    axe: str,
    state: State,
    javascript: bool,
) -> None:
    with tabs.open(javascript=javascript, **state.options) as (visitor, page):
        if state.who:
            signed_in(visitor, state.who)
            if state.language == "en":
                page.goto("/sprache/en")
        page.goto(state.address(world))
        if state.go:
            state.go(BrowserTab(page), world)
        if state.script:
            state.script(page, world)
        expect(page.get_by_role("heading", level=1)).to_contain_text(state.heading)
        name = state.name + ("" if javascript else "-plain")
        check(page, axe, shot, name, is_quick=not selection.is_full())
        if state.name in EVERY_RUN | ALSO_DARK and javascript:
            check_dark(page, shot, state.name, is_paper=state.name in PAPER)
        assert page.locator("html").get_attribute("lang") == state.language
