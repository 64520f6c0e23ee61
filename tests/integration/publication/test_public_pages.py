"""The public lists, feeds and files: what is in them, who decides, and that what is taken back is gone."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.services.declarations import submission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Event, Snapshot
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.publication import files
from tests.support import cockpit_members
from tests.support.app import count_statements, database_session, make_account, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    CRAFT,
    LATER,
    NOW,
    DeclarationScenario,
    declaration_path,
    scenario_session,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>{{ 7*7 }}&"

Publish = Callable[..., str]


@pytest.fixture
def publish(app: Flask, play: DeclarationScenario) -> Publish:
    """Publishes a declaration of another company, or of another year of the first one; gives its slug."""

    def run(*, name: str = "Beck GmbH", year: int = 2025, is_first: bool = False, **profile: Any) -> str:
        document = said_of_year(read_document(CRAFT.read_bytes()), year)
        if not is_first:
            document = replace(document, organisation=replace(document.organisation, name=name, **profile))
        with database_session(app) as session:
            organisation = Organisation(name="Heute heißt sie anders", created_at=NOW)
            if is_first:
                organisation = session.get_one(Organisation, play.declaration.organisation_id)
            session.add(organisation)
            session.flush()
            return put_publication(session, document, organisation, NOW + timedelta(minutes=year - 2000))

    return run


def said_of_year(document: Document, year: int) -> Document:
    """The same, said of another year."""
    step = year - document.reporting_year
    figures = {(of + step, key): figure for (of, key), figure in document.figures.items()}
    return replace(document, reporting_year=year, figures=figures)


def put_publication(session: Session, document: Document, organisation: Organisation, now: datetime) -> str:
    """A version that is done, and its publication."""
    declaration = cockpit_members.add_declaration(
        session, organisation.id, changed_at=now, year=document.reporting_year, state=State.FINISHED
    )
    content = canonical_json(document)
    session.add(
        Snapshot(
            declaration_id=declaration.id,
            version=1,
            content=content,
            sha256=fingerprint(content),
            finished_at=now,
        )
    )
    session.flush()
    return publishing_steps.publish(Work(session, SHELL, now), declaration).slug


@pytest.fixture
def slug(app: Flask, play: DeclarationScenario) -> str:
    """The address of the first company's declaration."""
    with scenario_session(app, play) as now:
        now.submit(to=False)
        return publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration).slug


def companies(page: str) -> list[str]:
    """The names and years of a list, in its order."""
    names_and_years = re.findall(
        r'dnk-published__name"><a [^>]*>([^<]*)<.*?dnk-published__year">(\d+)<', page
    )
    return [f"{name} {year}" for name, year in names_and_years]


def parsed_xml(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - our own


def entries(client: FlaskClient, path: str = "/berichte/feed.atom") -> list[ElementTree.Element]:
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml"
    return parsed_xml(answer.data).findall("a:entry", ATOM)


def entry_text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"a:{name}", "", ATOM)


# ---- The list


def test_an_empty_list_is_kind(visitor: FlaskClient, play: DeclarationScenario) -> None:
    page = visitor.get("/berichte").text
    assert "Hier ist noch nichts veröffentlicht." in page
    assert "<form" not in page.partition("<main")[2], "nothing to filter"
    assert (
        "Nothing is published here yet." in visitor.get("/berichte", headers={"Accept-Language": "en"}).text
    )


def test_13_a_section_lists_codes_of_both_classifications(visitor: FlaskClient, publish: Publish) -> None:
    publish(name="Code Alt", year=2023, sector="62", employees=8)
    publish(name="Code Neu", year=2024, sector="WZ 2025: 62.10", employees=8)
    publish(name="Geld", year=2024, sector="64", employees=8)
    page = visitor.get("/berichte?branche=K").text
    assert companies(page) == ["Code Alt 2023", "Code Neu 2024"]
    assert "Programmierungstätigkeiten" in page
    assert companies(visitor.get("/berichte?branche=L").text) == ["Geld 2024"]


