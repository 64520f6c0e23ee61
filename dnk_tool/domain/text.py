"""Normalises text from outside, so that lengths and comparisons are reliable."""

import re
import unicodedata

MAX_LENGTH = 100_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def normalised(text: str) -> str:
    """The text in NFC with Unix line ends, without control characters, trailing and surrounding space."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):  # one line, as nearly all are
        return text.strip()
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = unicodedata.normalize("NFC", _CONTROL.sub("", unix))
    return "\n".join(line.rstrip() for line in clean.split("\n")).strip()


def truncated(text: str, longest: int) -> str:
    """The text in at most `longest` characters; a cut one ends with an ellipsis, which counts as one."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def first_words(text: str, longest: int) -> str:
    """The first words of the text on one line, in at most `longest` characters; a cut one ends with " …"."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rsplit(' ', 1)[0][: longest - 2]} …"
