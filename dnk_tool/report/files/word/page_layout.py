"""Lays out a Word document roughly, to say in its contents on which page each heading stands.

A word processor counts them anew when it prints or updates fields. Until then it shows what the file says; if
the file calls that outdated, its reader is asked an alarming question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import PAGE_WIDTH
from dnk_tool.report.text.text_width import MILLIMETRE, text_width

PAGE_HEIGHT = (297 - 24 - 24) * MILLIMETRE
TWIPS = 20  # in a point
EMU = 12_700  # English Metric Units in a point
# The face that the styles name: its width against that of the face in PDFs, its height against its size.
WIDTH_SHARE, LINE_HEIGHT = 0.9, 1.2207
CELL_PADDING, ROW_PADDING = 8.5, 5.95  # of both sides, in points; a row's with its rule
LEAST_HYPHENATED, HYPHENATION_ZONE = 7, 14.2  # letters, and points that a line must have left
MOST_OF_A_WORD = 0.6  # the part of a word that is put before a hyphen at most
FEW_LINES = 4  # of which none stands alone on a page
_SOFTLY_BROKEN = re.compile(r"[^ \u200b]+ ?")
_PAGE_FIELD = re.compile(r" PAGEREF (\S+) \\h ")


@dataclass(frozen=True, slots=True)
class _ParagraphStyle:
    """What a style says about the room of its paragraphs, in points."""

    size: float = 10.5
    is_bold: bool = False
    before: float = 0.0
    after: float = 0.0
    line: float = 1.0  # of the face's height; of a point where `is_exact`
    is_exact: bool = False
    indents: float = 0.0
    rules: float = 0.0
    keeps_next: bool = False
    keeps_lines: bool = False
    begins_page: bool = False

    @property
    def line_height(self) -> float:
        return self.line if self.is_exact else self.line * self.size * LINE_HEIGHT


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's lines by height, and the bookmarks in it."""

    style: _ParagraphStyle
    lines: Sequence[float]
    marks: Sequence[str]

    @property
    def height(self) -> float:
        return self.style.before + sum(self.lines) + self.style.after + self.style.rules


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table; `is_whole`: it is not divided between pages."""

    height: float
    is_whole: bool
    marks: Sequence[str]


_Block = _Paragraph | Sequence[_Row]


def write_page_numbers(document: WordDocument) -> None:
    """Write into each empty field for a page the number of the page on which its bookmark probably stands."""
    fields = [
        (run.getparent().getnext(), found[1])
        for run in document.element.body.iter(qn("w:instrText"))
        if (found := _PAGE_FIELD.fullmatch(run.text))
    ]
    if not fields:
        return
    pages = pages_of(document)
    for separator, mark in fields:
        if mark in pages:
            shown = markup.run(str(pages[mark])).replace("<w:r>", f"<w:r {markup.SPACES}>", 1)
            separator.addnext(parse_xml(shown))


def pages_of(document: WordDocument) -> dict[str, int]:
    """The page on which each bookmark of the document probably stands, by its name."""
    styles = _styles(document.styles.element)
    blocks = [*_blocks(document.element.body, styles)]
    layout = _Layout()
    for block, needed in zip(blocks, _needed_heights(blocks), strict=True):
        if isinstance(block, _Paragraph):
            layout.add_paragraph(block, needed)
        else:
            layout.add_table(block)
    return layout.pages


@dataclass
class _Layout:
    """Where the next block begins: a page, and the height that is filled of it."""

    pages: dict[str, int] = field(default_factory=dict)
    page: int = 1
    filled: float = 0.0
    space: float = 0.0  # below the last paragraph; the larger of two spaces counts

    def add_paragraph(self, paragraph: _Paragraph, needed: float) -> None:
        """Add a paragraph that stays with so much height of what follows it."""
        style = paragraph.style
        is_torn = self.filled + needed - min(self.space, style.before) > PAGE_HEIGHT >= needed
        if self.filled and (style.begins_page or is_torn):
            self.begin_page()
        self.note(paragraph.marks)
        if self.filled or style.begins_page or self.page == 1:
            self.filled += max(style.before - self.space, 0.0)
        for height in paragraph.lines:
            if self.filled + height > PAGE_HEIGHT:
                self.begin_page()
            self.filled += height
        self.filled += style.after + style.rules
        self.space = style.after

    def add_table(self, rows: Sequence[_Row]) -> None:
        """Add the rows of a table, whose first one is repeated on each page."""
        head, self.space = rows[0].height, 0.0
        for place, row in enumerate(rows):
            if self.filled and row.is_whole and self.filled + row.height > PAGE_HEIGHT:
                self.begin_page()
                self.filled = head if place else 0.0
            self.note(row.marks)
            self.filled += row.height
            further, rest = divmod(self.filled - head, max(PAGE_HEIGHT - head, 1.0))
            if self.filled > PAGE_HEIGHT:
                self.page, self.filled = self.page + int(further), head + rest

    def begin_page(self) -> None:
        self.page, self.filled = self.page + 1, 0.0

    def note(self, marks: Sequence[str]) -> None:
        for mark in marks:
            self.pages.setdefault(mark, self.page)


def _needed_heights(blocks: Sequence[_Block]) -> list[float]:
    """For each block the height that must be left on a page for it to begin there."""
    needed: list[float] = []
    for place in range(len(blocks) - 1, -1, -1):
        block, after = blocks[place], blocks[place + 1] if place + 1 < len(blocks) else None
        if not isinstance(block, _Paragraph):
            needed.append(block[0].height + sum(row.height for row in block[1:2] if row.is_whole))
        elif block.style.keeps_next:
            style = after.style if isinstance(after, _Paragraph) else _ParagraphStyle()
            is_last = after is None or style.begins_page
            shared = min(block.style.after, style.before)  # the larger of two spaces counts
            needed.append(block.height + (0.0 if is_last else needed[-1] - shared))
        else:
            is_whole = block.style.keeps_lines or len(block.lines) < FEW_LINES
            needed.append(block.style.before + sum(block.lines if is_whole else block.lines[:2]))
    return needed[::-1]


def _blocks(parent: Any, styles: dict[str, _ParagraphStyle]) -> Iterator[_Block]:
    for part in parent:
        if part.tag == qn("w:sdt"):
            yield from _blocks(part.find(qn("w:sdtContent")), styles)
        elif part.tag == qn("w:p"):
            yield _paragraph(part, styles, PAGE_WIDTH / TWIPS)
        elif part.tag == qn("w:tbl"):
            widths = [int(column.get(qn("w:w"))) / TWIPS for column in part.iter(qn("w:gridCol"))]
            yield [_row(row, styles, widths) for row in part.iter(qn("w:tr"))]


def _row(row: Any, styles: dict[str, _ParagraphStyle], widths: Sequence[float]) -> _Row:
    cells = [
        sum(_paragraph(each, styles, width - CELL_PADDING).height for each in cell.iter(qn("w:p")))
        for cell, width in zip(row.iter(qn("w:tc")), widths, strict=True)
    ]
    return _Row(max(cells) + ROW_PADDING, row.find(f".//{qn('w:cantSplit')}") is not None, _marks(row))


def _paragraph(paragraph: Any, styles: dict[str, _ParagraphStyle], width: float) -> _Paragraph:
    properties = paragraph.find(qn("w:pPr"))
    style = _changed(styles[properties.find(qn("w:pStyle")).get(qn("w:val"))], properties)
    if (picture := paragraph.find(f".//{qn('wp:extent')}")) is not None:
        return _Paragraph(style, [int(picture.get("cy")) / EMU], _marks(paragraph))
    lines = sum(_line_count(line, style, width - style.indents) for line in _lines(paragraph, style))
    return _Paragraph(style, [style.line_height] * lines, _marks(paragraph))


def _marks(element: Any) -> list[str]:
    return [start.get(qn("w:name")) for start in element.iter(qn("w:bookmarkStart"))]


def _lines(paragraph: Any, style: _ParagraphStyle) -> Iterator[list[tuple[str, bool]]]:
    """The texts of each line before it is broken, and whether they are bold."""
    line: list[tuple[str, bool]] = []
    for each in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br")):
        if each.tag == qn("w:br"):
            yield line
            line = []
        elif each.tag == qn("w:tab"):
            line.append(("    ", False))
        else:
            own = each.getparent().find(qn("w:rPr"))
            is_strong = own is not None and any(it.get(qn("w:val")) == "Strong" for it in own)
            is_bold = style.is_bold or is_strong or (own is not None and own.find(qn("w:b")) is not None)
            line.append((each.text or "", is_bold))
    yield line


def _line_count(texts: Sequence[tuple[str, bool]], style: _ParagraphStyle, width: float) -> int:
    """How many lines of so many points the texts fill, with words divided at their ends."""
    count, filled, size = 1, 0.0, style.size * WIDTH_SHARE
    space = text_width(" ", size)
    for text, is_bold in texts:
        for word in _SOFTLY_BROKEN.findall(text):
            bare = word.rstrip(" ")
            wide, left = text_width(bare, size, is_bold=is_bold), width - filled
            if filled and wide > left:
                is_divided = len(bare) >= LEAST_HYPHENATED and left > HYPHENATION_ZONE
                count, filled = count + 1, 0.0
                wide -= min(left * 0.8, wide * MOST_OF_A_WORD) if is_divided else 0.0
            further = int(wide // width) if wide > width else 0
            count, filled = count + further, filled + wide - further * width
            filled += space if word != bare else 0.0
    return count


def _styles(root: Any) -> dict[str, _ParagraphStyle]:
    """The paragraph styles by name; each stands behind the one that it is based on."""
    styles: dict[str, _ParagraphStyle] = {}
    start = _changed(_ParagraphStyle(), root.find(f".//{qn('w:pPrDefault')}/{qn('w:pPr')}"))
    for each in root.iterfind(qn("w:style")):
        if each.get(qn("w:type")) == "paragraph":
            base = each.find(qn("w:basedOn"))
            own = _changed(start if base is None else styles[base.get(qn("w:val"))], each.find(qn("w:pPr")))
            if (letters := each.find(qn("w:rPr"))) is not None:
                size = letters.find(qn("w:sz"))
                own = replace(
                    own,
                    size=own.size if size is None else int(size.get(qn("w:val"))) / 2,
                    is_bold=own.is_bold or letters.find(qn("w:b")) is not None,
                )
            styles[each.get(qn("w:styleId"))] = own
    return styles


def _changed(style: _ParagraphStyle, properties: Any) -> _ParagraphStyle:
    """The style with what the properties of a style or paragraph say otherwise."""
    if properties is None:
        return style
    changes: dict[str, Any] = {}
    if (spacing := properties.find(qn("w:spacing"))) is not None:
        said = {name: spacing.get(qn(f"w:{name}")) for name in ("before", "after", "line")}
        changes |= {name: int(said[name]) / TWIPS for name in ("before", "after") if said[name]}
        if said["line"]:
            is_exact = spacing.get(qn("w:lineRule")) == "exact"
            changes |= {"is_exact": is_exact, "line": int(said["line"]) / (TWIPS if is_exact else 240)}
    if (indent := properties.find(qn("w:ind"))) is not None:
        changes["indents"] = sum(int(indent.get(qn(f"w:{side}"), 0)) for side in ("left", "right")) / TWIPS
    names = {"keeps_next": "keepNext", "keeps_lines": "keepLines", "begins_page": "pageBreakBefore"}
    for name, tag in names.items():
        if (switch := properties.find(qn(f"w:{tag}"))) is not None:
            changes[name] = switch.get(qn("w:val")) != "0"
    if (rules := properties.find(qn("w:pBdr"))) is not None:
        drawn = [rule for side in ("top", "bottom") if (rule := rules.find(qn(f"w:{side}"))) is not None]
        changes["rules"] = sum(int(r.get(qn("w:space"))) + int(r.get(qn("w:sz"))) / 8 for r in drawn)
    return replace(style, **changes)
