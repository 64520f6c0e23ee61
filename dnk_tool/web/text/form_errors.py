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
    for field in form:
        if isinstance(field, FormField):
            yield from field_messages(field.form)
        elif isinstance(field, RowsField):
            if field.too_many:
                yield field.id, field.too_many
            for entry in field:
                yield from field_messages(entry.form)
        elif field.errors:
            yield field.id, str(field.errors[0])


def form_errors(form: Any) -> list[dict[str, str]]:
    """The form's general messages and the first of each field, for the error summary."""
    errors = [{"text": str(text), "href": "#email"} for text in dict.fromkeys(form.form_errors)]
    for field in form:
        errors += [{"text": str(field.errors[0]), "href": f"#{field.id}"}] if field.errors else []
    return errors
