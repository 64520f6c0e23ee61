"""What distinguishes two versions of a declaration: which sections differ, and the words within a text."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dnk_tool.catalogue.model import Section
from dnk_tool.domain.document import Document, answer_to_json, figure_to_json

WORDS = re.compile(r"\s+|[^\s]+")
# Beyond this many words on either side a diff takes seconds; then old and new stand as wholes.
MOST_WORDS = 6_000


class Piece(StrEnum):
    """What happened to a run of words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive words that share a fate."""

    piece: Piece
    text: str


def changed_sections(before: Document, after: Document) -> frozenset[str]:
    """The refs of all sections that say something else than before, or that were not there."""
    return frozenset(
        section.ref for section in after.selection.sections if has_changed(before, after, section)
    )


def has_changed(before: Document, after: Document, section: Section) -> bool:
    """Whether the section says something else; general information includes the company's profile."""
    return _said(before, section) != _said(after, section)


def _said(document: Document, section: Section) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for requirement in section.all_requirements:
        for ref in (requirement.ref, *(item.ref for item in requirement.items)):
            answer = document.answers.get(ref)
            if answer and not answer.is_empty:
                said[ref] = answer_to_json(answer)
        for item in requirement.items:
            figure = item.datapoint and document.figures.get((document.reporting_year, item.datapoint.key))
            if figure and not figure.is_empty:
                said[item.ref] = figure_to_json(figure)
    if section.ref == document.selection.catalogue.general.ref:
        said["organisation"] = document.organisation
    return said


def word_diff(before: str, after: str) -> tuple[Run, ...]:
    """How one text became the other, word by word; joined, the kept and added runs are the new text."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return tuple(run for run in (Run(Piece.REMOVED, before), Run(Piece.ADDED, after)) if run.text)
    return tuple(_runs(old, new))


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            yield Run(Piece.KEPT, "".join(new[from_new:to_new]))
            continue
        if to_old > from_old:
            yield Run(Piece.REMOVED, "".join(old[from_old:to_old]))
        if to_new > from_new:
            yield Run(Piece.ADDED, "".join(new[from_new:to_new]))
