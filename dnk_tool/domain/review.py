"""The review: verdicts on sections, remarks and who may read them, and what a request for changes unlocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State


class Verdict(StrEnum):
    """What a reviewer says of one section."""

    ACCEPTED = "accepted"
    CHANGE_NEEDED = "change-needed"


class ReviewStatus(StrEnum):
    """Where the review of one section stands in the version at hand."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CHANGE_NEEDED = "change-needed"


class ReviewSide(StrEnum):
    """From where somebody looks at a declaration."""

    COMPANY = "company"
    REVIEWERS = "reviewers"


class Audience(StrEnum):
    """Who may read a thread of remarks."""

    COMPANY = "company"
    SHARED = "shared"
    REVIEWERS = "reviewers"


READABLE_AUDIENCES: Mapping[ReviewSide, frozenset[Audience]] = {
    ReviewSide.COMPANY: frozenset({Audience.COMPANY, Audience.SHARED}),
    ReviewSide.REVIEWERS: frozenset({Audience.SHARED, Audience.REVIEWERS}),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one section of one version. `number` counts how often it was changed, from 1."""

    section: str
    version: int
    verdict: Verdict
    number: int
    at: datetime
    by: int | None


def latest_by_section(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """The judgement of the highest version for each section."""
    found: dict[str, Judgement] = {}
    for judgement in judgements:
        if judgement.section not in found or found[judgement.section].version < judgement.version:
            found[judgement.section] = judgement
    return found


def review_status(judgement: Judgement | None, version: int, *, has_changed: bool) -> ReviewStatus:
    """How one section of the submitted version stands.

    `judgement` is the latest one; `has_changed`: whether what the section says differs from the version
    that was judged. What was accepted stays accepted until it changes; a wish for change is open again
    with the next version.
    """
    if judgement is None or has_changed:
        return ReviewStatus.PENDING
    if judgement.verdict is Verdict.ACCEPTED:
        return ReviewStatus.ACCEPTED
    return ReviewStatus.CHANGE_NEEDED if judgement.version == version else ReviewStatus.PENDING


def is_unlocked(state: State, section: str, judgements: Mapping[str, Judgement]) -> bool:
    """Whether a section may be edited. While changes are requested only those concerned are.

    `judgements` are the latest by section; they count only while changes are requested. A wish of an
    earlier round that this round has not looked at unlocks nothing: the reviewers are still to read it.
    """
    if state is not State.CHANGES_REQUESTED:
        return state in EDITABLE_STATES
    judgement = judgements.get(section)
    if judgement is None or judgement.verdict is not Verdict.CHANGE_NEEDED:
        return False
    return judgement.version == max(one.version for one in judgements.values())
