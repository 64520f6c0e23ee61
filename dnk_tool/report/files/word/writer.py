"""What a company says in a Word document, and what all its parts share: languages, bookmarks and pictures.

Draws the charts of a declaration as PNG, because not every word processor shows SVG.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from docx.oxml import parse_xml
from PIL import Image, ImageDraw, ImageFont, features

from dnk_tool.language import Language, known_language, translations
from dnk_tool.report.assets import FALLBACK_FACES, fonts
from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import WordCell, table, widths_with_heads
from dnk_tool.report.files.word.package import BULLETS
from dnk_tool.report.text.glyphs import fallback_face, printable
from dnk_tool.report.text.plain import clean
from dnk_tool.report.text.prose import Block, BlockKind, Prose
from dnk_tool.report.view.figures.company_tables import said_table
from dnk_tool.report.view.model import DeclarationView
from dnk_tool.report.view.parts import ChartView

INDENT = 284  # twentieths of a point by which each level of a list is indented


@dataclass(frozen=True, slots=True)
class ProseWriter:
    """Writes blocks in the styles given, in a language if it differs from the document's.

    `mark` names the bookmark of an anchor, `new_list` begins a numbered list and returns its number.
    `subheading` is the style of subheadings.
    """

    mark: Callable[[str], str]
    new_list: Callable[[], int]
    style: str = "Normal"
    bullet: str = "ListBullet"
    subheading: str = "Label"
    language: str = ""

    def write(self, prose: Prose) -> str:
        """The paragraphs and tables of the blocks."""
        return "".join(part for block in prose for part in self._block(block))

    def _block(self, block: Block) -> Iterator[str]:
        if block.is_list:
            yield from self._list(block, 0)
        elif block.kind is BlockKind.TABLE:
            yield self._table(block)
        else:
            style = self.subheading if block.kind is BlockKind.HEADING else self.style
            yield markup.paragraph(style, *self._runs(block, 0))

    def _list(self, block: Block, level: int) -> Iterator[str]:
        is_numbered = block.kind is BlockKind.NUMBERED
        properties = ""
        if is_numbered or level:
            place = f'<w:ilvl w:val="{level}"/><w:numId w:val="{self.new_list() if is_numbered else 1}"/>'
            indent = f'<w:ind w:left="{INDENT * (level + 1)}" w:hanging="{INDENT}"/>'
            properties = f"<w:numPr>{place}</w:numPr>{indent}"
        for line in range(len(block.lines)):
            yield markup.paragraph(self.bullet, *self._runs(block, line), properties=properties)
            for inner in block.below[line] if block.below else ():
                yield from self._list(inner, level + 1)

    def _table(self, block: Block) -> str:
        laid_out = said_table(block)
        head, *rows = block.rows
        styles = [("CellNumber" if cell.is_number else "CellText") for cell in laid_out.heads]
        heads = [
            WordCell(markup.paragraph(style.replace("Text", "") + "Head", *self._runs(block, cell)))
            for style, cell in zip(styles, head, strict=True)
        ]
        cells = (
            [
                WordCell(markup.paragraph(style, *self._runs(block, cell)), len(block.lines[cell]))
                for style, cell in zip(styles, row, strict=True)
            ]
            for row in rows
        )
        return table(laid_out.caption, heads, cells, widths_with_heads(laid_out))

    def _runs(self, block: Block, line: int) -> Iterator[str]:
        return markup.line_runs(block, self.mark, line=line, language=self.language)


RUNS_ON = '<w:pageBreakBefore w:val="0"/><w:spacing w:before="600" w:after="240"/>'
EMU = 12700  # English Metric Units in a point
PORTRAIT = (127.56, 158.74)  # 45 by 56 mm
LOGO = (216, 74)  # its greatest width and height in points, as in the PDF


PIXELS = 4.0  # per point: 288 dpi, sharp on paper
ANCHORS = {"middle": "ms", "end": "rs"}
AT_THE_LEFT = "ls"
SHARES_BEFORE = {"ms": 0.5, "rs": 1.0, AT_THE_LEFT: 0.0}  # of the text's length, left of its anchor


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG with its size in points and a text for readers who cannot see it."""

    content: bytes
    width: float
    height: float
    alt_text: str


