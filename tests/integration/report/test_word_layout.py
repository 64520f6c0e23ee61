"""The Word document as LibreOffice lays it out: every chapter, no empty sheet, the right page numbers."""

import subprocess
from datetime import date

import pytest

from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import DeclarationView, Issue
from tests.support.documents import full_document

DRAFT = Issue(None, date(2026, 11, 26), True, "ab" * 32)


@pytest.fixture(scope="module")
def view() -> DeclarationView:
    return compose(full_document(), DRAFT, on_paper=False)


@pytest.fixture(scope="module")
def pages(view: DeclarationView, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words of each page, as LibreOffice lays it out."""
    folder = tmp_path_factory.mktemp("word")
    (folder / "e.docx").write_bytes(to_docx(view))
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", "--headless", home, "--convert-to", "pdf", "e.docx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=200)
    told = subprocess.run(["pdftotext", "-layout", "e.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return told.stdout.decode().split("\f")[:-1]


def test_libreoffice_lays_it_out(pages: list[str], view: DeclarationView) -> None:
    words = " ".join(" ".join(pages).split())
    for part in view.parts:
        for chapter in part.chapters:
            assert " ".join(chapter.title.split()) in words
    # A page with nothing but its foot would be an empty sheet in somebody's hand.
    assert [number for number, page in enumerate(pages, 1) if len(page.split()) < 25] == []


def test_libreoffice_counts_the_pages(pages: list[str], view: DeclarationView) -> None:
    assert all(f"von {len(pages)}" in page for page in pages[1:])
    row = view.index[-1]
    (listed,) = (
        line.split()[-1]
        for page in pages
        for line in page.splitlines()
        if line.strip().startswith(row.code) and line.split()[-1].isdigit()
    )
    assert row.code in pages[int(listed) - 1]
