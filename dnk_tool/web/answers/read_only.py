"""Answers as one reads them on a page: for history, conflicts and the finished declaration."""

from collections.abc import Iterator

from flask_babel import gettext as _

from dnk_tool.catalogue import Item
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.table_cells import row_text
from dnk_tool.domain.answers.values import Cell, Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number


def answer_text(item: Item | None, answer: Answer, language: Language) -> str:
    """The whole answer as text; an explanation says that it is one."""
    if answer.disclosure is Disclosure.EXPLAIN:
        return str(_("Wir berichten nicht: %(text)s", text=answer.explanation))
    if item is None or answer.value is None:
        return answer.text
    if isinstance(answer.value, Rows):
        return "\n".join(row_text(row, item.table, language) for row in answer.value.rows if item.table)
    keys = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
    labels = {choice.key: choice.label.to(language) for choice in item.choices}
    return ", ".join(labels.get(key, key) for key in keys)


def cell_form_fields(cell: Cell, language: Language) -> Iterator[tuple[str, str]]:
    """A cell as its form fields send it: (suffix of the name, text)."""
    if isinstance(cell, Quantity):
        yield "", format_number(cell.value, language)
        yield "-unit", cell.unit
    else:
        yield "", str(cell)
