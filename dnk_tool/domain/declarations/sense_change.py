"""Whether an answer says something else than the year before, so that a reader should see both."""

import re
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.goal_records import goal_key, goal_tables
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.comparison import changed_places, word_diff

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
