"""Reads and writes good examples. What a cluster, its members or everybody see goes through one condition.

Reads which energy a company uses, to find examples that may fit it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.exchange.examples import ExampleContent, ExampleNumber, ExampleState
from dnk_tool.domain.measures.model import MeasureState, effect_from_json, effect_to_json
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.examples import ExamplePicture, ExampleRow
from dnk_tool.store.tables.figures import LineRow
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.store.tables.organisations import Membership, Organisation

TEXTS = ("title", "before", "idea", "done", "effort", "advice", "fits", "section", "is_public", "picture_alt")


@dataclass(frozen=True, slots=True)
class ExampleContact:
    """The person of the company who agreed to be asked; empty where there is none."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example as others see it, with the company's name. `contact` is for members and the team only.

    `picture`: SHA-256 of its picture, empty for none. `at`: when it was published, else when it was offered.
    """

    id: int
    cluster_id: int
    organisation_id: int
    company: str
    state: ExampleState
    version: int
    content: ExampleContent
    number: ExampleNumber
    contact: ExampleContact
    picture: str
    at: datetime

    @property
    def is_published(self) -> bool:
        """Whether the manager published it."""
        return self.state is ExampleState.PUBLISHED


def content_of(row: ExampleRow) -> ExampleContent:
    """What people wrote, as a domain value."""
    return ExampleContent(**{name: getattr(row, name) for name in TEXTS})


def number_of(row: ExampleRow) -> ExampleNumber:
    """What the measure saved when the example was last saved."""
    return ExampleNumber(effect_from_json(row.effect), row.kind, row.from_year)


def stored_example(row: ExampleRow) -> Stored[ExampleContent]:
    """The row's texts with their version and last change."""
    return Stored(content_of(row), row.version, row.changed_at, row.changed_by, str(row.id))


def rows_of_company(session: Session, organisation_id: int) -> Sequence[ExampleRow]:
    """All examples of a company in the order in which they were begun, without those of removed measures."""
    return session.scalars(
        select(ExampleRow)
        .join(MeasureRow, MeasureRow.id == ExampleRow.measure_id)
        .where(ExampleRow.organisation_id == organisation_id, MeasureRow.removed_at.is_(None))
        .order_by(ExampleRow.id)
    ).all()


def find_row(session: Session, organisation_id: int, example_id: int) -> ExampleRow | None:
    """One example of that company, reread; None if there is none."""
    wanted = ExampleRow.id == example_id, ExampleRow.organisation_id == organisation_id
    return session.scalar(select(ExampleRow).where(*wanted), execution_options={"populate_existing": True})


def find_of_measure(session: Session, measure_id: int) -> ExampleRow | None:
    """The example that a company wrote about a measure; None if there is none."""
    return session.scalar(select(ExampleRow).where(ExampleRow.measure_id == measure_id))


def add(session: Session, organisation_id: int, measure_id: int, now: datetime) -> ExampleRow:
    """Begin the example of a measure; it is written next."""
    row = ExampleRow(organisation_id=organisation_id, measure_id=measure_id, version=0, changed_at=now)
    session.add(row)
    return row


def write(
    row: ExampleRow, content: ExampleContent, number: ExampleNumber, *, by: int | None, now: datetime
) -> None:
    """Store texts and number as the row's next version."""
    for name in TEXTS:
        setattr(row, name, getattr(content, name))
    row.effect, row.kind, row.from_year = effect_to_json(number.effect), number.kind, number.from_year
    row.version += 1
    row.changed_at, row.changed_by = now, by


def picture_of(session: Session, example_id: int) -> bytes:
    """The picture of an example as JPEG, for its company; empty without one."""
    return (
        session.scalar(select(ExamplePicture.content).where(ExamplePicture.example_id == example_id)) or b""
    )


def has_picture(session: Session, example_id: int) -> bool:
    """Whether an example has a picture."""
    return bool(session.scalar(select(exists().where(ExamplePicture.example_id == example_id))))


def replace_picture(session: Session, example_id: int, content: bytes) -> None:
    """Store this picture in place of the one there is; none for empty bytes."""
    session.execute(delete(ExamplePicture).where(ExamplePicture.example_id == example_id))
    if content:
        digest = hashlib.sha256(content).hexdigest()
        session.add(ExamplePicture(example_id=example_id, sha256=digest, content=content))
    session.flush()


def clusters_allowed(session: Session, organisation_id: int) -> dict[int, str]:
    """The names of the clusters that may show examples of the company now, by id."""
    query = (
        select(Cluster.id, Cluster.name)
        .join(Consent, Consent.cluster_id == Cluster.id)
        .where(
            Consent.organisation_id == organisation_id,
            Consent.withdrawn_at.is_(None),
            allows(ConsentChoice.EXAMPLES),
        )
    )
    return {row.id: row.name for row in session.execute(query.order_by(Cluster.name, Cluster.id))}