def test_filter_search_and_order(visitor: FlaskClient, slug: str, publish: Publish) -> None:
    publish(name="Äpfel & Söhne", year=2023, sector="01", employees=8)
    publish(name="Zimmerei Zander", year=2024, sector="43", employees=300)

    def listed(query: str) -> list[str]:
        return companies(visitor.get(f"/berichte?{query}").text)

    first = "Steinmetzwerkstatt Quenzel &amp; Marschall GbR 2025"
    apples, timber = "Äpfel &amp; Söhne 2023", "Zimmerei Zander 2024"
    assert listed("") == [apples, first, timber], "umlauts as in a phone book"
    assert listed("suche=soehne") == listed("suche=SÖHNE") == [apples]
    assert listed("suche=%25") == listed("suche=_") == [], "no wildcards"
    assert listed("jahr=2024") == listed("branche=F&groesse=large") == [timber]
    assert listed("groesse=micro") == [apples, first]
    assert listed("branche=A") == [apples]
    assert listed("sortierung=year") == [first, timber, apples]
    assert listed("sortierung=newest")[0] == timber
    assert (len(listed("indikatoren=gri")), listed("indikatoren=effas-level-2")) == (3, [])
    for query in ("jahr=x", "jahr=99999", "branche=%27--", "groesse=?", "sortierung=-1", "seite=-1"):
        assert len(listed(query)) == 3, query
    nothing = visitor.get("/berichte?suche=Niemand&jahr=2024").text
    assert "passt nichts Veröffentlichtes" in nothing
    assert 'value="Niemand"' in nothing
    assert 'value="2024" selected' in nothing
    assert 'href="/berichte">Filter aufheben' in nothing


def test_a_thousand_take_no_more_statements_and_pages_keep_the_filter(
    app: Flask, visitor: FlaskClient, slug: str
) -> None:
    visitor.get("/berichte")
    with count_statements(app) as few:
        visitor.get("/berichte")
    add_publication(app, 1_000)
    with count_statements(app) as many:
        page = visitor.get("/berichte?jahr=2025&sortierung=newest").text
    assert len(many) == len(few) <= 4, many
    assert len(companies(page)) == 50
    following = re.search(r'href="([^"]*)" rel="next"', page)
    assert following
    assert "jahr=2025" in following[1]
    assert "sortierung=newest" in following[1]
    assert "Seite 2 von 3" in visitor.get(following[1].replace("&amp;", "&")).text


def add_publication(app: Flask, number: int) -> None:
    with database_session(app) as session:
        cluster = cockpit_members.make_bare_cluster(session, "Großer Cluster")
        cockpit_members.add_published(session, cluster, number, now=NOW)


def test_what_is_published_is_described_by_its_version(app: Flask, slug: str, publish: Publish) -> None:
    publish(name="Groß " + "ä" * 490, employees=None)
    with database_session(app) as session:
        first, long = session.scalars(select(Publication).order_by(Publication.id))
        assert first.search_name == "steinmetzwerkstatt quenzel & marschall gbr"
        assert first.size in tuple(CompanySize)
        assert len(long.search_name) == 500
        assert long.size is None


# ---- Clusters


@pytest.fixture
def listing(app: Flask, play: DeclarationScenario, slug: str) -> str:
    """The address of the public list of the first company's cluster."""
    with database_session(app) as session:
        session.get_one(Cluster, play.cluster).has_public_list = True
    return f"/berichte/cluster/{play.cluster}-cluster-nord"


