"""The pages of a file: each PDF of a version is recorded when it is made, and compared on the check page."""

import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text

from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import version_code
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports import print_records as recording
from dnk_tool.services.exports import rendering
from dnk_tool.services.publication import printed_pages
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.printed_pages import PagesResult, PagesVerdict
from dnk_tool.services.uploads.pages import digests
from dnk_tool.services.uploads.pages.digests import page_digests
from dnk_tool.services.uploads.pages.model import METHOD
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state
from dnk_tool.store.publication import print_records
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.publication import PrintRecord
from tests.printed_files import PAGES, edited, paint, printed_file, remove_parts
from tests.support.app import database_session, token_of
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    NOW,
    DeclarationScenario,
    make_scenario,
    scenario_session,
)

OPERATIONS = Path(__file__).parents[3] / "docs/operations.md"
ORIGINAL = "Die Daten in Ihrer Datei sind unverändert. Auch die Seiten sind unser Original."
OTHER = "Die Daten in Ihrer Datei sind unverändert. Ihre Seiten aber sind nicht unser Original."
NOT_COMPARED = "Die Daten in Ihrer Datei sind unverändert. Ihre Seiten lassen sich nicht vergleichen."

Printed = Callable[[bytes, str], bytes]


def words_about_file(client: FlaskClient, content: bytes, code: str = "") -> str:
    """The words of the answer to a file."""
    data = {"csrf_token": token_of(client), "file": (io.BytesIO(content), "datei"), "code": code}
    page = client.post("/pruefen", data=data, content_type="multipart/form-data")
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def finish_and_publish(app: Flask, play: DeclarationScenario, *, publish: bool = True) -> tuple[str, bytes]:
    with scenario_session(app, play) as now:
        now.submit(to=False)
        if publish:
            publishing_steps.publish(Work(now.session, play.actor("owner"), NOW), now.declaration)
        now.session.flush()
        snapshot = now.session.scalars(select(Snapshot)).one()
        return snapshot.sha256, snapshot.content


def issue_of(sha256: str) -> Issue:
    return Issue(1, NOW.date(), False, sha256)


def record(app: Flask, sha256: str, content: bytes) -> None:
    recording.record_print(app.extensions["dnk_session_factory"], issue_of(sha256), content, now=NOW)


def count_records(app: Flask) -> int:
    with database_session(app) as session:
        return session.scalar(select(func.count()).select_from(PrintRecord)) or 0


@pytest.fixture
def prints(monkeypatch: pytest.MonkeyPatch) -> list[Issue]:
    """Renders small PDFs in place of whole declarations; the issues printed so far."""
    printed: list[Issue] = []

    def render(document: object, issue: Issue, **options: object) -> bytes:
        printed.append(issue)
        return printed_file(canonical_json(document), words=str(options["edition"]))  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "render_pdf", render)
    return printed


