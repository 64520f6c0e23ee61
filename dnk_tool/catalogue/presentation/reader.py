"""Reads key figures, charts and glossary terms from the file of an indicator set or the shared glossary."""

import re
from collections.abc import Iterator

from dnk_tool.catalogue.presentation.model import (
    ChartKind,
    ChartPart,
    GlossaryTerm,
    IndicatorChart,
    KeyFigureChoice,
    KeyFigureOption,
    KeyFigures,
)
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.model import Catalogue
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node

NAME_PLACEHOLDER = "{name}"
PERCENT = "percent"  # a unit family
ROUTE_COLUMN, AMOUNT_COLUMN = "route", "amount"

_TITLED_KINDS = (ChartKind.PARTS, ChartKind.SHARES, ChartKind.WASTE_BY_ROUTE)
_KINDS_WITH_PARTS = (ChartKind.PARTS, ChartKind.SHARES)
_KINDS_WITH_UNIT = (ChartKind.PARTS, ChartKind.WASTE_BY_ROUTE)


def read_key_figures(root: Node, catalogue: Catalogue) -> KeyFigures:
    """The key figures of a set; none where its file names none."""
    if not root.has("key_figures"):
        return KeyFigures()
    node = root.child("key_figures")
    return KeyFigures(*(_choices(node, key, catalogue) for key in ("core", "further", "trend")))


def _choices(node: Node, key: str, catalogue: Catalogue) -> tuple[KeyFigureChoice, ...]:
    if not node.has(key):
        return ()
    return tuple(
        KeyFigureChoice(tuple(_option(option, catalogue) for option in child.children("first_of")))
        for child in node.children(key)
    )


def _option(node: Node, catalogue: Catalogue) -> KeyFigureOption:
    detail = _datapoint(node, "detail", catalogue) if node.has("detail") else ""
    return KeyFigureOption(_datapoint(node, "figure", catalogue), detail)


def _datapoint(node: Node, key: str, catalogue: Catalogue) -> str:
    point = node.lookup(key, catalogue.datapoints, "datapoint")
    return point.key if point else ""


def read_charts(root: Node, catalogue: Catalogue) -> Iterator[tuple[str, tuple[IndicatorChart, ...]]]:
    """The charts of each indicator of a set that has any, with the indicator's ref."""
    for node in root.children("indicators"):
        if node.has("charts"):
            charts = tuple(_chart(child, catalogue) for child in node.children("charts"))
            yield node.string("ref", ""), charts


def _chart(node: Node, catalogue: Catalogue) -> IndicatorChart:
    kind = node.enum("kind", ChartKind)
    return IndicatorChart(
        kind=kind,
        title=node.text("title") if kind in _TITLED_KINDS else NO_TEXT,
        datapoint=_datapoint(node, "datapoint", catalogue) if kind in _KINDS_WITH_UNIT else "",
        table=_waste_table(node, catalogue) if kind is ChartKind.WASTE_BY_ROUTE else "",
        parts=_parts(node, kind, catalogue) if kind in _KINDS_WITH_PARTS else (),
    )


def _parts(node: Node, kind: ChartKind, catalogue: Catalogue) -> tuple[ChartPart, ...]:
    """The figures of a chart on one scale: percentages, or all in units of the chart's own figure."""
    whole = catalogue.datapoints.get(str(node.get("datapoint")))
    family = PERCENT if kind is ChartKind.SHARES else whole.family.key if whole else ""
    return tuple(_part(child, family, catalogue) for child in node.children("parts"))


def _part(node: Node, family: str, catalogue: Catalogue) -> ChartPart:
    point = catalogue.datapoints.get(str(node.get("datapoint")))
    if family and point and point.family.key != family:
        node.note(f"is not of the unit family '{family}'", "datapoint")
    return ChartPart(
        datapoint=_datapoint(node, "datapoint", catalogue),
        is_split=node.flag("split"),
        table=_part_table(node, catalogue) if node.has("table") else "",
        label=_row_label(node) if node.has("label") else NO_TEXT,
    )


def _row_label(node: Node) -> Text:
    label = node.text("label")
    if any(NAME_PLACEHOLDER not in text for text in (label.de, label.en)):
        node.note(f"has no {NAME_PLACEHOLDER}", "label")
    return label


def _part_table(node: Node, catalogue: Catalogue) -> str:
    """A table whose rows have a name and an amount: its first text and its first quantity."""
    kinds = {kind for _, kind in _columns(node, catalogue)}
    if kinds and not {ItemKind.TEXT, ItemKind.QUANTITY} <= kinds:
        node.note("is a table without a text or without a quantity", "table")
    return node.string("table", "")


def _waste_table(node: Node, catalogue: Catalogue) -> str:
    columns = _columns(node, catalogue)
    if columns and not {(AMOUNT_COLUMN, ItemKind.QUANTITY), (ROUTE_COLUMN, ItemKind.CHOICE)} <= columns:
        message = f"is a table without the amounts '{AMOUNT_COLUMN}' or without the choice '{ROUTE_COLUMN}'"
        node.note(message, "table")
    return node.string("table", "")


def _columns(node: Node, catalogue: Catalogue) -> set[tuple[str, ItemKind]]:
    """The columns of the table that a chart names; none, and a note, where there is no such table."""
    tables = {ref: item.table for ref, item in catalogue.items.items() if item.table}
    table = node.lookup("table", tables, "item with a table")
    return {(column.key, column.kind) for column in table.columns} if table else set()


def read_terms(root: Node, key: str) -> tuple[GlossaryTerm, ...]:
    """The terms under a key, none if it is missing; a term without a pattern is found by its name."""
    terms = tuple(_term(node) for node in root.children(key)) if root.has(key) else ()
    root.distinct(key, (term.name.de for term in terms))
    return terms


def _term(node: Node) -> GlossaryTerm:
    name = node.text("name")
    written = "|".join(re.escape(fromkey) for fromkey in dict.fromkeys((name.de, name.en)))
    return GlossaryTerm(name, node.text("meaning"), node.string("pattern", written))
