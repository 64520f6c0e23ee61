"""The printed declaration as a file: accessible, the same each time, honest about drafts."""

import io
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.organisation import Profile
from dnk_tool.paths import PACKAGE
from dnk_tool.report.assets import FALLBACK_FACES
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import declaration_job, render_job, render_pdf
from dnk_tool.report.text.glyphs import covered_code_points
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT
from dnk_tool.report.view.model import Confirmation, Issue, Review
from tests.support.documents import full_document
from tests.support.files import evidence_files
from tests.support.files.hostile_texts import (
    HOSTILE_SIGNS,
    FreeTextField,
    PlantedDocument,
    plant_texts,
    texts_in_turn,
    visible_characters,
)
from tests.support.files.pdf_accessibility import accessibility_failures, structure_elements

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
MARK = "Entwurf – nicht freigegeben"

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "full.pdf"
    path.write_bytes(render_pdf(full_document(), FINAL))
    return path


def text_of(path: Path) -> list[str]:
    """The text of each page as it lies on the paper."""
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\f")[:-1]


def test_it_is_accessible_and_archival(full: Path) -> None:
    assert accessibility_failures(full) == []
    assert {name for name in embedded_faces(full) if "Fallback" in name} == set(), "no sign needs one"


def test_a_text_of_a_chart_is_one_text_and_no_row_of_letters(full: Path) -> None:
    with pikepdf.open(full) as pdf:
        operators = [
            str(instruction.operator)
            for sheet in pdf.pages
            for drawing in _figures(sheet)
            for instruction in drawing
        ]
    assert operators.count("BT") > 20
    assert operators.count("Tm") == operators.count("BT")


def _figures(sheet: pikepdf.Page) -> Iterator[list[pikepdf.ContentStreamInstruction]]:
    """The instructions of each drawing on a page, down to the end of its mark."""
    drawing: list[pikepdf.ContentStreamInstruction] | None = None
    for instruction in pikepdf.parse_content_stream(sheet):
        name = str(instruction.operator)
        if name == "BDC" and str(instruction.operands[0]) == "/Figure":
            drawing = []
        elif name == "EMC" and drawing is not None:
            yield drawing
            drawing = None
        elif drawing is not None:
            drawing.append(instruction)


def embedded_faces(path: Path) -> set[str]:
    with pikepdf.open(path) as pdf:
        return {
            str(font.BaseFont).partition("+")[2]
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/Font"
        }


@pytest.mark.parametrize(
    "document",
    [
        full_document(indicator_set="effas", options=frozenset(), earlier_years=0, with_assessments=False),
        full_document(language="en", earlier_years=1),
        Document("dnk-2017", 2025, "gri", "de", frozenset(), Profile("Neu")),
    ],
    ids=["effas", "english", "empty"],
)
def test_every_kind_of_declaration_is_accessible_and_archival(
    document: Document, tmp_path: Path, unless_seen: Callable[[bytes], None]
) -> None:
    path = tmp_path / "kind.pdf"
    look = Branding("#ffd500", evidence_files.logo(), portrait=evidence_files.image("JPEG", (540, 672)))
    if document.answers:
        unless_seen(declaration_job(document, DRAFT, FULL_EXPORT, look, RenderLimits()))
    path.write_bytes(render_pdf(document, DRAFT, look=look))
    assert accessibility_failures(path) == []
    with pikepdf.open(path) as pdf:
        spoken = [
            str(element.Alt) for element, _around in structure_elements(pdf) if str(element.S) == "/Figure"
        ]
    assert spoken[0].startswith("Logo"), "the company's logo is the first picture"
    assert spoken[0].endswith(document.organisation.name)
    assert len([text for text in spoken if text.startswith("Logo")]) == 1
    has_foreword = "general.foreword" in document.answers
    assert len([text for text in spoken if text.startswith(("Porträt", "Portrait"))]) == has_foreword


# A whole declaration of few pages.
SMALL = read_document((Path(__file__).parents[2] / "data/sole.json").read_bytes())
LONG = "Nachhaltigkeits­cluster der Holz- und Metallbetriebe im Landkreis " * 7
REVIEWED = replace(
    FINAL,
    review=Review(LONG, date(2026, 3, 14), "Karin Albers <script>"),
    confirmation=Confirmation(date(2026, 3, 3), "Dr. Petra Muster 50%"),
)


