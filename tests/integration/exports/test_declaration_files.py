"""The files of a declaration: one page lists them, each is what its name says, and limits hold."""

import csv
import io
import json
import threading
import zipfile
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dnk_tool.cli.declarations.group import declaration
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.permissions import SHELL
from dnk_tool.report import formats
from dnk_tool.report.formats import CSV, DOCX, HTML, XLSX, ExportFormat
from dnk_tool.services.answers.self_assessment import bring_assessments
from dnk_tool.services.exports import rendering
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from tests.support.app import World, database_session
from tests.support.documents import full_document

DATA = Path(__file__).parents[2] / "data"
NEW = (DOCX, XLSX, CSV)


@pytest.fixture
def frozen(app: Flask, world: World) -> str:
    """The path of a declaration of which a version is frozen."""
    content = canonical_json(full_document())
    with database_session(app) as session:
        session.add(
            Snapshot(
                declaration_id=world.own_declaration,
                version=1,
                content=content,
                sha256=fingerprint(content),
                finished_at=datetime.now(UTC),
                finished_by=None,
            )
        )
    return f"/erklaerungen/{world.own_declaration}"


@pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.extension)
@pytest.mark.parametrize("part", ["entwurf", "versionen/1"])
def test_each_file_is_what_its_name_says(
    editor: FlaskClient, frozen: str, part: str, kind: ExportFormat
) -> None:
    answer = editor.get(f"{frozen}/{part}.{kind.extension}")
    assert (answer.status_code, answer.mimetype) == (200, kind.media_type)
    label = "Entwurf" if part == "entwurf" else "V1"
    assert f"-{label}.{kind.extension}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    name = "A GmbH" if part == "entwurf" else full_document().organisation.name
    if kind is DOCX:
        word = docx.Document(io.BytesIO(answer.data))
        mark = "Entwurf – nicht freigegeben" if part == "entwurf" else ""
        assert word.sections[0].header.paragraphs[0].text == mark
        assert word.core_properties.author == name
    elif kind is XLSX:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_name("Antworten")
        assert name in {cell for row in sheet.to_python() for cell in row}
    else:
        rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";")
        assert name in {row["Text"] for row in rows}


@pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.extension)
def test_a_version_gives_the_same_bytes_each_time(
    editor: FlaskClient, frozen: str, kind: ExportFormat
) -> None:
    assert (
        editor.get(f"{frozen}/versionen/1.{kind.extension}").data
        == editor.get(f"{frozen}/versionen/1.{kind.extension}").data
    )
    assert editor.get(f"{frozen}/versionen/2.{kind.extension}").status_code == 404


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def test_one_page_lists_the_files_of_one_copy_the_right_one_first(editor: FlaskClient, frozen: str) -> None:
    links = Links(editor.get(f"{frozen}/dateien").text).found
    files = [link for link in links if link.startswith((f"{frozen}/versionen/", f"{frozen}/intern"))]
    assert files == [
        f"{frozen}/versionen/1.pdf",
        f"{frozen}/versionen/1.pdf?fassung=kurz",
        f"{frozen}/intern.pdf",
        f"{frozen}/versionen/1.docx",
        f"{frozen}/versionen/1.docx?fassung=kurz",
        f"{frozen}/intern.docx",
        f"{frozen}/versionen/1.xlsx",
        f"{frozen}/versionen/1.csv",
        f"{frozen}/versionen/1.json",
    ]
    assert f"{frozen}/dateien?stand=entwurf" in links
    assert f"{frozen}/dateien" in editor.get(f"{frozen}/").text


def test_the_page_shows_the_draft_where_it_is_asked_for(editor: FlaskClient, frozen: str) -> None:
    page = editor.get(f"{frozen}/dateien?stand=entwurf")
    links = Links(page.text).found
    assert "als Entwurf gekennzeichnet" in page.text
    assert f"{frozen}/entwurf.pdf?fassung=kurz" in links
    assert f"{frozen}/dateien?stand=1" in links
    assert editor.get(f"{frozen}/dateien?stand=7").status_code == 404


def test_the_page_in_the_other_language_leads_to_files_in_it(editor: FlaskClient, frozen: str) -> None:
    english = f"{frozen}/dateien?stand=1&sprache=en"
    assert f"{english}#sprache" in Links(editor.get(f"{frozen}/dateien").text).found
    links = Links(editor.get(english).text).found
    assert f"{frozen}/versionen/1.pdf?sprache=en" in links
    assert f"{frozen}/intern.pdf?sprache=en" in links
    assert f"{frozen}/dateien?stand=1#sprache" in links


def test_a_short_form_in_english_is_named_so(editor: FlaskClient, frozen: str) -> None:
    answer = editor.get(f"{frozen}/versionen/1.docx?fassung=kurz&sprache=en")
    assert "-V1-Kurzfassung-en.docx" in answer.headers["Content-Disposition"]
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answer.data)).paragraphs)
    assert "Figures over the years" in said
    assert editor.get(f"{frozen}/versionen/1.docx?fassung=lang").status_code == 404


