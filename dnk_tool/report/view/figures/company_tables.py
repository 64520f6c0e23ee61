"""Lays out tables that companies fill, such as goals and materials."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from dnk_tool.catalogue.standard.item_model import Column, Item, ItemKind, Table
from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.domain.answers.goal_records import goal_numbers
from dnk_tool.domain.answers.values import Cell, Row, Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.labels import goal_numbers_text, progress_text
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Block
from dnk_tool.report.text.table_settings import (
    GAP,
    LOOSE,
    SLACK,
    TABLE_ROOM,
    TEXT_ROOM,
    TableSetting,
    table_settings,
)
from dnk_tool.report.text.text_width import MILLIMETRE, ColumnNeed, distribute_width, text_width, widest_word
from dnk_tool.report.view.parts import PrintedTable, TableCell

# Tables of few short columns are narrower than the page; in per cent, and the reserve they need.
MIN_TABLE_WIDTH, ROOM_FACTOR = 60, 1.2
# In points: the greatest preferred width of a column of words, and of a head.
MAX_TEXT_COLUMN, MAX_HEAD_WIDTH = 190.0, 90.0
GAP_AFTER_NUMBER = 14.0
# The share of a line's width that its words need on two lines.
TWO_LINE_SHARE = 0.56
# A table up to this height stays on one page; each row has padding besides its lines.
MAX_SMALL_HEIGHT = 40 * MILLIMETRE
LINE, ROW_PADDING = 12.0, 8.5
_NUMBER = re.compile(
    r"[-−+]?\d[\d.,]*(?:[ \N{NO-BREAK SPACE}]?[%€‰]|[ \N{NO-BREAK SPACE}][^\W\d]{1,4}[²³]?)?"
)


def answer_table(
    item: Item, table: Table, rows: Rows, words: TextFormatter, around: Requirement
) -> PrintedTable:
    """The answer as a table without columns that are empty in every row; required columns stay.

    Numbers that share a unit, as those of a goal, stand in one column of their own.

    `around` decides the width: indicators use the whole page, aspects the text column.
    """
    columns = [
        c
        for c in table.columns
        if not c.shared_unit and (c.required or any(c.key in row for row in rows.rows))
    ]
    heads = tuple(TableCell(words.catalogue_text(c.printed), c.kind is ItemKind.QUANTITY) for c in columns)
    cells = tuple(tuple(_cell(row.get(c.key), c, words) for c in columns) for row in rows.rows)
    if any(not goal_numbers(row).is_empty for row in rows.rows):
        heads += (TableCell(words.gettext("In Zahlen"), False),)
        said = ("; ".join(filter(None, goal_number_texts(table, row, words))) for row in rows.rows)
        cells = tuple(
            (*row, TableCell(text or "–", False, True)) for row, text in zip(cells, said, strict=True)
        )
    room = TABLE_ROOM if isinstance(around, Indicator) else TEXT_ROOM
    return lay_out_table(
        f"{item.letter} {words.catalogue_text(item.printed)}".strip(), heads, cells, room=room
    )


def goal_number_texts(table: Table, row: Row, words: TextFormatter) -> tuple[str, str]:
    """The numbers of a goal's row and how far the goal is; both empty for a goal in words alone."""
    units = {symbol: unit for column in table.columns for symbol, unit in column.units.items()}
    numbers = goal_numbers(row)
    return (
        words.printable_text(goal_numbers_text(numbers, units, words.language)),
        words.printable_text(progress_text(numbers.progress, words.language)),
    )


def row_cells(
    texts: Sequence[str], numbers: frozenset[int] = frozenset(), ours: frozenset[int] = frozenset()
) -> tuple[TableCell, ...]:
    """The cells of a row. `numbers`: columns with numbers; `ours`: columns with the tool's words."""
    return tuple(TableCell(text, at in numbers, at in ours) for at, text in enumerate(texts))


def lay_out_table(
    caption: str,
    heads: tuple[TableCell, ...],
    cells: tuple[tuple[TableCell, ...], ...],
    *,
    room: float = TABLE_ROOM,
) -> PrintedTable:
    """A table with column widths by the width of its words; `room` is the available width in points."""
    part, widths, fit = _layout(heads, cells, room)
    return PrintedTable(
        caption=caption,
        heads=heads,
        width=part,
        widths=widths,
        rows=cells,
        fit=fit,
        is_small=_height(cells, [room * part / 100 * width / 100 for width in widths]) <= MAX_SMALL_HEIGHT,
    )