def test_a_cluster_lists_its_members_and_nobody_else(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, listing: str, publish: Publish
) -> None:
    publish(name="Fremd GmbH")
    page = visitor.get(listing)
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert [company[:11] for company in companies(page.text)] == ["Steinmetzwe"]
    assert len(companies(visitor.get("/berichte").text)) == 2
    assert f'href="{listing}"' in visitor.get("/berichte").text
    feed = f"/berichte/cluster/{play.cluster}/feed.atom"
    assert len(entries(visitor, feed)) == 1
    assert f'href="{feed}"' in page.text
    with database_session(app) as session:
        consent = clusters.find_consent(session, play.declaration.organisation_id, play.cluster)
        assert consent
        consent.withdrawn_at = LATER
    assert companies(visitor.get(listing).text) == []
    assert "Sobald ein Mitglied dieses Clusters" in visitor.get(listing).text
    assert entries(visitor, feed) == []


def test_nobody_is_named_as_a_member_without_having_agreed_to_it(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, listing: str
) -> None:
    with database_session(app) as session:
        consent = clusters.find_consent(session, play.declaration.organisation_id, play.cluster)
        assert consent
        consent.edition = "2026-11b"
        manager = make_account(session, "manager@example.org", name="Manager")
        session.add(
            ClusterStaff(
                user_id=manager.id, cluster_id=play.cluster, role=ClusterRole.MANAGER, created_at=NOW
            )
        )
        renewal = f"/unternehmen/{play.declaration.organisation_id}/cluster/{consent.id}/zustimmung"
    feed = f"/berichte/cluster/{play.cluster}/feed.atom"
    assert companies(visitor.get(listing).text) == []
    assert entries(visitor, feed) == []
    assert len(companies(visitor.get("/berichte").text)) == 1, "what it published stays public"
    owner = signed_in(app, "owner")
    said = "In der öffentlichen Liste von Cluster Nord steht sie nicht, solange Sie dem nicht zustimmen."
    assert said in publication_page(app, play)
    post(owner, f"{declaration_path(play)}/veroeffentlichung")

    leading = signed_in(app, "manager")
    members, ask = (f"/cluster/{play.cluster}/mitglieder{suffix}" for suffix in ("", "/einwilligung"))
    assert "Ihre öffentliche Liste darf 1 Mitglied noch nicht nennen" in leading.get(members).text
    assert "1 Unternehmen ist gebeten." in post(leading, ask, follow_redirects=True).text
    page = post(leading, ask, follow_redirects=True).text
    assert "Zurzeit gibt es niemanden, den Sie bitten können." in page
    assert "per E-Mail um eine Antwort bitten" not in page
    with database_session(app) as session:
        [mail] = session.scalars(select(Mail).where(Mail.subject.contains("Was darf das Cluster")))
        assert (mail.recipient, renewal in mail.body) == ("owner@example.org", True)

    home = f"/unternehmen/{play.declaration.organisation_id}"
    assert "Cluster Nord bittet um Ihre Antwort" in owner.get(home).text
    assert "Cluster Nord bittet" not in signed_in(app, "editor").get(home).text
    assert f'href="{renewal}"' in owner.get(f"{home}/cluster").text
    assert "damit sieht jeder, dass Ihr Unternehmen zum Cluster gehört" in owner.get(renewal).text
    assert post(owner, renewal, {"edition": "2026-11b"}).headers["Location"] == renewal, "other words"
    assert companies(visitor.get(listing).text) == []
    done = post(owner, renewal, {"edition": NEWEST_EDITION, "figures": "never"}, follow_redirects=True).text
    assert "Danke" in done
    assert done.count("Einwilligungstext 2026-11d, auf Deutsch") == 2, "now, and in the history"
    assert owner.get(renewal).status_code == 303, "nothing is left to agree to"
    assert len(companies(visitor.get(listing).text)) == 1
    assert len(entries(visitor, feed)) == 1
    assert "Cluster Nord bittet" not in owner.get(home).text
    assert "noch nicht nennen" not in leading.get(members).text


