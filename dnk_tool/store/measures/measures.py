"""Reads and writes the register of a company's measures."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES, ConsentChoice
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.measures.model import CompanyMeasure, Measures, effect_from_json, effect_to_json
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.consents import AllowedChoice
from dnk_tool.store.tables.measures import MeasureRow

# What a row holds as the measure says it; its effect is kept as JSON.
FIELDS = (
    *("text", "owner", "due", "criterion", "kind", "state"),
    *("investment_eur", "from_year", "lifetime", "counts_for"),
)
_IS_THERE = MeasureRow.removed_at.is_(None)


def measure_of(row: MeasureRow) -> CompanyMeasure:
    """The row as a domain value."""
    return CompanyMeasure(
        effect=effect_from_json(row.effect), **{name: getattr(row, name) for name in FIELDS}
    )


def stored_measure(row: MeasureRow) -> Stored[CompanyMeasure]:
    """The row as a domain value with its version and last change."""
    return Stored(measure_of(row), row.version, row.changed_at, row.changed_by, str(row.id))


def rows_of_company(session: Session, organisation_id: int) -> Sequence[MeasureRow]:
    """The rows of a company in the order in which they were noted, without removed ones."""
    wanted = MeasureRow.organisation_id == organisation_id, _IS_THERE
    return session.scalars(select(MeasureRow).where(*wanted).order_by(MeasureRow.id)).all()


def of_company(session: Session, organisation_id: int) -> Measures:
    """The measures of a company by id, in the order in which they were noted, without removed ones."""
    return {row.id: measure_of(row) for row in rows_of_company(session, organisation_id)}


def of_companies(session: Session, organisation_ids: Collection[int]) -> dict[int, Measures]:
    """The measures of each company by its id, in one statement; companies without any are left out.

    For what is the company's own business: who adds up over members takes `of_cluster`.
    """
    return _by_company(session, MeasureRow.organisation_id.in_(organisation_ids))


def of_cluster(session: Session, cluster_id: int) -> dict[int, Measures]:
    """The measures that count for a cluster, by company: chosen for it, and allowed to it now."""
    return _by_company(session, MeasureRow.counts_for == cluster_id, _is_allowed(cluster_id))


def _is_allowed(cluster_id: int) -> ColumnElement[bool]:
    granted = exists().where(
        AllowedChoice.consent_id == Consent.id, AllowedChoice.choice == ConsentChoice.MEASURES
    )
    return exists().where(
        Consent.organisation_id == MeasureRow.organisation_id,
        Consent.cluster_id == cluster_id,
        Consent.withdrawn_at.is_(None),
        Consent.edition.in_(EDITIONS_WITH_CHOICES),
        granted,
    )


def _by_company(session: Session, *wanted: ColumnElement[bool]) -> dict[int, Measures]:
    found: dict[int, dict[int, CompanyMeasure]] = {}
    for row in session.scalars(select(MeasureRow).where(_IS_THERE, *wanted).order_by(MeasureRow.id)):
        found.setdefault(row.organisation_id, {})[row.id] = measure_of(row)
    return dict(found)


def find_row(session: Session, organisation_id: int, measure_id: int) -> MeasureRow | None:
    """One measure of that company, reread; also a removed one. None if there is none."""
    return session.scalar(
        select(MeasureRow).where(MeasureRow.id == measure_id, MeasureRow.organisation_id == organisation_id),
        execution_options={"populate_existing": True},
    )


def removed_rows(session: Session, organisation_id: int, *, since: datetime) -> Sequence[MeasureRow]:
    """The measures of a company that were removed since a moment, the last one first."""
    wanted = MeasureRow.organisation_id == organisation_id, MeasureRow.removed_at >= since
    return session.scalars(select(MeasureRow).where(*wanted).order_by(MeasureRow.removed_at.desc())).all()


def clusters_allowed(session: Session, organisation_id: int) -> dict[int, str]:
    """The names of the clusters that the company allows to use its measures now, by id."""
    query = (
        select(Cluster.id, Cluster.name)
        .join(Consent, Consent.cluster_id == Cluster.id)
        .join(AllowedChoice, AllowedChoice.consent_id == Consent.id)
        .where(
            Consent.organisation_id == organisation_id,
            Consent.withdrawn_at.is_(None),
            Consent.edition.in_(EDITIONS_WITH_CHOICES),
            AllowedChoice.choice == ConsentChoice.MEASURES,
        )
    )
    return {row.id: row.name for row in session.execute(query.order_by(Cluster.name))}


def add(
    session: Session, organisation_id: int, measure: CompanyMeasure, *, by: int | None, now: datetime
) -> MeasureRow:
    """Add a measure to the register of a company and flush, so that it has its id."""
    row = MeasureRow(organisation_id=organisation_id, version=0)
    write(session, row, measure, by=by, now=now)
    session.add(row)
    session.flush()
    return row


def write(
    session: Session, row: MeasureRow, measure: CompanyMeasure, *, by: int | None, now: datetime
) -> None:
    """Store the content as the row's next version."""
    for name in FIELDS:
        setattr(row, name, getattr(measure, name))
    row.effect = effect_to_json(measure.effect)
    row.version += 1
    row.changed_at, row.changed_by = now, by


def erase_removed(session: Session, *, before: datetime) -> None:
    """Delete measures that were removed before a moment and not restored since."""
    session.execute(delete(MeasureRow).where(MeasureRow.removed_at < before))
