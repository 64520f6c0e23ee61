"""The awards of a cluster for its manager: the list, one round with all that belongs to it, and its steps."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.awards import NEXT_STATES, AwardRefused, AwardState, takes_nominations
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import awards as verbs
from dnk_tool.services.exchange.awards import AwardMoved
from dnk_tool.store.exchange import awards, jury, nominations
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.web.exchange.awards import mails
from dnk_tool.web.exchange.awards.form import JurorForm
from dnk_tool.web.exchange.awards.juror_rows import juror_rows
from dnk_tool.web.exchange.awards.words import LED_TO, MOVED, PROBLEMS, STEPS
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import is_sending
from dnk_tool.web.text.form_errors import field_errors

blueprint = Blueprint("awards", __name__, url_prefix="/cluster/<int:cluster_id>/auszeichnungen")


@blueprint.get("")
@cluster_page(_l("Auszeichnungen"), Permission.CLUSTER_LEAD, position=47, tab=ClusterTab.EXCHANGE)
def show(cluster_id: int) -> ResponseReturnValue:
    found = awards.of_cluster(db(), cluster_id)
    return render_template(
        "exchange/awards/list.html",
        cluster=current_cluster(),
        awards=found,
        counts=nominations.count_by_award(db(), [award.id for award in found]),
    )


@blueprint.get("/<int:award_id>")
@permit(Permission.CLUSTER_LEAD)
def award(cluster_id: int, award_id: int) -> ResponseReturnValue:
    found = award_or_404(cluster_id, award_id)
    return award_page(found, JurorForm(formdata=None, data={"language": current_language()}))


@blueprint.post("/<int:award_id>/weiter")
@permit(Permission.CLUSTER_LEAD)
def lead_on(cluster_id: int, award_id: int) -> ResponseReturnValue:
    """Lead the round to the state that the pressed button names."""
    found = award_or_404(cluster_id, award_id)
    state = next((each for each in LED_TO if each == request.form.get("to")), None) or abort(400)
    seen, before = whole_number(request.form.get("version")) or 0, found.state
    try:
        verbs.lead_on(db(), current_cluster(), award_id, state, seen=seen, actor=current_actor())
    except AwardMoved:
        flash(MOVED, "warning")
    except AwardRefused as refused:
        flash(PROBLEMS[refused.problem], "warning")
    else:
        if (before, state) == (AwardState.NOMINATING, AwardState.JUDGING):
            mails.tell_jury(current_cluster(), found)
        flash(LED_TO[state], "success")
    return to_award(cluster_id, award_id)


@blueprint.post("/<int:award_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def delete(cluster_id: int, award_id: int) -> ResponseReturnValue:
    verbs.delete_award(db(), current_cluster(), award_id, actor=current_actor())
    flash(_("Die Auszeichnung ist mit allen Vorschlägen und Bögen gelöscht."), "success")
    return redirect(url_for("awards.show", cluster_id=cluster_id), 303)


def award_or_404(cluster_id: int, award_id: int) -> AwardRow:
    """The cluster's round; 404 if it has none with this id."""
    return awards.find_award(db(), cluster_id, award_id) or abort(404)


def to_award(cluster_id: int, award_id: int, *, anchor: str | None = None) -> ResponseReturnValue:
    """Lead to the page of a round."""
    return redirect(url_for("awards.award", cluster_id=cluster_id, award_id=award_id, _anchor=anchor), 303)


def award_page(found: AwardRow, juror_form: JurorForm) -> str:
    """The page of a round, with the form that invites a juror."""
    shown = sorted(nominations.of_award(db(), found.id), key=lambda one: (not one.prize, one.prize))
    agreed = {one.id for one in shown if one.is_agreed}
    sheets = jury.sheets_of_award(db(), found.id)
    read = {key: sheet for key, sheet in sheets.items() if key[1] in agreed}
    return render_template(
        "exchange/awards/award.html",
        cluster=current_cluster(),
        award=found,
        content=awards.content_of(found),
        shown=shown,
        agreed=len(agreed),
        jurors=juror_rows(jury.of_award(db(), found.id), read, len(found.criteria)),
        steps=[
            (to, STEPS[found.state, to])
            for to in NEXT_STATES[found.state]
            if to in LED_TO and not (to is AwardState.NOMINATING and sheets)
        ],
        takes_nominations=takes_nominations(found.state, found.nominate_until, local_day(datetime.now(UTC))),
        has_result=found.state in (AwardState.JUDGING, AwardState.DECIDED),
        form=juror_form,
        errors=field_errors(juror_form),
        is_sending=is_sending(),
    )
