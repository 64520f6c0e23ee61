"""The trail: who changed what, from what, to what, when; for the owner, for the cluster, for nobody else."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.states import CONFLICT_EVENTS, EVENTS_BY_COMPANY, REVIEW_EVENTS, EventKind
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers import self_assessment
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.declarations import start as declaration_start
from dnk_tool.services.declarations.reporting_year import change_reporting_year
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people import organisations
from dnk_tool.services.work import Work
from dnk_tool.store import activity
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.web.activity import pages as activity_pages
from dnk_tool.web.activity.lines import MAX_LENGTH, shortened_pair
from dnk_tool.web.activity.pages import number_ranges
from tests.support.app import World, count_statements, database_session, make_world
from tests.support.browsers import signed_in

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECTION = "1"
LONG = "Sehr langer Text. " * 40  # more than is shown


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


@pytest.fixture
def owner(any_app: Flask, world: World) -> FlaskClient:
    return signed_in(any_app, "owner")


def account_named(session: Session, who: str) -> Account:
    return session.scalars(select(Account).where(Account.email == f"{who}@example.org")).one()


def save_as(
    app: Flask, world: World, who: str, submission: SectionEdit, *, section: str = SECTION, at: datetime = NOW
) -> None:
    """Somebody of the company saves a page."""
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        actor = Actor(account_named(session, who).id, {world.own: Role.EDITOR})
        saved_section = declarations.selection_of(declaration).section_by_ref[section]
        answer_save.save_section(Work(session, actor, at), declaration, saved_section, submission)


def says(words: str, seen: int = 0, ref: str = "1.1") -> SectionEdit:
    return SectionEdit({ref: VersionedEdit(Answer(Disclosure.COMPLY, words), seen)})


def note(app: Flask, kind: EventKind, **more: Any) -> None:
    with database_session(app) as session:
        history.record_event(session, kind, **({"actor_id": None, "now": NOW} | more))


def log_path(world: World, query: str = "") -> str:
    return f"/unternehmen/{world.own}/protokoll{query}"


def words_of_main(html: str) -> str:
    return " ".join(html.partition("<main")[2].split())


def test_a_save_tells_who_what_from_what_and_to_what(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save_as(any_app, world, "editor", says("Wir achten auf Holz."))
    save_as(
        any_app, world, "owner", says("Wir achten auf Holz aus der Nähe.", 1), at=NOW + timedelta(hours=1)
    )
    html = words_of_main(owner.get(log_path(world)).text)
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
    catalogue = load_catalogue("dnk-2017")
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
        save_as(
            any_app, world, "editor", SectionEdit({}, {key: VersionedEdit(figure, seen)}), section=section.ref
        )
    html = words_of_main(owner.get(log_path(world)).text)
    assert "<del>1.234,5 " in html
    assert "<ins>2.000 " in html


@pytest.mark.parametrize("takes_numbers", [True, False])
def test_figures_of_before_another_year_are_told_as_they_were(
    any_app: Flask, world: World, owner: FlaskClient, takes_numbers: bool
) -> None:
    """Also where they stayed in the year before, and the new one has others."""
    key, section = "energy.electricity.consumption", "12"

    def enter(value: str, seen: int = 0) -> None:
        edit = VersionedEdit(Figure(Decimal(value), "kWh", None, ""), seen)
        save_as(any_app, world, "editor", SectionEdit({}, {key: edit}), section=section)

    enter("1234")
    enter("2345", 1)
    with database_session(any_app) as session:
        declaration, editor = (
            declarations.by_id(session, world.own_declaration),
            account_named(session, "editor"),
        )
        assert declaration
        change_reporting_year(
            Work(session, Actor(editor.id, {world.own: Role.EDITOR}), NOW),
            declaration,
            2021,
            seen=2025,
            takes_numbers=takes_numbers,
        )
    enter("9876", 2 if takes_numbers else 0)
    html = words_of_main(owner.get(log_path(world)).text)
    for told in ("<del>1.234 ", "<ins>2.345 ", "9.876 "):
        assert told in html


def test_a_long_text_is_shortened_and_the_rest_is_counted(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    refs = [requirement.ref for requirement in load_catalogue("dnk-2017").criteria[0].requirements][:3]
    many = {ref: VersionedEdit(Answer(Disclosure.EXPLAIN, "", f"{LONG}{ref}"), 0) for ref in refs}
    save_as(any_app, world, "editor", SectionEdit(many))
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        content = dict.fromkeys((f"1.{number}" for number in range(1, 10)), 1)
        history.record_declaration_event(
            session,
            declaration,
            EventKind.SECTION_SAVED,
            actor_id=None,
            now=NOW,
            section="1",
            versions=content,
            done=None,
        )
    html = words_of_main(owner.get(log_path(world)).text)
    assert "Wir berichten nicht: Sehr langer Text." in html
    assert LONG not in html
    assert "…" in html
    section = f'/erklaerungen/{world.own_declaration}/kriterien/1"'
    assert f'href="{section}>und 6 weitere Angaben</a>' in html, "it leads to all of them"


def test_of_long_texts_the_place_is_shown_where_they_differ(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save_as(any_app, world, "editor", says(f"{LONG} Am Ende: Holz."))
    save_as(any_app, world, "editor", says(f"{LONG} Am Ende: Stahl.", 1))
    html = words_of_main(owner.get(log_path(world)).text)
    assert "Am Ende: Holz.</del>" in html
    assert "Am Ende: Stahl.</ins>" in html
    assert "<del>… " in html


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
def test_whatever_is_cut_stays_short_and_what_fits_stays_whole(shared: str, old: str, new: str) -> None:
    before, after = f"{shared}{old}", f"{shared}{new}"
    for whole, cut in zip((before, after), shortened_pair(before, after), strict=True):
        plain = " ".join(whole.split())
        assert len(cut) <= MAX_LENGTH + 2
        assert cut.removeprefix("… ").removesuffix(" …") in f"{plain} "
        if max(len(before), len(after)) <= MAX_LENGTH:
            assert cut == plain


def test_the_profile_shows_old_and_new(any_app: Flask, world: World, owner: FlaskClient) -> None:
    with database_session(any_app) as session:
        organisation = session.get_one(Organisation, world.own)
        actor = Actor(account_named(session, "owner").id, {world.own: Role.OWNER})
        profile = Profile("A & Söhne GmbH", employees=12)
        organisations.update_profile(Work(session, actor, NOW), organisation, profile, seen=1)
    html = words_of_main(owner.get(log_path(world)).text)
    assert "<del>A GmbH</del>" in html
    assert "<ins>A &amp; Söhne GmbH</ins>" in html
    assert "Zahl der Beschäftigten" in html


def test_the_settings_show_old_and_new_in_words(any_app: Flask, world: World, owner: FlaskClient) -> None:
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        actor = Actor(account_named(session, "owner").id, {world.own: Role.OWNER})
        seen = settings_of(declaration).mark
        wish = DeclarationSettings("effas", "en", frozenset({"csr-rug"}), publishes_assessment=True)
        declaration_start.change_settings(Work(session, actor, NOW), declaration, wish, seen=seen)
    html = words_of_main(owner.get(log_path(world)).text)
    for before, after in (
        ("GRI – Global Reporting Initiative", "EFFAS – Europäischer Verband der Finanzanalysten"),
        ("Deutsch", "English"),
        ("keine", "Angaben nach CSR-RUG"),
        ("nein", "ja"),
    ):
        assert f"<del>{before}</del>" in html
        assert f"<ins>{after}</ins>" in html
    assert owner.get("/sprache/en").status_code == 302
    assert "EFFAS – European Federation" in words_of_main(owner.get(log_path(world)).text)


def test_the_self_assessment_shows_criterion_old_and_new(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    planned = (Measure("Lampen tauschen", "Anna Weber", date(2027, 3, 31)),)
    steps = (
        Assessment(Rating.PLANNED),
        Assessment(Rating.PARTIAL, planned),
        Assessment(Rating.PARTIAL, (Measure("Lampen tauschen", "Otto Kurz", date(2027, 3, 31)),)),
    )
    for assessment in steps:
        with database_session(any_app) as session:
            declaration = session.get_one(Declaration, world.own_declaration)
            actor = Actor(account_named(session, "owner").id, {world.own: Role.OWNER})
            seen = self_assessment.assessment_of(session, declaration, 12).stored.version
            self_assessment.save_assessment(Work(session, actor, NOW), declaration, 12, assessment, seen=seen)
    html = words_of_main(owner.get(log_path(world)).text)
    assert html.count("· 12. ") == 3
    assert "<del>geplant</del>" in html
    assert "<ins>teilweise umgesetzt</ins>" in html
    assert "<ins>Lampen tauschen (bis 31. März 2027)</ins>" in html
    assert "<dt>Wer sich um die Maßnahmen kümmert</dt>" in html
    assert "<ins>geändert</ins>" in html
    with database_session(any_app) as session:
        kept = str([event.detail for event in session.scalars(select(Event))])
    assert "Weber" not in kept + html, "the trail is never forgotten, so it names nobody"
    assert "Kurz" not in kept + html


def test_the_trail_is_in_the_order_of_time_whenever_it_was_written_down(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_pages, "CHUNK_SIZE", 1)
    rule = EventKind.SIGN_OFF_RULE_CHANGED
    for minutes, is_required in ((30, True), (10, True), (20, True), (10, False)):
        at = NOW + timedelta(minutes=minutes)
        note(any_app, rule, organisation_id=world.own, required=is_required, now=at)
    html = words_of_main(owner.get(log_path(world)).text).partition("<ol")[2]
    places = [html.index(clock) for clock in ("10:30 Uhr", "10:20 Uhr", "10:10 Uhr")]
    assert places == sorted(places)
    assert html.index("Bestätigung nicht nötig") < html.rindex("Bestätigung nötig")
    times = [row[0][11:16] for row in downloaded_rows(owner, world)[1:]]
    assert times == ["10:30", "10:20", "10:10", "10:10"]


@pytest.mark.parametrize(
    ("years", "words"), [(10, "nach 10 Jahren gelöscht"), (1, "nach 1 Jahr gelöscht"), (0, "")]
)
def test_both_trails_say_when_entries_are_deleted(
    any_app: Flask, world: World, owner: FlaskClient, years: int, words: str
) -> None:
    settings = any_app.extensions["dnk_settings"]
    any_app.extensions["dnk_settings"] = settings.model_copy(update={"keep_trail_years": years})
    manager = signed_in(any_app, "manager")
    for html in (owner.get(log_path(world)).text, manager.get(f"/cluster/{world.cluster}/protokoll").text):
        assert words in html
        assert ("Einträge werden" in html) is bool(years)


def test_people_who_are_gone_and_acts_without_an_account(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save_as(any_app, world, "editor", says("Von jemandem, der geht."))
    with database_session(any_app) as session:
        session.execute(delete(Account).where(Account.email == "editor@example.org"))
    assert "(gelöschtes Konto)" in words_of_main(owner.get(log_path(world)).text)
    note(any_app, EventKind.SIGN_OFF_RULE_CHANGED, organisation_id=world.own, required=True)
    assert "(ohne Konto)" in words_of_main(owner.get(log_path(world)).text)


def test_what_reviewers_do_among_themselves_is_not_the_companys(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    about = {"organisation_id": world.own, "declaration_id": world.own_declaration}
    note(any_app, EventKind.REMARK_WRITTEN, **about, section="2", audience="reviewers", thread=1)
    note(any_app, EventKind.VERDICT_GIVEN, **about, section="3", verdict="change-needed", version=1)
    before = words_of_main(owner.get(log_path(world)).text)
    assert "Dazu steht nichts im Protokoll." in before
    note(any_app, EventKind.REMARK_WRITTEN, **about, section="2", audience="shared", thread=2)
    note(any_app, EventKind.REMARK_RESOLVED, **about, section="2", audience="company", thread=3)
    html = words_of_main(owner.get(log_path(world)).text)
    assert "Unternehmen und Prüfteam" in html
    assert "nur im Unternehmen" in html
    assert "nur Prüfteam" not in html + owner.get(log_path(world, ".csv")).text


def test_the_filters_and_the_pages(any_app: Flask, world: World, owner: FlaskClient) -> None:
    for number in range(60):
        save_as(any_app, world, "editor", says(f"Fassung {number}", number))
    save_as(any_app, world, "owner", says("Vom Chef", 60))
    note(any_app, EventKind.SIGN_OFF_RULE_CHANGED, organisation_id=world.own, required=True)
    first, second = (words_of_main(owner.get(log_path(world, query)).text) for query in ("", "?seite=2"))
    assert first.count("dnk-trail__entry") == 50
    assert second.count("dnk-trail__entry") == 12
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in second
    with database_session(any_app) as session:
        chief = account_named(session, "owner").id
    only = words_of_main(owner.get(log_path(world, f"?person={chief}")).text)
    assert only.count("dnk-trail__entry") == 1
    assert "Vom Chef" in only
    assert f'<option value="{chief}" selected>Owner</option>' in only
    assert (
        words_of_main(owner.get(log_path(world, "?art=sign-off-rule-changed")).text).count("dnk-trail__entry")
        == 1
    )
    of_it = words_of_main(owner.get(log_path(world, f"?erklaerung={world.own_declaration}&seite=2")).text)
    assert of_it.count("dnk-trail__entry") == 11
    assert f"erklaerung={world.own_declaration}" in of_it, "the pages keep the filter"
    assert "nichts im Protokoll" in words_of_main(
        owner.get(log_path(world, f"?erklaerung={world.foreign_declaration}")).text
    )


@pytest.mark.parametrize("query", ["?seite=0", "?seite=-1", "?seite=x", "?person=999999999999", "?art=x"])
def test_what_an_address_says_wrongly_counts_as_not_said(
    any_app: Flask, world: World, owner: FlaskClient, query: str
) -> None:
    save_as(any_app, world, "editor", says("Text"))
    assert words_of_main(owner.get(log_path(world, query)).text).count("dnk-trail__entry") == 1


def test_a_page_beyond_the_last_is_empty(any_app: Flask, world: World, owner: FlaskClient) -> None:
    assert "nichts im Protokoll" in words_of_main(owner.get(log_path(world, "?seite=99999999")).text)


def test_a_page_needs_few_statements_however_much_happened(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    def cost() -> int:
        with count_statements(any_app) as statements:
            assert owner.get(log_path(world)).status_code == 200
        return len(statements)

    save_as(any_app, world, "editor", says("Eins"))
    owner.get(log_path(world))
    few = cost()
    for number in range(1, 60):
        save_as(any_app, world, "editor" if number % 2 else "owner", says(f"Fassung {number}", number))
    assert cost() <= few + 1, "the figures are asked for only where there are some"
    assert cost() <= 12


PAYLOADS = ("=1+1", "+49 30 1", "-x", "@SUM(A1)", "\t=1", " =cmd|'/C calc'!A0", "＝1+1")


def test_the_csv_holds_everything_and_no_formula(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_pages, "CHUNK_SIZE", 3)
    for number, words in enumerate(PAYLOADS):
        save_as(any_app, world, "editor", says(words.strip("\t"), number))
    answer = owner.get(log_path(world, ".csv"))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=Protokoll.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + len(PAYLOADS)
    for row in rows:
        assert not any(cell.lstrip().startswith(tuple("=+-@＝")) for cell in row), row
    filtered = owner.get(log_path(world, ".csv?art=submitted")).data.decode("utf-8-sig")
    assert len(filtered.strip().splitlines()) == 1


def downloaded_rows(owner: FlaskClient, world: World) -> list[list[str]]:
    content = owner.get(log_path(world, ".csv")).data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))


def test_the_csv_leaves_nothing_out_and_cuts_nothing(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_pages, "MAX_CHANGES", 2)
    refs = [requirement.ref for requirement in load_catalogue("dnk-2017").criteria[0].requirements]
    words = {ref: f"{LONG}{ref}\nZweiter Absatz" for ref in refs}
    given = {ref: VersionedEdit(Answer(Disclosure.EXPLAIN, "", said), 0) for ref, said in words.items()}
    save_as(any_app, world, "editor", SectionEdit(given))
    heading, *rows = downloaded_rows(owner, world)
    assert heading[0] == "Zeit (Ortszeit in Berlin)"
    assert {row[0] for row in rows} == {"2026-11-25 10:00:00"}
    assert len(rows) == len(refs) > activity_pages.MAX_CHANGES
    for (ref, said), row in zip(words.items(), rows, strict=True):
        assert row[-1].endswith(said), ref


def test_the_csv_of_a_long_history_asks_in_pieces(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        save_as(any_app, world, "editor", says(f"Fassung {number}", number))
    whole = downloaded_rows(owner, world)
    monkeypatch.setattr(activity, "BATCH_SIZE", 2)
    assert downloaded_rows(owner, world) == whole


def test_a_cluster_reads_what_passed_between_it_and_its_members(any_app: Flask, world: World) -> None:
    own = {"organisation_id": world.own, "declaration_id": world.own_declaration}
    with database_session(any_app) as session:
        boss, reviewer = account_named(session, "owner").id, account_named(session, "reviewer").id
    for kind in EventKind:
        is_by_team = kind in (REVIEW_EVENTS | CONFLICT_EVENTS) - EVENTS_BY_COMPANY
        actor = reviewer if is_by_team else boss
        note(any_app, kind, cluster_id=world.cluster, actor_id=actor, **own, section="7", versions={"7.1": 1})
    note(any_app, EventKind.DEADLINE_SET, cluster_id=world.cluster, actor_id=reviewer,
         reporting_year=2025, due=[None, "2027-03-31"])  # fmt: skip
    note(any_app, EventKind.DEADLINE_SET, cluster_id=world.foreign_cluster, reporting_year=1999)
    html = words_of_main(signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll").text)
    entries = html.partition("<ol")[2]
    for words in ("Erklärung eingereicht", "Erklärung freigegeben", "Kriterium geprüft", "A GmbH"):
        assert words in entries
    assert "31. März 2027" in entries
    assert "Reviewer" in entries, "its own people have names"
    assert "Owner" not in entries, "a company's people have none here"
    for words in ("Angaben gespeichert", "Anmerkung geschrieben", "Um einen Beitrag", "Profil", "1999"):
        assert words not in entries
    assert entries.count("dnk-trail__entry") == 13
    only = signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll?art=deadline-set").text
    assert only.count("dnk-trail__entry") == 1


def cluster_page(app: Flask, world: World, query: str = "", who: str = "manager") -> str:
    answer = signed_in(app, who).get(f"/cluster/{world.cluster}/protokoll{query}")
    return words_of_main(answer.text).partition("<ol")[2]


def test_whoever_left_the_team_keeps_the_deeds(any_app: Flask, world: World) -> None:
    about = {"organisation_id": world.own, "declaration_id": world.own_declaration}
    with database_session(any_app) as session:
        gone, boss = account_named(session, "reviewer"), account_named(session, "owner").id
        session.execute(delete(ClusterStaff).where(ClusterStaff.user_id == gone.id))
        key = gone.id
    common = {"cluster_id": world.cluster, "actor_id": key}
    note(any_app, EventKind.DEADLINE_SET, **common, reporting_year=2025, due=[None, "2027-03-31"])
    note(any_app, EventKind.VERDICT_GIVEN, **common, **about, section="3", verdict="accepted", version=1)
    note(
        any_app, EventKind.MEMBER_REMOVED, cluster_id=world.cluster, actor_id=None, user=key, role="reviewer"
    )
    note(any_app, EventKind.SUBMITTED, cluster_id=world.cluster, actor_id=boss, **about, version=1)
    entries = cluster_page(any_app, world)
    assert entries.count("Uhr · Reviewer · ") == 2, "who set the deadline, and who reviewed"
    assert "(ohne Konto) · Reviewer · Prüfung" in entries
    assert "Uhr · A GmbH · Version 1" in entries, "who of the company it was is the company's own"
    with database_session(any_app) as session:
        session.execute(delete(Account).where(Account.id.in_((key, boss))))
    entries = cluster_page(any_app, world)
    assert entries.count("(gelöschtes Konto)") == 3
    assert "Uhr · A GmbH · Version 1" in entries


def give_verdicts(
    app: Flask, world: World, verdicts: dict[str, str], who: str, *, begin: datetime = NOW
) -> None:
    """One event a verdict, a minute apart."""
    with database_session(app) as session:
        actor = account_named(session, who).id
    where = {
        "cluster_id": world.cluster,
        "organisation_id": world.own,
        "declaration_id": world.own_declaration,
    }
    for number, (section, verdict) in enumerate(verdicts.items()):
        said: dict[str, Any] = {"section": section, "verdict": verdict, "version": 1}
        at = begin + timedelta(minutes=number)
        note(app, EventKind.VERDICT_GIVEN, actor_id=actor, now=at, **where, **said)


def test_the_verdicts_of_a_review_are_one_entry(any_app: Flask, world: World) -> None:
    sections = {str(number): "accepted" for number in range(1, 21)}
    give_verdicts(any_app, world, {"general": "accepted", **sections, "7": "change-needed"}, "reviewer")
    entries = cluster_page(any_app, world)
    assert entries.count("dnk-trail__entry") == 1
    assert "21 Kriterien geprüft" in entries
    assert "25. November 2026, 10:00 Uhr bis 25. November 2026, 10:20 Uhr · Reviewer · A GmbH" in entries
    assert "<dd>Allgemeine Informationen, Kriterien 1–6, 8–20</dd>" in entries
    assert "<dd>Kriterium 7</dd>" in entries


def test_only_what_follows_one_another_is_one_entry(any_app: Flask, world: World) -> None:
    give_verdicts(any_app, world, {"1": "accepted", "2": "accepted"}, "reviewer")
    note(any_app, EventKind.DEADLINE_SET, cluster_id=world.cluster, now=NOW + timedelta(minutes=2),
         reporting_year=2025, due=[None, "2027-03-31"])  # fmt: skip
    later = NOW + timedelta(minutes=3)
    give_verdicts(any_app, world, {"3": "accepted", "4": "accepted"}, "reviewer", begin=later)
    give_verdicts(any_app, world, {"5": "accepted"}, "manager", begin=later + timedelta(minutes=2))
    entries = cluster_page(any_app, world)
    assert entries.count("dnk-trail__entry") == 4
    assert entries.count("2 Kriterien geprüft") == 2
    assert "Kriterien 3–4" in entries
    assert "Kriterien 1–2" in entries
    assert ">Kriterium geprüft<" in entries


def test_the_pages_of_a_cluster_count_entries(
    any_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_pages, "PAGE_SIZE", 2)
    give_verdicts(any_app, world, {str(number): "accepted" for number in range(1, 13)}, "reviewer")
    for _change in range(3):
        note(any_app, EventKind.CLUSTER_CHANGED, cluster_id=world.cluster, now=NOW + timedelta(hours=1))
    pages = [cluster_page(any_app, world, f"?seite={number}") for number in (1, 2, 3)]
    assert [page.count("dnk-trail__entry") for page in pages] == [2, 2, 0]
    assert "12 Kriterien geprüft" in pages[1]
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[1]


def test_a_page_of_a_cluster_needs_few_statements_however_much_happened(any_app: Flask, world: World) -> None:
    manager = signed_in(any_app, "manager")

    def cost() -> int:
        with count_statements(any_app) as statements:
            assert manager.get(f"/cluster/{world.cluster}/protokoll").status_code == 200
        return len(statements)

    give_verdicts(any_app, world, {"1": "accepted"}, "reviewer")
    few = cost()
    for _round in range(20):
        give_verdicts(any_app, world, {"1": "accepted", "2": "change-needed"}, "reviewer")
        note(any_app, EventKind.CLUSTER_CHANGED, cluster_id=world.cluster)
    assert cost() <= few


def test_a_message_is_told_with_how_many_it_went_to(any_app: Flask, world: World) -> None:
    sent = {"message": "m1", "companies": 3, "mails": 5}
    note(any_app, EventKind.MESSAGE_SENT, cluster_id=world.cluster, **sent)
    assert "An 3 Unternehmen · 5 E-Mails" in cluster_page(any_app, world)


@given(st.sets(st.integers(1, 20)))
def test_numbers_in_runs_are_the_same_numbers(numbers: set[int]) -> None:
    listed = number_ranges(sorted(numbers))
    read = [range(int(run.partition("–")[0]), int(run.rpartition("–")[2]) + 1) for run in listed]
    assert [number for run in read for number in run] == sorted(numbers)
    assert all(earlier.stop < later.start for earlier, later in pairwise(read))


def test_a_manager_reads_no_verdict_on_the_own_company(any_app: Flask, world: World) -> None:
    for kind in (EventKind.VERDICT_GIVEN, EventKind.SUBMITTED):
        note(any_app, kind, organisation_id=world.own, cluster_id=world.cluster)
    manager, address = signed_in(any_app, "manager"), f"/cluster/{world.cluster}/protokoll"
    assert words_of_main(manager.get(address).text).count("dnk-trail__entry") == 2
    with database_session(any_app) as session:
        key = account_named(session, "manager").id
        session.add(
            Membership(user_id=key, organisation_id=world.own, role=Role.VIEWER, created_at=NOW, sections=[])
        )
    entries = words_of_main(manager.get(address).text).partition("<ol")[2]
    assert entries.count("dnk-trail__entry") == 1
    assert "Erklärung eingereicht" in entries


def test_a_cluster_reads_whom_it_invited_and_nobody_elses_invitations(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        common: dict[str, Any] = {"language": "de", "by": None, "now": NOW}
        wanted: list[tuple[InvitationKind, str, int, dict[str, Any]]] = [
            (InvitationKind.COMPANY, "anna@beck.example", world.cluster, {"company": "Beck GmbH"}),
            (InvitationKind.STAFF, "rosa@example.org", world.cluster, {"role": "reviewer"}),
            (InvitationKind.COMPANY, "theo@fremd.example", world.foreign_cluster, {"company": "Fremd AG"}),
        ]
        sent = [
            secret_links.create_invitation(session, kind, email=email, cluster_id=cluster, **common, **more)[
                0
            ].id
            for kind, email, cluster, more in wanted
        ]
    for kind, key in zip((EventKind.COMPANY_INVITED, EventKind.MEMBER_INVITED), sent, strict=False):
        note(any_app, kind, cluster_id=world.cluster, invitation=key, role="", times=1)
    note(any_app, EventKind.COMPANY_INVITED, cluster_id=world.cluster, invitation=sent[2], role="", times=1)
    note(any_app, EventKind.COMPANY_INVITED, cluster_id=world.cluster, invitation=987_654, role="", times=1)
    html = words_of_main(signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll").text)
    assert "Beck GmbH, anna@beck.example" in html
    assert "rosa@example.org" in html
    assert "Fremd" not in html
    assert html.count("dnk-trail__entry") == 4


def test_a_consent_is_told_with_its_text_and_its_year(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    about = {"organisation_id": world.own, "cluster_id": world.cluster}
    agreed = {"invitation": None, "wording": "2026-11", "language": "en"}
    note(any_app, EventKind.CONSENT_GRANTED, **about, aggregates_from=None, **agreed)
    note(any_app, EventKind.CONSENT_CHANGED, **about, aggregates_from=[None, 2025])
    for html in (
        words_of_main(owner.get(log_path(world)).text),
        words_of_main(signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/protokoll").text),
    ):
        assert "Einwilligungstext 2026-11, auf Englisch" in html
        assert "<dt>Kennzahlen in Summen</dt>" in html
        assert "<del>nie</del>" in html
        assert "<ins>ab 2025</ins>" in html
        assert html.count("<ins>nie</ins>") == 1
        assert "(leer)" not in html


def test_of_a_company_that_left_the_cluster_keeps_that_it_came_and_went(any_app: Flask, world: World) -> None:
    about = {"organisation_id": world.own, "cluster_id": world.cluster}
    for kind in (EventKind.CONSENT_GRANTED, EventKind.SUBMITTED, EventKind.CONSENT_WITHDRAWN):
        note(any_app, kind, **about)
    manager = signed_in(any_app, "manager")
    with database_session(any_app) as session:
        session.execute(text("UPDATE consent SET withdrawn_at = granted_at"))
    html = words_of_main(manager.get(f"/cluster/{world.cluster}/protokoll").text)
    entries = html.partition("<ol")[2]
    assert "Einwilligung erteilt" in entries
    assert "Einwilligung widerrufen" in entries
    assert "eingereicht" not in entries


# Another value for each column; a column without one here is one that nobody has thought of.
OTHER: dict[str, Callable[[World], str]] = {
    "id": lambda _world: "id + 1000",
    "organisation_id": lambda world: str(world.foreign),
    "declaration_id": lambda world: str(world.foreign_declaration),
    "cluster_id": lambda world: str(world.foreign_cluster),
    "kind": lambda _world: "'approved'",
    "detail": lambda _world: "'{}'",
    "happened_at": lambda _world: "CURRENT_TIMESTAMP",
    "actor_id": lambda _world: "(SELECT id FROM account WHERE email = 'owner@example.org')",
    "by_account": lambda _world: "NOT by_account",
}


@pytest.mark.parametrize("column", [column.name for column in Event.__table__.columns])
def test_the_database_refuses_to_change_what_an_event_says(any_app: Flask, world: World, column: str) -> None:
    save_as(any_app, world, "editor", says("Text"))
    before = raw_event(any_app)
    with pytest.raises(DatabaseError, match="only added"), database_session(any_app) as session:
        session.execute(text(f"UPDATE event SET {column} = {OTHER[column](world)}"))  # noqa: S608 -- our own
    assert raw_event(any_app) == before


@pytest.mark.parametrize("column", ["organisation_id", "declaration_id"])
def test_no_event_is_taken_out_of_a_trail(any_app: Flask, world: World, column: str) -> None:
    save_as(any_app, world, "editor", says("Text"))
    with pytest.raises(DatabaseError, match="only added"), database_session(any_app) as session:
        session.execute(text(f"UPDATE event SET {column} = NULL"))  # noqa: S608 -- our own


def test_a_cluster_that_is_gone_takes_no_event_of_a_company_along(any_app: Flask, world: World) -> None:
    save_as(any_app, world, "editor", says("Text"))
    with database_session(any_app) as session:
        session.execute(delete(Cluster).where(Cluster.id == world.cluster))
    assert raw_event(any_app)["cluster_id"] is None


def raw_event(app: Flask) -> dict[str, Any]:
    with database_session(app) as session:
        return dict(session.execute(text("SELECT * FROM event")).mappings().one())


def test_the_model_cannot_change_an_event_either(any_app: Flask, world: World) -> None:
    save_as(any_app, world, "editor", says("Text"))
    with pytest.raises(DatabaseError, match="only added"), database_session(any_app) as session:
        session.scalars(select(Event)).one().detail = {"versions": {}}


def test_forgetting_who_did_it_and_deleting_a_company_stay_possible(any_app: Flask, world: World) -> None:
    save_as(any_app, world, "editor", says("Text"))
    with database_session(any_app) as session:
        session.execute(delete(Account).where(Account.email == "editor@example.org"))
    with database_session(any_app) as session:
        event = session.scalars(select(Event)).one()
        assert (event.actor_id, event.by_account) == (None, True)
        session.execute(delete(Organisation).where(Organisation.id == world.own))
    with database_session(any_app) as session:
        assert session.scalars(select(Event)).all() == []


def test_d32_the_log_is_searched_by_words_of_contents_people_and_kinds(
    any_app: Flask, world: World, owner: FlaskClient
) -> None:
    save_as(any_app, world, "editor", says(f"{LONG} Wir lagern Öl in der Hauptstraße."))
    save_as(any_app, world, "owner", says("Wir sägen Holz."), section=SECTION)
    html = words_of_main(owner.get(log_path(world, "?suche=hauptstrasse+oel")).text)
    assert html.count('<li class="dnk-trail__entry">') == 1
    assert "10:00 Uhr · Editor" in html
    assert "Durchsucht sind die Einträge vom 25.11.2026 bis 25.11.2026." in html
    assert words_of_main(owner.get(log_path(world, "?suche=editor")).text).count("dnk-trail__entry") == 1
    assert "Dazu steht nichts im Protokoll." in words_of_main(
        owner.get(log_path(world, "?suche=gibtesnicht")).text
    )
    rows = list(csv.reader(io.StringIO(owner.get(f"{log_path(world)}.csv?suche=lagern").text), delimiter=";"))
    assert len(rows) == 2
    assert "Wir lagern Öl" in rows[1][-1]


def test_d32_a_search_goes_through_so_many_events_and_leads_to_the_next(
    any_app: Flask, world: World, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_pages, "SEARCHED_SIZE", 2)
    monkeypatch.setattr(activity_pages, "PAGE_SIZE", 1)
    save_as(any_app, world, "editor", says("Der erste Hafer."))
    for number in (1, 2):
        save_as(any_app, world, "editor", says(f"Text {number}.", number), at=NOW + timedelta(hours=number))
    with count_statements(any_app) as statements:
        latest = words_of_main(owner.get(log_path(world, "?suche=text")).text)
    assert len(statements) <= 15, statements
    assert "Das sind die neuesten 1 von 2 Treffern" in latest
    assert (
        "suche=hafer"
        in words_of_main(owner.get(log_path(world, "?suche=hafer")).text).partition('rel="next"')[0]
    )
    assert "Der erste Hafer." in words_of_main(owner.get(log_path(world, "?suche=hafer&seite=2")).text)


def test_d32_the_log_of_a_cluster_is_searched_too(any_app: Flask, world: World) -> None:
    for organisation in (world.own, world.foreign):
        note(
            any_app,
            EventKind.SUBMITTED,
            organisation_id=organisation,
            cluster_id=world.cluster,
            detail={"version": 1},
        )
    manager = signed_in(any_app, "manager")
    address = f"/cluster/{world.cluster}/protokoll"
    assert "A GmbH" in words_of_main(manager.get(f"{address}?suche=a+gmbh").text).partition("</form>")[2]
    assert (
        "A GmbH"
        not in words_of_main(manager.get(f"{address}?suche=gibtesnicht").text).partition("</form>")[2]
    )
