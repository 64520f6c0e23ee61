"""Collects the polls that a cluster's report shows."""

from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.poll_results import PollResult, ReportedPoll
from dnk_tool.language import local_day
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.exchange.polls import PollRow


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
