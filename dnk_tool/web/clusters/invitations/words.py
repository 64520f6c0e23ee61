"""States of an invitation in words, with what happened when."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.invitations import REMINDABLE, InvitationState
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.mail.outcomes import REASONS
from dnk_tool.web.text.filters import localised_short_date

# A word for each state, and the colour of its tag.
STATES: dict[InvitationState, tuple[LazyString, str]] = {
    InvitationState.REFUSED: (_l("Nicht zustellbar"), "alarm"),
    InvitationState.NO_SERVER: (_l("Nicht gesendet"), "attention"),
    InvitationState.WAITING: (_l("Wartet auf den Versand"), "progress"),
    InvitationState.SENT: (_l("Gesendet"), "progress"),
    InvitationState.OPENED: (_l("Link geöffnet"), "progress"),
    InvitationState.EXPIRED: (_l("Abgelaufen"), "attention"),
    InvitationState.DECLINED: (_l("Abgelehnt"), "locked"),
    InvitationState.JOINED: (_l("Beigetreten"), "done"),
}


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as a page shows it; `lines` say what happened when."""

    row: Invitation
    state: InvitationState
    lines: tuple[str, ...]

    @property
    def word(self) -> LazyString:
        """The state in a word."""
        return STATES[self.state][0]

    @property
    def colour(self) -> str:
        """The kind of the state's tag."""
        return STATES[self.state][1]

    @property
    def is_open(self) -> bool:
        """Whether it can be sent again, corrected or taken back."""
        return self.state not in (InvitationState.DECLINED, InvitationState.JOINED)

    @property
    def can_have_bounced(self) -> bool:
        """Whether a person may know better than the mail server that it did not arrive."""
        return self.state in REMINDABLE


def invitation_row(row: Invitation, state: InvitationState) -> InvitationRow:
    """What a page shows of the invitation."""
    return InvitationRow(row, state, tuple(_lines(row, state)))


def _lines(row: Invitation, state: InvitationState) -> Iterator[str]:
    if row.declined_at:
        yield _("Abgelehnt am %(day)s.", day=localised_short_date(row.declined_at))
        if row.decline_reason:
            yield _("„%(text)s“", text=row.decline_reason)
        return
    if row.accepted_at:
        yield _("Beigetreten am %(day)s.", day=localised_short_date(row.accepted_at))
        return
    yield _sent_line(row, state)
    if row.reminded_at:
        yield _("Erinnert am %(day)s.", day=localised_short_date(row.reminded_at))
    if row.opened_at:
        yield _("Link geöffnet am %(day)s.", day=localised_short_date(row.opened_at))
    day = localised_short_date(row.expires_at)
    if state is InvitationState.EXPIRED:
        yield _("Abgelaufen am %(day)s.", day=day)
    else:
        yield _("Gilt bis zum %(day)s.", day=day)


def _sent_line(row: Invitation, state: InvitationState) -> str:
    day = localised_short_date(row.sent_at)
    if row.refusal:
        return str(REASONS[row.refusal])
    if row.delivery is MailDelivery.FOLDER or state is InvitationState.NO_SERVER:
        return str(_("Angelegt am %(day)s, ohne Mailserver.", day=day))
    if row.delivery is MailDelivery.WAITING:
        return str(_("Geschrieben am %(day)s; der Mailserver hat sie noch nicht angenommen.", day=day))
    if row.times_sent > 1:
        return str(_("Zuletzt gesendet am %(day)s, insgesamt %(count)s-mal.", day=day, count=row.times_sent))
    return str(_("Gesendet am %(day)s.", day=day))
