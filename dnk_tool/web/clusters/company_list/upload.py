"""Invites a list of companies: uploaded, previewed, and only then sent."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import RadioField

from dnk_tool.domain.clusters.company_list import CompanyListPreview
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import Language, known_language
from dnk_tool.services.accounts.action_limits import RECIPIENT_LIMITS, LimitedAction
from dnk_tool.services.clusters import company_invitations, company_list
from dnk_tool.services.clusters.invitation_limit import MAX_PER_HOUR, invitations_left
from dnk_tool.services.uploads import table_files
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.company_list.error_messages import rejected_row_text, row_hint_text
from dnk_tool.web.clusters.company_list.signed_list import sign_company_list, unsign_company_list
from dnk_tool.web.clusters.forms import InvitationMessageForm, form_from_request
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.headers import set_download_name
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.uploads import record_refused_file, table_fault_text, uploaded_bytes

blueprint = Blueprint("company_list", __name__, url_prefix="/cluster/<int:cluster_id>/mitglieder/liste")

MAX_UNFOLDED_ROWS = 50  # longer lists are folded


class CompanyListForm(FlaskForm):
    """The file, and the language of the mails for rows that name none."""

    language = RadioField(choices=["de", "en"], validate_choice=False)

    @property
    def mail_language(self) -> Language:
        return known_language(self.language.data)


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int) -> ResponseReturnValue:
    return _upload_page(form_from_request(CompanyListForm))


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
def check(cluster_id: int) -> ResponseReturnValue:
    """Preview the file. Saves and sends nothing yet."""
    form, content = CompanyListForm(), uploaded_bytes()
    if not content:
        return _upload_page(form, _("Wählen Sie eine Datei aus, in der etwas steht.")), 422
    end_transaction()  # releases the lock while the file is read
    try:
        lines = table_files.read_table_file(content)
    except UnreadableTable as unreadable:
        record_refused_file(unreadable.fault)
        return _upload_page(
            form, table_fault_text(unreadable, _("Unternehmen, E-Mail, Name und Sprache"))
        ), 422
    whom = company_list.known_companies(db(), cluster_id, now=datetime.now(UTC))
    sifted = company_list.check_company_list(lines, whom, language=form.mail_language)
    return _preview(sifted, InvitationMessageForm(formdata=None))


@blueprint.post("/einladen")
@permit(Permission.CLUSTER_LEAD)
@creates
def send(cluster_id: int) -> ResponseReturnValue:
    """Invite the previewed rows, up to the hourly limit."""
    form, sifted, cluster = (
        InvitationMessageForm(),
        unsign_company_list(request.form.get("rows", "")),
        current_cluster(),
    )
    if not sifted.good:
        text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Liste bitte noch einmal hoch.")
        return _upload_page(CompanyListForm(formdata=None, data={"language": current_language()}), text), 422
    if not form.validate():
        return _preview(sifted, form), 422
    actor, now = current_actor(), datetime.now(UTC)
    sent, left_over = company_invitations.invite_companies(
        db(), cluster, sifted.good, message=form.message.data or "", actor=actor, now=now
    )
    cluster_mails.send_invitations(sent, cluster)
    _flash_result(len(sent), len(sifted.good) - len(sent) - left_over, left_over)
    return redirect(url_for("cluster_invitations.show", cluster_id=cluster_id), 303)


@blueprint.get("/vorlage.csv")
@permit(Permission.CLUSTER_LEAD)
def template_csv(cluster_id: int) -> ResponseReturnValue:
    """An empty list with its column headings, in UTF-8 with BOM so that Excel opens it."""
    heads = [_("Unternehmen"), _("E-Mail"), _("Ansprechperson"), _("Sprache")]
    response = Response("\ufeff" + ";".join(heads) + "\r\n", mimetype="text/csv")
    set_download_name(response, _("Einladungen") + ".csv")
    return response


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


def _upload_page(form: CompanyListForm, error: str = "") -> str:
    return render_template(
        "clusters/company_list_upload.html",
        cluster=current_cluster(),
        form=form,
        errors=[{"text": error, "href": "#file"}] if error else [],
    )


def _preview(sifted: CompanyListPreview, form: InvitationMessageForm) -> str:
    left = invitations_left(db(), current_cluster().id, now=datetime.now(UTC))
    end_transaction()
    return render_template(
        "clusters/company_list_preview.html",
        cluster=current_cluster(),
        good=sifted.good,
        bad=[
            {"number": row.number, "shown": row.shown, "text": rejected_row_text(row)} for row in sifted.bad
        ],
        hints=[
            {"number": hint.number, "shown": hint.shown, "text": row_hint_text(hint)} for hint in sifted.hints
        ],
        rows=sign_company_list(sifted),
        left=left,
        most=MAX_PER_HOUR,
        is_short=len(sifted.good) <= MAX_UNFOLDED_ROWS,
        form=form,
        errors=form_errors(form),
    )
