"""Finishes a declaration as an immutable snapshot, and reopens it as a new version."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain import completeness
from dnk_tool.domain.completeness import Gap
from dnk_tool.domain.document import canonical, fingerprint
from dnk_tool.domain.document_reader import DocumentError, DocumentProblem, read_document
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.states import Action, Transition, transition
from dnk_tool.services.documents import live_document
from dnk_tool.store import declarations, history
from dnk_tool.store.models import Declaration, Snapshot


class Incomplete(Exception):
    """The declaration still has gaps; `gaps` names each."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


class Unreadable(Exception):
    """What the declaration says would not be read back from its own file; `problems` says why."""

    def __init__(self, problems: list[DocumentProblem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


def finish(session: Session, declaration: Declaration, *, actor: Actor, now: datetime) -> Snapshot:
    """Freeze what the declaration says now.

    Raises NotPermitted, NotPossible, Incomplete and Unreadable, each before anything is changed.
    """
    step = _next(session, declaration, Action.FINISH, actor)
    document = live_document(session, declaration)
    gaps = completeness.gaps(document.sheet())
    if gaps:
        raise Incomplete(gaps)
    content = canonical(document)
    try:
        read_document(content)
    except DocumentError as error:
        raise Unreadable(error.problems) from error
    _take(session, declaration, step, actor=actor, now=now)
    snapshot = Snapshot(
        declaration_id=declaration.id,
        version=declaration.version,
        content=content,
        sha256=fingerprint(content),
        finished_at=now,
        finished_by=actor.user_id,
    )
    session.add(snapshot)
    return snapshot


def reopen(session: Session, declaration: Declaration, *, actor: Actor, now: datetime) -> None:
    """Open a finished declaration as its next version; the finished one stays. Raises NotPossible."""
    step = _next(session, declaration, Action.REOPEN, actor)
    _take(session, declaration, step, actor=actor, now=now)
    declaration.version += 1


def _next(session: Session, declaration: Declaration, action: Action, actor: Actor) -> Transition:
    """The step that the action takes, once it is this transaction's turn."""
    require(Permission.DECLARATION_FINISH, actor, Subject(declaration.organisation_id))
    declarations.lock(session, declaration.organisation_id, declaration)
    return transition(declaration.state, action)


def _take(
    session: Session, declaration: Declaration, step: Transition, *, actor: Actor, now: datetime
) -> None:
    """The one place where a declaration changes its state."""
    declaration.state = step.after
    history.record(
        session, declaration, step.event, actor_id=actor.user_id, now=now, version=declaration.version
    )
