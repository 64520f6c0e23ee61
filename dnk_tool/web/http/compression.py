"""Compresses pages, styles and scripts, and leaves out of pages how templates are indented."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, g, request
from jinja2.ext import Extension

MIN_BYTES = 1000
COMPRESSIBLE_TYPES = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
# The first that the browser takes. Brotli's higher qualities take ten times as long for a twentieth less.
_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=7),
    "gzip": lambda content: gzip.compress(content, mtime=0),
}
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
# A line with nothing but a comment or a tag that writes nothing itself.
_SILENT_LINE = re.compile(
    r"(?<=\n)\{([%#])(?![-+])((?<=#)|\s*(?:if|elif|else|endif|for|endfor|set|endset|from)\b)"
    r"((?:(?!\1\}).)*?)(?<![-+])\1\}(?=\n)",
    re.DOTALL,
)


class ShortTemplates(Extension):
    """Makes pages smaller on their way; a line break stays wherever one was between words."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source of an HTML template without its indentation and empty lines, each line where it was."""
        if not (name and name.endswith(".html")):
            return source
        return _SILENT_LINE.sub(r"{\1\2\3-\1}", _INDENTATION.sub("", source))


def init_app(app: Flask) -> None:
    """Compress responses where it is worth it and safe."""
    app.jinja_env.add_extension(ShortTemplates)
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSIBLE_TYPES or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    encoding = next((name for name in _ENCODINGS if request.accept_encodings.quality(name)), None)
    if encoding is None or not _is_safe_from_breach():
        return response
    response.direct_passthrough = False  # so that static files can be read
    content = response.get_data()
    if len(content) < MIN_BYTES:
        return response
    stored = _stored_file() if encoding == "br" else None
    response.set_data(stored or _ENCODINGS[encoding](content))
    response.content_encoding = encoding
    etag, _is_weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # same content, different bytes
    return response


def _stored_file() -> bytes | None:
    """The requested file as the build compressed it, smaller than a request has time for; None for a page."""
    if request.endpoint != "static" or not current_app.static_folder:
        return None
    path = Path(current_app.static_folder, f"{(request.view_args or {})['filename']}.br")
    return path.read_bytes() if path.is_file() else None


def _is_safe_from_breach() -> bool:
    # BREACH: pages repeat their query in links. Another site that sends a person here repeatedly could infer,
    # from the length of compressed pages, other text on them. The CSRF token is safe, as its signature
    # changes every second, but a company's unpublished texts are not. Pages for signed-in people are
    # therefore compressed only if the browser says that no other site sent the request.
    is_public = request.endpoint == "static" or "account" not in g
    return is_public or request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
