"""The declaration as a whole: its answers in the final check, and the page of a finished version."""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.answers.answer import Answer, Disclosure, Sheet
from dnk_tool.services.declarations import submission
from dnk_tool.services.exports import pdf_cache, rendering
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.publication import print_records
from dnk_tool.store.publication.print_records import RecordedPrint
from dnk_tool.web.declarations.whole.chapters import PARAGRAPH, TWO_LINES, WholeDeclaration, whole_declaration
from dnk_tool.web.declarations.whole.points import PointMark
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.exports.responses import pdf_of_frozen_version
from dnk_tool.web.http.transactions import db
from tests.support.app import World, count_statements
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    NOW,
    DeclarationScenario,
    declaration_path,
    scenario_session,
    send_submission,
)

MOST_BYTES = 10 * 1024
MOST_STATEMENTS = 15

Shown = Callable[..., WholeDeclaration]


@pytest.fixture
def editor(app: Flask, play: DeclarationScenario) -> FlaskClient:
    return signed_in(app, "editor")


@pytest.fixture
def shown(app: Flask, play: DeclarationScenario) -> Shown:
    """The answers that the page shows, of the scenario's declaration with changes to its sheet."""

    def build(
        wanted: str = "", *, odd: tuple[str, ...] = (), gaps: int = 0, **changes: object
    ) -> WholeDeclaration:
        with scenario_session(app, play) as now, app.test_request_context():
            sheet = declarations.read_content(now.session, now.declaration).sheet
            changed: Sheet = replace(sheet, **changes)  # type: ignore[arg-type]
            return whole_declaration(now.declaration, changed, odd, wanted, gaps=gaps)

    return build


