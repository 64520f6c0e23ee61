"""Decides before a large body is read whether it is wanted: by address, size, session and permission.

What a person may not send is refused without its being read. Forms of usual size are read all the same, so
that words that were typed outlive a sign-in that had expired.
"""

import io
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, request, session
from werkzeug.datastructures import ImmutableMultiDict

from dnk_tool.domain.permissions import NO_SUBJECT, Actor, can
from dnk_tool.web.http import access, request_limits
from dnk_tool.web.http.sessions import SIGNED_IN_KEY
from dnk_tool.web.http.transactions import is_safe

# Bodies up to this size are read without a look-up beforehand.
UNCHECKED_BODY_BYTES = 65_536


def init_app(app: Flask) -> None:
    """Leave bodies that nobody wants unread. Must come before access control, which reads them."""
    app.before_request(_forget_unwanted_body)


def wants_body(app: Flask, environ: Mapping[str, Any]) -> bool:
    """Whether the application would read the request's body; for a server that asks before it reads."""
    with app.request_context(dict(environ)):
        return request.endpoint is not None and _is_wanted()


def stays_in_memory(app: Flask, environ: Mapping[str, Any]) -> bool:
    """Whether the request's body must not be written to a file; for a server that collects it."""
    with app.request_context(dict(environ)):
        return request_limits.stays_in_memory()


def _forget_unwanted_body() -> None:
    """Take the request for one without a body. Who may not send it hears so from access control."""
    is_too_large = (request.content_length or 0) > (request.max_content_length or 0)
    if request.endpoint is None or is_safe() or is_too_large or _is_wanted():
        return  # a body that is too large is refused with 413 where it would be read
    vars(request).update(form=ImmutableMultiDict(), files=ImmutableMultiDict(), stream=io.BytesIO())


def _is_wanted() -> bool:
    permission = access.permission_of(current_app, request.endpoint or "")
    length = request.content_length or 0
    most, most_of_form = request_limits.limits_of_request()
    if is_safe() or permission is None or length > most:
        return False
    if length <= UNCHECKED_BODY_BYTES or can(permission, Actor(), NO_SUBJECT):
        return True
    if SIGNED_IN_KEY not in session:
        return length <= most_of_form
    return access.may_access(permission)
