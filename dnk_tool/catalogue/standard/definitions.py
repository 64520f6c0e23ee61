"""Reads what items refer to: lists to choose from and tables with their columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from dnk_tool.catalogue.standard.item_model import Choice, Column, Datapoint, ItemKind, Table, UnitFamily
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node

REASONS_LIST = "explanation-reasons"
CELL_KINDS = (ItemKind.TEXT, ItemKind.QUANTITY, ItemKind.CHOICE, ItemKind.YEAR)


@dataclass(frozen=True, slots=True)
class SharedDefinitions:
    """The definitions that items may refer to: datapoints, lists of choices, tables and reasons."""

    datapoints: Mapping[str, Datapoint]
    choices: Mapping[str, tuple[Choice, ...]]
    tables: Mapping[str, Table]
    reasons: Mapping[str, Text]


def read_definitions(
    root: Node, datapoints: Mapping[str, Datapoint], families: Mapping[str, UnitFamily]
) -> SharedDefinitions:
    """All that the items of an edition may refer to, from its `catalogue.yaml`."""
    choices = _choice_lists(root)
    return SharedDefinitions(
        datapoints=datapoints,
        choices=choices,
        tables=_tables(root.child("tables"), families, choices),
        reasons={reason.key: reason.label for reason in choices[REASONS_LIST]},
    )


def _choice_lists(root: Node) -> dict[str, tuple[Choice, ...]]:
    """The reasons for an explanation are one more list to choose from."""
    lists = root.child("choice_lists")
    choice_lists = {name: read_choices(lists, name) for name in lists.value}
    return choice_lists | {REASONS_LIST: read_choices(root, "explanation_reasons")}


def read_choices(node: Node, name: str) -> tuple[Choice, ...]:
    """The list of choices under the name; repeated keys are noted."""
    choices = tuple(
        Choice(
            child.string("key"),
            child.text("label"),
            child.text("hint", required=False),
            child.flag("retired"),
            child.text("print", required=False),
        )
        for child in node.children(name)
    )
    node.distinct(name, (choice.key for choice in choices))
    return choices


def _tables(
    tables: Node, families: Mapping[str, UnitFamily], choices: Mapping[str, tuple[Choice, ...]]
) -> dict[str, Table]:
    tables_by_name = {}
    for name in tables.value:
        node = tables.child(name)
        columns = tuple(_column(child, families, choices) for child in node.children("columns"))
        node.distinct("columns", (column.key for column in columns))
        tables_by_name[name] = Table(name, node.text("label"), node.text("add_label"), columns)
    return tables_by_name


def _column(
    node: Node, families: Mapping[str, UnitFamily], choices: Mapping[str, tuple[Choice, ...]]
) -> Column:
    kind = node.enum("kind", ItemKind)
    if kind not in CELL_KINDS:
        node.note(f"'{kind}' does not fit into a cell", "kind")
    column = Column(
        key=node.string("key"),
        kind=kind,
        label=node.text("label"),
        required=node.flag("required"),
        families=_families(node, families) if kind is ItemKind.QUANTITY else (),
        default_unit=node.string("default_unit", ""),
        choices=(node.lookup("choices", choices, "list") or ()) if kind is ItemKind.CHOICE else (),
        shared_unit=node.string("shared_unit", ""),
        since=node.integer("since", 1),
        print_label=node.text("print", required=False),
    )
    if column.families:
        node.lookup("default_unit", column.units, "unit of its families")
    return column


def _families(node: Node, families: Mapping[str, UnitFamily]) -> tuple[UnitFamily, ...]:
    names = node.strings("families")
    if not names:
        node.note("a quantity needs a unit family", "families")
    for name in names:
        if name not in families:
            node.note(f"names the unknown unit family '{name}'", "families")
    return tuple(families[name] for name in names if name in families)
