"""Parses a line of a marked-up text: bold words, links and addresses. All other signs stay as written.

Finds web and mail addresses in a text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from dnk_tool.report.text.prose import Emphasis, Link

_ALLOWED = re.compile(r"(?:https://|mailto:)[^\s]+", re.IGNORECASE)
_SIGN = re.compile(r"[*_\[<]")
# Of these signs a line may have so many; reading 100,000 of them takes seconds.
MOST_SIGNS = 1_000

Print = Callable[[str], str]


# Plain ASCII only: what a link leads to is what one reads.
_ADDRESS = re.compile(
    r"(?<![\w.+-])(?P<url>https://[^\s<>\"'„“”»«]{1,500})"
    r"|(?<![\w.+-])(?P<mail>[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![\w@-])"
)
_SAFE_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#@!$&()*+,;=%]*)?")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and link of each address in the text, in their order."""
    for match in _ADDRESS.finditer(text):
        word = match["mail"] or _without_end(match["url"])
        if match["mail"]:
            yield match.start(), match.end(), f"mailto:{word}"
        elif _SAFE_URL.fullmatch(word):
            yield match.start(), match.start() + len(word), word


def _without_end(url: str) -> str:
    """The address without what ends the sentence around it."""
    shorter = url.rstrip(".,;:!?")
    return shorter.removesuffix(")").rstrip(".,;:!?") if shorter.count(")") > shorter.count("(") else shorter


class _InlineParser(MarkdownIt):
    """Knows bold and links, to the web and to mail addresses, and nothing else."""

    def __init__(self) -> None:
        super().__init__("zero", {"maxNesting": 20})
        self.enable(["emphasis", "link", "autolink"]).disable("normalize")

    def validateLink(self, url: str) -> bool:  # noqa: N802  as the library calls it
        return bool(_ALLOWED.fullmatch(url))


_INLINE = _InlineParser()


_OF_LINK = -1  # in place of a number: the run names the host of a link before it


@dataclass
class _Run:
    """Text with one look. `target`: where it leads, empty for none; `number`: of its link, 0 without one."""

    text: str
    target: str = ""
    number: int = 0
    is_bold: bool = False


@dataclass
class LineBuilder:
    """Collects the lines of a block with the places of their links and bold parts."""

    printed: Print
    lines: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    bold: list[Emphasis] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add a line that is written with signs."""
        said, number = "", len(self.lines)
        for run in _joined(_runs(text)):
            start = len(said)
            said += self.printed(run.text)
            if run.target:
                self.links.append(Link(number, start, len(said), run.target))
            if run.is_bold:
                self.bold.append(Emphasis(number, start, len(said)))
        self.lines.append(said)


def _runs(text: str) -> Iterator[_Run]:
    if not 0 < len(_SIGN.findall(text)) <= MOST_SIGNS:
        yield _Run(text)
        return
    (line,) = _INLINE.parseInline(text)
    target, title, said, number, is_bold = "", "", "", 0, False
    for token in line.children or ():
        if token.type == "link_open":
            target, title, said = str(token.attrs["href"]), str(token.attrs.get("title", "")), ""
            number += 1
        elif token.type == "link_close":
            if about := ", ".join(filter(None, (title, _shown_host(target, said)))):
                yield _Run(f" ({about})", number=_OF_LINK)
            target = ""
        elif token.type in ("strong_open", "strong_close") and token.markup == "**":
            is_bold = token.type == "strong_open"
        else:
            word = token.content or token.markup
            said += word
            yield _Run(word, target, number if target else 0, is_bold)


def _shown_host(target: str, said: str) -> str:
    """Where a link leads, for readers on paper; empty if its words say so."""
    scheme, host = target.partition(":")[::2]
    shown = unquote(host.partition("?")[0]) if scheme == "mailto" else urlsplit(target).netloc
    name = re.escape(shown.removeprefix("www."))
    # Whole: "bank-a.de" and "bank.de/a.de" do not name "a.de".
    named = rf"(?<![\w.@/-])(?:https?://|mailto:)?(?:www\.)?{name}(?![\w@-]|\.\w)"
    return "" if re.search(named, said, re.IGNORECASE) else shown


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """The runs without those that continue the one before, and with the addresses that stand bare."""
    last = None
    for run in runs:
        if last and (last.target, last.number, last.is_bold) == (run.target, run.number, run.is_bold):
            last.text += run.text
            continue
        if last:
            yield from _with_addresses(last)
        last = run
    if last:
        yield from _with_addresses(last)


def _with_addresses(run: _Run) -> Iterator[_Run]:
    if run.number:
        yield run
        return
    part, position = partial(_Run, is_bold=run.is_bold), 0
    for start, end, target in addresses(run.text):
        yield part(run.text[position:start])
        yield part(run.text[start:end], target)
        position = end
    yield part(run.text[position:])
