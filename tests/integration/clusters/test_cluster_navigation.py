"""The navigation of a cluster: a page registers title, permission and position beside its view."""

import re

import pytest
from flask import Blueprint, Flask, render_template_string
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.http.cluster_pages import cluster_page
from tests.support.app import World
from tests.support.browsers import signed_in

PAGE = '{% from "components/tabs.html" import cluster_nav %}{{ cluster_nav(cluster_links()) }}'

pytestmark = pytest.mark.own_app  # each test here adds a page


def register_page(app: Flask, permission: Permission) -> None:
    """A page as a module of a room would hold it, without a line elsewhere."""
    blueprint = Blueprint("open_questions", __name__, url_prefix="/cluster/<int:cluster_id>/offene-fragen")

    @blueprint.get("")
    @cluster_page(_l("Offene Fragen"), permission, position=32)
    def show(cluster_id: int) -> str:
        return render_template_string(PAGE)

    app.register_blueprint(blueprint)


def tabs_of(app: Flask, world: World, role: str, path: str = "/team") -> list[tuple[str, bool]]:
    """The titles in the navigation as a role sees them, and which is the page that shows them."""
    browser = signed_in(app, role)
    page = browser.get(f"/cluster/{world.cluster}{path}").text
    tabs = re.findall(
        r'<a class="dnk-tabs__link" href="[^"]*"( aria-current="(?:page|true)")?>([^<]*)</a>', page
    )
    return [(title.strip(), bool(current)) for current, title in tabs]


def test_a_page_is_linked_at_its_place(app: Flask, world: World) -> None:
    register_page(app, Permission.CLUSTER_VIEW)
    titles = [title for title, _is_current in tabs_of(app, world, "manager", "/mitglieder")]
    assert titles == [
        "Übersicht",
        "Prüfung",
        "Mitglieder",
        "Offene Fragen",
        "Einladungen",
        "Ergebnisse",
        "Austausch",
        "Planung",
        "Verwaltung",
    ]
    assert ("Offene Fragen", True) in tabs_of(app, world, "manager", "/offene-fragen")


@pytest.mark.parametrize(("role", "is_allowed"), [("manager", True), ("reviewer", False)])
def test_only_those_with_its_permission_see_and_open_it(
    app: Flask, world: World, role: str, is_allowed: bool
) -> None:
    register_page(app, Permission.CLUSTER_LEAD)
    titles = [title for title, _is_current in tabs_of(app, world, role)]
    assert ("Offene Fragen" in titles) is is_allowed
    assert "Team" in titles
    browser = signed_in(app, role)
    status = browser.get(f"/cluster/{world.cluster}/offene-fragen").status_code
    assert status == (200 if is_allowed else 403)


def test_pages_of_a_tab_stand_below_it_and_it_leads_to_the_first_one_open_to_the_person(
    app: Flask, world: World
) -> None:
    assert tabs_of(app, world, "manager")[-3:] == [("Verwaltung", True), ("Team", True), ("Protokoll", False)]
    assert tabs_of(app, world, "reviewer")[-1] == ("Team", True), "one page is no choice, and stands alone"
    assert ("Ziel", False) not in tabs_of(app, world, "manager"), (
        "a tab that is not open keeps its pages to itself"
    )