def said_table(block: Block) -> PrintedTable:
    """The layout of a table in a company's text, in the text column; columns of numbers are aligned so.

    The first column names its rows. The caption, for readers aloud, names the columns.
    """
    rows = [[block.lines[cell] for cell in row] for row in block.rows]
    columns = [[cell for cell in column if cell] for column in zip(*rows[1:], strict=True)]
    numbers = frozenset(
        at for at, cells in enumerate(columns) if at and cells and all(map(_NUMBER.fullmatch, cells))
    )
    head, *below = (row_cells(row, numbers) for row in rows)
    return lay_out_table(", ".join(filter(None, rows[0])), head, tuple(below), room=TEXT_ROOM)


def _height(rows: tuple[tuple[TableCell, ...], ...], widths: Sequence[float]) -> float:
    """The approximate height of rows in points, by the `widths` of their columns."""
    size = table_settings()[0].cell
    return sum(
        ROW_PADDING
        + LINE
        * max(
            sum(max(1, ceil(text_width(line, size) / (width - GAP))) for line in cell.text.split("\n"))
            for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )


def aligned_tables(
    heads: tuple[TableCell, ...], captioned: Sequence[tuple[str, tuple[tuple[TableCell, ...], ...]]]
) -> tuple[PrintedTable, ...]:
    """Tables with the same heads and equal column widths, from pairs of caption and rows."""
    if not captioned:
        return ()
    common = lay_out_table("", heads, tuple(row for _caption, rows in captioned for row in rows))
    return tuple(replace(common, caption=caption, rows=rows, is_small=False) for caption, rows in captioned)


def _layout(
    heads: tuple[TableCell, ...], rows: tuple[tuple[TableCell, ...], ...], room: float
) -> tuple[int, tuple[float, ...], str]:
    """The width of the table and of its columns in per cent, and the first setting in which all words fit.

    Fixed widths save most of the time that automatic layout takes.
    """
    for setting in table_settings():
        needs = [_need(column, setting) for column in zip(heads, *rows, strict=True)]
        gaps = [_gap(place, heads) for place in range(len(heads))]
        broad = [
            ColumnNeed(n.minimum + gap, n.preferred + gap, n.has_words)
            for n, gap in zip(needs, gaps, strict=True)
        ]
        for part in (MIN_TABLE_WIDTH, 100):
            wanted = sum(max(need.minimum, need.preferred) for need in broad)
            points = distribute_width(broad, room * part / 100)
            if points and (part == 100 or wanted * ROOM_FACTOR <= room * part / 100):
                return part, tuple(round(100 * point / sum(points), 2) for point in points), setting.name
    return 100, tuple(round(100 / len(heads), 2) for _ in heads), LOOSE


def _gap(place: int, heads: tuple[TableCell, ...]) -> float:
    after_number = place > 0 and heads[place - 1].is_number and not heads[place].is_number
    return SLACK + (GAP if place < len(heads) - 1 else 0.0) + (GAP_AFTER_NUMBER if after_number else 0.0)


def _need(column: tuple[TableCell, ...], setting: TableSetting) -> ColumnNeed:
    head, *cells = column
    head_width = text_width(head.text, setting.head, is_bold=True)
    two_lines = max(widest_word(head.text, setting.head, is_bold=True), head_width * TWO_LINE_SHARE)
    of_head, wished_head = min(two_lines, setting.longest_word), min(head_width, MAX_HEAD_WIDTH)
    if head.is_number:
        least = max([of_head, *(text_width(cell.text, setting.cell) for cell in cells)])
        return ColumnNeed(least, max(least, wished_head), has_words=False)
    of_words = max((widest_word(cell.text, setting.cell) for cell in cells), default=0.0)
    widest = max((text_width(cell.text, setting.cell) for cell in cells), default=0.0)
    return ColumnNeed(
        max(of_head, min(of_words, setting.longest_word)),
        max(min(widest, MAX_TEXT_COLUMN), wished_head),
        True,
    )


def _cell(value: Cell | None, column: Column, words: TextFormatter) -> TableCell:
    is_number = column.kind is ItemKind.QUANTITY
    if value is None:
        return TableCell("–", is_number)
    if isinstance(value, Quantity):
        return TableCell(words.quantity(value, column.units.get(value.unit)), is_number)
    if column.kind is ItemKind.CHOICE:
        return TableCell(words.choice(column.choices, str(value)), is_number)
    return TableCell(words.printable_text(str(value)), is_number)
