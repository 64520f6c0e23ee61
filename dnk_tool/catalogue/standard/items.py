"""Reads items of every kind, ready-made explanations and zeros, and the terms explained beside them."""

from dnk_tool.catalogue.standard.definitions import SharedDefinitions
from dnk_tool.catalogue.standard.item_model import Choice, Item, ItemKind, MethodTopic
from dnk_tool.catalogue.standard.model import Explanation, Reason, Zero
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.catalogue.yaml_reader import Node


def read_item(node: Node, ref: str, lists: SharedDefinitions) -> Item:
    """One item; an unknown datapoint, list or table is noted."""
    kind = node.enum("kind", ItemKind)
    is_quantity, is_table = kind is ItemKind.QUANTITY, kind is ItemKind.TABLE
    return Item(
        ref=ref,
        kind=kind,
        label=node.text("label"),
        hint=node.text("hint", required=False),
        required=node.flag("required"),
        letter=node.string("letter", ""),
        datapoint=node.lookup("datapoint", lists.datapoints, "datapoint") if is_quantity else None,
        choices=_choices(node, kind, lists),
        table=node.lookup("table", lists.tables, "table") if is_table else None,
        is_short=node.flag("short"),
        print_label=node.text("print", required=False),
        method=node.enum("method", MethodTopic) if node.has("method") else None,
        longest=node.integer("longest", 0),
        since=node.integer("since", 1),
        starts_page=node.flag("starts_page"),
    )


def _choices(node: Node, kind: ItemKind, lists: SharedDefinitions) -> tuple[Choice, ...]:
    if kind not in (ItemKind.CHOICE, ItemKind.CHOICES):
        return ()
    return node.lookup("choices", lists.choices, "list") or ()


def read_reasons(node: Node, lists: SharedDefinitions) -> tuple[Reason, ...]:
    """The ready-made explanations of an aspect or indicator; one with zeros may have none."""
    if node.has("zeros") and not node.has("reasons"):
        return ()
    return tuple(
        Reason(
            child.string("key", ""),
            child.lookup("key", lists.reasons, "reason") or NO_TEXT,
            child.text("text"),
        )
        for child in node.children("reasons")
    )


def read_zeros(node: Node, ref: str = "") -> tuple[Zero, ...]:
    """The full reports of zero that one button fills in; `ref` is that of the indicator with the fields."""
    if not node.has("zeros"):
        return ()
    node.distinct("zeros", (child.string("key", "") for child in node.children("zeros")))
    return tuple(
        Zero(
            child.string("key", ""),
            child.text("label"),
            child.text("text"),
            tuple(f"{ref}.{key}" for key in child.strings("fields")) if child.has("fields") else (),
        )
        for child in node.children("zeros")
    )


def read_explanations(node: Node) -> tuple[Explanation, ...]:
    """The terms explained for beginners; most requirements have none."""
    if not node.has("explains"):
        return ()
    return tuple(Explanation(child.text("term"), child.text("text")) for child in node.children("explains"))
