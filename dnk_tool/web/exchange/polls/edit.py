"""A manager writes the question of a poll, and changes it as long as nobody has answered."""

from datetime import UTC, datetime

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue.poll_questions import load_poll_questions
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.exchange.polls import PollQuestion
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import polls as poll_service
from dnk_tool.services.exchange.polls import PollAnswered, TooManyPolls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.web.exchange.polls.actions import poll_page, sorry_too_many
from dnk_tool.web.exchange.polls.form import PollForm, form_options, question_values, supplied_values
from dnk_tool.web.exchange.polls.pages import blueprint, poll_or_404
from dnk_tool.web.exchange.polls.words import ATTRIBUTIONS, KINDS
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version


@blueprint.get("/neu")
@permit(Permission.CLUSTER_LEAD)
def new(cluster_id: int) -> ResponseReturnValue:
    """The form, empty or with a question of the program, whose key is in the address."""
    asked = request.args.get("vorlage", "")
    supplied = (each for group in load_poll_questions() for each in group.questions if each.key == asked)
    values = next((supplied_values(each) for each in supplied), {})
    return _form_page(PollForm(formdata=None, data=values))


@blueprint.post("/neu")
@permit(Permission.CLUSTER_LEAD)
@creates
def create(cluster_id: int) -> ResponseReturnValue:
    form = PollForm()
    if not form.validate():
        return _form_page(form), 422
    try:
        made = poll_service.create_poll(
            db(), current_cluster(), form.asked, actor=current_actor(), now=datetime.now(UTC)
        )
    except TooManyPolls:
        return sorry_too_many(cluster_id)
    return poll_page(cluster_id, made.id)


@blueprint.get("/<int:poll_id>/aendern")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll = poll_or_404(cluster_id, poll_id)
    if poll_service.has_answers(db(), poll):
        return _sorry_answered(cluster_id, poll_id)
    form = PollForm(formdata=None, data=question_values(question_of(poll), poll.version))
    return _form_page(form, poll_id)


@blueprint.post("/<int:poll_id>/aendern")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    form = PollForm()
    if not form.validate():
        return _form_page(form, poll_id), 422
    try:
        poll_service.change_poll(
            db(), current_cluster(), poll_id, form.asked, seen=seen_version(form), actor=current_actor()
        )
    except PollAnswered:
        return _sorry_answered(cluster_id, poll_id)
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        return _form_page(form, poll_id, theirs=error.conflict.theirs), 409
    flash(_("Die Frage ist gespeichert."), "success")
    return poll_page(cluster_id, poll_id)


def _sorry_answered(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    flash(
        _("Auf diese Frage gibt es schon Antworten. Sie bleibt deshalb, wie sie ist; stellen Sie eine neue."),
        "warning",
    )
    return poll_page(cluster_id, poll_id)


def _form_page(form: PollForm, poll_id: int | None = None, *, theirs: PollQuestion | None = None) -> str:
    cluster = current_cluster()
    back = (
        url_for("polls.poll", cluster_id=cluster.id, poll_id=poll_id)
        if poll_id
        else url_for("polls.show", cluster_id=cluster.id)
    )
    return render_template(
        "exchange/polls/edit.html",
        cluster=cluster,
        form=form,
        errors=field_errors(form),
        is_new=poll_id is None,
        back=back,
        theirs=theirs,
        kinds=KINDS,
        attributions=ATTRIBUTIONS,
        options=form_options(),
    )
