"""Compares two versions of a declaration: which sections differ, and which words of a text.

Whether an answer says something else than the year before, so that a reader should see both.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from dnk_tool.catalogue.standard.model import Requirement, Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.encoding import figure_to_json, value_to_json
from dnk_tool.domain.answers.goal_records import goal_key, goal_tables
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document

WORD_PATTERN = re.compile(r"\s*\S+|\s+")
# So many pairs of equal words take up to a second; with more, old and new text are shown as a whole.
MAX_WORD_PAIRS = 100_000
# So few words between two changes count as changed, because the text is then easier to read.
MIN_KEPT_WORDS = 2
# So many kept words are shown on each side of a change where the whole text stands beside it.
CONTEXT_WORDS = 8
ELLIPSIS = "…"


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


@lru_cache(maxsize=64)
def word_diff(before: str, after: str) -> tuple[DiffRun, ...]:
    """The differences between two texts, word by word.

    Joined, the kept and added runs are the new text, the kept and removed ones the old. Cached, because a
    page counts, judges and shows the same differences.
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


def changed_places(runs: Sequence[DiffRun]) -> tuple[tuple[str, str], ...]:
    """What was removed and what was added at each changed place; one of the two may be empty."""
    groups = groupby(runs, key=lambda run: run.kind is DiffKind.KEPT)
    places = [tuple(changed) for is_kept, changed in groups if not is_kept]
    return tuple((_text_of(place, DiffKind.REMOVED), _text_of(place, DiffKind.ADDED)) for place in places)


def _text_of(runs: Sequence[DiffRun], kind: DiffKind) -> str:
    return "".join(run.text for run in runs if run.kind is kind)


def abridged(runs: Sequence[DiffRun]) -> tuple[DiffRun, ...]:
    """The same runs, of the kept ones only the words beside a change; the rest is an ellipsis.

    A text without a change stays whole.
    """
    last = len(runs) - 1
    if not last:
        return tuple(runs)
    return tuple(
        DiffRun(run.kind, _abridged_text(run.text, is_first=at == 0, is_last=at == last))
        if run.kind is DiffKind.KEPT
        else run
        for at, run in enumerate(runs)
    )


def _abridged_text(text: str, *, is_first: bool, is_last: bool) -> str:
    words = WORD_PATTERN.findall(text)
    head, tail = (0 if is_first else CONTEXT_WORDS), (0 if is_last else CONTEXT_WORDS)
    if len(words) <= head + tail + CONTEXT_WORDS:
        return text
    after = "".join(words[len(words) - tail :])
    parts = ("".join(words[:head]), "" if is_first else " ", ELLIPSIS, after)
    return "".join(parts)


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


# A text in which more than this share of the words differs counts as rewritten.
REWRITTEN_SHARE = 1 / 3
_NUMBER = re.compile(r"\d+(?:[.,:/\u00a0]\d+)*")
_YEARS = range(1900, 2101)


class SenseChange(StrEnum):
    """How the sense of an answer changed; the first that applies counts."""

    EXPLAINED = "explained"
    GOAL_GONE = "goal-gone"
    NUMBER_GONE = "number-gone"
    REWRITTEN = "rewritten"


def sense_change(before: Sheet, after: Sheet, requirement: Requirement, year: int) -> SenseChange | None:
    """How the sense of the answer to a requirement changed; None if it did not, or nothing was said before.

    Compares words, goals and kind, not the figures of datapoints. `year` is the reporting year of `after`.
    """
    old, new = said_words(before, requirement), said_words(after, requirement)
    goals = _goals(before, requirement)
    if not (old or goals):
        return None
    if (
        requirement.is_explainable
        and after.is_explained(requirement)
        and not before.is_explained(requirement)
    ):
        return SenseChange.EXPLAINED
    lost = lost_numbers(old, new, year)
    if goals - _goals(after, requirement) or any(_is_target_year(number, year) for number in lost):
        return SenseChange.GOAL_GONE
    if lost:
        return SenseChange.NUMBER_GONE
    return SenseChange.REWRITTEN if is_rewritten(old, new) else None


def said_words(sheet: Sheet, requirement: Requirement) -> str:
    """All texts of the answer to a requirement: its explanation, or its own text and those of its items."""
    own = sheet.answer(requirement.ref)
    if requirement.is_explainable and sheet.is_explained(requirement):
        return own.explanation
    refs = dict.fromkeys((requirement.ref, *(item.ref for item in requirement.items)))
    return "\n\n".join(text for ref in refs if (text := sheet.answer(ref).text))


def lost_numbers(before: str, after: str, year: int) -> tuple[str, ...]:
    """The numbers that were removed without others in their place, and stand nowhere else in the new text.

    Years up to the reporting year do not count, because texts name the present year; later ones are targets.
    """
    kept, lost = set(_NUMBER.findall(after)), []
    for removed, added in changed_places(word_diff(before, after)):
        gone = [number for number in _counted_numbers(removed, year) if number not in kept]
        if len(gone) > len(_counted_numbers(added, year)):
            lost += gone
    return tuple(lost)


def _counted_numbers(text: str, year: int) -> list[str]:
    return [n for n in _NUMBER.findall(text) if not _is_year(n) or _is_target_year(n, year)]


def is_rewritten(before: str, after: str) -> bool:
    """Whether more than a third of the words of the longer text was removed or added."""
    places = changed_places(word_diff(before, after))
    changed = (
        max(sum(len(text.split()) for text in texts) for texts in zip(*places, strict=True)) if places else 0
    )
    return changed > REWRITTEN_SHARE * max(len(before.split()), len(after.split()))


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and int(number) in _YEARS


def _is_target_year(number: str, year: int) -> bool:
    return _is_year(number) and int(number) > year


def _goals(sheet: Sheet, requirement: Requirement) -> frozenset[str]:
    """The goals in the tables of the requirement that hold goals, by their words; none if it is explained."""
    if requirement.is_explainable and sheet.is_explained(requirement):
        return frozenset()
    tables = goal_tables(sheet.selection)
    values = [sheet.answer(item.ref).value for item in requirement.items if item.ref in tables]
    keys = {goal_key(row) for value in values if isinstance(value, Rows) for row in value.rows}
    return frozenset(keys - {""})
