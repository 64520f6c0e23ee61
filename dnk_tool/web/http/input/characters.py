"""Refuses NUL, lone surrogates and broken UTF-8, which no database stores as text."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from flask import Request, g

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
FORM_TYPE = "application/x-www-form-urlencoded"
# Headers that the program reads; cookies are read apart.
HEADERS = ("Accept-Language", "Origin", "Referer", "User-Agent", "X-Requested-With", "Sec-Fetch-Site")


def is_storable(text: str) -> bool:
    """Whether a text has neither NUL nor lone surrogates."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """The text without NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def has_readable_address(request: Request) -> bool:
    """Whether the query, the headers that are read and the cookies can be stored and are UTF-8."""
    texts = (
        *_flattened(request.args.items(multi=True)),
        *_flattened(request.cookies.items(multi=True)),
        *(request.headers.get(name, "") for name in HEADERS),
    )
    return _is_utf8(request.query_string) and all(map(is_storable, texts))


def has_readable_path(request: Request) -> bool:
    """Whether what the address names can be stored."""
    return all(is_storable(value) for value in (request.view_args or {}).values() if isinstance(value, str))


def read_form(request: Request) -> None:
    """Read the whole body, and note whether a form in it is valid UTF-8."""
    if request.mimetype == FORM_TYPE:
        # Parsing would leave bytes that are no UTF-8 as they were escaped.
        g.is_form_utf8 = _is_utf8(request.get_data(parse_form_data=False))
    request.form  # noqa: B018 -- parsing it reads the body


def has_readable_form(request: Request) -> bool:
    """Whether names and values of all fields, and names of files, can be stored. Comes after `read_form`."""
    texts = [*_flattened(request.form.items(multi=True)), *request.files]
    return bool(g.get("is_form_utf8", True)) and all(map(is_storable, texts))


def _flattened(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        yield name
        yield value


def _is_utf8(encoded: bytes) -> bool:
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False
    return True
