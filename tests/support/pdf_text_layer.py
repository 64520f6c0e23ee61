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
_INLINE = {"/Span", "/Link", "/NonStruct", "/Reference", "/Figure"}


@dataclass(frozen=True)
class Piece:
    """Text in one piece and the place where it begins, in the units of the page's content."""

    page: int
    x: float
    y: float
    text: str


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
            elif of_blocks or child.kind in _INLINE:
                yield from child.pieces(of_blocks=of_blocks)

    @property
    def text(self) -> str:
        """All text below, as it is read."""
        return "".join(piece.text for piece in self.pieces())


def structure(pdf: pikepdf.Pdf) -> Element:
    """The tree of a tagged file with its text."""
    fonts: dict[Any, dict[int, str]] = {}
    pages = {sheet.objgen: number for number, sheet in enumerate(pdf.pages, start=1)}
    texts = {
        (number, mark): pieces
        for number, sheet in enumerate(pdf.pages, start=1)
        for mark, pieces in _marked_texts(sheet, number, fonts).items()
    }

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


def _marked_texts(sheet: Any, number: int, fonts: dict[Any, dict[int, str]]) -> dict[int, list[Piece]]:
    """The pieces of text of a page by the number of their mark."""
    texts: dict[int, list[Piece]] = {}
    _read(sheet, sheet.Resources, number, fonts, texts, [])
    return texts


def _read(
    content: Any,
    resources: Any,
    number: int,
    fonts: dict[Any, dict[int, str]],
    texts: dict[int, list[Piece]],
    marks: list[int | None],
) -> None:
    characters: dict[int, str] = {}
    x = y = 0.0
    for operands, operator in pikepdf.parse_content_stream(content):
        match str(operator):
            case "BDC":
                marks.append(int(operands[1].MCID) if "/MCID" in operands[1] else None)
            case "BMC":
                marks.append(None)
            case "EMC":
                marks.pop()
            case "Tf":
                characters = _characters(resources.Font[str(operands[0])], fonts)
            case "Tm":
                x, y = float(operands[4]), float(operands[5])
            case "Do":
                form = resources.XObject[str(operands[0])]
                if form.Subtype == "/Form":
                    _read(form, form.Resources, number, fonts, texts, marks)
            case "Tj" | "TJ":
                shown = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                text = "".join(
                    characters.get(codes[at] << 8 | codes[at + 1], "") for at in range(0, len(codes), 2)
                )
                if marks and marks[-1] is not None:
                    texts.setdefault(marks[-1], []).append(Piece(number, x, y, text))


def _characters(font: Any, fonts: dict[Any, dict[int, str]]) -> dict[int, str]:
    """What each code of a font stands for."""
    if font.objgen not in fonts:
        pairs = _PAIR.findall(font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
        fonts[font.objgen] = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs
        }
    return fonts[font.objgen]
