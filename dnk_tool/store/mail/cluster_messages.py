"""The recipients of a cluster's message, and the messages it sent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.domain.permissions import Role
from dnk_tool.store.name_sorting import folded
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.mail import ClusterMessage, Mail, MessageCopy
from dnk_tool.store.tables.organisations import Membership, Organisation

# Messages go to those who can answer for the declaration.
RECIPIENT_ROLES = frozenset({Role.OWNER, Role.EDITOR})


@dataclass(frozen=True)
class MessageRecipient:
    """A person in one of the companies; one who works for two of them gets two messages."""

    organisation_id: int
    company: str
    account: Account

    @property
    def key(self) -> tuple[int, int]:
        """Company and account, by which recipients differ."""
        return self.organisation_id, self.account.id


def recipients(
    session: Session, cluster_id: int, organisation_ids: Collection[int], *, today: date
) -> Sequence[MessageRecipient]:
    """The owners and editors of those companies that consent to the cluster, by company and name."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Account)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Account, Account.id == Membership.user_id)
        .where(
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
            Organisation.id.in_(organisation_ids),
            Membership.role.in_(RECIPIENT_ROLES),
            or_(Membership.until.is_(None), Membership.until >= today),
            Account.active,
        )
        .order_by(folded(Organisation.name), Organisation.id, Account.name, Account.id)
    )
    return [MessageRecipient(key, name, account) for key, name, account in rows]


def sent_since(
    session: Session, cluster_id: int, moment: datetime
) -> Sequence[tuple[datetime, Mapping[str, Any]]]:
    """Time and event detail of each message that the cluster sent after a moment, oldest first."""
    rows = session.execute(
        select(Event.happened_at, Event.detail)
        .where(
            Event.cluster_id == cluster_id, Event.kind == EventKind.MESSAGE_SENT, Event.happened_at > moment
        )
        .order_by(Event.id)
    )
    return [(at, detail) for at, detail in rows]


def keep(session: Session, message: ClusterMessage, copies: Sequence[tuple[MessageRecipient, int]]) -> None:
    """Keep a message with the id of each recipient's mail."""
    session.add(message)
    session.flush()
    rows = [
        {
            "message_id": message.id,
            "organisation_id": recipient.organisation_id,
            "account_id": recipient.account.id,
            "mail_id": mail_id,
            "delivery": MailDelivery.WAITING,
        }
        for recipient, mail_id in copies
    ]
    session.execute(insert(MessageCopy), rows)


def count_sent(session: Session, cluster_id: int) -> int:
    """How many messages of the cluster are kept."""
    counted = select(func.count()).where(ClusterMessage.cluster_id == cluster_id)
    return session.scalar(counted) or 0


def list_sent(
    session: Session, cluster_id: int, *, offset: int = 0, limit: int | None = None
) -> Sequence[tuple[ClusterMessage, str, int]]:
    """The cluster's messages, latest first, each with its sender's name and how many mails were refused."""
    refused = (
        select(func.count())
        .where(MessageCopy.message_id == ClusterMessage.id, MessageCopy.delivery == MailDelivery.REFUSED)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ClusterMessage, Account, refused)
        .outerjoin(Account, Account.id == ClusterMessage.sent_by)
        .where(ClusterMessage.cluster_id == cluster_id)
        .order_by(ClusterMessage.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(message, _name(account), count) for message, account, count in rows]


def find_sent(session: Session, cluster_id: int, message_id: int) -> tuple[ClusterMessage, str] | None:
    """A message of the cluster and its sender's name; None if it has none of this id."""
    row = session.execute(
        select(ClusterMessage, Account)
        .outerjoin(Account, Account.id == ClusterMessage.sent_by)
        .where(ClusterMessage.cluster_id == cluster_id, ClusterMessage.id == message_id)
    ).one_or_none()
    return (row[0], _name(row[1])) if row else None


def copies_of(
    session: Session, message_id: int, *, offset: int = 0, limit: int | None = None
) -> Sequence[tuple[MessageCopy, str, Account]]:
    """The copies of a message with company and person, by the company's name."""
    rows = session.execute(
        select(MessageCopy, Organisation.name, Account)
        .join(Organisation, Organisation.id == MessageCopy.organisation_id)
        .join(Account, Account.id == MessageCopy.account_id)
        .where(MessageCopy.message_id == message_id)
        .order_by(folded(Organisation.name), Account.name, MessageCopy.id)
        .offset(offset)
        .limit(limit)
    )
    return [(copy, company, account) for copy, company, account in rows]


def count_copies(session: Session, message_id: int) -> int:
    """How many copies of a message are kept."""
    counted = select(func.count()).where(MessageCopy.message_id == message_id)
    return session.scalar(counted) or 0


def remove_copies(session: Session, cluster_id: int, organisation_id: int) -> None:
    """Forget to whom of a company the cluster's messages went, as it leaves the cluster."""
    of_cluster = select(ClusterMessage.id).where(ClusterMessage.cluster_id == cluster_id)
    session.execute(
        delete(MessageCopy).where(
            MessageCopy.organisation_id == organisation_id, MessageCopy.message_id.in_(of_cluster)
        )
    )


def remove_old(session: Session, *, before: datetime) -> None:
    """Delete messages sent before a moment, with their copies."""
    session.execute(delete(ClusterMessage).where(ClusterMessage.sent_at < before))


def _name(account: Account | None) -> str:
    return (account.name or account.email) if account else ""


def mails_by_address(session: Session, moment: datetime) -> Counter[str]:
    """How many mails were queued to each address at exactly that moment, in which a message was sent."""
    return Counter(session.scalars(select(Mail.recipient).where(Mail.created_at == moment)))