@pytest.mark.parametrize(
    ("issue", "language", "said"),
    [
        (REVIEWED, "de", ("Formal vollständig, geprüft von", "durch Dr. Petra Muster 50%")),
        (REVIEWED, "en", ("Formally complete, reviewed by", "by Dr. Petra Muster 50%")),
        (replace(FINAL, is_pending=True), "de", ("Version 2 vom 2. März 2026, nicht freigegeben",)),
    ],
    ids=["reviewed", "reviewed-english", "pending"],
)
@needs_poppler
def test_a_version_says_who_reviewed_and_confirmed_it(
    issue: Issue, language: Any, said: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "version.pdf"
    path.write_bytes(render_pdf(replace(SMALL, language=language), issue))
    assert accessibility_failures(path) == []
    pages = [re.sub(r"\s+", " ", text) for text in text_of(path)]
    for words in said:
        assert words in pages[0], "on the cover"
    if issue.is_pending:
        assert said[0] in text_of(path)[4], "in one line at the foot of each page"
    for words in said[:1] if issue.review else ():
        assert words in " ".join(pages[-2:]), "and where the copy is described"
    assert len([text for text in pages if "Karin Albers <script>" in text]) == (2 if issue.review else 0)


def test_the_document_says_what_it_is(full: Path) -> None:
    with pikepdf.open(full) as pdf:
        assert str(pdf.Root.Lang) == "de-DE"
        assert (
            str(pdf.docinfo.Title) == "Erklärung nach den 20 Kriterien des DNK 2025 – Muster Metallbau GmbH"
        )
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_outline() as outline:
            names = [bookmark.title for bookmark in outline.root]
        assert names[:5] == ["Inhalt", "Vorwort", "Auf einen Blick", "Allgemeine Informationen", "Strategie"]


def test_links_say_where_they_lead(full: Path) -> None:
    with pikepdf.open(full) as pdf:
        links = [
            annotation
            for sheet in pdf.pages
            for annotation in sheet.get("/Annots", [])
            if annotation.Subtype == "/Link"
        ]
        names = {str(link.Contents) for link in links}
        assert "13 Klimarelevante Emissionen" in names
        assert not [name for name in names if re.match(r"(angabe|kriterium|bereich|indikatoren)-", name)]
        addresses = {str(link.A.URI): str(link.Contents) for link in links if "/A" in link}
        assert addresses == {
            "https://muster-metallbau.example": "https://muster-metallbau.example",
            "mailto:nachhaltigkeit@muster.example": "nachhaltigkeit@muster.example",
        }
        assert {"ILO", "Scope 1"} <= names, "terms lead to the glossary"


def test_14_the_metadata_have_the_whole_fingerprint_and_the_imprint_a_short_one(full: Path) -> None:
    with pikepdf.open(full) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:identifier"] == f"sha256:{FINAL.fingerprint}"


@needs_poppler
def test_the_contents_name_the_right_pages(full: Path) -> None:
    pages = text_of(full)
    lines = re.findall(r"^\s*(\d+)\s+(\S.*?)\s{3,}(\d+)$", pages[1], re.MULTILINE)
    assert [int(number) for number, _, _ in lines] == list(range(1, 21))
    for number, title, at in lines:
        assert re.search(rf"^\s*{number}\s.*{re.escape(title[:18])}", pages[int(at) - 1], re.MULTILINE), title
    assert all(f"Seite {number} von {len(pages)}" in text for number, text in enumerate(pages[1:], start=2))


def test_the_same_document_gives_the_same_bytes(full: Path) -> None:
    assert render_pdf(full_document(), FINAL) == full.read_bytes()


@needs_poppler
def test_only_a_draft_says_so_on_every_page(full: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(render_pdf(SMALL, DRAFT))
    assert [number for number, text in enumerate(text_of(path), start=1) if MARK not in text] == []
    assert [text for text in text_of(full) if re.search("Entwurf( –| vom|, nicht)", text)] == []


DEMO = PACKAGE / "cli" / "demo" / "data" / "tischlerei-sommer.json"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The pages of the declaration that the demo shows."""
    path = tmp_path_factory.mktemp("pdf") / "demo.pdf"
    path.write_bytes(render_pdf(read_document(DEMO.read_bytes()), FINAL))
    assert accessibility_failures(path) == []
    return [text.replace("\u00a0", " ") for text in text_of(path)]


@needs_poppler
def test_no_line_ends_within_a_figure_or_the_head_of_a_goal(demo: list[str]) -> None:
    view = compose(read_document(DEMO.read_bytes()), FINAL)
    shown = [requirement for part in view.parts for chapter in part.chapters for requirement in chapter.parts]
    cells = {
        cell for requirement in shown for table in requirement.tables for row in table.rows for cell in row
    }
    values = {
        figure.value
        for requirement in shown
        for t in requirement.fields
        for row in t.rows
        for figure in row.figures
    }
    said = "\n".join(demo)
    assert "130.200 kWh" in said
    numbers = {cell.text.replace("\u00a0", " ") for cell in cells if cell.is_number} | values
    assert [number for number in numbers if number not in said] == []


@needs_poppler
def test_what_goes_on_overleaf_says_so_at_the_head_of_its_page(demo: list[str]) -> None:
    continued = [line.strip() for text in demo for line in text.splitlines() if "(Fortsetzung)" in line]
    assert any(re.match(r"GRI SRS-\d+-\d+ .*\(Fortsetzung\)", line) for line in continued)
    assert not any("(Fortsetzung)" in text for text in demo[:4])


@needs_poppler
def test_a_table_of_goals_stays_on_one_page(demo: list[str]) -> None:
    answers = read_document(DEMO.read_bytes()).answers
    goals = [ref for ref in answers if ref.endswith(".goals")]
    assert sum(len(re.findall(r"Ausgangsjahr +Ausgangswert", text)) for text in demo) == len(goals) == 7


@needs_poppler
def test_a_goal_that_two_criteria_say_alike_is_printed_once(demo: list[str]) -> None:
    view = compose(read_document(DEMO.read_bytes()), FINAL)
    shown = [requirement for part in view.parts for chapter in part.chapters for requirement in chapter.parts]
    tables = [table for requirement in shown for table in requirement.tables if table.caption == "Ziele"]
    rows = [row for table in tables for place, row in enumerate(table.rows) if place not in table.elsewhere]
    assert len(rows) == len(set(rows)) == 24
    said = " ".join(" ".join(demo).split())
    references = [
        f"Siehe {row.ref}: {row.name}".replace("\u00a0", " ") for table in tables for row in table.references
    ]
    assert [said.count(reference) for reference in references] == [1] * 5


@needs_poppler
def test_a_percentage_changes_by_points_and_says_so(demo: list[str]) -> None:
    (page,) = [text for text in demo if "Bewertete neue Lieferanten" in text]
    assert re.search(r"Bewertete neue Lieferanten .*\+30,0[ \u00a0]PP$", page, re.MULTILINE)
    assert "PP = Prozentpunkte" in page


@needs_poppler
def test_no_page_within_the_chapters_is_nearly_empty(demo: list[str]) -> None:
    assert min(len(text.split()) for text in demo[3:-1]) > 60


BREAK = "<p>Absatz<div style='break-after: page'></div>"
OPENER = "<section class='part strategy'><div class=start><div class=opener><h2>Strategie</h2></div></div>"


@needs_poppler
@pytest.mark.parametrize(("before", "is_coloured"), [("", True), ("<p>Rest des vorigen", False)])
def test_the_band_of_an_area_bleeds_only_where_it_begins_a_page(
    before: str, is_coloured: bool, tmp_path: Path
) -> None:
    head = "<html lang=de><title>x</title><link rel=stylesheet href='asset:declaration.css'>"
    html = f"{head}<style>:root {{ --strategy: #16324f }}</style>{BREAK}{before}{OPENER}"
    (tmp_path / "band.pdf").write_bytes(render_job(html, FINAL, RenderLimits()))
    command = [
        "pdftoppm",
        "-r",
        "10",
        "-f",
        "2",
        "-singlefile",
        str(tmp_path / "band.pdf"),
        str(tmp_path / "band"),
    ]
    subprocess.run(command, check=True)
    _, width, _, _, pixels = (tmp_path / "band.ppm").read_bytes().split(maxsplit=4)
    at = 3 * (int(width) + int(width) // 2)  # in the middle of the second row
    assert (tuple(pixels[at : at + 3]) == (0x16, 0x32, 0x4F)) is is_coloured


@pytest.fixture
def listener() -> Iterator[tuple[int, list[Any]]]:
    """A port on this machine and whoever connected to it."""
    seen: list[Any] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        try:
            while True:
                connection, address = server.accept()
                seen.append(address)
                connection.close()
        except OSError:
            return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield server.getsockname()[1], seen
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def hostile_document(port: int) -> PlantedDocument:
    """Every place of a declaration holds a hostile text; addresses in them lead to our own port.

    In every other answer signs mean something.
    """
    text_of = texts_in_turn(5)

    def at(place: FreeTextField) -> str:
        return (
            "x" * 50_000 if place.path == "answers.1.1.text" else text_of(place).replace(":9/", f":{port}/")
        )

    planted = plant_texts(at)
    every_other = set(list(planted.document.answers)[::2])
    answers = {
        ref: replace(answer, is_marked_up=ref in every_other)
        for ref, answer in planted.document.answers.items()
    }
    answers["1.2"] = Answer(text="\n\n".join(HOSTILE_SIGNS.values()), is_marked_up=True)
    return replace(planted, document=replace(planted.document, answers=answers))


def test_a_hostile_document_is_printed_as_text_and_reaches_nothing(
    listener: tuple[int, list[Any]], tmp_path: Path
) -> None:
    port, seen = listener
    path, hostile = tmp_path / "hostile.pdf", hostile_document(port)
    path.write_bytes(render_pdf(hostile.document, FINAL))
    assert seen == []
    # A line from right to left that ends with words from left to right: see docs/upstream.md.
    mixed = "Ελλάδα' and 'Привет"
    assert [fault for fault in accessibility_failures(path) if mixed not in fault] == []
    assert {f"Fallback{name}" for name in FALLBACK_FACES} <= embedded_faces(path)
    with pikepdf.open(path) as pdf:
        assert set(pdf.attachments) == {"erklaerung-2025.json", "kennzahlen-2025.xlsx"}
        links = [annotation for sheet in pdf.pages for annotation in sheet.get("/Annots", [])]
        assert not [link for link in links if link.Subtype != "/Link"]
        outside = {str(link.A.URI) for link in links if "/A" in link}
        assert outside
        assert not [address for address in outside if not address.startswith(("https://", "mailto:"))]
        keys = {
            key
            for pdf_object in pdf.objects
            if isinstance(pdf_object, pikepdf.Dictionary)
            for key in iter(pdf_object)
        }
        assert not keys & {"/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/RichMediaContent"}
    if shutil.which("pdftotext"):
        pages = "\n".join(text_of(path))
        assert "root:" not in pages
        assert "Zeichen, die nicht gedruckt werden konnten" in re.sub(r"\s+", " ", pages)
        said = visible_characters(pages)
        printed = {place: text for place, text in hostile.texts.items() if place.mark in said}
        assert len(printed) > 250
        assert [
            place.path for place, text in printed.items() if not _is_in(visible_characters(text), text, said)
        ] == []


def _is_in(whole: str, text: str, said: str) -> bool:
    """Whether all words of the text are printed; a page may end within them."""
    known = covered_code_points()
    words = re.findall(r"\w+", "".join(c if ord(c) in known else " " for c in text))
    return whole in said or all(visible_characters(word)[:60] in said for word in words)


def test_a_slow_page_ends_at_the_limit_of_time() -> None:
    html = "<html lang=de><title>x</title><p style='overflow-wrap:anywhere'>" + "x" * 200_000
    with pytest.raises(RenderFailed) as caught:
        render_job(html, FINAL, RenderLimits(seconds=2))
    assert caught.value.reason == "time", caught.value.detail
    with pytest.raises(RenderFailed) as caught:
        render_job(html, FINAL, RenderLimits(cpu_seconds=1))
    assert caught.value.reason == "time", caught.value.detail


def test_a_large_page_ends_at_the_limit_of_memory() -> None:
    with pytest.raises(RenderFailed) as caught:
        render_job(
            "<html lang=de><title>x</title>" + "<p>Absatz" * 200_000, FINAL, RenderLimits(memory=400_000_000)
        )
    assert caught.value.reason == "memory"


# Chinese, a picture, hieroglyphs, Thai, cuneiform, a letter for private use, and one that is no character.
RARE = "x 漢字 😀 𓀀 ก 𒀀 \ue000 \uffff"


@pytest.mark.parametrize("text", ["x", RARE], ids=["plain", "rare"])
@pytest.mark.parametrize("style", ["", "<style>p { font-family: Unknown, fantasy }</style>"], ids=len)
def test_a_page_that_names_no_font_of_ours_is_printed(style: str, text: str) -> None:
    """The child's Fontconfig knows no fonts, and Pango crashes where there is none."""
    printed = render_job(f"<html lang=de><title>x</title>{style}<p>{text}</p>", FINAL, RenderLimits())
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.pages[0].Resources.Font


def test_an_address_outside_of_the_assets_stops_the_render() -> None:
    with pytest.raises(RenderFailed) as caught:
        render_job(
            "<html lang=de><title>x</title><img alt=x src='file:///etc/passwd'>", FINAL, RenderLimits()
        )
    assert caught.value.reason == "crash"
    assert "ForbiddenAddress" in caught.value.detail


def test_the_child_imports_no_catalogue() -> None:
    code = (
        "import sys, dnk_tool.report.process.worker\n"
        "unwanted = ('dnk_tool.catalogue', 'dnk_tool.domain', 'ruamel', 'jinja2', 'babel')\n"
        "sys.exit([name for name in sys.modules if name.startswith(unwanted)] or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_server_never_imports_weasyprint() -> None:
    code = "import sys, dnk_tool.report.renderer; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
