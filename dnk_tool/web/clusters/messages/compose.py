"""Messages to the members that a filter finds: text, a preview of each mail, then sending.

Recipients of a message to the members that a filter finds.
A cluster's message for each recipient: filled in for the company, in the recipient's language.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from dnk_tool.domain.clusters.message_placeholders import Placeholder, fill_placeholders, placeholder_names
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text import truncated
from dnk_tool.language import LOCAL_TIME_ZONE, format_long_date, known_language
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters import messages
from dnk_tool.services.clusters.messages import Letter, MessageAlreadySent, NoRecipientsLeft, TooManyMessages
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.mail.cluster_messages import MessageRecipient
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.overview import blueprint, newest_catalogue
from dnk_tool.web.clusters.messages.form import MessageForm, RecipientKey
from dnk_tool.web.http.access import current_account, current_cluster, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, end_transaction, is_safe
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import FieldError, field_errors

PREVIEWS_PER_PAGE = 20
PAGE_ACTION = "page-"


MAX_SUBJECT_LINE_LENGTH = 300  # the outbox stores no more


@dataclass(frozen=True)
class MessageDraft:
    """The manager's text, and what all letters share."""

    subject: str
    text: str
    sender: str
    cluster: str
    view: ClusterYear
    criteria: int


def letters(
    message: MessageDraft, recipients: Sequence[MessageRecipient], members: Mapping[int, MemberSummary]
) -> list[Letter]:
    """Write one letter for each recipient; `members` are their companies by id."""
    return [_letter(message, recipient, members[recipient.organisation_id]) for recipient in recipients]


def _letter(message: MessageDraft, recipient: MessageRecipient, member: MemberSummary) -> Letter:
    account, link = recipient.account, _link(member)
    values = _placeholder_values(message, member, account, link)
    subject, body = mails.render_mail(
        "clusters/cluster_message",
        account,
        subject=truncated(one_line(fill_placeholders(message.subject, values)), MAX_SUBJECT_LINE_LENGTH),
        text=fill_placeholders(message.text, values),
        link=link,
        sender=message.sender,
        cluster=message.cluster,
        company=member.name,
    )
    return Letter(recipient, subject, body)


def _placeholder_values(
    message: MessageDraft, member: MemberSummary, account: Account, link: str
) -> dict[Placeholder, str]:
    due, language = member.due, account.language
    with force_locale(language):
        return {
            Placeholder.COMPANY: one_line(member.name),
            Placeholder.YEAR: str(message.view.year),
            Placeholder.DEADLINE: format_long_date(due, known_language(language))
            if due
            else _("noch nicht festgelegt"),
            Placeholder.DONE: _("%(done)s von %(total)s", done=member.done, total=message.criteria),
            Placeholder.LINK: link,
        }


def _link(member: MemberSummary) -> str:
    """Where the company continues: its declaration, or a new one."""
    if member.declaration_id is None:
        path = url_for("settings.new", organisation_id=member.organisation_id)
    else:
        path = url_for("overview.show", declaration_id=member.declaration_id)
    return mails.public_base_url() + path


@dataclass(frozen=True)
class RecipientSelection:
    """The members that the filter finds, all members by id, and all people who can receive a message."""

    filtered_members: Sequence[MemberSummary]
    by_id: Mapping[int, MemberSummary]
    reachable: Mapping[RecipientKey, MessageRecipient]

    @cached_property
    def recipients(self) -> list[MessageRecipient]:
        """The recipients among the members that the filter finds."""
        organisation_ids = {filtered_member.organisation_id for filtered_member in self.filtered_members}
        return [
            recipient
            for recipient in self.reachable.values()
            if recipient.organisation_id in organisation_ids
        ]

    def still_reachable(self, keys: Sequence[RecipientKey]) -> list[MessageRecipient]:
        """The previewed recipients who can still receive the message."""
        return [self.reachable[key] for key in keys if key in self.reachable]


