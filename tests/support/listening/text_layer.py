"""What a listener hears of a tagged PDF, read from the pages as a screen reader does.

Each piece of text is found by its number in the content of its page, with the characters that the font gives
for its glyphs, and belongs to the structure element that refers to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)> <([0-9a-fA-F]*)>")
INLINE = {"/Span", "/Link", "/NonStruct", "/Reference", "/Figure"}


@dataclass(frozen=True)
class Piece:
    """Text in one piece and the place where it begins, in points from the foot of its page.

    `is_replaced`: its page says it in the place of what is drawn.
    """

    page: int
    x: float
    y: float
    text: str
    is_replaced: bool = False


@dataclass
class Element:
    """A structure element with what stands below it, in the order of reading."""

    source: Any
    kind: str
    children: list["Element | Piece"]

    def elements(self) -> Iterator["Element"]:
        """The element itself and all below it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.elements()

    def pieces(self, *, of_blocks: bool = True) -> Iterator[Piece]:
        """The pieces of text below; without those in blocks of their own if `of_blocks` is False."""
        for child in self.children:
            if isinstance(child, Piece):
                yield child
            elif of_blocks or child.kind in INLINE:
                yield from child.pieces(of_blocks=of_blocks)

    @property
    def text(self) -> str:
        """All text below, as it is read."""
        return "".join(piece.text for piece in self.pieces())


def structure(pdf: pikepdf.Pdf) -> Element:
    """The tree of a tagged file with its text."""
    fonts: dict[Any, dict[int, str]] = {}
    pages = {sheet.objgen: number for number, sheet in enumerate(pdf.pages, start=1)}
    texts: dict[tuple[int | None, int], list[Piece]] = {}
    for number, sheet in enumerate(pdf.pages, start=1):
        reader = _Reader(number, fonts)
        reader.read(sheet, sheet.Resources, _IDENTITY)
        texts |= {(number, mark): pieces for mark, pieces in reader.texts.items()}

    def built(source: Any) -> Element:
        element = Element(source, str(source.S), [])
        below = source.get("/K", [])
        own = pages.get(source.Pg.objgen) if "/Pg" in source else None
        for kid in below if isinstance(below, pikepdf.Array) else [below]:
            if isinstance(kid, int):
                element.children += texts.get((own, kid), [])
            elif "/S" in kid:
                element.children.append(built(kid))
            elif "/MCID" in kid:
                element.children += texts.get((pages[kid.Pg.objgen], int(kid.MCID)), [])
        return element

    (document,) = list(pdf.Root.StructTreeRoot.K)
    return built(document)


Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """The two matrices one after the other."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


class _Reader:
    """Reads the content of a page and of the forms in it."""

    def __init__(self, number: int, fonts: dict[Any, dict[int, str]]) -> None:
        self.texts: dict[int, list[Piece]] = {}
        self._number, self._fonts = number, fonts
        self._marks: list[int | None] = []
        self._said: list[str | None] = []  # what is said in the place of what is drawn

    def read(self, content: Any, resources: Any, place: Matrix) -> None:
        """Reads the texts in marked content with their places on the page."""
        characters: dict[int, str] = {}
        line, outer = _IDENTITY, []
        for operands, operator in pikepdf.parse_content_stream(content):
            match str(operator):
                case "q":
                    outer.append(place)
                case "Q":
                    place = outer.pop()
                case "cm":
                    place = _times(_matrix(operands), place)
                case "BDC":
                    self._begin(str(operands[0]), operands[1])
                case "BMC":
                    self._begin(str(operands[0]), pikepdf.Dictionary())
                case "EMC":
                    self._marks.pop()
                    self._said.pop()
                case "Tf":
                    characters = _characters(resources.Font[str(operands[0])], self._fonts)
                case "Tm":
                    line = _matrix(operands)
                case "Do":
                    form = resources.XObject[str(operands[0])]
                    if form.Subtype == "/Form":
                        inner = _matrix(form.get("/Matrix", _IDENTITY))
                        self.read(form, form.Resources, _times(inner, place))
                case "Tj" | "TJ":
                    shown = operands[0] if str(operator) == "TJ" else operands
                    codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                    self._note(_text(codes, characters), _times(line, place))

    def _begin(self, kind: str, properties: Any) -> None:
        """Begins marked content: of a mark of its own, of the one around it, or of none."""
        inherited = self._marks[-1] if self._marks and kind == "/Span" else None
        self._marks.append(int(properties.MCID) if "/MCID" in properties else inherited)
        around = self._said[-1] if self._said else None
        self._said.append(str(properties.ActualText) if "/ActualText" in properties else around)

    def _note(self, text: str, place: Matrix) -> None:
        mark = self._marks[-1] if self._marks else None
        said = self._said[-1] if self._said else None
        if mark is not None:
            piece = Piece(self._number, place[4], place[5], text if said is None else said, said is not None)
            self.texts.setdefault(mark, []).append(piece)
        if said is not None:
            self._said[-1] = ""


def _text(codes: bytes, characters: dict[int, str]) -> str:
    """The text of codes of two bytes each."""
    return "".join(characters.get(codes[at] << 8 | codes[at + 1], "") for at in range(0, len(codes), 2))


def _characters(font: Any, fonts: dict[Any, dict[int, str]]) -> dict[int, str]:
    """What each code of a font stands for."""
    if font.objgen not in fonts:
        pairs = _PAIR.findall(font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
        fonts[font.objgen] = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs
        }
    return fonts[font.objgen]
