"""The Word document: a sound package with real styles, whole words, the same bytes again, in bounded time."""

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from lxml import etree
from PIL import Image

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.organisation import Site
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.word.writer import draw_chart
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import TableCell
from tests.support.documents import PROFILE, full_document
from tests.support.files import evidence_files
from tests.support.files.evidence_files import zip_parts

DRAFT = Issue(None, date(2026, 11, 26), True, "ab" * 32)
FINAL = Issue(2, date(2026, 11, 26), False, "cd" * 32)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "]]></w:t></w:r></w:p><w:p>",
    "<script>alert(1)</script> &lt;b&gt; &amp; \"x\" 'y'",
    "Steuer\x00zeichen\x07 und\x1b[31m rot\x0bneue\x0cZeile\u2028noch\ttab \ud800 \ufffe",
    "שלום \u202eabc\u202c \u2067def\u2069 العربية",
    "Emoji 😀👩\u200d🔧 und 日本語",
    '{{7*7}} %(count)s {} " onload="x',
    "- \n- \n-\n\n\n\n•\n• Punkt",
    "_x0041_ weiches\N{SOFT HYPHEN}Ende",
    "x" * 100_000,
)


def editable_view(document: Document, issue: Issue = DRAFT, **more: object) -> DeclarationView:
    return compose(document, issue, on_paper=False, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def document() -> Document:
    return full_document()


@pytest.fixture(scope="module")
def view(document: Document) -> DeclarationView:
    return editable_view(document)


@pytest.fixture(scope="module")
def content(view: DeclarationView) -> bytes:
    return to_docx(view)


@pytest.fixture(scope="module")
def word(content: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(content))


def body(content: bytes) -> etree._Element:
    return etree.fromstring(zip_parts(content)["word/document.xml"])


def docx_text(content: bytes) -> str:
    return "".join(run.text or "" for run in body(content).iter(f"{W}t"))


def test_the_package_is_sound_and_holds_nothing_foreign(content: bytes) -> None:
    parts_by_name = zip_parts(content)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert {member.date_time for member in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    names = {re.sub(r"\d+", "#", name) for name in parts_by_name}
    assert names == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/app.xml",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/footer#.xml",
        "word/header#.xml",
        "word/media/image#.png",
        "word/numbering.xml",
        "word/settings.xml",
        "word/styles.xml",
    }
    types = parts_by_name["[Content_Types].xml"].decode()
    for name, part in parts_by_name.items():
        if name.endswith(".png"):
            Image.open(io.BytesIO(part)).verify()
        else:
            etree.fromstring(part)
        if name.startswith("word/") and name.endswith("l") and "_rels" not in name:
            assert f'PartName="/{name}"' in types
    relations = etree.fromstring(parts_by_name["word/_rels/document.xml.rels"])
    assert [relation for relation in relations if relation.get("TargetMode") == "External"] == []
    used = set(re.findall(r'r:(?:embed|id)="(\w+)"', parts_by_name["word/document.xml"].decode()))
    assert used <= {relation.get("Id") for relation in relations}


def test_the_same_view_gives_the_same_bytes(view: DeclarationView, content: bytes) -> None:
    assert to_docx(view) == content


def test_every_style_exists_and_headings_skip_no_level(word: WordDocument) -> None:
    known = {style.style_id for style in word.styles}
    used = {
        element.get(f"{W}val")
        for kind in ("pStyle", "rStyle", "tblStyle")
        for element in word.element.iter(W + kind)
    }
    assert used <= known
    assert {"Title", "Heading1", "Heading2", "Heading3", "ListBullet", "Caption", "TOC1", "TOC2"} <= used
    levels = [
        int(paragraph.style.name[-1])
        for paragraph in word.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(
        paragraph.text.strip() for paragraph in word.paragraphs if paragraph.style.name.startswith("Heading")
    )


def test_the_contents_are_a_field_that_names_every_chapter(view: DeclarationView, content: bytes) -> None:
    xml = etree.tostring(body(content), encoding="unicode")
    assert xml.count("TOC \\o") == 1
    assert "w:dirty" not in xml
    assert xml.count('fldCharType="begin"') == xml.count('fldCharType="end"')
    block = next(body(content).iter(f"{W}sdt"))
    texts = [[text.text or "" for text in paragraph.iter(f"{W}t")] for paragraph in block.iter(f"{W}p")]
    lines = ["".join(titles) for *titles, _page in texts]
    chapters = [
        f"{chapter.number} {chapter.title}".strip() for part in view.parts for chapter in part.chapters
    ]
    assert [line for line in lines if line in chapters] == chapters


def test_every_link_leads_to_a_place(content: bytes) -> None:
    root = body(content)
    places = [bookmark.get(f"{W}name") for bookmark in root.iter(f"{W}bookmarkStart")]
    assert len(places) == len(set(places))
    wanted = {hyperlink.get(f"{W}anchor") for hyperlink in root.iter(f"{W}hyperlink")}
    wanted |= set(re.findall(r"PAGEREF (\w+)", etree.tostring(root, encoding="unicode")))
    assert wanted <= set(places)


def test_tables_repeat_their_heads_tear_no_row_and_have_names(word: WordDocument) -> None:
    assert len(word.tables) > 30
    for table in word.tables:
        properties = table._tbl.tblPr
        assert properties.find(f"{W}tblCaption").get(f"{W}val")
        head, *rows = table._tbl.tr_lst
        assert rows
        assert head.trPr.find(f"{W}tblHeader") is not None
        assert all("".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in head.tc_lst)
        for row in (head, *rows):
            length = len("".join(t.text or "" for t in row.iter(f"{W}t")))
            assert length > 1500 or row.trPr.find(f"{W}cantSplit") is not None
            assert len(row.tc_lst) == len(head.tc_lst)  # no cell is merged


def test_a_picture_says_what_it_shows(view: DeclarationView, content: bytes) -> None:
    shown = [element for element in body(content).iter() if etree.QName(element).localname == "docPr"]
    charts = [
        view.glance.coverage,
        *(c for p in view.parts for chapter in p.chapters for c in chapter.charts),
    ]
    assert [picture.get("descr") for picture in shown] == [
        " ".join(draw_chart(chart.svg).alt_text.split()) for chart in charts
    ]
    assert len({picture.get("id") for picture in shown}) == len(shown)


def test_every_page_bears_number_and_mark_and_the_file_says_what_it_is(
    document: Document, view: DeclarationView, word: WordDocument
) -> None:
    page = word.sections[0]
    for header in (page.header, page.first_page_header):
        assert header.paragraphs[0].text == "Entwurf – nicht freigegeben"
    xml = etree.tostring(page.footer._element, encoding="unicode")
    assert " PAGE " in xml
    assert " NUMPAGES " in xml
    assert view.edition in page.footer.paragraphs[0].text
    told = word.core_properties
    assert (told.title, told.author, told.language) == (view.title, PROFILE.name, "de-DE")
    assert word.settings.element.find(f"{W}autoHyphenation").get(f"{W}val") == "true"
    final = docx.Document(io.BytesIO(to_docx(editable_view(document, FINAL))))
    assert final.sections[0].header.paragraphs[0].text == ""


def test_words_of_the_company_keep_their_language(document: Document) -> None:
    english = docx.Document(
        io.BytesIO(to_docx(editable_view(document, edition=ExportOptions(language="en"))))
    )
    assert english.core_properties.language == "en-GB"
    assert english.styles.element.find(f".//{W}lang").get(f"{W}val") == "en-GB"
    marked = {language.get(f"{W}val") for language in english.element.body.iter(f"{W}lang")}
    assert marked == {"de-DE"}
    german = docx.Document(io.BytesIO(to_docx(editable_view(document))))
    assert list(german.element.body.iter(f"{W}lang")) == []


def test_hostile_texts_stay_texts_and_lose_no_word(document: Document) -> None:
    refs = [
        requirement.ref for criterion in document.selection.criteria for requirement in criterion.requirements
    ]
    answers = {
        ref: Answer(Disclosure.EXPLAIN if number % 2 else Disclosure.COMPLY, text=text, explanation=text)
        for number, (ref, text) in enumerate(zip(refs, HOSTILE * 6, strict=False))
    }
    name = '"><w:p> ' + HOSTILE[3] + "Lang" * 100
    profile = replace(PROFILE, name=name, address=HOSTILE[1], sites=(Site(HOSTILE[4], HOSTILE[5]),))
    hostile = replace(document, answers=document.answers | answers, organisation=profile)
    content = to_docx(editable_view(hostile))
    for name, part in zip_parts(content).items():
        if not name.endswith(".png"):
            etree.fromstring(part)
    text = docx_text(content).replace("\N{ZERO WIDTH SPACE}", "")
    for expected in (
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[2],
        "Steuerzeichen und[31m rot",
        "noch tab",
        "שלום abc def العربية",
        HOSTILE[5],
        HOSTILE[6],
        "_x0041_ weiches",
        "x" * 100_000,
    ):
        assert expected in text
    root = body(content)
    assert {
        etree.QName(element).localname for element in root.iter() if "script" in str(element.tag)
    } == set()
    fields = {instruction.text.strip() for instruction in root.iter(f"{W}instrText")}
    assert {field.split()[0] for field in fields} == {"TOC", "PAGEREF", "HYPERLINK"}
    own = {PROFILE.website, f"mailto:{document.sheet().answer('general.contact-email').text}"}
    assert {field for field in fields if "HYPERLINK" in field} == {
        f'HYPERLINK "{address}"' for address in own
    }


def test_14_a_goal_that_is_printed_elsewhere_leads_there() -> None:
    producer = read_document((Path(__file__).parents[3] / "data/producer.json").read_bytes())
    root = body(to_docx(editable_view(producer)))
    links = {
        "".join(link.itertext()): link.get(f"{W}anchor")
        for link in root.iter(f"{W}hyperlink")
        if "".join(link.itertext()) == "Siehe 3.1"
    }
    (mark,) = links.values()
    (start,) = (each for each in root.iter(f"{W}bookmarkStart") if each.get(f"{W}name") == mark)
    assert "".join(start.getparent().itertext()).startswith("3.1 ")


def test_a_table_of_5000_rows_ends_in_time(view: DeclarationView) -> None:
    answers_with_tables = ((p, c, a) for p in view.parts for c in p.chapters for a in c.parts if a.tables)
    part, chapter, answer = next(answers_with_tables)
    [table, *_] = answer.tables
    row = tuple(TableCell(f"Wort {place}", False) for place in range(len(table.heads)))
    long = replace(answer, tables=(replace(table, rows=(row,) * 5_000),))
    changed = replace(part, chapters=(replace(chapter, parts=(long,)),))
    start = time.process_time()
    content = to_docx(replace(view, parts=(changed,)))
    assert time.process_time() - start < 10  # a second on an idle machine
    assert len(list(body(content).iter(f"{W}tr"))) > 5_000


def test_10000_entries_of_a_list_end_in_time(document: Document) -> None:
    ref = document.selection.criteria[0].requirements[0].ref
    text = "\n".join("  " * (place % 50) + "- Punkt" for place in range(10_000))
    heavy = replace(document, answers=document.answers | {ref: Answer(Disclosure.COMPLY, text=text)})
    start = time.process_time()
    assert docx_text(to_docx(editable_view(heavy))).count("Punkt") >= 10_000
    assert time.process_time() - start < 15


def test_a_shape_that_cannot_be_drawn_is_no_blank_picture() -> None:
    with pytest.raises(ValueError, match="circle"):
        draw_chart('<svg viewBox="0 0 10 10"><title>x</title><circle r="3"/></svg>')


def test_a_company_has_its_colour_and_its_logo(document: Document) -> None:
    png = evidence_files.logo()
    made = zipfile.ZipFile(io.BytesIO(to_docx(editable_view(document, look=Branding("#ffd500", png)))))
    pictures = [made.read(name) for name in made.namelist() if name.startswith("word/media/")]
    assert png in pictures
    body, styles = (made.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    assert f'descr="Logo von {document.organisation.name}"' in body
    assert Branding("#ffd500").palette.text[1:] in styles
    assert not re.search("005F66|{", styles)
    plain = zipfile.ZipFile(io.BytesIO(to_docx(editable_view(document)))).read("word/styles.xml").decode()
    assert "005f66" in plain


def test_c2_3_the_index_has_a_column_for_today(document: Document) -> None:
    word = docx.Document(io.BytesIO(to_docx(editable_view(document, FINAL))))
    index = next(table for table in word.tables if table.rows[0].cells[0].text == "Kennung")
    assert [cell.text for cell in index.rows[0].cells][2] == "Heute"
    assert index.rows[1].cells[2].text == "GRI 2-23 (2021)"
    assert any("GRI 102 von 2025" in paragraph.text for paragraph in word.paragraphs)
