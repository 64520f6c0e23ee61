"""The messages of a form: for its error summary, and for the fields that they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """A message and the field it belongs to; the summary and the field say the same words."""

    id: str
    text: str

    @property
    def href(self) -> str:
        return f"#{self.id}"


def messages_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """The messages by the id of their field."""
    return {error.id: error.text for error in errors}