def leave_cluster(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        consent = clusters.find_consent(now.session, now.declaration.organisation_id, play.cluster)
        assert consent is not None
        consent.withdrawn_at = LATER


def listed_points(page: str) -> list[str]:
    return re.findall(r"<li><h4>.*?</li>", page, re.DOTALL)


def version_path(play: DeclarationScenario, number: int = 1) -> str:
    return f"{declaration_path(play)}/versionen/{number}"


# ---- The final check


def test_the_check_shows_every_answer_with_its_question_and_a_way_to_the_field(
    editor: FlaskClient, play: DeclarationScenario
) -> None:
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    points = listed_points(page)
    [first] = [point for point in points if "#ref-1.1" in point]
    assert "<h4>Strategie vorhanden</h4>" in first
    assert "<p>Nachhaltig wirtschaften heißt für uns:" in first
    assert f'href="{declaration_path(play)}/kriterien/1#ref-1.1"><b>1.1</b> Ändern</a>' in first
    assert any("<p>Wird erklärt: " in point for point in points)
    assert len(re.findall(r'<details class="dnk-fold[^"]*">', page)) == 5, "all chapters folded"
    assert "Kriterien 11 bis 13" in page
    assert f"Alle {len(points)}</a>" in page


def test_a_filter_shows_its_answers_unfolded_and_nothing_else(
    editor: FlaskClient, play: DeclarationScenario
) -> None:
    path = f"{declaration_path(play)}/pruefen"
    all_points = listed_points(editor.get(path).text)
    page = editor.get(f"{path}?nur=erklaert").text
    points = listed_points(page)
    assert 0 < len(points) < len(all_points)
    assert all("<p>Wird erklärt: " in point for point in points)
    assert f'href="{path}?nur=erklaert#antworten" aria-current="page">Erklärt {len(points)}</a>' in page
    assert 'id="antworten"' in page
    assert re.findall(r"<details class=\"dnk-fold[^>]*>", page) == re.findall(
        r"<details class=\"dnk-fold[^>]* open>", page
    )
    assert len(listed_points(editor.get(f"{path}?nur=unbekannt").text)) == len(all_points)


def test_a_chapter_is_read_alone_with_longer_answers(editor: FlaskClient, play: DeclarationScenario) -> None:
    path = f"{declaration_path(play)}/pruefen"
    page = editor.get(path).text
    assert f'href="{path}?nur=environment#antworten"' in page
    alone = editor.get(f"{path}?nur=environment").text
    assert {re.search(r"kriterien/(\d+)[/#]", point)[1] for point in listed_points(alone)} == {
        "11",
        "12",
        "13",
    }  # type: ignore[index]
    assert max(map(len, listed_points(alone))) > max(map(len, listed_points(page)))


def test_short_taken_over_and_odd_answers_have_a_filter_of_their_own(
    shown: Shown, play: DeclarationScenario
) -> None:
    def hits(mark: PointMark, **changes: object) -> list[tuple[str, str]]:
        whole = shown(mark.value, **changes)
        [link] = [link for link in whole.filters if link.is_current]
        points = [point for chapter in whole.chapters for point in chapter.points]
        assert link.count == len(points)
        return [(point.number, point.marks[mark]) for point in points]

    answers = {
        "2.1": Answer(Disclosure.COMPLY, text="Kurz gesagt."),
        "2.2": Answer(Disclosure.COMPLY, text="x" * 800),
    }
    assert hits(PointMark.SHORT, answers=answers) == [("2.1", "kurz: 12 von 100 Zeichen")]
    explained = {"2.1": Answer(Disclosure.EXPLAIN, explanation="Nein.")}
    assert hits(PointMark.SHORT, answers=explained) == [], "an explanation has no guide value"
    assert hits(PointMark.TAKEN_OVER, taken={"3.1": 2024}) == [
        ("3.1", "aus 2024 übernommen, noch nicht geprüft")
    ]
    ready_made = hits(PointMark.TAKEN_OVER, taken={"3.1": 2025})
    assert ready_made == [("3.1", "Vorschlag, noch nicht geprüft")]
    odd = hits(PointMark.ODD, odd=("energy.total",))
    assert odd
    assert all(words == "fällt auf" for _number, words in odd)


def test_a_filter_without_hits_says_so(editor: FlaskClient, play: DeclarationScenario) -> None:
    page = editor.get(f"{declaration_path(play)}/pruefen?nur=uebernommen").text
    assert "Davon gibt es hier nichts mehr." in page
    assert "Übernommen und ungeprüft 0</a>" in page


def test_answers_are_as_long_as_the_page_has_room(shown: Shown) -> None:
    whole = shown()
    assert whole.most < shown("environment").most <= PARAGRAPH
    assert shown("erklaert").most == TWO_LINES
    assert shown(gaps=90).most < whole.most
    assert all(
        len(whole.shortened(point)) <= whole.most for chapter in whole.chapters for point in chapter.points
    )


@pytest.mark.parametrize("wanted", ["", "?nur=kurz", "?nur=erklaert", "?nur=society"])
def test_the_check_stays_light_and_takes_the_same_statements(
    app: Flask, editor: FlaskClient, play: DeclarationScenario, wanted: str
) -> None:
    path = f"{declaration_path(play)}/pruefen"
    with count_statements(app) as all_answers:
        editor.get(path)
    with count_statements(app) as statements:
        page = editor.get(f"{path}{wanted}")
    assert len(gzip.compress(page.data, 6)) <= MOST_BYTES
    assert len(statements) == len(all_answers) <= MOST_STATEMENTS


def test_gaps_stand_first_and_fold_when_there_are_many(app: Flask, world: World) -> None:
    editor = signed_in(app, "editor")
    page = editor.get(f"/erklaerungen/{world.own_declaration}/pruefen").text
    assert 'id="gaps"' in page
    assert re.search(r"<details>\s*<summary><h3>1\. Strategische Analyse", page)
    assert "Zur ersten Lücke" in page
    told = int(re.search(r'id="gaps">(\d+) Angaben fehlen noch', page)[1])
    assert told == sum(int(number) for number in re.findall(r"(\d+)\s+Angaben? fehl(?:t|en)<", page))
    overview = editor.get(f"/erklaerungen/{world.own_declaration}/").text
    assert f"{told} Angaben fehlen noch" in overview, "both pages count alike"
    assert "noch nicht bearbeitet" in page, "inside, without a script"


def test_a_contributor_gets_neither_the_check_nor_a_version(app: Flask, world: World) -> None:
    contributor = signed_in(app, "contributor")
    for page in ("pruefen", "pruefen?nur=erklaert", "versionen/1"):
        assert contributor.get(f"/erklaerungen/{world.own_declaration}/{page}").status_code == 403


# ---- The page of a version


def test_finishing_alone_leads_to_the_finished_version(
    app: Flask, editor: FlaskClient, play: DeclarationScenario
) -> None:
    leave_cluster(app, play)
    answer = send_submission(editor, play)
    assert (answer.status_code, answer.headers["Location"]) == (303, version_path(play))
    with count_statements(app) as statements:
        page = editor.get(version_path(play)).text
    assert len(statements) <= MOST_STATEMENTS, statements
    assert "Ihre Erklärung 2025 ist fertig</h1>" in page
    assert "geprüft hat sie niemand sonst" in page
    assert re.search(r"Punkte erklärt</dt><dd>21</dd>", page)
    assert "Umfang" not in page, "no PDF is made yet, and none is made for this page"
    assert f'href="{declaration_path(play)}/versionen/1.pdf"' in page
    assert f'href="{declaration_path(play)}/versionen/1.pdf?fassung=kurz"' in page
    assert f'href="{declaration_path(play)}/dateien?stand=1"' in page
    assert "Niemand, bis Sie diese Version veröffentlichen." in page
    assert "Ihr Cluster" not in page
    assert "Boss, Editor, Owner" in page
    assert "Neues Berichtsjahr 2026" in page
    mail = unescape(re.search(r'href="(mailto:[^"]+)"', page)[1])  # type: ignore[index]
    assert "anbei erhalten Sie die Nachhaltigkeitserklärung von Steinmetzwerkstatt Quenzel" in unquote(mail)
    overview = editor.get(f"{declaration_path(play)}/").text
    assert f'href="{version_path(play)}"' in overview
    assert "Version 1 ansehen und weitergeben" in overview


def test_submitting_leads_to_the_version_that_the_cluster_reads(
    editor: FlaskClient, play: DeclarationScenario
) -> None:
    answer = send_submission(editor, play, cluster=str(play.cluster))
    assert answer.headers["Location"] == version_path(play)
    page = editor.get(version_path(play)).text
    assert "Ihre Erklärung 2025 ist eingereicht</h1>" in page
    assert "Jetzt ist Cluster Nord an der Reihe." in page
    assert "Cluster Nord. Wer dort prüft, liest sie" in page
    assert "veröffentlichen" not in page.split("<main")[1].split("</main>")[0], "not before the answer"
    assert f'href="{version_path(play)}"' in editor.get(f"{declaration_path(play)}/").text


def test_an_approved_and_a_published_version_say_so(
    app: Flask, editor: FlaskClient, play: DeclarationScenario
) -> None:
    with scenario_session(app, play) as now:
        now.go_to_stage("approved")
    page = editor.get(version_path(play)).text
    assert "Formal vollständig, geprüft von Cluster Nord am" in page
    assert "Wer dort prüft, hat sie gelesen" in page
    assert "Im Netz veröffentlichen" not in page, "that is for those who lead the company"
    assert "Im Netz veröffentlichen" in signed_in(app, "owner").get(version_path(play)).text
    with scenario_session(app, play) as now:
        publication = publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration)
        slug = publication.slug
    page = signed_in(app, "owner").get(version_path(play)).text
    assert f'/{slug}">öffentliche Seite ansehen</a>' in page
    assert "Veröffentlichung verwalten" in page
    assert slug in unquote(page.partition("mailto:")[2].partition('"')[0])


