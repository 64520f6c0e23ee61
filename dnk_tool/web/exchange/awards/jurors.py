"""A manager invites people to the jury of a round, sends the link again, and takes somebody out."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import jury as verbs
from dnk_tool.services.exchange.awards import AwardMoved
from dnk_tool.services.exchange.jury import MOST_JURORS, TooManyJurors
from dnk_tool.web.exchange.awards import mails
from dnk_tool.web.exchange.awards.form import JurorForm
from dnk_tool.web.exchange.awards.pages import award_or_404, award_page, blueprint, to_award
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import is_sending


@blueprint.post("/<int:award_id>/jury")
@permit(Permission.CLUSTER_LEAD)
@creates
def invite(cluster_id: int, award_id: int) -> ResponseReturnValue:
    """Mail somebody a link; who is in the jury already gets a new one."""
    found, form = award_or_404(cluster_id, award_id), JurorForm()
    if not form.validate():
        return award_page(found, form), 422
    try:
        juror, token = verbs.invite_juror(
            current_work(),
            current_cluster(),
            award_id,
            email=form.email.data,
            name=form.juror_name,
            language=form.mail_language,
        )
    except AwardMoved:
        flash(_("Die Auszeichnung ist schon vergeben. Die Jury liest nicht mehr."), "warning")
        return to_award(cluster_id, award_id, anchor="jury")
    except TooManyJurors:
        form.email.errors = [_("Eine Jury hat höchstens %(most)s Mitglieder.", most=MOST_JURORS)]
        return award_page(found, form), 422
    mails.invite(current_cluster(), found, juror, token)
    flash(
        _("Die E-Mail mit dem Link ist unterwegs.")
        if is_sending()
        else _("Die E-Mail mit dem Link liegt bereit, es ist aber kein Mailserver eingetragen."),
        "success",
    )
    return to_award(cluster_id, award_id, anchor="jury")


@blueprint.post("/<int:award_id>/jury/<int:juror_id>/entfernen")
@permit(Permission.CLUSTER_LEAD)
def remove_juror(cluster_id: int, award_id: int, juror_id: int) -> ResponseReturnValue:
    award_or_404(cluster_id, award_id)
    verbs.remove_juror(db(), current_cluster(), award_id, juror_id, actor=current_actor())
    flash(_("Der Link öffnet nichts mehr, und die Punkte dieses Bogens zählen nicht."), "success")
    return to_award(cluster_id, award_id, anchor="jury")