def draw_chart(svg: str) -> Picture:
    """Draw a chart written by `view/charts/svg.py`: rectangles and texts in a box of points.

    Raises ValueError for any other shape.
    """
    root = parse_xml(clean(svg))
    _left, _top, width, height = (float(number) for number in str(root.get("viewBox")).split())
    image = Image.new("RGB", (round(width * PIXELS), round(height * PIXELS)), "white")
    pen, says = ImageDraw.Draw(image), ""
    for shape in root:
        if shape.tag == "title":
            says = shape.text or ""
        elif shape.tag == "rect":
            _rectangle(pen, shape.attrib)
        elif shape.tag == "text":
            _text(pen, shape.attrib, shape.text or "")
        else:
            raise ValueError(f"a chart with {shape.tag} cannot be drawn")
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6, dpi=(72 * PIXELS, 72 * PIXELS))
    return Picture(file.getvalue(), width, height, says)


def _rectangle(pen: ImageDraw.ImageDraw, said: dict[str, str]) -> None:
    x, y, width, height = (float(said[name]) * PIXELS for name in ("x", "y", "width", "height"))
    edge = round(float(said.get("stroke-width", 0)) * PIXELS)
    box = (round(x), round(y), max(round(x + width) - 1, round(x)), max(round(y + height) - 1, round(y)))
    pen.rectangle(box, fill=said["fill"], outline=said.get("stroke"), width=edge)


def _text(pen: ImageDraw.ImageDraw, said: dict[str, str], words: str) -> None:
    shown, _lost = printable(words)
    size = float(said["font-size"])
    # Signs that the usual face lacks are drawn with another one, run by run.
    runs = [("".join(run), _font(size, name)) for name, run in groupby(shown, fallback_face)]
    anchor = ANCHORS.get(said.get("text-anchor", ""), AT_THE_LEFT)
    x, y = float(said["x"]) * PIXELS, float(said["y"]) * PIXELS
    if len(runs) > 1:
        x -= sum(font.getlength(run) for run, font in runs) * SHARES_BEFORE[anchor]
        anchor = AT_THE_LEFT
    for run, font in runs:
        pen.text((x, y), run, fill=said["fill"], font=font, anchor=anchor)
        x += font.getlength(run)


@cache
def _font(size: float, fallback: str = "") -> ImageFont.FreeTypeFont:
    path = FALLBACK_FACES[fallback] if fallback else fonts()[0]
    is_script = fallback in ("Arabic", "Hebrew") and features.check("raqm")
    engine = ImageFont.Layout.RAQM if is_script else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size * PIXELS, layout_engine=engine)


