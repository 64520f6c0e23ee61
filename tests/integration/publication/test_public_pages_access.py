"""What everybody can read: no cookie, kept for a moment, gone at once, and words that are only words."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import SHELL
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import Confirmation, Issue, Review
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.exports import rendering
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.exports.pending_pdfs import SharedRenderQueue
from tests.support.app import count_statements, database_session, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    CRAFT,
    LATER,
    NOW,
    DeclarationScenario,
    declaration_path,
    scenario_session,
    stored_state,
)


@pytest.fixture
def published(app: Flask, play: DeclarationScenario) -> str:
    """The path of a published declaration that was confirmed, reviewed and approved."""
    with scenario_session(app, play) as now:
        now.require_sign_off()
        now.submit(asks="boss")
        sign_off_steps.confirm_sign_off(Work(now.session, play.actor("boss"), NOW), now.declaration)
        now.approve()
        publication = publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration)
        return f"/berichte/{publication.slug}"


def test_everybody_reads_it_without_a_cookie(app: Flask, published: str) -> None:
    visitor = app.test_client()
    for path in (published, "/berichte"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "public, no-cache"
        assert {"Cookie", "Accept-Language"} <= set(page.headers["Vary"].split(", "))
    text = visitor.get(published).text
    document = read_document(CRAFT.read_bytes())
    for criterion in document.selection.criteria:
        assert f'id="kriterium-{criterion.number}"' in text
    for words in (
        "Steinmetzwerkstatt Quenzel &amp; Marschall GbR",
        "Version 1 vom 25. November 2026",
        "Formal vollständig, geprüft von Cluster Nord am 25. November 2026 (Reviewer)",
        "durch Boss am 25. November 2026",
        f"{published}/erklaerung.pdf",
    ):
        assert words in text
    assert document.answers["1.1"].text[:60].replace("&", "&amp;") in text
    assert 'href="#kriterium-4">Kriterium\N{NO-BREAK SPACE}4</a>' in text, "what is referred to is a link"
    assert f'href="{document.organisation.website}" rel="nofollow noopener">' in text
    assert set(re.findall(r'href="#(begriff-[a-z0-9-]+)"', text)) <= set(
        re.findall(r'id="(begriff-[a-z0-9-]+)"', text)
    )
    assert str(document.reporting_year - 1) in text, "last year's figures stand beside"
    assert "Abmelden" not in text


def test_who_is_signed_in_gets_a_page_that_nobody_keeps(app: Flask, published: str) -> None:
    editor = signed_in(app, "editor")
    for path in (published, "/berichte"):
        page = editor.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert "Abmelden" in page.text


def test_in_english_the_words_of_the_company_stay(app: Flask, published: str) -> None:
    page = app.test_client().get(published, headers={"Accept-Language": "en"}).text
    assert 'lang="en"' in page
    assert 'lang="de-DE"' in page
    assert "Declaration according to the 20 criteria" in page


def test_it_takes_few_statements(app: Flask, published: str) -> None:
    visitor = app.test_client()
    visitor.get(published)
    for path in (published, "/berichte"):
        with count_statements(app) as statements:
            visitor.get(path)
        assert len(statements) <= 5, statements


def test_the_pdf_says_who_reviewed_it(app: Flask, published: str, monkeypatch: pytest.MonkeyPatch) -> None:
    issues: list[Issue] = []

    def render(_document: object, issue: Issue, **_named: object) -> bytes:
        issues.append(issue)
        return b"%PDF-1"

    monkeypatch.setattr(rendering, "render_pdf", render)
    visitor = app.test_client()
    answer = visitor.get(f"{published}/erklaerung.pdf")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", b"%PDF-1")
    assert "Set-Cookie" not in answer.headers
    assert "V1.pdf" in answer.headers["Content-Disposition"]
    assert visitor.get(f"{published}/erklaerung.pdf").data == b"%PDF-1"
    [issue] = issues
    assert issue.review == Review("Cluster Nord", NOW.date(), "Reviewer")
    assert issue.confirmation == Confirmation(NOW.date(), "Boss")
    assert issue.is_final


def test_whoever_has_little_time_gets_the_short_form(
    app: Flask, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "render_pdf", lambda *_, edition, **_named: f"%PDF-{edition}".encode())
    visitor = app.test_client()
    assert f'href="{published}/kurzfassung.pdf"' in visitor.get(published).text
    short = visitor.get(f"{published}/kurzfassung.pdf")
    assert short.data.decode() == f"%PDF-{ExportOptions(Variant.SHORT)}"
    assert "V1-Kurzfassung.pdf" in short.headers["Content-Disposition"]
    assert short.headers["X-Robots-Tag"] == "noindex"
    assert visitor.get(f"{published}/erklaerung.pdf").data != short.data


def test_a_visitor_waits_without_a_cookie(
    app: Flask, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(rendering, "render_pdf", lambda *_, **_named: b"%PDF-1" if go.wait(120) else b"")
    printer: SharedRenderQueue = app.extensions["dnk_printing"]
    printer.patience_seconds = 0
    visitor, path = app.test_client(), f"{published}/erklaerung.pdf"
    page = visitor.get(path)
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (202, "noindex")
    assert "Set-Cookie" not in page.headers
    assert f'content="2; url={path}"' in page.text
    assert "auf jeder Seite" not in page.text, "there is no other page that could tell"
    go.set()
    printer.patience_seconds = 30
    assert visitor.get(path).data == b"%PDF-1"


def test_whose_name_is_gone_stands_in_no_file(
    app: Flask, play: DeclarationScenario, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "render_pdf", lambda _, issue, **_named: f"%PDF-{issue.review}".encode())
    visitor = app.test_client()
    assert b"Reviewer" in visitor.get(f"{published}/erklaerung.pdf").data
    with database_session(app) as session:
        session.delete(session.get_one(Account, play.people["reviewer"].id))
        session.delete(session.get_one(Account, play.people["boss"].id))
    page = visitor.get(published).text
    assert "geprüft von Cluster Nord am 25. November 2026<" in page
    facts = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Bestätigung 25. November 2026" in facts
    assert "Boss" not in page
    assert b"Reviewer" not in visitor.get(f"{published}/erklaerung.pdf").data
    kept = list((Path(app.instance_path) / "rendered").glob("*.pdf"))
    assert len(kept) == 1, "the file with the name is gone, too"


def test_taken_back_it_is_gone_at_once(app: Flask, play: DeclarationScenario, published: str) -> None:
    owner, visitor = signed_in(app, "owner"), app.test_client()
    assert post(owner, f"{declaration_path(play)}/veroeffentlichung/zuruecknehmen").status_code == 303
    for path in (published, f"{published}/erklaerung.pdf", f"{published}/kurzfassung.pdf"):
        gone = visitor.get(path)
        assert gone.status_code == 410
        assert gone.headers["Cache-Control"] == "no-store"
        assert "Steinmetz" not in gone.text
    assert published not in visitor.get("/berichte").text
    assert "Hier ist noch nichts veröffentlicht." in visitor.get("/berichte").text
    assert post(owner, f"{declaration_path(play)}/veroeffentlichung").status_code == 303
    assert visitor.get(published).status_code == 200


@pytest.mark.parametrize("slug", ["x", "steinmetz-2025-aaaaaaaa", "a" * 500, "%2e%2e", "'--"])
def test_an_unknown_address_is_not_found(app: Flask, play: DeclarationScenario, slug: str) -> None:
    assert app.test_client().get(f"/berichte/{slug}").status_code == 404
    assert app.test_client().get(f"/berichte/{slug}/erklaerung.pdf").status_code == 404


def test_while_the_next_version_is_in_work_the_old_one_stays(
    app: Flask, play: DeclarationScenario, published: str
) -> None:
    with scenario_session(app, play) as now:
        submission.reopen(Work(now.session, play.actor("editor"), LATER), now.declaration)
        now.declaration.organisation.name = "Umbenannt GmbH"
    text = app.test_client().get(published).text
    assert "Steinmetzwerkstatt Quenzel" in text
    assert "Umbenannt" not in text
    listed = app.test_client().get("/berichte").text
    assert "Steinmetzwerkstatt Quenzel" in listed
    assert "Umbenannt" not in listed, "the list says what the published version says"
    owner = signed_in(app, "owner")
    page = owner.get(f"{declaration_path(play)}/").text
    assert "Version 1 ist veröffentlicht" in page
    assert 'name="csrf_token"' in owner.get(f"{declaration_path(play)}/veroeffentlichung").text
    assert stored_state(app, play) is State.REOPENED
    manage, withdraw = (
        f"{declaration_path(play)}/veroeffentlichung",
        f"{declaration_path(play)}/veroeffentlichung/zuruecknehmen",
    )
    assert f'href="{manage}"' in page
    assert "Ja, zurücknehmen" in owner.get(withdraw).text
    assert app.test_client().get(published).status_code == 200, "one is asked first"
    post(owner, withdraw)
    assert owner.get(withdraw).headers["Location"] == manage
    assert "Version 1 veröffentlichen" in owner.get(manage).text
    assert "An der nächsten Version arbeiten Sie schon." in owner.get(manage).text
    post(owner, manage)
    assert "Steinmetzwerkstatt Quenzel" in app.test_client().get(published).text


def test_what_is_not_done_is_not_published(app: Flask, play: DeclarationScenario) -> None:
    owner = signed_in(app, "owner")
    refused = post(owner, f"{declaration_path(play)}/veroeffentlichung")
    assert "abgeschlossen oder freigegeben ist" in owner.get(refused.headers["Location"]).text


def test_an_owner_publishes_and_sees_the_address(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        now.submit(to=False)
    owner = signed_in(app, "owner")
    page = owner.get(f"{declaration_path(play)}/veroeffentlichung").text
    assert "Es steht dabei: ohne Prüfung durch Dritte." in page
    assert "öffentliche Seite" in page
    answer = post(owner, f"{declaration_path(play)}/veroeffentlichung")
    with database_session(app) as session:
        slug = session.scalars(select(Publication.slug)).one()
    assert f"/berichte/{slug}" in owner.get(answer.headers["Location"]).text
    assert "ohne Prüfung durch Dritte" in app.test_client().get(f"/berichte/{slug}").text
    assert signed_in(app, "editor").get(f"{declaration_path(play)}/veroeffentlichung").status_code == 403


def test_the_footer_leads_there_once_there_is_something(app: Flask, play: DeclarationScenario) -> None:
    visitor = app.test_client()
    assert "Veröffentlichte Erklärungen" not in visitor.get("/hilfe").text
    with scenario_session(app, play) as now:
        now.submit(to=False)
    post(signed_in(app, "owner"), f"{declaration_path(play)}/veroeffentlichung")
    assert "Veröffentlichte Erklärungen" in visitor.get("/hilfe").text
    with count_statements(app) as statements:
        visitor.get("/hilfe")
    assert statements == [], "it is not asked for on every page"


def test_the_list_has_pages(app: Flask, published: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnk_tool.web.publication.lists.PAGE_SIZE", 1)
    with database_session(app) as session:
        second = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        submission.finish(Work(session, SHELL, NOW), second)
        publishing_steps.publish(Work(session, SHELL, NOW), second)
    first, last = (app.test_client().get(f"/berichte?seite={page}").text for page in (1, 2))
    assert "Nächste Seite" in first
    assert "Vorherige Seite" in last
    assert ("Cluster Nord" in first) is not ("Cluster Nord" in last)
    for page in ("0", "-1", "99", "x", "9" * 30):
        assert app.test_client().get(f"/berichte?seite={page}").status_code == 200


CANARIES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "]]><svg/onload=alert(1)>",
    "</style><style>*{color:red}",
)


def test_words_of_a_company_are_only_words(app: Flask, play: DeclarationScenario, published: str) -> None:
    """Whatever a company writes: every character of it is shown, and nothing of it does anything."""
    with database_session(app) as session:
        snapshot = declarations.snapshot(session, play.declaration.id, 1)
        assert snapshot is not None
        document = read_document(snapshot.content)
        canary = " ".join(CANARIES)
        answers = {
            ref: replace(answer, text=canary) if answer.text else answer
            for ref, answer in document.answers.items()
        }
        answers["2.1"] = Answer(Disclosure.EXPLAIN, explanation=canary)
        profile = replace(document.organisation, name=canary, address=canary, legal_form=canary)
        content = canonical_json(replace(document, answers=answers, organisation=profile))
        row = session.get_one(Snapshot, snapshot.id)
        row.content, row.sha256 = content, fingerprint(content)
        publication = session.scalars(select(Publication)).one()
        publication.company, publication.search_name = canary, canary.lower()
    for path in (published, "/berichte"):
        page = app.test_client().get(path)
        assert page.status_code == 200
        body = page.text
        for harmful in ("<script>alert", "<img src=x", "<svg/onload", "<style>", 'href="javascript:'):
            assert harmful not in body, path
        assert "{{ 7*7 }}{% raw %}" in body
        assert "49" not in body.split("<title>")[1].split("</title>")[0]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in app.test_client().get(published).text


def test_no_style_or_script_stands_in_the_page(app: Flask, published: str) -> None:
    body = app.test_client().get(published).text
    assert " style=" not in body
    assert "<style" not in body
    scripts = re.findall("<script[^>]*>", body)
    assert len(scripts) == 2, "our own, from its file, and a block of data"
    assert 'src="/static/' in scripts[0]
    assert scripts[1] == '<script type="application/ld+json">'


def test_signs_that_paper_lacks_are_shown(app: Flask, play: DeclarationScenario, published: str) -> None:
    with database_session(app) as session:
        snapshot = declarations.snapshot(session, play.declaration.id, 1)
        assert snapshot is not None
        document = read_document(snapshot.content)
        answers = {**document.answers, "1.1": replace(document.answers["1.1"], text="Wir mögen 日本 und 😀.")}
        content = canonical_json(replace(document, answers=answers))
        row = session.get_one(Snapshot, snapshot.id)
        row.content, row.sha256 = content, fingerprint(content)
    assert "日本 und 😀." in app.test_client().get(published).text
