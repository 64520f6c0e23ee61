"""What a company sees of its cohort, and what each person of the cluster chose to look at."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.language import local_day
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, Consent, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from tests.integration.conftest import NOW
from tests.support.app import World, count_statements, database_session, form_fields, post
from tests.support.browsers import signed_in
from tests.support.cockpit_members import let_members_be_old

pytestmark = pytest.mark.usefixtures("one_day")

TODAY = local_day(NOW)


def main_words(html: str) -> str:
    """The words of the page's main part, with single spaces."""
    main = html.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def cohort(app: Flask, world: World) -> int:
    """A cohort of the company, with a meeting tomorrow and a set that the cluster recommends."""
    with database_session(app) as session:
        let_members_be_old(session)
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.progress = {"11": "answered", "12": "in-progress"}
        session.get_one(Cluster, world.cluster).contact = "Karin Weber, 0521 123456"
        made = Cohort(
            cluster_id=world.cluster,
            reporting_year=declaration.reporting_year,
            name="Herbst",
            starts=TODAY - timedelta(days=41),
            due=TODAY + timedelta(days=20),
            indicator_set="effas",
            created_at=NOW,
        )
        session.add(made)
        session.flush()
        for days, title, sections in ((-7, "Auftakt", []), (1, "Workshop 3", ["11", "12"]), (9, "Ende", [])):
            session.add(
                Milestone(
                    cohort_id=made.id,
                    day=TODAY + timedelta(days=days),
                    title=title,
                    place="IHK, Herford",
                    sections=sections,
                )
            )
        session.add(
            CohortAssignment(
                cluster_id=world.cluster,
                organisation_id=world.own,
                reporting_year=made.reporting_year,
                cohort_id=made.id,
                assigned_at=NOW,
            )
        )
        return made.id


def test_the_card_says_until_when_what_comes_next_and_whom_to_ask(
    app: Flask, world: World, cohort: int
) -> None:
    owner = signed_in(app, "owner")
    overview = f"/erklaerungen/{world.own_declaration}/"
    for path in ("/", f"/unternehmen/{world.own}", overview):
        with count_statements(app) as statements:
            page = owner.get(path).text
        assert len(statements) <= 15, path
        text = main_words(page)
        assert "noch 20 Tage" in text
        assert "Nächster Termin: Workshop 3," in text
        assert "Karin Weber, 0521 123456" in text
        assert f'href="/erklaerungen/{world.own_declaration}/kriterien/12"' in page
        if path != overview:  # which counts from the answers themselves
            assert "Dafür 1 von 2 Kriterien fertig" in text
            assert re.search(r"11\. [^.]+ Fertig 12\. [^.]+ In Arbeit", text)
    assert "Workshop 3" not in signed_in(app, "contributor").get("/").text
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.APPROVED
    assert "Nächster Termin" not in owner.get("/").text


def test_its_dates_can_be_taken_into_a_calendar(app: Flask, world: World, cohort: int) -> None:
    owner, manager = signed_in(app, "owner"), signed_in(app, "manager")
    with database_session(app) as session:
        meeting = session.scalars(select(Milestone.id).where(Milestone.title == "Workshop 3")).one()
    for client, place in ((owner, f"/unternehmen/{world.own}"), (manager, f"/cluster/{world.cluster}")):
        whole = client.get(f"{place}/kohorten/{cohort}/termine.ics")
        assert whole.mimetype == "text/calendar"
        assert whole.text.count("BEGIN:VEVENT") == 4
        assert "SUMMARY:DNK-Erklärung" in whole.text
        one = client.get(f"{place}/kohorten/{cohort}/termine/{meeting}.ics")
        assert one.text.count("BEGIN:VEVENT") == 1
        assert f"UID:milestone-{meeting}@localhost:8000" in one.text
        assert "LOCATION:IHK\\, Herford" in one.text
        assert client.get(f"{place}/kohorten/{cohort}/termine/999.ics").status_code == 404
        assert client.get(f"{place}/kohorten/999/termine.ics").status_code == 404
    with database_session(app) as session:
        for row in session.scalars(select(CohortAssignment)):
            row.cohort_id = None
    assert owner.get(f"/unternehmen/{world.own}/kohorten/{cohort}/termine.ics").status_code == 404


