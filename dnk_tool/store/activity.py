"""Reads the activity log of a company or a cluster, and the earlier content of answers and figures."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import (
    CONFLICT_EVENTS,
    EVENTS_HIDDEN_FROM_COMPANY,
    MEMBERSHIP_EVENTS,
    REMARK_EVENTS,
    REVIEW_EVENTS,
    REVIEWERS_EVENTS,
    TEAM_EVENTS,
    EventKind,
    State,
)
from dnk_tool.domain.review import READABLE_AUDIENCES, ReviewSide
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRevision

BATCH_SIZE = 1_000
# Of events at the same moment, the one added last comes first.
LATEST_FIRST = (Event.happened_at.desc(), Event.id.desc())

# Declaration or year, ref or datapoint, version.
RevisionKey = tuple[int, str, int]


@dataclass(frozen=True)
class ActivityFilter:
    """Which events of a log are wanted; None means any."""

    declaration_id: int | None = None
    actor_id: int | None = None
    kind: EventKind | None = None


def is_shown_to_company() -> ColumnElement[bool]:
    """Whether the company may see the event: no verdicts, and nothing that only reviewers read."""
    shared = {audience.value for audience in READABLE_AUDIENCES[ReviewSide.COMPANY]}
    return and_(
        Event.kind.not_in(EVENTS_HIDDEN_FROM_COMPANY),
        or_(Event.kind.not_in(REMARK_EVENTS), Event.detail["audience"].as_string().in_(shared)),
    )


def of_organisation(
    session: Session,
    organisation_id: int,
    wanted: ActivityFilter,
    *,
    limit: int,
    before: Event | None = None,
    skip: int = 0,
) -> Sequence[Event]:
    """Events of a company that it may see, latest first. `before`: only those older than this event."""
    conditions = [
        Event.organisation_id == organisation_id,
        is_shown_to_company(),
        *_filter_conditions(wanted),
    ]
    if before is not None:
        conditions.append(_is_older(before.happened_at, before.id))
    return session.scalars(_select_latest_first(conditions).limit(limit).offset(skip)).all()


def of_cluster(
    session: Session,
    cluster_id: int,
    wanted: ActivityFilter,
    *,
    kept_from: Collection[int],
    limit: int,
    skip: int = 0,
) -> tuple[list[list[Event]], bool]:
    """Entries of a cluster's log, latest first, and whether there are more.

    Leaves out what a company does for itself. Of a company that withdrew its consent, only granting, changing
    and withdrawing are listed; where the review is closed to the reader (`kept_from`), no REVIEWERS_EVENTS.
    Consecutive verdicts of one person on one declaration form one entry: `limit` and `skip` count entries.
    """
    conditions = _cluster_conditions(cluster_id, wanted, kept_from)
    begins = session.execute(_select_entry_starts(conditions).limit(limit + 1).offset(skip)).all()
    if not begins:
        return [], False
    first, beyond = begins[0], begins[limit:]
    bounds = [not_(_is_newer(first.happened_at, first.id))]
    bounds += [_is_newer(entry_start.happened_at, entry_start.id) for entry_start in beyond]
    events = session.scalars(_select_latest_first([*conditions, *bounds]))
    return _group_into_entries(events, {key for _at, key in begins}), bool(beyond)


def _cluster_conditions(
    cluster_id: int, wanted: ActivityFilter, kept_from: Collection[int]
) -> list[ColumnElement[bool]]:
    members = select(Consent.organisation_id).where(
        Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)
    )
    is_shown = or_(
        and_(Event.kind.in_(TEAM_EVENTS), Event.organisation_id.is_(None)),
        Event.kind.in_(MEMBERSHIP_EVENTS),
        and_(Event.kind.in_(REVIEW_EVENTS | CONFLICT_EVENTS), Event.organisation_id.in_(members)),
    )
    is_closed = and_(Event.kind.in_(REVIEWERS_EVENTS), Event.organisation_id.in_(kept_from))
    return [Event.cluster_id == cluster_id, is_shown, not_(is_closed), *_filter_conditions(wanted)]


def _select_entry_starts(conditions: Iterable[ColumnElement[bool]]) -> Select[datetime, int]:
    """Select time and id of the latest event of each entry."""

    def above(column: Any) -> Any:
        """Selects the column's value in the next newer event; NULL for the latest one."""
        return func.lag(column, type_=column.type).over(order_by=LATEST_FIRST)

    goes_on = and_(
        Event.kind == EventKind.VERDICT_GIVEN,
        above(Event.kind) == EventKind.VERDICT_GIVEN,
        above(Event.declaration_id) == Event.declaration_id,
        above(Event.actor_id).is_not_distinct_from(Event.actor_id),
    )
    query = select(Event.happened_at, Event.id, case((goes_on, 0), else_=1).label("begins"))
    rows = query.where(*conditions).subquery()
    return (
        select(rows.c.happened_at, rows.c.id)
        .where(rows.c.begins == 1)
        .order_by(rows.c.happened_at.desc(), rows.c.id.desc())
    )


