"""No number over members leaves the tool without how many companies it comes from, or its rule."""

import re
from collections.abc import Callable, Mapping
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Release, Rule
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.aggregates import preparation, releases
from dnk_tool.store.aggregates import releases as stored
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.releases import words
from tests.integration.aggregates.release_members import LONG_AGO, YEAR, add_firm, add_version, usual_figures
from tests.support.app import database_session, make_cluster, sign_in

ROOM = "dnk_tool.web.aggregates."


def released(app: Flask, figures_of: Callable[[int], Mapping[str, int]] = usual_figures) -> Release:
    """A release over eight members of a cluster, each with the figures of its place."""
    with database_session(app) as session:
        cluster = make_cluster(session, "Cluster Nord", manager=ClusterRole.MANAGER)
        for place in range(8):
            add_version(session, add_firm(session, cluster.id, f"Firma {place}"), figures_of(place))
        key = releases.order_release(session, cluster, YEAR, actor=SHELL, now=LONG_AGO).id
    preparation.prepare_ordered(app.extensions["dnk_session_factory"])
    with database_session(app) as session:
        row = session.get_one(ReleaseRow, key)
        cluster = session.get_one(Cluster, row.cluster_id)
        releases.make_release(session, cluster, key, row.sha256, actor=SHELL, now=LONG_AGO)
        release = stored.shown_release(session, cluster.id, YEAR)
    assert release is not None
    return release


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "manager@example.org")
    return client


def plain(html: str) -> str:
    """The words of a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\xad", "").split())


def pages_of_the_room(app: Flask, cluster_id: int) -> dict[str, str]:
    """The address of every page of the room that a cluster's manager reads, by endpoint."""
    found = {}
    for rule in app.url_map.iter_rules():
        is_own = app.view_functions[rule.endpoint].__module__.startswith(ROOM)
        if is_own and "GET" in (rule.methods or ()) and rule.arguments == {"cluster_id"}:
            found[rule.endpoint] = f"{rule.rule.replace('<int:cluster_id>', str(cluster_id))}?jahr={YEAR}"
    return found


def test_no_page_of_the_room_shows_a_released_number_without_its_companies(app: Flask) -> None:
    release, client = released(app), signed_in(app)
    pages = pages_of_the_room(app, release.cluster_id)
    assert "aggregate_releases.show" in pages
    shown = [number for number in release.content.numbers if number.is_shown]
    assert len(shown) > 5
    for endpoint, path in pages.items():
        answer = client.get(path)
        text = plain(answer.text) if answer.mimetype == "text/html" else ""
        for number in shown:
            if re.search(
                rf"(?<![\d.]){re.escape(words.number_text(number, 'de'))}", text.replace(" ", "\xa0")
            ):
                assert f"{number.companies} Unternehmen" in text, (endpoint, number)


def test_the_page_of_numbers_names_each_number_with_its_companies_or_its_rule(app: Flask) -> None:
    release = released(app)
    html = signed_in(app).get(f"/cluster/{release.cluster_id}/zahlen?jahr={YEAR}").text
    rows = [plain(row) for row in re.findall(r"<tr.*?</tr>", html, re.S)]
    rules = plain(html.split("Nicht gezeigt")[1].split("</dl>")[0])
    assert {number.group for number in release.content.numbers} == {ALL_MEMBERS}
    for number in release.content.numbers:
        name, companies = words.figure_name(number.figure, "de"), f"aus {number.companies} Unternehmen"
        if number.is_shown:
            amount = words.number_text(number, "de").replace("\xa0", " ")
            assert any(row.startswith(name) and amount in row and companies in row for row in rows), number
        elif release.content.is_reported(number.figure):
            assert number.rule is not Rule.PASSED
            assert re.search(rf"{re.escape(words.rule_title(number.rule, 'de'))}.*{re.escape(name)}", rules)
            assert (companies if number.companies else "kein vergleichbares Unternehmen") in rules
        else:
            assert re.search(rf"Berichtet niemand.*{re.escape(name)}", rules), number
