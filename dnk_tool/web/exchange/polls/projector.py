"""The wall of a poll, for a projector: question, bars, code, number of answers; and the answers as a file."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.polls import LEAST_ANSWERS, Attribution, choice_labels
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue
from dnk_tool.services.exchange.polls import poll_picture
from dnk_tool.store.exchange import poll_answers
from dnk_tool.web.exchange.polls.pages import PollView, blueprint, entry_of, poll_or_404, poll_view
from dnk_tool.web.exchange.polls.words import section_title
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.transactions import db

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
