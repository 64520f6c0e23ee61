"""A company's text as paragraphs, lists, subheadings and tables, independent of the format."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a block of text is."""

    PARAGRAPH = "paragraph"
    LIST = "list"
    NUMBERED = "numbered"
    HEADING = "heading"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Link:
    """Part of a line that leads to `target`: an anchor such as `#kriterium-12`, or an address.

    `line` is its place in the block; `is_term`: it leads to a term of the glossary.
    """

    line: int
    start: int
    end: int
    target: str
    is_term: bool = False


class Emphasis(NamedTuple):
    """Part of a line that is bold."""

    line: int
    start: int
    end: int


class Piece(NamedTuple):
    """Text with one look, and the link that it belongs to."""

    text: str
    link: Link | None
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or subheading (one line of text, with line ends), a list (one text per entry) or a table.

    Links and bold parts are in their order. `below`: the lists inside each entry of a list, if any has one.
    A table has one line per cell, row by row, `width` cells in a row; its first row is its head. `source`:
    what was written, with its signs; empty for a text without marks.
    """

    kind: BlockKind
    lines: tuple[str, ...]
    links: tuple[Link, ...] = ()
    bold: tuple[Emphasis, ...] = ()
    below: tuple["Prose", ...] = ()
    width: int = 0
    source: str = ""

    @property
    def is_list(self) -> bool:
        return self.kind in (BlockKind.LIST, BlockKind.NUMBERED)

    @property
    def rows(self) -> tuple[range, ...]:
        """The places of the cells of each row of a table."""
        return tuple(range(at, at + self.width) for at in range(0, len(self.lines), self.width))

    def pieces(self, line: int) -> Iterator[Piece]:
        """The text of a line in pieces; a link is one piece, bold if its beginning is."""
        text = self.lines[line]
        links = [link for link in self.links if link.line == line]
        bold = [part for part in self.bold if part.line == line]
        spans = [*((link.start, link.end) for link in links), *((part.start, part.end) for part in bold)]
        edges = {0, len(text), *(edge for span in spans for edge in span)}
        inside = {edge for link in links for edge in edges if link.start < edge < link.end}
        ordered = sorted(edges - inside)
        for start, end in itertools.pairwise(ordered):
            link = next((link for link in links if link.start <= start < link.end), None)
            yield Piece(text[start:end], link, any(part.start <= start < part.end for part in bold))


Prose = tuple[Block, ...]


def paragraph(text: str, links: tuple[Link, ...] = ()) -> Prose:
    """One paragraph; nothing for an empty text."""
    return (Block(BlockKind.PARAGRAPH, (text,), links),) if text else ()
