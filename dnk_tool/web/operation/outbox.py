"""The operator's page about the outbox: counts and errors, without texts and recipients."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import EmailField

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.http.access import current_account, current_actor, permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.mail_address import checked_address

blueprint = Blueprint("outbox", __name__, url_prefix="/betrieb/post")

MAX_FAILURES = 20
LOCAL_PART = re.compile(r"[^\s<>@\"',;:()\[\]]+@")


class TrialForm(FlaskForm):
    """The recipient of a test mail."""

    email = EmailField()

    def validate_email(self, field: EmailField) -> None:
        """Normalise the address. Raises ValidationError."""
        field.data = checked_address(field.data)


@blueprint.get("")
@permit(Permission.INSTALLATION_RUN)
def show() -> ResponseReturnValue:
    return render_outbox(TrialForm(formdata=None, data={"email": current_account().email}))


def render_outbox(form: TrialForm, trial: dict[str, str] | None = None) -> str:
    """Render the page. `trial`: why a test mail did not go out, as {text, answer, to_do}."""
    settings = current_settings()
    return render_template(
        "operation/outbox.html",
        form=form,
        errors=form_errors(form),
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
    count = mail_delivery.retry_failed_mails(db(), actor=current_actor(), now=datetime.now(UTC))
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
