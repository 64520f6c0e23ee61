"""The cluster's polls, one below the other, and the page of one of them.

A manager opens, closes, repeats and deletes a poll, and decides what everybody may see of it.
A manager writes the question of a poll, and changes it as long as nobody has answered.
What the pages of polls show: results as bars, two results side by side, and how one takes part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.poll_questions import load_poll_questions
from dnk_tool.domain.exchange.polls import (
    LEAST_ANSWERS,
    Attribution,
    PairedBar,
    PollKind,
    PollQuestion,
    PollResult,
    PollState,
    choice_labels,
    paired_bars,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue
from dnk_tool.report.view.qr_code import qr_path
from dnk_tool.services.exchange import polls as poll_service
from dnk_tool.services.exchange.polls import (
    MOST_POLLS,
    PollAnswered,
    PollPicture,
    TooManyPolls,
    has_answers,
    poll_picture,
)
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.exchange.polls.form import PollForm, form_options, question_values, supplied_values
from dnk_tool.web.exchange.polls.words import ATTRIBUTIONS, KINDS, STATES, section_title
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("polls", __name__, url_prefix="/cluster/<int:cluster_id>/umfragen")


@dataclass(frozen=True, slots=True)
class PollEntry:
    """How one takes part: the address to type, the code, and the QR code of both, `size` modules wide."""

    address: str
    code: str
    href: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with its result. Of a pair, `first` is the earlier result and `pairs` are the bars of both."""

    poll: PollRow
    question: PollQuestion
    result: PollResult
    first: PollResult | None = None
    pairs: Sequence[PairedBar] = ()

    @property
    def is_open(self) -> bool:
        """Whether the poll can be answered now."""
        return self.poll.state is PollState.OPEN


def poll_view(picture: PollPicture) -> PollView:
    """The poll, side by side with the one before it where both have enough answers of the same options."""
    poll, before = picture.poll, picture.before
    found = poll_answers.results(db(), [each for each in (poll, before) if each])
    question, result = question_of(poll), found[poll.id]
    if before is None or question_of(before).options != question.options:
        return PollView(poll, question, result)
    first = found[before.id]
    pairs = paired_bars(first, result) if first.is_shown and result.is_shown else ()
    return PollView(poll, question, result, first, pairs)


def entry_of(poll: PollRow) -> PollEntry:
    """How one takes part in the poll, by the address under which the installation is known."""
    base = mails.public_base_url()
    href = base + url_for("poll.ask", code=poll.code)
    path, size = qr_path(href)
    return PollEntry((base + url_for("poll.enter")).split("://", 1)[1], poll.code, href, path, size)


@blueprint.get("")
@cluster_page(_l("Umfragen"), Permission.CLUSTER_LEAD, position=44, tab=ClusterTab.EXCHANGE)
def show(cluster_id: int) -> ResponseReturnValue:
    found = polls.of_cluster(db(), cluster_id)
    return render_template(
        "exchange/polls/list.html",
        cluster=current_cluster(),
        polls=_with_earlier(found),
        results=poll_answers.results(db(), found),
        groups=load_poll_questions(),
        kinds=KINDS,
        states=STATES,
    )


def _with_earlier(found: Sequence[PollRow]) -> list[tuple[PollRow, PollRow | None]]:
    """Each poll with the one that asked the same before it, which has no line of its own."""
    known = {poll.id: poll for poll in found}
    pairs = [(poll, known.get(poll.before_id or 0)) for poll in found]
    earlier = {before.id for _poll, before in pairs if before}
    return [(poll, before) for poll, before in pairs if poll.id not in earlier]


