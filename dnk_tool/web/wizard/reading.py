"""Answers as one reads them on a page: for history, collisions and the finished declaration."""

from collections.abc import Iterator

from flask_babel import gettext as _

from dnk_tool.catalogue import Column, Item
from dnk_tool.domain.answers import Answer, Disclosure
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.values import Cell, Rows
from dnk_tool.language import Language, number


def answer_text(item: Item | None, answer: Answer, language: Language) -> str:
    """The whole answer as text; an explanation says that it is one."""
    if answer.disclosure is Disclosure.EXPLAIN:
        return str(_("Wir berichten nicht: %(text)s", text=answer.explanation))
    if item is None or answer.value is None:
        return answer.text
    if isinstance(answer.value, Rows):
        columns = item.table.columns if item.table else ()
        return "\n".join(_row_text(row, columns, language) for row in answer.value.rows)
    keys = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
    labels = {choice.key: choice.label.to(language) for choice in item.choices}
    return ", ".join(labels.get(key, key) for key in keys)


def _row_text(row: object, columns: tuple[Column, ...], language: Language) -> str:
    cells = row if isinstance(row, dict) else {}
    return " · ".join(cell_text(cells[c.key], c, language) for c in columns if c.key in cells)


def cell_text(cell: Cell, column: Column, language: Language) -> str:
    """One cell of a table as one reads it."""
    if isinstance(cell, Quantity):
        unit = column.units[cell.unit].display.to(language) if cell.unit in column.units else cell.unit
        return f"{number(cell.value, language)} {unit}".strip()
    labels = {choice.key: choice.label.to(language) for choice in column.choices}
    return labels.get(str(cell), str(cell))


def value_text(cell: Cell, language: Language) -> Iterator[tuple[str, str]]:
    """A cell as its form fields send it: (suffix of the name, text)."""
    if isinstance(cell, Quantity):
        yield "", number(cell.value, language)
        yield "-unit", cell.unit
    else:
        yield "", str(cell)
