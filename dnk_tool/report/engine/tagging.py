"""What passes a PDF/UA validator and still sounds wrong to a listener, repaired on top of WeasyPrint.

A release of WeasyPrint that changes what is replaced here prints nothing until the repairs have been read
anew: a file that breaks its promise to listeners is worse than none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types
from tinycss2.color5 import parse_color  # type: ignore[import-untyped]  # it brings no types
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from dnk_tool.report.engine import divided_words, tag_tree, text_layer
from dnk_tool.report.engine.patches import Patch

ON_BAND = "#fff3e0"
SQUARE = (0, 0)  # the radius of a corner
# Beside a number that is placed on its own, the engine tags the text once more as what holds both.
RUNS_OF_TEXT = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/P")


def _marked(mark: Any) -> Any:
    """Marks running heads, page numbers, draft marks and repeated heads of tables as artifacts.

    WeasyPrint gives them marks that no tag refers to, and a reader then hears them amid a sentence. Texts of
    nothing but spaces draw nothing, so that an element of theirs would be empty.
    """

    @contextmanager
    def marked(self: Any, box: Any, tag: str) -> Iterator[None]:
        """Marks a box with its tag, or as an artifact if `prepare` noted that it is no content."""
        if self._tags is None:
            kind = None
        elif text_layer.is_pagination(box):
            kind = pydyf.Dictionary({"Type": "/Pagination"})
        elif text_layer.is_blank(box):
            kind = pydyf.Dictionary({"Type": "/Layout"})
        else:
            kind = None
        if kind is None:
            with mark(self, box, tag):
                begin = len(self.stream)
                yield
                divided_words.mark_parts(self, begin, box)
            return
        self.begin_marked_content("Artifact", kind)
        yield
        self.end_marked_content()

    return marked


def _tagged(build: Any) -> Any:
    """Tags boxes with what WeasyPrint leaves out.

    Parts in another language say so, and abbreviations what they stand for; a term and what is said of it
    become one entry of a list, a `nav` of links a table of contents, and a heading with a number beside it is
    one heading, not two.
    """

    def build_box_tree(box: Any, parent: Any, pdf: pydyf.PDF, *arguments: Any) -> Iterator[Any]:
        """Yields the elements of a box; none for margins of a page and repeated heads: they are artifacts."""
        box = _real(box)
        if text_layer.is_pagination(box):
            for cell in _descendants(box):
                cell.mark = pydyf.Dictionary()  # the engine gives each head of a table a name
            return
        with text_layer.without_blank_texts(box):
            for element in build(box, parent, pdf, *arguments):
                _say_more(element, box, pdf)
                if element.get("S") == parent["S"] and element["S"] in RUNS_OF_TEXT:
                    element["S"] = "/Span"
                tag_tree.note_origin(element, box)
                yield element

    return build_box_tree


PATCHES = (
    Patch(
        "weasyprint.pdf.stream:Stream.marked",
        "4d38f88b5dc468083dd1d032656bf055c017e2569e4350d793fe604ffc78c46b",
        _marked,
    ),
    Patch(
        "weasyprint.pdf.tags:_build_box_tree",
        "c375400939429e86099db72448191f593231b92323c37897da6d7a4c8a21b244",
        _tagged,
    ),
)


def _say_more(element: pydyf.Dictionary, box: Any, pdf: pydyf.PDF) -> None:
    """Adds to an element of the structure what the HTML says of it, and the engine does not pass on."""
    if box.element is None:
        return
    language = box.element.get("lang")
    if language and language != pdf.catalog["Lang"].string and element["S"] != "/NonStruct":
        element["Lang"] = pydyf.String(language)
    if box.element_tag == "abbr" and box.element.get("title"):
        element["S"], element["E"] = "/Span", pydyf.String(box.element.get("title"))
    elif box.element_tag == "dt" and element["S"] == "/LBody":
        element["S"] = "/Lbl"
    elif box.element_tag == "dl" and element["S"] == "/L":
        _join_terms(element, pdf)
    elif box.element_tag in ("ul", "ol") and element["S"] == "/L":
        _nest_lists(element, pdf)
    elif box.element_tag == "nav":
        _make_contents(element, pdf)


def _nest_lists(outer: pydyf.Dictionary, pdf: pydyf.PDF) -> None:
    """Moves lists that the engine puts beside the entries of a list into the entry before."""
    entry = None
    for kid in _kids(outer, pdf):
        if kid["S"] != "/L" or entry is None:
            entry = kid
            continue
        body = next((each for each in _kids(entry, pdf) if each["S"] == "/LBody"), None)
        if body is None:  # the words of the entry stand on the page before
            body = pydyf.Dictionary({**entry, "S": "/LBody", "K": pydyf.Array([]), "P": entry.reference})
            body.origin = (*getattr(entry, "origin", (0, ""))[:2], "/LBody")
            pdf.add_object(body)
            entry["K"].append(body.reference)
        outer["K"].remove(kid.reference)
        body["K"].append(kid.reference)
        kid["P"] = body.reference


def _join_terms(terms: pydyf.Dictionary, pdf: pydyf.PDF) -> None:
    """Of a list in which term and description are entries of their own: one entry of each pair."""
    joined: list[Any] = []
    for entry in _entries(terms, pdf):
        kids = _kids(entry, pdf)
        if joined and kids and kids[0]["S"] == "/LBody":
            for kid in kids:
                joined[-1]["K"].append(kid.reference)
                kid["P"] = joined[-1].reference
            tag_tree.forget(entry)
        else:
            entry["P"] = terms.reference
            joined.append(entry)
    terms["K"][:] = [entry.reference for entry in joined]


def _entries(terms: pydyf.Dictionary, pdf: pydyf.PDF) -> Iterator[pydyf.Dictionary]:
    """The entries of a list, also those that the HTML keeps together in a `div`."""
    for kid in _kids(terms, pdf):
        if kid["S"] != "/Div":
            yield kid
            continue
        yield from _kids(kid, pdf)
        tag_tree.forget(kid)


def _make_contents(element: pydyf.Dictionary, pdf: pydyf.PDF) -> None:
    """Turns the lists in a `nav` into tables of contents: an entry holds a reference, and maybe another."""
    for kid in _kids(element, pdf):
        if kid["S"] != "/L":
            _make_contents(kid, pdf)
            continue
        kid["S"] = "/TOC"
        for entry in _kids(kid, pdf):
            entry["S"] = "/TOCI"
            for body in _kids(entry, pdf):
                body["S"] = "/Reference"
                for inner in [each for each in _kids(body, pdf) if each["S"] == "/L"]:
                    body["K"].remove(inner.reference)
                    entry["K"].append(inner.reference)
                    inner["P"] = entry.reference
                    _make_contents(pydyf.Dictionary({"K": [inner.reference]}), pdf)


def _kids(element: pydyf.Dictionary, pdf: pydyf.PDF) -> list[pydyf.Dictionary]:
    """The elements directly below; not the marks of text."""
    kids = [
        pdf.objects[int(reference.split()[0])]
        for reference in element.get("K", ())
        if isinstance(reference, bytes)
    ]
    return [kid for kid in kids if kid.get("Type") == "/StructElem"]


def prepare(document: Any) -> None:
    """Notes on every text in the margins of a laid-out document that it is no content, and unnests its links.

    Notes the same on the heads of tables that are repeated, and separates words (`text_layer`). WeasyPrint
    makes a link of its own, with a tag inside the first, out of every box inside a link.
    """
    for page in document.pages:
        inside = {box for *_, link in page.links for box in _descendants(link) if box is not _real(link)}
        page.links = [link for link in page.links if _real(link[3]) not in inside]
        for box in inside:
            box.element_tag = "span" if box.element_tag == "a" else box.element_tag
        for child in page._page_box.children:
            if isinstance(child, boxes.MarginBox):
                for box in _descendants(child):
                    box.is_pagination = True
    text_layer.separate_words(document)


def bleed(document: Any) -> None:
    """Lets the band of an area that begins a page grow to the edge of the paper, under the draft mark."""
    for page in document.pages:
        box = page._page_box
        band = _first_band(box)
        if band is None or band.position_y + band.margin_top > box.margin_top + 1:
            continue
        painted = band.background.layers[-1]
        x, y, width, height = painted.painting_area
        area = (x, 0, width, y + height)
        grown = painted._replace(painting_area=area, clipped_boxes=[(*area, *[SQUARE] * 4)])
        band.background = band.background._replace(layers=[*band.background.layers[:-1], grown])
        for child in box.children:
            if isinstance(child, boxes.MarginBox) and child.at_keyword == "@top-center":
                for text in _descendants(child):
                    text.style = text.style.copy()
                    text.style["color"] = parse_color(ON_BAND)


def _first_band(box: Any) -> Any:
    """The band of an area, if the page begins with one."""
    content = next((child for child in box.children if not isinstance(child, boxes.MarginBox)), None)
    while content is not None:
        if content.element is not None and content.element.get("class") == "opener":
            return content
        content = next(map(_real, getattr(content, "children", ())), None)
    return None


def _descendants(box: Any) -> Iterator[Any]:
    """The box and all boxes below it."""
    yield _real(box)
    for child in getattr(_real(box), "children", ()):
        yield from _descendants(child)


def _real(box: Any) -> Any:
    """Returns the box itself where a placeholder stands for one that is placed on its own."""
    return box._box if isinstance(box, AbsolutePlaceholder) else box


def finish(document: Any, pdf: pydyf.PDF, names: Mapping[str, str]) -> None:
    """The finisher for `write_pdf`: tidies the tree, and says what heads of tables and links are for.

    Every TH gets a scope, every link words instead of the name of an anchor. `names` has the words of
    elements by their ids, as far as they stand in kept sections.
    """
    elements = {
        element.reference: element for element in pdf.objects if isinstance(element, pydyf.Dictionary)
    }
    names = {**_names(document), **names}
    tag_tree.place_figures(elements)
    tag_tree.tidy(pdf, elements)
    text_layer.name_soft_hyphens(pdf)
    for element in elements.values():
        if element.get("S") == "/TH":
            element["A"]["Scope"] = "/Column" if _is_in_head(element, elements) else "/Row"
        elif element.get("Subtype") == "/Link" and "Dest" in element:
            target = element["Dest"].string
            element["Contents"] = pydyf.String(names.get(target, target))
        elif element.get("Subtype") == "/Link" and "A" in element:
            address = element["A"]["URI"].string
            element["Contents"] = pydyf.String(address.removeprefix("mailto:"))


def _is_in_head(cell: Any, elements: dict[bytes, Any]) -> bool:
    """Tells whether the row of a cell stands in the head of its table."""
    row = elements[cell["P"]]
    return bool(elements[row["P"]]["S"] == "/THead")


def _names(document: Any) -> dict[str, str]:
    """The text of every element with an id, which is a heading here, by the id."""
    elements = document._html.etree_element.iter()
    return {
        element.get("id"): " ".join("".join(element.itertext()).split())
        for element in elements
        if isinstance(element.tag, str) and element.get("id")
    }