def test_a_cluster_has_no_list_unless_it_wants_one(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str
) -> None:
    paths = (
        f"cluster/{play.cluster}",
        f"cluster/{play.cluster}-cluster-nord",
        f"cluster/{play.cluster}/feed.atom",
    )
    unknown = ("cluster/987654-x", f"cluster/{10**30}", f"cluster/{10**30}/feed.atom", "cluster/x", "cluster")
    for path in (*paths, *unknown):
        assert visitor.get(f"/berichte/{path}").status_code == 404, path
    assert "Listen von Clustern" not in visitor.get("/berichte").text


def test_the_address_of_a_list_follows_its_name(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, listing: str
) -> None:
    with database_session(app) as session:
        session.get_one(Cluster, play.cluster).name = "Küste & Käfer </script>"
    now = f"/berichte/cluster/{play.cluster}-kueste-und-kaefer-script"
    for path in (listing, f"/berichte/cluster/{play.cluster}"):
        assert visitor.get(path).headers["Location"] == now
    assert "Küste &amp; Käfer &lt;/script&gt;" in visitor.get(now).text


def test_the_manager_decides_about_the_list(app: Flask, play: DeclarationScenario) -> None:
    with database_session(app) as session:
        manager = make_account(session, "manager@example.org", name="Manager")
        session.add(
            ClusterStaff(
                user_id=manager.id, cluster_id=play.cluster, role=ClusterRole.MANAGER, created_at=NOW
            )
        )
    client = signed_in(app, "manager")
    path = f"/cluster/{play.cluster}/team/angaben"
    assert re.search(r'value="no"[^>]* checked', client.get(path).text), "off by default"
    fields = {"cluster_name": "Cluster Nord", "contact": ""}
    page = post(client, path, fields | {"public_list": "yes"}, follow_redirects=True).text
    assert f"/berichte/cluster/{play.cluster}" in page
    assert app.test_client().get(f"/berichte/cluster/{play.cluster}").status_code == 302
    post(client, path, fields)
    assert app.test_client().get(f"/berichte/cluster/{play.cluster}").status_code == 302, "nothing chosen"
    assert "Öffentliche Liste der Mitglieder" in client.get(f"/cluster/{play.cluster}/protokoll").text
    post(client, path, fields | {"public_list": "no"})
    assert app.test_client().get(f"/berichte/cluster/{play.cluster}").status_code == 404


# ---- Years side by side


def test_the_years_of_a_company_stand_side_by_side(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str, publish: Publish
) -> None:
    alone = visitor.get(f"/berichte/{slug}").text
    assert 'id="entwicklung"' not in alone
    before = publish(year=2024, is_first=True)
    publish(name="Fremd GmbH", year=2023)
    page = visitor.get(f"/berichte/{slug}").text
    assert f'href="/berichte/{before}"' in page
    heads = re.search(r"dnk-trend.*?</thead>", page, flags=re.S)
    assert heads
    assert re.findall(r">(\d{4})<", heads[0]) == ["2024", "2025"]
    assert "2023" not in heads[0]
    assert f'href="/berichte/{slug}"' in visitor.get(f"/berichte/{before}").text
    with database_session(app) as session:
        session.scalars(select(Publication).where(Publication.slug == before)).one().revoked_at = LATER
    assert 'id="entwicklung"' not in visitor.get(f"/berichte/{slug}").text


# ---- Folded


def test_answers_are_folded_and_one_link_unfolds_them(visitor: FlaskClient, slug: str) -> None:
    folded, unfolded = (visitor.get(f"/berichte/{slug}{query}").text for query in ("", "?alles=1"))
    assert 'class="dnk-entry" open' not in folded
    assert f'href="/berichte/{slug}?alles=1#antworten"' in folded
    assert f'rel="canonical" href="http://localhost:8000/berichte/{slug}"' in unfolded
    answers = [re.findall(r'class="govuk-body dnk-text">([^<]*)', page) for page in (folded, unfolded)]
    assert answers[0] == answers[1] != []
    entries = re.findall(r'<details class="dnk-entry"( open)?>', unfolded)
    assert len(entries) > 20
    assert set(entries) == {" open"}
    targets = set(re.findall(r'<a href="#([^"]+)"', folded))
    assert targets <= set(re.findall(r' id="([^"]+)"', folded)), "the contents lead somewhere"


