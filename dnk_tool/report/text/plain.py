"""Prepares texts of a view for files that other programs read, without characters of layout."""

import re

# Characters that XML forbids, and marks that change the writing direction.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_BREAKS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n") | {ord("\t"): " ", ord("\r"): None}
_LAYOUT = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{ZERO WIDTH SPACE}"): None, ord("\N{SOFT HYPHEN}"): None}


def clean(text: str) -> str:
    """The text without characters that XML forbids or that change the writing direction."""
    return _FORBIDDEN.sub("", text.translate(_BREAKS))


def plain(text: str) -> str:
    """The `clean` text with plain spaces and without soft hyphens, for searching and comparing."""
    return clean(text).translate(_LAYOUT)
