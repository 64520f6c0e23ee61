"""A company's text as paragraphs and lists, independent of the format."""

from collections.abc import Iterator
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line of text, with line ends) or a list (one text per entry); links in their order."""

    is_list: bool
    lines: tuple[str, ...]
    links: tuple[Link, ...] = ()

    def pieces(self, line: int) -> Iterator[tuple[str, Link | None]]:
        """The text of a line in pieces, each with its link or None."""
        text, at = self.lines[line], 0
        for link in self.links:
            if link.line == line:
                if at < link.start:
                    yield text[at : link.start], None
                yield text[link.start : link.end], link
                at = link.end
        if at < len(text):
            yield text[at:], None


Prose = tuple[Block, ...]
