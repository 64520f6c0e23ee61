"""Queries of a cluster's polls."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.wall_codes import POLL_CODE_LENGTH, new_code
from dnk_tool.domain.exchange.polls import Attribution, PollQuestion, PollState, no_answers
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollRow


def of_cluster(session: Session, cluster_id: int) -> Sequence[PollRow]:
    """The cluster's polls, latest first."""
    rows = select(PollRow).where(PollRow.cluster_id == cluster_id)
    return session.scalars(rows.order_by(PollRow.created_at.desc(), PollRow.id.desc())).all()


def find_poll(session: Session, cluster_id: int, poll_id: int) -> PollRow | None:
    """The poll, reread; None if the cluster has none with this id."""
    row = session.get(PollRow, poll_id, populate_existing=True)
    return row if row is not None and row.cluster_id == cluster_id else None


def find_later(session: Session, poll_id: int) -> PollRow | None:
    """The poll that asks the same again after a meeting; None if there is none."""
    return session.scalar(select(PollRow).where(PollRow.before_id == poll_id))


def find_by_code(session: Session, code: str) -> tuple[PollRow, Cluster] | None:
    """The poll with this code and its cluster; None for a draft, and for an anonymous one in an archive.

    From one with names a member takes its answer back as long as it is kept.
    """
    is_found = or_(Cluster.archived_at.is_(None), PollRow.attribution == Attribution.NAMED)
    row = session.execute(
        select(PollRow, Cluster)
        .join(Cluster, Cluster.id == PollRow.cluster_id)
        .where(PollRow.code == code, PollRow.state != PollState.DRAFT, is_found)
        .execution_options(populate_existing=True)
    ).first()
    return (row[0], row[1]) if row else None


def lock_poll(session: Session, poll_id: int) -> PollRow | None:
    """The poll, reread; nobody else answers or changes it until the transaction ends. None if it is gone."""
    held = select(PollRow).where(PollRow.id == poll_id).with_for_update()
    return session.scalars(held, execution_options={"populate_existing": True}).one_or_none()


def for_report(polls: Iterable[PollRow]) -> list[PollRow]:
    """Those of a cluster's polls that the manager wants in its report, earliest first."""
    wanted = [poll for poll in polls if poll.in_report and poll.state is not PollState.DRAFT]
    return sorted(wanted, key=lambda poll: (poll.opened_at or poll.created_at, poll.id))


def add_poll(
    session: Session, cluster_id: int, question: PollQuestion, *, before_id: int | None = None, now: datetime
) -> PollRow:
    """Keep a new draft with a code that no other poll has."""
    code = new_code(POLL_CODE_LENGTH)
    while session.scalar(select(exists().where(PollRow.code == code))):
        code = new_code(POLL_CODE_LENGTH)
    row = PollRow(cluster_id=cluster_id, code=code, before_id=before_id, created_at=now)
    write_question(row, question)
    session.add(row)
    session.flush()
    return row


def write_question(row: PollRow, question: PollQuestion) -> None:
    """Put the question into the row, with no answers."""
    row.question, row.kind, row.options = question.text, question.kind, list(question.options)
    row.attribution, row.section = question.attribution, question.section
    row.counts = no_answers(question)


def question_of(row: PollRow) -> PollQuestion:
    """What the poll asks."""
    return PollQuestion(row.question, row.kind, tuple(row.options), row.attribution, row.section)
