"""Extracts the fields from the XML of a Word document: what stands in its content controls, by tag.

A control may stand in a line, around paragraphs or around a cell, as Word and LibreOffice save it. The text
of a cell that is one control's alone counts as a whole, so that nothing is lost of what stands beside it.
"""

import re
from collections import Counter
from collections.abc import Iterator

from dnk_tool.report.files.questionnaire.outline import CHOOSE, WRITE_HERE
from dnk_tool.services.uploads.decoding.xml_parts import Element, local_name

BLANKS = {
    "br": "\n",
    "cr": "\n",
    "tab": "\t",
    "noBreakHyphen": "\N{NON-BREAKING HYPHEN}",
    "softHyphen": "\xad",
}
# Their text is not part of the document: struck out, moved away, or the same once more for old programs.
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "sdtPr", "pPr", "rPr", "tblPr"})
# The style in which Word itself shows where to write, in a field that was emptied.
_PLACEHOLDER_STYLE = re.compile("placeholder|platzhalter", re.IGNORECASE)
_PLACEHOLDERS = frozenset(words for text in (WRITE_HERE, CHOOSE) for words in (text.de, text.en))
_BULLET = "- "


class WordFields:
    """The fields of a document, and the paragraphs that stand in none of them."""

    def __init__(self, root: Element, prefix: str) -> None:
        self._prefix = prefix
        self._parents = {child: parent for parent in root.iter() for child in parent}
        self._places: dict[Element, Element] = {}
        controls = [
            element for element in root.iter() if local_name(element.tag) == "sdt" and self.tag(element)
        ]
        holders = {control: self._cell_of(control) for control in controls}
        controls_in = Counter(cell for cell in holders.values() if cell is not None)
        self.fields: list[tuple[str, str]] = []
        inside = set[Element]()
        for control in controls:
            cell = holders[control]
            place = cell if cell is not None and controls_in[cell] == 1 else control
            inside.update(place.iter())
            self.fields.append((self.tag(control), self._field_text(control, place)))
        self.outside = [text for text in self._outside(root, inside) if text.strip()]

    def tag(self, control: Element) -> str:
        """The tag of a control with our prefix; "" for any other."""
        for properties in control:
            if local_name(properties.tag) == "sdtPr":
                for element in properties:
                    if local_name(element.tag) == "tag":
                        tag = _value(element)
                        return tag if tag.startswith(self._prefix) else ""
        return ""

    def _cell_of(self, control: Element) -> Element | None:
        """The cell that the control stands in or around; None outside of tables."""
        around = [element for element in control.iter() if local_name(element.tag) == "tc"]
        if around:
            return around[0] if len(around) == 1 else None
        element: Element | None = control
        while element is not None and local_name(element.tag) != "tc":
            element = self._parents.get(element)
        return element

    def _field_text(self, control: Element, place: Element) -> str:
        properties = next(child for child in control if local_name(child.tag) == "sdtPr")
        names = {local_name(element.tag): element for element in properties}
        content = next((child for child in control if local_name(child.tag) == "sdtContent"), None)
        if "checkbox" in names:
            states = (one for one in names["checkbox"] if local_name(one.tag) == "checked")
            return "x" if next(map(_value, states), "0") in ("1", "true", "on") else ""
        is_placeholder = "showingPlcHdr" in names and content is not None and _is_placeholder(content)
        return "\n".join(_paragraphs(place, without=content if is_placeholder else None)).strip("\n")

    def _outside(self, root: Element, inside: set[Element]) -> Iterator[str]:
        for paragraph in root.iter():
            if local_name(paragraph.tag) == "p" and paragraph not in inside:
                yield "".join(_pieces(paragraph, left_out=inside))


def _value(element: Element) -> str:
    return next((value for key, value in element.items() if local_name(key) == "val"), "")


def _is_placeholder(content: Element) -> bool:
    """Whether the text is ours or Word's own that only shows where to write."""
    styles = [_value(element) for element in content.iter() if local_name(element.tag) == "rStyle"]
    is_words_own = bool(styles) and all(_PLACEHOLDER_STYLE.search(style) for style in styles)
    return is_words_own or "".join(_paragraphs(content, without=None)).strip() in _PLACEHOLDERS


def _paragraphs(place: Element, *, without: Element | None) -> Iterator[str]:
    """The text of each paragraph of a cell or control, of a list with a hyphen before each entry."""
    left_out = set(without.iter()) if without is not None else set[Element]()
    found = [element for element in place.iter() if local_name(element.tag) == "p"]
    for element in found or [place]:
        text = "".join(_pieces(element, left_out=left_out))
        yield f"{_BULLET}{text}" if text and _is_list(element) else text


def _is_list(paragraph: Element) -> bool:
    for properties in paragraph:
        if local_name(properties.tag) == "pPr":
            numbers = (element for element in properties.iter() if local_name(element.tag) == "numId")
            return any(_value(number) not in ("", "0") for number in numbers)
    return False


def _pieces(element: Element, *, left_out: set[Element]) -> Iterator[str]:
    """The pieces of text below an element, in their order; of nested paragraphs none."""
    for child in element:
        name = local_name(child.tag)
        if child in left_out or name in _LEFT_OUT or name == "p":
            continue
        if name == "t":
            yield child.text or ""
        elif name in BLANKS:
            yield BLANKS[name]
        else:
            yield from _pieces(child, left_out=left_out)
