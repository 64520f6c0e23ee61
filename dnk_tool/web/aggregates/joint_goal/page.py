"""The page of a cluster's joint goal: the sum, by state and kind, who is missing, and the goal itself."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.aggregates.joint_goal import JointGoal
from dnk_tool.domain.aggregates.joint_progress import JointSumRefused
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.aggregates import joint_goals as goal_service
from dnk_tool.services.aggregates.joint_goals import JointSumTooEarly, NoJointGoal
from dnk_tool.store.aggregates import joint_goals
from dnk_tool.web.aggregates.joint_goal.form import JointGoalForm, goal_values
from dnk_tool.web.aggregates.joint_goal.missing import missing_rows
from dnk_tool.web.aggregates.joint_goal.numbers import rule_text
from dnk_tool.web.aggregates.joint_goal.view import goal_view, rule_sentences
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version

blueprint = Blueprint("joint_goal", __name__, url_prefix="/cluster/<int:cluster_id>/ziel")


@blueprint.get("")
@cluster_page(_l("Ziel"), Permission.CLUSTER_LEAD, position=41, tab=ClusterTab.RESULTS)
def show(cluster_id: int) -> ResponseReturnValue:
    picture = goal_service.goal_picture(db(), cluster_id, now=datetime.now(UTC))
    view = goal_view(picture)
    missing = goal_service.find_missing(db(), cluster_id, picture.shown) if picture.goal else None
    return render_template(
        "aggregates/joint_goal/page.html",
        cluster=current_cluster(),
        view=view,
        sentences=rule_sentences(),
        missing=missing,
        rows=missing_rows(missing, cluster_id, view.day) if missing else [],
    )


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
@creates
def make(cluster_id: int) -> ResponseReturnValue:
    """Make the sum anew, from what counts today."""
    try:
        goal_service.make_sum(db(), current_cluster(), actor=current_actor(), now=datetime.now(UTC))
    except JointSumRefused as refused:
        flash(_("Es ist kein Stand gebildet. %(reason)s", reason=rule_text(refused.rule)), "warning")
    except JointSumTooEarly as early:
        day = format_long_date(local_day(early.possible_from), current_language())
        flash(_("Ein neuer Stand ist ab dem %(day)s möglich.", day=day), "warning")
    except NoJointGoal:
        flash(_("Setzen Sie zuerst ein Ziel: Von ihm hängt ab, welche Jahre zählen."), "warning")
    else:
        flash(_("Der neue Stand ist gebildet. Die Mitglieder sehen ihn jetzt auch."), "success")
    return redirect(url_for("joint_goal.show", cluster_id=cluster_id), 303)


@blueprint.get("/aendern")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int) -> ResponseReturnValue:
    stored = joint_goals.stored_goal(db(), cluster_id)
    return _form_page(JointGoalForm(formdata=None, data=goal_values(stored.content, stored.version)))


@blueprint.post("/aendern")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int) -> ResponseReturnValue:
    form = JointGoalForm()
    if not form.validate():
        return _form_page(form), 422
    try:
        goal_service.save_goal(
            db(),
            current_cluster(),
            form.goal,
            seen=seen_version(form),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        return _form_page(form, theirs=error.conflict.theirs), 409
    flash(_("Das Ziel ist gespeichert."), "success")
    return redirect(url_for("joint_goal.show", cluster_id=cluster_id), 303)


def _form_page(form: JointGoalForm, *, theirs: JointGoal | None = None) -> str:
    return render_template(
        "aggregates/joint_goal/edit.html",
        cluster=current_cluster(),
        form=form,
        errors=field_errors(form),
        theirs=goal_values(theirs, 0) if theirs else None,
    )
