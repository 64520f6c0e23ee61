"""The pages of a joint goal: set, sum, withdrawn, for managers and members, with how many statements."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.uploads.table_files import read_sheets
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster
from tests.integration.aggregates.joint_goal_members import GOAL, a_measure, add_goal_member, add_members
from tests.support.app import World, count_statements, database_session, form_fields, post, sign_in
from tests.support.browsers import words_of

MOST_STATEMENTS = 15


def set_goal(app: Flask, world: World, members: int = 8, *, with_sum: bool = True) -> list[int]:
    """A goal, members and a sum of them."""
    with database_session(app) as session:
        cluster, now = session.get_one(Cluster, world.cluster), datetime.now(UTC)
        joint_goals.save_goal(Work(session, SHELL, now), cluster, GOAL, seen=0)
        companies = add_members(session, cluster.id, members)
        if with_sum:
            joint_goals.make_sum(Work(session, SHELL, now), cluster)
        return companies


def test_a_manager_sets_a_goal_and_a_fault_keeps_what_was_typed(manager: FlaskClient, world: World) -> None:
    about = f"/cluster/{world.cluster}/ziel"
    assert "Ziel setzen" in manager.get(about).text
    wrong = {"from_year": "2028", "until_year": "2023", "mwh": "viel", "version": "0"}
    page = post(manager, f"{about}/aendern", wrong)
    assert page.status_code == 422
    assert "Das Ziel endet vor seinem ersten Jahr" in page.text
    assert 'value="viel"' in page.text
    for typed_year in ("bald", "1e999", "-5", "9" * 40):
        page = post(manager, f"{about}/aendern", {"from_year": "2023", "until_year": typed_year, "mwh": "4"})
        assert page.status_code == 422
        assert f'value="{typed_year}"' in page.text
    none = post(manager, f"{about}/aendern", {"from_year": "2023", "until_year": "2028"})
    assert "Setzen Sie mindestens eines der beiden Ziele" in none.text
    typed = {"from_year": "2023", "until_year": "2028", "mwh": "4.000", "t_co2e": "1400", "version": "0"}
    saved = post(manager, f"{about}/aendern", typed, follow_redirects=True).text
    assert "Das Ziel ist gespeichert." in saved
    assert "Es gibt noch keinen Stand." in saved
    fields = form_fields(manager.get(f"{about}/aendern").text)
    assert (fields["mwh"], fields["t_co2e"]) == (["4.000"], ["1.400"])
    other = post(manager, f"{about}/aendern", typed | {"mwh": "5.000"})
    assert other.status_code == 409
    assert "Jemand anderes hat das Ziel gerade geändert." in other.text
    assert 'value="5.000"' in other.text
    refused = post(manager, about, follow_redirects=True).text
    assert "Es ist kein Stand gebildet. Eine Summe braucht mindestens 5 Unternehmen" in refused


def test_both_sides_see_the_same_sum_and_none_when_somebody_left(
    app: Flask, manager: FlaskClient, owner: FlaskClient, world: World
) -> None:
    companies = set_goal(app, world, with_sum=False)
    about, own = f"/cluster/{world.cluster}/ziel", f"/unternehmen/{world.own}/gemeinsames-ziel"
    assert "sobald es einen Stand gibt" in owner.get(own).text
    made = post(manager, about, follow_redirects=True).text
    assert "Der neue Stand ist gebildet." in made
    member = owner.get(own).text
    for page in (made, member):
        assert "Was 8 Unternehmen zusammen sparen" in page
        assert "<b>1.100</b> MWh im Jahr" in page
        assert "28 % des Ziels sind beschlossen, 19 % umgesetzt." in " ".join(page.split())
        assert "Beleuchtung" in page
        assert "Kompensation zählt nie" in page
    assert "nicht im Stand vom" not in words_of(made), "all that allow it count"
    assert f"nur={world.own}" in made, "who does not let its measures count is known anyway"
    assert "Wer noch fehlt" not in member
    assert "Möglich ab dem" in made
    with database_session(app) as session:
        consent = clusters.find_consent(session, companies[0], world.cluster)
        assert consent is not None
        cluster_consent.withdraw_consent(Work(session, SHELL, datetime.now(UTC)), consent)
    for page in (manager.get(about).text, owner.get(own).text):
        assert "1.100" not in page
        assert "darum zeigen wir den Stand nicht mehr" in page
        assert "wenn sich bei mindestens 5 Unternehmen etwas geändert hat" in words_of(page)
    assert manager.get(f"{about}/monitoring.xlsx").location == about, "the page says why there is no file"


def test_who_is_missing_does_not_move_with_what_a_company_holds(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    """One that joins between two looks tells by them neither that it has measures nor that it has none."""
    set_goal(app, world)
    for joined, own in enumerate([[], [a_measure(900_000, cluster_id=world.cluster)]], start=1):
        with database_session(app) as session:
            add_goal_member(session, world.cluster, f"Neu {joined}", *own)
        said = words_of(manager.get(f"/cluster/{world.cluster}/ziel").text)
        verb = "steckt" if joined == 1 else "stecken"
        assert f"{joined} {verb} nicht im Stand vom" in said


def test_the_monitoring_has_sums_and_no_company(app: Flask, manager: FlaskClient, world: World) -> None:
    set_goal(app, world)
    answer = manager.get(f"/cluster/{world.cluster}/ziel/monitoring.xlsx")
    kinds, states, about = ([row.cells for row in sheet.rows] for sheet in read_sheets(answer.data))
    assert kinds[-1][:5] == ("Summe", "8", "16", "1100", "430")
    assert {row[0] for row in kinds[1:-1]} == {"Beleuchtung", "Eigener Strom, zum Beispiel Photovoltaik"}
    assert [row[0] for row in states[1:]] == ["umgesetzt", "läuft oder geplant", "Summe", "Ziel"]
    assert states[-1][3] == "4000"
    assert "Mitglied 1" not in str([kinds, states, about])
    page = f"/cluster/{world.cluster}/ziel/aendern"
    post(manager, page, form_fields(manager.get(page).text) | {"until_year": "2031"})
    answer = manager.get(f"/cluster/{world.cluster}/ziel/monitoring.xlsx")
    (_kinds, states, _about) = ([row.cells[0] for row in sheet.rows] for sheet in read_sheets(answer.data))
    assert states[-1] == "Summe", "the sum is not of the years of the new goal"


@pytest.mark.parametrize("path", ["/cluster/{}/ziel", "/unternehmen/{}/gemeinsames-ziel"])
def test_statements_do_not_grow_with_the_members(app: Flask, world: World, path: str) -> None:
    client, counts = app.test_client(), []
    sign_in(client, "manager@example.org" if "cluster" in path else "owner@example.org")
    address = path.format(world.cluster if "cluster" in path else world.own)
    set_goal(app, world, 5)
    for more in (0, 57):
        with database_session(app) as session:
            add_members(session, world.cluster, more)
        with count_statements(app) as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
