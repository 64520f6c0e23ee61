"""Lists the declarations submitted to a cluster, by their state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import State
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True)
class SubmittedDeclaration:
    """A declaration submitted to a cluster: the latest version that it has, and the present state."""

    declaration_id: int
    organisation_id: int
    company: str
    year: int
    state: State
    version: int
    submitted_at: datetime | None


def submitted_declarations(
    session: Session, cluster_id: int, states: Sequence[State]
) -> list[SubmittedDeclaration]:
    """Declarations in these states that present members submitted to the cluster, oldest submission first."""
    last = (
        select(Snapshot.declaration_id, func.max(Snapshot.version).label("version"))
        .where(Snapshot.cluster_id == cluster_id, Snapshot.submitted_at.is_not(None))
        .group_by(Snapshot.declaration_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Declaration.id,
            Organisation.id,
            Organisation.name,
            Declaration.reporting_year,
            Declaration.state,
            Snapshot.version,
            Snapshot.submitted_at,
        )
        .join(last, last.c.declaration_id == Declaration.id)
        .join(
            Snapshot,
            and_(Snapshot.declaration_id == last.c.declaration_id, Snapshot.version == last.c.version),
        )
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(
            Declaration.cluster_id == cluster_id,
            Declaration.state.in_(states),
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
        .order_by(Snapshot.submitted_at, Declaration.id)
    )
    return [SubmittedDeclaration(*row) for row in rows]
