"""Splits a legal text into headings and paragraphs, and paragraphs into text and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.report.text.addresses import addresses

HEADING = "## "

_PLACEHOLDER = re.compile(r"\[([^\[\]\n]{1,200})\](?!\()")
# info [at] example.org: an address that programs shall not collect.
_AT_AND_DOT = frozenset({"at", "ät", "dot", "punkt"})


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a paragraph; with `href` it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading or a paragraph, whose line breaks are kept."""

    parts: tuple[TextPart, ...]
    is_heading: bool = False


def split_text(text: str) -> tuple[TextBlock, ...]:
    """The blocks of a normalised text: empty lines part paragraphs, and `## ` begins a heading."""
    blocks: list[TextBlock] = []
    lines: list[str] = []
    for line in (*text.split("\n"), ""):
        is_heading = line.startswith(HEADING)
        if line and not is_heading:
            lines.append(line)
            continue
        if lines:
            blocks.append(TextBlock(tuple(_parts("\n".join(lines).strip()))))
            lines = []
        if is_heading:
            blocks.append(TextBlock((TextPart(line.removeprefix(HEADING).strip()),), is_heading=True))
    return tuple(blocks)


def placeholders(text: str) -> tuple[str, ...]:
    """What still stands in square brackets to be filled in, such as "[Name]", each once."""
    return tuple(
        dict.fromkeys(
            match[0]
            for match in _PLACEHOLDER.finditer(text)
            if match[1].strip().casefold() not in _AT_AND_DOT and re.search(r"[^\W\d_]{2}|…|\.\.\.", match[1])
        )
    )


def _parts(paragraph: str) -> Iterator[TextPart]:
    position = 0
    for start, end, href in addresses(paragraph):
        if start > position:
            yield TextPart(paragraph[position:start])
        yield TextPart(paragraph[start:end], href)
        position = end
    if position < len(paragraph):
        yield TextPart(paragraph[position:])