def test_the_five_answers(app: Flask, prints: list[Issue]) -> None:
    with database_session(app) as session:
        play = make_scenario(session)
    sha256, content = finish_and_publish(app, play)
    visitor = app.test_client()
    slug = re.search(r"/berichte/([a-z0-9-]+)", visitor.get(f"/p/{version_code(sha256)}").text)
    assert slug
    original = visitor.get(f"/berichte/{slug[1]}/erklaerung.pdf").data
    short = visitor.get(f"/berichte/{slug[1]}/kurzfassung.pdf").data
    assert len(prints) == count_records(app) == 2
    assert visitor.get(f"/berichte/{slug[1]}/erklaerung.pdf").data == original
    assert len(prints) == 2, "from the cache nothing is made, and nothing is computed"

    for ours in (original, short, edited(original, linearize=True)):
        assert ORIGINAL in words_about_file(visitor, ours)
    painted = words_about_file(visitor, edited(original, paint))
    assert OTHER in painted
    assert "In Ihrer Datei anders oder neu: Seite 2." in painted
    assert "Original als PDF" in painted
    removed = words_about_file(visitor, edited(short, remove_parts))
    assert OTHER in removed
    assert "Aus dem Original fehlt: Seite 2." in removed

    document = read_document(content)
    profile = replace(document.organisation, employees=12_345)
    key, figure = next(pair for pair in document.figures.items() if pair[1].quantity)
    figures = {**document.figures, key: replace(figure, note="geschönt")}
    changed = words_about_file(
        visitor, canonical_json(replace(document, organisation=profile, figures=figures))
    )
    assert "Die Daten in Ihrer Datei weichen von der veröffentlichten Fassung ab." in changed
    label = document.selection.catalogue.datapoints[key[1]].label.to("de")
    assert f"{label} ({key[0]})" in changed
    assert "Veröffentlicht ist hier Version 1. Ihre Datei sagt etwas anderes in diesen Teilen:" in changed
    assert "Allgemeine Informationen" in changed

    annexed = words_about_file(visitor, canonical_json(replace(document, language="en", gwp_set="AR4")))
    assert "Außerdem Sprache Treibhauspotenziale" in re.sub(r"\s+", " ", annexed)
    assert "die nicht gedruckt werden" not in annexed
    other = replace(document, organisation=replace(profile, name="Ganz andere GmbH"), reporting_year=2031)
    elsewhere = words_about_file(visitor, canonical_json(other), version_code(sha256))
    assert "Verglichen haben wir mit der Erklärung von" in elsewhere
    assert "Berichtsjahr" in elsewhere

    with database_session(app) as session:
        session.execute(delete(PrintRecord))
        since = (LATER + timedelta(days=1)).isoformat()
        installation_state.write(session, installation_state.PRINTS_RECORDED_SINCE, since, now=LATER)
    earlier = words_about_file(visitor, original)
    assert NOT_COMPARED in earlier
    assert "Ob jemand die sichtbaren Seiten geändert hat, sagt der Vergleich deshalb nicht." in earlier


def test_of_a_version_that_is_not_public_the_pages_are_told_and_no_more(
    app: Flask, prints: list[Issue]
) -> None:
    with database_session(app) as session:
        play = make_scenario(session)
    _sha256, content = finish_and_publish(app, play, publish=False)
    number = play.declaration.id
    member, visitor = signed_in(app, "owner"), app.test_client()
    original = member.get(f"/erklaerungen/{number}/versionen/1.pdf").data
    excerpt = printed_file(words="Auszug")
    record(app, prints[0].fingerprint, excerpt)
    text = words_about_file(visitor, original)
    assert ORIGINAL in text
    assert "Quenzel" not in text
    text = words_about_file(visitor, excerpt)
    assert "Ihre Datei ist ein Original: ein Auszug, der hier erstellt wurde." in text
    assert "Prüfsumme der Daten in Ihrer Datei" not in text
    other = "Die Datei gehört zu einer anderen Fassung als die Prüfadresse"
    assert other not in words_about_file(visitor, excerpt, version_code(prints[0].fingerprint))
    assert other in words_about_file(visitor, excerpt, version_code("0" * 64))
    text = words_about_file(visitor, printed_file(content, words="ganz anders"))
    assert "Seiten 1–4." in text
    assert "Lassen Sie sich das Original vom Unternehmen geben." in text


