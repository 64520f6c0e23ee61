"""The trail: who changed what, from what, to what, when; for the owner, for the cluster, for nobody else."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from dnk_tool.catalogue import load
from dnk_tool.domain.answers import Answer, Disclosure, Figure
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.domain.states import EventKind
from dnk_tool.services import answering, organisations
from dnk_tool.services.answering import Submission
from dnk_tool.services.saving import Given
from dnk_tool.store import declarations, history
from dnk_tool.store.accounts import Account
from dnk_tool.store.models import Declaration, Event, Organisation
from dnk_tool.web import trail as page
from dnk_tool.web.trail_lines import LONGEST, shortened
from tests.support import World, counted, make_world, sign_in, stored

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECTION = "1"
LONG = "Sehr langer Text. " * 40  # more than is shown


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


@pytest.fixture
def owner(any_app: Flask, world: World) -> FlaskClient:
    return signed_in(any_app, "owner")


def signed_in(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, f"{who}@example.org")
    return client


def account_of(session: Session, who: str) -> Account:
    return session.scalars(select(Account).where(Account.email == f"{who}@example.org")).one()


def save(
    app: Flask, world: World, who: str, submission: Submission, *, section: str = SECTION, at: datetime = NOW
) -> None:
    """Somebody of the company saves a page."""
    with stored(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        actor = Actor(account_of(session, who).id, {world.own: Role.EDITOR})
        found = declarations.selection_of(declaration).section_by_ref[section]
        answering.save_section(session, declaration, found, submission, actor=actor, now=at)


def says(words: str, seen: int = 0, ref: str = "1.1") -> Submission:
    return Submission({ref: Given(Answer(Disclosure.COMPLY, words), seen)})


def note(app: Flask, kind: EventKind, **more: Any) -> None:
    with stored(app) as session:
        history.note(session, kind, **({"actor_id": None, "now": NOW} | more))


def path(world: World, query: str = "") -> str:
    return f"/unternehmen/{world.own}/protokoll{query}"


def shown(html: str) -> str:
    return " ".join(html.partition("<main")[2].split())


def test_a_save_tells_who_what_from_what_and_to_what(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save(any_app, world, "editor", says("Wir achten auf Holz."))
    save(any_app, world, "owner", says("Wir achten auf Holz aus der Nähe.", 1), at=NOW + timedelta(hours=1))
    html = shown(owner.get(path(world)).text)
    assert "Angaben gespeichert" in html
    assert "25. November 2026, 11:00 Uhr · Owner · DNK-Erklärung 2025" in html
    assert "25. November 2026, 10:00 Uhr · Editor" in html
    assert "<del>Wir achten auf Holz.</del>" in html
    assert "<ins>Wir achten auf Holz aus der Nähe.</ins>" in html
    assert html.index("11:00 Uhr") < html.index("10:00 Uhr"), "the latest comes first"
    assert f'href="/erklaerungen/{world.own_declaration}/verlauf/1.1"' in html


def test_figures_and_choices_are_told_as_people_read_them(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    catalogue = load("dnk-2017")
    section, item = next(
        (section, item)
        for section in catalogue.criteria
        for requirement in section.all_requirements
        for item in requirement.items
        if item.datapoint and not item.datapoint.family.units.keys().isdisjoint({"kWh", "t"})
    )
    unit = next(iter(item.datapoint.family.units))  # type: ignore[union-attr]
    key = item.datapoint.key  # type: ignore[union-attr]
    for seen, value in enumerate(("1234.5", "2000")):
        figure = Figure(Decimal(value), unit, None, "")
        save(any_app, world, "editor", Submission({}, {key: Given(figure, seen)}), section=section.ref)
    html = shown(owner.get(path(world)).text)
    assert "<del>1.234,5 " in html
    assert "<ins>2.000 " in html


def test_a_long_text_is_shortened_and_the_rest_is_counted(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    refs = [one.ref for one in load("dnk-2017").criteria[0].requirements][:3]
    many = {ref: Given(Answer(Disclosure.EXPLAIN, "", f"{LONG}{ref}"), 0) for ref in refs}
    save(any_app, world, "editor", Submission(many))
    with stored(any_app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        content = dict.fromkeys((f"1.{number}" for number in range(1, 10)), 1)
        history.record(
            session,
            declaration,
            EventKind.SECTION_SAVED,
            actor_id=None,
            now=NOW,
            section="1",
            versions=content,
            done=None,
        )
    html = shown(owner.get(path(world)).text)
    assert "Wir berichten nicht: Sehr langer Text." in html
    assert LONG not in html
    assert "…" in html
    assert "und 6 weitere Angaben" in html


def test_of_long_texts_the_place_is_shown_where_they_differ(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save(any_app, world, "editor", says(f"{LONG} Am Ende: Holz."))
    save(any_app, world, "editor", says(f"{LONG} Am Ende: Stahl.", 1))
    html = shown(owner.get(path(world)).text)
    assert "Am Ende: Holz.</del>" in html
    assert "Am Ende: Stahl.</ins>" in html
    assert "<del>… " in html


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
def test_whatever_is_cut_stays_short_and_what_fits_stays_whole(shared: str, old: str, new: str) -> None:
    before, after = f"{shared}{old}", f"{shared}{new}"
    for whole, cut in zip((before, after), shortened(before, after), strict=True):
        plain = " ".join(whole.split())
        assert len(cut) <= LONGEST + 2
        assert cut.removeprefix("… ").removesuffix(" …") in f"{plain} "
        if max(len(before), len(after)) <= LONGEST:
            assert cut == plain


def test_the_profile_shows_old_and_new(any_app: Flask, world: World, owner: FlaskClient) -> None:
    with stored(any_app) as session:
        organisation = session.get_one(Organisation, world.own)
        actor = Actor(account_of(session, "owner").id, {world.own: Role.OWNER})
        profile = Profile("A & Söhne GmbH", employees=12)
        organisations.update_profile(session, organisation, profile, seen=1, actor=actor, now=NOW)
    html = shown(owner.get(path(world)).text)
    assert "<del>A GmbH</del>" in html
    assert "<ins>A &amp; Söhne GmbH</ins>" in html
    assert "Zahl der Beschäftigten" in html


def test_people_who_are_gone_and_acts_without_an_account(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save(any_app, world, "editor", says("Von jemandem, der geht."))
    with stored(any_app) as session:
        session.execute(delete(Account).where(Account.email == "editor@example.org"))
    assert "(gelöschtes Konto)" in shown(owner.get(path(world)).text)
    note(any_app, EventKind.SIGN_OFF_RULE_CHANGED, organisation_id=world.own, required=True)
    assert "(ohne Konto)" in shown(owner.get(path(world)).text)


def test_what_reviewers_do_among_themselves_is_not_the_companys(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    about = {"organisation_id": world.own, "declaration_id": world.own_declaration}
    note(any_app, EventKind.REMARK_WRITTEN, **about, section="2", audience="reviewers", thread=1)
    note(any_app, EventKind.VERDICT_GIVEN, **about, section="3", verdict="change-needed", version=1)
    before = shown(owner.get(path(world)).text)
    assert "Dazu steht nichts im Protokoll." in before
    note(any_app, EventKind.REMARK_WRITTEN, **about, section="2", audience="shared", thread=2)
    note(any_app, EventKind.REMARK_RESOLVED, **about, section="2", audience="company", thread=3)
    html = shown(owner.get(path(world)).text)
    assert "Unternehmen und Prüfende" in html
    assert "nur im Unternehmen" in html
    assert "nur Prüfende" not in html + owner.get(path(world, ".csv")).text


def test_the_filters_and_the_pages(any_app: Flask, world: World, owner: FlaskClient) -> None:
    for number in range(60):
        save(any_app, world, "editor", says(f"Fassung {number}", number))
    save(any_app, world, "owner", says("Vom Chef", 60))
    note(any_app, EventKind.SIGN_OFF_RULE_CHANGED, organisation_id=world.own, required=True)
    first, second = (shown(owner.get(path(world, query)).text) for query in ("", "?seite=2"))
    assert first.count("dnk-trail__entry") == 50
    assert second.count("dnk-trail__entry") == 12
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in second
    with stored(any_app) as session:
        chief = account_of(session, "owner").id
    only = shown(owner.get(path(world, f"?person={chief}")).text)
    assert only.count("dnk-trail__entry") == 1
    assert "Vom Chef" in only
    assert f'<option value="{chief}" selected>Owner</option>' in only
    assert shown(owner.get(path(world, "?art=sign-off-rule-changed")).text).count("dnk-trail__entry") == 1
    of_it = shown(owner.get(path(world, f"?erklaerung={world.own_declaration}&seite=2")).text)
    assert of_it.count("dnk-trail__entry") == 11
    assert f"erklaerung={world.own_declaration}" in of_it, "the pages keep the filter"
    assert "nichts im Protokoll" in shown(
        owner.get(path(world, f"?erklaerung={world.foreign_declaration}")).text
    )


@pytest.mark.parametrize("query", ["?seite=0", "?seite=-1", "?seite=x", "?person=999999999999", "?art=x"])
def test_what_an_address_says_wrongly_counts_as_not_said(
    any_app: Flask, world: World, owner: FlaskClient, query: str
) -> None:
    save(any_app, world, "editor", says("Text"))
    assert shown(owner.get(path(world, query)).text).count("dnk-trail__entry") == 1


def test_a_page_beyond_the_last_is_empty(any_app: Flask, world: World, owner: FlaskClient) -> None:
    assert "nichts im Protokoll" in shown(owner.get(path(world, "?seite=99999999")).text)


def test_a_page_needs_few_statements_however_much_happened(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    def cost() -> int:
        with counted(any_app) as statements:
            assert owner.get(path(world)).status_code == 200
        return len(statements)

    save(any_app, world, "editor", says("Eins"))
    owner.get(path(world))
    few = cost()
    for number in range(1, 60):
        save(any_app, world, "editor" if number % 2 else "owner", says(f"Fassung {number}", number))
    assert cost() <= few + 1, "the figures are asked for only where there are some"
    assert cost() <= 12


PAYLOADS = ("=1+1", "+49 30 1", "-x", "@SUM(A1)", "\t=1", " =cmd|'/C calc'!A0", "＝1+1")


def test_the_csv_holds_everything_and_no_formula(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "IN_A_PIECE", 3)
    for number, words in enumerate(PAYLOADS):
        save(any_app, world, "editor", says(words.strip("\t"), number))
    answer = owner.get(path(world, ".csv"))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=Protokoll.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + len(PAYLOADS)
    for row in rows:
        assert not any(cell.lstrip().startswith(tuple("=+-@＝")) for cell in row), row
    filtered = owner.get(path(world, ".csv?art=submitted")).data.decode("utf-8-sig")
    assert len(filtered.strip().splitlines()) == 1


def test_a_cluster_reads_what_passed_between_it_and_its_members(any_app: Flask, world: World) -> None:
    own = {"organisation_id": world.own, "declaration_id": world.own_declaration}
    with stored(any_app) as session:
        boss, reviewer = account_of(session, "owner").id, account_of(session, "reviewer").id
    for kind in EventKind:
        note(any_app, kind, cluster_id=world.cluster, actor_id=boss, **own, section="7", versions={"7.1": 1})
    note(any_app, EventKind.DEADLINE_SET, cluster_id=world.cluster, actor_id=reviewer,
         reporting_year=2025, due=[None, "2027-03-31"])  # fmt: skip
    note(any_app, EventKind.DEADLINE_SET, cluster_id=world.foreign_cluster, reporting_year=1999)
    html = shown(signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll").text)
    entries = html.partition("<ol")[2]
    for words in ("Erklärung eingereicht", "Erklärung freigegeben", "Kriterium geprüft", "A GmbH"):
        assert words in entries
    assert "31. März 2027" in entries
    assert "Reviewer" in entries, "its own people have names"
    assert "Owner" not in entries, "a company's people have none here"
    for words in ("Angaben gespeichert", "Anmerkung geschrieben", "Um einen Beitrag", "Profil", "1999"):
        assert words not in entries
    assert entries.count("dnk-trail__entry") == 9
    only = signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll?art=deadline-set").text
    assert only.count("dnk-trail__entry") == 1


def test_of_a_company_that_left_the_cluster_keeps_that_it_came_and_went(any_app: Flask, world: World) -> None:
    about = {"organisation_id": world.own, "cluster_id": world.cluster}
    for kind in (EventKind.CONSENT_GRANTED, EventKind.SUBMITTED, EventKind.CONSENT_WITHDRAWN):
        note(any_app, kind, **about)
    manager = signed_in(any_app, "manager")
    with stored(any_app) as session:
        session.execute(text("UPDATE consent SET withdrawn_at = granted_at"))
    html = shown(manager.get(f"/cluster/{world.cluster}/protokoll").text)
    entries = html.partition("<ol")[2]
    assert "Einwilligung erteilt" in entries
    assert "Einwilligung widerrufen" in entries
    assert "eingereicht" not in entries


@pytest.mark.parametrize("column", ["kind = 'approved'", "detail = '{}'", "happened_at = CURRENT_TIMESTAMP"])
def test_the_database_refuses_to_change_what_an_event_says(any_app: Flask, world: World, column: str) -> None:
    save(any_app, world, "editor", says("Text"))
    with pytest.raises(DatabaseError, match="only added"), stored(any_app) as session:
        session.execute(text(f"UPDATE event SET {column}"))  # noqa: S608  -- three texts of ours
    with stored(any_app) as session:
        event = session.scalars(select(Event)).one()
        assert event.kind is EventKind.SECTION_SAVED
        assert event.detail["versions"] == {"1.1": 1}


def test_the_model_cannot_change_an_event_either(any_app: Flask, world: World) -> None:
    save(any_app, world, "editor", says("Text"))
    with pytest.raises(DatabaseError, match="only added"), stored(any_app) as session:
        session.scalars(select(Event)).one().detail = {"versions": {}}


def test_forgetting_who_did_it_and_deleting_a_company_stay_possible(any_app: Flask, world: World) -> None:
    save(any_app, world, "editor", says("Text"))
    with stored(any_app) as session:
        session.execute(delete(Account).where(Account.email == "editor@example.org"))
    with stored(any_app) as session:
        event = session.scalars(select(Event)).one()
        assert (event.actor_id, event.by_account) == (None, True)
        session.execute(delete(Organisation).where(Organisation.id == world.own))
    with stored(any_app) as session:
        assert session.scalars(select(Event)).all() == []
