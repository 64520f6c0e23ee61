"""Reads which finished versions enter a release of a cluster and year, and why those of others do not."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.aggregates.entering_versions import EnteringMembers, EnteringVersion
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES, ConsentChoice
from dnk_tool.store.aggregates.confirmations import is_confirmed
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.declarations.versions import is_final
from dnk_tool.store.tables.aggregates import ReleaseCompany
from dnk_tool.store.tables.clusters import Consent, PracticeFirm
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication

BATCH = 50  # versions whose content is in memory at once


def entering_versions(session: Session, cluster_id: int, reporting_year: int) -> list[EnteringVersion]:
    """The latest finished version of the year of each member that allows its figures, by company.

    One statement. Of a company with declarations of two editions of the standard it is the one that was
    finished last.
    """
    asked = (
        select(Declaration.organisation_id, *_version_columns(cluster_id))
        .join(Declaration, Declaration.id == Snapshot.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(is_member_of(cluster_id), _allows_figures_of(reporting_year))
        .where(Organisation.archived_at.is_(None), Declaration.reporting_year == reporting_year, is_final())
        .order_by(Declaration.organisation_id, Snapshot.finished_at, Snapshot.id)
    )
    return list({row[0]: EnteringVersion(*row) for row in session.execute(asked)}.values())


def versions_in(session: Session, release_id: int, cluster_id: int) -> list[EnteringVersion]:
    """The versions in a release of the companies that have not left it, as they are today, by company."""
    of_version = and_(
        Snapshot.declaration_id == ReleaseCompany.declaration_id, Snapshot.version == ReleaseCompany.version
    )
    standing = and_(
        Consent.organisation_id == ReleaseCompany.organisation_id,
        Consent.cluster_id == cluster_id,
        Consent.withdrawn_at.is_(None),
    )
    asked = (
        select(ReleaseCompany.organisation_id, *_version_columns(cluster_id))
        .join(Snapshot, of_version)
        .join(Consent, standing)
        .where(ReleaseCompany.release_id == release_id)
        .order_by(ReleaseCompany.organisation_id)
    )
    return [EnteringVersion(*row) for row in session.execute(asked)]


def _version_columns(cluster_id: int) -> list[Any]:
    """What an `EnteringVersion` says besides the company, of a query over snapshots and consents."""
    return [
        Snapshot.id,
        Snapshot.declaration_id,
        Snapshot.version,
        _is_published(),
        _is_submitted(cluster_id),
        allows(ConsentChoice.PROFILE),
        _was_published(),
        _was_submitted(cluster_id),
        is_confirmed(cluster_id),
    ]


def entering_members(session: Session, cluster_id: int, reporting_year: int) -> EnteringMembers:
    """How many members enter a release of the year, and how many not, by the first reason. Two statements."""
    archived = Organisation.archived_at.is_not(None)
    knows_comparisons = Consent.edition.in_(EDITIONS_WITH_CHOICES)
    reason = case(
        (archived, "archived"),
        (~knows_comparisons, "earlier_edition"),
        (Consent.aggregates_from.is_(None), "not_allowed"),
        (Consent.aggregates_from > reporting_year, "later"),
        (~_has_final_version(reporting_year), "unfinished"),
        else_="",
    )
    asked = (
        select(reason, literal(1))
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(is_member_of(cluster_id))
        .subquery()
    )
    counted = select(asked.c[0], func.count()).group_by(asked.c[0])
    found: dict[str, int] = dict(iter(session.execute(counted)))
    members, entering = sum(found.values()), found.pop("", 0)
    reasons = ("archived", "earlier_edition", "not_allowed", "later", "unfinished")
    versions = entering_versions(session, cluster_id, reporting_year) if entering else []
    unconfirmed = sum(not each.counts for each in versions)
    counts = {name: found.get(name, 0) for name in reasons}
    return EnteringMembers(members, **counts, unconfirmed=unconfirmed)


def contents(session: Session, snapshots: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Id and content of each of these frozen versions; a statement for every `BATCH`."""
    for first in range(0, len(snapshots), BATCH):
        some = snapshots[first : first + BATCH]
        asked = select(Snapshot.id, Snapshot.content).where(Snapshot.id.in_(some))
        yield from ((key, content) for key, content in session.execute(asked))


def lock_companies(session: Session, companies: Sequence[int]) -> None:
    """Keep these companies from taking anything back until the transaction ends.

    On SQLite a writing transaction locks everything anyway.
    """
    rows = select(Organisation.id).where(Organisation.id.in_(companies)).order_by(Organisation.id)
    session.execute(rows.with_for_update(read=True))


def is_member_of(cluster_id: int) -> ColumnElement[bool]:
    """Whether the company of a query over consents is a member; a practice firm never is."""
    practised = exists().where(PracticeFirm.organisation_id == Consent.organisation_id).correlate(Consent)
    return and_(Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None), ~practised)


def _allows_figures_of(reporting_year: int) -> ColumnElement[bool]:
    """Whether the consent allows the figures of the year, in words that speak of comparisons, too.

    Those of earlier editions speak of sums alone, and a release shows middle values besides.
    """
    return and_(Consent.aggregates_from <= reporting_year, Consent.edition.in_(EDITIONS_WITH_CHOICES))


def _has_final_version(reporting_year: int) -> ColumnElement[bool]:
    declaration = aliased(Declaration)
    return (
        exists()
        .where(
            declaration.organisation_id == Consent.organisation_id,
            declaration.reporting_year == reporting_year,
            declaration.deleted_at.is_(None),
            Snapshot.declaration_id == declaration.id,
            is_final(),
        )
        .correlate(Consent)
    )


def _is_published() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Publication.declaration_id == Snapshot.declaration_id,
            Publication.version == Snapshot.version,
            Publication.revoked_at.is_(None),
        )
        .correlate(Snapshot)
    )


def _is_submitted(cluster_id: int) -> ColumnElement[bool]:
    """Whether reviewers of the cluster can read the version."""
    return func.coalesce(and_(Snapshot.cluster_id == cluster_id, Snapshot.submitted_at.is_not(None)), False)


def _was_published() -> ColumnElement[bool]:
    """Whether everybody can read any version of the declaration, or could once."""
    return exists().where(Publication.declaration_id == Snapshot.declaration_id).correlate(Snapshot)


def _was_submitted(cluster_id: int) -> ColumnElement[bool]:
    """Whether reviewers of the cluster can read any version of the declaration, or could once.

    A version that was taken out of a cluster does not say of which.
    """
    other = aliased(Snapshot)
    is_here = or_(other.cluster_id == cluster_id, other.cluster_id.is_(None))
    known = exists().where(
        other.declaration_id == Snapshot.declaration_id, other.submitted_at.is_not(None), is_here
    )
    return known.correlate(Snapshot)
