"""What is kept from one render to the next changes nothing: the same bytes, the same places."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dnk_tool.report.files.html import render_html
from dnk_tool.report.process.client import RenderWorker, worker_environment
from dnk_tool.report.process.protocol import encode_job
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from tests.support.documents import stored_document
from tests.support.listening.painting import as_drawn

ISSUE = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
SENTENCE = "Dieser Satz kam später dazu und schiebt alles, was ihm folgt, um mehrere Zeilen nach unten. "

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def html_of_parts(name: str, areas: slice) -> str:
    """A declaration of some areas, with all that names their pages."""
    view = compose(stored_document(name), ISSUE)
    parts = view.parts[areas]
    anchors = {
        requirement.anchor for part in parts for chapter in part.chapters for requirement in chapter.parts
    }
    index = tuple(row for row in view.index if row.anchor in anchors)
    return render_html(replace(view, parts=parts, index=index, glossary=(), ratings=()))


CRAFT, OTHER = html_of_parts("craft", slice(1, 3)), html_of_parts("sole", slice(0, 2))
CHANGED = re.sub(
    r'(<section class="chapter criterion.*?<p>)', rf"\1{SENTENCE * 3}", CRAFT, count=1, flags=re.S
)


def job_of_html(html: str) -> bytes:
    said = {"html": html, "fingerprint": ISSUE.fingerprint, "issued_on": "2026-03-02", "files": []}
    return encode_job(said | {"cpu_seconds": 90, "memory": 2_000_000_000})


def print_all(*pages: str) -> list[bytes]:
    """Each page out of one and the same child."""
    printer = RenderWorker()
    try:
        return [printer.run_job(job_of_html(page), 300) for page in pages]
    finally:
        printer.kill()


@pytest.fixture(scope="module")
def files() -> dict[str, list[bytes]]:
    return {
        "one child": print_all(CRAFT, CHANGED, OTHER, CRAFT),
        "fresh": [*print_all(CHANGED), *print_all(OTHER)],
    }


def test_the_same_page_gives_the_same_bytes_again(files: dict[str, list[bytes]]) -> None:
    first, changed, _other, again = files["one child"]
    assert again == first
    assert changed != first


def test_a_change_gives_the_bytes_of_a_render_without_memory(files: dict[str, list[bytes]]) -> None:
    assert files["one child"][1] == files["fresh"][0]


def test_two_declarations_do_not_mix(files: dict[str, list[bytes]]) -> None:
    assert files["one child"][2] == files["fresh"][1]


def boxes(content: bytes) -> list[tuple[int, str, list[float]]]:
    """Every word with its page and place in the order of reading, but for the numbers of pages.

    What the engine alone calls a hyphen at the end of a line is a soft one.
    """
    command = ["pdftotext", "-bbox", "-", "-"]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return [
        (number, text.replace("\N{HYPHEN}", "\N{SOFT HYPHEN}"), [float(side) for side in sides])
        for number, page in enumerate(said.split("<page "))
        for *sides, text in re.findall(WORD, page)
        if not text.isdigit()
    ]


WORD = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
ROUNDING = 0.0005  # points: a text of a chart is turned over, which changes the last digits of its place

ENGINE = """
import sys, weasyprint
from dnk_tool.report.engine import chart_text, fetcher, hyphenation, page_numbers, patches
hyphenation.install()
patches.repair(chart_text.PATCHES)
html = page_numbers.with_room(sys.stdin.read())
sys.stdout.buffer.write(weasyprint.HTML(string=html, url_fetcher=fetcher.AssetFetcher()).write_pdf())
"""


@needs_poppler
def test_every_word_stands_where_the_engine_alone_puts_it(
    files: dict[str, list[bytes]], tmp_path: Path
) -> None:
    command, env = [sys.executable, "-c", ENGINE], worker_environment(str(tmp_path))
    done = subprocess.run(command, input=CHANGED.encode(), capture_output=True, check=True, env=env)
    alone = boxes(done.stdout)
    assert len(alone) > 2_000
    ours = boxes(as_drawn(files["one child"][1]))
    assert [word[:2] for word in ours] == [word[:2] for word in alone]
    for (*_, sides), (*_, other) in zip(ours, alone, strict=True):
        assert sides == pytest.approx(other, rel=0, abs=ROUNDING)


@needs_poppler
def test_contents_and_index_name_the_right_pages(files: dict[str, list[bytes]]) -> None:
    command = ["pdftotext", "-layout", "-", "-"]
    said = subprocess.run(command, input=files["one child"][1], capture_output=True, check=True).stdout
    pages = said.decode().split("\f")[:-1]
    named = re.findall(r"^\s*(\d+)\s+(\S.*?)\s{3,}(\d+)$", pages[1], re.MULTILINE)
    codes = re.findall(r"^\s*(GRI \S+) .*\s(\d+)$", "\n".join(pages[-4:]), re.MULTILINE)
    assert len(named) > 5
    assert len(codes) > 5
    for number, title, at in named:
        assert re.search(rf"^\s*{number}\s.*{re.escape(title[:18])}", pages[int(at) - 1], re.MULTILINE), title
    for code, at in codes:
        assert code in pages[int(at) - 1], code
