"""Reads and writes what is nominated for awards. What anybody else sees goes through one condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Stored
from dnk_tool.domain.exchange.awards import AwardedPrize, AwardState, DecidedAward, NominationContent
from dnk_tool.domain.exchange.examples import FIVE_LINES, ExampleContent, ExampleNumber
from dnk_tool.store.exchange import examples
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.exchange.awards import AwardRow, NominationRow
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.organisations import Organisation

TEXTS = ("title", *(part.value for part in FIVE_LINES))


@dataclass(frozen=True, slots=True)
class ShownNomination:
    """What is nominated, with the company's name. `content` and `number` are those of its good example.

    A nomination of its own words has no number, and `example_id` None. `is_public`: see NominationContent.
    """

    id: int
    award_id: int
    consent_id: int
    organisation_id: int
    company: str
    content: ExampleContent
    number: ExampleNumber
    example_id: int | None
    is_public: bool
    is_agreed: bool
    prize: str
    version: int


def content_of(row: NominationRow) -> NominationContent:
    """The words of the nomination itself, as a domain value."""
    return NominationContent(**{name: getattr(row, name) for name in TEXTS}, is_public=row.is_public)


def stored_nomination(row: NominationRow) -> Stored[NominationContent]:
    """The words with their version and last change."""
    return Stored(content_of(row), row.version, row.changed_at, row.changed_by, str(row.id))


def of_award(session: Session, award_id: int, *, agreed_only: bool = False) -> list[ShownNomination]:
    """What is nominated in a round now, by the name of the company; `agreed_only`: what the jury sees."""
    query = _standing().where(NominationRow.award_id == award_id)
    if agreed_only:
        query = query.where(NominationRow.agreed_at.is_not(None))
    return [_shown(*row) for row in session.execute(query.order_by(Organisation.name, NominationRow.id))]


def find_shown(session: Session, award_id: int, nomination_id: int) -> ShownNomination | None:
    """One nomination of a round; None as soon as it is there no longer."""
    wanted = NominationRow.award_id == award_id, NominationRow.id == nomination_id
    row = session.execute(_standing().where(*wanted)).one_or_none()
    return _shown(*row) if row else None


def lock_rows(session: Session, award_id: int) -> None:
    """Let nobody withdraw what is nominated in a round until the transaction ends."""
    rows = select(NominationRow.id).where(NominationRow.award_id == award_id).order_by(NominationRow.id)
    session.execute(rows.with_for_update())


def of_consents(session: Session, consent_ids: Sequence[int]) -> list[ShownNomination]:
    """What a company has nominated, or is asked for, under these memberships."""
    query = _standing().where(NominationRow.consent_id.in_(consent_ids))
    return [_shown(*row) for row in session.execute(query.order_by(NominationRow.id))]


def find_row(session: Session, award_id: int, consent_id: int) -> NominationRow | None:
    """The row of a member in a round, reread, even if what it names does not stand any more."""
    wanted = NominationRow.award_id == award_id, NominationRow.consent_id == consent_id
    return session.scalar(select(NominationRow).where(*wanted), execution_options={"populate_existing": True})


def add(session: Session, award_id: int, consent_id: int, now: datetime) -> NominationRow:
    """Begin the nomination of a member; it is written next."""
    row = NominationRow(award_id=award_id, consent_id=consent_id, version=0, changed_at=now)
    session.add(row)
    return row


def write(
    row: NominationRow,
    content: NominationContent,
    example: ExampleRow | None,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Store the words, or that it is this publication of an example, as the row's next version."""
    for name in TEXTS:
        setattr(row, name, "" if example else getattr(content, name))
    row.example_id = example.id if example else None
    row.example_published_at = example.published_at if example else None
    row.is_public = content.is_public
    row.version += 1
    row.changed_at, row.changed_by = now, by


def write_prize(session: Session, nomination_id: int, prize: str) -> None:
    """Note what a nomination won, empty for nothing; of one that is gone meanwhile nothing is noted."""
    session.execute(update(NominationRow).where(NominationRow.id == nomination_id).values(prize=prize))


def remove_of_consent(session: Session, consent_id: int) -> None:
    """Delete what was nominated under a consent that ends, with what the jury said of it."""
    session.execute(delete(NominationRow).where(NominationRow.consent_id == consent_id))


