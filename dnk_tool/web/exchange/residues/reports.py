"""Tells the managers of a cluster that a notice does not belong on the board, such as advertising."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import residues as verbs
from dnk_tool.services.exchange.residue_members import NeighboursNotAllowed, ResidueGone, ResiduesNotAllowed
from dnk_tool.services.exchange.residues import TooManyReports
from dnk_tool.services.work import Work
from dnk_tool.web.exchange.residues import mails
from dnk_tool.web.exchange.residues.inquiries import BoardNotice, posted_or_404, refusal
from dnk_tool.web.exchange.residues.notice_form import AnonymousText
from dnk_tool.web.exchange.residues.places import ResiduePlace, place_or_404
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField

blueprint = Blueprint("residue_reports", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe")

MAX_REASON = 500


class ReportForm(FlaskForm):
    """What is wrong with a notice."""

    reason = ProseField(longest=MAX_REASON, validators=[AnonymousText()])

    def validate_reason(self, field: ProseField) -> None:
        if not field.data:
            raise ValidationError(_("Schreiben Sie in einem Satz, was an dem Eintrag nicht stimmt."))


@blueprint.get("/<int:notice_id>/melden")
@permit(Permission.ORGANISATION_EDIT)
def show(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    place = place_or_404()
    return _page(place, posted_or_404(place, notice_id), ReportForm(formdata=None))


@blueprint.post("/<int:notice_id>/melden")
@permit(Permission.ORGANISATION_EDIT)
@creates
def report(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    place, form = place_or_404(), ReportForm()
    about = posted_or_404(place, notice_id)
    if not form.validate():
        return _page(place, about, form), 422
    reason, actor = form.reason.data, current_actor()
    try:
        is_new = verbs.report_notice(
            Work(db(), actor, datetime.now(UTC)), organisation_id, place.cluster.id, notice_id, reason
        )
    except (ResidueGone, ResiduesNotAllowed, NeighboursNotAllowed, TooManyReports) as error:
        db().rollback()
        form.reason.errors = [refusal(error)]
        return _page(place, about, form), 422
    if is_new:
        mails.send_report(about.consent.cluster_id, place.cluster, about.row.title, reason)
    flash(
        _("Gemeldet. Die Leitung des Clusters sieht sich den Eintrag an; Ihren Namen sieht sie nicht."),
        "success",
    )
    return redirect(place.address("residues.show"), 303)


def _page(place: ResiduePlace, about: BoardNotice, form: ReportForm) -> str:
    return render_template(
        "exchange/residues/reason.html",
        heading=_("Melden: %(title)s", title=about.row.title),
        back=place.address("residues.show"),
        card=about.card(place),
        explained=_(
            "Auf der Liste stehen Reststoffe, keine Werbung. Die Leitung des Clusters liest Ihre Meldung "
            "ohne Ihren Namen und kann den Eintrag von der Liste nehmen."
        ),
        label=_("Was stimmt nicht?"),
        action=_("Melden"),
        is_warning=False,
        creates=True,
        form=form,
        errors=field_errors(form),
    )
