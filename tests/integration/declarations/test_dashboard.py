"""What the overview shows first: deadline, time left, next point, own figures, latest changes."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.language import format_long_date, local_day
from dnk_tool.store.clusters.queries import deadline_of
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.web.declarations.dashboard import time_left
from tests.support.app import World, database_session, make_cluster
from tests.support.app import add_consent as join
from tests.support.browsers import own_page, save_page
from tests.support.cockpit_members import default_cohort, let_members_be_old

YEAR = 2025


def overview(editor: FlaskClient, world: World) -> str:
    return editor.get(f"/erklaerungen/{world.own_declaration}/").text


@pytest.mark.parametrize(
    ("days", "words", "kind"),
    [
        (-2, "seit 2 Tagen vorbei", "alarm"),
        (0, "heute", "attention"),
        (1, "noch 1 Tag", "attention"),
        (5, "noch 5 Tage", "attention"),
        (20, "noch 20 Tage", "progress"),
        (90, "noch 90 Tage", "open"),
    ],
)
@pytest.mark.usefixtures("one_day")
def test_the_deadline_is_said_and_how_pressing_it_is(
    app: Flask, editor: FlaskClient, world: World, days: int, words: str, kind: str
) -> None:
    due = local_day(datetime.now(UTC)) + timedelta(days=days)
    with database_session(app) as session:
        let_members_be_old(session)
        session.add(default_cohort(cluster_id=world.cluster, reporting_year=YEAR, due=due))
    tag = f'<strong class="govuk-tag dnk-tag--{kind}">Frist {format_long_date(due, "de")} · {words}</strong>'
    assert tag in overview(editor, world)


def test_the_first_deadline_counts_and_only_of_clusters_one_belongs_to(app: Flask, world: World) -> None:
    with database_session(app) as session:
        other = make_cluster(session, "Cluster West")
        join(session, world.own, other.id)
        for cluster, due in ((world.cluster, date(2027, 3, 31)), (other.id, date(2027, 2, 1))):
            session.add(default_cohort(cluster_id=cluster, reporting_year=YEAR, due=due))
        session.add(
            default_cohort(cluster_id=world.foreign_cluster, reporting_year=YEAR, due=date(2026, 1, 1))
        )
        session.flush()
        assert deadline_of(session, world.own, YEAR) == date(2027, 2, 1)
        assert deadline_of(session, world.own, YEAR + 1) is None
        for consent in session.query(Consent).filter_by(cluster_id=other.id):
            consent.withdrawn_at = datetime.now(UTC)
        session.flush()
        assert deadline_of(session, world.own, YEAR) == date(2027, 3, 31)


def test_an_empty_declaration_has_no_deadline_to_show_and_all_its_hours(
    editor: FlaskClient, world: World
) -> None:
    page = overview(editor, world)
    assert "Frist " not in page
    assert re.search(r"Es bleiben etwa \d Stunden\.", page)
    assert "Zuletzt</h2>" not in page


def test_the_button_leads_to_the_first_point_that_is_not_answered(editor: FlaskClient, world: World) -> None:
    save_page(editor, own_page(world, "1"), **{"ref-1.1-text": "Noch keine.", "action": "stay"})
    page = overview(editor, world)
    address = f"/erklaerungen/{world.own_declaration}/kriterien/1#ref-1.2"
    assert re.search(rf'<a href="{re.escape(address)}" class="govuk-button"[^>]*>Weiter mit: 1\.2 ', page)
    latest = page.split('id="side-changes"')[1]
    assert "1.1 Strategie vorhanden" in latest.split("</section>")[0]


def test_own_figures_stand_beside_with_the_share_of_emissions(editor: FlaskClient, world: World) -> None:
    for page, key, amount in (
        ("13/kennzahlen", "305-1.a", "30"),
        ("13/kennzahlen/GRI-SRS-305-2", "305-2.a", "10"),
    ):
        field = f"ref-GRI-SRS-{key}"
        given = {f"{field}-value": amount, f"{field}-unit": "t-co2e"}
        save_page(editor, own_page(world, page), **given, action="stay")
    side = overview(editor, world).split('id="side-figures"')[1].split("</section>")[0]
    assert "<strong>30 t CO₂e</strong>" in side
    assert re.findall(r'dnk-share__part"\s+width="(\d+)"', side) == ["75", "25"]


def test_time_left_is_nothing_once_all_is_answered(app: Flask) -> None:
    with app.test_request_context():
        assert time_left([]) == ""
