"""Columns of a company's own tables, as the form component shows them."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue.standard.item_model import Column, ItemKind, Table
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option, choice_options, pair_options

# "name", "label" and the other column options of the component `table_input`.
InputColumn = dict[str, Any]

KEYBOARDS = {ItemKind.QUANTITY: "decimal", ItemKind.YEAR: "numeric"}


def table_columns(table: Table) -> list[InputColumn]:
    """The columns in order; the first is wide, and a quantity adds a column for its unit.

    Columns that share a unit have one column for it, before the first of them.
    """
    columns: list[InputColumn] = []
    for column in table.columns:
        here = list(_columns(column, is_first=column is table.columns[0]))
        names = {input_column["name"] for input_column in columns}
        columns += [input_column for input_column in here if input_column["name"] not in names]
    return columns


def _columns(column: Column, *, is_first: bool) -> Iterator[InputColumn]:
    unit = {"name": column.unit_field, "label": _("Einheit"), "options": _unit_options(column)}
    if column.shared_unit:
        yield unit
    yield {
        "name": column.key,
        "label": column.label.to(current_language()),
        "options": choice_options(column.choices, "–") if column.kind is ItemKind.CHOICE else [],
        "inputmode": KEYBOARDS.get(column.kind),
        "wide": is_first,
        "multiline": column.kind is ItemKind.TEXT,
    }
    if column.kind is ItemKind.QUANTITY and not column.shared_unit:
        yield unit


def _unit_options(column: Column) -> list[Option]:
    language = current_language()
    return pair_options((unit.symbol, unit.display.to(language)) for unit in column.units.values())
