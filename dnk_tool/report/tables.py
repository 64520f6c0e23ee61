"""The tables that a company fills itself, such as goals and materials."""

from dnk_tool.catalogue.model import Column, Item, ItemKind, Table
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.values import Cell, Rows
from dnk_tool.report.pieces import TableCell, TableView
from dnk_tool.report.words import Words

# How much room a column asks for: its longest text within these bounds, and never less than its longest word.
NARROW, BROAD, LONGEST_WORD = 9, 34, 26
# A table of few short columns would only draw its rows apart; per cent of the text's width.
NARROWEST, ROOM = 60, 1.2


def table_view(item: Item, table: Table, rows: Rows, words: Words) -> TableView:
    """The table without columns that are empty in every row; required columns always stay."""
    columns = [c for c in table.columns if c.required or any(c.key in row for row in rows.rows)]
    heads = tuple(TableCell(words.of(c.label), c.kind is ItemKind.QUANTITY) for c in columns)
    cells = tuple(tuple(_cell(row.get(c.key), c, words) for c in columns) for row in rows.rows)
    # Fixed widths are laid out in a fraction of the time that automatic ones take.
    wanted = [max(map(_wanted, column)) for column in zip(heads, *cells, strict=True)]
    return TableView(
        caption=f"{item.letter} {words.of(item.label)}".strip(),
        heads=heads,
        width=min(100, max(NARROWEST, round(sum(wanted) * ROOM))),
        widths=tuple(round(100 * one / sum(wanted)) for one in wanted),
        rows=cells,
    )


def _wanted(cell: TableCell) -> int:
    word = max(map(len, cell.text.split()), default=0) + 4
    return max(min(max(len(cell.text), NARROW), BROAD), min(word, LONGEST_WORD))


def _cell(value: Cell | None, column: Column, words: Words) -> TableCell:
    is_number = column.kind is ItemKind.QUANTITY
    if value is None:
        return TableCell("–", is_number)
    if isinstance(value, Quantity):
        return TableCell(words.quantity(value, column.units.get(value.unit)), is_number)
    if column.kind is ItemKind.CHOICE:
        return TableCell(words.choice(column.choices, str(value)), is_number)
    return TableCell(words.said(str(value)), is_number)
