"""The pages that a browser opens in every run show each part of all pages, and none is one too many."""

from collections import Counter

from flask import Flask

from tests.contract.pages.conftest import Read
from tests.support.pages.all_states import STATES
from tests.support.pages.browser_states import ALSO_DARK, EVERY_RUN, PAPER
from tests.support.pages.parts import all_parts, record_templates, shown_components
from tests.support.pages.state import State

# By tests of their own in a browser, in every run.
SHOWN_ELSEWHERE = {"components/print_notice.html:print_notice": "test_a_pdf_on_its_way"}


def test_the_browser_sees_each_part_in_every_run(read: Read, pages_app: Flask) -> None:
    shown = {state.name: _shown_parts(read, pages_app, state) for state in STATES if state.name in EVERY_RUN}
    missing = all_parts().difference(*shown.values(), SHOWN_ELSEWHERE)
    assert not missing, f"add a state of each to EVERY_RUN:\n{_where(read, pages_app, missing)}"
    times = Counter(part for parts in shown.values() for part in parts)
    needless = [name for name, parts in shown.items() if min(times[part] for part in parts) > 1]
    assert not needless, "others show all of it"
    assert not times.keys() & SHOWN_ELSEWHERE.keys(), "the states show it by now"


def _shown_parts(read: Read, pages_app: Flask, state: State) -> set[str]:
    """What of the templates and styles the page shows, as far as a browser without scripts does."""
    with record_templates(pages_app) as used:
        tab = read(state)
    return (used | shown_components(tab.page)) & all_parts()


def _where(read: Read, pages_app: Flask, missing: frozenset[str]) -> str:
    """For each part that is missing the states that show it; read only for who has to choose."""
    shown = {state.name: _shown_parts(read, pages_app, state) for state in STATES}
    return "\n".join(
        f"{part}: {[name for name, parts in shown.items() if part in parts]}" for part in sorted(missing)
    )


def test_a_state_is_named_once() -> None:
    names = [state.name for state in STATES]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(names) >= EVERY_RUN | ALSO_DARK | PAPER
    assert not EVERY_RUN & ALSO_DARK
