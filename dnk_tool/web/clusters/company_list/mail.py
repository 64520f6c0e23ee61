"""The page that shows the mails of a list as they will be sent, and sends them when that is confirmed."""

import hashlib
from collections import Counter
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.company_list.rows import CompanyListPreview, CompanyRow
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.action_limits import RECIPIENT_LIMITS, LimitedAction
from dnk_tool.services.clusters import company_invitations
from dnk_tool.services.clusters.company_list import CompanyList
from dnk_tool.services.clusters.invitations import MAX_PER_HOUR, invitations_left
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.company_list.form import carried_list, carry_list
from dnk_tool.web.clusters.company_list.rows import cohorts_to_join, known_companies, preview_of, rows_page
from dnk_tool.web.clusters.company_list.upload_page import blueprint, expired_page
from dnk_tool.web.clusters.forms import InvitationMessageForm
from dnk_tool.web.http.access import current_cluster, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import form_errors


@blueprint.post("/einladen")
@permit(Permission.CLUSTER_LEAD)
@creates
def send(cluster_id: int) -> ResponseReturnValue:
    """Invite exactly the companies of the preview, up to the hourly limit, or show another of the mails."""
    it, form, action = carried_list(), InvitationMessageForm(), request.form.get("action", "")
    if it is None:
        return expired_page()
    preview = preview_of(it, known_companies(cluster_id))
    if action == "rows" or preview is None:
        return rows_page(it, preview)
    if not form.validate():
        return mail_page(it, preview, form), 422
    if action != "send":
        return mail_page(it, preview, form, number=_number(action))
    seen, now = request.form.get("seen", ""), _fingerprint(preview.invited, form.message.data or "")
    if seen != now:
        return mail_page(it, preview, form, notice=_changed_text(seen, now)), 409
    sent, left_over = company_invitations.invite_companies(
        current_work(), current_cluster(), preview.invited, message=form.message.data or ""
    )
    cluster_mails.send_invitations(sent, current_cluster())
    _flash_result(len(sent), len(preview.invited) - len(sent) - left_over, left_over)
    return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)


def mail_page(
    it: CompanyList,
    preview: CompanyListPreview,
    form: InvitationMessageForm | None = None,
    *,
    number: int = 1,
    notice: str = "",
) -> str:
    """Render one of the mails with what is put in marked. Without companies to invite, the rows."""
    if not preview.invited:
        return rows_page(it, preview, notice=notice)
    form = form or InvitationMessageForm(formdata=None)
    message = form.message.data or ""
    letters = cluster_mails.mails_of_companies(preview.invited)
    number = min(number, len(letters))
    shown = letters[number - 1]
    letter = cluster_mails.preview_invitation(shown, current_cluster(), message=message)
    left = invitations_left(db(), current_cluster().id, now=datetime.now(UTC))
    return render_template(
        "clusters/company_list/mail.html",
        cluster=current_cluster(),
        carried=carry_list(it),
        joins=_cohort_counts(preview.invited),
        seen=_fingerprint(preview.invited, message),
        notice=notice,
        form=form,
        errors=form_errors(form),
        letter=letter,
        is_sending=mails.is_sending(),
        email=shown[0].email,
        mail_language=shown[0].language,
        mail_from=current_settings().sender,
        reply_to=letter.reply_to,
        number=number,
        mails=len(letters),
        invited=len(preview.invited),
        left_out=len(preview.left_out),
        left=left,
        most=MAX_PER_HOUR,
    )


def _cohort_counts(rows: list[CompanyRow]) -> list[str]:
    """How many companies come into each cohort, in words; nothing where no row names one."""
    counts = Counter(str(row.cohort_id or "") for row in rows)
    if not any(counts):
        return []
    return [f"{label} ({counts[value]})" for value, label in cohorts_to_join() if counts[value]]


def _fingerprint(rows: list[CompanyRow], message: str) -> str:
    """What the preview shows, so that nothing else is sent: the companies, and the message."""
    said = [repr([(*row.invitation_key, row.name, row.language, row.cohort_id) for row in rows]), message]
    return ".".join(hashlib.sha256(text.encode()).hexdigest() for text in said)


def _changed_text(seen: str, now: str) -> str:
    if seen.partition(".")[0] == now.partition(".")[0]:
        return str(_("Ihre Nachricht steht jetzt in der Vorschau. Noch ist nichts gesendet."))
    return str(
        _(
            "Noch ist nichts gesendet: Seit der Vorschau hat sich etwas geändert, zum Beispiel ist ein "
            "Unternehmen inzwischen eingeladen. Hier ist die neue Vorschau."
        )
    )


def _number(action: str) -> int:
    """The number of the mail that a button leads to, such as "mail-3"; 1 for anything else."""
    return whole_number(action.removeprefix("mail-"), digits=4) or 1


def _flash_result(sent: int, passed_over: int, left_over: int) -> None:
    if mails.is_sending() or not sent:
        text = ngettext("%(num)d Einladung ist unterwegs.", "%(num)d Einladungen sind unterwegs.", sent)
        flash(text, "success" if sent or not left_over else "info")
    else:
        text = ngettext(
            "%(num)d Einladung ist angelegt, aber nicht gesendet: Es ist kein Mailserver eingerichtet.",
            "%(num)d Einladungen sind angelegt, aber nicht gesendet: Es ist kein Mailserver eingerichtet.",
            sent,
        )
        flash(text, "warning")
    if passed_over:
        text = ngettext(
            "%(num)d Zeile wurde übergangen: inzwischen eingeladen oder beigetreten.",
            "%(num)d Zeilen wurden übergangen: inzwischen eingeladen oder beigetreten.",
            passed_over,
        )
        flash(text, "info")
    if left_over:
        text = _(
            "Noch nicht eingeladen sind %(count)s: Ein Cluster sendet höchstens %(most)s Einladungen in "
            "einer Stunde, und eine Person bekommt höchstens %(each)s am Tag. Laden Sie dieselbe Liste "
            "später noch einmal hoch; wer schon eingeladen ist, wird übergangen.",
            count=left_over,
            most=MAX_PER_HOUR,
            each=RECIPIENT_LIMITS[LimitedAction.COMPANY_INVITATION].most,
        )
        flash(text, "warning")