def test_without_a_version_none_is_named(editor: FlaskClient, world: World) -> None:
    page = editor.get(f"/erklaerungen/{world.own_declaration}/dateien").text
    assert "festgehaltene Version" not in page
    assert "Alle Stände" not in page


def test_many_files_at_once_wait_and_then_hear_that_it_is_busy(
    editor: FlaskClient, frozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(formats, "MAX_WAIT_SECONDS", 0.01)
    with formats._slot():
        answer = editor.get(f"{frozen}/versionen/1.csv")
    assert answer.status_code == 503
    assert "in einigen Minuten noch einmal" in answer.text
    assert f"{frozen}/dateien" in answer.text
    assert editor.get(f"{frozen}/versionen/1.csv").status_code == 200


def render(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(declaration, ["render", *arguments])
    return done.exit_code, done.output


def test_a_variant_is_rendered_that_has_pages(tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert render(str(DATA / "craft.json"), "-o", str(out), "--section", "13")[0] == 0
    assert 'id="kriterium-13"' in out.read_text("utf-8")
    assert 'id="kriterium-12"' not in out.read_text("utf-8")
    code, said = render(str(DATA / "craft.json"), "-o", str(out), "--section", "13", "--variant", "short")
    assert (code, "One section is a variant of its own" in said) == (1, True)
    code, said = render(str(DATA / "craft.json"), "-o", str(out), "--section", "21")
    assert (code, "Name one section" in said) == (1, True)
    code, said = render(str(DATA / "craft.json"), "-o", str(tmp_path / "out.csv"), "--variant", "short")
    assert (code, "holds all data" in said) == (1, True)


@pytest.mark.parametrize("kind", [*NEW, HTML], ids=lambda kind: kind.extension)
def test_the_ending_decides_what_is_rendered(kind: ExportFormat, tmp_path: Path) -> None:
    out = tmp_path / f"out.{kind.extension.upper()}"
    code, _said = render(str(DATA / "craft.json"), "-o", str(out))
    assert code == 0
    company = "Steinmetzwerkstatt Quenzel"
    content = out.read_bytes()
    if kind in (DOCX, XLSX):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            assert file.testzip() is None
            content = b"".join(file.read(name) for name in file.namelist())
    assert company.encode() in content


def test_another_ending_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    out = tmp_path / "out.odt"
    code, said = render(str(DATA / "craft.json"), "-o", str(out))
    assert code != 0
    assert ".docx" in said
    assert not out.exists()


def test_the_page_for_a_browser_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    document = json.loads((DATA / "craft.json").read_bytes())
    hostile = '</style><script>alert(1)</script><img src="http://127.0.0.1/x">'
    document["organisation"]["name"] = hostile
    document["answers"]["1.1"]["text"] = hostile
    source, out = tmp_path / "in.json", tmp_path / "out.html"
    source.write_text(json.dumps(document))
    assert render(str(source), "-o", str(out), "--language", "en")[0] == 0
    text = out.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert '<html lang="en' in text
    for tag in ("<script", "<img", "<link", "<iframe", "@import", "url("):
        assert tag not in text
    assert "&lt;/style&gt;&lt;script&gt;" in text


def test_the_print_for_inside_is_made_of_what_is_noted_now(
    app: Flask, editor: FlaskClient, frozen: str
) -> None:
    def names() -> tuple[str, str]:
        with database_session(app) as session:
            declaration = session.get_one(Declaration, int(frozen.rpartition("/")[2]))
            now = datetime.now(UTC)
            inside = rendering.internal_pdf_request(session, declaration, now=now)
            return inside.name, rendering.draft_pdf_request(session, declaration, now=now).name

    before = names()
    with database_session(app) as session:
        declaration = session.get_one(Declaration, int(frozen.rpartition("/")[2]))
        measure = Measure("Wärmepumpe prüfen", "Anna Albers", date(2027, 3, 31))
        planned = Assessment(Rating.PLANNED, (measure,))
        bring_assessments(Work(session, SHELL, datetime.now(UTC)), declaration, {13: planned})
    answer = editor.get(f"{frozen}/intern.docx")
    assert "-Intern.docx" in answer.headers["Content-Disposition"]
    word = docx.Document(io.BytesIO(answer.data))
    assert word.sections[0].header.paragraphs[0].text.startswith("Intern – nicht zur Weitergabe")
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert {"31. März 2027", "Wärmepumpe prüfen", "Anna Albers"} <= cells
    after = names()
    assert before[0] != after[0], "no kept PDF from before is handed out"
    assert before[1] == after[1], "and nobody else's file tells of it"
