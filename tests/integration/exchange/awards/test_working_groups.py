"""Working groups: written by the manager, joined by members themselves, seen at the criteria they serve."""

from flask import Flask

from dnk_tool.domain.permissions import SHELL, ClusterRole, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import working_groups
from dnk_tool.store.tables.clusters import Cluster
from tests.support.app import (
    add_consent,
    count_statements,
    database_session,
    declaration_of,
    form_fields,
    make_cluster,
    make_organisation,
    post,
    sign_in,
)
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import NOW

HOSTILE = "<script>alert(1)</script>"
TURNS = "\u202e"  # turns the direction of what follows
FIELDS = {
    "name": "Abwärme",
    "purpose": "Wer Wärme übrig hat.",
    "criteria": "11-13",
    "dates-0-day": "14.10.2099",
    "dates-0-time": "15:00",
    "dates-0-place": "https://video.example/abwaerme",
    "links-0-label": "Protokolle",
    "links-0-address": "https://ablage.example/",
    "version": "0",
}


class GroupCast:
    """A cluster with its manager, and two members with their owners, all signed in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with database_session(app) as session:
            cluster = make_cluster(session, "Wärmenetz", gesine=ClusterRole.MANAGER)
            member = make_organisation(session, "Eich GmbH", erna=Role.OWNER)
            self.other = make_organisation(session, "Lind GmbH", leo=Role.OWNER).id
            self.stranger = make_organisation(session, "Fern GmbH", fritz=Role.OWNER).id
            self.member, self.declaration = member.id, declaration_of(session, member).id
            for company in (self.member, self.other):
                add_consent(session, company, cluster.id)
            self.cluster = cluster.id
        self.base = f"/cluster/{self.cluster}/arbeitsgruppen"
        self.manager, self.owner, self.leo = (app.test_client() for _ in range(3))
        for client, name in ((self.manager, "gesine"), (self.owner, "erna"), (self.leo, "leo")):
            sign_in(client, f"{name}@example.org")

    def write(self, **more: str) -> int:
        """A new group; its id."""
        assert post(self.manager, f"{self.base}/neu", FIELDS | more).status_code == 303
        with database_session(self.app) as session:
            return max(row.id for row in working_groups.of_clusters(session, [self.cluster]))

    def own(self, company: int) -> str:
        return f"/unternehmen/{company}/arbeitsgruppen"


def test_a_group_is_written_joined_and_left(any_app: Flask) -> None:
    cast = GroupCast(any_app)
    key = cast.write()
    page = cast.owner.get(cast.own(cast.member)).text
    assert "Abwärme" in page
    assert 'href="https://video.example/abwaerme"' in page
    assert "Eich GmbH" not in page.split("<dl")[1]
    assert post(cast.owner, f"{cast.own(cast.member)}/{key}/mitmachen").status_code == 303
    assert "Eich GmbH" in cast.leo.get(cast.own(cast.other)).text, "members read who takes part"
    post(cast.owner, f"{cast.own(cast.member)}/{key}/verlassen")
    assert "Eich GmbH" not in cast.leo.get(cast.own(cast.other)).text


def test_who_leaves_the_cluster_takes_part_no_longer(app: Flask) -> None:
    cast = GroupCast(app)
    key = cast.write()
    post(cast.owner, f"{cast.own(cast.member)}/{key}/mitmachen")
    with database_session(app) as session:
        consent = clusters.find_consent(session, cast.member, cast.cluster)
        assert consent is not None
        cluster_consent.withdraw_consent(Work(session, SHELL, NOW), consent)
    assert "Eich GmbH" not in cast.leo.get(cast.own(cast.other)).text
    assert "Abwärme" not in cast.owner.get(cast.own(cast.member)).text
    assert post(cast.owner, f"{cast.own(cast.member)}/{key}/mitmachen").status_code == 404


def test_strangers_neither_see_nor_join_it(app: Flask) -> None:
    cast = GroupCast(app)
    key = cast.write()
    stranger = signed_in(app, "fritz")
    assert "Abwärme" not in stranger.get(cast.own(cast.stranger)).text
    assert post(stranger, f"{cast.own(cast.stranger)}/{key}/mitmachen").status_code == 404


def test_members_find_it_at_the_criteria_it_serves(app: Flask) -> None:
    cast = GroupCast(app)
    cast.write()
    at = f"/erklaerungen/{cast.declaration}/kriterien"
    assert "Arbeitsgruppe dazu: Abwärme" in cast.owner.get(f"{at}/12").text
    assert "Arbeitsgruppe dazu" not in cast.owner.get(f"{at}/5").text


def test_what_cannot_be_read_is_said_at_its_field_and_stays(app: Flask) -> None:
    cast = GroupCast(app)
    wrong = post(
        cast.manager,
        f"{cast.base}/neu",
        FIELDS | {"links-0-address": "javascript:alert(1)", "criteria": "99", "dates-0-day": "bald"},
    )
    assert wrong.status_code == 422
    assert "mit https:// beginnt" in wrong.text
    assert "„99“ ist kein Kriterium" in wrong.text
    assert "javascript:alert(1)" in wrong.text
    assert 'href="javascript' not in wrong.text


def test_signs_that_nobody_sees_are_no_name_and_turn_no_page(app: Flask) -> None:
    cast = GroupCast(app)
    nameless = post(cast.manager, f"{cast.base}/neu", FIELDS | {"name": TURNS})
    assert (nameless.status_code, "einen Namen" in nameless.text) == (422, True)
    cast.write(**{
        "dates-0-time": f"{TURNS}15:00",
        "links-0-label": TURNS,
        "links-0-address": f"Https://ablage.example/{TURNS}protokolle",
    })  # fmt: skip
    page = cast.owner.get(cast.own(cast.member)).text
    assert TURNS not in page
    assert 'href="Https://ablage.example/protokolle">Https://ablage.example/protokolle</a>' in page


def test_nobody_is_asked_to_join_where_the_cluster_rests_and_members_still_leave(app: Flask) -> None:
    cast = GroupCast(app)
    joined, other = cast.write(), cast.write(name="Druckluft")
    post(cast.owner, f"{cast.own(cast.member)}/{joined}/mitmachen")
    assert f"/{other}/mitmachen" in cast.owner.get(cast.own(cast.member)).text
    with database_session(app) as session:
        session.get_one(Cluster, cast.cluster).archived_at = NOW
    page = cast.owner.get(cast.own(cast.member)).text
    assert (f"/{other}/mitmachen" in page, f"/{joined}/verlassen" in page) == (False, True)
    assert post(cast.owner, f"{cast.own(cast.member)}/{joined}/verlassen").status_code == 303


def test_two_managers_do_not_overwrite_each_other(app: Flask) -> None:
    cast = GroupCast(app)
    address = f"{cast.base}/{cast.write()}"
    seen = form_fields(cast.manager.get(address).text)
    post(cast.manager, address, seen | {"name": "Von der einen", "criteria": "5-7"})
    late = post(cast.manager, address, seen | {"name": "Von der anderen"})
    assert late.status_code == 409
    assert "Von der einen" in late.text
    assert "Kriterien 5–7" in late.text
    assert "Von der anderen" in late.text
    assert post(cast.manager, address, form_fields(late.text)).status_code == 303


def test_the_manager_takes_a_member_out_and_deletes_the_group(app: Flask) -> None:
    cast = GroupCast(app)
    key = cast.write(name=HOSTILE)
    post(cast.owner, f"{cast.own(cast.member)}/{key}/mitmachen")
    page = cast.manager.get(f"{cast.base}/{key}").text
    assert "<script>alert" not in page
    with database_session(app) as session:
        consent = clusters.find_consent(session, cast.member, cast.cluster)
        assert consent is not None
        address = f"{cast.base}/{key}/mitglieder/{consent.id}/entfernen"
    post(cast.manager, address)
    assert "Eich GmbH" not in cast.leo.get(cast.own(cast.other)).text
    post(cast.manager, f"{cast.base}/{key}/loeschen")
    assert HOSTILE not in cast.leo.get(cast.own(cast.other)).text


def test_statements_do_not_grow_with_groups(app: Flask) -> None:
    cast, taken = GroupCast(app), []
    for names in (["A"], ["B", "C", "D"]):
        for name in names:
            cast.write(name=name)
        with count_statements(app) as statements:
            assert cast.owner.get(cast.own(cast.member)).status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 15
