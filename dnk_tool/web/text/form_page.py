"""What a form page answers when it is sent: what is wrong in it, or what somebody else stored meanwhile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

from flask import abort, make_response
from flask_wtf import FlaskForm
from wtforms import Field

from dnk_tool.domain.editing import ConflictError
from dnk_tool.web.http.transactions import db


class FormPage(Protocol):
    """Renders the page of a form as it is filled in. `theirs`: what somebody else stored meanwhile."""

    def __call__(self, *, theirs: Any = ...) -> str: ...


@contextmanager
def saving(
    form: FlaskForm, page: FormPage, refusals: Mapping[type[Exception], tuple[Field, str]] | None = None
) -> Iterator[None]:
    """Run the body, which saves the form, if every field is valid. The caller answers a saved form.

    A form that is not saved is answered here with `page`, and nothing is written: 422 if a field is not valid
    or the body raises one of `refusals`, whose sentence then stands at its field; 409 if it raises
    ConflictError. The page of a conflict has the version that it shows, so that whoever has read it can save
    what was typed. Other exceptions pass.
    """
    if not form.validate():
        _answer(page(), 422)
    try:
        yield
    except ConflictError as error:
        db().rollback()
        form["version"].data = str(error.conflict.version)
        _answer(page(theirs=error.conflict.theirs), 409)
    except tuple(refusals or ()) as refused:
        db().rollback()
        field, sentence = next(told for kind, told in (refusals or {}).items() if isinstance(refused, kind))
        field.errors = [sentence]
        _answer(page(), 422)


def _answer(text: str, status: int) -> NoReturn:
    abort(make_response(text, status))