def test_the_stripes_say_what_is_not_reported(visitor: FlaskClient, slug: str) -> None:
    page = visitor.get(f"/berichte/{slug}").text
    said = re.search(r"(\d+) von (\d+) Angaben berichtet, (\d+) begründet", page)
    assert said
    reported, total, explained = map(int, said.groups())
    assert reported + explained == total
    assert page.count('class="dnk-stripes__ground"') == 20
    assert ("Nicht alles berichtet: Kriterium" in page) == bool(explained)


# ---- Taken back


def test_taken_back_it_is_nowhere(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str, listing: str
) -> None:
    with database_session(app) as session:
        session.get_one(Organisation, play.declaration.organisation_id).is_findable = True
    feed = f"/berichte/cluster/{play.cluster}/feed.atom"
    lists = ("/berichte", listing, "/berichte/feed.atom", feed, "/sitemap.xml")
    kept = {path: visitor.get(path).headers["ETag"] for path in lists}
    for path in lists:
        assert slug in visitor.get(path).text, path
    before = visitor.get(feed).text
    post(signed_in(app, "owner"), f"{declaration_path(play)}/veroeffentlichung/zuruecknehmen")
    for path in lists:
        answer = visitor.get(path, headers={"If-None-Match": kept[path]})
        assert answer.status_code == 200, path
        assert slug not in answer.text, path
    assert visitor.get(feed).text != before
    for name in ("", "/erklaerung.pdf", "/erklaerung.json", "/kennzahlen.xlsx", "/kennzahlen.csv"):
        gone = visitor.get(f"/berichte/{slug}{name}")
        assert gone.status_code == 410, name
        assert gone.headers["Cache-Control"] == "no-store"


# ---- Search engines


def test_search_engines_show_nothing_unless_the_owner_lets_them(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str, publish: Publish
) -> None:
    other = publish(name="Nicht GmbH")
    files = ("", "/erklaerung.json", "/kennzahlen.csv", "/kennzahlen.xlsx")
    for name in files:
        assert visitor.get(f"/berichte/{slug}{name}").headers["X-Robots-Tag"] == "noindex", name
    assert '<meta name="robots" content="noindex">' in visitor.get(f"/berichte/{slug}").text
    assert slug not in visitor.get("/sitemap.xml").text
    owner, path = (
        signed_in(app, "owner"),
        f"/unternehmen/{play.declaration.organisation_id}/suchmaschinen",
    )
    assert re.search(r'value="no"[^>]* checked', owner.get(path).text)
    assert post(owner, path, {"findable": "?"}).status_code == 422
    assert "Gespeichert." in post(owner, path, {"findable": "yes"}, follow_redirects=True).text
    post(owner, path, {"findable": "yes"})
    for name in files:
        assert "X-Robots-Tag" not in visitor.get(f"/berichte/{slug}{name}").headers, name
    assert 'name="robots"' not in visitor.get(f"/berichte/{slug}").text
    site = visitor.get("/sitemap.xml")
    pages = parsed_xml(site.data)
    assert [location.text for location in pages.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")] == [
        f"http://localhost:8000/berichte/{slug}"
    ]
    assert other not in site.text
    for listed in ("/berichte", "/berichte/feed.atom", "/sitemap.xml"):
        assert visitor.get(listed).headers["X-Robots-Tag"] == "noindex", "lists name everybody"
    with database_session(app) as session:
        changed = [event for event in session.scalars(select(Event)) if "is_findable" in str(event.detail)]
        assert len(changed) == 1, "the second time changed nothing"
    trail = owner.get(f"/unternehmen/{play.declaration.organisation_id}/protokoll").text
    assert "Suchmaschinen dürfen Veröffentlichtes zeigen" in trail
    assert "Suchmaschinen dürfen sie zeigen." in publication_page(app, play)


