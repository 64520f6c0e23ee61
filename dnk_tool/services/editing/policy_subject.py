"""Gathers the facts about a declaration on which permissions depend."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Subject
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.declarations import Declaration


def subject_of(
    session: Session,
    declaration: Declaration,
    *,
    section: str | None = None,
    requirements: Collection[str] = (),
) -> Subject:
    """The declaration as the subject of a permission. Reads consents only if a cluster has a version."""
    reviewing = declaration.cluster_id
    return Subject(
        organisation_id=declaration.organisation_id,
        cluster_id=reviewing,
        declaration_id=declaration.id,
        section=section,
        requirements=frozenset(requirements),
        consents=clusters.cluster_ids_of_company(session, declaration.organisation_id)
        if reviewing
        else frozenset(),
        reviewing=reviewing,
        signatory=declaration.signatory_id,
    )
