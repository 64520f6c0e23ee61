"""The kinds of invitation, by what the secret link in the mail opens; their states, and when to remind."""

from datetime import date
from enum import StrEnum


class InvitationKind(StrEnum):
    """What the link of an invitation opens."""

    MEMBER = "member"
    STAFF = "staff"
    COMPANY = "company"
    CONTRIBUTION = "contribution"
    SIGN_OFF = "sign-off"


class InvitationState(StrEnum):
    """How far an invitation got, in the order in which a manager has to look at them.

    NO_SERVER: no mail server is set, so nobody got a mail. OPENED: somebody visited the link.
    """

    REFUSED = "refused"
    NO_SERVER = "no-server"
    WAITING = "waiting"
    SENT = "sent"
    OPENED = "opened"
    EXPIRED = "expired"
    DECLINED = "declined"
    JOINED = "joined"


# States in which the person has the link and has not answered: only these are reminded.
REMINDABLE = frozenset({InvitationState.SENT, InvitationState.OPENED})
# States in which the cluster still waits for an answer.
OPEN_STATES = frozenset(InvitationState) - {InvitationState.DECLINED, InvitationState.JOINED}
# Days after an invitation was sent on which it is reminded by itself.
AUTOMATIC_REMINDERS = (7, 21)


def automatic_step(sent: date, last_step: int, today: date) -> int | None:
    """The step of AUTOMATIC_REMINDERS that is due; None if none is.

    `last_step`: the last one done, 0 for none. A missed step is made up for, but never two at once.
    """
    due = [step for step in AUTOMATIC_REMINDERS if last_step < step <= (today - sent).days]
    return due[-1] if due else None
