"""A guest of a workshop types the room's code, and asks for the invitation of their company by mail."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.clusters.company_list.rows import LONGEST_COMPANY, LONGEST_NAME
from dnk_tool.domain.clusters.wall_codes import ROOM_CODE_LENGTH, readable_code, typed_code
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import workshop
from dnk_tool.services.clusters.invitations import ClusterInvitationLimitReached
from dnk_tool.store.clusters import rooms
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Room
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.workshop.wall_code import WallCodePage
from dnk_tool.web.http import rate_limits
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField
from dnk_tool.web.text.mail_address import MailAddressField

blueprint = Blueprint("room", __name__, url_prefix="/raum")


class CompanyForm(FlaskForm):
    """Company and address of a guest, and the guest's name."""

    company = LineField(longest=LONGEST_COMPANY)
    email = MailAddressField()
    name = LineField(longest=LONGEST_NAME)

    def validate_company(self, field: LineField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Geben Sie den Namen Ihres Unternehmens ein."))


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
def enter() -> ResponseReturnValue:
    """Take the code. Wrong ones are counted, see `endpoint_limits`."""
    return _code_page().take(
        _("Zu diesem Code gibt es heute keinen Raum. Vergleichen Sie ihn mit dem an der Wand: acht Zeichen.")
    )


@blueprint.route("/<code>", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
@creates
def ask(code: str) -> ResponseReturnValue:
    """Send the invitation to the guest's address: who reads the wall gets no further than their own mail."""
    found = _found(code)
    if found is None:
        return _unknown_page()
    room, cluster = found
    form = CompanyForm(formdata=None if is_safe() else request.form)
    if is_safe():
        return _company_page(room, cluster, form)
    rate_limits.forgive_attempt()  # the code was right
    if not form.validate():
        return _company_page(room, cluster, form), 422
    try:
        sent = workshop.request_invitation(
            db(),
            room,
            cluster,
            email=form.email.data,
            company=form.company.data,
            name=form.name.data or "",
            language=current_language(),
            now=datetime.now(UTC),
        )
    except ClusterInvitationLimitReached:
        form.email.errors = [
            _("Dieses Cluster hat gerade sehr viele Einladungen gesendet. Versuchen Sie es in einer Stunde.")
        ]
        return _company_page(room, cluster, form), 429
    cluster_mails.send_invitation(sent, cluster, sender=db().get_one(Account, room.opened_by))
    return redirect(url_for("room.sent", code=room.code), 303)


@blueprint.get("/<code>/unterwegs")
@permit(Permission.BY_LINK)
def sent(code: str) -> ResponseReturnValue:
    found = _found(code)
    if found is None:
        return _unknown_page()
    room, cluster = found
    return render_template("clusters/workshop/sent.html", cluster=cluster, code=room.code)


def _found(code: str) -> tuple[Room, Cluster] | None:
    asked = typed_code(code, ROOM_CODE_LENGTH)
    return rooms.by_code(db(), asked, now=datetime.now(UTC)) if asked else None


def _code_page() -> WallCodePage:
    return WallCodePage("clusters/workshop/enter.html", "room", _found)


def _unknown_page() -> ResponseReturnValue:
    return _code_page().refuse(
        _("Diesen Raum gibt es nicht, oder er ist geschlossen. Ein Code gilt nur einen Tag.")
    )


def _company_page(room: Room, cluster: Cluster, form: CompanyForm) -> str:
    return render_template(
        "clusters/workshop/ask.html",
        cluster=cluster,
        code=readable_code(room.code),
        form=form,
        errors=form_errors(form),
    )
