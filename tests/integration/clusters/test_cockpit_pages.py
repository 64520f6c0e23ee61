"""The pages of the cockpit: what a cluster sees and does not see, filters in addresses, few statements."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.clusters.criterion_signs import CriterionSign
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.store.answers import history
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.clusters import Cohort, Consent, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow
from tests.support.app import World, count_statements, database_session, make_cluster
from tests.support.browsers import signed_in
from tests.support.cockpit_members import (
    HOSTILE,
    YEAR,
    add_company,
    add_declaration,
    add_kinds,
    add_many,
    default_cohort,
)

PAGES = ("", "waermebild", "uebersicht.csv", "uebersicht.xlsx", "nachricht")
EVERYBODY = ["Adler", "Bäcker", "Chemie", "Dreher", "Elektro"]


@pytest.fixture
def cluster_id(app: Flask) -> int:
    with database_session(app) as session:
        cluster = make_cluster(
            session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
        )
        return cluster.id


@pytest.fixture
def manager(app: Flask, cluster_id: int) -> FlaskClient:
    return signed_in(app, "manager")


def main_text(html: str) -> str:
    """The text of the page's own part, spaces made one."""
    inner = re.sub(r"<svg.*?</svg>", "", re.split("<main[^>]*>|</main>", html)[1], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inner)).replace("\xad", "").split())


def companies_in_table(html: str) -> list[str]:
    """The companies of the table, in its order."""
    return [unescape(company) for company in re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]*)</a>', html)]


def members_of_each_kind(app: Flask, cluster_id: int) -> dict[str, int]:
    """A member of each kind that has something to do; declarations by the company's first word."""
    with database_session(app) as session:
        return add_kinds(session, cluster_id, now=datetime.now(UTC))


