"""Reads the numbers that several texts name, from `constants.yaml`, so that all of them name the same one."""

from collections.abc import Mapping
from pathlib import Path

from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.language import format_number


def read_constants(folder: Path, problems: list[Problem]) -> Mapping[str, Text]:
    """The constants by key, as each language writes the number; faults are added to `problems`."""
    root = read_yaml(folder / "constants.yaml", problems)
    nodes = list(root.children("constants"))
    root.distinct("constants", (node.string("key") for node in nodes))
    return {node.string("key"): _constant(node) for node in nodes}


def _constant(node: Node) -> Text:
    value, source = node.decimal("value"), node.child("source")
    node.text("meaning")
    source.text("title")
    source.string("address")
    node.day("as_of")
    node.verification()
    return Text(format_number(value, "de"), format_number(value, "en"))
