"""The recipients of a cluster's message, and the messages it sent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Role
from dnk_tool.store.name_sorting import folded
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.mail import Mail
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
            Event.cluster_id == cluster_id,
            Event.kind == EventKind.MESSAGE_SENT,
            Event.happened_at > moment,
        )
        .order_by(Event.id)
    )
    return [(at, detail) for at, detail in rows]


def mails_by_address(session: Session, moment: datetime) -> Counter[str]:
    """How many mails were queued to each address at exactly that moment, in which a message was sent."""
    return Counter(session.scalars(select(Mail.recipient).where(Mail.created_at == moment)))
