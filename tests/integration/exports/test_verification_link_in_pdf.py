"""The check address in the PDF: a code with words, a link, only in finished versions, accessible."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from dnk_tool.report.files.html import render_html
from dnk_tool.report.renderer import render_pdf
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from dnk_tool.services.uploads.declarations import read_declaration_file
from tests.support.documents import full_document
from tests.support.files.pdf_accessibility import accessibility_failures, structure_elements

ADDRESS = "https://dnk.example.de/p/nc9c-td5b-2b6k"
FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8, check_at=ADDRESS)
DOCUMENT = full_document(earlier_years=0, with_assessments=False)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("check") / "final.pdf"
    path.write_bytes(render_pdf(DOCUMENT, FINAL))
    return path


def test_it_is_accessible_and_archival(printed: Path) -> None:
    assert accessibility_failures(printed) == []


def test_the_code_has_words_and_the_address_is_a_link(printed: Path) -> None:
    with pikepdf.open(printed) as pdf:
        targets = {
            str(annotation.A.URI): str(annotation.Contents)
            for page in pdf.pages
            for annotation in page.get("/Annots", [])
            if "/A" in annotation and "/URI" in annotation.A
        }
        contact = DOCUMENT.sheet().answer("general.contact-email").text
        website = DOCUMENT.organisation.website
        assert targets == {ADDRESS: ADDRESS, website: website, f"mailto:{contact}": contact}
        words = [str(element.Alt) for element, _around in structure_elements(pdf) if element.S == "/Figure"]
        assert f"QR-Code der Prüfseite {ADDRESS}" in words


def test_it_is_the_same_each_time_and_carries_the_same_data(printed: Path) -> None:
    assert render_pdf(DOCUMENT, FINAL) == printed.read_bytes()
    read_declaration_file(printed.read_bytes())


@pytest.mark.parametrize(
    "issue",
    [
        replace(FINAL, check_at=""),
        replace(FINAL, is_draft=True),
        replace(FINAL, is_pending=True),
        replace(FINAL, version=None),
    ],
    ids=["no address", "draft", "pending", "no version"],
)
def test_only_a_version_that_may_be_passed_on_has_it(issue: Issue) -> None:
    assert compose(DOCUMENT, issue).check is None
    assert "QR-Code" not in render_html(compose(DOCUMENT, issue))


def test_in_english(printed: Path) -> None:
    html = render_html(compose(DOCUMENT, FINAL, ExportOptions(language="en")))
    assert "Is this declaration genuine and current?" in html
    assert f"QR code of the check page {ADDRESS}" in html


def test_a_hostile_address_stays_words() -> None:
    html = render_html(compose(DOCUMENT, replace(FINAL, check_at='https://x/"><script>alert(1)</script>')))
    assert "<script>" not in html
    assert not re.search(r'href="https://x/">', html)
