"""Draws the charts of a declaration as PNG, because not every word processor shows SVG."""

import io
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from docx.oxml import parse_xml
from PIL import Image, ImageDraw, ImageFont, features

from dnk_tool.report.assets import FALLBACK_FACES, fonts
from dnk_tool.report.text.glyphs import fallback_face, printable
from dnk_tool.report.text.plain import clean

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
