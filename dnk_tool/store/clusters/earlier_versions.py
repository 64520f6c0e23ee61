"""Finds the version of the year before that reviewers may read beside a declaration."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.publication import Publication


def readable_earlier_snapshot(session: Session, declaration: Declaration) -> Snapshot | None:
    """The latest version of the company's year before that the declaration's cluster may read.

    It was submitted to this cluster, to which the company allows it today, or everybody can read it. Of the
    same edition, because another one has other questions.
    """
    is_allowed = exists().where(
        Consent.cluster_id == declaration.cluster_id,
        Consent.organisation_id == declaration.organisation_id,
        Consent.withdrawn_at.is_(None),
        allows(ConsentChoice.EARLIER_VERSION),
    )
    is_submitted = (Snapshot.cluster_id == declaration.cluster_id) & Snapshot.submitted_at.is_not(None)
    is_published = exists().where(
        Publication.declaration_id == Snapshot.declaration_id,
        Publication.version == Snapshot.version,
        Publication.revoked_at.is_(None),
    )
    return session.scalar(
        select(Snapshot)
        .join(Declaration, Declaration.id == Snapshot.declaration_id)
        .where(
            Declaration.organisation_id == declaration.organisation_id,
            Declaration.edition == declaration.edition,
            Declaration.reporting_year == declaration.reporting_year - 1,
            or_(is_submitted & is_allowed, is_published),
        )
        .order_by(Snapshot.version.desc())
        .limit(1)
    )
