"""In which order a page is painted: programs that read a page as it was painted hear it in that order."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf


def pages_out_of_order(pdf: pikepdf.Pdf) -> list[int]:
    """The numbers of the pages on which something is painted before what is read before it."""
    pages = {sheet.objgen: number for number, sheet in enumerate(pdf.pages, start=1)}
    read: dict[int, list[int]] = {number: [] for number in pages.values()}
    for page, mark in _read_marks(pdf.Root.StructTreeRoot.K, None):
        read[pages[page]].append(mark)
    return [number for number, sheet in enumerate(pdf.pages, start=1) if painted_marks(sheet) != read[number]]


def painted_marks(sheet: pikepdf.Page) -> list[int]:
    """The marks of what is no artifact in the order in which a page is painted."""
    return [
        int(operands[1].MCID)
        for operands, operator in pikepdf.parse_content_stream(sheet, "BDC")
        if "/MCID" in operands[1]
    ]


def _read_marks(kid: Any, page: Any) -> Iterator[tuple[Any, int]]:
    """The page and the mark of all content below a part of the structure, in the order of reading."""
    if isinstance(kid, pikepdf.Array):
        for each in kid:
            yield from _read_marks(each, page)
    elif not isinstance(kid, pikepdf.Dictionary):
        yield page, int(kid)
    elif "/S" in kid:
        yield from _read_marks(kid.get("/K", pikepdf.Array()), kid.Pg.objgen if "/Pg" in kid else page)
    elif "/MCID" in kid:
        yield (kid.Pg.objgen if "/Pg" in kid else page), int(kid.MCID)


def as_drawn(content: bytes) -> bytes:
    """The file in which every text says no more than what is drawn of it."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for sheet in pdf.pages:
            kept: list[tuple[Any, Any]] = []
            for operands, operator in pikepdf.parse_content_stream(sheet):
                is_said = str(operator) == "BDC" and "/ActualText" in operands[1]
                kept.append(([operands[0], pikepdf.Dictionary()] if is_said else operands, operator))
            sheet.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
        pdf.save(made)
    return made.getvalue()
