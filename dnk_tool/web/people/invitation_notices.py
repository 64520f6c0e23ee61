"""What pages say of an invitation by mail: sent, sent again, taken back, no longer open, or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

ALREADY_STAFF = _l("Diese Person arbeitet schon für das Cluster.")
ALREADY_INVITED = _l("Diese Person ist schon eingeladen. Die Einladung steht in der Liste.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an invitation was not sent: the message, the field where it stands, the status of the answer."""

    text: Any
    field: str = "email"
    status: int = 422


Refusals = Mapping[type[Exception], Refusal]


def show_refusal(form: Form, refusal: Refusal) -> int:
    """Put the message at its field; returns the status of the answer."""
    form[refusal.field].errors = [str(refusal.text)]
    return refusal.status


def flash_sent(email: str) -> None:
    """Say that an invitation is on its way."""
    flash(_("Die Einladung an %(email)s ist unterwegs.", email=email), "success")


def flash_sent_again(email: str) -> None:
    """Say that an invitation is on its way once more."""
    text = _(
        "Die Einladung an %(email)s ist noch einmal unterwegs. Der frühere Link gilt nicht mehr.", email=email
    )
    flash(text, "success")


def flash_revoked() -> None:
    """Say that an invitation was taken back."""
    flash(_("Die Einladung ist zurückgenommen. Der Link darin gilt nicht mehr."), "success")


def flash_no_longer_open() -> None:
    """Say that an invitation was accepted or taken back before."""
    flash(_("Diese Einladung ist schon angenommen oder zurückgenommen."), "info")