def test_each_pdf_is_recorded_once_by_all_processes(any_app: Flask) -> None:
    """Also when two make it at the same moment; two programs give two records, and both stay known."""
    with database_session(any_app) as session:
        play = make_scenario(session)
    sha256, content = finish_and_publish(any_app, play, publish=False)
    first, second = printed_file(content), printed_file(content, words="anderes Programm")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: record(any_app, sha256, first), range(4)))
    assert count_records(any_app) == 1
    record(any_app, sha256, second)
    recording.record_print(
        any_app.extensions["dnk_session_factory"], replace(issue_of(sha256), version=None), first, now=NOW
    )
    assert count_records(any_app) == 2
    same = PagesVerdict(PagesResult.SAME)
    with database_session(any_app) as session:
        for made in (first, second):
            assert printed_pages.quick_verdict(session, sha256, made) == same
            assert printed_pages.verdict(session, sha256, page_digests(made)) == same
            assert printed_pages.fingerprint_of_file(session, made) == sha256
        assert printed_pages.quick_verdict(session, sha256, edited(first)) is None
        assert printed_pages.quick_verdict(session, sha256, b"{}") == PagesVerdict(PagesResult.NONE)
        assert printed_pages.verdict(session, sha256, None) == PagesVerdict(
            PagesResult.OTHER, is_unreadable=True
        )
        removed = printed_pages.verdict(session, sha256, page_digests(edited(second, remove_parts)))
        assert removed == PagesVerdict(PagesResult.OTHER, missing=(2,))
        session.execute(delete(Snapshot))
    assert count_records(any_app) == 0, "records go with the version"


def test_what_cannot_be_compared_is_never_called_another(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A print whose pages could not be read, one of another method, and versions of before the records."""
    with database_session(any_app) as session:
        play = make_scenario(session)
    sha256, content = finish_and_publish(any_app, play, publish=False)
    unknown = page_digests(printed_file(content, words="unbekannt"))

    def result() -> PagesResult:
        with database_session(any_app) as session:
            return printed_pages.verdict(session, sha256, unknown).result

    assert result() is PagesResult.OTHER
    monkeypatch.setattr(digests, "page_nodes", lambda _pdf: [])
    record(any_app, sha256, printed_file(content))
    assert result() is PagesResult.NOT_RECORDED
    with database_session(any_app) as session:
        [made] = print_records.of_fingerprint(session, sha256)
        assert made.pages == ()
        session.execute(delete(PrintRecord))
        older = replace(made, pages=("0" * 64,), method=METHOD - 1)
        print_records.record(session, sha256, 1, older, now=NOW)
    assert result() is PagesResult.NOT_RECORDED
    with database_session(any_app) as session:
        session.execute(delete(PrintRecord))
    for since, expected in ((NOW, PagesResult.OTHER), (LATER, PagesResult.NOT_RECORDED)):
        with database_session(any_app) as session:
            name = installation_state.PRINTS_RECORDED_SINCE
            installation_state.write(session, name, since.isoformat(), now=since)
        assert result() is expected


def test_the_statement_for_a_database_restored_by_other_means_works(any_app: Flask) -> None:
    """Also where the migration noted a moment already."""
    [statement] = re.findall(r"`(INSERT INTO installation_state[^`]*)`", OPERATIONS.read_text("utf-8"))
    name, earlier = installation_state.PRINTS_RECORDED_SINCE, NOW - timedelta(days=9_000)
    with database_session(any_app) as session:
        installation_state.write(session, name, earlier.isoformat(), now=earlier)
        session.flush()
        session.execute(text(statement))
        session.expire_all()
        since = installation_state.read_moment(session, name)
    assert since is not None
    assert since > earlier


def test_the_command_compares_pages_too(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database_session(app) as session:
        play = make_scenario(session)
    sha256, content = finish_and_publish(app, play, publish=False)
    original = printed_file(content)
    record(app, sha256, original)
    settings = app.extensions["dnk_settings"]
    monkeypatch.setenv("DNK_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DNK_DATABASE_URL", settings.database)
    file = tmp_path / "a.pdf"

    def run(held: bytes, *options: str) -> tuple[int, str]:
        file.write_bytes(held)
        done = CliRunner().invoke(cli, ["declaration", "verify", str(file), *options])
        return done.exit_code, done.output

    assert "pages" not in run(original)[1]
    code, said = run(original, "--pages")
    assert code == 4, said  # no seal
    assert "pages: those of a PDF made here" in said
    code, said = run(edited(original, paint), "--pages", "--json")
    rows = json.loads(said)
    assert (code, rows["pages"], rows["pages_changed"], rows["pages_missing"]) == (5, "other", [2], [])
    assert run(content, "--pages")[0] == 6
    assert len(page_digests(original).pages) == PAGES
