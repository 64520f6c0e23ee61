"""A cluster's invitations to companies by their state, and links to hand on where no mail server is set.

Reminds all companies that have not answered yet, after a look at the mail they get.
States of an invitation in words, with what happened when.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.invitations import OPEN_STATES, REMINDABLE, InvitationState
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import invitation_reminders
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.clusters.invitation_states import InvitationView
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.http.access import current_account, current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.outcomes import REASONS
from dnk_tool.web.text import paging
from dnk_tool.web.text.filters import localised_short_date

blueprint = Blueprint("cluster_invitations", __name__, url_prefix="/cluster/<int:cluster_id>/einladungen")

ROWS_PER_PAGE = 25


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


def current_view() -> InvitationView:
    """The states of invitations as they are now."""
    return InvitationView(datetime.now(UTC), bool(current_settings().smtp_host))


@blueprint.get("")
@cluster_page(_l("Einladungen"), Permission.CLUSTER_VIEW, position=35)
def show(cluster_id: int) -> ResponseReturnValue:
    view, chosen = current_view(), _chosen_states()
    counts = invitation_states.count_by_state(db(), cluster_id, view)
    part = paging.paginate(
        sum(count for state, count in counts.items() if state in chosen), "seite", size=ROWS_PER_PAGE
    )
    rows = invitation_states.list_in_states(
        db(), cluster_id, chosen, view, offset=part.offset, limit=ROWS_PER_PAGE
    )
    return render_template(
        "clusters/invitations/list.html",
        cluster=current_cluster(),
        filters=_filters(counts, chosen),
        total=sum(counts.values()),
        rows=[invitation_row(invitation, state) for invitation, state in rows],
        part=part,
        has_server=view.has_server,
        without_mail=counts.get(InvitationState.NO_SERVER, 0),
        opened=any(row.opened_at for row, _state in rows),
        refused=counts.get(InvitationState.REFUSED, 0),
        to_remind=len(invitation_reminders.remindable(db(), cluster_id, view)),
    )


def _chosen_states() -> frozenset[InvitationState]:
    asked = request.args.get("stand", "")
    if asked == "alle":
        return frozenset(InvitationState)
    return frozenset({InvitationState(asked)}) if asked in set(InvitationState) else OPEN_STATES


def _filters(counts: Any, chosen: frozenset[InvitationState]) -> list[dict[str, Any]]:
    """Links to the open ones, to each state that occurs, and to all."""

    def link(text: Any, states: frozenset[InvitationState], asked: str | None) -> dict[str, Any]:
        href = url_for("cluster_invitations.show", cluster_id=current_cluster().id, stand=asked)
        count = sum(counts.get(state, 0) for state in states)
        return {"text": text, "count": count, "href": href, "is_current": states == chosen}

    one_each = [
        link(word, frozenset({state}), state.value)
        for state, (word, _colour) in STATES.items()
        if counts.get(state) or chosen == {state}
    ]
    return [
        link(_("Ohne Antwort"), OPEN_STATES, None),
        *one_each,
        link(_("Alle"), frozenset(InvitationState), "alle"),
    ]


@blueprint.post("/links")
@permit(Permission.CLUSTER_LEAD)
@creates
def links(cluster_id: int) -> ResponseReturnValue:
    """Show a link for each invitation that no mail server carries; earlier links work on."""
    cluster = current_cluster()
    sent = cluster_invitations.links_to_hand_on(db(), cluster, current_view(), actor=current_actor())
    if not sent:
        flash(_("Zurzeit gibt es keine Einladung, die auf einen Link wartet."), "info")
        return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)
    letters = [cluster_mails.write_invitation([one], cluster, sender=current_account()) for one in sent]
    rows = [
        {
            "row": invitation,
            "link": cluster_mails.invitation_link((invitation, token)),
            "mailto": f"mailto:{quote(invitation.email)}?subject={quote(letter.subject)}"
            f"&body={quote(letter.body)}",
        }
        for (invitation, token), letter in zip(sent, letters, strict=True)
    ]
    return render_template("clusters/invitations/links.html", cluster=cluster, rows=rows)


@blueprint.post("/automatisch")
@permit(Permission.CLUSTER_LEAD)
def switch(cluster_id: int) -> ResponseReturnValue:
    """Switch automatic reminders on or off."""
    on, now = request.form.get("on") == "1", datetime.now(UTC)
    cluster_invitations.switch_reminders(Work(db(), current_actor(), now), current_cluster(), on=on)
    text = (
        _("Wer nicht antwortet, wird nach 7 und nach 21 Tagen von selbst erinnert.")
        if on
        else _("Niemand wird mehr von selbst erinnert.")
    )
    flash(text, "success")
    return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)


# In place of the secret part of a link, which each mail gets when it is sent.
NO_TOKEN = "…"  # noqa: S105 -- shows that something is left out


@blueprint.get("/erinnern")
@permit(Permission.CLUSTER_LEAD)
def remind(cluster_id: int) -> ResponseReturnValue:
    rows = invitation_reminders.remindable(db(), cluster_id, current_view())
    return render_template(
        "clusters/invitations/remind.html", cluster=current_cluster(), rows=rows, letters=_letters(rows)
    )


@blueprint.post("/erinnern")
@permit(Permission.CLUSTER_LEAD)
@creates
def send_reminders(cluster_id: int) -> ResponseReturnValue:
    asked = map(whole_number, request.form.getlist("invitation"))
    chosen = {key for key in asked if key is not None}
    cluster = current_cluster()
    sent = invitation_reminders.remind(db(), cluster, chosen, current_view(), actor=current_actor())
    if sent:
        count = cluster_mails.send_invitations(sent, cluster, is_reminder=True)
        text = ngettext("%(num)d Erinnerung ist unterwegs.", "%(num)d Erinnerungen sind unterwegs.", count)
        flash(text, "success")
    if len(sent) < len(chosen):
        left = len(chosen) - len(sent)
        text = ngettext(
            "%(num)d Einladung bleibt, wie sie ist: Sie ist inzwischen beantwortet oder heute schon "
            "erinnert, oder dorthin gingen schon zu viele E-Mails.",
            "%(num)d Einladungen bleiben, wie sie sind: Sie sind inzwischen beantwortet oder heute schon "
            "erinnert, oder dorthin gingen schon zu viele E-Mails.",
            left,
        )
        flash(text, "info")
    if not chosen:
        flash(_("Sie haben niemanden ausgewählt. Es ist nichts gesendet."), "info")
    return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)


def _letters(rows: Sequence[Invitation]) -> list[MailDraft]:
    """The first mail in each language, as it will be sent."""
    groups = cluster_mails.by_address((row, NO_TOKEN) for row in rows)
    written: dict[str, MailDraft] = {}
    for group in groups:
        language = group[0][0].language
        if language not in written:
            letter = cluster_mails.write_invitation(
                group, current_cluster(), sender=current_account(), is_reminder=True
            )
            written[language] = replace(letter, body=letter.body.replace(quote(NO_TOKEN), NO_TOKEN))
    return list(written.values())