def test_the_cockpit_begins_with_what_to_do(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    page = manager.get(f"/cluster/{cluster_id}/")
    text = main_text(page.text)
    assert "1 wartet auf Prüfung am längsten Adler GmbH, seit 3 Tagen Prüfung öffnen" in text
    assert "2 sind überfällig die Frist war am" in text
    assert "1 hat auf Anmerkungen noch nicht geantwortet" in text
    assert "1 ist still seit drei Wochen am längsten Bäcker KG, zuletzt am" in text
    headings = [text.index(f" {words} ") for words in ("Zuerst", "Wo es hakt", "Stand", "Mitglieder Name")]
    assert headings == sorted(headings)
    assert "Mitglieder 5 Noch nicht begonnen 1 In Arbeit 1 Eingereicht 1 Änderungen angefordert 1" in text
    assert "Ihr Cluster hat 1 Erklärung freigegeben" in text
    assert companies_in_table(page.text) == [
        "Adler GmbH",
        "Bäcker KG",
        "Chemie AG",
        f"Dreher {HOSTILE}",
        "Elektro GmbH",
    ]
    assert HOSTILE not in page.text
    assert f'href="/cluster/{cluster_id}/?jahr=2025&amp;aufgabe=silent#mitglieder"' in page.text
    assert f'href="/cluster/{cluster_id}/pruefung/"' in page.text


def test_where_it_sticks_leads_to_the_heat_map(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    """The three criteria that most members lack, the first of them first when equal."""
    members_of_each_kind(app, cluster_id)
    page = manager.get(f"/cluster/{cluster_id}/").text
    stuck = re.findall(r'href="/cluster/\d+/waermebild\?jahr=2025&amp;kriterium=(\d+)"', page)
    assert stuck == ["1", "2", "3"]
    text = main_text(page)
    assert "1 Strategische Analyse und Maßnahmen · 5 offen 0 % fertig" in text


def test_what_waits_is_shown_whatever_the_year(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    """Also when somebody has begun a far year: that turns no page and hides nothing."""
    members_of_each_kind(app, cluster_id)
    with database_session(app) as session:
        now = datetime.now(UTC)
        company = add_company(session, cluster_id, "Zukunft AG", joined_at=now)
        given = {"state": State.SUBMITTED, "cluster_id": cluster_id, "submitted_at": now}
        add_declaration(session, company, changed_at=now, year=2099, **given)
    text = main_text(manager.get(f"/cluster/{cluster_id}/").text)
    assert "Erklärungen für 2025" in text
    assert "2 warten auf Prüfung am längsten Adler GmbH, seit 3 Tagen Prüfung" in text
    far = main_text(manager.get(f"/cluster/{cluster_id}/?jahr=2099").text)
    assert "2 warten auf Prüfung am längsten Adler GmbH, seit 3 Tagen, für 2025" in far


def test_the_median_comes_from_the_trail(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    key, now = members_of_each_kind(app, cluster_id)["Adler"], datetime.now(UTC)
    assert "Bis zur Antwort" not in main_text(manager.get(f"/cluster/{cluster_id}/").text)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, key)
        for kind, days in ((EventKind.SUBMITTED, 9), (EventKind.CHANGES_REQUESTED, 3)):
            history.record_declaration_event(
                session, declaration, kind, actor_id=None, now=now - timedelta(days=days)
            )
    text = main_text(manager.get(f"/cluster/{cluster_id}/").text)
    assert "Bis zur Antwort auf eine Einreichung vergehen meist 6 Tage." in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("aufgabe=review", ["Adler"]),
        ("stand=approved", ["Chemie"]),
        ("stand=not-started", ["Elektro"]),
        ("suche=b%C3%84cker", ["Bäcker"]),
        ("suche=gmbh&richtung=ab", ["Elektro", "Adler"]),
        ("suche=gmbh&stand=submitted", ["Adler"]),
        ("sortierung=activity&richtung=ab&suche=r", ["Dreher", "Adler", "Bäcker", "Elektro"]),
        ("sortierung=done&suche=gmbh", ["Elektro", "Adler"]),
        ("suche=gibt-es-nicht", []),
        ("suche=%07%25'\"--", []),
        ("jahr=1066&stand=quatsch&aufgabe=&sortierung=x&seite=-3", EVERYBODY),
        (f"jahr={'9' * 30}&seite={'9' * 30}", EVERYBODY),
        ("seite=9999", EVERYBODY),
    ],
)
@pytest.mark.parametrize("page", ["", "waermebild"])
def test_the_address_is_the_filter(
    app: Flask, manager: FlaskClient, cluster_id: int, query: str, names: list[str], page: str
) -> None:
    members_of_each_kind(app, cluster_id)
    answer = manager.get(f"/cluster/{cluster_id}/{page}?{query}")
    assert answer.status_code == 200
    companies = companies_in_table(answer.text) if names else []
    assert [name.split()[0] for name in companies] == names
    assert names or "0 Mitglieder passen zum Filter" in main_text(answer.text)


def test_every_link_keeps_the_filter(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    html = manager.get(f"/cluster/{cluster_id}/?jahr=2025&stand=submitted&suche=adler").text
    kept = "jahr=2025&amp;stand=submitted&amp;suche=adler"
    for path in ("waermebild", "nachricht", "uebersicht.csv", "uebersicht.xlsx"):
        assert f'href="/cluster/{cluster_id}/{path}?{kept}"' in html
    assert f"?{kept}&amp;sortierung=remarks&amp;richtung=ab#mitglieder" in html
    assert '<option value="submitted" selected>' in html
    assert 'name="suche" type="search" value="adler"' in html


def test_headings_say_how_they_are_sorted(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    path = f"/cluster/{cluster_id}/?jahr=2025"
    plain = manager.get(path).text
    assert re.findall(r'aria-sort="(\w+)"><a [^>]*>([^<]*)', plain) == [("ascending", "Unternehmen")]
    turned = manager.get(f"{path}&sortierung=done&richtung=ab").text
    assert re.findall(r'aria-sort="(\w+)"><a [^>]*>([^<]*)', turned) == [("descending", "Kriterien 1 bis 20")]
    assert 'sortierung=done#mitglieder">Kriterien' in turned, "the same heading turns the order round"


def test_an_empty_cluster_says_so(manager: FlaskClient, cluster_id: int) -> None:
    text = main_text(manager.get(f"/cluster/{cluster_id}/").text)
    assert "Zu diesem Cluster gehört noch kein Unternehmen." in text
    assert "Wo es hakt" not in text
    assert manager.get(f"/cluster/{cluster_id}/waermebild").status_code == 200


def test_nothing_to_do_is_good_news(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    with database_session(app) as session:
        add_company(session, cluster_id, "A", joined_at=datetime.now(UTC))
    assert "Zurzeit nichts: Keine Erklärung wartet auf Sie" in main_text(
        manager.get(f"/cluster/{cluster_id}/").text
    )


def test_members_come_in_pages(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    """Fifty in the list; in the heat map three hundred, whose heads stay in sight."""
    with database_session(app) as session:
        add_many(session, cluster_id, 301, now=datetime.now(UTC))
    first, last = (manager.get(f"/cluster/{cluster_id}/?seite={number}") for number in (1, 7))
    assert "Seite 1 von 7 Nächste Seite" in main_text(first.text)
    assert "Vorherige Seite Seite 7 von 7" in main_text(last.text)
    map_page = manager.get(f"/cluster/{cluster_id}/waermebild")
    assert len(companies_in_table(map_page.text)) == 300
    assert "Seite 1 von 2 Nächste Seite" in main_text(map_page.text)
    assert len(gzip.compress(map_page.data)) <= 30_000


@pytest.mark.parametrize("page", PAGES)
def test_a_thousand_members_take_no_more_statements(
    app: Flask, manager: FlaskClient, cluster_id: int, page: str
) -> None:
    """A page in at most 15 statements, with three members and a cohort as with a thousand and twenty."""
    with database_session(app) as session:
        for number in range(3):
            company = add_company(session, cluster_id, f"{number} AG", joined_at=datetime.now(UTC))
            add_declaration(session, company, changed_at=datetime.now(UTC), progress={"1": "answered"})
        cohorts = [
            Cohort(
                cluster_id=cluster_id,
                reporting_year=YEAR,
                name=f"Kohorte {number}" if number else "",
                is_default=not number,
                created_at=datetime.now(UTC),
            )
            for number in range(20)
        ]
        session.add(cohorts[0])
        session.flush()
        key = cohorts[0].id
        session.add(Milestone(cohort_id=key, day=date(2027, 1, 13), title="Treffen", sections=["1"]))
    counts = []
    for more in (0, 1_000):
        with database_session(app) as session:
            if more:
                add_many(session, cluster_id, more, now=datetime.now(UTC))
                session.add_all(cohorts[1:])
        path = f"/cluster/{cluster_id}/{page}?jahr={YEAR}&kohorte={key}&suche=a"
        with count_statements(app) as statements:
            assert manager.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15


def test_what_a_company_writes_is_never_shown(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    canary = "Kanarienvogel"
    made, now = members_of_each_kind(app, cluster_id), datetime.now(UTC)
    with database_session(app) as session:
        for key in made.values():
            session.add(AnswerRow(declaration_id=key, ref="1.1", text=canary, changed_at=now))
            for audience in Audience:
                session.add(
                    RemarkRow(
                        declaration_id=key,
                        cluster_id=None if audience is Audience.COMPANY else cluster_id,
                        section="5",
                        version=1,
                        audience=audience,
                        side=ReviewSide.REVIEWERS,
                        text=canary,
                        written_at=now,
                        published_at=now,
                    )
                )
        companies = session.scalars(select(Consent.organisation_id)).all()
    paths = [f"/cluster/{cluster_id}/{page}" for page in PAGES]
    paths += [f"/cluster/{cluster_id}/mitglieder/{company}" for company in companies]
    for path in paths:
        answer = manager.get(path)
        assert answer.status_code == 200
        assert canary.encode() not in answer.data, path


def test_a_member_is_told_by_status_alone(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    key, now = members_of_each_kind(app, cluster_id)["Bäcker"], datetime.now(UTC)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, key)
        company = declaration.organisation_id
        for kind, hours in (
            (EventKind.SECTION_SAVED, 1),
            (EventKind.SECTION_SAVED, 1),
            (EventKind.SIGN_OFF_ASKED, 1),
            (EventKind.REMARK_WRITTEN, 1),
            (EventKind.CONTRIBUTION_ASKED, 1),
        ):
            history.record_declaration_event(
                session, declaration, kind, actor_id=None, now=now - timedelta(hours=hours)
            )
    text = main_text(manager.get(f"/cluster/{cluster_id}/mitglieder/{company}").text)
    assert "12 von 20 Kriterien fertig" in text
    assert "5. Verantwortung Beantwortet" in text
    assert "6. Regeln und Prozesse Erklärt" in text
    assert "7. Kontrolle In Arbeit" in text
    assert "8. Anreizsysteme Offen" in text
    assert "Das Unternehmen ist am Zug" in text
    assert "(überfällig)" in text
    assert "Seit dem Beitritt wurde noch nichts eingereicht oder abgeschlossen." in text
    for private in ("Beitrag", "Anmerkung", "Bestätigung", "gespeichert"):
        assert private not in text


def test_a_member_that_has_not_begun(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    with database_session(app) as session:
        company = add_company(session, cluster_id, "Neu GmbH", joined_at=datetime.now(UTC))
    text = main_text(manager.get(f"/cluster/{cluster_id}/mitglieder/{company}").text)
    assert "Stand Noch nicht begonnen" in text
    assert "Seit dem Beitritt wurde noch nichts eingereicht oder abgeschlossen." in text


def test_after_the_withdrawal_nothing_is_left(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    """In the same session, at once: neither page nor file nor name."""
    members_of_each_kind(app, cluster_id)
    with database_session(app) as session:
        [company] = session.scalars(
            select(Consent.organisation_id)
            .join(Declaration, Declaration.organisation_id == Consent.organisation_id)
            .where(Declaration.state == State.SUBMITTED)
        )
    assert manager.get(f"/cluster/{cluster_id}/mitglieder/{company}").status_code == 200
    assert "Adler" in manager.get(f"/cluster/{cluster_id}/uebersicht.csv").text
    with database_session(app) as session:
        for consent in session.scalars(select(Consent).where(Consent.organisation_id == company)):
            consent.withdrawn_at = datetime.now(UTC)
    assert manager.get(f"/cluster/{cluster_id}/mitglieder/{company}").status_code == 404
    for page in PAGES:
        assert b"Adler" not in manager.get(f"/cluster/{cluster_id}/{page}").data, page


def test_the_heat_map_says_each_cell_in_words(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    key = members_of_each_kind(app, cluster_id)["Adler"]
    with database_session(app) as session:
        for section in ("6", "6", "general"):
            session.add(
                RemarkRow(
                    declaration_id=key,
                    cluster_id=cluster_id,
                    section=section,
                    version=1,
                    audience=Audience.SHARED,
                    side=ReviewSide.REVIEWERS,
                    text="x",
                    written_at=datetime.now(UTC),
                    published_at=datetime.now(UTC),
                )
            )
        company = session.get_one(Declaration, key).organisation_id
    html = manager.get(f"/cluster/{cluster_id}/waermebild?stand=submitted").text
    row = html.split("<tbody")[1].split("</tr>")[0]
    cells = re.findall(r'<td role="cell" class="a\d [^>]*>.*?</td>', row, flags=re.S)
    assert len(cells) == 20
    words = [main_text(f"<main>{cell}</main>") for cell in cells]
    assert words[3:8] == [
        "offen",
        "beantwortet",
        "Rückfrage, 2 offene Anmerkungen",
        "in Arbeit",
        "offen",
    ]
    assert f'<a href="/cluster/{cluster_id}/pruefung/{key}/5">' in cells[4], "the submitted answer"
    assert "1 weitere Anmerkung : Adler GmbH" in main_text(f"<main>{row}</main>")
    assert f'href="/cluster/{cluster_id}/pruefung/{key}/general">' in row
    signs = [match[1] for cell in cells if (match := re.search(r'href="#sign-([\w-]+)"', cell))]
    assert signs[4:7] == ["answered", "remark", "in-progress"]
    assert {f'id="sign-{sign.value}"' in html for sign in CriterionSign} == {True}
    wall = main_text(manager.get(f"/cluster/{cluster_id}/raum/wand?still=1").text)
    assert "5. Verantwortung 4 von 5" in wall
    assert "6. Regeln und Prozesse 3 von 5" in wall, "explained counts, an open remark does not"
    file = main_text(manager.get(f"/cluster/{cluster_id}/mitglieder/{company}").text)
    assert "3 Anmerkungen sind offen: 6. Regeln und Prozesse 1 an anderer Stelle" in file
    assert "11 von 20 Kriterien fertig, 1 mit offener Anmerkung" in file


def test_members_are_found_by_name_and_stage(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    for query, found in (
        ("suche=%C3%84CK", ["Bäcker KG"]),
        ("stand=submitted", ["Adler GmbH"]),
        ("stand=not-started", ["Elektro GmbH"]),
        ("stand=submitted&suche=elektro", []),
    ):
        html = manager.get(f"/cluster/{cluster_id}/mitglieder?{query}").text
        assert companies_in_table(html) == found
        assert f"Gefunden ({len(found)})" in html


def test_what_is_not_submitted_here_leads_nowhere(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    html = manager.get(f"/cluster/{cluster_id}/waermebild?suche=b%C3%A4cker").text
    row = html.split("<tbody")[1].split("</tr>")[0]
    assert re.findall(r'class="a\d [^>]*><a', row) == []
    assert "erklärt" in row


def test_a_reviewer_sees_all_but_the_message(app: Flask, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    client = signed_in(app, "reviewer")
    page = client.get(f"/cluster/{cluster_id}/")
    assert page.status_code == 200
    assert "/nachricht" not in page.text
    assert client.get(f"/cluster/{cluster_id}/nachricht").status_code == 403


def test_the_pages_speak_english(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    members_of_each_kind(app, cluster_id)
    manager.get("/sprache/en")
    text = main_text(manager.get(f"/cluster/{cluster_id}/").text).partition("Declarations for 2025")[2]
    assert "1 is waiting for review" in text
    for german in ("Mitglieder", "Prüfung", "überfällig", "Frist", "Unternehmen", "Stand "):
        assert german not in text


def test_years_are_chosen_by_link(app: Flask, world: World) -> None:
    with database_session(app) as session:
        for year in (2024, 2025):
            due = date(year + 1, 3, 31)
            session.add(default_cohort(cluster_id=world.cluster, reporting_year=year, due=due))
    client = signed_in(app, "manager")
    assert "Erklärungen für 2025" in main_text(client.get(f"/cluster/{world.cluster}/").text)
    earlier = main_text(client.get(f"/cluster/{world.cluster}/?jahr=2024").text)
    assert "Erklärungen für 2024" in earlier
    assert "Frist für die Einreichung: 31. März 2025" in earlier
    assert "Noch nicht begonnen 1" in earlier
