"""Finds web and mail addresses in a text."""

import re
from collections.abc import Iterator

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
