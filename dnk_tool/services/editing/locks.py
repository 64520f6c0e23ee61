"""Locks a company, a cluster or a declaration for a change by somebody who may do it."""

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import EDITABLE_STATES, OPEN_STATES, State
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.review import is_unlocked
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.declarations import Declaration


class Locked(Exception):
    """This part of the declaration is frozen until somebody opens it again."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"nothing can be changed while {state}")


def lock_company(session: Session, organisation_id: int, permission: Permission, actor: Actor) -> None:
    """Lock a company for a change by somebody who may do it. Raises NotPermitted, Archived and Deleted."""
    require(permission, actor, Subject(organisation_id))
    declarations.lock_organisation(session, organisation_id)


def lock_led_cluster(session: Session, cluster_id: int, actor: Actor) -> None:
    """Lock a cluster for a change by one of its managers. Raises NotPermitted, Archived and Deleted."""
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster_id))
    clusters.lock(session, cluster_id)


def open_for_editing(session: Session, declaration: Declaration, actor: Actor) -> None:
    """Lock the company for a change of the whole declaration, and reload both once the lock is held.

    Raises NotPermitted for an actor who may not edit, and Locked unless everything is open.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if declaration.state not in OPEN_STATES:
        raise Locked(declaration.state)


def open_section(
    session: Session,
    declaration: Declaration,
    section: Section,
    actor: Actor,
    *,
    requirements: frozenset[str] = frozenset(),
) -> None:
    """Lock the company for a change of one section, and reload the declaration once the lock is held.

    `requirements`: refs that the edit touches, for actors who may answer only these; empty: any.

    Raises NotPermitted for an actor who may not edit it, and Locked for a section that is frozen.
    """
    subject = Subject(
        declaration.organisation_id,
        declaration_id=declaration.id,
        section=section.ref,
        requirements=requirements,
    )
    require(Permission.SECTION_EDIT, actor, subject)
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if not section_is_open(session, declaration, section.ref):
        raise Locked(declaration.state)


def section_is_open(session: Session, declaration: Declaration, section: str) -> bool:
    """Whether the section is open for editing now; permissions are not checked."""
    if declaration.state is not State.CHANGES_REQUESTED:
        return declaration.state in EDITABLE_STATES
    return is_unlocked(declaration.state, section, stored_verdicts.latest_judgements(session, declaration.id))
