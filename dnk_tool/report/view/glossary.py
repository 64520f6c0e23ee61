"""Builds the glossary of a declaration from the abbreviations and terms that occur in it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache

from markupsafe import Markup

from dnk_tool.catalogue.presentation import GlossaryTerm
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Block, Link
from dnk_tool.report.view.links import Term
from dnk_tool.report.view.parts import LabelledText


def glossary(
    terms: Sequence[GlossaryTerm], words: TextFormatter, *printed: object
) -> tuple[LabelledText, ...]:
    """The terms that occur as whole words in the `printed` parts of a view, sorted by name."""
    said = "\n".join(text for part in printed for text in _texts(part))
    printed_terms = [term for term in terms if _whole_words(term.pattern).search(said)]
    ordered = sorted(printed_terms, key=lambda term: words.catalogue_text(term.name).casefold())
    return tuple(
        LabelledText(
            words.catalogue_text(term.name),
            words.paragraph(words.bound_text(term.meaning)),
            term_anchor(term),
        )
        for term in ordered
    )


def linked_terms(terms: Sequence[GlossaryTerm], entries: Sequence[LabelledText]) -> tuple[Term, ...]:
    """The terms that the glossary explains, with their places in it."""
    anchors = {entry.anchor for entry in entries}
    return tuple(
        Term(_whole_words(term.pattern), term_anchor(term)) for term in terms if term_anchor(term) in anchors
    )


def term_anchor(term: GlossaryTerm) -> str:
    """The anchor of a term; plain letters, as some readers of PDF stumble over others in names of places."""
    plain = unicodedata.normalize("NFKD", term.name.de.casefold()).encode("ascii", "ignore").decode()
    return f"begriff-{re.sub('[^a-z0-9]+', '-', plain).strip('-')}"


@cache
def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def _texts(part: object) -> Iterator[str]:
    """Every text within a value of the view, except charts and addresses."""
    if isinstance(part, Markup | Link):
        return
    if isinstance(part, Block):  # not its source, which has addresses in it
        part = (part.lines, part.below)
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for member in part:
            yield from _texts(member)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _texts(getattr(part, field.name))
