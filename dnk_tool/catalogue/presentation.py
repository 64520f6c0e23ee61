"""The types of an edition's presentation in print: key figures, charts, and the terms of the glossary.

Reads key figures, charts and glossary terms from the file of an indicator set or the shared glossary.
Builds the presentation of an edition from the files of its indicator sets and `glossary.yaml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.constants import unknown_placeholders
from dnk_tool.catalogue.laws import build_laws, law_words
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.standard.indicator_sets import read_set_files
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.loader import load_catalogue
from dnk_tool.catalogue.standard.model import Catalogue
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


class ChartKind(StrEnum):
    """The charts that a print can draw; an indicator names those that are printed before it.

    `PARTS` and `SHARES` draw any figures, `WASTE_BY_ROUTE` any table with amounts and a column `route`; the
    others are drawn from datapoints of their own.
    """

    PARTS = "parts"
    SHARES = "shares"
    WASTE_BY_ROUTE = "waste-by-route"
    EMISSIONS_BY_SCOPE = "emissions-by-scope"
    AGE_GROUPS = "age-groups"


@dataclass(frozen=True, slots=True)
class ChartPart:
    """One figure of a chart, by its datapoint's key.

    With `is_split` it has a bar for each row of `table` (the ref of an item), or for each kind of line, if
    calculated lines make up the whole figure. `label` is the text of these bars, with `{name}` for their
    name.
    """

    datapoint: str
    is_split: bool = False
    table: str = ""
    label: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class IndicatorChart:
    """A chart that an indicator asks for; what its kind does not need is empty.

    `datapoint` has the unit in which small parts are added up, `table` is the ref of an item.
    """

    kind: ChartKind
    title: Text
    datapoint: str
    table: str
    parts: tuple[ChartPart, ...]


@dataclass(frozen=True, slots=True)
class KeyFigureOption:
    """A figure for the first page, by its datapoint's key; `detail` stands below it where it is given."""

    figure: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigureChoice:
    """Alternatives, of which the first that has a value is shown."""

    options: tuple[KeyFigureOption, ...]


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The key figures of the first page.

    `core` ones are named even without a value, `further` ones fill the space that is left. `trend` ones are
    shown side by side where a company published several years.
    """

    core: tuple[KeyFigureChoice, ...] = ()
    further: tuple[KeyFigureChoice, ...] = ()
    trend: tuple[KeyFigureChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term with its meaning, in our own words; `pattern` finds it in German and English texts."""

    name: Text
    meaning: Text
    pattern: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """The key figures by indicator set, the charts by the indicator's ref, and all terms of an edition."""

    key_figures: Mapping[str, KeyFigures]
    charts: Mapping[str, tuple[IndicatorChart, ...]]
    glossary: tuple[GlossaryTerm, ...]


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


@cache
def load_presentation(edition: str) -> Presentation:
    """The presentation as frozen values. Raises CatalogueError with every fault."""
    return sound(build_presentation(criteria_folder(), edition, load_catalogue(edition)))


def build_presentation(
    folder: Path, edition: str, catalogue: Catalogue
) -> tuple[Presentation, list[Problem]]:
    """The presentation of an edition and all its faults; nothing is raised.

    Faults of the set files themselves are also reported by `build_catalogue`.
    """
    problems: list[Problem] = []
    shared = read_yaml(
        folder / "glossary.yaml", problems, constants=law_words(build_laws(folder)[0].values())
    )
    sets = read_set_files(folder, edition, problems)
    key_figures: dict[str, KeyFigures] = {}
    charts: dict[str, tuple[IndicatorChart, ...]] = {}
    for root in sets:
        key_figures[root.string("key", "")] = read_key_figures(root, catalogue)
        charts |= dict(read_charts(root, catalogue))
    glossary = _glossary(((shared, "terms"), *((root, "glossary") for root in sets)))
    shared.note_unknown()
    return Presentation(key_figures, charts, glossary), sorted(set(problems))


def _glossary(places: Iterable[tuple[Node, str]]) -> tuple[GlossaryTerm, ...]:
    """The terms of all files; notes names that two files explain, and patterns that are invalid."""
    terms_by_name: dict[str, GlossaryTerm] = {}
    for root, key in places:
        for term in read_terms(root, key):
            if term.name.de in terms_by_name:
                root.note(f"another file explains '{term.name.de}' already", key)
            for name in unknown_placeholders([term.meaning]):
                root.note(f"'{term.name.de}' names the unknown law '{name}'", key)
            if not _is_pattern(term.pattern):
                root.note(f"'{term.pattern}' is no regular expression", key)
            terms_by_name[term.name.de] = term
    return tuple(terms_by_name.values())


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