def publication_page(app: Flask, play: DeclarationScenario) -> str:
    """The page where the owner may publish what was taken back."""
    owner = signed_in(app, "owner")
    post(owner, f"{declaration_path(play)}/veroeffentlichung/zuruecknehmen")
    return owner.get(f"{declaration_path(play)}/veroeffentlichung").text


def test_robots_may_read_what_they_must_not_show(visitor: FlaskClient, play: DeclarationScenario) -> None:
    lines = visitor.get("/robots.txt").text.splitlines()
    assert "Disallow:" in lines, "noindex works only on a page that may be read"
    assert "Sitemap: http://localhost:8000/sitemap.xml" in lines


def test_publishing_says_where_it_will_stand(app: Flask, play: DeclarationScenario, listing: str) -> None:
    page = publication_page(app, play)
    assert "öffentlichen Liste von Cluster Nord" in page
    assert "Suchmaschinen dürfen sie nicht zeigen." in page


# ---- The feed


def test_the_feed_is_atom_with_ids_that_stay(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str, publish: Publish
) -> None:
    publish(name="Zweite GmbH")
    feed_entries = entries(visitor)
    assert [entry_text(entry, "title") for entry in feed_entries] == [
        "Zweite GmbH – 2025",
        "Steinmetzwerkstatt Quenzel & Marschall GbR – 2025",
    ]
    feed = parsed_xml(visitor.get("/berichte/feed.atom").data)
    assert entry_text(feed, "updated") == max(entry_text(entry, "updated") for entry in feed_entries)
    assert entry_text(feed, "id") == "http://localhost:8000/berichte/feed.atom"
    ids = [entry_text(entry, "id") for entry in feed_entries]
    assert len(set(ids)) == 2
    assert all(entry_id.startswith("urn:uuid:") for entry_id in ids)
    for entry in feed_entries:
        assert entry.findtext("a:author/a:name", "", ATOM)
        assert entry.find("a:link[@rel='alternate']", ATOM) is not None
    later = NOW + timedelta(days=2)
    with scenario_session(app, play) as now:
        submission.reopen(Work(now.session, play.actor("editor"), later), now.declaration)
        now.submit(to=False)
        publishing_steps.publish(Work(now.session, play.actor("owner"), later), now.declaration)
    first, second = entries(visitor)
    assert entry_text(first, "id") == ids[1]
    assert entry_text(first, "updated") == "2026-11-27T09:00:00Z"
    assert entry_text(second, "id") == ids[0]


def test_a_feed_without_entries_is_one(visitor: FlaskClient, play: DeclarationScenario) -> None:
    assert entries(visitor) == []
    assert entry_text(parsed_xml(visitor.get("/berichte/feed.atom").data), "updated")


# ---- Files and data of one declaration


def test_the_files_say_what_the_version_says(app: Flask, visitor: FlaskClient, slug: str) -> None:
    data = visitor.get(f"/berichte/{slug}/erklaerung.json")
    document = read_document(data.data)
    assert document.organisation.name.startswith("Steinmetz")
    book = CalamineWorkbook.from_filelike(io.BytesIO(visitor.get(f"/berichte/{slug}/kennzahlen.xlsx").data))
    rows = list(
        csv.reader(
            visitor.get(f"/berichte/{slug}/kennzahlen.csv").data.decode("utf-8-sig").splitlines(),
            delimiter=";",
        )
    )
    assert len(rows) == len(book.get_sheet_by_index(0).to_python()) > 10
    assert {row[0] for row in rows[1:]} >= {"2025", "2024"}
    for name, label in (("erklaerung.json", "V1.json"), ("kennzahlen.xlsx", "V1-Kennzahlen.xlsx")):
        answer = visitor.get(f"/berichte/{slug}/{name}")
        assert label in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert answer.data == visitor.get(f"/berichte/{slug}/{name}").data, "the same bytes"
    for name in ("kennzahlen.xlsx", "kennzahlen.csv", "erklaerung.json"):
        assert f"/berichte/{slug}/{name}" in visitor.get(f"/berichte/{slug}").text


