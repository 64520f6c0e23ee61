"""Speed-ups change nothing that anybody can see: both engines print the same declaration."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest

from dnk_tool.report.files.attachments import attachments_of
from dnk_tool.report.files.html import render_html
from dnk_tool.report.process.client import RenderWorker
from dnk_tool.report.process.engine_choice import chosen_engine
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import build_job
from dnk_tool.report.view.compose import compose
from tests import prints as printing
from tests.support.listening.gate import hearing_failures

LIMITS = RenderLimits()

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def plain_engine() -> Iterator[RenderWorker]:
    worker = RenderWorker("plain")
    yield worker
    worker.kill()


@pytest.fixture(scope="module", params=printing.names())
def prints(request: pytest.FixtureRequest, plain_engine: RenderWorker) -> list[bytes]:
    """A declaration as the plain engine prints it, and as the fast one does (the file of `test_prints`)."""
    assert chosen_engine() == "fast"
    return [plain_engine.run_job(job(request.param), LIMITS.seconds), printing.printed(request.param)]


def job(name: str) -> bytes:
    document, issue = printing.issued(name)
    files = attachments_of(document, issued_on=issue.issued_on, language=document.language)
    return build_job(render_html(compose(document, issue)), issue, LIMITS, files)


def same(prints: list[bytes], seen: Callable[[bytes], Any]) -> Any:
    plain, fast = map(seen, prints)
    assert fast == plain
    return plain


def test_the_pages_and_the_tags_are_the_same(prints: list[bytes]) -> None:
    assert same(prints, page_count) > 10
    assert len(same(prints, tag_tree)) > 1_000


@needs_poppler
def test_every_word_stands_in_the_same_place(prints: list[bytes]) -> None:
    assert len(same(prints, word_places)) > 2_000
    assert same(prints, text)


def test_a_listener_hears_no_fault(prints: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(prints[1])) as pdf:
        assert list(hearing_failures(pdf)) == []


def page_count(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def tag_tree(content: bytes) -> list[tuple[Any, ...]]:
    """Every element of the structure in the order of reading: its depth, and all that it says."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        return list(_elements(pdf.Root.StructTreeRoot.K, 0, pages))


def _elements(kid: Any, depth: int, pages: dict[Any, int]) -> Iterator[tuple[Any, ...]]:
    if isinstance(kid, pikepdf.Array):
        for child in kid:
            yield from _elements(child, depth, pages)
    elif not isinstance(kid, pikepdf.Dictionary):
        yield depth, "content", int(kid)
    elif kid.get("/S") is None:  # a reference to content of a page, or to a link
        yield (
            depth,
            str(kid.get("/Type")),
            pages.get(kid.Pg.objgen) if "/Pg" in kid else None,
            kid.get("/MCID"),
        )
    else:
        said = {name: _plain(kid[name], pages) for name in kid.keys() - {"/K", "/P", "/Type"}}
        yield depth, sorted(said.items())
        if "/K" in kid:
            yield from _elements(kid.K, depth + 1, pages)


def _plain(value: Any, pages: dict[Any, int]) -> Any:
    if isinstance(value, pikepdf.Dictionary):
        return pages.get(value.objgen, sorted((name, str(value[name])) for name in value))
    return str(value)


def word_places(content: bytes) -> list[str]:
    """Every word with its box, page after page."""
    return re.findall(r"<(?:page|word) .*", _said(["pdftotext", "-bbox", "-", "-"], content))


def text(content: bytes) -> str:
    return _said(["pdftotext", "-raw", "-", "-"], content)


def _said(command: list[str], content: bytes) -> str:
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