@blueprint.get("/<int:poll_id>")
@permit(Permission.CLUSTER_LEAD)
def poll(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    found = poll_or_404(cluster_id, poll_id)
    picture = poll_picture(db(), found)
    is_named = found.attribution is Attribution.NAMED
    view = poll_view(picture)
    has_texts = found.kind is PollKind.TEXT and view.result.is_shown  # fewer would tell who wrote them
    return render_template(
        "exchange/polls/poll.html",
        cluster=current_cluster(),
        poll=found,
        picture=picture,
        view=view,
        entry=entry_of(found),
        texts=poll_answers.texts_of(db(), found.id) if has_texts else (),
        named=poll_answers.named_answers(db(), found.id) if is_named else (),
        may_change=not has_answers(db(), found),
        labels=choice_labels(question_of(found)),
        kind=KINDS[found.kind],
        state=STATES[found.state],
        attribution=ATTRIBUTIONS[found.attribution],
        criterion=section_title(found.section),
    )


def poll_or_404(cluster_id: int, poll_id: int) -> PollRow:
    """The cluster's poll; 404 if it has none with this id."""
    return polls.find_poll(db(), cluster_id, poll_id) or abort(404)


@blueprint.post("/<int:poll_id>/oeffnen")
@permit(Permission.CLUSTER_LEAD)
def open_it(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    poll_service.open_poll(current_work(), current_cluster(), poll_id)
    flash(_("Die Umfrage ist offen. Zeigen Sie den Code an der Wand, oder schicken Sie den Link."), "success")
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/schliessen")
@permit(Permission.CLUSTER_LEAD)
def close(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    poll_service.close_poll(current_work(), current_cluster(), poll_id)
    flash(_("Die Umfrage ist geschlossen. Sie nimmt keine Antworten mehr an."), "success")
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def delete(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_service.delete_poll(current_work(), current_cluster(), poll_id)
    flash(_("Die Umfrage ist mit allen Antworten gelöscht."), "success")
    return redirect(url_for("polls.show", cluster_id=cluster_id), 303)


@blueprint.post("/<int:poll_id>/nachher")
@permit(Permission.CLUSTER_LEAD)
def ask_again(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """Make the poll that asks the same after the meeting; pressed twice, it leads to the one."""
    poll_or_404(cluster_id, poll_id)
    try:
        later = poll_service.ask_again(current_work(), current_cluster(), poll_id)
    except TooManyPolls:
        return sorry_too_many(cluster_id)
    return poll_page(cluster_id, later.id)


@blueprint.post("/<int:poll_id>/bericht")
@permit(Permission.CLUSTER_LEAD)
def put_in_report(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    poll_or_404(cluster_id, poll_id)
    wanted = request.form.get("to") == "1"
    poll_service.put_in_report(db(), current_cluster(), poll_id, is_in_report=wanted, actor=current_actor())
    flash(
        _("Die Umfrage steht im Bericht des Clusters, sobald sie fünf Antworten hat.")
        if wanted
        else _("Die Umfrage steht nicht mehr im Bericht des Clusters."),
        "success",
    )
    return poll_page(cluster_id, poll_id)


@blueprint.post("/<int:poll_id>/text")
@permit(Permission.CLUSTER_LEAD)
def judge_text(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """Release a text for everybody, or show it nowhere."""
    poll_or_404(cluster_id, poll_id)
    judge = poll_service.release_text if request.form.get("to") == "1" else poll_service.discard_text
    key = request.form.get("text", "")[:40]
    if not judge(db(), current_cluster(), poll_id, key, actor=current_actor()):
        flash(_("Diesen Text gibt es nicht mehr."), "warning")
    return poll_page(cluster_id, poll_id, anchor="texte")


def poll_page(cluster_id: int, poll_id: int, *, anchor: str | None = None) -> ResponseReturnValue:
    """Lead to the page of a poll."""
    return redirect(url_for("polls.poll", cluster_id=cluster_id, poll_id=poll_id, _anchor=anchor), 303)


def sorry_too_many(cluster_id: int) -> ResponseReturnValue:
    """Lead to the list, which is full."""
    flash(
        _("Ein Cluster hat höchstens %(most)s Umfragen. Löschen Sie zuerst eine alte.", most=MOST_POLLS),
        "warning",
    )
    return redirect(url_for("polls.show", cluster_id=cluster_id), 303)


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
    try:
        with saving(form, partial(_form_page, form)):
            made = poll_service.create_poll(current_work(), current_cluster(), form.asked)
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
    try:
        with saving(form, partial(_form_page, form, poll_id)):
            poll_service.change_poll(
                db(), current_cluster(), poll_id, form.asked, seen=seen_version(form), actor=current_actor()
            )
    except PollAnswered:
        return _sorry_answered(cluster_id, poll_id)
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


RELOADED_AFTER = 5  # seconds


@blueprint.get("/<int:poll_id>/wand")
@permit(Permission.CLUSTER_LEAD)
def wall(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """The result as it grows; loads itself anew while the poll is open, unless it is held still."""
    found, is_still = poll_or_404(cluster_id, poll_id), "still" in request.args
    view = poll_view(poll_picture(db(), found))
    page = render_template(
        "exchange/polls/wall.html",
        cluster=current_cluster(),
        poll=found,
        view=view,
        entry=entry_of(found),
        least=LEAST_ANSWERS,
        is_named=found.attribution is Attribution.NAMED,
        criterion=section_title(found.section),
        is_still=is_still,
        today=local_day(datetime.now(UTC)),
    )
    response = make_response(page)
    if view.is_open and not is_still:
        response.headers["Refresh"] = str(RELOADED_AFTER)
    return response


@blueprint.get("/<int:poll_id>/antworten.csv")
@permit(Permission.CLUSTER_LEAD)
def answers_csv(cluster_id: int, poll_id: int) -> ResponseReturnValue:
    """How often each answer was chosen, released texts, and of a poll with names who answered what."""
    view = poll_view(poll_picture(db(), poll_or_404(cluster_id, poll_id)))
    heading = (_("Frage"), _("Antwort"), _("Anzahl"), _("Antworten insgesamt"), _("Unternehmen"))
    rows = [*_result_rows(view), *_named_rows(view)]
    return attachment(spreadsheet.to_csv(heading, rows), "text/csv", f"{_('Umfrage')}-{view.poll.code}.csv")


def _result_rows(view: PollView) -> Iterator[tuple[CellValue, ...]]:
    question, result = view.question.text, view.result
    if not result.bars and not result.texts:
        yield question, "", None, result.answers, ""
    for bar in result.bars:
        yield question, bar.label, bar.count, result.answers, ""
    for text in result.texts:
        yield question, text, None, result.answers, ""


def _named_rows(view: PollView) -> Iterator[tuple[CellValue, ...]]:
    if view.poll.attribution is not Attribution.NAMED:
        return
    labels = choice_labels(view.question)
    for named in poll_answers.named_answers(db(), view.poll.id):
        for place in named.answer.chosen:
            yield view.question.text, labels[place], None, view.result.answers, named.company
        if named.answer.text:
            yield view.question.text, named.answer.text, None, view.result.answers, named.company
