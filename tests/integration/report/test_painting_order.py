"""Pages are painted in the order of their tags, so that programs that know no tags read them in order."""

import io
import shutil
import subprocess
import sys

import pikepdf
import pytest

from dnk_tool.report.process.client import worker_environment
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from tests.integration.exports.test_attached_data import DRAFT
from tests.support.listening.painting import pages_out_of_order

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20" viewBox="0 0 80 20">'
CHART = f'{SVG}<title>Balkendiagramm: Strom.</title><text x="0" y="10" font-size="8">Strom</text></svg>'
NUMBER = '<h2 style="position: relative"><span style="position: absolute; left: -9mm">1.1</span>Titel</h2>'
LIST = "<ul><li>eins<ul><li>innen</li></ul></li><li><p>zwei</p></li></ul>"
FLOAT = '<h2>Vorwort</h2><div style="float: left; width: 30mm">Name</div><p>Worte des Vorworts</p>'
# What CSS paints behind everything else; each with what it must be read between.
APART = {
    "a number that is placed on its own": f"{NUMBER}<p>Text</p>",
    "the marks of a list": f"<p>vorher</p>{LIST}<p>nachher</p>",
    "what floats": FLOAT,
    "a drawing that is cut off at its edges": f"<p>vorher</p>{CHART}<p>nachher</p>",
    "from right to left": f'<div dir="rtl">{NUMBER}<ul><li>שלום</li></ul><p>עולם <b>שלום</b> 7</p></div>',
    "in a cell": f"<table><tr><td>{LIST}</td><td>{NUMBER}{CHART}</td></tr></table>",
    "one in the other": (
        f'<div style="position: relative">{FLOAT}{LIST}<b style="float: right">7</b>Ende</div>'
    ),
}
ALONE = """
import sys, weasyprint
from dnk_tool.report.engine import fetcher
source = weasyprint.HTML(string=sys.stdin.read(), url_fetcher=fetcher.AssetFetcher())
sys.stdout.buffer.write(source.write_pdf(pdf_variant="pdf/ua-1"))
"""


def one_sheet(*parts: str) -> str:
    edges = ("@top-left", "@top-center", "@top-right", "@bottom-left", "@bottom-right", "@right-top")
    bare = f"<style>@page {{ {' '.join(f'{edge} {{ content: none }}' for edge in edges)} }}</style>"
    style = f'<link rel=stylesheet href="asset:declaration.css">{bare}'
    return f'<html lang="de-DE"><title>x</title>{style}<h1>Bericht</h1>{"".join(parts)}'


def out_of_order(content: bytes) -> list[int]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return pages_out_of_order(pdf)


@pytest.fixture(scope="module")
def ours() -> bytes:
    """A page for each of them."""
    parts = (f'<div style="break-before: page">{part}</div>' for part in APART.values())
    return render_job(one_sheet(*parts), DRAFT, RenderLimits())


def test_the_engine_alone_paints_each_of_them_out_of_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = (f'<div style="break-before: page">{part}</div>' for part in APART.values())
    env = worker_environment(str(tmp_path_factory.mktemp("alone")))
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=one_sheet(*parts).encode(),
        capture_output=True,
        check=True,
        env=env,
    )
    assert out_of_order(done.stdout) == [*range(2, len(APART) + 2)]


def test_we_paint_all_of_them_in_order(ours: bytes) -> None:
    with pikepdf.open(io.BytesIO(ours)) as pdf:
        assert len(pdf.pages) == len(APART) + 1
    assert out_of_order(ours) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_a_program_that_reads_as_it_was_painted_reads_in_order(ours: bytes) -> None:
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=ours, capture_output=True, check=True)
    _first, *pages = (" ".join(text.split()) for text in done.stdout.decode().split("\f"))
    assert pages[0] == "1.1 Titel Text"
    assert pages[1] == "vorher • eins ◦ innen • zwei nachher"
    assert pages[2] == "Vorwort Name Worte des Vorworts"
    assert pages[3] == "vorher Strom nachher"
