"""Tells addresses that a click may open from those that reach into other machines, files or programs."""

import re
from urllib.parse import unquote

_CLICKABLE = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Programs drop these characters before they read an address.
_DROPPED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]")


def is_clickable(address: str) -> bool:
    """Whether it leads to a web page, a mail, a telephone number or a place in the same folder or file.

    Not so a path of another machine (two slashes of any kind), `file:`, `javascript:` or the scheme of a
    program.
    """
    return all(map(_is_clickable, (address, unquote(address))))


def _is_clickable(address: str) -> bool:
    scheme = _SCHEME.match(_DROPPED.sub("", address))
    return scheme[1].lower() in _CLICKABLE if scheme else not is_absolute(address)


def is_absolute(address: str) -> bool:
    """Whether it names a scheme, a drive, or begins at the root of this or another machine."""
    plain = _DROPPED.sub("", address).replace("\\", "/")
    return plain.startswith("/") or bool(_SCHEME.match(plain))