def test_pages_and_size_are_told_once_the_pdf_is_made(
    app: Flask, editor: FlaskClient, play: DeclarationScenario
) -> None:
    with scenario_session(app, play) as now:
        now.submit(to=False)
    content = b"%PDF-1.7 " + b"x" * 211_991
    with app.test_request_context():
        version = versions.version(db(), play.declaration.id, 1)
        assert version is not None
        wanted = pdf_of_frozen_version(version.snapshot, rendering.issue_of_frozen(version))
        pdf_cache.store(pending_pdfs.pdf_cache_folder(), wanted.name, content)
        sha256 = version.snapshot.sha256
    made = RecordedPrint(hashlib.sha256(content).hexdigest(), ("a", "b", "c"), "", 1)
    with scenario_session(app, play) as now:
        print_records.record(now.session, sha256, 1, made, now=NOW)
    page = editor.get(version_path(play)).text
    assert re.search(r"Umfang</dt>\s*<dd>3 Seiten</dd>", page)
    assert "212 KB, barrierefrei." in page


def test_only_versions_that_stand_have_a_page(
    app: Flask, editor: FlaskClient, play: DeclarationScenario
) -> None:
    assert editor.get(version_path(play)).status_code == 404
    with scenario_session(app, play) as now:
        now.go_to_stage("signing")
    answer = editor.get(version_path(play))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{declaration_path(play)}/")
    assert version_path(play) + '"' not in editor.get(f"{declaration_path(play)}/").text


def test_an_earlier_version_keeps_its_page(
    app: Flask, editor: FlaskClient, play: DeclarationScenario
) -> None:
    with scenario_session(app, play) as now:
        now.submit(to=False)
        submission.reopen(Work(now.session, play.actor("editor"), LATER), now.declaration)
    assert "Ihre Erklärung 2025 ist fertig</h1>" in editor.get(version_path(play)).text