def recipient_selection(shown: MemberListQuery) -> RecipientSelection:
    """Read the selection, in at most three queries however many members there are."""
    everybody = cockpit.list_all(db(), shown.view, MemberFilter())
    filtered_members = cockpit.list_all(db(), shown.view, shown.wanted) if shown.is_narrowed else everybody
    today = shown.view.now.astimezone(LOCAL_TIME_ZONE).date()
    by_id = {member.organisation_id: member for member in everybody}
    reachable = cluster_messages.recipients(db(), shown.view.cluster_id, by_id, today=today)
    return RecipientSelection(filtered_members, by_id, {recipient.key: recipient for recipient in reachable})


@blueprint.route("/nachricht", methods=["GET", "POST"])
@permit(Permission.CLUSTER_LEAD)
@creates
def message(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.requested_query()
    circle = recipient_selection(shown)
    if is_safe():
        return _compose_page(shown, circle, MessageForm(formdata=None))
    form, action = MessageForm(), request.form.get("action", "")
    if not form.validate():
        return _compose_page(shown, circle, form), 422
    if action == "send":
        return _send(shown, circle, form)
    if action == "edit" or not circle.recipients:
        return _compose_page(shown, circle, form)
    if not action.startswith(PAGE_ACTION):
        form.begin_preview([recipient.key for recipient in circle.recipients])
    return _preview(shown, circle, form, page=_number(action))


def _number(action: str) -> int:
    number = action.removeprefix(PAGE_ACTION)
    return int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 1


def _compose_page(
    shown: MemberListQuery,
    circle: RecipientSelection,
    form: MessageForm,
    *,
    errors: Sequence[FieldError] = (),
) -> str:
    companies: dict[int, list[MessageRecipient]] = {
        filtered_member.organisation_id: [] for filtered_member in circle.filtered_members
    }
    for recipient in circle.recipients:
        companies[recipient.organisation_id].append(recipient)
    return render_template(
        "clusters/message.html",
        shown=shown,
        form=form,
        companies=[(member, companies[member.organisation_id]) for member in circle.filtered_members],
        people=len(circle.recipients),
        placeholders=", ".join(placeholder_names(current_language())),
        errors=[
            {"text": field_error.text, "href": f"#{field_error.id}"}
            for field_error in (*errors, *field_errors(form))
        ],
    )


def _preview(
    shown: MemberListQuery, circle: RecipientSelection, form: MessageForm, *, page: int = 1, error: str = ""
) -> str:
    """Show one page of the mails as they will be sent."""
    chosen = circle.still_reachable(form.previewed)
    last = _pages(len(chosen))
    page = min(max(page, 1), last)
    end_transaction()
    written = letters(_message_draft(shown, form), chosen[_on_page(page)], circle.by_id)
    return _preview_page(shown, form, written, page=page, last=last, total=len(chosen), error=error)


def _pages(letter_count: int) -> int:
    return max(1, -(-letter_count // PREVIEWS_PER_PAGE))


def _on_page(page: int) -> slice:
    return slice((page - 1) * PREVIEWS_PER_PAGE, page * PREVIEWS_PER_PAGE)


def _preview_page(
    shown: MemberListQuery,
    form: MessageForm,
    written: Sequence[Letter],
    *,
    page: int,
    last: int,
    total: int,
    error: str,
) -> str:
    return render_template(
        "clusters/message_preview.html",
        shown=shown,
        form=form,
        letters=written,
        first=(page - 1) * PREVIEWS_PER_PAGE + 1,
        total=total,
        page=page,
        last=last,
        reply_to=current_account().email,
        errors=[{"text": error, "href": ""}] if error else [],
    )


def _message_draft(shown: MemberListQuery, form: MessageForm) -> MessageDraft:
    return MessageDraft(
        subject=form.subject.data,
        text=form.text.data,
        sender=current_account().name or current_account().email,
        cluster=current_cluster().name,
        view=shown.view,
        criteria=len(newest_catalogue().criteria),
    )


def _send(shown: MemberListQuery, circle: RecipientSelection, form: MessageForm) -> ResponseReturnValue:
    previewed = form.previewed
    end_transaction()
    written = letters(_message_draft(shown, form), circle.still_reachable(previewed), circle.by_id)
    try:
        sent = messages.send_message(
            current_work(),
            current_cluster(),
            written,
            message_id=form.idempotency_key,
            written=(form.subject.data, form.text.data),
            reply_to=current_account().email,
        )
    except MessageAlreadySent as error:
        flash(_("Diese Nachricht ist schon unterwegs. Sie wird kein zweites Mal gesendet."), "info")
        if error.refused:
            return _refused_page(shown, form, error.refused)
    except TooManyMessages as error:
        return _preview(shown, circle, form, error=_too_many_text(error)), 429
    except NoRecipientsLeft:
        return _compose_page(shown, circle, form, errors=[FieldError("recipients", _nobody_left_text())]), 409
    else:
        dropped = len(previewed) - sent.mails - len(sent.refused)
        _flash_result(sent.mails, dropped=dropped, added=_count_added(circle, previewed))
        if sent.refused:
            return _refused_page(shown, form, sent.refused)
    return redirect(shown.address("cockpit.show"), 303)


def _refused_page(shown: MemberListQuery, form: MessageForm, refused: Sequence[Letter]) -> str:
    """Show the mails that were not sent, as a message of their own that can be sent later, and once."""
    form.begin_preview([letter.recipient.key for letter in refused], after=form.idempotency_key)
    text = ngettext(
        "%(num)d E-Mail ist nicht gesendet: Diese Person hat heute schon viele E-Mails bekommen. "
        "Spätestens morgen um diese Zeit geht es wieder. Ihr Text steht noch hier.",
        "%(num)d E-Mails sind nicht gesendet: Diese Personen haben heute schon viele E-Mails bekommen. "
        "Spätestens morgen um diese Zeit geht es wieder. Ihr Text steht noch hier.",
        len(refused),
    )
    total, last = len(refused), _pages(len(refused))
    return _preview_page(shown, form, refused[_on_page(1)], page=1, last=last, total=total, error=text)


def _count_added(circle: RecipientSelection, previewed: Sequence[RecipientKey]) -> int:
    """How many recipients the filter finds now that the preview did not show."""
    return len({recipient.key for recipient in circle.recipients} - set(previewed))


def _too_many_text(error: TooManyMessages) -> str:
    time = error.until.astimezone(LOCAL_TIME_ZONE).strftime("%H:%M")
    words = _(
        "Ihr Cluster hat in der letzten Stunde schon %(most)s Nachrichten gesendet. "
        "Ab %(time)s Uhr geht es wieder. Ihr Text steht noch hier.",
        most=messages.MAX_PER_HOUR,
        time=time,
    )
    return str(words)


def _nobody_left_text() -> str:
    return str(_("Von denen, die in der Vorschau standen, kann niemand mehr angeschrieben werden."))


def _flash_result(count: int, *, dropped: int, added: int) -> None:
    if mails.is_sending():
        flash(ngettext("%(num)d E-Mail ist unterwegs.", "%(num)d E-Mails sind unterwegs.", count), "success")
    else:
        text = ngettext(
            "%(num)d E-Mail ist geschrieben, aber nicht gesendet: Es ist kein Mailserver eingerichtet.",
            "%(num)d E-Mails sind geschrieben, aber nicht gesendet: Es ist kein Mailserver eingerichtet.",
            count,
        )
        flash(text, "warning")
    if dropped:
        flash(
            ngettext(
                "%(num)d Person aus der Vorschau gehört inzwischen nicht mehr dazu und bekam nichts.",
                "%(num)d Personen aus der Vorschau gehören inzwischen nicht mehr dazu und bekamen nichts.",
                dropped,
            ),
            "info",
        )
    if added:
        flash(
            ngettext(
                "%(num)d Person kam nach der Vorschau dazu und bekam nichts.",
                "%(num)d Personen kamen nach der Vorschau dazu und bekamen nichts.",
                added,
            ),
            "info",
        )
