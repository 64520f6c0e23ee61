"""What a screen reader gets of a line of text: spaces between words, soft hyphens where words are divided.

A tagged PDF holds all spaces that separate words, also at the end of a line, and marks a hyphen that is there
only because a line ends as U+00AD (ISO 32000-1, 14.8.2.2.3 and 14.8.2.5). The engine leaves the spaces out
and writes U+2010, and of a drawing it leaves out all spaces.
"""

import copy
import string
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf.tags import _get_pdf_tag

from dnk_tool.report.engine import divided_words
from dnk_tool.report.engine.patches import Patch

_IN_A_LINE = frozenset({"Span", "Link", "NonStruct"})  # tags of what stands within a block
# Behind these a line may end although no space follows; before those, no space is read.
_BREAKS_BEHIND = "-/\N{HYPHEN}\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}"
_NO_SPACE_BEFORE = ".,;:!?)]}%\N{HORIZONTAL ELLIPSIS}"
# Around a text of a drawing, by the place of its anchor: the text stays where it is.
_SPACES_AROUND = {"start": ("", " "), "middle": (" ", " "), "end": (" ", "")}
_INVISIBLE = "".join((*string.whitespace, "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}"))
_OTHER = "with_other_spaces"  # the attribute of the layout of a line


def with_plain_hyphens(html: str) -> str:
    """The HTML in which U+2010 is the hyphen of the keyboard: here, U+2010 stands for one at a line's end."""
    return html.replace(divided_words.LINE_END_HYPHEN, divided_words.HYPHEN)


def _noting_ends(divide: Any) -> Any:
    """Lets a text know whether a line ends within it, and whether a space or a line break stood there."""

    @wraps(divide)
    def split_text_box(
        context: Any, box: Any, available_width: Any, skip: int, *rest: Any, **named: Any
    ) -> Any:
        """Divides a text after its first line, as ever."""
        new_box, resume_at, is_preserved = divide(context, box, available_width, skip, *rest, **named)
        if new_box is not None:
            whole = box.text if resume_at is None else box.text.encode()[:resume_at].decode()
            new_box.is_divided, new_box.ends_with_space = resume_at is not None, whole[-1:].isspace()
        return new_box, resume_at, is_preserved

    return split_text_box


def _separating_texts(draw: Any) -> Any:
    """Puts spaces around each text of a drawing, where they move nothing."""

    @wraps(draw)
    def draw_node(self: Any, node: Any, *given: Any, **named: Any) -> None:
        """Draws a part of a drawing as ever; a text, with a space before it, behind it or both."""
        words = node._etree_node.text if node.tag == "text" else ""
        if not words:
            draw(self, node, *given, **named)
            return
        before, behind = _SPACES_AROUND.get(node.get("text-anchor", "start"), ("", ""))
        node._etree_node.text = f"{before}{words}{behind}"
        try:
            draw(self, node, *given, **named)
        finally:
            node._etree_node.text = words

    return draw_node


PATCHES = (
    Patch(
        "weasyprint.layout.inline:split_text_box",
        "c8c9a60b7650b9ac26268d33fe09ac8adc4a97770033129e0de5301b9d2d9952",
        _noting_ends,
    ),
    Patch(
        "weasyprint.svg:SVG.draw_node",
        "046e9dd3f7e60b968629e2324a9ec190763481c6a4abbb504d61d3995ec008b5",
        _separating_texts,
        relies_on=("weasyprint.svg.text:text",),
    ),
)


def separate_words(document: Any) -> None:
    """Puts a space behind each text of a laid-out document that is read before another word of its block.

    The last text of a block has none. The head of a table that stands once more on a later page is no
    content, and is noted as such.
    """
    separator = _WordSeparator()
    for page in document.pages:
        separator.read(page._page_box, None, None)
    separator.end()