class PartWriter:
    """What writes the parts of a document. `embed` adds a PNG or JPEG and returns its relationship id."""

    embed: Callable[[bytes], str]
    marks: dict[str, str]
    pictures: int

    @property
    def language(self) -> Language:
        """The language of the tool's words; only the writer of a kind of document knows it."""
        raise NotImplementedError

    @property
    def foreign(self) -> str:
        """The language of words that are not the tool's; empty if it is the document's."""
        return ""

    def gettext(self, message: str) -> str:
        """The message in the language of the view, which may differ from the page's that asked for it."""
        return translations(self.language).gettext(message)

    def mark(self, anchor: str) -> str:
        """The bookmark's name for an anchor, short enough for every word processor."""
        return self.marks.setdefault(anchor, f"_Ref{len(self.marks) + 1:05d}")

    def heading(
        self, level: int, title: str, anchor: str = "", number: str = "", *, runs_on: bool = False
    ) -> str:
        """A heading of level 1 to 3; with an anchor it has a bookmark for links and page numbers.

        `runs_on`: one of level 1 begins no page.
        """
        words = markup.run(f"{number} {title}".strip())
        runs = self.bookmarked(anchor, words) if anchor else words
        return markup.paragraph(f"Heading{level}", runs, properties=RUNS_ON if runs_on else "")

    def bookmarked(self, anchor: str, runs: str) -> str:
        """The runs with the bookmark of the anchor around them."""
        mark = self.mark(anchor)
        place = int(mark.removeprefix("_Ref"))
        start = f'<w:bookmarkStart w:id="{place}" w:name="{mark}"/>'
        return f'{start}{runs}<w:bookmarkEnd w:id="{place}"/>'

    def page_of(self, anchor: str) -> str:
        """A field with the page of an anchor: `page_layout` fills it, the word processor counts anew."""
        return markup.field(f"PAGEREF {self.mark(anchor)} \\h")

    def chart(self, chart: ChartView) -> str:
        """A chart as a picture with title, alternative text and notes."""
        shown = self._shown(draw_chart(chart.svg), self.gettext("Diagramm"))
        parts = [markup.paragraph("Caption", markup.run(chart.title)), markup.paragraph("Picture", shown)]
        parts += [markup.paragraph("Legend", markup.run(note)) for note in chart.notes]
        return "".join(parts)

    def _shown(self, picture: Picture, kind: str) -> str:
        self.pictures += 1
        name, size = (
            self.embed(picture.content),
            f'cx="{picture.width * EMU:.0f}" cy="{picture.height * EMU:.0f}"',
        )
        about = f'id="{self.pictures}" name="{kind} {self.pictures}"'
        return (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f"<wp:extent {size}/><wp:docPr {about} descr={markup.attribute(picture.alt_text)}/>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {about}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{name}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )


@dataclass
class DocxWriter(PartWriter):
    """Writes one document. `embed` adds a PNG or JPEG and returns its relationship id."""

    view: DeclarationView
    embed: Callable[[bytes], str]
    marks: dict[str, str] = field(default_factory=dict)
    pictures: int = 0
    numbered_lists: int = 0

    @property
    def language(self) -> Language:
        return known_language(self.view.language[:2])

    @property
    def foreign(self) -> str:
        """The language of the company's words; empty if it is the document's."""
        return "" if self.view.content_language == self.view.language else self.view.content_language

    def said(self, prose: Prose, style: str = "Normal", *, subheading: str = "Label") -> str:
        """The company's own words, marked with their language."""
        return self.prose(prose, style=style, subheading=subheading, language=self.foreign)

    def prose(self, prose: Prose, **styles: str) -> str:
        """Text in the styles and the language given, which a `ProseWriter` knows."""
        return ProseWriter(self.mark, self._new_list, **styles).write(prose)

    def _new_list(self) -> int:
        self.numbered_lists += 1
        return self.numbered_lists + BULLETS

    def logo(self) -> str:
        """The company's logo, on a dark ground if it is light; empty if there is none."""
        picture, field = self.view.look.picture, self.view.look.palette.field[1:]
        if picture is None:
            return ""
        says = self.gettext("Logo von %(company)s") % {"company": self.view.cover.company}
        shown = self._shown(Picture(picture.png, *picture.fitted(*LOGO), says), self.gettext("Logo"))
        ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{field}"/>' if picture.is_light else ""
        return f'<w:p><w:pPr><w:pStyle w:val="Picture"/>{ground}</w:pPr>{shown}</w:p>'

    def portrait(self) -> str:
        """The picture beside the foreword; empty if there is none."""
        look, name = self.view.look, self.view.foreword.name
        if not look.portrait:
            return ""
        says = (
            self.gettext("Porträt von %(name)s") % {"name": name}
            if name
            else self.gettext("Porträt zum Vorwort")
        )
        shown = self._shown(Picture(look.portrait, *PORTRAIT, says), self.gettext("Porträt"))
        return markup.paragraph("Picture", shown)
