"""The variants as PDF files: accessible, of a fitting length, marked on each page, known by their data."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import declaration_job, render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from dnk_tool.services.uploads.declarations import (
    DeclarationFileFault,
    UnreadableDeclaration,
    read_declaration_file,
)
from tests.support.files.pdf_accessibility import accessibility_failures

PRODUCER = read_document((Path(__file__).parents[2] / "data/producer.json").read_bytes())
SHA256 = fingerprint(canonical_json(redact_document(PRODUCER)))
ISSUE = Issue(2, date(2026, 3, 2), False, SHA256, check_at="https://dnk.example.org/pruefen/ABCD-EFGH-JKLM")
MOST_PAGES = {Variant.SHORT: 9, Variant.INTERNAL: 9, Variant.SECTION: 4}
ON_EACH_PAGE = {
    ("short", "de"): "Kurzfassung",
    ("short", "en"): "Short version",
    ("internal", "de"): "Intern – nicht zur Weitergabe",
    ("internal", "en"): "Internal – do not pass on",
    ("section", "de"): "Auszug",
    ("section", "en"): "Excerpt",
}
ALWAYS = Variant.SECTION, "de"  # printed each time, so that the test itself is tried


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", MOST_PAGES)
def test_a_variant_is_accessible_short_marked_and_known(
    variant: Variant, language: Language, tmp_path: Path, unless_seen: Callable[[bytes], None]
) -> None:
    path = tmp_path / "variant.pdf"
    edition = ExportOptions(variant, "12", language)
    if (variant, language) != ALWAYS:
        unless_seen(declaration_job(PRODUCER, ISSUE, edition, DEFAULT_BRANDING, RenderLimits()))
    content = render_pdf(PRODUCER, ISSUE, edition=edition)
    path.write_bytes(content)
    bookmarks = 1 if variant is Variant.SECTION else 4
    assert accessibility_failures(path, has_contents=False, least_bookmarks=bookmarks) == []
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) <= MOST_PAGES[variant]
        assert str(pdf.Root.Lang)[:2] == language
    if shutil.which("pdftotext"):
        said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
        pages = said.replace("\u00a0", " ").split("\f")[:-1]
        mark = ON_EACH_PAGE[variant.value, language]
        assert [number for number, page in enumerate(pages, 1) if mark not in page] == []
        dated = "2. März 2026" if language == "de" else "2 March 2026"
        assert [
            number for number, page in enumerate(pages, 1) if dated not in page.replace("\u00a0", " ")
        ] == []
    if variant is Variant.SECTION:
        with pytest.raises(UnreadableDeclaration) as caught:
            read_declaration_file(content)
        assert caught.value.fault is DeclarationFileFault.NO_ATTACHMENT
    else:
        assert fingerprint(canonical_json(read_declaration_file(content))) == SHA256
