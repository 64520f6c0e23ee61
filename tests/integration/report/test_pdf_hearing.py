"""The gate hears what the engine alone does wrong and what a page may do wrong, and nothing of ours."""

import io
import re
import subprocess
import sys

import pikepdf
import pytest

from dnk_tool.report.process.client import worker_environment
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from tests.integration.exports.test_attached_data import DRAFT
from tests.support.listening.gate import faults_of, hearing_failures
from tests.support.listening.text_layer import Element, Piece, structure

ROWS = '<tr><th scope="row">Strom</th><td>7</td></tr>' * 12
# What the engine alone does wrong, each a part of its own.
PARTS = """<html lang="de-DE"><title>x</title><link rel=stylesheet href="asset:declaration.css">
<style>@page { size: 120mm 90mm; margin: 10mm } body { font: 9pt/14pt Sans }
p { width: 42mm; hyphens: auto }</style>
<h1>Bericht</h1>
<p>Die Gesellschafterinnen haben vor den Schulferien über Nachhaltigkeitsziele beraten.</p>
<p>Kilo- und Megawatt, vor\N{HYPHEN}her, <b>kurz</b> <i>gesagt</i><br>neu</p><div></div>
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" viewBox="0 0 200 40" font-family="Sans">
<title>Balkendiagramm: Energie. Strom: 7 Prozent.</title>
<text x="0" y="10" font-size="8">viel Strom</text>
<text x="100" y="30" font-size="8" text-anchor="middle">wenig Gas</text>
<text x="200" y="20" font-size="8" text-anchor="end">am Ende</text></svg>
<table><thead><tr><th scope="col"></th><th scope="col">Wert</th></tr></thead><tbody>ROWS</tbody></table>
<p>PROSE</p>""".replace("ROWS", ROWS).replace(
    "PROSE", "Worte über Worte füllen hier die Seite. " * 30 + "Ende"
)
# What a page does wrong, whoever prints it.
FAULTS = """<html lang="de-DE"><title>x</title><link rel=stylesheet href="asset:declaration.css">
<h1>Bericht</h1><table><tr><th scope="row">LONG</th><td>7</td></tr><tr><th scope="row">Gas</th><td>–</td></tr>
<tr><th scope="row">nichts</th></tr></table>
<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20" viewBox="0 0 80 20">
<title>Energie;Strom 7 kWh</title><text x="0" y="10" font-size="8">Strom</text></svg>""".replace(
    "LONG", "Strom " * 20
)

ALONE = """
import sys, weasyprint
from dnk_tool.report.engine import fetcher, hyphenation
hyphenation.install()
source = weasyprint.HTML(string=sys.stdin.read(), url_fetcher=fetcher.AssetFetcher())
sys.stdout.buffer.write(source.write_pdf(pdf_variant="pdf/ua-1"))
"""


def failures(content: bytes) -> str:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "\n".join(hearing_failures(pdf))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the gate hears of the parts as the engine alone prints them."""
    env = worker_environment(str(tmp_path_factory.mktemp("alone")))
    done = subprocess.run(
        [sys.executable, "-c", ALONE], input=PARTS.encode(), capture_output=True, check=True, env=env
    )
    return failures(done.stdout)


@pytest.fixture(scope="module")
def ours() -> bytes:
    return render_job(PARTS, DRAFT, RenderLimits())


@pytest.mark.parametrize(
    "fault",
    [
        r"U\+2010 in 'Die Gesellschafte",
        r"no space between .*Worte",
        r"empty /Div",
        r"a figure (beyond its page|whose words stand elsewhere)",
        r"no space between words of a figure",
        r"a head without words",
        r"/Table is read in parts",
    ],
)
def test_the_gate_hears_what_the_engine_alone_does_wrong(alone: str, fault: str) -> None:
    assert re.search(fault, alone), alone


def test_nothing_of_that_is_in_our_files(ours: bytes) -> None:
    assert failures(ours) == ""


def test_words_are_read_as_they_are_written(ours: bytes) -> None:
    with pikepdf.open(io.BytesIO(ours)) as pdf:
        elements = list(structure(pdf).elements())
        said = [element.text.replace("\N{SOFT HYPHEN}", "") for element in elements]
        kinds = [element.kind for element in elements]
    assert "Die Gesellschafterinnen haben vor den Schulferien über Nachhaltigkeitsziele beraten." in said
    assert "Kilo- und Megawatt, vor-her, kurz gesagt neu" in said
    assert "viel Strom  wenig Gas  am Ende" in said
    assert [kinds.count(kind) for kind in ("/Table", "/THead", "/TR", "/P")] == [1, 1, 13, 3]


@pytest.fixture(scope="module")
def wrong() -> str:
    """What the gate hears of a page that does wrong."""
    return failures(render_job(FAULTS, DRAFT, RenderLimits()))


@pytest.mark.parametrize(
    "fault",
    [
        r"a head of \d+ characters: 'Strom",
        r"a dash that does not say what it means",
        r"a head over nothing: 'nichts",
        r"a figure that does not say what it is, in sentences",
        r"a figure that is no sentence",
        r"a unit that is not spoken",
    ],
)
def test_the_gate_hears_what_a_page_does_wrong(wrong: str, fault: str) -> None:
    assert re.search(fault, wrong), wrong


@pytest.mark.parametrize("end", [" ", "\N{SOFT HYPHEN}"])
def test_the_gate_hears_a_paragraph_in_parts(end: str) -> None:
    part = Element({"/K": [0]}, "/P", [Piece(1, 0, 0, f"Die Gesell{end}")])
    assert [*faults_of(part)] == [f"/P is read in parts: {part.text!r}"]


def test_the_gate_hears_a_long_contents_on_one_level() -> None:
    entry = '<li><a href="#a">Ziel</a></li>'
    head = '<html lang="de-DE"><title>x</title><link rel=stylesheet href="asset:declaration.css">'
    page = head + '<h1 id="a">x</h1><nav><ol>{}</ol></nav>'
    flat = page.format(entry * 13)
    nested = page.format(f'<li><a href="#a">Ziel</a><ol>{entry * 12}</ol></li>')
    said = [failures(render_job(html, DRAFT, RenderLimits())) for html in (flat, nested)]
    assert said == ["13 entries of the contents on one level", ""]
