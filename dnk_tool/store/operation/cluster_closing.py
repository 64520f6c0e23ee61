"""What goes when a cluster is deleted, and what goes back to companies before."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import Audience
from dnk_tool.store.tables.clusters import ClusterStaff, Cohort, Consent
from dnk_tool.store.tables.declarations import Declaration, Event, SignOff
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.review import Approval, RemarkRow, StockRemark

IN_REVIEW = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED})


@dataclass(frozen=True, slots=True)
class ClusterBelongings:
    """Numbers of what belongs to a cluster; `waiting` declarations go back to their companies.

    `internal`: remarks among reviewers and drafts, which go; `remarks`: to companies, which keep them, as
    `approvals`.
    """

    members: int
    staff: int
    waiting: int
    internal: int
    remarks: int
    approvals: int
    templates: int
    cohorts: int
    invitations: int
    events: int


def belongings(session: Session, cluster_id: int) -> ClusterBelongings:
    """What belongs to the cluster, in one statement."""
    remarks = RemarkRow.cluster_id == cluster_id
    is_internal = or_(RemarkRow.audience == Audience.REVIEWERS, RemarkRow.published_at.is_(None))
    is_open = Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    conditions = (
        (Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)),
        (ClusterStaff.cluster_id == cluster_id,),
        (_is_waiting(cluster_id),),
        (remarks, is_internal),
        (remarks, not_(is_internal)),
        (Approval.cluster_id == cluster_id, Approval.withdrawn_at.is_(None)),
        (StockRemark.cluster_id == cluster_id,),
        (Cohort.cluster_id == cluster_id,),
        (Invitation.cluster_id == cluster_id, *is_open),
        (Event.cluster_id == cluster_id, Event.organisation_id.is_(None)),
    )
    row = session.execute(
        select(*(select(func.count()).where(*asked).scalar_subquery() for asked in conditions))
    ).one()
    return ClusterBelongings(*row)


def waiting_declarations(session: Session, cluster_id: int) -> Sequence[Declaration]:
    """The declarations in the cluster's review, or waiting for the sign-off that submits them, by company."""
    asked = (
        select(Declaration)
        .options(joinedload(Declaration.organisation))
        .where(_is_waiting(cluster_id))
        .order_by(Declaration.organisation_id, Declaration.id)
    )
    return session.scalars(asked).all()


def is_waiting(session: Session, declaration: Declaration, cluster_id: int) -> bool:
    """Whether the declaration is in the cluster's review, or on its way there."""
    asked = select(Declaration.id).where(Declaration.id == declaration.id, _is_waiting(cluster_id))
    return session.scalar(asked) is not None


def _is_waiting(cluster_id: int) -> ColumnElement[bool]:
    signing = (
        select(SignOff.id)
        .where(
            SignOff.declaration_id == Declaration.id,
            SignOff.version == Declaration.version,
            SignOff.submits_to == cluster_id,
        )
        .correlate(Declaration)
        .exists()
    )
    return or_(
        and_(Declaration.cluster_id == cluster_id, Declaration.state.in_(IN_REVIEW)),
        and_(Declaration.state == State.SIGNING, signing),
    )
