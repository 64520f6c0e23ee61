"""Findings about the installation, in both languages: how it stands, the facts, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from dnk_tool.labels import N_
from dnk_tool.language import Language, format_number, format_timestamp, translations

MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000


Value: TypeAlias = "str | int | Decimal | datetime | Message | tuple[Message, ...]"


class FindingState(StrEnum):
    """How it stands. NOTICE: worth knowing; PROBLEM: to be mended, as something does not work."""

    PROBLEM = "problem"
    NOTICE = "notice"
    OK = "ok"


@dataclass(frozen=True)
class Message:
    """A German text for the translators and the values in it."""

    text: str
    values: Mapping[str, "Value"] = field(default_factory=dict)

    def to(self, language: Language) -> str:
        """The text in the language, with its values as the language writes them."""
        said = translations(language).gettext(self.text)
        return said % {name: _written(value, language) for name, value in self.values.items()}


@dataclass(frozen=True)
class Finding:
    """What was found about one part of the installation.

    `code`: its name for scripts, and the anchor on the page; `endpoint`: the page that mends it, if any.
    """

    code: str
    part: Message
    state: FindingState
    facts: tuple[Message, ...]
    to_do: Message | None = None
    endpoint: str = ""


def message(text: str, **values: "Value") -> Message:
    """The message of a text that `N_` marks."""
    return Message(text, values)


def size(count: int, *, least: int = 1) -> Message:
    """A number of bytes, as people say it, and at least `least` MB."""
    if count >= GIGABYTE:
        return message(N_("%(number)s GB"), number=(Decimal(count) / GIGABYTE).quantize(Decimal("0.1")))
    return message(N_("%(number)s MB"), number=Decimal(max(count // MEGABYTE, least)))


def _written(value: "Value", language: Language) -> str:
    if isinstance(value, Message):
        return value.to(language)
    if isinstance(value, datetime):
        return format_timestamp(value, language)
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(part.to(language) for part in value)
    return format_number(Decimal(value), language)
