"""Marked-up texts on pages: where signs mean something, and how a text reads with them."""

from collections.abc import Mapping

from flask import render_template
from wtforms import Form

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.language import Language
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.marked_text import has_marks
from dnk_tool.report.text.prose import Prose
from dnk_tool.web.text.form_fields import field_name

# What the hidden field of an answer says: signs mean something, or only if the person wants it.
OFFERED, BY_CHOICE = "1", "plain"


def offered_markup(answer: Answer) -> str:
    """Whether signs mean something in the answer's fields.

    In a plain text that has some already only by choice: it keeps its rules until a person decides otherwise.
    """
    is_plain = not answer.is_marked_up and any(map(has_marks, (answer.text, answer.explanation)))
    return BY_CHOICE if is_plain else OFFERED


def is_marked_up(part: Form, *texts: str) -> bool:
    """Whether signs were offered and a text has some: only then does a file of the answer need version 2."""
    return part["markup"].data == OFFERED and any(map(has_marks, texts))


def marked_prose(text: str, language: Language) -> Prose:
    """The blocks of a marked-up text, for the browser's own fonts."""
    return TextFormatter(language, on_paper=False).prose(text, is_marked_up=True)


def formatted_texts(answers: Mapping[str, VersionedEdit[Answer]], language: Language) -> dict[str, str]:
    """How the texts just saved read with their signs, as HTML by the name of their place on the page."""
    texts = {
        f"{field_name(ref)}-{part}-formatted": (getattr(edit.value, part), edit.value.is_marked_up)
        for ref, edit in answers.items()
        for part in ("text", "explanation")
        if edit.value.value is None
    }
    return {
        name: render_template("answers/formatted_text.html", text=text, lang=language).strip()
        if text and is_marked
        else ""
        for name, (text, is_marked) in texts.items()
    }
