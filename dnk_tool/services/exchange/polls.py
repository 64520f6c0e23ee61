"""Makes, opens, closes and deletes the polls of a cluster.

Collects the polls that a cluster's report shows.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.exchange.polls import (
    Attribution,
    PollQuestion,
    PollResult,
    PollState,
    ReportedPoll,
    check_question,
)
from dnk_tool.domain.permissions import Actor, Deleted
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow, PollText

MOST_POLLS = 200  # of a cluster: its page shows all


class PollGone(Deleted):
    """The cluster has no such poll any more."""


class PollAnswered(Exception):
    """The poll has answers, so that its question stays as it was answered."""


class TooManyPolls(Exception):
    """The cluster has as many polls as its page can show."""


@dataclass(frozen=True, slots=True)
class PollPicture:
    """A poll and the one that asked the same before or asks it again."""

    poll: PollRow
    before: PollRow | None
    later: PollRow | None


def poll_picture(session: Session, poll: PollRow) -> PollPicture:
    """The poll with its pair, in two statements."""
    before = polls.find_poll(session, poll.cluster_id, poll.before_id) if poll.before_id else None
    return PollPicture(poll, before, polls.find_later(session, poll.id))


def create_poll(work: Work, cluster: Cluster, question: PollQuestion) -> PollRow:
    """Keep a question as a draft. Raises NotPermitted, TooManyPolls, and PollRefused for a question."""
    checked = check_question(question)
    lock_led_cluster(work.session, cluster.id, work.actor)
    if len(polls.of_cluster(work.session, cluster.id)) >= MOST_POLLS:
        raise TooManyPolls
    return polls.add_poll(work.session, cluster.id, checked, now=work.now)


def ask_again(work: Work, cluster: Cluster, poll_id: int) -> PollRow:
    """Make a draft that asks the same after a meeting, or give the one that does.

    Raises NotPermitted, PollGone and TooManyPolls.
    """
    first = _locked_poll(work.session, cluster, poll_id, work.actor)
    later = polls.find_later(work.session, first.id)
    if later is not None:
        return later
    if len(polls.of_cluster(work.session, cluster.id)) >= MOST_POLLS:
        raise TooManyPolls
    return polls.add_poll(
        work.session, cluster.id, polls.question_of(first), before_id=first.id, now=work.now
    )


def change_poll(
    session: Session, cluster: Cluster, poll_id: int, question: PollQuestion, *, seen: int, actor: Actor
) -> None:
    """Change the question as long as nobody has answered. `seen`: the version that the sender had seen.

    Raises NotPermitted, PollGone, PollAnswered, PollRefused, and ConflictError without writing anything.
    """
    checked = check_question(question)
    row = _locked_poll(session, cluster, poll_id, actor)
    if has_answers(session, row):
        raise PollAnswered
    if not is_change(Stored(polls.question_of(row), row.version), seen, checked):
        return
    polls.write_question(row, checked)
    row.version += 1


def has_answers(session: Session, poll: PollRow) -> bool:
    """Whether anybody has answered the poll."""
    if poll.attribution is Attribution.NAMED:
        return bool(poll_answers.named_answers(session, poll.id))
    return poll.answers > 0


def open_poll(work: Work, cluster: Cluster, poll_id: int) -> PollRow:
    """Let the poll be answered, also after it was closed. Raises NotPermitted and PollGone."""
    row = _locked_poll(work.session, cluster, poll_id, work.actor)
    if row.state is not PollState.OPEN:
        row.state, row.opened_at = PollState.OPEN, row.opened_at or work.now
        _record(work, EventKind.POLL_OPENED, row)
    return row


def close_poll(work: Work, cluster: Cluster, poll_id: int) -> None:
    """Take no more answers. Raises NotPermitted and PollGone."""
    row = _locked_poll(work.session, cluster, poll_id, work.actor)
    if row.state is PollState.OPEN:
        row.state = PollState.CLOSED
        poll_answers.remove_tickets(work.session, row.id)
        _record(work, EventKind.POLL_CLOSED, row)


def delete_poll(work: Work, cluster: Cluster, poll_id: int) -> None:
    """Delete the poll with its answers. Raises NotPermitted and PollGone."""
    row = _locked_poll(work.session, cluster, poll_id, work.actor)
    _record(work, EventKind.POLL_DELETED, row)
    work.session.delete(row)


def put_in_report(
    session: Session, cluster: Cluster, poll_id: int, *, is_in_report: bool, actor: Actor
) -> None:
    """Let the cluster's report show the poll, or not. Raises NotPermitted and PollGone."""
    _locked_poll(session, cluster, poll_id, actor).in_report = is_in_report


def release_text(session: Session, cluster: Cluster, poll_id: int, key: str, *, actor: Actor) -> bool:
    """Let everybody read a text; False if it is gone or changed. `key`: of the text, or of a member's answer.

    Raises NotPermitted and PollGone.
    """
    found = _text(session, cluster, poll_id, key, actor)
    if found is not None:
        found.is_released = True
    return found is not None


def discard_text(session: Session, cluster: Cluster, poll_id: int, key: str, *, actor: Actor) -> bool:
    """Show a text nowhere any more: one without a sender is deleted, a member's is kept for the member.

    Returns False if it is gone. Raises NotPermitted and PollGone.
    """
    found = _text(session, cluster, poll_id, key, actor)
    if isinstance(found, PollText):
        session.delete(found)
    elif found is not None:
        found.is_released = False
    return found is not None


def _text(
    session: Session, cluster: Cluster, poll_id: int, key: str, actor: Actor
) -> PollText | PollCompanyAnswer | None:
    row = _locked_poll(session, cluster, poll_id, actor)
    if row.attribution is Attribution.ANONYMOUS:
        return poll_answers.find_text(session, row.id, key)
    answers = poll_answers.named_answers(session, row.id)
    return next((each.row for each in answers if each.key == key and each.row.text), None)


def _locked_poll(session: Session, cluster: Cluster, poll_id: int, actor: Actor) -> PollRow:
    lock_led_cluster(session, cluster.id, actor)
    row = polls.lock_poll(session, poll_id)
    if row is None or row.cluster_id != cluster.id:
        raise PollGone(poll_id)
    return row


def _record(work: Work, kind: EventKind, poll: PollRow) -> None:
    history.record_event(
        work.session,
        kind,
        cluster_id=poll.cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        code=poll.code,
    )


def reported_polls(session: Session, cluster_id: int) -> tuple[ReportedPoll, ...]:
    """The polls that the manager wants in the report, earliest first; a pair is one, with both results.

    The number of statements is the same for any number of polls.
    """
    known = {poll.id: poll for poll in polls.of_cluster(session, cluster_id)}
    wanted = polls.for_report(known.values())
    if not wanted:
        return ()
    results = poll_answers.results(session, list(known.values()))
    found = [_reported(poll, known, results) for poll in wanted]
    paired = {poll.before_id for poll, each in zip(wanted, found, strict=True) if each.first}
    return tuple(each for poll, each in zip(wanted, found, strict=True) if poll.id not in paired)


def _reported(poll: PollRow, known: dict[int, PollRow], results: dict[int, PollResult]) -> ReportedPoll:
    before = known.get(poll.before_id or 0)
    first = results[before.id] if before and before.options == poll.options else None
    has_both = first is not None and first.is_shown and results[poll.id].is_shown
    opened_on = local_day(poll.opened_at or poll.created_at)
    return ReportedPoll(question_of(poll), results[poll.id], opened_on, first if has_both else None)
