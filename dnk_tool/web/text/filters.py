"""Template filters and helpers: texts, numbers and times in the page's language, permissions."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import Flask, g

from dnk_tool import language as languages
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.permissions import Permission, can, can_read
from dnk_tool.domain.text import first_words
from dnk_tool.report.view.figures.company_tables import said_table
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import messages_by_field
from dnk_tool.web.text.labels import label_of, meaning, quality_options
from dnk_tool.web.text.laws import law_notes, standing_day, standing_note
from dnk_tool.web.text.markup import marked_prose
from dnk_tool.web.text.options import (
    answer_options,
    choice_options,
    enum_options,
    explained_options,
    pair_options,
    role_options,
    section_options,
    text_options,
    with_current,
)

OPTIONS = (
    answer_options,
    choice_options,
    enum_options,
    explained_options,
    pair_options,
    role_options,
    section_options,
    text_options,
    with_current,
)

MAX_EXCERPT_LENGTH = 90


def register_filters(app: Flask) -> None:
    """Register the filters and helpers with the app."""
    app.add_template_filter(in_language, "t")
    app.add_template_filter(enum_word, "word")
    app.add_template_filter(meaning)
    app.add_template_filter(excerpt)
    app.add_template_filter(localised_number, "number")
    app.add_template_filter(localised_date, "day")
    app.add_template_filter(localised_short_date, "short_day")
    app.add_template_filter(localised_timestamp, "moment")
    app.add_template_filter(iso_timestamp, "iso")
    app.add_template_filter(messages_by_field)
    app.add_template_filter(standing_note)
    app.add_template_filter(standing_day)
    app.add_template_filter(law_notes)
    app.add_template_filter(marked_prose)
    app.add_template_filter(said_table, "laid_out")
    for options in OPTIONS:
        app.add_template_filter(options)
    app.context_processor(template_helpers)


def template_helpers() -> dict[str, Any]:
    """Helpers for templates, such as `may(permission)`."""
    return {
        "may": may,
        "may_read": may_read,
        "current_user_id": current_actor().user_id,
        "quality_options": quality_options,
    }


def may(permission: str, **about: Any) -> bool:
    """Whether the person has the permission for what the address names.

    `about` specifies it further, such as `section="5"`.
    """
    subject = current_subject()
    return can(Permission(permission), current_actor(), replace(subject, **about) if about else subject)


def may_read(permission: str) -> bool:
    """Whether the person has the permission for a look, which an archive leaves open."""
    return can_read(Permission(permission), current_actor(), current_subject())


def in_language(text: Text) -> str:
    """The text in the page's language, which is cached for the request as pages show hundreds."""
    if "shown_language" not in g:
        g.shown_language = current_language()
    return text.to(g.shown_language)


def enum_word(member: StrEnum) -> str:
    """The member's label in the page's language."""
    return label_of(member)


def localised_number(value: Decimal | int) -> str:
    """The number with the separators of the page's language."""
    return languages.format_number(Decimal(value), current_language())


def localised_date(value: date) -> str:
    """The date in the page's language, month as a word."""
    return languages.format_long_date(value, current_language())


def localised_short_date(value: date) -> str:
    """The date for a table; for a timestamp the local day."""
    local = value.astimezone(languages.LOCAL_TIME_ZONE).date() if isinstance(value, datetime) else value
    return languages.format_short_date(local, current_language())


def localised_timestamp(value: datetime) -> str:
    """Date and local time in the page's language."""
    return languages.format_timestamp(value, current_language())


def iso_timestamp(value: datetime | None) -> str:
    """The UTC time for scripts, to the millisecond: 2026-11-25T09:41:00.123Z; "" for None."""
    return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z" if value else ""


def excerpt(text: str) -> str:
    """The first words of the text, at most 90 characters, on one line."""
    return first_words(text, MAX_EXCERPT_LENGTH)
