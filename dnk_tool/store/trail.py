"""Reads the trail: what happened in a company or in a cluster, and what texts and values said before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, or_, select, tuple_
from sqlalchemy.orm import Session

from dnk_tool.domain.review import READS, Side
from dnk_tool.domain.states import EventKind
from dnk_tool.store.accounts import Account
from dnk_tool.store.clusters import Consent
from dnk_tool.store.models import AnswerRevision, Event, FigureRevision

AT_ONCE = 1_000

REMARKS = frozenset({EventKind.REMARK_WRITTEN, EventKind.REMARK_RESOLVED})

# What passes between a company and its cluster. The rest of what a company does is its own.
OF_REVIEW = frozenset(
    {
        EventKind.SUBMITTED,
        EventKind.RECALLED,
        EventKind.CHANGES_REQUESTED,
        EventKind.APPROVED,
        EventKind.VERDICT_GIVEN,
    }
)
# Who belonged to a cluster is the cluster's business, also afterwards.
OF_MEMBERSHIP = frozenset({EventKind.CONSENT_GRANTED, EventKind.CONSENT_CHANGED, EventKind.CONSENT_WITHDRAWN})
OF_TEAM = frozenset(
    {
        EventKind.MEMBER_INVITED,
        EventKind.MEMBER_JOINED,
        EventKind.MEMBER_CHANGED,
        EventKind.MEMBER_REMOVED,
        EventKind.INVITATION_REVOKED,
        EventKind.COMPANY_INVITED,
        EventKind.CLUSTER_CREATED,
        EventKind.CLUSTER_CHANGED,
        EventKind.DEADLINE_SET,
        EventKind.MESSAGE_SENT,
    }
)
EVER_OF_CLUSTER = OF_REVIEW | OF_MEMBERSHIP | OF_TEAM
# Verdicts are the reviewers' own until they decide, and then the request or the approval stands here.
NEVER_OF_COMPANY = frozenset(
    {
        EventKind.VERDICT_GIVEN,
        EventKind.CLUSTER_CREATED,
        EventKind.CLUSTER_CHANGED,
        EventKind.COMPANY_INVITED,
        EventKind.DEADLINE_SET,
        EventKind.MESSAGE_SENT,
    }
)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in a trail; without a value, everything."""

    declaration_id: int | None = None
    actor_id: int | None = None
    kind: EventKind | None = None


def of_organisation(
    session: Session,
    organisation_id: int,
    wanted: Wanted,
    *,
    limit: int,
    before: int | None = None,
    skip: int = 0,
) -> Sequence[Event]:
    """What happened in a company, latest first. `before`: only events with a smaller id."""
    shared = {audience.value for audience in READS[Side.COMPANY]}
    is_shown = or_(Event.kind.not_in(REMARKS), Event.detail["audience"].as_string().in_(shared))
    conditions = [
        Event.organisation_id == organisation_id,
        Event.kind.not_in(NEVER_OF_COMPANY),
        is_shown,
        *_wanted(wanted),
    ]
    return _latest(session, conditions, limit=limit, before=before, skip=skip)


def of_cluster(
    session: Session, cluster_id: int, wanted: Wanted, *, limit: int, skip: int = 0
) -> Sequence[Event]:
    """What happened in a cluster, latest first, without anything that a company does for itself.

    Of a company whose consent does not stand any more, only that it came and went.
    """
    members = select(Consent.organisation_id).where(
        Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)
    )
    is_shown = or_(
        and_(Event.kind.in_(OF_TEAM), Event.organisation_id.is_(None)),
        Event.kind.in_(OF_MEMBERSHIP),
        and_(Event.kind.in_(OF_REVIEW), Event.organisation_id.in_(members)),
    )
    conditions = [Event.cluster_id == cluster_id, is_shown, *_wanted(wanted)]
    return _latest(session, conditions, limit=limit, skip=skip)


def actors(session: Session, *, organisation_id: int) -> dict[int, str]:
    """Who ever did something in a company and still has an account: names by id, in their order."""
    did = select(Event.actor_id).where(Event.organisation_id == organisation_id)
    rows = session.execute(
        select(Account.id, Account.name, Account.email)
        .where(Account.id.in_(did))
        .order_by(Account.name, Account.id)
    )
    return {row.id: row.name or row.email for row in rows}


def answer_contents(
    session: Session, keys: Collection[tuple[int, str, int]]
) -> dict[tuple[int, str, int], dict[str, Any]]:
    """What answers said: content by (declaration, ref, version), in one statement."""
    key = tuple_(AnswerRevision.declaration_id, AnswerRevision.ref, AnswerRevision.version)
    found = session.scalars(
        select(AnswerRevision).where(_among(key, keys), AnswerRevision.kept_aside.is_(False))
    )
    return {(one.declaration_id, one.ref, one.version): one.content for one in found}


def figure_contents(
    session: Session, organisation_id: int, keys: Collection[tuple[int, str, int]]
) -> dict[tuple[int, str, int], dict[str, Any]]:
    """What a company's figures were: content by (year, datapoint, version), in one statement."""
    key = tuple_(FigureRevision.year, FigureRevision.datapoint, FigureRevision.version)
    found = session.scalars(
        select(FigureRevision).where(
            FigureRevision.organisation_id == organisation_id,
            _among(key, keys),
            FigureRevision.kept_aside.is_(False),
        )
    )
    return {(one.year, one.datapoint, one.version): one.content for one in found}


def remove_some(session: Session, *, before: datetime) -> bool:
    """Delete some of the events that happened before; whether there were any."""
    some = select(Event.id).where(Event.happened_at < before).limit(AT_ONCE)
    removed = session.execute(delete(Event).where(Event.id.in_(some)).returning(Event.id))
    return bool(removed.all())


def _wanted(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.declaration_id is not None:
        yield Event.declaration_id == wanted.declaration_id
    if wanted.actor_id is not None:
        yield Event.actor_id == wanted.actor_id
    if wanted.kind is not None:
        yield Event.kind == wanted.kind


def _latest(
    session: Session,
    conditions: Iterable[ColumnElement[bool]],
    *,
    limit: int,
    before: int | None = None,
    skip: int = 0,
) -> Sequence[Event]:
    found = select(Event).where(*conditions).order_by(Event.id.desc()).limit(limit).offset(skip)
    return session.scalars(found if before is None else found.where(Event.id < before)).all()


def _among(key: Any, keys: Collection[tuple[int, str, int]]) -> ColumnElement[bool]:
    return key.in_(sorted(keys)) if keys else false()