def _group_into_entries(events: Iterable[Event], begins: Collection[int]) -> list[list[Event]]:
    entries: list[list[Event]] = []
    for event in events:
        if event.id in begins or not entries:
            entries.append([])
        entries[-1].append(event)
    return entries


def actors(session: Session, *, organisation_id: int) -> dict[int, str]:
    """Names by account id of all who ever acted in a company and still have an account, sorted by name."""
    did = select(Event.actor_id).where(Event.organisation_id == organisation_id)
    rows = session.execute(
        select(Account.id, Account.name, Account.email)
        .where(Account.id.in_(did))
        .order_by(Account.name, Account.id)
    )
    return {row.id: row.name or row.email for row in rows}


def answer_contents(session: Session, keys: Collection[RevisionKey]) -> dict[RevisionKey, dict[str, Any]]:
    """Content of answer revisions by (declaration, ref, version), in one statement per `BATCH_SIZE` keys."""
    key = tuple_(AnswerRevision.declaration_id, AnswerRevision.ref, AnswerRevision.version)
    contents: dict[RevisionKey, dict[str, Any]] = {}
    for some in _batches(keys):
        rows = session.scalars(
            select(AnswerRevision).where(key.in_(some), AnswerRevision.kept_aside.is_(False))
        )
        contents |= {(row.declaration_id, row.ref, row.version): row.content for row in rows}
    return contents


def figure_contents(
    session: Session, organisation_id: int, keys: Collection[RevisionKey]
) -> dict[RevisionKey, dict[str, Any]]:
    """Content of a company's figure revisions by (year, datapoint, version), `BATCH_SIZE` per statement."""
    key = tuple_(FigureRevision.year, FigureRevision.datapoint, FigureRevision.version)
    contents: dict[RevisionKey, dict[str, Any]] = {}
    for some in _batches(keys):
        rows = session.scalars(
            select(FigureRevision).where(
                FigureRevision.organisation_id == organisation_id,
                key.in_(some),
                FigureRevision.kept_aside.is_(False),
            )
        )
        contents |= {(row.year, row.datapoint, row.version): row.content for row in rows}
    return contents


def years_left(session: Session, declaration_ids: Collection[int]) -> Sequence[tuple[int | None, int, int]]:
    """(declaration, event, year) of each change of a reporting year that left numbers there, latest first."""
    if not declaration_ids:
        return []
    rows = session.execute(
        select(Event.declaration_id, Event.id, Event.detail)
        .where(Event.declaration_id.in_(declaration_ids), Event.kind == EventKind.SETTINGS_CHANGED)
        .order_by(Event.id.desc())
    )
    left = [(key, event_id, detail) for key, event_id, detail in rows if detail.get("numbers_moved") is False]
    return [(key, event_id, detail["fields"]["reporting_year"][0]) for key, event_id, detail in left]


@dataclass(frozen=True, slots=True)
class LatestChange:
    """The state of a declaration, and when anything was last changed in it or its company."""

    state: State
    at: datetime


def latest_changes(session: Session, declaration_ids: Collection[int]) -> dict[int, LatestChange]:
    """The latest change of each declaration, in one statement; those that are not there are missing."""
    # Alone in its statement, the maximum is read from the index.
    latest = (
        select(func.max(Event.happened_at))
        .where(Event.organisation_id == Declaration.organisation_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Declaration.id, Declaration.state, Declaration.changed_at, latest.label("latest")).where(
            Declaration.id.in_(declaration_ids)
        )
    )
    return {
        row.id: LatestChange(row.state, max(row.changed_at, row.latest or row.changed_at)) for row in rows
    }


def remove_batch(session: Session, *, before: datetime) -> bool:
    """Delete up to `BATCH_SIZE` events older than `before`. Returns whether there were any."""
    some = select(Event.id).where(Event.happened_at < before).limit(BATCH_SIZE)
    removed = session.execute(delete(Event).where(Event.id.in_(some)).returning(Event.id))
    return bool(removed.all())


def _filter_conditions(wanted: ActivityFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.declaration_id is not None:
        yield Event.declaration_id == wanted.declaration_id
    if wanted.actor_id is not None:
        yield Event.actor_id == wanted.actor_id
    if wanted.kind is not None:
        yield Event.kind == wanted.kind


def _select_latest_first(conditions: Iterable[ColumnElement[bool]]) -> Select[Event]:
    return select(Event).where(*conditions).order_by(*LATEST_FIRST)


def _is_older(at: datetime, key: int) -> ColumnElement[bool]:
    return or_(Event.happened_at < at, and_(Event.happened_at == at, Event.id < key))


def _is_newer(at: datetime, key: int) -> ColumnElement[bool]:
    return or_(Event.happened_at > at, and_(Event.happened_at == at, Event.id > key))


def _batches(keys: Collection[RevisionKey]) -> Iterator[list[RevisionKey]]:
    """Split the keys: databases limit the number of values in one statement."""
    ordered = sorted(keys)
    return (ordered[start : start + BATCH_SIZE] for start in range(0, len(ordered), BATCH_SIZE))
