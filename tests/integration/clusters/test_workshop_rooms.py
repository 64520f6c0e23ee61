"""A manager opens a room for a workshop; guests with its code get their company's invitation by mail."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.tables.clusters import Cohort, Consent, Room
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from tests.support.app import add_consent, database_session, make_cluster, make_organisation, post
from tests.support.browsers import signed_in

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
GUEST = {"company": "Beck GmbH", "email": "Anna@Beck.example", "name": "Anna Beck"}


def manager(app: Flask, *companies: str) -> tuple[FlaskClient, int]:
    with database_session(app) as session:
        cluster = make_cluster(session, "Netz", manager=ClusterRole.MANAGER)
        for name in companies:
            add_consent(session, make_organisation(session, name).id, cluster.id)
        cluster_id = cluster.id
    client = signed_in(app, "manager")
    return client, cluster_id


def open_room(client: FlaskClient, cluster_id: int) -> str:
    """Open the room and return its code."""
    assert post(client, f"/cluster/{cluster_id}/raum", {}).status_code == 303
    page = client.get(f"/cluster/{cluster_id}/raum").text
    found = re.search(r">\s*([A-Z2-9]{4}-[A-Z2-9]{4})\s*<", page)
    assert found
    return found[1]


def test_a_guest_gets_from_the_wall_to_the_invitation(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    code, guest = open_room(client, cluster_id), any_app.test_client()
    found = post(guest, "/raum", {"code": code.lower()})
    assert (found.status_code, found.location) == (303, f"/raum/{code.replace('-', '')}")
    assert "Netz" in guest.get(found.location).text
    assert post(guest, found.location, GUEST).location == f"{found.location}/unterwegs"
    assert guest.get(f"{found.location}/unterwegs").status_code == 200
    with database_session(any_app) as session:
        [invitation] = session.scalars(select(Invitation))
        [mail] = session.scalars(select(Mail))
    assert (invitation.email, invitation.company, invitation.cluster_id) == (
        "anna@beck.example",
        "Beck GmbH",
        cluster_id,
    )
    link = re.search(r"/einladung/unternehmen/\S+", mail.body)
    assert link
    assert "Beck GmbH" in guest.get(link[0]).text


def test_asking_twice_renews_the_one_invitation(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    address, guest = f"/raum/{open_room(client, cluster_id)}", any_app.test_client()
    for _ in range(2):
        assert post(guest, address, GUEST).status_code == 303
    with database_session(any_app) as session:
        [invitation] = session.scalars(select(Invitation))
        assert invitation.times_sent == 2
        assert len(session.scalars(select(Mail)).all()) == 2


def test_a_member_and_a_stranger_get_the_same_answer(any_app: Flask) -> None:
    client, cluster_id = manager(any_app, "Beck GmbH")
    address, guest = f"/raum/{open_room(client, cluster_id)}", any_app.test_client()
    member, stranger = post(guest, address, GUEST), post(guest, address, GUEST | {"company": "Neu GmbH"})
    assert (member.status_code, member.location) == (stranger.status_code, stranger.location)


def test_what_is_missing_is_said_and_what_was_typed_stays(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    address, guest = f"/raum/{open_room(client, cluster_id)}", any_app.test_client()
    for _ in range(25):  # mistakes in the form are not guesses of the code
        page = post(guest, address, GUEST | {"email": "anna"})
        assert page.status_code == 422
    assert "Beck GmbH" in page.text
    assert post(guest, address, GUEST).status_code == 303


def test_wrong_codes_are_counted_typed_or_in_the_address(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    code, guest = open_room(client, cluster_id), any_app.test_client()
    typed = [post(guest, "/raum", {"code": "AAAA-2222"}).status_code for _ in range(10)]
    tried = [guest.get("/raum/BBBB3333").status_code for _ in range(10)]
    assert (set(typed), set(tried)) == ({422}, {404})
    assert guest.get(f"/raum/{code}").status_code == 429, "the right code does not help now"
    assert post(guest, "/raum", {"code": code}).status_code == 429


def test_a_code_ends_at_midnight_at_closing_and_with_the_next_one(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    guest, code = any_app.test_client(), open_room(client, cluster_id)
    newer = open_room(client, cluster_id)
    assert guest.get(f"/raum/{code}").status_code == 404
    assert guest.get(f"/raum/{newer}").status_code == 200
    with database_session(any_app) as session:
        closes_at = session.scalars(select(Room)).one().closes_at
    with time_machine.travel(closes_at + timedelta(seconds=1)):
        assert guest.get(f"/raum/{newer}").status_code == 404
    post(client, f"/cluster/{cluster_id}/raum/schliessen", {})
    assert post(guest, f"/raum/{newer}", GUEST).status_code == 404
    with database_session(any_app) as session:
        assert session.scalars(select(Invitation)).all() == []


def test_the_wall_names_no_company_and_is_silent_about_few(any_app: Flask) -> None:
    names = ("Adler GmbH", "Beck GmbH", "Czerny GmbH")
    client, cluster_id = manager(any_app, *names[:2])
    few = client.get(f"/cluster/{cluster_id}/raum/wand")
    assert "Ab 3 Unternehmen" in few.text
    assert "<progress" not in few.text
    with database_session(any_app) as session:
        add_consent(session, make_organisation(session, names[2]).id, cluster_id)
    wall = client.get(f"/cluster/{cluster_id}/raum/wand")
    assert wall.text.count("<progress") == 20
    assert not [name for name in names if name in wall.text]
    still = client.get(f"/cluster/{cluster_id}/raum/wand?still=1")
    assert (wall.headers.get("Refresh"), still.headers.get("Refresh")) == ("60", None)


def test_the_wall_of_a_cohort_counts_its_own_newcomers(any_app: Flask) -> None:
    client, cluster_id = manager(any_app)
    with database_session(any_app) as session:
        cohort = Cohort(cluster_id=cluster_id, reporting_year=2025, name="Herbst", created_at=NOW)
        session.add(cohort)
        session.flush()
        key = cohort.id
    assert post(client, f"/cluster/{cluster_id}/raum", {"cohort": key}).status_code == 303
    with database_session(any_app) as session:
        add_consent(session, make_organisation(session, "Beck GmbH").id, cluster_id)
        session.scalars(select(Consent)).one().granted_at = datetime.now(UTC)
    wall = client.get(f"/cluster/{cluster_id}/raum/wand").text
    assert "0 Unternehmen" in wall
    assert "davon seit heute" not in wall