def test_what_is_explained_leaves_in_no_file(
    app: Flask, play: DeclarationScenario, visitor: FlaskClient, slug: str
) -> None:
    """A version frozen by an earlier release may hold words behind an explanation."""
    rewrite(
        app,
        lambda document: replace(
            document, answers={**document.answers, "2.1": replace(document.answers["2.1"], text="GEHEIM")}
        ),
    )
    data = json.loads(visitor.get(f"/berichte/{slug}/erklaerung.json").data)
    is_explained = data["answers"]["2.1"].get("disclosure") == "explain"
    assert ("GEHEIM" in json.dumps(data)) is not is_explained


def rewrite(app: Flask, change: Callable[[Document], Document]) -> None:
    """The first version says something else."""
    with database_session(app) as session:
        row = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
        assert row
        row.content = canonical_json(change(read_document(row.content)))
        row.sha256 = fingerprint(row.content)
        publishing_steps._describe(
            session.scalars(select(Publication).order_by(Publication.id)).first() or Publication(),
            read_document(row.content),
        )


def linked(page: str) -> dict[str, Any]:
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    assert script
    return dict(json.loads(script[1]))


def test_the_page_speaks_to_machines(visitor: FlaskClient, slug: str) -> None:
    data = linked(visitor.get(f"/berichte/{slug}").text)
    here = f"http://localhost:8000/berichte/{slug}"
    assert data["@type"] == "Report"
    assert data["publisher"]["@type"] == "Organization"
    assert data["datePublished"] == "2026-11-25"
    assert data["inLanguage"] == "de-DE"
    assert [encoding["contentUrl"] for encoding in data["encoding"]] == [
        f"{here}/erklaerung.pdf",
        f"{here}/erklaerung.docx",
        f"{here}/erklaerung.html",
        f"{here}/erklaerung.json",
    ]
    assert data["hasPart"]["@type"] == "Dataset"
    assert len(data["hasPart"]["description"]) >= 50
    assert "license" not in json.dumps(data)
    assert (
        visitor.get(
            data["hasPart"]["distribution"][0]["contentUrl"].removeprefix("http://localhost:8000")
        ).status_code
        == 200
    )


def test_hostile_words_stay_words(
    app: Flask, visitor: FlaskClient, slug: str, listing: str, play: DeclarationScenario
) -> None:
    def spoil(document: Document) -> Document:
        answers = {
            ref: replace(each, text=HOSTILE) if each.text else each for ref, each in document.answers.items()
        }
        figures = {
            key: replace(each, note=HOSTILE, source=f"=cmd|{HOSTILE}")
            for key, each in document.figures.items()
        }
        profile = replace(
            document.organisation,
            name=HOSTILE,
            address=HOSTILE,
            website="javascript:alert(1)",
            sector="25<b>",
        )
        return replace(document, answers=answers, figures=figures, organisation=profile)

    rewrite(app, spoil)
    with database_session(app) as session:
        session.get_one(Cluster, play.cluster).name = "Nord " + HOSTILE
        session.scalars(select(Publication)).one().company = HOSTILE + "\x0b"
    feed = f"/berichte/cluster/{play.cluster}/feed.atom"
    page = visitor.get(f"/berichte/{slug}").text
    data = linked(page)
    assert data["publisher"]["name"] == HOSTILE
    assert "url" not in data["publisher"]
    place = visitor.get(f"/berichte/cluster/{play.cluster}").headers["Location"]
    for path in (f"/berichte/{slug}", "/berichte", place):
        text = visitor.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "{{ 7*7 }}" in text, path
    [entry] = entries(visitor, feed)
    assert entry_text(entry, "title").startswith("</script>")
    assert "\ufffd" in entry_text(entry, "title"), "a sign that XML does not know"
    rows = visitor.get(f"/berichte/{slug}/kennzahlen.csv").data.decode("utf-8-sig")
    assert not [
        cell for row in csv.reader(io.StringIO(rows), delimiter=";") for cell in row if cell.startswith("=")
    ]
    with zipfile.ZipFile(io.BytesIO(visitor.get(f"/berichte/{slug}/kennzahlen.xlsx").data)) as book:
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]


