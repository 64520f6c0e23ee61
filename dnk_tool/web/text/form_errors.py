"""Messages of a form, for its error summary and its fields."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wtforms import Form, FormField

from dnk_tool.web.text.form_fields import RowsField


@dataclass(frozen=True)
class FieldError:
    """A message and the id of its field, shown in the summary and at the field."""

    id: str
    text: str

    @property
    def href(self) -> str:
        return f"#{self.id}"


def messages_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """The messages by id of their field."""
    return {error.id: error.text for error in errors}


def field_errors(form: Form) -> tuple[FieldError, ...]:
    """The first message of each field, including nested forms, for the error summary."""
    return tuple(FieldError(id_, text) for id_, text in field_messages(form))


def field_messages(form: Form) -> Iterator[tuple[str, str]]:
    """Yield (field id, first message), in page order, including nested forms."""
    for one in form:
        if isinstance(one, FormField):
            yield from field_messages(one.form)
        elif isinstance(one, RowsField):
            if one.too_many:
                yield one.id, one.too_many
            for entry in one:
                yield from field_messages(entry.form)
        elif one.errors:
            yield one.id, str(one.errors[0])


def form_errors(form: Any) -> list[dict[str, str]]:
    """The form's general messages and the first of each field, for the error summary."""
    found = [{"text": str(text), "href": "#email"} for text in dict.fromkeys(form.form_errors)]
    for field in form:
        found += [{"text": str(field.errors[0]), "href": f"#{field.id}"}] if field.errors else []
    return found
