"""Addresses that came from outside: only a path of our own site is ever followed."""

import re
from urllib.parse import urlsplit

from flask import request

from dnk_tool.web.http.transactions import is_safe

# What browsers strip or read as a slash would turn a harmless path into another site's address.
_SUSPICIOUS = re.compile(r"[\x00-\x20\x7f-\x9f\\]|^//|^[^/]")


def safe_redirect_path(text: str | None, default: str = "/") -> str:
    """The text if it is a path on this site, else the default."""
    if not text or len(text) > 2000 or _SUSPICIOUS.search(text):
        return default
    parts = urlsplit(text)
    return default if parts.scheme or parts.netloc else text


def current_path() -> str:
    """The path and query of the present request."""
    return safe_redirect_path(request.full_path.removesuffix("?"))


def returnable_path() -> str:
    """Where to come back to: this page if it can be read again, else the start."""
    return current_path() if is_safe() else "/"


def is_same_origin() -> bool:
    """Whether the browser says that one of our own pages sent this request. Old browsers say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return site in (None, "same-origin", "none")
