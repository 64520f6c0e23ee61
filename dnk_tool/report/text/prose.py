"""A company's text as paragraphs, lists, subheadings and tables, independent of the format."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple, TypeVar

_LINE, _START = attrgetter("line"), attrgetter("start")


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


_Part = TypeVar("_Part", Link, Emphasis)


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
        text, links, bold = self.lines[line], self.links_on(line), _on_line(self.bold, line)
        edges = {0, len(text)}
        edges.update(edge for link in links for edge in (link.start, link.end))
        edges.update(edge for part in bold for edge in (part.start, part.end))
        ordered = sorted(edge for edge in edges if (link := _at(links, edge)) is None or link.start == edge)
        for start, end in itertools.pairwise(ordered):
            yield Piece(text[start:end], _at(links, start), _at(bold, start) is not None)

    def links_on(self, line: int) -> tuple[Link, ...]:
        """The links of a line."""
        return _on_line(self.links, line)


Prose = tuple[Block, ...]


def _on_line(parts: tuple[_Part, ...], line: int) -> tuple[_Part, ...]:
    return parts[bisect_left(parts, line, key=_LINE) : bisect_right(parts, line, key=_LINE)]


def _at(parts: Sequence[_Part], place: int) -> _Part | None:
    """The part of a line that the letter at this place belongs to."""
    before = bisect_right(parts, place, key=_START)
    return parts[before - 1] if before and place < parts[before - 1].end else None


def is_free(links: Sequence[Link], start: int, end: int) -> bool:
    """Whether none of the links of a line, in their order, has a letter between the two places."""
    before = bisect_left(links, end, key=_START)
    return before == 0 or links[before - 1].end <= start


def paragraph(text: str, links: tuple[Link, ...] = ()) -> Prose:
    """One paragraph; nothing for an empty text."""
    return (Block(BlockKind.PARAGRAPH, (text,), links),) if text else ()
