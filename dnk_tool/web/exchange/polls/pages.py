"""The cluster's polls, one below the other, and the page of one of them."""

from collections.abc import Sequence

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.poll_questions import load_poll_questions
from dnk_tool.domain.exchange.poll_results import choice_labels
from dnk_tool.domain.exchange.polls import Attribution, PollKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange.polls import has_answers, poll_picture
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.exchange.polls.view import entry_of, poll_view
from dnk_tool.web.exchange.polls.words import ATTRIBUTIONS, KINDS, STATES, section_title
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("polls", __name__, url_prefix="/cluster/<int:cluster_id>/umfragen")


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
