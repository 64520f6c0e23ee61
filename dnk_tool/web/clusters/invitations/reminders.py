"""Reminds all companies that have not answered yet, after a look at the mail they get."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import invitation_reminders
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.invitations.overview import blueprint, current_view
from dnk_tool.web.http.access import current_account, current_actor, current_cluster, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db

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
