"""The awards of a cluster for its manager: the list, one round with all that belongs to it, and its steps.

The jurors of a round for its manager: how the mail fared, and how far each is.
A manager writes a round of an award, and changes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.awards import (
    NEXT_STATES,
    AwardContent,
    AwardRefused,
    AwardState,
    JurorSheet,
    is_complete,
    takes_nominations,
)
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import awards as verbs
from dnk_tool.services.exchange.awards import MOST_AWARDS, AwardMoved, TooManyAwards
from dnk_tool.store.exchange import awards, jury, nominations
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow
from dnk_tool.web.exchange.awards import mails
from dnk_tool.web.exchange.awards.form import AwardForm, JurorForm, award_values
from dnk_tool.web.exchange.awards.words import LED_TO, MOVED, PROBLEMS, STEPS
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import is_sending
from dnk_tool.web.mail.outcomes import delivery_text
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("awards", __name__, url_prefix="/cluster/<int:cluster_id>/auszeichnungen")


@dataclass(frozen=True, slots=True)
class JurorLine:
    """A juror in the list. `outcome`: what became of the mail; `complete` of `begun` sheets are whole."""

    id: int
    name: str
    email: str
    language: str
    invited_at: datetime
    outcome: str
    is_refused: bool
    begun: int
    complete: int


def juror_rows(
    jurors: Sequence[JurorRow], sheets: Mapping[tuple[int, int], JurorSheet], criteria: int
) -> list[JurorLine]:
    """A line for each juror. `sheets` of the round by juror and nomination; `criteria`: how many it has."""
    return [
        _line(juror, [sheet for (key, _of), sheet in sheets.items() if key == juror.id], criteria)
        for juror in jurors
    ]


def _line(juror: JurorRow, sheets: Sequence[JurorSheet], criteria: int) -> JurorLine:
    return JurorLine(
        id=juror.id,
        name=juror.name,
        email=juror.email,
        language=juror.language,
        invited_at=juror.invited_at,
        outcome=delivery_text(juror.delivery, juror.refusal, has_server=is_sending()),
        is_refused=juror.delivery is MailDelivery.REFUSED,
        begun=len(sheets),
        complete=sum(is_complete(sheet, criteria) for sheet in sheets),
    )


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


NOMINATING, JUDGING = timedelta(days=42), timedelta(days=70)


@blueprint.get("/neu")
@permit(Permission.CLUSTER_LEAD)
def new(cluster_id: int) -> ResponseReturnValue:
    """The form with four criteria, which the manager changes."""
    today = local_day(datetime.now(UTC))
    names = (_("Wirkung"), _("Neu für uns"), _("Andere können es auch"), _("Mitarbeitende beteiligt"))
    values = {
        "year": today.year,
        "nominate_until": today + NOMINATING,
        "judge_until": today + JUDGING,
        "criteria": [
            {"name": name, "weight": weight} for name, weight in zip(names, (40, 20, 30, 10), strict=True)
        ],
    }
    return _form_page(AwardForm(formdata=None, data=values))


@blueprint.post("/neu")
@permit(Permission.CLUSTER_LEAD)
@creates
def create(cluster_id: int) -> ResponseReturnValue:
    form = AwardForm()
    try:
        with saving(form, partial(_form_page, form)):
            made = verbs.create_award(current_work(), current_cluster(), form.content)
    except TooManyAwards:
        flash(
            _(
                "Ein Cluster hat höchstens %(most)s Auszeichnungen. Löschen Sie zuerst eine alte.",
                most=MOST_AWARDS,
            ),
            "warning",
        )
        return redirect(url_for("awards.show", cluster_id=cluster_id), 303)
    return to_award(cluster_id, made.id)


@blueprint.get("/<int:award_id>/aendern")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int, award_id: int) -> ResponseReturnValue:
    found = award_or_404(cluster_id, award_id)
    values = award_values(awards.content_of(found), found.version)
    return _form_page(AwardForm(formdata=None, data=values), award_id)


@blueprint.post("/<int:award_id>/aendern")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, award_id: int) -> ResponseReturnValue:
    award_or_404(cluster_id, award_id)
    form = AwardForm()
    try:
        with saving(form, partial(_form_page, form, award_id)):
            seen, actor = seen_version(form), current_actor()
            verbs.change_award(db(), current_cluster(), award_id, form.content, seen=seen, actor=actor)
    except AwardMoved:
        return _form_page(form, award_id, is_judged=True), 409
    flash(_("Gespeichert."), "success")
    return to_award(cluster_id, award_id)


def _form_page(
    form: AwardForm,
    award_id: int | None = None,
    *,
    theirs: AwardContent | None = None,
    is_judged: bool = False,
) -> str:
    cluster = current_cluster()
    back = (
        url_for("awards.award", cluster_id=cluster.id, award_id=award_id)
        if award_id
        else url_for("awards.show", cluster_id=cluster.id)
    )
    return render_template(
        "exchange/awards/edit.html",
        cluster=cluster,
        form=form,
        errors=field_errors(form),
        is_new=award_id is None,
        back=back,
        theirs=theirs,
        is_judged=is_judged,
    )
