"""Finds deleted declarations, which can be restored until they are erased, and tells which ones are empty."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import State
from dnk_tool.store.tables.answers import AnswerRow, AssessmentRow, GoalReviewRow
from dnk_tool.store.tables.declarations import WITH_DELETED, Declaration, SectionMark, Snapshot
from dnk_tool.store.tables.evidence import EvidenceUse
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.review import RemarkRow


def of_company(session: Session, organisation_id: int, *, since: datetime) -> Sequence[Declaration]:
    """The company's declarations that were deleted since a moment, the last one first."""
    asked = select(Declaration).where(
        Declaration.organisation_id == organisation_id, Declaration.deleted_at >= since
    )
    order = Declaration.deleted_at.desc(), Declaration.id.desc()
    return session.scalars(asked.order_by(*order), execution_options=WITH_DELETED).all()


def find(session: Session, organisation_id: int, declaration_id: int) -> Declaration | None:
    """A deleted declaration of the company, reread; None for any other."""
    asked = select(Declaration).where(
        Declaration.id == declaration_id,
        Declaration.organisation_id == organisation_id,
        Declaration.deleted_at.is_not(None),
    )
    return session.scalar(asked, execution_options={**WITH_DELETED, "populate_existing": True})


def deleted_before(session: Session, moment: datetime) -> Sequence[tuple[int, int]]:
    """Company and id of each declaration that was deleted before the moment."""
    asked = select(Declaration.organisation_id, Declaration.id).where(Declaration.deleted_at < moment)
    rows = session.execute(asked.order_by(Declaration.id), execution_options=WITH_DELETED)
    return [(organisation_id, key) for organisation_id, key in rows]


def empty_among(
    session: Session, declaration_ids: Collection[int], *, begun_with: Collection[str]
) -> frozenset[int]:
    """Those of the declarations, deleted or not, in which nobody wrote, asked or added anything.

    `begun_with`: the refs that the company's profile answers for each new declaration. Ratings that were
    taken along from the year before count as nothing, and so do figures, which are the company's.
    """
    written = or_(AnswerRow.ref.not_in(begun_with), AnswerRow.version > 1)
    signs = (
        exists().where(AnswerRow.declaration_id == Declaration.id, written),
        exists().where(
            AssessmentRow.declaration_id == Declaration.id, AssessmentRow.changed_at > Declaration.created_at
        ),
        *(
            exists().where(table.declaration_id == Declaration.id)
            for table in (GoalReviewRow, SectionMark, EvidenceUse, Invitation, RemarkRow, Snapshot)
        ),
    )
    asked = select(Declaration.id).where(
        Declaration.id.in_(declaration_ids), Declaration.state == State.DRAFT, ~or_(*signs)
    )
    return frozenset(session.scalars(asked, execution_options=WITH_DELETED))
