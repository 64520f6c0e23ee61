"""Answers of the server itself, to requests that never reach the application: bare, but with its headers."""

from http import HTTPStatus

from gunicorn.http import errors

_HEADERS = (
    "Connection: close",
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: same-origin",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin",
    "X-Robots-Tag: noindex, nofollow",
)
_PAGE = """<!DOCTYPE html>
<html lang="de"><meta charset="utf-8"><title>dnk-tool</title>
<h1>Das hat nicht geklappt</h1>
<p>{german}</p>
<p lang="en">{english}</p></html>
"""
_GENERAL = (
    "Bitte versuchen Sie es in einigen Minuten noch einmal.",
    "Something went wrong. Please try again in a few minutes.",
)
_TEXTS = {
    HTTPStatus.REQUEST_TIMEOUT: (
        "Die Verbindung war zu langsam. Bitte versuchen Sie es mit einer besseren noch einmal.",
        "The connection was too slow. Please try again with a better one.",
    ),
    HTTPStatus.LENGTH_REQUIRED: (
        "Ihr Programm muss vorher sagen, wie viel es sendet.",
        "Your program must say beforehand how much it sends (Content-Length).",
    ),
}
RETRY_SECONDS = 30


def plain_answer(status: HTTPStatus, *, headers: tuple[str, ...] = ()) -> bytes:
    """The whole answer, as bytes for the network. `headers`: further lines."""
    german, english = _TEXTS.get(status, _GENERAL)
    page = _PAGE.format(german=german, english=english).encode()
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *_HEADERS, *headers, f"Content-Length: {len(page)}"]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(f"Retry-After: {RETRY_SECONDS}")
    return "\r\n".join([*lines, "", ""]).encode() + page


def status_of(error: Exception) -> HTTPStatus:
    """The status for a request that cannot be read, or whose handling failed outside the application."""
    if isinstance(error, errors.LimitRequestLine):
        return HTTPStatus.REQUEST_URI_TOO_LONG
    if isinstance(error, errors.LimitRequestHeaders):
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if isinstance(error, errors.UnsupportedTransferCoding):
        return HTTPStatus.NOT_IMPLEMENTED
    if isinstance(error, errors.ExpectationFailed):
        return HTTPStatus.EXPECTATION_FAILED
    is_ours = isinstance(error, errors.InvalidResponseHeader | errors.InvalidResponseHeaderName)
    if isinstance(error, errors.ParseException) and not is_ours:
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR
