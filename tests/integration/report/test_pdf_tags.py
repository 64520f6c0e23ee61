"""What the HTML says and the engine does not pass on: languages, pairs of terms, contents."""

import io
from typing import Any

import pikepdf
import pytest

from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from tests.integration.exports.test_attached_data import DRAFT
from tests.support.files.pdf_accessibility import child_elements, structure_elements

PAGE = """<html lang="en-GB"><title>x</title><link rel=stylesheet href="asset:declaration.css">
<h1>Report</h1>
<nav class="contents"><h2>Contents</h2><ol><li><a href="#a">First <span>1</span></a></li></ol></nav>
<h2 id="a">First</h2>
<p>English</p><p lang="de-DE">Deutsch</p><p lang="en-GB">English again</p>
<dl><dt>Year</dt><dd>2025</dd><dt>Site</dt><dd>Halle</dd><dd>Lager</dd></dl>
<dl><div><dt>Sector</dt><dd>Metal</dd></div><div><dt>Size</dt><dd>48</dd></div></dl>
<ul><li>One</li><li>Two</li></ul>"""


@pytest.fixture(scope="module")
def tree() -> Any:
    with pikepdf.open(io.BytesIO(render_job(PAGE, DRAFT, RenderLimits()))) as pdf:
        yield [element for element, _around in structure_elements(pdf)]


def test_a_part_in_another_language_says_so_and_no_other_does(tree: Any) -> None:
    said = [(str(element.S), str(element.Lang)) for element in tree if "/Lang" in element]
    assert set(said) == {("/P", "de-DE")}


def test_a_term_and_what_is_said_of_it_are_one_entry(tree: Any) -> None:
    lists = [
        [[str(kid.S) for kid in child_elements(entry)] for entry in child_elements(element)]
        for element in tree
        if element.S == "/L"
    ]
    pair = ["/Lbl", "/LBody"]
    assert lists[:2] == [[pair, [*pair, "/LBody"]], [pair, pair]]
    assert [len(entries) for entries in lists] == [2, 2, 2]
    for element in tree:
        assert all(kid.P.objgen == element.objgen for kid in child_elements(element))


def test_a_list_of_links_in_a_nav_is_a_table_of_contents(tree: Any) -> None:
    (contents,) = [element for element in tree if element.S == "/TOC"]
    (entry,) = child_elements(contents)
    (reference,) = child_elements(entry)
    assert (entry.S, reference.S) == ("/TOCI", "/Reference")
    assert [str(child.S) for child in child_elements(reference)] == ["/Link"]


def test_a_list_inside_an_entry_belongs_to_what_the_entry_says() -> None:
    entry = "<li>One<ul><li>In</li><li>Out</li></ul></li>"
    page = (
        f"<html lang=en><title>x</title><h1>Report</h1><ul>{entry}{'<li>More</li>' * 3}</ul><ol>{entry}</ol>"
    )
    with pikepdf.open(io.BytesIO(render_job(page, DRAFT, RenderLimits()))) as pdf:
        inner = [
            around for element, around in structure_elements(pdf) if element.S == "/L" and "/L" in around
        ]
    assert [around[-3:] for around in inner] == [("/L", "/LI", "/LBody")] * 2
