"""Checks redirect targets: only paths of our own site are followed."""

import re
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from dnk_tool.web.http.transactions import is_safe

# Browsers strip these or read them as slashes, which could lead to another site.
_SUSPICIOUS = re.compile(r"[\x00-\x20\x7f-\x9f\\]|^//|^[^/]")


def safe_redirect_path(text: str | None, default: str = "/") -> str:
    """The text if it is a path on this site, else the default."""
    if not text or len(text) > 2000 or _SUSPICIOUS.search(text):
        return default
    parts = urlsplit(text)
    return default if parts.scheme or parts.netloc else text


def current_path() -> str:
    """Path and query of the current request."""
    return safe_redirect_path(request.full_path.removesuffix("?"))


def returnable_path() -> str:
    """The current path if it can be read by GET, else the start page."""
    return current_path() if is_safe() else "/"


def readable_path(path: str, default: str) -> str:
    """The path if there is a page to be read by GET, else the default."""
    try:
        current_app.url_map.bind(request.host).match(unquote(urlsplit(path).path), method="GET")
    except RequestRedirect:
        return path
    except HTTPException:
        return default
    return path


def is_same_origin() -> bool:
    """Whether one of our own pages sent this request; True if an old browser does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return site in (None, "same-origin", "none")


def is_from_own_page() -> bool:
    """Whether a link on one of our own pages was followed; False for an address that was typed.

    Browsers leave Sec-Fetch-Site out without https; then the referrer tells, which our pages send.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.referrer or "").netloc == request.host
