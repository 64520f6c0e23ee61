"""A company's text as paragraphs and lists, independent of the format."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line of text, with line ends) or a list (one text per entry)."""

    is_list: bool
    lines: tuple[str, ...]


Prose = tuple[Block, ...]