class _WordSeparator:
    """Reads the texts of a document block by block; what is divided between pages is one block."""

    def __init__(self) -> None:
        # By its block, the last text that was read, its line, and whether a text of spaces followed it.
        self._last: dict[Any, tuple[Any, Any, bool]] = {}
        self._heads: set[int] = set()
        self._divided: list[tuple[Any, Any, Any]] = []  # two texts that share a word, and their block

    def read(self, box: Any, block: Any, line: Any) -> None:
        """Reads a box within a block and a line, and what is below it."""
        if _structure_tag(box.element_tag) not in _IN_A_LINE:
            block = id(box.element), box.element_tag
        line = box if isinstance(box, boxes.LineBox) else line
        for child in box.children:
            child = child._box if isinstance(child, AbsolutePlaceholder) else child
            if isinstance(child, boxes.TextBox):
                self._read_text(child, box, block, line)
            elif isinstance(child, boxes.ParentBox):
                if isinstance(child, boxes.TableRowGroupBox) and child.is_header:
                    self._note_repetition(child)
                if not is_pagination(child):
                    self.read(child, block, line)

    def _note_repetition(self, head: Any) -> None:
        """Notes on the head of a part of a table whether the table has had it before."""
        is_repeated = id(head.element) in self._heads
        self._heads.add(id(head.element))
        if is_repeated is not is_pagination(head):
            for box in head.descendants():
                box.is_pagination = is_repeated

    def end(self) -> None:
        """Takes the space from the last text of each block that the engine took it from, too, but drew.

        Notes which words are divided.
        """
        for text, _line, _is_spaced in self._last.values():
            said = text.pango_layout.text
            if said.endswith(" ") and not text.text.endswith(" "):
                text.pango_layout = _with_text(text.pango_layout, said.rstrip(" "))
        for text, following, block in self._divided:
            divided_words.note(text, following, is_last=self._last[block][0] is following)

    def _read_text(self, text: Any, parent: Any, block: Any, line: Any) -> None:
        """Separates a text from the last one of its block."""
        last, its_line, is_spaced = self._last.get(block, (None, None, False))
        if is_blank(text):
            parent.holds_blank_text = True
            if last is not None:
                self._last[block] = last, its_line, True
            return
        divided_words.forget(text)
        if last is not None and its_line is not line and not is_spaced and divided_words.is_divided(last):
            self._divided.append((last, text, block))
        if last is not None and _needs_space(last, text, is_spaced, its_line is line):
            last.pango_layout = _with_text(last.pango_layout, f"{last.pango_layout.text} ")
        self._last[block] = text, line, False


def is_pagination(box: Any) -> bool:
    """Whether a box is no content: it stands in the margin of a page, or repeats the head of a table."""
    return isinstance(box, boxes.MarginBox) or getattr(box, "is_pagination", False)


def is_blank(box: Any) -> bool:
    """Whether a box is a text of nothing but spaces and break points, of which the engine draws nothing."""
    return isinstance(box, boxes.TextBox) and not box.text.strip(_INVISIBLE)


@contextmanager
def without_blank_texts(box: Any) -> Iterator[None]:
    """Meanwhile, a box and its lines have no texts of nothing but spaces."""
    parents = [
        parent
        for parent in (box, *(child for child in box.children if isinstance(child, boxes.LineBox)))
        if getattr(parent, "holds_blank_text", False)
    ]
    whole = [parent.children for parent in parents]
    for parent in parents:
        parent.children = [child for child in parent.children if not is_blank(child)]
    try:
        yield
    finally:
        for parent, children in zip(parents, whole, strict=True):
            parent.children = children


def _needs_space(last: Any, text: Any, is_spaced: bool, is_same_line: bool) -> bool:
    """Whether a space has to be put between a text and the next one of its block."""
    said = last.pango_layout.text
    if said[-1:].isspace() or text.pango_layout.text[:1].isspace():
        return False
    if is_same_line or is_spaced:
        return is_spaced
    if last.is_divided or last.ends_with_space:
        return bool(last.ends_with_space)
    return said[-1:] not in _BREAKS_BEHIND and text.text[0] not in _NO_SPACE_BEFORE


def _with_text(layout: Any, text: str) -> Any:
    """The layout of a line with other spaces at its end; the same one each time, so that its glyphs stay."""
    other = layout.__dict__.get(_OTHER)
    if other is None or other.text != text:
        other = copy.copy(layout)
        other.__dict__ = {
            name: said
            for name, said in layout.__dict__.items()
            if name != _OTHER and not name.startswith("kept_")
        }
        other.text = text
        layout.__dict__[_OTHER] = other
    return other


@cache
def _structure_tag(element_tag: str | None) -> str:
    """The engine's tag of structure for an element."""
    return str(_get_pdf_tag(element_tag))


def name_soft_hyphens(pdf: pydyf.PDF) -> None:
    """Says of the hyphen at the end of a line, in the tables of all fonts, that it is U+00AD."""
    for font in pdf.objects:
        if isinstance(font, pydyf.Dictionary) and "ToUnicode" in font:
            table = pdf.objects[int(font["ToUnicode"].split()[0])]
            table.stream[:] = [
                row.replace(b" <2010>", b" <00ad>").replace(b" <00ad2010>", b" <00ad>")
                for row in table.stream
            ]
