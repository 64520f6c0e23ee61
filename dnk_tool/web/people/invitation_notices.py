"""Messages about invitations by mail: sent, resent, revoked, no longer open, or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from dnk_tool.web.mail import mails

ALREADY_STAFF = _l("Diese Person arbeitet schon für das Cluster.")
ALREADY_INVITED = _l("Diese Person ist schon eingeladen. Die Einladung steht in der Liste.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an invitation was not sent: message, its field, and HTTP status."""

    text: Any
    field: str = "email"
    status: int = 422


Refusals = Mapping[type[Exception], Refusal]


def show_refusal(form: Form, refusal: Refusal) -> int:
    """Put the message at its field and return the HTTP status."""
    form[refusal.field].errors = [str(refusal.text)]
    return refusal.status


def flash_sent(email: str) -> None:
    """Flash that the invitation was sent, or that it was not for want of a mail server."""
    if mails.is_sending():
        flash(_("Die Einladung an %(email)s ist unterwegs.", email=email), "success")
    else:
        _flash_not_sent(email)


def flash_sent_again(email: str) -> None:
    """Flash that the invitation was resent and the earlier link is void, or why it was not."""
    if not mails.is_sending():
        return _flash_not_sent(email)
    text = _(
        "Die Einladung an %(email)s ist noch einmal unterwegs. Der frühere Link gilt nicht mehr.", email=email
    )
    return flash(text, "success")


def _flash_not_sent(email: str) -> None:
    text = _(
        "Die Einladung an %(email)s ist angelegt, aber nicht gesendet: Es ist kein Mailserver eingerichtet.",
        email=email,
    )
    flash(text, "warning")


def flash_revoked() -> None:
    """Flash that the invitation was revoked."""
    flash(_("Die Einladung ist zurückgenommen. Der Link darin gilt nicht mehr."), "success")


def flash_no_longer_open() -> None:
    """Flash that the invitation was accepted or revoked before."""
    flash(_("Diese Einladung ist schon angenommen oder zurückgenommen."), "info")
