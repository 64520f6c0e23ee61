"""What closes a round with a request for changes: a letter, a day when they are due, and the drafts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.text import normalised
from dnk_tool.language import local_day
from dnk_tool.services.review.errors import DraftsChanged
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import Remark
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow, ReviewRoundRow

MAX_LETTER_LENGTH = 5_000
TIME_TO_ANSWER = timedelta(weeks=2)


@dataclass(frozen=True)
class RoundClosing:
    """What a reviewer sends with a request for changes.

    `answer_until`: None for the day that `default_answer_until` proposes. `shown`: the `fingerprint` of the
    drafts that the reviewer has read; None does not compare it.
    """

    letter: str = ""
    answer_until: date | None = None
    shown: str | None = None


NO_LETTER = RoundClosing()


def default_answer_until(session: Session, declaration: Declaration, today: date) -> date:
    """In two weeks, but not after the final day of the company's cohort while that is still to come."""
    of_year = cohorts.of_company(session, declaration.organisation_id, declaration.reporting_year)
    finals = [one.cohort.due for one in of_year if one.cluster.id == declaration.cluster_id]
    return min([today + TIME_TO_ANSWER, *(due for due in finals if due and due > today)])


def fingerprint(drafts: Iterable[Remark | RemarkRow]) -> str:
    """A short hash of drafts, which changes with each of them."""
    versions = sorted((draft.id, draft.number) for draft in drafts)
    return hashlib.sha256(repr(versions).encode()).hexdigest()[:16]


def require_unchanged_drafts(session: Session, declaration: Declaration, shown: str | None) -> None:
    """Raise DraftsChanged if there are other drafts now than were `shown`; their `fingerprint`."""
    if shown is None:
        return
    if fingerprint(remarks.drafts(session, declaration.id, declaration.cluster_id)) != shown:
        raise DraftsChanged


def record_closing(work: Work, declaration: Declaration, closing: RoundClosing) -> ReviewRoundRow:
    """Store letter and day with the submitted version.

    Raises ValueError for a letter that is too long, or a day that is not in the future.
    """
    today, letter = local_day(work.now), normalised(closing.letter)
    until = closing.answer_until or default_answer_until(work.session, declaration, today)
    if len(letter) > MAX_LETTER_LENGTH or until <= today:
        raise ValueError(until)
    row = ReviewRoundRow(
        declaration_id=declaration.id,
        version=declaration.version,
        letter=letter,
        answer_until=until,
        requested_at=work.now,
        requested_by=work.actor.user_id,
    )
    work.session.add(row)
    return row