def find_published_example(session: Session, consent_id: int, example_id: int) -> ExampleRow | None:
    """A published example that stands under this membership, reread; None otherwise."""
    wanted = ExampleRow.id == example_id, ExampleRow.consent_id == consent_id
    standing = ExampleRow.id.in_(examples.select_published().correlate(None))
    query = select(ExampleRow).where(*wanted, standing)
    return session.scalar(query, execution_options={"populate_existing": True})


def list_published_examples(session: Session, consent_ids: Sequence[int]) -> Sequence[ExampleRow]:
    """The published examples that stand under these memberships, the latest first."""
    standing = ExampleRow.id.in_(examples.select_published().correlate(None))
    query = select(ExampleRow).where(ExampleRow.consent_id.in_(consent_ids), standing)
    return session.scalars(query.order_by(ExampleRow.published_at.desc(), ExampleRow.id)).all()


def public_prizes(session: Session, award_ids: Sequence[int]) -> dict[int, list[AwardedPrize]]:
    """The prizes of which everybody may read, by round and in the order of their words."""
    found: dict[int, list[AwardedPrize]] = {key: [] for key in award_ids}
    wanted = NominationRow.prize != "", NominationRow.is_public, NominationRow.award_id.in_(award_ids)
    for row in session.execute(_standing().where(*wanted)):
        shown = _shown(*row)
        found[shown.award_id].append(_prize(shown))
    return {key: sorted(prizes, key=lambda one: (one.prize, one.company)) for key, prizes in found.items()}


def decided_awards(session: Session, cluster_id: int) -> list[DecidedAward]:
    """A cluster's decided rounds with prizes of which everybody may read, latest first; in one statement."""
    wanted = NominationRow.prize != "", NominationRow.is_public, AwardRow.cluster_id == cluster_id
    query = _standing().join(AwardRow, AwardRow.id == NominationRow.award_id).add_columns(AwardRow)
    query = query.where(*wanted, AwardRow.state == AwardState.DECIDED)
    latest = query.order_by(AwardRow.year.desc(), AwardRow.id.desc(), NominationRow.prize, Organisation.name)
    rows = session.execute(latest).all()
    return [
        DecidedAward(award.name, award.year, tuple(_prize(_shown(*row[:-1])) for row in of_award))
        for award, of_award in groupby(rows, key=itemgetter(-1))
    ]


def count_by_award(session: Session, award_ids: Sequence[int]) -> dict[int, int]:
    """How many nominations of each round stand and are agreed, in one statement."""
    agreed = NominationRow.award_id.in_(award_ids), NominationRow.agreed_at.is_not(None)
    query = _standing().where(*agreed).with_only_columns(NominationRow.award_id, func.count())
    counted = session.execute(query.group_by(NominationRow.award_id)).all()
    return {row[0]: row[1] for row in counted}


def _standing() -> Select[*tuple[Any, ...]]:
    """Select what stands: of a present member, and of an example exactly the publication that was named."""
    is_published = and_(
        ExampleRow.id.in_(examples.select_published().correlate(None)),
        ExampleRow.consent_id == NominationRow.consent_id,
        ExampleRow.published_at == NominationRow.example_published_at,
    )
    return (
        select(NominationRow, ExampleRow, Consent.organisation_id, Organisation.name)
        .join(Consent, Consent.id == NominationRow.consent_id)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(ExampleRow, ExampleRow.id == NominationRow.example_id)
        .where(Consent.withdrawn_at.is_(None), or_(NominationRow.example_id.is_(None), is_published))
    )


def _prize(shown: ShownNomination) -> AwardedPrize:
    return AwardedPrize(shown.prize, shown.company, shown.content.title)


def _shown(
    row: NominationRow, example: ExampleRow | None, organisation_id: int, company: str
) -> ShownNomination:
    own = ExampleContent(**{name: getattr(row, name) for name in TEXTS})
    return ShownNomination(
        id=row.id,
        award_id=row.award_id,
        consent_id=row.consent_id,
        organisation_id=organisation_id,
        company=company,
        content=examples.content_of(example) if example else own,
        number=examples.number_of(example) if example else ExampleNumber(),
        example_id=row.example_id,
        is_public=row.is_public,
        is_agreed=row.agreed_at is not None,
        prize=row.prize,
        version=row.version,
    )