def test_word_and_page_are_the_published_version(app: Flask, visitor: FlaskClient, slug: str) -> None:
    with database_session(app) as session:
        row = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
        assert row
        row.content = canonical_json(with_hostile_texts(read_document(row.content)))
    answers = {ending: visitor.get(f"/berichte/{slug}/erklaerung.{ending}") for ending in ("docx", "html")}
    for name, answer in answers.items():
        assert f"V1.{name}" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert f"/berichte/{slug}/erklaerung.{name}" in visitor.get(f"/berichte/{slug}").text
    with zipfile.ZipFile(io.BytesIO(answers["docx"].data)) as word:
        assert "Quenzel &amp; Marschall" in word.read("word/document.xml").decode()
    page = answers["html"].text
    assert "<script" not in page
    assert "alert(1)" in page, "said as words"
    english = visitor.get(f"/berichte/{slug}/erklaerung.html", headers={"Accept-Language": "en"}).text
    assert '<html lang="en' in english


def with_hostile_texts(document: Document) -> Document:
    return replace(document, answers={**document.answers, "1.1": Answer(Disclosure.COMPLY, HOSTILE)})


def test_nobody_has_files_made_without_end(
    app: Flask, visitor: FlaskClient, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"REMOTE_ADDR": "198.51.100.7"}
    monkeypatch.setattr(files, "SLOT_TIMEOUT_SECONDS", 0.01)
    with files._visitor_slot:
        busy = visitor.get(f"/berichte/{slug}/erklaerung.docx")
    assert busy.status_code == 503
    assert "Ihre Angaben" not in busy.text, "a visitor has said nothing"
    statuses = [visitor.get(f"/berichte/{slug}/erklaerung.html").status_code for _ in range(20)]
    assert statuses == [200] * 19 + [429]
    assert visitor.head(f"/berichte/{slug}/erklaerung.docx").status_code == 429
    assert visitor.get(f"/berichte/{slug}").status_code == 200
    assert visitor.get(f"/berichte/{slug}/erklaerung.docx", environ_overrides=other).status_code == 200


def test_the_operator_decides_before_any_company(
    app: Flask, settings: Settings, play: DeclarationScenario, visitor: FlaskClient, slug: str
) -> None:
    with database_session(app) as session:
        session.get_one(Organisation, play.declaration.organisation_id).is_findable = True
    assert "X-Robots-Tag" not in visitor.get(f"/berichte/{slug}").headers
    app.extensions["dnk_settings"] = settings.model_copy(update={"robots": "none"})
    paths = ("", "/erklaerung.html", "/erklaerung.json", "/kennzahlen.csv")
    for path in (
        *(f"/berichte/{slug}{path}" for path in paths),
        "/berichte/feed.atom",
        "/anmelden",
        "/nirgends",
    ):
        assert visitor.get(path).headers["X-Robots-Tag"] == "noindex, nofollow", path
    assert '<meta name="robots" content="noindex">' in visitor.get(f"/berichte/{slug}").text
    assert visitor.get("/sitemap.xml").status_code == 404
    robots = visitor.get("/robots.txt").text
    assert "Disallow:\n" in robots, "what may not be read cannot say that it may not be shown"
    assert "Sitemap" not in robots
    owner, path = (
        signed_in(app, "owner"),
        f"/unternehmen/{play.declaration.organisation_id}/suchmaschinen",
    )
    assert "Derzeit zeigt keine Suchmaschine etwas von hier" in owner.get(path).text
    assert "Suchmaschinen dürfen sie nicht zeigen." in publication_page(app, play)
