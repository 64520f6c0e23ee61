"""Who sees an example where, under each consent, and that it is gone everywhere at the next request."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.examples import ExampleContent
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.report.view.cluster.composition import compose_cluster_report
from dnk_tool.services.aggregates.report import report_content
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.examples import ExampleRow
from tests.integration.exchange.shared_members import picture
from tests.integration.exchange.told_examples import CANARY, CONTENT, MEASURE, NOW, told_in_world
from tests.support.app import (
    World,
    add_consent,
    add_member,
    count_statements,
    database_session,
    make_organisation,
    sign_in,
)

PUBLIC_PLACES = ("public page", "whole example", "public picture", "feed", "card", "report")
PLACES = ("member's page", "member's example", "member's picture", "measures", "team", *PUBLIC_PLACES)
MOST_STATEMENTS = 15


class Readers:
    """Everybody who might read the example, and where."""

    def __init__(self, app: Flask, world: World, **more: object) -> None:
        self.app, self.world = app, world
        self.example = told_in_world(app, world, picture=picture(), **more)
        with database_session(app) as session:
            other = make_organisation(session, "Nachbar GmbH", neighbour=Role.OWNER)
            add_consent(session, other.id, world.cluster)
            measures.add(session, other.id, MEASURE, by=None, now=NOW)
            self.other = other.id
        self.clients: dict[str, FlaskClient] = {"nobody": app.test_client()}
        for who in ("neighbour", "manager"):
            self.clients[who] = app.test_client()
            sign_in(self.clients[who], f"{who}@example.org")

    def where(self) -> set[str]:
        """The places where the example can be found now."""
        cluster, example, other = self.world.cluster, self.example, self.other
        pages = {
            "member's page": ("neighbour", f"/unternehmen/{other}/beispiele"),
            "member's example": ("neighbour", f"/unternehmen/{other}/beispiele/{example}"),
            "measures": ("neighbour", f"/unternehmen/{other}/massnahmen"),
            "team": ("manager", f"/cluster/{cluster}/beispiele"),
            "public page": ("nobody", f"/beispiele/{cluster}-cluster-nord"),
            "whole example": ("nobody", f"/beispiele/{cluster}/{example}"),
            "feed": ("nobody", f"/beispiele/{cluster}/feed.atom"),
            "card": ("nobody", f"/beispiele/{cluster}/karte"),
        }
        found = {name for name, (who, path) in pages.items() if CANARY in self.clients[who].get(path).text}
        pictures = {
            "member's picture": ("neighbour", f"/unternehmen/{other}/beispiele/{example}/bild.jpg"),
            "public picture": ("nobody", f"/beispiele/{cluster}/{example}/bild.jpg"),
        }
        found |= {
            name for name, (who, path) in pictures.items() if self.clients[who].get(path).status_code == 200
        }
        return found | ({"report"} if CANARY in self.report() else set())

    def report(self) -> str:
        """All words of the cluster's report."""
        now = datetime.now(UTC)
        with database_session(self.app) as session:
            view = ClusterYear(self.world.cluster, 2025, None, now)
            content = report_content(session, session.get_one(Cluster, self.world.cluster), view)
        return repr(compose_cluster_report(content, "de"))


@pytest.fixture
def readers(app: Flask, world: World) -> Readers:
    return Readers(app, world)


def end_choice(readers: Readers) -> None:
    take_permission_back(readers, ConsentChoice.EXAMPLES)


def take_permission_back(readers: Readers, choice: ConsentChoice) -> None:
    """The owner takes a permission back."""
    with database_session(readers.app) as session:
        consent = clusters.find_consent(session, readers.world.own, readers.world.cluster)
        assert consent is not None
        allowed = choices.choices_of(session, consent.id) | {choice}
        choices.replace_choices(session, consent.id, allowed)
        actor = Actor(1, {readers.world.own: Role.OWNER})
        consent_renewal.change_choice(Work(session, actor, NOW), consent, choice, is_allowed=False)


def withdraw_membership(readers: Readers) -> None:
    with database_session(readers.app) as session:
        consent = clusters.find_consent(session, readers.world.own, readers.world.cluster)
        assert consent is not None
        actor = Actor(1, {readers.world.own: Role.OWNER})
        cluster_consent.withdraw_consent(Work(session, actor, NOW), consent)


