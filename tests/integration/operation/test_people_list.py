"""The operator's list of people: who is found by what, in few statements, and nothing for anybody else."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.accounts import overviews
from dnk_tool.store.accounts.overviews import AccountFilter, AccountGroup
from dnk_tool.store.tables.accounts import AuthenticatorApp
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.organisations import Membership
from tests.integration.conftest import NOW
from tests.support.app import (
    count_statements,
    database_session,
    make_account,
    make_cluster,
    make_organisation,
)
from tests.support.browsers import signed_in

pytestmark = pytest.mark.usefixtures("one_day")

PEOPLE = {
    "ruediger@example.org": "Rüdiger Öztürk",
    "sahin@example.org": "Şahin Łukasz",
    "grosse@example.org": "GROẞE Straße".replace("ẞ", "ß"),
    "hundert_prozent@example.org": "Hundert 100% Grün",
    "info@müller.de": "",
    "betrieb@example.org": "Olga Betrieb",
}


@pytest.fixture
def people(any_app: Flask) -> Flask:
    """People with names as they are, in two companies and a cluster, and an operator."""
    with database_session(any_app) as session:
        for email, name in PEOPLE.items():
            account = make_account(session, email, name=name, is_operator=email.startswith("betrieb"))
            account.last_sign_in_at = None if email.startswith("grosse") else NOW
        make_organisation(session, "Bäckerei Süß_Korn", anna=Role.OWNER, bert=Role.VIEWER)
        cluster = make_cluster(
            session, "Klimabündnis Nord", carla=ClusterRole.MANAGER, dora=ClusterRole.REVIEWER
        )
        cluster.name += " 100%"
        make_account(session, "erna@example.org", name="Erna").active = False
    return any_app


@pytest.fixture
def operator(people: Flask) -> FlaskClient:
    return signed_in(people, "betrieb")


def listed_people(client: FlaskClient, **query: str) -> set[str]:
    """The people of the page, by address: those without a name have it in the link."""
    html = client.get("/betrieb/personen", query_string=query).text
    return set(
        re.findall(
            r"[\w.]+@[\w.]+", re.sub(r"(?s)^.*?<tbody|</tbody>.*$", "", html) if "<tbody" in html else ""
        )
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("RÜDIGER", "ruediger@example.org"),
        ("ruediger ö", "ruediger@example.org"),
        ("oeztuerk", "ruediger@example.org"),
        ("şahin", "sahin@example.org"),
        ("Şahin łukasz", "sahin@example.org"),
        ("strasse", "grosse@example.org"),
        ("100%", "hundert_prozent@example.org carla@example.org dora@example.org"),
        ("t_p", "hundert_prozent@example.org"),
        ("MÜLLER.de", "info@müller.de"),
        ("suess_korn", "anna@example.org bert@example.org"),
        ("BÄCKEREI", "anna@example.org bert@example.org"),
        ("klimabuendnis", "carla@example.org dora@example.org"),
        ("%", "hundert_prozent@example.org carla@example.org dora@example.org"),
        ("'; --", ""),
    ],
)
def test_f14_people_are_found_by_name_address_company_and_cluster(
    operator: FlaskClient, text: str, wanted: str
) -> None:
    assert listed_people(operator, suche=text) == set(wanted.split())


def test_f14_the_list_says_what_people_may_do_and_who_is_locked(operator: FlaskClient) -> None:
    html = operator.get("/betrieb/personen").text
    for words in ("Bäckerei Süß_Korn: Leitung", "Klimabündnis Nord 100%: Prüfung", "gesperrt", "noch nie"):
        assert words in html, words
    assert "12 Personen" not in html
    assert "11 Personen" in html


def test_f14_the_groups(people: Flask, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed_people(operator, gruppe="gesperrt") == {"erna@example.org"}
    assert listed_people(operator, gruppe="betrieb") == {"betrieb@example.org"}
    assert listed_people(operator, gruppe="nie-da", suche="strasse") == {"grosse@example.org"}
    assert listed_people(operator, gruppe="ohne-faktor") == set(), "none is demanded"
    assert len(listed_people(operator, gruppe="gibt-es-nicht")) == 11
    assert "Niemand passt dazu. Suchen Sie" in operator.get("/betrieb/personen?suche=niemand-heisst-so").text


def test_f14_whose_second_factor_is_missing(people: Flask) -> None:
    """As the list filters and as each account says it."""
    today = NOW.date()
    with database_session(people) as session:
        [carla] = overviews.list_page(
            session, AccountFilter("carla"), demanded=(), today=today, offset=0, limit=9
        )
        bert = session.query(Membership).filter(Membership.role == Role.VIEWER).one()
        bert.until = today - timedelta(days=1)
    for demanded, wanted in (
        (("operator", "manager"), {"betrieb@example.org", "carla@example.org"}),
        (("owner", "viewer"), {"anna@example.org"}),
        (("reviewer",), {"dora@example.org"}),
        ((), set()),
    ):
        with database_session(people) as session:
            given = {"demanded": demanded, "today": today}
            lacking = AccountFilter(group=AccountGroup.LACKS_FACTOR)
            found = overviews.list_page(session, lacking, **given, offset=0, limit=99)
            assert {row.account.email for row in found} == wanted
            assert overviews.count(session, lacking, **given) == len(wanted)
            everybody = overviews.list_all(session, today=today)
            assert {row.account.email for row in everybody if row.lacks_factor(demanded)} == wanted
    with database_session(people) as session:
        session.add(AuthenticatorApp(account_id=carla.account.id, secret="x", created_at=NOW))
    with database_session(people) as session:
        lacking = AccountFilter(group=AccountGroup.LACKS_FACTOR)
        assert not overviews.count(session, lacking, demanded=("manager",), today=today)


def test_f14_fifty_people_take_as_many_statements_as_one(people: Flask, operator: FlaskClient) -> None:
    with count_statements(people) as few:
        operator.get("/betrieb/personen?suche=anna")
    with database_session(people) as session:
        company = make_organisation(session, "Große Firma")
        cluster = make_cluster(session, "Großes Cluster")
        for number in range(50):
            account = make_account(session, f"p{number:02}@example.org", name=f"Person {number:02}")
            session.flush()
            session.add(
                Membership(user_id=account.id, organisation_id=company.id, role=Role.EDITOR, created_at=NOW)
            )
            session.add(
                ClusterStaff(
                    user_id=account.id, cluster_id=cluster.id, role=ClusterRole.REVIEWER, created_at=NOW
                )
            )
    with count_statements(people) as many:
        html = operator.get("/betrieb/personen?suche=person").text
    assert html.count("Große Firma: Bearbeitung") == html.count("Großes Cluster: Prüfung") == 50
    assert len(many) == len(few) <= 10, "\n".join(many)


def test_f14_a_long_list_has_pages(people: Flask, operator: FlaskClient) -> None:
    with database_session(people) as session:
        for number in range(101):
            make_account(session, f"p{number:03}@example.org", name=f"Person {number:03}")
    first = operator.get("/betrieb/personen?suche=Person").text
    assert "Seite 1 von 2" in first
    assert 'href="/betrieb/personen?suche=Person&amp;seite=2#seite"' in first
    assert listed_people(operator, suche="Person", seite="2") == {"p100@example.org"}
    assert listed_people(operator, suche="Person", seite="99") == {"p100@example.org"}
