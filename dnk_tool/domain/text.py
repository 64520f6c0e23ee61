"""Brings text from outside into one form, so that counting and comparing are honest."""

import re
import unicodedata

MAX_LENGTH = 100_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def normalised(text: str) -> str:
    """Unix line ends, composed characters (NFC), no control characters, no space at line ends or around."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = unicodedata.normalize("NFC", _CONTROL.sub("", unix))
    return "\n".join(line.rstrip() for line in clean.split("\n")).strip()


def truncated(text: str, longest: int) -> str:
    """The text in at most `longest` characters; an ellipsis, which counts as one, says that more followed."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
