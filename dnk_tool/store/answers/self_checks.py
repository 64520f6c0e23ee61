"""Reads and writes a company's answers to the quick checks of a reporting year."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_check import SelfCheckAnswer, SelfCheckAnswers
from dnk_tool.store.tables.answers import SelfCheckReply, SelfCheckRow


def version_of(session: Session, organisation_id: int, year: int, check: str) -> int:
    """The version of a check's answers in one year; 0 if none was ever given."""
    row = session.get(SelfCheckRow, (organisation_id, year, check))
    return row.version if row else 0


def replies(
    session: Session, organisation_id: int, years: Collection[int]
) -> dict[tuple[int, str], SelfCheckAnswers]:
    """The answers of a company by year and check, in one statement."""
    rows = session.scalars(
        sql(SelfCheckReply).where(
            SelfCheckReply.organisation_id == organisation_id, SelfCheckReply.year.in_(years)
        )
    )
    replies_by_check: dict[tuple[int, str], dict[str, SelfCheckAnswer]] = {}
    for row in rows:
        replies_by_check.setdefault((row.year, row.self_check), {})[row.question] = row.reply
    return dict(replies_by_check)


def save(
    session: Session,
    organisation_id: int,
    year: int,
    check: str,
    wanted: SelfCheckAnswers,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Replace the answers of a check and raise its version; unchanged answers keep their author and time."""
    row = session.get(SelfCheckRow, (organisation_id, year, check))
    if row is None:
        row = SelfCheckRow(organisation_id=organisation_id, year=year, key=check, version=0)
        session.add(row)
    row.version, row.changed_at, row.changed_by = row.version + 1, now, by
    session.flush()
    place = {"organisation_id": organisation_id, "year": year, "self_check": check}
    kept = {
        stored_reply.question: stored_reply
        for stored_reply in session.scalars(sql(SelfCheckReply).filter_by(**place))
    }
    for question, reply in wanted.items():
        stored_reply = kept.get(question)
        if stored_reply is None:
            stored_reply = SelfCheckReply(**place, question=question)
            session.add(stored_reply)
        elif stored_reply.reply == reply:
            continue
        stored_reply.reply, stored_reply.changed_at, stored_reply.changed_by = reply, now, by
    if gone := kept.keys() - wanted.keys():
        session.execute(
            sql_delete(SelfCheckReply).filter_by(**place).where(SelfCheckReply.question.in_(gone))
        )
