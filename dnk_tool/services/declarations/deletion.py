"""Deletes a declaration, which only the company's owners can do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.publication import publications
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class DeclarationConsequences:
    """What goes with a declaration. `cluster_id`: the cluster to which a version was submitted."""

    versions: int
    is_published: bool
    evidence_files: int
    cluster_id: int | None


def consequences(session: Session, declaration: Declaration) -> DeclarationConsequences:
    """What goes with the declaration."""
    return DeclarationConsequences(
        len(versions.versions(session, declaration.id)),
        declaration.id in publications.published_among(session, [declaration.id]),
        len(evidence.of_declaration(session, declaration)),
        declaration.cluster_id,
    )


def delete_declaration(
    session: Session, declaration: Declaration, *, actor: Actor, now: datetime
) -> DatabaseDeletion:
    """Delete the declaration for good, also in an archived company. Raises NotPermitted.

    The caller commits, then calls `deletion_files.finish_deletion`.
    """
    require(Permission.ORGANISATION_CLOSE, actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(session, declaration.organisation_id, declaration, even_archived=True)
    history.record_event(
        session,
        EventKind.DECLARATION_DELETED,
        organisation_id=declaration.organisation_id,
        actor_id=actor.user_id,
        now=now,
        reporting_year=declaration.reporting_year,
        state=declaration.state.value,
    )
    session.flush()
    return deletion.delete_declaration(session, declaration, now=now)
