"""Marks that a person of the team has a conflict of interest with a company, and takes that back."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, ClusterRole, Permission, Subject, require
from dnk_tool.domain.text import normalised
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import team
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review_team import ReviewConflict

MAX_REASON_LENGTH = 500


class ReasonTooLong(ValueError):
    """The reason has more than MAX_REASON_LENGTH characters."""


class OwnConflict(Exception):
    """A manager takes back a conflict of their own while somebody else manages the cluster, too."""


def mark_conflict(
    work: Work, cluster_id: int, organisation: Organisation, account_id: int, *, reason: str
) -> bool:
    """Keep a person of the team out of the review of a company; False if that was marked before.

    Everybody may for themselves, managers for all. What was assigned to the person goes back to the team.
    Raises NotPermitted, LookupError for a person outside the team, and ReasonTooLong.
    """
    permission = Permission.CLUSTER_VIEW if account_id == work.actor.user_id else Permission.CLUSTER_LEAD
    require(permission, work.actor, Subject(cluster_id=cluster_id))
    reason = normalised(reason).strip()
    if len(reason) > MAX_REASON_LENGTH:
        raise ReasonTooLong(len(reason))
    clusters.lock(work.session, cluster_id)
    if memberships.find_cluster_staff(work.session, cluster_id, account_id) is None:
        raise LookupError(account_id)
    if team.conflict(work.session, cluster_id, organisation.id, account_id) is not None:
        return False
    work.session.add(
        ReviewConflict(
            account_id=account_id,
            cluster_id=cluster_id,
            organisation_id=organisation.id,
            reason=reason,
            marked_at=work.now,
        )
    )
    work.session.flush()
    team.remove_from_company(work.session, cluster_id, organisation.id, account_id=account_id)
    _record(work, EventKind.CONFLICT_MARKED, cluster_id, organisation, user=account_id)
    return True


def end_conflict(work: Work, cluster_id: int, organisation: Organisation, account_id: int) -> bool:
    """Open the review of the company to the person again, as a manager; False if nothing was marked.

    Raises NotPermitted and OwnConflict.
    """
    lock_led_cluster(work.session, cluster_id, work.actor)
    if account_id == work.actor.user_id and _has_other_manager(work.session, cluster_id, work.actor):
        raise OwnConflict(account_id)
    row = team.conflict(work.session, cluster_id, organisation.id, account_id)
    if row is None:
        return False
    work.session.delete(row)
    _record(work, EventKind.CONFLICT_ENDED, cluster_id, organisation, user=account_id)
    return True


def is_review_left_to_nobody(
    session: Session, cluster_id: int, organisation_id: int, *, without: int | None = None, now: datetime
) -> bool:
    """Whether nobody of the team may review the company; `without`: nor could that person."""
    able = team.reviewers(session, cluster_id, organisation_id, today=local_day(now))
    return not [account for account in able if account.id != without]


def _has_other_manager(session: Session, cluster_id: int, actor: Actor) -> bool:
    return any(
        account.active and role is ClusterRole.MANAGER and account.id != actor.user_id
        for account, role in clusters.staff(session, cluster_id)
    )


def _record(work: Work, kind: EventKind, cluster_id: int, organisation: Organisation, **detail: Any) -> None:
    history.record_event(
        work.session,
        kind,
        organisation_id=organisation.id,
        cluster_id=cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        **detail,
    )
