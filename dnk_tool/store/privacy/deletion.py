"""Deletes declarations, companies and clusters from the database, and notes it in the journal of erasures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.review import Audience
from dnk_tool.store.aggregates import company_removal
from dnk_tool.store.privacy.erasure_log import note_deletion
from dnk_tool.store.publication.publications import slug_digest
from dnk_tool.store.tables.clusters import Cluster, PracticeFirm
from dnk_tool.store.tables.declarations import WITH_DELETED, Declaration, Event, Snapshot
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import GonePage, Publication
from dnk_tool.store.tables.review import RemarkRow


@dataclass(frozen=True)
class DatabaseDeletion:
    """A deletion from the database, and what is left to delete outside it after the commit.

    `contents`: SHA-256 of evidence that no row uses any more; `prints`: of versions with cached PDFs.
    """

    kind: str
    number: int
    organisation_id: int | None = None
    contents: frozenset[str] = frozenset()
    prints: tuple[str, ...] = ()


def delete_declaration(session: Session, declaration: Declaration, *, now: datetime) -> DatabaseDeletion:
    """Delete the declaration with its versions, and the evidence that belongs to nothing else.

    The figures stay: they are the company's. Addresses of published versions answer that they are gone.
    """
    key, organisation_id = declaration.id, declaration.organisation_id
    prints = _prints(session, [key])
    _remember_pages(session, [key])
    candidates = session.execute(
        select(EvidenceFile.id, EvidenceFile.sha256)
        .join(EvidenceUse, EvidenceUse.file_id == EvidenceFile.id)
        .where(EvidenceUse.declaration_id == key)
    ).all()
    session.execute(delete(Declaration).where(Declaration.id == key))
    unused = ~exists().where(EvidenceUse.file_id == EvidenceFile.id)
    session.execute(delete(EvidenceFile).where(EvidenceFile.id.in_([row.id for row in candidates]), unused))
    kept = session.scalars(select(EvidenceFile.sha256).where(EvidenceFile.organisation_id == organisation_id))
    note_deletion(session, "declaration", key, now)
    contents = frozenset(row.sha256 for row in candidates) - set(kept)
    return DatabaseDeletion("declaration", key, organisation_id, contents, prints)


def delete_company(session: Session, organisation_id: int, *, now: datetime) -> DatabaseDeletion:
    """Delete the company with everything that belongs to it, its declarations too, also deleted ones."""
    own = select(Declaration.id).where(Declaration.organisation_id == organisation_id)
    keys = session.scalars(own, execution_options=WITH_DELETED).all()
    prints = _prints(session, keys)
    _remember_pages(session, keys)
    hashes = session.scalars(
        select(EvidenceFile.sha256).where(EvidenceFile.organisation_id == organisation_id)
    )
    contents = frozenset(hashes)
    company_removal.forget_company(session, organisation_id)
    session.execute(delete(Organisation).where(Organisation.id == organisation_id))
    note_deletion(session, "company", organisation_id, now)
    return DatabaseDeletion("company", organisation_id, organisation_id, contents, prints)


def delete_cluster(session: Session, cluster_id: int, *, now: datetime) -> DatabaseDeletion:
    """Delete the cluster with its own remarks, drafts included, and events, and its practice firm.

    What it told companies stays theirs.
    """
    practised = session.get(PracticeFirm, cluster_id)
    firm = delete_company(session, practised.organisation_id, now=now) if practised else None
    session.execute(
        delete(RemarkRow).where(
            RemarkRow.cluster_id == cluster_id,
            or_(RemarkRow.audience == Audience.REVIEWERS, RemarkRow.published_at.is_(None)),
        )
    )
    session.execute(delete(Event).where(Event.cluster_id == cluster_id, Event.organisation_id.is_(None)))
    session.execute(delete(Cluster).where(Cluster.id == cluster_id))
    note_deletion(session, "cluster", cluster_id, now)
    if firm is None:
        return DatabaseDeletion("cluster", cluster_id)
    return DatabaseDeletion("cluster", cluster_id, firm.organisation_id, firm.contents, firm.prints)


def delete_again(
    session: Session, kind: str, number: int, *, deleted_at: datetime
) -> DatabaseDeletion | None:
    """Delete what a restored backup brought back; None if it is not there or was made after the deletion."""
    models = {"declaration": Declaration, "company": Organisation, "cluster": Cluster}
    # Of classes in a mapping mypy knows only what they have in common.
    row: Declaration | Organisation | Cluster | None = session.get(  # type: ignore[assignment]
        models[kind], number, execution_options=WITH_DELETED
    )
    if row is None or row.created_at > deleted_at:
        return None
    if isinstance(row, Declaration):
        return delete_declaration(session, row, now=deleted_at)
    if isinstance(row, Organisation):
        return delete_company(session, number, now=deleted_at)
    return delete_cluster(session, number, now=deleted_at)


def _prints(session: Session, declaration_ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(Snapshot.sha256).where(Snapshot.declaration_id.in_(declaration_ids)).distinct()
        )
    )


def _remember_pages(session: Session, declaration_ids: Sequence[int]) -> None:
    slugs = session.scalars(select(Publication.slug).where(Publication.declaration_id.in_(declaration_ids)))
    for slug in slugs.all():
        session.merge(GonePage(slug_sha256=slug_digest(slug)))
    session.flush()
