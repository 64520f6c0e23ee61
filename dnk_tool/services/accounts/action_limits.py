"""Limits how often an account may invite, ask or write, and how many mails a person gets from all senders.

Counted in the transaction of the act, so that an act that fails counts nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.orm import Session

from dnk_tool.store import rate_limits

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class LimitedAction(StrEnum):
    """What is counted."""

    INVITATION = "invitation"  # into a company or a cluster's team
    COMPANY_INVITATION = "company-invitation"  # of a company into a cluster, perhaps from a list
    QUESTION = "question"  # to a contributor or to management
    MESSAGE = "message"  # of a cluster to people of its members
    COMPANY = "company"  # a company that is founded


@dataclass(frozen=True, slots=True)
class ActionLimit:
    """At most so many within a window."""

    most: int
    window: timedelta


# By the account that acts; a cluster's invitations and messages are limited for the cluster, too.
SENDER_LIMITS = {
    LimitedAction.INVITATION: ActionLimit(40, HOUR),
    LimitedAction.COMPANY_INVITATION: ActionLimit(600, HOUR),
    LimitedAction.QUESTION: ActionLimit(60, HOUR),
    LimitedAction.MESSAGE: ActionLimit(5_000, HOUR),
    LimitedAction.COMPANY: ActionLimit(10, DAY),
}
# By the person who gets the mail, from all senders together.
RECIPIENT_LIMITS = {
    LimitedAction.INVITATION: ActionLimit(5, DAY),
    LimitedAction.COMPANY_INVITATION: ActionLimit(5, DAY),
    LimitedAction.QUESTION: ActionLimit(30, DAY),
    LimitedAction.MESSAGE: ActionLimit(20, DAY),
}


class ActionLimitReached(Exception):
    """The limit of an action is reached; the caller rolls back. `until`: when it may be done again.

    `is_recipient`: so many mails were sent to the person, by whomever.
    """

    def __init__(self, action: LimitedAction, until: datetime, *, is_recipient: bool = False) -> None:
        self.action, self.until, self.is_recipient = action, until, is_recipient
        super().__init__(f"{action} until {until}")


def count_action(
    session: Session, action: LimitedAction, account_id: int | None, *, amount: int = 1, now: datetime
) -> None:
    """Count acts of the account; the command line, which has none, is not limited.

    Raises ActionLimitReached.
    """
    if account_id is not None:
        limit, amounts = SENDER_LIMITS[action], {f"{action}-by:{account_id}": amount}
        _hit(session, amounts, limit, ActionLimitReached(action, now), now=now)


def count_mails(
    session: Session, action: LimitedAction, *, sender: int | None, recipients: Sequence[str], now: datetime
) -> None:
    """Count mails by their sender and by their recipients, normalised addresses.

    The command line sends no mails itself and is not limited. Raises ActionLimitReached.
    """
    if sender is None or not recipients:
        return
    count_action(session, action, sender, amount=len(recipients), now=now)
    amounts = Counter(_recipient_key(action, address) for address in recipients)
    reached = ActionLimitReached(action, now, is_recipient=True)
    _hit(session, amounts, RECIPIENT_LIMITS[action], reached, now=now)


def count_allowed_mails(
    session: Session, action: LimitedAction, *, sender: int | None, recipients: Sequence[str], now: datetime
) -> list[bool]:
    """Count like `count_mails`, but only mails to people who may still get one. Returns which those are.

    Raises ActionLimitReached if the sender sent too many, or nobody may get one.
    """
    if sender is None:
        return [True] * len(recipients)
    limit, keys = RECIPIENT_LIMITS[action], [_recipient_key(action, address) for address in recipients]
    amounts = Counter(keys)
    counts = rate_limits.hit_all(session, amounts, window=limit.window, now=now)
    room = {key: max(0, amount - max(0, counts[key] - limit.most)) for key, amount in amounts.items()}
    if not any(room.values()):
        _require_room(session, counts, limit, ActionLimitReached(action, now, is_recipient=True), now=now)
    refused = {key: room[key] - amount for key, amount in amounts.items() if room[key] < amount}
    if refused:
        rate_limits.hit_all(session, refused, window=limit.window, now=now)  # takes them back
    count_action(session, action, sender, amount=sum(room.values()), now=now)
    allowed = []
    for key in keys:
        allowed.append(room[key] > 0)
        room[key] -= 1
    return allowed


def _recipient_key(action: LimitedAction, address: str) -> str:
    """Hashed, so that no address outlives an erasure."""
    return f"{action}-to:{sha256(address.encode()).hexdigest()}"


def _hit(
    session: Session,
    amounts: Mapping[str, int],
    limit: ActionLimit,
    reached: ActionLimitReached,
    *,
    now: datetime,
) -> None:
    counts = rate_limits.hit_all(session, amounts, window=limit.window, now=now)
    _require_room(session, counts, limit, reached, now=now)


def _require_room(
    session: Session,
    counts: Mapping[str, int],
    limit: ActionLimit,
    reached: ActionLimitReached,
    *,
    now: datetime,
) -> None:
    ends = [
        rate_limits.window_end(session, key) or now + limit.window
        for key, count in counts.items()
        if count > limit.most
    ]
    if ends:
        reached.until = max(ends)
        raise reached
