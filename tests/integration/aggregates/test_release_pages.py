"""The page about a cluster's numbers: order, preview without values, release, withdrawal, few statements."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.aggregates.json_format import release_to_json
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.services.aggregates import preparation
from dnk_tool.store.aggregates import releases
from dnk_tool.web.aggregates.releases import words
from tests.integration.aggregates.release_members import YEAR, add_firm, add_firms, add_version, usual_figures
from tests.support.app import count_statements, database_session, make_cluster, post
from tests.support.browsers import signed_in


@pytest.fixture
def cluster_id(app: Flask) -> int:
    with database_session(app) as session:
        cluster = make_cluster(
            session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
        )
        add_firms(session, cluster.id, 8)
        return cluster.id


@pytest.fixture
def manager(app: Flask, cluster_id: int) -> FlaskClient:
    return signed_in(app, "manager")


def release_text(html: str) -> str:
    inner = re.split("<main[^>]*>|</main>", html)[1]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inner)).split())


def release_page(client: FlaskClient, cluster_id: int, year: int = YEAR) -> str:
    shown = client.get(f"/cluster/{cluster_id}/zahlen?jahr={year}")
    assert shown.status_code == 200
    return shown.text


def form_addresses_by_name(html: str) -> dict[str, str]:
    """The address of each form of the page by its last part."""
    found = [unescape(path) for path in re.findall(r'action="([^"]*/zahlen/[^"]*)"', html)]
    return {path.rsplit("/", 1)[1]: path for path in found}


def prepare_release(app: Flask, client: FlaskClient, cluster_id: int) -> str:
    post(client, f"/cluster/{cluster_id}/zahlen/{YEAR}")
    preparation.prepare_ordered(app.extensions["dnk_session_factory"])
    return release_page(client, cluster_id)


def release_by_page(app: Flask, client: FlaskClient, cluster_id: int) -> tuple[str, Any]:
    html = prepare_release(app, client, cluster_id)
    digest = re.findall(r'name="sha256" value="(\w+)"', html)
    (path,) = (path for path in form_addresses_by_name(html).values() if re.search(r"/freigabe/\d+$", path))
    answer = post(client, path, {"sha256": digest[0]}, follow_redirects=True)
    return path, answer


def test_the_manager_orders_looks_releases_and_withdraws(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    assert "ist noch nichts freigegeben" in release_page(manager, cluster_id)
    ordered = post(manager, f"/cluster/{cluster_id}/zahlen/{YEAR}", follow_redirects=True)
    assert "Die Vorschau wird gerade gemacht." in ordered.text
    path, made = release_by_page(app, manager, cluster_id)
    assert f"Die Zahlen für {YEAR} sind freigegeben." in made.text
    text = release_text(made.text)
    assert "Energieverbrauch gesamt 12.000 MWh aus 8 Unternehmen" in text
    assert "von Manager, aus 8 abgeschlossenen Erklärungen" in text
    without = post(manager, f"{path}/zurueckziehen", {"reason": " "})
    assert without.status_code == 422
    assert "Sagen Sie kurz, warum" in without.text
    long = post(manager, f"{path}/zurueckziehen", {"reason": "Zahl" * 200})
    assert (long.status_code, "ZahlZahl" in long.text) == (422, True)
    gone = post(manager, f"{path}/zurueckziehen", {"reason": "Falsch gerechnet"}, follow_redirects=True)
    assert "Falsch gerechnet" in release_text(gone.text)
    assert "12.000" not in release_text(gone.text)
    again = post(manager, f"{path}/zurueckziehen", {"reason": "Noch einmal"}, follow_redirects=True)
    assert "Inzwischen hat jemand anders" in again.text
    trail = manager.get(f"/cluster/{cluster_id}/protokoll").text
    assert "Zahlen des Clusters freigegeben" in trail
    assert "aus 8 Unternehmen" in trail


def test_a_preview_names_rules_and_counts_and_no_value(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    text = release_text(prepare_release(app, manager, cluster_id))
    with database_session(app) as session:
        (stored,) = releases.of_year(session, cluster_id, YEAR)
        content = releases.release_from_json(stored.row.content or "")
    assert any(number.is_shown for number in content.numbers)
    for number in content.numbers:
        assert words.figure_name(number.figure, "de") in text
        if number.is_shown:
            assert words.number_text(number, "de") not in text
        elif number.companies:
            assert words.rule_title(number.rule, "de") in text
    assert re.search(r"Berichtet niemand .*Gefährlicher Abfall", text)


def test_a_correction_of_unchanged_data_is_said_and_offers_no_release(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    release_by_page(app, manager, cluster_id)
    again = prepare_release(app, manager, cluster_id)
    assert "Nichts geändert." in release_text(again)
    assert "Es ist keine Freigabe verbraucht." in release_text(again)
    assert not [path for path in form_addresses_by_name(again).values() if re.search(r"/freigabe/\d+$", path)]


def test_numbers_none_of_which_may_be_shown_cannot_be_released(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    html = prepare_release(app, manager, cluster_id)
    digest = re.findall(r'name="sha256" value="(\w+)"', html)[0]
    (path,) = (path for path in form_addresses_by_name(html).values() if re.search(r"/freigabe/\d+$", path))
    with database_session(app) as session:
        (stored,) = releases.of_year(session, cluster_id, YEAR)
        content = releases.release_from_json(stored.row.content or "")
        hidden = tuple(replace(number, value=None, rule=Rule.TOO_FEW) for number in content.numbers)
        stored.row.content = release_to_json(replace(content, numbers=hidden))[0]
        session.commit()
    empty = release_page(manager, cluster_id)
    assert "Damit lässt sich noch nichts freigeben." in empty
    assert path not in form_addresses_by_name(empty).values()
    answer = post(manager, path, {"sha256": digest}, follow_redirects=True)
    assert "Inzwischen hat jemand anders" in answer.text
    assert "ist noch nichts freigegeben" in release_page(manager, cluster_id)


def test_a_change_since_the_preview_is_said_and_prepared_anew(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    html = prepare_release(app, manager, cluster_id)
    with database_session(app) as session:
        add_firms(session, cluster_id, 1, first=20)
    digest = re.findall(r'name="sha256" value="(\w+)"', html)[0]
    (path,) = (path for path in form_addresses_by_name(html).values() if re.search(r"/freigabe/\d+$", path))
    answer = post(manager, path, {"sha256": digest}, follow_redirects=True)
    assert "Seit der Vorschau hat sich etwas geändert" in answer.text
    assert "Die Vorschau wird gerade gemacht." in answer.text
    discarded = post(manager, f"{path}/verwerfen", follow_redirects=True)
    assert "Es wurde nichts freigegeben." in discarded.text
    assert post(manager, path, {"sha256": digest}).status_code == 404


def test_reviewers_read_and_strangers_do_not(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    path, _made = release_by_page(app, manager, cluster_id)
    reviewer = signed_in(app, "reviewer")
    html = release_page(reviewer, cluster_id)
    assert "12.000" in release_text(html)
    assert form_addresses_by_name(html) == {}
    assert post(reviewer, f"{path}/zurueckziehen", {"reason": "Nein"}).status_code == 403


def test_the_page_counts_why_members_do_not_enter_and_names_nobody(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    with database_session(app) as session:
        for name, consent in (
            ("Nie", {"aggregates_from": None}),
            ("Später", {"aggregates_from": YEAR + 1}),
            ("Früher", {"edition": "2026-11c"}),
            ("Offen", {}),
        ):
            add_firm(session, cluster_id, f"Firma {name}", **consent)  # type: ignore[arg-type]
    text = release_text(release_page(manager, cluster_id))
    assert f"9 von 12 Mitgliedern erlauben ihre Kennzahlen für {YEAR}. 8 davon" in text
    for said in (
        "1 hat noch keine abgeschlossene",
        "1 erlaubt es erst für spätere Jahre",
        "1 erlaubt keine Kennzahlen",
        "1 hat einer früheren Fassung",
    ):
        assert said in text
    assert "Firma" not in text


def test_sixty_members_take_no_more_statements_than_three(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    counts = []
    for more in (0, 52):
        with database_session(app) as session:
            for firm in add_firms(session, cluster_id, more, first=30):
                add_version(session, firm, usual_figures(1), year=YEAR - 1)
        _path, made = release_by_page(app, manager, cluster_id)
        assert made.status_code == 200
        with count_statements(app) as statements:
            release_page(manager, cluster_id)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15


def test_the_shares_of_the_flow_of_material_have_a_picture(app: Flask) -> None:
    """Seven members take their flow into the declaration; an eighth one has none, and is in no share."""
    with database_session(app) as session:
        cluster = make_cluster(session, "Cluster Süd", manager=ClusterRole.MANAGER).id
        add_version(session, add_firm(session, cluster, "Ohne"), usual_figures(9))
        for place in range(7):
            flow = FlowYear(
                YEAR,
                renewable=Decimal(60 + place),
                non_renewable=Decimal(40),
                bio_based=Decimal(35),
                recycled=Decimal(25 + place),
            )
            add_version(
                session, add_firm(session, cluster, f"Firma {place}"), usual_figures(place), flow=flow
            )
    html = release_by_page(app, signed_in(app, "manager"), cluster)[1].text
    shown = release_text(html)
    assert "Stoffströme im Netzwerk" in shown
    assert "Material aus Recycling aus 7 Unternehmen 27 %" in shown.replace("\u00a0", " ")
    assert re.findall(r'x="(\d+)" width="(\d+)"', html) == [("0", "270"), ("270", "340")]


def test_without_flows_there_is_no_picture_of_them(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    assert "Stoffströme im Netzwerk" not in release_by_page(app, manager, cluster_id)[1].text
