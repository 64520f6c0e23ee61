"""Makes, changes, leads on, decides and deletes the rounds of a cluster's awards."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, Version, is_change
from dnk_tool.domain.exchange.awards import (
    NEXT_STATES,
    AwardContent,
    AwardProblem,
    AwardRefused,
    AwardState,
    DecidedAward,
    check_award,
)
from dnk_tool.domain.permissions import Actor, Deleted
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import awards, jury, nominations
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow

MOST_AWARDS = 40  # of a cluster: its page shows all
MOST_REPORTED = 3  # the latest; the others stand on the cluster's page


class AwardGone(Deleted):
    """The cluster has no such round any more."""


class AwardMoved(Exception):
    """The round is not as far as it was seen, or does not go there from where it is."""


class TooManyAwards(Exception):
    """The cluster has as many rounds as its page can show."""


def create_award(work: Work, cluster: Cluster, content: AwardContent) -> AwardRow:
    """Keep a round as a draft. Raises NotPermitted, AwardRefused and TooManyAwards."""
    checked = check_award(content)
    lock_led_cluster(work.session, cluster.id, work.actor)
    if len(awards.of_cluster(work.session, cluster.id)) >= MOST_AWARDS:
        raise TooManyAwards
    return awards.add_award(work.session, cluster.id, checked, now=work.now)


def change_award(
    session: Session, cluster: Cluster, award_id: int, content: AwardContent, *, seen: Version, actor: Actor
) -> None:
    """Change what a round asks, as long as no jury judges by it; the days can be changed later, too.

    Raises NotPermitted, AwardGone, AwardRefused, AwardMoved, and ConflictError without writing anything.
    """
    checked = check_award(content)
    row = locked_award(session, cluster, award_id, actor=actor)
    known = awards.content_of(row)
    if not is_change(Stored(known, row.version), seen, checked):
        return
    if row.state in (AwardState.JUDGING, AwardState.DECIDED) and checked.criteria != known.criteria:
        raise AwardMoved(row.state)
    awards.write_content(row, checked)
    row.version += 1


def lead_on(
    session: Session, cluster: Cluster, award_id: int, state: AwardState, *, seen: Version, actor: Actor
) -> None:
    """Lead a round to another state; DECIDED is reached by `decide_award` alone.

    Raises NotPermitted, AwardGone, AwardMoved, and AwardRefused where something is missing.
    """
    row = locked_award(session, cluster, award_id, actor=actor)
    if row.version != seen or state is AwardState.DECIDED or state not in NEXT_STATES[row.state]:
        raise AwardMoved(row.state)
    begins = row.state is AwardState.NOMINATING and state is AwardState.JUDGING
    if begins and not nominations.of_award(session, row.id, agreed_only=True):
        raise AwardRefused(AwardProblem.NO_NOMINATIONS)
    if state is AwardState.NOMINATING and jury.has_sheets(session, row.id):
        raise AwardRefused(AwardProblem.HAS_SHEETS)
    row.state = state
    if state is AwardState.NOMINATING:
        row.decided_at = None  # what follows is a decision about other nominations
    row.version += 1


def decide_award(
    work: Work, cluster: Cluster, award_id: int, prizes: Mapping[int, str], *, seen: Version
) -> list[ShownNomination]:
    """Name the winners: the words of a prize by nomination, empty for none. Decided again, it is changed.

    Returns the nominations whose companies hear of it, with their prizes: all of them, or those whose prize
    changed since an earlier decision, even if that was taken back. Raises NotPermitted, AwardGone, AwardMoved
    if somebody changed it meanwhile, and AwardRefused without any winner.
    """
    row = locked_award(work.session, cluster, award_id, actor=work.actor)
    if row.state not in (AwardState.JUDGING, AwardState.DECIDED) or row.version != seen:
        raise AwardMoved(row.state)
    nominations.lock_rows(work.session, row.id)
    shown = nominations.of_award(work.session, row.id, agreed_only=True)
    if not any(prizes.get(one.id) for one in shown):
        raise AwardRefused(AwardProblem.NO_WINNER)
    for one in shown:
        nominations.write_prize(work.session, one.id, prizes.get(one.id, ""))
    is_first = row.decided_at is None
    row.state, row.decided_at = AwardState.DECIDED, work.now
    row.version += 1
    _record(work, EventKind.AWARD_DECIDED, row)
    return [
        replace(one, prize=prizes.get(one.id, ""))
        for one in shown
        if is_first or one.prize != prizes.get(one.id, "")
    ]


def delete_award(session: Session, cluster: Cluster, award_id: int, *, actor: Actor) -> None:
    """Delete a round with nominations, jurors and sheets. Raises NotPermitted and AwardGone."""
    session.delete(locked_award(session, cluster, award_id, actor=actor))


def decided_awards(session: Session, cluster_id: int) -> tuple[DecidedAward, ...]:
    """The latest rounds with prizes of which everybody may read, for the cluster's report."""
    return tuple(nominations.decided_awards(session, cluster_id)[:MOST_REPORTED])


def locked_award(session: Session, cluster: Cluster, award_id: int, *, actor: Actor) -> AwardRow:
    """The round for a change by a manager. Raises NotPermitted and AwardGone."""
    lock_led_cluster(session, cluster.id, actor)
    row = awards.lock_award(session, award_id)
    if row is None or row.cluster_id != cluster.id:
        raise AwardGone(award_id)
    return row


def _record(work: Work, kind: EventKind, award: AwardRow) -> None:
    history.record_event(
        work.session,
        kind,
        cluster_id=award.cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        year=award.year,
    )