def test_a_new_declaration_begins_with_what_the_cohort_recommends(
    app: Flask, world: World, cohort: int
) -> None:
    owner, path = signed_in(app, "owner"), f"/unternehmen/{world.own}/erklaerungen/neu"
    assert "empfiehlt" not in owner.get(path).text, "the year is begun already"
    with database_session(app) as session:
        year = session.get_one(Cohort, cohort).reporting_year
        session.get_one(Cohort, cohort).due = None  # its last meeting is still to come
        session.get_one(Declaration, world.own_declaration).reporting_year = year - 3
    page = owner.get(path).text
    assert f"schreibt mit allen gemeinsam die Erklärung für {year} und empfiehlt EFFAS" in main_words(page)
    fields = form_fields(page)
    assert (fields["reporting_year"], fields["indicator_set"]) == ([str(year)], ["effas"])
    other = owner.post(path, data=fields | {"indicator_set": "gri"})
    assert other.status_code == 303, "they are free to choose otherwise"


def test_each_person_chooses_what_they_look_at(app: Flask, world: World, cohort: int) -> None:
    manager, reviewer = signed_in(app, "manager"), signed_in(app, "reviewer")
    home = f"/cluster/{world.cluster}/"
    with database_session(app) as session:
        year = session.get_one(Cohort, cohort).reporting_year
        session.add(Cohort(cluster_id=world.cluster, reporting_year=year, name="Früh", created_at=NOW))
    everybody = main_words(reviewer.get(home).text)
    answer = post(manager, f"{home}ansicht", {"ansicht": f"{year}-{cohort}", "seite": "waermebild"})
    assert answer.location == f"{home}waermebild"
    text = main_words(manager.get(home).text)
    assert f"Herbst: Erklärungen für {year}" in text
    assert "Woche 6 von" in text
    assert "Workshop 3 Kriterien 11–12 IHK, Herford 0 von 1 fertig" in text.replace("11, 12", "11–12")
    assert main_words(reviewer.get(home).text) == everybody, "nobody else's page changes"
    for wrong in ("", "x", "99999", f"{year}-999", f"{year}-x"):
        assert post(manager, f"{home}ansicht", {"ansicht": wrong}).status_code == 303
    assert "alle Mitglieder" in main_words(manager.get(home).text)


def test_an_invitation_leads_into_its_cohort(app: Flask, world: World, cohort: int) -> None:
    manager, path = signed_in(app, "manager"), f"/cluster/{world.cluster}/mitglieder/einladen"
    fields = form_fields(manager.get(path).text)
    sent = manager.post(
        path, data=fields | {"company": "Neu GmbH", "email": "neu@example.org", "cohort": str(cohort)}
    )
    assert sent.status_code == 303
    with database_session(app) as session:
        found = session.scalars(select(Invitation).where(Invitation.kind == InvitationKind.COMPANY)).all()
        assert [invitation.cohort_id for invitation in found if invitation.company == "Neu GmbH"] == [cohort]


def test_a_member_comes_into_the_cohort_of_a_later_invitation(app: Flask, world: World, cohort: int) -> None:
    with database_session(app) as session:
        before = session.scalars(select(Consent).where(Consent.organisation_id == world.own)).one().granted_at
        session.delete(session.scalars(select(CohortAssignment)).one())
        invitation, token = secret_links.create_invitation(
            session,
            InvitationKind.COMPANY,
            email="owner@example.org",
            language="de",
            by=None,
            now=NOW,
            cluster_id=world.cluster,
        )
        invitation.cohort_id = cohort
    owner, path = signed_in(app, "owner"), f"/einladung/unternehmen/{token}"
    fields = form_fields(owner.get(path).text) | {"company": str(world.own), "agrees": "1"}
    page = owner.post(path, data=fields, follow_redirects=True)
    assert "ist jetzt auch in dessen Kohorte." in page.text
    with database_session(app) as session:
        [consent] = session.scalars(select(Consent).where(Consent.organisation_id == world.own))
        assert (consent.granted_at, consent.withdrawn_at) == (before, None)
        [row] = session.scalars(select(CohortAssignment))
        assert (row.organisation_id, row.cohort_id) == (world.own, cohort)


def test_an_empty_cluster_says_what_comes_first(app: Flask, world: World) -> None:
    with database_session(app) as session:
        for consent in session.scalars(select(Consent)):
            consent.withdrawn_at = NOW
    home = f"/cluster/{world.cluster}/"
    page = signed_in(app, "manager").get(home).text
    assert "Zuerst" in main_words(page)
    for place in ("mitglieder/einladen", "kohorten"):
        assert f'href="{home}{place}"' in page
    assert "Zuerst" not in signed_in(app, "reviewer").get(home).text


def test_whoever_leaves_the_cluster_leaves_its_cohorts(app: Flask, world: World, cohort: int) -> None:
    with database_session(app) as session:
        consent = session.scalars(select(Consent).where(Consent.organisation_id == world.own)).one()
        owner = Actor(1, {world.own: Role.OWNER})
        cluster_consent.withdraw_consent(Work(session, owner, NOW), consent)
        assert session.scalars(select(CohortAssignment)).all() == []
