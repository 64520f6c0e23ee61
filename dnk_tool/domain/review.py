"""The review: verdicts on sections, remarks and who may read them, and what a request for changes unlocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State

# How long the team sees that somebody has opened a part of a declaration; then the note of it is deleted.
READING_TIME = timedelta(minutes=10)


class Verdict(StrEnum):
    """A reviewer's result for one section."""

    ACCEPTED = "accepted"
    CHANGE_NEEDED = "change-needed"


class ReviewStatus(StrEnum):
    """The review status of one section in the current version."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CHANGE_NEEDED = "change-needed"


class ReviewSide(StrEnum):
    """The side from which somebody reads a declaration's remarks."""

    COMPANY = "company"
    REVIEWERS = "reviewers"


class Audience(StrEnum):
    """Who may read a thread of remarks."""

    COMPANY = "company"
    SHARED = "shared"
    REVIEWERS = "reviewers"


class Noteworthy(StrEnum):
    """Why a section comes first, the strongest reason first."""

    WARNING = "warning"
    BIG_CHANGE = "big-change"
    EXPLAINED = "explained"
    SHORT = "short"


# What is called odd; the other reasons only say that an answer is quickly read.
ODD_REASONS = frozenset({Noteworthy.WARNING, Noteworthy.BIG_CHANGE})


class ChecklistPoint(StrEnum):
    """What a version as a whole is checked for: the four criteria of the DNK's own check, in this order."""

    CONSISTENCY = "consistency"
    COHERENCE = "coherence"
    EASE_OF_UNDERSTANDING = "ease-of-understanding"
    FORMAL_COMPLETENESS = "formal-completeness"


READABLE_AUDIENCES: Mapping[ReviewSide, frozenset[Audience]] = {
    ReviewSide.COMPANY: frozenset({Audience.COMPANY, Audience.SHARED}),
    ReviewSide.REVIEWERS: frozenset({Audience.SHARED, Audience.REVIEWERS}),
}


def begins_as_draft(side: ReviewSide, audience: Audience, state: State) -> bool:
    """Whether a new remark is a draft of the review team until the round ends.

    What reviewers write to the company while a version is submitted; everything else can be read at once.
    """
    is_to_company = side is ReviewSide.REVIEWERS and audience is Audience.SHARED
    return is_to_company and state is State.SUBMITTED


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one section of one version. `number` counts its changes, from 1."""

    section: str
    version: int
    verdict: Verdict
    number: int
    at: datetime
    by: int | None


def latest_by_section(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """The judgement of the highest version for each section."""
    latest: dict[str, Judgement] = {}
    for judgement in judgements:
        if judgement.section not in latest or latest[judgement.section].version < judgement.version:
            latest[judgement.section] = judgement
    return latest


def review_status(judgement: Judgement | None, version: int, *, has_changed: bool) -> ReviewStatus:
    """The review status of one section in the submitted `version`.

    `judgement` is the latest one; `has_changed`: whether the section's content differs from the version that
    was judged. An accepted section stays accepted until it changes; a requested change must be reviewed again
    in the next version.
    """
    if judgement is None or has_changed:
        return ReviewStatus.PENDING
    if judgement.verdict is Verdict.ACCEPTED:
        return ReviewStatus.ACCEPTED
    return ReviewStatus.CHANGE_NEEDED if judgement.version == version else ReviewStatus.PENDING


def is_unlocked(state: State, section: str, judgements: Mapping[str, Judgement]) -> bool:
    """Whether a section may be edited; while changes are requested, only the sections concerned may.

    `judgements` are the latest by section; they count only while changes are requested. A change requested in
    an earlier round, and not judged in this one, unlocks nothing: the reviewers have yet to read the section.
    """
    if state is not State.CHANGES_REQUESTED:
        return state in EDITABLE_STATES
    judgement = judgements.get(section)
    if judgement is None or judgement.verdict is not Verdict.CHANGE_NEEDED:
        return False
    return judgement.version == max(latest.version for latest in judgements.values())