def withdraw(readers: Readers) -> None:
    with database_session(readers.app) as session:
        actor = Actor(1, {readers.world.own: Role.OWNER})
        verbs.withdraw_example(Work(session, actor, NOW), readers.world.own, readers.example)


def remove_measure(readers: Readers) -> None:
    with database_session(readers.app) as session:
        row = session.get_one(ExampleRow, readers.example)
        stored = measures.find_row(session, readers.world.own, row.measure_id)
        assert stored is not None
        stored.removed_at = NOW


@pytest.mark.parametrize("end", [end_choice, withdraw_membership, withdraw, remove_measure])
def test_what_everybody_may_read_is_gone_everywhere_at_the_next_request(
    readers: Readers, end: Callable[[Readers], None]
) -> None:
    assert readers.where() == set(PLACES)
    end(readers)
    assert readers.where() == set()


def test_what_a_cache_keeps_is_asked_for_again_and_refused_after_a_withdrawal(readers: Readers) -> None:
    cluster, example = readers.world.cluster, readers.example
    addresses = (
        f"/beispiele/{cluster}-cluster-nord",
        f"/beispiele/{cluster}/{example}",
        f"/beispiele/{cluster}/{example}/bild.jpg",
        f"/beispiele/{cluster}/feed.atom",
        f"/beispiele/{cluster}/karte",
    )
    proxy = readers.app.test_client()
    kept = {address: proxy.get(address) for address in addresses}
    assert {answer.headers["Cache-Control"] for answer in kept.values()} == {"public, no-cache"}
    for ended, status, caching in ((False, 304, "public, no-cache"), (True, 404, "no-store")):
        if ended:
            withdraw(readers)
        for address, answer in kept.items():
            again = proxy.get(address, headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.headers["Cache-Control"]) == (status, caching), address
            assert CANARY not in again.text, address


def test_what_is_for_members_is_in_no_public_place(app: Flask, world: World) -> None:
    readers = Readers(app, world, content=replace(CONTENT, is_public=False))
    assert readers.where() == set(PLACES) - set(PUBLIC_PLACES)


def test_what_waits_for_the_manager_is_seen_by_nobody_else(app: Flask, world: World) -> None:
    assert Readers(app, world, is_published=False).where() == {"team"}


def test_no_other_permission_has_a_say_in_it(readers: Readers) -> None:
    for choice in (one for one in ConsentChoice if one is not ConsentChoice.EXAMPLES):
        take_permission_back(readers, choice)
    assert readers.where() == set(PLACES)


def test_nobody_outside_reads_what_is_for_members(app: Flask, world: World) -> None:
    readers = Readers(app, world, content=replace(CONTENT, is_public=False))
    stranger, outsider = app.test_client(), app.test_client()
    sign_in(stranger, "stranger@example.org")
    sign_in(outsider, "outsider@example.org")
    for client, place in (
        (stranger, f"/unternehmen/{world.foreign}/beispiele/{readers.example}"),
        (stranger, f"/unternehmen/{world.foreign}/beispiele/{readers.example}/bild.jpg"),
        (stranger, f"/unternehmen/{world.foreign}/beispiele/eigene/{readers.example}"),
        (outsider, f"/cluster/{world.foreign_cluster}/beispiele/{readers.example}"),
        (outsider, f"/cluster/{world.foreign_cluster}/beispiele/{readers.example}/bild.jpg"),
    ):
        assert client.get(place).status_code == 404, place


def test_no_public_place_names_the_person_to_ask(app: Flask, world: World) -> None:
    with database_session(app) as session:
        contact = add_member(session, world.own, "kontakt", Role.EDITOR).id
    readers = Readers(app, world, contact_id=contact)
    nobody, cluster = readers.clients["nobody"], world.cluster
    for place in (
        f"{cluster}-cluster-nord",
        f"{cluster}/{readers.example}",
        f"{cluster}/feed.atom",
        f"{cluster}/karte",
    ):
        assert "kontakt" not in nobody.get(f"/beispiele/{place}").text.lower(), place
    shown = readers.clients["neighbour"].get(f"/unternehmen/{readers.other}/beispiele/{readers.example}").text
    assert "mailto:kontakt@example.org" in shown


