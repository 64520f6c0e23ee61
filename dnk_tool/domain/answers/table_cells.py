"""The cells of a table as text, for use outside the printed declaration."""

from dnk_tool.catalogue.standard.item_model import Column, Table
from dnk_tool.domain.answers.values import Cell, Row
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number


def cell_text(cell: Cell, column: Column, language: Language) -> str:
    """One cell as text: a number with its unit, the label of a choice, or the text itself."""
    if isinstance(cell, Quantity):
        unit = column.units[cell.unit].display.to(language) if cell.unit in column.units else cell.unit
        return f"{format_number(cell.value, language)} {unit}".strip()
    labels = {choice.key: choice.label.to(language) for choice in column.choices}
    return labels.get(str(cell), str(cell))


def row_text(row: Row, table: Table, language: Language) -> str:
    """The filled cells of a row in one line; numbers that share a unit with others say which they are."""
    return " · ".join(
        (f"{column.label.to(language)}: " if column.shared_unit else "")
        + cell_text(row[column.key], column, language)
        for column in table.columns
        if column.key in row
    )
