"""Reads what is filled in: items of every kind, ready-made explanations, indicator blocks."""

from dnk_tool.catalogue.standard.definitions import SharedDefinitions
from dnk_tool.catalogue.standard.item_model import Choice, Item, ItemKind
from dnk_tool.catalogue.standard.model import Indicator, IndicatorBlock, Reason
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.catalogue.yaml_reader import Node


def read_item(node: Node, ref: str, lists: SharedDefinitions) -> Item:
    """One item; what its kind refers to must exist."""
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
    )


def _choices(node: Node, kind: ItemKind, lists: SharedDefinitions) -> tuple[Choice, ...]:
    if kind not in (ItemKind.CHOICE, ItemKind.CHOICES):
        return ()
    return node.lookup("choices", lists.choices, "list") or ()


def read_reasons(node: Node, lists: SharedDefinitions) -> tuple[Reason, ...]:
    """The ready-made explanations of an aspect or indicator."""
    return tuple(
        Reason(
            one.string("key", ""),
            one.lookup("key", lists.reasons, "reason") or NO_TEXT,
            one.text("text"),
        )
        for one in node.children("reasons")
    )


def read_indicator_block(root: Node, lists: SharedDefinitions) -> IndicatorBlock | None:
    """The indicators that are asked together with a criterion, if there are any."""
    if not root.has("indicator_block"):
        return None
    node = root.child("indicator_block")
    return IndicatorBlock(
        node.string("ref"),
        node.integers("criteria"),
        tuple(_indicator(one, lists) for one in node.children("indicators")),
    )


def _indicator(node: Node, lists: SharedDefinitions) -> Indicator:
    ref = node.string("ref")
    items = tuple(read_item(one, f"{ref}.{one.string('key')}", lists) for one in node.children("fields"))
    return Indicator(
        ref=ref,
        title=node.text("title"),
        hint=node.text("hint"),
        reasons=read_reasons(node, lists),
        items=items,
        verified=node.verification(),
        indicator_set=node.string("set"),
        code=node.string("code"),
        fields_verified=node.verification("fields_verified"),
        note=node.string("note", ""),
    )
