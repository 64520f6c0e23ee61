"""Sentences with places: "{name}" stands for a value; "[…]" goes where one of its values is missing."""

import re
from collections.abc import Mapping

from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node

_PLACE = re.compile(r"\{([^{}]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
# What has a number in its name. Any other number in a text of ours would be taken for the company's.
NAMES = r"\b(?:(?:ISO|SDG|SA|DIN|EN) \d+(?:-\d+)?|Scope \d(?:(?:,| und| and| bis| to) \d)*)"


def places(template: str) -> tuple[str, ...]:
    """The names of all places, in their order."""
    return tuple(_PLACE.findall(template))


def required_places(template: str) -> tuple[str, ...]:
    """The names of the places outside of brackets."""
    return places(_OPTIONAL.sub("", template))


def filled(template: str, values: Mapping[str, str]) -> str:
    """The sentence with its values; "" if one is missing outside of brackets."""

    def group(match: re.Match[str]) -> str:
        return match[1] if all(values.get(name) for name in places(match[1])) else ""

    whole = _OPTIONAL.sub(group, template)
    if not all(values.get(name) for name in places(whole)):
        return ""
    return _PLACE.sub(lambda match: values[match[1]], whole)


def without_places(template: str) -> str:
    """The sentence without what stands in brackets."""
    return _OPTIONAL.sub("", template)


def note_faults(node: Node, text: Text, *, key: str = "") -> None:
    """Note numbers of our own, languages that name different values, and a sentence without a full stop."""
    note_own_numbers(node, text, key=key)
    if not all(language.endswith(".") for language in (text.de, text.en)):
        node.note("is no sentence with a full stop", key)
    if any(sorted(of(text.de)) != sorted(of(text.en)) for of in (places, required_places)):
        node.note("names different values in the two languages", key)


def note_own_numbers(node: Node, text: Text, *, key: str = "") -> None:
    """Note numbers of our own, which would be taken for the company's."""
    if any(re.search(r"\d", _PLACE.sub("", re.sub(NAMES, "", language))) for language in (text.de, text.en)):
        node.note("has a number that no company gave", key)
