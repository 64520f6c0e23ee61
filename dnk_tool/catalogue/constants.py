"""Reads the numbers that several texts name, from `constants.yaml`, so that all of them name the same one."""

import re
from collections.abc import Iterable, Mapping
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
    constants = {node.string("key"): _constant(node) for node in nodes}
    root.note_unknown()
    return constants


def unknown_placeholders(texts: Iterable[Text]) -> list[str]:
    """What stands in braces in the texts after all constants are in place, such as a misspelt key."""
    words = "".join(text.de + text.en for text in texts)
    return sorted(set(re.findall(r"\{[^{}]*\}", words)))


def _constant(node: Node) -> Text:
    value, source = node.decimal("value"), node.child("source")
    node.text("meaning")
    source.text("title")
    source.string("address")
    node.day("as_of")
    node.verification()
    return Text(format_number(value, "de"), format_number(value, "en"))
