"""One selection of members for lists, heat map, messages and files: SQL says what the rules say."""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.clusters.cockpit import NextMove
from dnk_tool.domain.clusters.criterion_signs import (
    MISSING_SIGNS,
    CriterionSign,
    SignFilter,
    criterion_sign,
    is_ready,
)
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.people.organisations import add_member
from dnk_tool.store.clusters import choices, cockpit
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.criterion_progress import progress_by_member
from dnk_tool.store.tables.clusters import CohortAssignment, Consent
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review import RemarkRow
from tests.support.app import database_session, make_account, sign_in
from tests.support.app import make_cluster as make_staffed_cluster
from tests.support.browsers import signed_in
from tests.support.cockpit_members import (
    YEAR,
    add_company,
    add_declaration,
    make_bare_cluster,
    publish_member,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HERE, ELSEWHERE = "here", "elsewhere"


def add_remark_row(
    session: Session, declaration_id: int, cluster_id: int, section: str, **given: object
) -> None:
    session.add(
        RemarkRow(
            declaration_id=declaration_id,
            cluster_id=cluster_id,
            section=section,
            version=1,
            audience=Audience.SHARED,
            side=ReviewSide.REVIEWERS,
            text="x",
            written_at=NOW,
            published_at=NOW,
            **given,
        )
    )
    session.flush()


def add_signs(session: Session, cluster_id: int, other: int) -> dict[int, CriterionSign]:
    """A member for each progress at criterion 11, submitted here or elsewhere, with and without a remark."""
    expected = {add_company(session, cluster_id, "Ohne Erklärung", joined_at=NOW): CriterionSign.OPEN}
    kinds = itertools.product([None, *SectionProgress], [None, HERE, ELSEWHERE], [None, "open", "resolved"])
    for progress, place, remark in kinds:
        company = add_company(session, cluster_id, f"{progress} {place} {remark}", joined_at=NOW)
        made = add_declaration(
            session,
            company,
            changed_at=NOW,
            state=State.SUBMITTED if place else State.DRAFT,
            cluster_id={HERE: cluster_id, ELSEWHERE: other}.get(place or ""),
            progress={"11": progress.value, "general": "open"} if progress else None,
        )
        if remark:
            add_remark_row(
                session, made.id, cluster_id, "11", resolved_at=NOW if remark == "resolved" else None
            )
        counts = remark == "open" and place == HERE
        expected[company] = criterion_sign(progress, has_remark=counts)
    return expected


def test_the_database_finds_each_sign_that_the_rule_says(session: Session) -> None:
    cluster_id, other = make_bare_cluster(session), make_bare_cluster(session, "Cluster Süd")
    expected = add_signs(session, cluster_id, other)
    view = ClusterYear(cluster_id, YEAR, None, NOW)

    def found(**wanted: object) -> set[int]:
        return {member.organisation_id for member in cockpit.list_all(session, view, MemberFilter(**wanted))}

    for choice in SignFilter:
        companies = {company for company, sign in expected.items() if sign in choice.signs}
        assert found(criterion="11", sign=choice) == companies, choice
        assert companies
    progress = progress_by_member(session, view, MemberFilter())
    assert {
        company: of_member.signs.get("11", CriterionSign.OPEN) for company, of_member in progress.items()
    } == expected
    first = cockpit.list_all(session, view, MemberFilter(criterion="11"))
    lacking = [expected[member.organisation_id] in MISSING_SIGNS for member in first]
    assert lacking == sorted(lacking, reverse=True), "asked without a sign, those who lack it come first"
    assert len(lacking) == len(expected)


@pytest.mark.parametrize("criteria", [("11",), ("11", "12"), ("12",)])
def test_who_is_not_ready_for_a_milestone_is_so_by_the_rule(
    session: Session, criteria: tuple[str, ...]
) -> None:
    cluster_id = make_bare_cluster(session)
    words = (
        {},
        None,
        {"11": "answered"},
        {"11": "explained", "12": "answered"},
        {"11": "open", "12": "in-progress"},
    )
    expected = {add_company(session, cluster_id, "Ohne Erklärung", joined_at=NOW)}
    for state, progress in itertools.product(State, words):
        company = add_company(session, cluster_id, f"{state} {progress}", joined_at=NOW)
        add_declaration(session, company, changed_at=NOW, state=state, progress=progress)
        if not is_ready(state, progress or {}, criteria):
            expected.add(company)
    view, wanted = ClusterYear(cluster_id, YEAR, None, NOW), MemberFilter(lacking=criteria)
    found = cockpit.list_all(session, view, wanted)
    assert {member.organisation_id for member in found} == expected
    progress = progress_by_member(session, view, MemberFilter())
    assert {key for key, of_member in progress.items() if not of_member.is_ready(criteria)} == expected


def test_ticks_find_exactly_those_and_none_is_nobody(session: Session) -> None:
    cluster_id, other = make_bare_cluster(session), make_bare_cluster(session, "Cluster Süd")
    first, second = (add_company(session, cluster_id, name, joined_at=NOW) for name in "AB")
    foreign = add_company(session, other, "C", joined_at=NOW)
    view = ClusterYear(cluster_id, YEAR, None, NOW)
    for ticked, names in (
        (None, ["A", "B"]),
        ({second}, ["B"]),
        ({first, foreign}, ["A"]),
        ({foreign}, []),
        (set(), []),
    ):
        members = None if ticked is None else frozenset(ticked)
        found = cockpit.list_all(session, view, MemberFilter(members=members))
        assert [member.name for member in found] == names


@pytest.mark.parametrize("turn", list(NextMove))
def test_the_turn_is_that_of_the_rule(session: Session, turn: NextMove) -> None:
    cluster_id = make_bare_cluster(session)
    for state in State:
        company = add_company(session, cluster_id, state.value, joined_at=NOW)
        add_declaration(session, company, changed_at=NOW, state=state, cluster_id=cluster_id)
    view = ClusterYear(cluster_id, YEAR, None, NOW)
    everybody = cockpit.list_all(session, view, MemberFilter())
    expected = [member.name for member in everybody if member.turn is turn]
    found = cockpit.list_all(session, view, MemberFilter(turn=turn))
    assert [member.name for member in found] == expected


KNOWN_EDITION = consent_editions.CONSENT_EDITIONS[2]


@pytest.mark.parametrize(
    ("edition", "is_allowed", "place", "is_published", "is_visible"),
    [
        (KNOWN_EDITION, False, None, False, False),
        (KNOWN_EDITION, False, ELSEWHERE, False, False),
        (KNOWN_EDITION, False, HERE, False, True),
        (KNOWN_EDITION, False, None, True, True),
        (KNOWN_EDITION, True, None, False, False),  # this edition asks for no permission
        ("", False, None, False, False),
        (consent_editions.NEWEST_EDITION, False, None, False, False),
        (consent_editions.NEWEST_EDITION, True, None, False, True),
    ],
)
def test_the_profile_is_seen_only_where_somebody_agreed(
    session: Session,
    edition: str,
    is_allowed: bool,
    place: str | None,
    is_published: bool,
    is_visible: bool,
) -> None:
    """By a permission, by submitting here or by publishing; neither shown nor found otherwise."""
    cluster_id, other = make_bare_cluster(session), make_bare_cluster(session, "Cluster Süd")
    company = add_company(session, cluster_id, "A", joined_at=NOW, edition=edition)
    organisation = session.get_one(Organisation, company)
    organisation.sector, organisation.employees = "WZ 2025: 31", 12
    if is_allowed:
        consent_id = session.scalars(select(Consent.id).where(Consent.organisation_id == company)).one()
        choices.replace_choices(session, consent_id, {consent_editions.ConsentChoice.PROFILE})
    made = add_declaration(
        session,
        company,
        changed_at=NOW,
        state=State.FINISHED,
        cluster_id={HERE: cluster_id, ELSEWHERE: other}.get(place or ""),
    )
    if is_published:
        publish_member(session, made, now=NOW)
    view = ClusterYear(cluster_id, YEAR, None, NOW)
    [member] = cockpit.list_all(session, view, MemberFilter())
    shown = (member.sector, member.size, member.indicator_set)
    assert shown == (("WZ 2025: 31", CompanySize.SMALL, "gri") if is_visible else ("", None, ""))
    for wanted in (
        MemberFilter(sector="C"),
        MemberFilter(size=CompanySize.SMALL),
        MemberFilter(indicator_set="gri"),
    ):
        assert bool(cockpit.list_all(session, view, wanted)) is is_visible, wanted
    for wanted in (
        MemberFilter(sector="A"),
        MemberFilter(size=CompanySize.LARGE),
        MemberFilter(indicator_set="effas"),
    ):
        assert not cockpit.list_all(session, view, wanted)


@pytest.mark.parametrize("size", list(CompanySize))
def test_sizes_are_those_of_the_rule(session: Session, size: CompanySize) -> None:
    cluster_id = make_bare_cluster(session)
    for employees in (None, 0, 9, 10, 49, 50, 249, 250, 10_000):
        company = add_company(session, cluster_id, str(employees), joined_at=NOW)
        session.get_one(Organisation, company).employees = employees
        add_declaration(session, company, changed_at=NOW, cluster_id=cluster_id)
    view = ClusterYear(cluster_id, YEAR, None, NOW)
    everybody = cockpit.list_all(session, view, MemberFilter())
    expected = [member.name for member in everybody if member.size is size]
    assert expected
    found = cockpit.list_all(session, view, MemberFilter(size=size))
    assert [member.name for member in found] == expected


@pytest.fixture
def cluster_id(app: Flask) -> int:
    """Six members: four without criterion 11, one that explains and one that answered."""
    with database_session(app) as session:
        cluster = make_staffed_cluster(
            session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
        )
        for name, words in {
            "Amsel": None,
            "Buche": {"11": "open"},
            "Cello": {"11": "in-progress"},
            "Drossel": {"11": "explained"},
            "Eiche": {"11": "answered"},
            "Flöte": {"11": "in-progress", "12": "answered"},
        }.items():
            company = add_company(session, cluster.id, name, joined_at=NOW, edition=KNOWN_EDITION)
            if words:
                add_declaration(session, company, changed_at=NOW, progress=words)
            person = make_account(
                session, f"{name.lower()}@example.org".replace("ö", "oe"), name=f"Leitung {name}"
            )
            add_member(session, session.get_one(Organisation, company), person.id, Role.OWNER, now=NOW)
        return cluster.id


@pytest.fixture
def visit(app: Flask, cluster_id: int) -> Callable[[str], str]:
    client = signed_in(app, "manager")

    def get(path: str) -> str:
        answer = client.get(f"/cluster/{cluster_id}/{path}")
        assert answer.status_code == 200, path
        return answer.text

    return get


def test_a_number_of_the_heat_map_asks_who_lacks_it(cluster_id: int, visit: Callable[[str], str]) -> None:
    """Two clicks lead to the message: the number, and the button that says how many."""
    page = visit("waermebild?jahr=2025")
    [first] = re.findall(r'<a href="([^"]*kriterium=11[^"]*)" title', page)
    asked = visit(first.removeprefix(f"/cluster/{cluster_id}/").replace("&amp;", "&"))
    missing, others = asked.split('<tbody class="dnk-heat__missing"')[1].split("</tbody>")[:2]
    names = re.compile(r'<th scope="row"[^>]*><a [^>]*>([^<]*)</a>')
    assert names.findall(missing) == ["Amsel", "Buche", "Cello", "Flöte"]
    assert missing.count(" checked") == 4
    assert names.findall(others) == ["Drossel", "Eiche"]
    assert " checked" not in others
    chips = re.findall(r'class="dnk-chip [^"]*" href="[^"]*">.*?</svg> ([^<]*)</a>', asked)
    assert chips == ["2 offen", "2 in Arbeit", "1 erklärt", "1 beantwortet"]
    [write] = re.findall(r'href="([^"]*)"[^>]*>An diese 4 schreiben', asked)
    message = visit(write.removeprefix(f"/cluster/{cluster_id}/").replace("&amp;", "&"))
    assert "An 4 Unternehmen, 4 Personen" in message
    assert re.findall(r"<strong>(\w+)</strong>: Leitung", message) == ["Amsel", "Buche", "Cello", "Flöte"]


@pytest.mark.parametrize(
    ("query", "companies"),
    [
        ("kriterium=11&zeichen=missing", ["Amsel", "Buche", "Cello", "Flöte"]),
        ("kriterium=11&zeichen=explained", ["Drossel"]),
        ("fehlt=11.12", ["Amsel", "Buche", "Cello", "Drossel", "Eiche", "Flöte"]),
        ("fehlt=11&suche=fl", ["Flöte"]),
        ("am-zug=company&kriterium=11&zeichen=answered", ["Eiche"]),
        ("dabei=nein", ["Buche", "Eiche"]),
        ("dabei=ja", ["Amsel", "Cello", "Drossel", "Flöte"]),
        ("nur=0", []),
        ("branche=C", []),
    ],
)
def test_the_same_selection_everywhere(
    app: Flask, cluster_id: int, visit: Callable[[str], str], query: str, companies: list[str]
) -> None:
    with database_session(app) as session:
        for name in ("Buche", "Eiche") if "dabei" in query else ():
            absent = session.scalars(select(Organisation.id).where(Organisation.name == name)).one()
            session.add(
                CohortAssignment(
                    organisation_id=absent, cluster_id=cluster_id, reporting_year=YEAR, assigned_at=NOW
                )
            )
    names = re.compile(r'<th scope="row"[^>]*><a [^>]*>([^<]*)</a>')
    assert names.findall(visit(f"?jahr=2025&{query}")) == companies
    assert names.findall(visit(f"waermebild?jahr=2025&{query}")) == companies
    lines = visit(f"uebersicht.csv?jahr=2025&{query}").splitlines()[1:]
    assert [line.split(";")[0] for line in lines] == companies
    message = visit(f"nachricht?jahr=2025&{query}")
    recipients = re.findall(r"<strong>(\w+)</strong>: Leitung \1", message)
    assert recipients == companies


def test_ticks_refine_what_is_shown(app: Flask, cluster_id: int, visit: Callable[[str], str]) -> None:
    page = visit("?jahr=2025&kriterium=11&zeichen=missing")
    form = page.split('<form class="dnk-picks"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
    assert hidden == {"jahr": "2025", "kriterium": "11", "zeichen": "missing", "nur": "0"}
    boxes = re.findall(r'type="checkbox" name="nur" value="(\d+)" aria-label="(\w+) ankreuzen"', form)
    ticked = [key for key, name in boxes if name in ("Amsel", "Flöte")]
    targets = re.findall(r'formaction="/cluster/\d+/([^"#]*)', form)
    assert targets == ["nachricht", "", "uebersicht.xlsx"]
    query = urlencode([*hidden.items(), *(("nur", key) for key in ticked)])
    assert "An 2 Unternehmen, 2 Personen" in visit(f"nachricht?{query}")
    shown = visit(f"?{query}")
    assert "2 Mitglieder passen zum Filter" in shown
    assert f"nur={'.'.join(sorted(ticked, key=int))}" in shown, "each link keeps the ticks, joined"
    assert "Mit diesem Filter bleibt niemand übrig" in visit("nachricht?jahr=2025&nur=0")


def test_the_file_has_the_criteria_in_words_and_the_contacts(
    app: Flask, cluster_id: int, visit: Callable[[str], str]
) -> None:
    """Contacts only where the consent names them: before there were editions it did not."""
    with database_session(app) as session:
        eiche = select(Organisation.id).where(Organisation.name == "Eiche").scalar_subquery()
        for consent in session.scalars(select(Consent).where(Consent.organisation_id == eiche)):
            consent.edition = ""
    text = visit("uebersicht.csv?jahr=2025").lstrip("\ufeff")
    heading, *lines = (line.split(";") for line in text.splitlines())
    rows = {line[0]: dict(zip(heading, line, strict=True)) for line in lines}
    assert heading[-20].startswith("1 ")
    assert len([title for title in heading if re.match(r"\d+ ", title)]) == 20
    eleventh = next(title for title in heading if title.startswith("11 "))
    assert {name: row[eleventh] for name, row in rows.items()} == {
        "Amsel": "offen",
        "Buche": "offen",
        "Cello": "in Arbeit",
        "Drossel": "erklärt",
        "Eiche": "beantwortet",
        "Flöte": "in Arbeit",
    }
    contacts = {name: (row["Kontakt"], row["E-Mail-Adressen"]) for name, row in rows.items()}
    assert contacts["Amsel"] == ("Leitung Amsel", "amsel@example.org")
    assert contacts["Eiche"] == ("", "")
    assert "Leitung Eiche" not in visit("?jahr=2025")


def test_a_reviewer_selects_but_does_not_write(app: Flask, cluster_id: int) -> None:
    client: FlaskClient = app.test_client()
    sign_in(client, "reviewer@example.org")
    page = client.get(f"/cluster/{cluster_id}/waermebild?jahr=2025&kriterium=11").text
    assert "dnk-asked" in page
    assert "schreiben" not in page
    query = "jahr=2025&kriterium=11&zeichen=missing"
    assert client.get(f"/cluster/{cluster_id}/nachricht?{query}").status_code == 403


@pytest.mark.parametrize(
    ("query", "part"),
    [("", 1), ("kriterium=11", 3), ("teil=society", 4), ("kriterium=11&teil=strategy", 1), ("teil=x", 1)],
)
def test_a_narrow_window_shows_one_part(visit: Callable[[str], str], query: str, part: int) -> None:
    page = visit(f"waermebild?jahr=2025&{query}")
    assert f"dnk-heat--part{part}" in page
    parts = page.split('<nav class="dnk-heat__parts"')[1].split("</nav>")[0]
    assert parts.count("teil=") == 4
    assert parts.count("aria-current") == 1
