"""The operator's page about the outbox: counts and errors, without texts and recipients."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.http.access import current_account, current_work, permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField
from dnk_tool.web.text.mail_address import MailAddressField

blueprint = Blueprint("outbox", __name__, url_prefix="/betrieb/post")

MAX_FAILURES = 20
LOCAL_PART = re.compile(r"[^\s<>@\"',;:()\[\]]+@")


class TrialForm(FlaskForm):
    """The recipient of a test mail."""

    email = MailAddressField()


class SenderForm(FlaskForm):
    """Which DKIM key of the sender's domain to look up."""

    selector = LineField(longest=63)

    def validate_selector(self, field: LineField) -> None:
        """Raises ValidationError for what cannot be part of a name."""
        if field.data and not re.fullmatch(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9_])?", field.data):
            raise ValidationError(_("Ein Selektor besteht aus Buchstaben, Ziffern, Punkten und Strichen."))


@blueprint.get("")
@permit(Permission.INSTALLATION_RUN)
def show() -> ResponseReturnValue:
    return render_outbox(TrialForm(formdata=None, data={"email": current_account().email}))


def render_outbox(
    form: TrialForm,
    trial: dict[str, str] | None = None,
    *,
    sender_form: SenderForm | None = None,
    sender: Sequence[dict[str, object]] = (),
) -> str:
    """Render the page. `trial`: why a test mail did not go out, as {text, answer, to_do}.

    `sender`: what the sender's domain says, as {name, word, colour, text, found}.
    """
    settings = current_settings()
    sender_form = sender_form or SenderForm(formdata=None)
    form.email.data = form.email.data or current_account().email
    return render_template(
        "operation/outbox.html",
        form=form,
        errors=[*form_errors(form), *form_errors(sender_form)],
        sender_form=sender_form,
        sender=sender,
        domain=settings.sender.rpartition("@")[2],
        trial=trial,
        counts=outbox.count_by_status(db()),
        failures=[_failure(failure) for failure in outbox.failures(db(), MAX_FAILURES)],
        server=f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else "",
        folder=settings.instance.resolve() / "outbox",
        days=settings.keep_mails_days,
    )


@blueprint.post("/erneut")
@permit(Permission.INSTALLATION_RUN)
def retry() -> ResponseReturnValue:
    """Queue all failed mails for delivery again."""
    count = mail_delivery.retry_failed_mails(current_work())
    if count:
        flash(
            ngettext(
                "%(num)d E-Mail wird noch einmal zugestellt.",
                "%(num)d E-Mails werden noch einmal zugestellt.",
                count,
            ),
            "success",
        )
    else:
        flash(_("Es gibt keine E-Mail, die nicht zugestellt werden konnte."), "info")
    return redirect(url_for("outbox.show"), 303)


def _failure(row: Mail) -> dict[str, Any]:
    is_unclear = row.claimed_at is not None
    return {
        "at": row.created_at,
        "domain": row.recipient.rpartition("@")[2],
        "attempts": row.attempts,
        "reason": LOCAL_PART.sub("…@", row.error),
        "next_try": row.next_try,
        "is_unclear": is_unclear,
    }
