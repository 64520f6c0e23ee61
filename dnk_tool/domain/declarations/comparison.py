"""Compares two versions of a declaration: which sections differ, and which words of a text."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dnk_tool.catalogue.standard.model import Requirement, Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.encoding import figure_to_json, value_to_json
from dnk_tool.domain.declarations.document import Document

WORD_PATTERN = re.compile(r"\s*\S+|\s+")
# So many pairs of equal words take up to a second; with more, old and new text are shown as a whole.
MAX_WORD_PAIRS = 100_000
# So few words between two changes count as changed, because the text is then easier to read.
MIN_KEPT_WORDS = 2
# So many words beside a change let one find its place in a text.
WORDS_BESIDE = 12


class DiffKind(StrEnum):
    """Whether a run of words was kept, added or removed."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffRun:
    """Consecutive words of one kind."""

    kind: DiffKind
    text: str


def changed_sections(before: Document, after: Document) -> frozenset[str]:
    """The refs of the sections whose content differs from before, or that are new."""
    return frozenset(
        section.ref for section in after.selection.sections if has_section_changed(before, after, section)
    )


def has_section_changed(before: Document, after: Document, section: Section) -> bool:
    """Whether the section's content differs; general information includes the company's profile.

    Content that is kept but not printed, such as a text replaced by an explanation, does not count.
    """
    return _section_content(before, section) != _section_content(after, section)


def _section_content(document: Document, section: Section) -> dict[str, Any]:
    sheet = document.sheet()
    said: dict[str, Any] = {}
    for requirement in section.all_requirements:
        if requirement.is_explainable and sheet.is_explained(requirement):
            answer = sheet.answer(requirement.ref)
            said[requirement.ref] = ("explained", answer.reason, answer.explanation)
        else:
            said |= dict(_reported_content(sheet, requirement))
    if section.ref == document.selection.catalogue.general.ref:
        said["organisation"] = document.organisation
    return said


def _reported_content(sheet: Sheet, requirement: Requirement) -> Iterator[tuple[str, Any]]:
    for ref in {requirement.ref: None, **{item.ref: None for item in requirement.items}}:
        answer = sheet.answer(ref)
        if answer.text or answer.value is not None:
            value = None if answer.value is None else value_to_json(answer.value)
            yield ref, (answer.text, value)
    for item in requirement.items:
        if item.datapoint and not (figure := sheet.figure(item.datapoint)).is_empty:
            yield item.ref, figure_to_json(figure)


def word_diff(before: str, after: str) -> tuple[DiffRun, ...]:
    """The differences between two texts, word by word.

    Joined, the kept and added runs are the new text, the kept and removed ones the old.
    """
    # Each word includes the space before it; a space before the text gives the first word one, too.
    old, new = (WORD_PATTERN.findall(f" {text}") for text in (before, after))
    start = _common_prefix_length(old, new)
    end = _common_prefix_length(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [(DiffKind.KEPT, "".join(new[:start]))]
    if _is_expensive(old_middle, new_middle):
        pieces += [(DiffKind.REMOVED, "".join(old_middle)), (DiffKind.ADDED, "".join(new_middle))]
    else:
        pieces += _diff_runs(old_middle, new_middle)
    pieces.append((DiffKind.KEPT, "".join(new[len(new) - end :])))
    return _without_first_space(pieces)


def shortened(runs: Sequence[DiffRun]) -> tuple[DiffRun, ...]:
    """The runs with all changes, and of what was kept only the words beside one."""
    last = len(runs) - 1
    return tuple(
        DiffRun(run.kind, _beside_change(run.text, has_before=at > 0, has_after=at < last))
        if run.kind is DiffKind.KEPT
        else run
        for at, run in enumerate(runs)
    )


def _beside_change(text: str, *, has_before: bool, has_after: bool) -> str:
    """The beginning of a text after a change, its end before one, and "…" for what is left out."""
    words = WORD_PATTERN.findall(text)
    start = words[:WORDS_BESIDE] if has_before else []
    end = words[-WORDS_BESIDE:] if has_after else []
    if len(start) + len(end) >= len(words):
        return text
    return "".join(start) + (" …" if start else "…") + "".join(end)


def _common_prefix_length(old: Sequence[str], new: Sequence[str]) -> int:
    """The number of equal words at the beginning."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (word, other) in enumerate(pairs) if word != other), min(len(old), len(new)))


def _is_expensive(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a comparison would take long, because few words repeat often."""
    counts = Counter(new)
    return sum(counts[word] for word in old) > MAX_WORD_PAIRS


def _diff_runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[DiffKind, str]]:
    """The kept, removed and added words; one or two words between two changes count as changed."""
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    removed = added = ""
    for at, (tag, from_old, to_old, from_new, to_new) in enumerate(steps):
        text = "".join(new[from_new:to_new])
        if tag != "equal":
            removed += "".join(old[from_old:to_old])
            added += text
        elif removed and added and to_new - from_new <= MIN_KEPT_WORDS and at + 1 < len(steps):
            removed += text
            added += text
        else:
            yield from ((DiffKind.REMOVED, removed), (DiffKind.ADDED, added), (DiffKind.KEPT, text))
            removed = added = ""
    yield from ((DiffKind.REMOVED, removed), (DiffKind.ADDED, added))


def _without_first_space(pieces: list[tuple[DiffKind, str]]) -> tuple[DiffRun, ...]:
    """The runs, without the space that was put before both texts."""
    runs: list[DiffRun] = []
    is_pending = {DiffKind.ADDED: True, DiffKind.REMOVED: True}
    for piece, text in pieces:
        if not text:
            continue
        if piece is DiffKind.KEPT and any(is_pending.values()):
            # One text begins here; in the other, this space follows the runs before.
            others = [kind for kind, pending in is_pending.items() if not pending]
            runs = [DiffRun(run.kind, run.text + " ") if run.kind in others else run for run in runs]
            text, is_pending = text[1:], {}
        elif is_pending.get(piece):
            text, is_pending[piece] = text[1:], False
        if runs and runs[-1].kind is piece:
            text = runs.pop().text + text
        runs.append(DiffRun(piece, text))
    return tuple(run for run in runs if run.text)
