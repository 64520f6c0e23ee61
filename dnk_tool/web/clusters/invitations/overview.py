"""A cluster's invitations to companies by their state, and links to hand on where no mail server is set."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.invitations import OPEN_STATES, InvitationState
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import invitation_reminders
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.clusters.invitation_states import InvitationView
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.invitations.words import STATES, invitation_row
from dnk_tool.web.http.access import current_account, current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text import paging

blueprint = Blueprint("cluster_invitations", __name__, url_prefix="/cluster/<int:cluster_id>/einladungen")

ROWS_PER_PAGE = 25


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
    cluster_invitations.switch_reminders(db(), current_cluster(), on=on, actor=current_actor(), now=now)
    text = (
        _("Wer nicht antwortet, wird nach 7 und nach 21 Tagen von selbst erinnert.")
        if on
        else _("Niemand wird mehr von selbst erinnert.")
    )
    flash(text, "success")
    return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)
