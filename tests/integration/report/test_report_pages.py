"""The pages of a printed declaration as they lie on paper: well filled, nothing torn, no heading alone."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration

from dnk_tool.domain.declarations.annex import (
    Annex,
    AnnexLine,
    AnnexStep,
    FigureExplanation,
    ListedEvidence,
    UsedFactor,
)
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.paths import PACKAGE
from dnk_tool.report.assets import FONTCONFIG
from dnk_tool.report.engine import fetcher, hyphenation, page_ends, patches
from dnk_tool.report.files.html import render_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from tests.support.documents import full_document, stored_document

ISSUE = Issue(1, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
HEADINGS = {"h2", "h3", "h4", "caption", "thead"}
HEADING_CLASSES = {"head", "opener", "mark", "title", "lead"}
COVER_AND_CONTENTS = 2
EMPTIEST, EMPTIEST_ON_AVERAGE = 0.25, 0.09
LEAST_FILLED, LEAST_FILLED_ON_AVERAGE = 0.5, 0.88  # of all pages, also the last of a part
MOST_SHORT_PAGES = 8
LONG_ROW = 1500  # characters: about a third of a page


@dataclass
class Line:
    """A line of text on a page, with the elements around it from the outside in."""

    around: tuple[Any, ...]
    bottom: float

    @property
    def is_heading(self) -> bool:
        return any(
            element.tag in HEADINGS or HEADING_CLASSES & set((element.get("class") or "").split())
            for element in self.around
        )

    @property
    def text(self) -> str:
        return " ".join("".join(self.around[-1].itertext()).split())[:60]


@dataclass
class Page:
    lines: list[Line]
    fill: float
    is_divided: bool
    """Whether its last line ends in a divided word."""

    def has(self, name: str) -> bool:
        """Whether a line stands in an element of this class."""
        return any(element.get("class") == name for line in self.lines for element in line.around)

    @property
    def begins_a_part(self) -> bool:
        return any(
            element.tag == "h2" or "opener" in (element.get("class") or "")
            for element in self.lines[0].around
        )


def lines_of_box(box: Any, around: tuple[Any, ...] = ()) -> Iterator[Line]:
    box = getattr(box, "_box", box)
    if isinstance(box, boxes.MarginBox):
        return
    if box.element is not None and (not around or box.element is not around[-1]):
        around = (*around, box.element)
    if isinstance(box, boxes.LineBox) or str(box.element_tag).endswith("svg"):
        yield Line(around, box.position_y + box.height)
    else:
        for child in getattr(box, "children", ()):
            yield from lines_of_box(child, around)


def page_of(
    document: Document, issue: Issue, language: Language | None, variant: Variant = Variant.FULL
) -> str:
    """What is printed, as HTML."""
    return render_html(compose(document, issue, ExportOptions(variant, language=language)))


@cache
def laid_out(html: str) -> list[Page]:
    """The pages as they are printed: with our patterns and fonts, and no others."""
    hyphenation.install()
    patches.apply_if_current("Ends of pages", [p for p in page_ends.PATCHES if p.is_current()])
    source = weasyprint.HTML(string=html, url_fetcher=fetcher.AssetFetcher())
    pages = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(FONTCONFIG))
        document_pages = source.render(font_config=FontConfiguration()).pages
    for page in document_pages:
        box = page._page_box
        said = list(lines_of_box(box))
        lowest = max((line.bottom for line in said), default=0.0)
        fill = (lowest - box.content_box_y()) / box.height
        pages.append(Page(said, fill, any(map(_ends_divided, _lowest_lines(box, lowest)))))
    return pages


def _lowest_lines(box: Any, lowest: float) -> Iterator[Any]:
    box = getattr(box, "_box", box)
    if isinstance(box, boxes.MarginBox):
        return
    if isinstance(box, boxes.LineBox) and box.position_y + box.height > lowest - 1:
        yield box
    for child in getattr(box, "children", ()):
        yield from _lowest_lines(child, lowest)


def _ends_divided(line: Any) -> bool:
    texts = [box for box in line.descendants() if isinstance(box, boxes.TextBox)]
    return bool(texts) and texts[-1].text.endswith("\N{HYPHEN}")


def annexed(document: Document) -> Document:
    """A declaration with a long calculation, so that its table is divided between pages."""
    factor = UsedFactor("Strommix", Decimal("0.344"), "kWh", "kg-co2e", source="UBA", edition="uba-2026")
    calculated = tuple(
        AnnexLine(
            "energy",
            "electricity",
            "Netzstrom",
            f"Rechnung {number} für die Halle am Bahnhof, Zähler im Keller",
            steps=(
                AnnexStep(
                    "ghg.scope2.location",
                    Quantity(Decimal(1000 + number), "kWh"),
                    Quantity(Decimal("344.5"), "kg-co2e"),
                    factor,
                ),
            ),
        )
        for number in range(60)
    )
    evidence = tuple(
        ListedEvidence(f"Rechnung {number}", "a.pdf", "0" * 64, ("energy.total",), is_listed=True)
        for number in range(30)
    )
    said = (FigureExplanation("energy.total", "?", "Eine Maschine stand ein halbes Jahr still."),)
    return replace(document, annex=Annex(calculated, evidence=evidence, explanations=said))


def sample_document(name: str) -> Document:
    if name != "tischlerei-sommer":
        return stored_document(name)
    return read_document((PACKAGE / "cli" / "demo" / "data" / f"{name}.json").read_bytes())


ALWAYS = "sole"
NAMES = ["craft", "producer", "draft", ALWAYS, "letters", "tischlerei-sommer", "craft-en", "full-en", "annex"]


@pytest.fixture(scope="module", params=NAMES)
def html(request: pytest.FixtureRequest) -> Iterator[str]:
    """What is printed of a declaration."""
    name: str = request.param
    if name == "annex":
        yield page_of(annexed(sample_document("craft")), ISSUE, None)
    elif name == "full-en":
        yield page_of(full_document(language="en"), ISSUE, None)
    else:
        issue = DRAFT if name == "draft" else ISSUE
        yield page_of(
            sample_document(name.removesuffix("-en")), issue, "en" if name.endswith("-en") else None
        )
    laid_out.cache_clear()


@pytest.fixture
def pages(request: pytest.FixtureRequest, html: str, unless_seen: Callable[[bytes], None]) -> list[Page]:
    """Its pages. A test that has seen them is skipped, but for one declaration, with which it is tried."""
    if request.node.callspec.params["html"] != ALWAYS:
        unless_seen(html.encode())
    return laid_out(html)


def test_no_page_but_the_last_of_a_part_is_a_quarter_empty(pages: list[Page]) -> None:
    check_fills(pages, COVER_AND_CONTENTS)


def test_no_page_is_half_empty(pages: list[Page]) -> None:
    """But for that of a foreword, which may be as short as the company likes."""
    fills = {
        number: round(page.fill, 2) for number, page in enumerate(pages, start=1) if not page.has("foreword")
    }
    inner = [*fills.items()][COVER_AND_CONTENTS:-1]
    assert [fill for fill in inner if fill[1] < LEAST_FILLED] == []
    assert sum(fill for _, fill in inner) / len(inner) > LEAST_FILLED_ON_AVERAGE


def check_fills(pages: list[Page], begin: int) -> None:
    """Of the pages behind the first ones: where nothing new begins overleaf, the text goes on to the foot."""
    empty = {
        number: round(1 - page.fill, 2)
        for number, (page, following) in enumerate(pairwise(pages), start=1)
        if number > begin and not following.begins_a_part
    }
    assert {number: share for number, share in empty.items() if share > EMPTIEST} == {}
    assert sum(empty.values()) / len(empty) < EMPTIEST_ON_AVERAGE


def test_no_page_ends_in_a_divided_word(pages: list[Page]) -> None:
    assert [number for number, page in enumerate(pages, 1) if page.is_divided] == []


@pytest.mark.parametrize("name", ["sole", "tischlerei-sommer", "craft-en"])
def test_the_short_form_takes_eight_pages_and_has_its_goals_on_the_first(
    name: str, unless_seen: Callable[[bytes], None]
) -> None:
    language: Language | None = "en" if name.endswith("-en") else None
    html = page_of(sample_document(name.removesuffix("-en")), ISSUE, language, Variant.SHORT)
    if name != ALWAYS:
        unless_seen(html.encode())
    pages = laid_out(html)
    assert len(pages) <= MOST_SHORT_PAGES
    first = [element.get("id") for line in pages[1].lines for element in line.around]
    assert {"blick", "ziele"} <= set(first)
    check_fills(pages, 1)


def test_no_heading_ends_a_page(pages: list[Page]) -> None:
    ends = [
        (number, page.lines[-1].text) for number, page in enumerate(pages, 1) if page.lines[-1].is_heading
    ]
    assert ends == []


def test_no_paragraph_leaves_a_single_line(pages: list[Page]) -> None:
    """Of a paragraph that goes on overleaf at least two lines stand on either page."""
    torn = []
    for number, page in enumerate(pages, start=1):
        counts = Counter(id(line.around[-1]) for line in page.lines if line.around[-1].tag == "p")
        for other in pages[number : number + 1]:
            there = Counter(id(line.around[-1]) for line in other.lines if line.around[-1].tag == "p")
            torn += [number for key in counts.keys() & there.keys() if min(counts[key], there[key]) < 2]
    assert torn == []


def test_no_row_of_a_table_and_no_chart_is_torn(pages: list[Page]) -> None:
    """But for rows of very many words."""
    torn = []
    for number, (here, there) in enumerate(pairwise(pages), start=1):
        rows = [{e for line in page.lines for e in line.around if _is_whole(e)} for page in (here, there)]
        torn += [(number, "".join(e.itertext())[:40]) for e in rows[0] & rows[1]]
    assert torn == []


def _is_whole(element: Any) -> bool:
    in_one_piece = {"chart", "coverage", "opener"} & set((element.get("class") or "").split())
    if element.tag == "tr" and len(element) and element[0].get("scope") != "col":
        return len("".join(element.itertext())) < LONG_ROW
    return bool(in_one_piece)


def test_the_first_look_takes_one_page_and_no_more_than_two(pages: list[Page]) -> None:
    seen = [number for number, page in enumerate(pages, start=1) if page.has("glance")]
    forewords = sum(page.has("foreword") for page in pages)
    assert forewords <= 1
    assert seen[0] == COVER_AND_CONTENTS + forewords + 1
    assert len(seen) <= 2
