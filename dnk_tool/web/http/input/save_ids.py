"""Carries out a form once, however often it is sent: after a double click, a retry, a broken connection.

A form that creates something holds a random id from its page. With the transaction of its work it is noted
that the form is carried out and where its answer led to; the same form again is only led there. The same id
with other fields is another form: nothing that was changed after going back is lost.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from dnk_tool.domain.permissions import Actor
from dnk_tool.store import sent_forms
from dnk_tool.web.http.transactions import db, discard_transaction

View = TypeVar("View", bound=Callable[..., Any])

SAVE_ID_FIELD = "save_id"
MAX_SAVE_ID_LENGTH = 64
# A token of a secret link is kept nowhere, so it is put in again from the address.
TOKEN_PLACEHOLDER = "{token}"  # noqa: S105 -- stands in for one
NOT_COMPARED = frozenset({"csrf_token", SAVE_ID_FIELD})


def creates(view: View) -> View:
    """Mark a view whose POST creates something. Its forms show `save_id_field()`. Goes below `@permit`."""
    vars(view)["creates"] = True
    return view


def is_creating(app: Flask, endpoint: str) -> bool:
    """Whether the endpoint's view is marked as creating something."""
    return bool(getattr(app.view_functions.get(endpoint), "creates", False))


def init_app(app: Flask) -> None:
    """Register the hooks: after the CSRF check, and before the end of the transaction."""
    app.jinja_env.globals["save_id_field"] = save_id_field
    app.before_request(_answer_again)
    app.after_request(_remember)


def save_id_field() -> Markup:
    """A hidden field with a new random id, for a form that creates something."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(SAVE_ID_FIELD, secrets.token_hex(16))


def _answer_again() -> ResponseReturnValue | None:
    """Lead a form that was carried out already to where its answer led."""
    if request.method != "POST" or not is_creating(current_app, request.endpoint or ""):
        return None
    save_id = request.form.get(SAVE_ID_FIELD, "")
    if not 0 < len(save_id) <= MAX_SAVE_ID_LENGTH:
        return None
    g.sent_form_key = _key(save_id)
    return _known_answer()


def _remember(response: Response) -> Response:
    """Note the form with its work, or take the answer of the same form that came first meanwhile."""
    if "sent_form_key" not in g or "is_answered_again" in g or response.status_code == 503:
        return response
    if response.status_code < 300:
        return response  # a page between, such as a preview, or the form with one more row
    try:
        if response.status_code < 400:
            db().flush()
            if not db().info.get("wrote"):
                return response  # nothing is done yet: a proof of identity is asked for first
            sent_forms.remember(
                db(), g.sent_form_key, _without_token(response.location or ""), now=datetime.now(UTC)
            )
            return response
    except IntegrityError:
        # Rows of this transaction may conflict with those of the same form, too.
        discard_transaction()
        answer = _known_answer()
        if answer is None:
            raise
        return answer
    return _answer_of_first(response)


def _answer_of_first(response: Response) -> Response:
    """The answer of the same form if it came first and made the work of this one impossible."""
    discard_transaction()
    try:
        return _known_answer() or response
    except SQLAlchemyError:
        return response


def _known_answer() -> Response | None:
    location = sent_forms.location_of(db(), g.sent_form_key)
    if location is None:
        return None
    g.is_answered_again = True
    token = str((request.view_args or {}).get("token", TOKEN_PLACEHOLDER))
    answer: Response = current_app.make_response(redirect(location.replace(TOKEN_PLACEHOLDER, token), 303))
    return answer


def _without_token(location: str) -> str:
    token = (request.view_args or {}).get("token")
    return location.replace(token, TOKEN_PLACEHOLDER) if token else location


def _digest_of_upload(stream: IO[bytes]) -> str:
    stream.seek(0)
    # Its type asks for `readinto`, which files that people send have and IO does not promise.
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return digest


def _key(save_id: str) -> str:
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_COMPARED]
    files = [
        (name, file.filename, _digest_of_upload(file.stream))
        for name, file in request.files.items(multi=True)
    ]
    said = [save_id, g.get("actor", Actor()).user_id, request.full_path, fields, files]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
