"""Texts of a view for files that other programs read on: without what only the layout of a page needs."""

import re

# What XML cannot hold, and marks that turn the direction of writing for all that follows.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_BREAKS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n") | {ord("\t"): " ", ord("\r"): None}
_LAYOUT = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{ZERO WIDTH SPACE}"): None, ord("\N{SOFT HYPHEN}"): None}


def clean(text: str) -> str:
    """The text without characters that a document cannot hold; no word gets lost."""
    return _FORBIDDEN.sub("", text.translate(_BREAKS))


def plain(text: str) -> str:
    """The text as somebody would type it: it can be searched and compared."""
    return clean(text).translate(_LAYOUT)