def test_only_the_card_may_be_framed_and_nothing_can_be_pressed_in_it(readers: Readers) -> None:
    nobody, cluster = readers.clients["nobody"], readers.world.cluster
    card = readers.clients["manager"].get(f"/beispiele/{cluster}/karte")
    assert "frame-ancestors https: http:" in card.headers["Content-Security-Policy"]
    for pressed in ("<form", "<script", "<button", "csrf", "Abmelden", "Manager"):
        assert pressed not in card.text, pressed
    for path in (
        f"/beispiele/{cluster}-cluster-nord",
        f"/beispiele/{cluster}/{readers.example}",
        "/beispiele/77/karte",
    ):
        assert "frame-ancestors 'none'" in nobody.get(path).headers["Content-Security-Policy"], path
    assert "Set-Cookie" not in nobody.get(f"/beispiele/{cluster}/karte").headers


def test_a_cluster_without_public_examples_is_not_told_of(app: Flask, world: World) -> None:
    nobody = app.test_client()
    for place in ("", "/feed.atom", "/karte", "-cluster-nord"):
        answer, unknown = (nobody.get(f"/beispiele/{number}{place}") for number in (world.cluster, 987_654))
        assert (answer.status_code, unknown.status_code) == (404, 404)
        assert "Cluster Nord" not in answer.text


def test_pages_ask_as_often_for_many_examples_as_for_one(readers: Readers) -> None:
    def counts() -> Iterator[int]:
        for who, path in (
            ("neighbour", f"/unternehmen/{readers.other}/beispiele"),
            ("neighbour", f"/unternehmen/{readers.other}/massnahmen"),
            ("manager", f"/cluster/{readers.world.cluster}/beispiele"),
            ("nobody", f"/beispiele/{readers.world.cluster}-cluster-nord"),
        ):
            with count_statements(readers.app) as statements:
                assert readers.clients[who].get(path).status_code == 200
            yield len(statements)

    before = list(counts())
    for number in range(3):
        told_in_world(readers.app, readers.world, content=replace(CONTENT, title=f"Nummer {number}"))
    assert list(counts()) == before
    assert max(before) <= MOST_STATEMENTS, before


HOSTILE = ExampleContent(
    title="<script>alert(1)</script>",
    before='"><img src=x onerror=alert(1)>',
    idea="{{ 7 * 7 }}",
    done="]]></summary><script>alert(2)</script>",
    effort="javascript:alert(3)",
    advice="&lt;b&gt;",
    fits="<iframe src=//evil.example>",
    is_public=True,
)


def test_hostile_words_stay_words_on_every_page_and_in_the_feed(app: Flask, world: World) -> None:
    readers = Readers(app, world, content=replace(HOSTILE, picture_alt='" onload="alert(4)'))
    cluster, example, other = world.cluster, readers.example, readers.other
    for who, path in (
        ("neighbour", f"/unternehmen/{other}/beispiele"),
        ("neighbour", f"/unternehmen/{other}/beispiele/{example}"),
        ("neighbour", f"/unternehmen/{other}/massnahmen"),
        ("manager", f"/cluster/{cluster}/beispiele/{example}"),
        ("nobody", f"/beispiele/{cluster}-cluster-nord"),
        ("nobody", f"/beispiele/{cluster}/{example}"),
        ("nobody", f"/beispiele/{cluster}/karte"),
    ):
        text = readers.clients[who].get(path).text
        assert "&lt;script&gt;alert(1)" in text, path
        for raw in ("<script>alert", "<img src=x", "<iframe src=//", 'onload="alert'):
            assert raw not in text, (path, raw)
    feed = readers.clients["nobody"].get(f"/beispiele/{cluster}/feed.atom")
    elements = ElementTree.fromstring(feed.text).iter()  # noqa: S314 - our own
    titles = [element.text for element in elements if element.tag.endswith("title")]
    assert titles == ["Gute Beispiele: Cluster Nord", HOSTILE.title]
