"""Limits how many invitations a cluster sends in an hour, so that nobody is flooded with mails."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.store import rate_limits

MAX_PER_HOUR = 300
HOUR = timedelta(hours=1)


class ClusterInvitationLimitReached(Exception):
    """The cluster has sent MAX_PER_HOUR invitations within the hour."""


def count_invitations(session: Session, cluster_id: int, amount: int = 1, *, now: datetime) -> None:
    """Count further invitations of the cluster before they are sent.

    Raises ClusterInvitationLimitReached; then the caller rolls back.
    """
    if rate_limits.hit(session, _key(cluster_id), amount, window=HOUR, now=now) > MAX_PER_HOUR:
        raise ClusterInvitationLimitReached


def invitations_left(session: Session, cluster_id: int, *, now: datetime) -> int:
    """How many invitations the cluster may still send within the current hour."""
    return max(0, MAX_PER_HOUR - rate_limits.count_hits(session, _key(cluster_id), window=HOUR, now=now))


def _key(cluster_id: int) -> str:
    return f"invitations-of-cluster:{cluster_id}"