def cluster_of_offer(session: Session, row: ExampleRow) -> Cluster | None:
    """The cluster that has the example now; None for a draft, and where the permission is gone."""
    return session.scalar(
        select(Cluster)
        .join(Consent, Consent.cluster_id == Cluster.id)
        .where(Consent.id == row.consent_id, Consent.withdrawn_at.is_(None), allows(ConsentChoice.EXAMPLES))
    )


def take_back_of_consent(session: Session, consent_id: int) -> None:
    """Make drafts of all examples that a cluster has under a consent, which ends or no longer allows it."""
    _take_back(session, ExampleRow.consent_id == consent_id)


def take_back_of_measure(session: Session, measure_id: int) -> str | None:
    """Make a draft of the example that a cluster has of a measure; gives its title, None if none has one."""
    titles = _take_back(session, ExampleRow.measure_id == measure_id)
    return titles[0] if titles else None


def _take_back(session: Session, wanted: ColumnElement[bool]) -> Sequence[str]:
    drafts = {"state": ExampleState.DRAFT, "consent_id": None, "published_at": None, "published_by": None}
    held = update(ExampleRow).where(wanted, ExampleRow.state != ExampleState.DRAFT)
    change = held.values(version=ExampleRow.version + 1, offered_at=None, **drafts)
    return session.scalars(change.returning(ExampleRow.title)).all()


def list_shown(
    session: Session,
    cluster_ids: Sequence[int],
    state: ExampleState,
    *,
    today: date,
    is_public: bool = False,
    limit: int = 500,
) -> list[ShownExample]:
    """The examples of these clusters in a state, the latest first; `is_public`: only those for everybody."""
    query = _shown(today).where(Consent.cluster_id.in_(cluster_ids), ExampleRow.state == state)
    if is_public:
        query = query.where(ExampleRow.is_public)
    at = func.coalesce(ExampleRow.published_at, ExampleRow.offered_at)
    rows = session.execute(query.order_by(at.desc(), ExampleRow.id.desc()).limit(limit))
    return [_example(*row) for row in rows]


def find_shown(
    session: Session, cluster_ids: Sequence[int], example_id: int, *, today: date
) -> ShownExample | None:
    """An example that one of these clusters has now; None as soon as it has it no longer."""
    wanted = ExampleRow.id == example_id, Consent.cluster_id.in_(cluster_ids)
    row = session.execute(_shown(today).where(*wanted)).one_or_none()
    return _example(*row) if row else None


def select_published() -> Select[tuple[int]]:
    """Select the ids of all published examples that their clusters may show now."""
    return _standing(select(ExampleRow.id)).where(ExampleRow.state == ExampleState.PUBLISHED)


def _shown(today: date) -> Select[*tuple[Any, ...]]:
    belongs = and_(
        Membership.user_id == ExampleRow.contact_id,
        Membership.organisation_id == ExampleRow.organisation_id,
        or_(Membership.until.is_(None), Membership.until >= today),
    )
    query = (
        select(
            ExampleRow,
            Consent.cluster_id,
            Organisation.name,
            Account.name,
            Account.email,
            ExamplePicture.sha256,
        )
        .join(Organisation, Organisation.id == ExampleRow.organisation_id)
        .outerjoin(Membership, belongs)
        .outerjoin(Account, and_(Account.id == Membership.user_id, Account.active))
        .outerjoin(ExamplePicture, ExamplePicture.example_id == ExampleRow.id)
    )
    return _standing(query)


def _standing(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Restrict to what a cluster may have: the consent stands and allows it, the measure is done."""
    return (
        query.join(Consent, Consent.id == ExampleRow.consent_id)
        .join(MeasureRow, MeasureRow.id == ExampleRow.measure_id)
        .where(
            ExampleRow.state != ExampleState.DRAFT,
            Consent.withdrawn_at.is_(None),
            Consent.organisation_id == ExampleRow.organisation_id,
            allows(ConsentChoice.EXAMPLES),
            MeasureRow.removed_at.is_(None),
            MeasureRow.state == MeasureState.DONE,
        )
    )


def _example(
    row: ExampleRow, cluster_id: int, company: str, name: str | None, email: str | None, picture: str | None
) -> ShownExample:
    return ShownExample(
        id=row.id,
        cluster_id=cluster_id,
        organisation_id=row.organisation_id,
        company=company,
        state=row.state,
        version=row.version,
        content=content_of(row),
        number=number_of(row),
        contact=ExampleContact(name or email or "", email or ""),
        picture=picture or "",
        at=row.published_at or row.offered_at or row.changed_at,
    )


def used_activities(session: Session, organisation_id: int, *, since: int) -> frozenset[str]:
    """The activities of the company's lines of calculators since a year, in one statement."""
    activity = LineRow.content["activity"].as_string()
    wanted = LineRow.organisation_id == organisation_id, LineRow.year >= since, LineRow.removed_at.is_(None)
    found = session.scalars(select(activity).where(*wanted).distinct())
    return frozenset(name for name in found if name)
