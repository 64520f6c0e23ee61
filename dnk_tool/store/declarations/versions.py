"""The frozen versions of a declaration, each with its sign-off, approval and publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from dnk_tool.domain.declarations.states import Decision
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Declaration, SignOff, Snapshot
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import Approval


class VersionOutcome(StrEnum):
    """The outcome of a frozen version. Only an APPROVED or FINISHED one may be published."""

    WAITING = "waiting"
    DECLINED = "declined"
    TAKEN_BACK = "taken-back"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes-requested"
    APPROVAL_WITHDRAWN = "approval-withdrawn"
    APPROVED = "approved"
    FINISHED = "finished"


FINAL = frozenset({VersionOutcome.APPROVED, VersionOutcome.FINISHED})


@dataclass(frozen=True)
class Version:
    """A frozen version with what followed it. Names are empty where the account is gone.

    `cluster`: name of the cluster that has the version, or gets it once it is confirmed. `withdrawal`: the
    approval that was withdrawn last, unless one stands again. `is_current`: the declaration has not been
    reopened since; reopening it begins the next version.
    """

    snapshot: Snapshot
    sign_off: SignOff | None
    signatory: str
    approval: Approval | None
    reviewer: str
    cluster: str
    publication: Publication | None
    is_current: bool
    withdrawal: Approval | None = None

    @property
    def number(self) -> int:
        """Counts the versions of the declaration from 1."""
        return self.snapshot.version

    @property
    def outcome(self) -> VersionOutcome:
        """The outcome; a version without sign-off and submission is FINISHED."""
        if self.approval:
            return VersionOutcome.APPROVED
        if self.snapshot.submitted_at:
            return self._submitted()
        decision = self.sign_off.decision if self.sign_off else Decision.CONFIRMED
        return {
            None: VersionOutcome.WAITING,
            Decision.CONFIRMED: VersionOutcome.FINISHED,
            Decision.DECLINED: VersionOutcome.DECLINED,
            Decision.WITHDRAWN: VersionOutcome.TAKEN_BACK,
        }[decision]

    def _submitted(self) -> VersionOutcome:
        """The outcome of a submitted version: a recalled one has no cluster, one sent back keeps it."""
        if not self.snapshot.cluster_id:
            return VersionOutcome.TAKEN_BACK
        if self.is_current:
            return VersionOutcome.SUBMITTED
        return VersionOutcome.APPROVAL_WITHDRAWN if self.withdrawal else VersionOutcome.CHANGES_REQUESTED


def versions(session: Session, declaration_id: int) -> list[Version]:
    """All frozen versions of a declaration, latest first, without their content, in one statement."""
    return [_version(*row) for row in session.execute(_of_declaration(), {"declaration": declaration_id})]


def version(session: Session, declaration_id: int, number: int) -> Version | None:
    """One frozen version without its content; None if there is none."""
    asked = _select_versions().where(Snapshot.declaration_id == declaration_id, Snapshot.version == number)
    row = session.execute(asked).one_or_none()
    return _version(*row) if row else None


def submitted_to(session: Session, declaration_id: int, cluster_id: int | None) -> Sequence[Snapshot]:
    """The versions submitted to a cluster, latest first, without their content."""
    return session.scalars(
        select(Snapshot)
        .options(defer(Snapshot.content))
        .where(Snapshot.declaration_id == declaration_id, Snapshot.cluster_id == cluster_id)
        .order_by(Snapshot.version.desc())
    ).all()


def is_final() -> ColumnElement[bool]:
    """Whether the version of a query over snapshots is approved or finished, as `Version.outcome` says."""
    approval, sign_off = aliased(Approval), aliased(SignOff)
    approved = exists().where(_matches_snapshot(approval), approval.withdrawn_at.is_(None))
    unconfirmed = exists().where(
        _matches_snapshot(sign_off), sign_off.decision.is_distinct_from(Decision.CONFIRMED)
    )
    finished = and_(Snapshot.submitted_at.is_(None), ~unconfirmed.correlate(Snapshot))
    return or_(approved.correlate(Snapshot), finished)


@cache
def _of_declaration() -> Select[*tuple[Any, ...]]:
    """Select all versions of a declaration, latest first; built once, as building takes long."""
    is_asked = Snapshot.declaration_id == bindparam("declaration")
    return _select_versions().where(is_asked).order_by(Snapshot.version.desc())


def _select_versions() -> Select[*tuple[Any, ...]]:
    signatory, reviewer = aliased(Account), aliased(Account)
    asked, has = aliased(Cluster), aliased(Cluster)
    withdrawal, withdrawn = aliased(Approval), aliased(Approval)
    last_withdrawn = (
        select(func.max(withdrawn.id))
        .where(_matches_snapshot(withdrawn), withdrawn.withdrawn_at.is_not(None))
        .correlate(Snapshot)
        .scalar_subquery()
    )
    return (
        select(
            Snapshot,
            SignOff,
            signatory.name,
            signatory.email,
            Approval,
            reviewer.name,
            reviewer.email,
            has.name,
            asked.name,
            Publication,
            Declaration.version == Snapshot.version,
            withdrawal,
        )
        .join(Declaration, Declaration.id == Snapshot.declaration_id)
        .options(defer(Snapshot.content))
        .outerjoin(SignOff, _matches_snapshot(SignOff))
        .outerjoin(signatory, signatory.id == SignOff.signatory_id)
        .outerjoin(Approval, and_(_matches_snapshot(Approval), Approval.withdrawn_at.is_(None)))
        .outerjoin(withdrawal, withdrawal.id == last_withdrawn)
        .outerjoin(reviewer, reviewer.id == Approval.approved_by)
        .outerjoin(has, has.id == Snapshot.cluster_id)
        .outerjoin(asked, asked.id == SignOff.submits_to)
        .outerjoin(Publication, and_(_matches_snapshot(Publication), Publication.revoked_at.is_(None)))
    )


def _matches_snapshot(table: Any) -> Any:
    return and_(table.declaration_id == Snapshot.declaration_id, table.version == Snapshot.version)


def _version(
    snapshot: Snapshot,
    sign_off: SignOff | None,
    signatory: str | None,
    signatory_email: str | None,
    approval: Approval | None,
    reviewer: str | None,
    reviewer_email: str | None,
    has: str | None,
    asked: str | None,
    publication: Publication | None,
    is_current: bool,
    withdrawal: Approval | None,
) -> Version:
    return Version(
        snapshot=snapshot,
        sign_off=sign_off,
        signatory=signatory or signatory_email or "",
        approval=approval,
        reviewer=reviewer or reviewer_email or "",
        cluster=(approval.cluster_name if approval else has or asked) or "",
        publication=publication,
        is_current=is_current,
        withdrawal=None if approval else withdrawal,
    )
