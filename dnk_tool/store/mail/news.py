"""News for the teams of clusters: kept until the daily mail that tells them, and then deleted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import NewsFrequency, NewsKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import ManagerNews


def managers(session: Session, cluster_id: int, frequency: NewsFrequency) -> Sequence[Account]:
    """The cluster's managers who can sign in and want to hear of it this often."""
    return session.scalars(
        select(Account)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .where(
            ClusterStaff.cluster_id == cluster_id,
            ClusterStaff.role == ClusterRole.MANAGER,
            Account.active.is_(True),
            Account.cluster_news == frequency,
        )
        .order_by(Account.id)
    ).all()


def add(
    session: Session, cluster_id: int, kind: NewsKind, company: str, *, now: datetime, text: str = ""
) -> None:
    """Keep the news for the next daily mail of each manager who wants one."""
    for account in managers(session, cluster_id, NewsFrequency.DAILY):
        session.add(
            ManagerNews(
                account_id=account.id,
                cluster_id=cluster_id,
                kind=kind,
                company=company,
                text=text,
                happened_at=now,
            )
        )


def add_assignment(
    session: Session,
    account_id: int,
    cluster_id: int,
    *,
    declaration_id: int,
    company: str,
    year: int,
    now: datetime,
) -> None:
    """Keep for the next daily mail that the review of a declaration was assigned to a person."""
    session.add(
        ManagerNews(
            account_id=account_id,
            cluster_id=cluster_id,
            kind=NewsKind.ASSIGNED,
            company=company,
            text=str(year),
            declaration_id=declaration_id,
            happened_at=now,
        )
    )


def add_refusals(session: Session, mail_id: int, *, now: datetime) -> None:
    """Keep the news that a mail with invitations of companies was refused."""
    refused = select(Invitation).where(
        Invitation.mail_id == mail_id, Invitation.kind == InvitationKind.COMPANY
    )
    for invitation in session.scalars(refused.order_by(Invitation.id)).all():
        if invitation.cluster_id is not None:
            add(session, invitation.cluster_id, NewsKind.REFUSED, invitation.company, now=now)


def recipients(session: Session, *, before: datetime) -> Sequence[Account]:
    """The people for whom there is news from before a moment."""
    waiting = select(ManagerNews.account_id).where(ManagerNews.happened_at < before)
    return session.scalars(select(Account).where(Account.id.in_(waiting)).order_by(Account.id)).all()


def of_account(
    session: Session, account_id: int, *, before: datetime
) -> Sequence[tuple[ManagerNews, Cluster]]:
    """The person's news from before a moment, each with its cluster.

    Only what still concerns them: of a cluster that they manage, or a review there that was assigned to them.
    """
    rows = session.execute(
        select(ManagerNews, Cluster)
        .join(Cluster, Cluster.id == ManagerNews.cluster_id)
        .join(
            ClusterStaff,
            and_(ClusterStaff.cluster_id == Cluster.id, ClusterStaff.user_id == ManagerNews.account_id),
        )
        .where(
            *_of(account_id, before),
            or_(ClusterStaff.role == ClusterRole.MANAGER, ManagerNews.kind == NewsKind.ASSIGNED),
        )
        .order_by(Cluster.name, Cluster.id, ManagerNews.kind, ManagerNews.id)
    )
    return [(entry, cluster) for entry, cluster in rows]


def remove(session: Session, account_id: int, *, before: datetime) -> None:
    """Delete the person's news from before a moment."""
    gone = delete(ManagerNews).where(*_of(account_id, before))
    session.execute(gone.execution_options(synchronize_session=False))


def _of(account_id: int, before: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ManagerNews.account_id == account_id, ManagerNews.happened_at < before
