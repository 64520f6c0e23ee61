"""A manager writes a round of an award, and changes it."""

from datetime import UTC, datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.exchange.awards import AwardContent
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import awards as verbs
from dnk_tool.services.exchange.awards import MOST_AWARDS, AwardMoved, TooManyAwards
from dnk_tool.store.exchange import awards
from dnk_tool.web.exchange.awards.form import AwardForm, award_values
from dnk_tool.web.exchange.awards.pages import award_or_404, blueprint, to_award
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version

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
    if not form.validate():
        return _form_page(form), 422
    try:
        made = verbs.create_award(
            db(), current_cluster(), form.content, actor=current_actor(), now=datetime.now(UTC)
        )
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
    if not form.validate():
        return _form_page(form, award_id), 422
    try:
        verbs.change_award(
            db(), current_cluster(), award_id, form.content, seen=seen_version(form), actor=current_actor()
        )
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        return _form_page(form, award_id, theirs=error.conflict.theirs), 409
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
