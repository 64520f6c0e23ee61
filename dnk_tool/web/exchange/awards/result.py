"""What the jury's sheets come to, for the manager alone; the winners; and their certificates."""

from decimal import Decimal

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.awards import (
    LONGEST_PRIZE,
    AwardRefused,
    AwardState,
    NominationResult,
    award_results,
)
from dnk_tool.domain.exchange.examples import plain_text
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_number
from dnk_tool.services.exchange import awards as verbs
from dnk_tool.services.exchange.awards import AwardMoved
from dnk_tool.store.exchange import awards, jury, nominations
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.web.exchange.awards import mails
from dnk_tool.web.exchange.awards.certificates import certificate_response
from dnk_tool.web.exchange.awards.pages import award_or_404, blueprint, to_award
from dnk_tool.web.exchange.awards.words import MOVED, PROBLEMS
from dnk_tool.web.http.access import current_cluster, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError

HUNDREDTH = Decimal("0.01")


@blueprint.get("/<int:award_id>/ergebnis")
@permit(Permission.CLUSTER_LEAD)
def result(cluster_id: int, award_id: int) -> ResponseReturnValue:
    found = award_or_404(cluster_id, award_id)
    shown = nominations.of_award(db(), award_id, agreed_only=True)
    return _page(found, shown, {one.id: one.prize for one in shown})


@blueprint.post("/<int:award_id>/ergebnis")
@permit(Permission.CLUSTER_LEAD)
def decide(cluster_id: int, award_id: int) -> ResponseReturnValue:
    """Name the winners, or change who won."""
    found = award_or_404(cluster_id, award_id)
    shown = nominations.of_award(db(), award_id, agreed_only=True)
    prizes = {one.id: plain_text(request.form.get(f"prize-{one.id}", "")) for one in shown}
    too_long = {key for key, prize in prizes.items() if len(prize) > LONGEST_PRIZE}
    if too_long:
        said = _("Bitte kürzen Sie diese Angabe auf höchstens %(most)s Zeichen.", most=LONGEST_PRIZE)
        return _page(found, shown, prizes, dict.fromkeys(too_long, said)), 422
    seen, is_change = whole_number(request.form.get("version")) or 0, found.decided_at is not None
    try:
        told = verbs.decide_award(current_work(), current_cluster(), award_id, prizes, seen=seen)
    except AwardRefused as refused:
        flash(PROBLEMS[refused.problem], "warning")
        return _page(found, shown, prizes), 422
    except AwardMoved:
        flash(MOVED, "warning")
        return _page(found, shown, prizes), 409
    mails.tell_of_decision(current_cluster(), found, told, is_change=is_change)
    flash(_("Die Auszeichnung ist vergeben. Wen es betrifft, der bekommt eine E-Mail."), "success")
    return to_award(cluster_id, award_id, anchor="vorschlaege")


@blueprint.get("/<int:award_id>/vorschlaege/<int:nomination_id>/urkunde.pdf")
@permit(Permission.CLUSTER_LEAD)
def certificate(cluster_id: int, award_id: int, nomination_id: int) -> ResponseReturnValue:
    found = award_or_404(cluster_id, award_id)
    shown = nominations.find_shown(db(), award_id, nomination_id) or abort(404)
    back = url_for("awards.award", cluster_id=cluster_id, award_id=award_id)
    return certificate_response(current_cluster(), found, shown, back=back)


def _page(
    found: AwardRow,
    shown: list[ShownNomination],
    prizes: dict[int, str],
    errors: dict[int, str] | None = None,
) -> str:
    if found.state not in (AwardState.JUDGING, AwardState.DECIDED):
        abort(404)
    content, jurors = awards.content_of(found), jury.of_award(db(), found.id)
    sheets = jury.sheets_of_award(db(), found.id)
    by_id = {one.id: one for one in shown}
    ranked = award_results(list(by_id), content.criteria, sheets, [juror.id for juror in jurors])
    words = [
        (one.id, juror.name, sheet.word)
        for one in shown
        for juror in jurors
        if (sheet := sheets.get((juror.id, one.id))) and sheet.word
    ]
    return render_template(
        "exchange/awards/result.html",
        cluster=current_cluster(),
        award=found,
        content=content,
        rows=[(by_id[one.nomination_id], one, _points(one.points), _single(one)) for one in ranked],
        words=words,
        prizes=prizes,
        errors=errors or {},
        error_list=[FieldError(f"prize-{key}", text) for key, text in (errors or {}).items()],
        jurors=len(jurors),
    )


def _single(one: NominationResult) -> list[str]:
    return [_points(points) for points in one.by_criterion]


def _points(points: Decimal | None) -> str:
    """Points with two digits; a dash for none."""
    if points is None:
        return "\N{EN DASH}"
    return format_number(points.quantize(HUNDREDTH), current_language())
