"""Size limits of requests: one for all views, and larger ones that views declare."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, current_app, request

from dnk_tool.web.http.access import View

# A long criterion page has some hundred fields and a few texts of several thousand characters.
DEFAULT_MAX_REQUEST_BYTES = 2_000_000
MAX_FORM_PARTS = 5_000
MAX_LARGE_FORM_BYTES = 4 * DEFAULT_MAX_REQUEST_BYTES
MAX_MEMORY_BYTES = 250_000
MAX_DRAINED_BYTES, DRAIN_CHUNK_BYTES = 300_000_000, 1_000_000

ErrorText = Callable[[], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """A view's larger limits, in bytes.

    `too_large` returns title and text of the page for a larger request. Before that page up to
    `max_drained_bytes` are read, as browsers show no response before they have sent everything.
    `in_memory`: the server never writes the body to a file.
    """

    max_bytes: Callable[[], int]
    max_form_bytes: int = DEFAULT_MAX_REQUEST_BYTES
    too_large: ErrorText | None = None
    max_drained_bytes: int = MAX_DRAINED_BYTES
    in_memory: bool = False


def accepts_upload(
    max_bytes: int | Callable[[], int],
    *,
    too_large: ErrorText | None = None,
    max_drained_bytes: int = MAX_DRAINED_BYTES,
) -> Callable[[View], View]:
    """Let a view accept files: requests of up to `max_bytes`, with the usual limit for form fields.

    `max_bytes` is a function if it depends on the settings.
    """
    limit = max_bytes if callable(max_bytes) else lambda: max_bytes
    return _mark(RequestLimit(limit, too_large=too_large, max_drained_bytes=max_drained_bytes))


def accepts_in_memory(*, too_large: ErrorText) -> Callable[[View], View]:
    """Let a view accept what must never touch the disk: requests of up to `MAX_MEMORY_BYTES`.

    Neither the server nor Werkzeug, which does so from 500 KB on, puts that much into a temporary file.
    """
    return _mark(RequestLimit(lambda: MAX_MEMORY_BYTES, MAX_MEMORY_BYTES, too_large, in_memory=True))


def accepts_large_form(view: View) -> View:
    """Let a view accept forms of up to `MAX_LARGE_FORM_BYTES`, such as a carried page or declaration."""
    return _mark(RequestLimit(lambda: MAX_LARGE_FORM_BYTES, MAX_LARGE_FORM_BYTES))(view)


def init_app(app: Flask) -> None:
    """Apply the limits. Must come before anything reads a form."""
    app.config.update(
        MAX_CONTENT_LENGTH=DEFAULT_MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=DEFAULT_MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
    )
    app.before_request(_raise_limits)


def limits_of_request() -> tuple[int, int]:
    """The most bytes of the request, and those of its form fields without files."""
    limit = _current_limit()
    if limit is None:
        return DEFAULT_MAX_REQUEST_BYTES, DEFAULT_MAX_REQUEST_BYTES
    return limit.max_bytes(), limit.max_form_bytes


def stays_in_memory() -> bool:
    """Whether the body of the request must not be written to a file."""
    limit = _current_limit()
    return limit is not None and limit.in_memory


def refuse_too_many_fields() -> None:
    """Abort with 413 for more than `MAX_FORM_PARTS` URL-encoded fields, which Werkzeug does not count."""
    is_counted = request.mimetype != "application/x-www-form-urlencoded"
    if not is_counted and sum(map(len, request.form.listvalues())) > MAX_FORM_PARTS:
        abort(413)


def too_large_text() -> tuple[str, str] | None:
    """Title and text of the view's page for a request that is too large, after draining the body."""
    limit = _current_limit()
    if limit is None or limit.too_large is None:
        return None
    _drain_body(limit.max_drained_bytes)
    return limit.too_large()


def _mark(limit: RequestLimit) -> Callable[[View], View]:
    def mark(view: View) -> View:
        vars(view)["request_limit"] = limit
        return view

    return mark


def _raise_limits() -> None:
    request.max_content_length, request.max_form_memory_size = limits_of_request()


def _current_limit() -> RequestLimit | None:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "request_limit", None)


def _drain_body(most: int) -> None:
    left, body = most, request.environ["wsgi.input"]
    while left > 0 and (piece := body.read(DRAIN_CHUNK_BYTES)):
        left -= len(piece)
