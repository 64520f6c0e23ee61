"""Writes the grid of a table: heads repeat on each page, rows are not divided between pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dnk_tool.report.files.word import markup
from dnk_tool.report.text.text_width import text_width, widest_word
from dnk_tool.report.view.parts import PrintedTable, TableCell

PAGE_WIDTH = 9354  # twentieths of a point between the margins
# A row with more than this many characters may need a page of its own: it may be divided.
LONGEST_ROW = 1500
# In points: font size of cells, padding, and the greatest width that the word of a head asks for.
TYPE_SIZE, PADDING, MAX_COLUMN_WIDTH = 9.0, 11.0, 100.0


@dataclass(frozen=True, slots=True)
class WordCell:
    """The paragraphs of a cell, and about how many characters they have."""

    xml: str
    length: int = 0


def table(
    title: str, heads: Sequence[WordCell], rows: Iterable[Sequence[WordCell]], widths: Sequence[float]
) -> str:
    """A table as wide as the page; `widths` are shares, `title` is the caption for screen readers.

    An empty paragraph follows it: without one a word processor joins adjacent tables.
    """
    columns = _columns(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    first = _row(heads, columns, "<w:cantSplit/><w:tblHeader/>")
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Declaration"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        f' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={markup.attribute(title)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{first}{''.join(_body_row(row, columns) for row in rows)}</w:tbl>"
        f"{markup.paragraph('AfterTable')}"
    )


def _columns(widths: Sequence[float]) -> list[int]:
    total = sum(widths)
    columns = [round(PAGE_WIDTH * width / total) for width in widths]
    return [*columns[:-1], PAGE_WIDTH - sum(columns[:-1])]


def _body_row(cells: Sequence[WordCell], columns: Sequence[int]) -> str:
    is_whole = sum(cell.length for cell in cells) <= LONGEST_ROW
    return _row(cells, columns, "<w:cantSplit/>" if is_whole else "")


def _row(cells: Sequence[WordCell], columns: Sequence[int], properties: str) -> str:
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell.xml}</w:tc>'
        for cell, width in zip(cells, columns, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def widths_with_heads(view_table: PrintedTable) -> list[float]:
    """The widths of the PDF in points, widened where heads and numbers need it; wide columns give way."""
    printed = [PAGE_WIDTH / 20 * share / sum(view_table.widths) for share in view_table.widths]
    columns = zip(view_table.heads, *view_table.printed_rows, strict=True)
    least = [min(_widest(head, cells), MAX_COLUMN_WIDTH) + PADDING for head, *cells in columns]
    needed = sum(max(wanted - had, 0.0) for wanted, had in zip(least, printed, strict=True))
    spare = sum(max(had - wanted, 0.0) for wanted, had in zip(least, printed, strict=True)) or 1.0
    part = min(needed / spare, 1.0)
    return [
        max(had, wanted) - max(had - wanted, 0.0) * part for wanted, had in zip(least, printed, strict=True)
    ]


def _widest(head: TableCell, cells: Sequence[TableCell]) -> float:
    """What a column needs at least: the widest word of its head, and numbers on one line."""
    numbers = (text_width(cell.text, TYPE_SIZE) for cell in cells if head.is_number and cell.is_number)
    return max([widest_word(head.text, TYPE_SIZE, is_bold=True), *numbers])
