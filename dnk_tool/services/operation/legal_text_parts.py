"""Splits a legal text into headings and paragraphs, and paragraphs into text and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = "## "

# Plain ASCII only: what a link leads to is what one reads.
_WORD_WITH_LINK = re.compile(
    r"(?<![\w.+-])(?P<url>https://[^\s<>\"'„“”»«]{1,500})"
    r"|(?<![\w.+-])(?P<mail>[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![\w@-])"
)
_SAFE_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#@!$&()*+,;=%]*)?")
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
    for match in _WORD_WITH_LINK.finditer(paragraph):
        word, is_mail = match["mail"] or _without_end(match["url"]), bool(match["mail"])
        if not is_mail and not _SAFE_URL.fullmatch(word):
            continue
        if match.start() > position:
            yield TextPart(paragraph[position : match.start()])
        yield TextPart(word, f"mailto:{word}" if is_mail else word)
        position = match.start() + len(word)
    if position < len(paragraph):
        yield TextPart(paragraph[position:])


def _without_end(url: str) -> str:
    """The address without what ends the sentence around it."""
    shorter = url.rstrip(".,;:!?")
    return shorter.removesuffix(")").rstrip(".,;:!?") if shorter.count(")") > shorter.count("(") else shorter
