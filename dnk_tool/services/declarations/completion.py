"""Finishes a declaration without a review, and reopens a finished or approved one as a new version."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import Action
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.declarations.transitions import apply_transition, begin_transition, freeze_version
from dnk_tool.store.tables.declarations import Declaration, Snapshot


class SignOffNeeded(Exception):
    """The company wants each version confirmed by a named person first: see `submission.submit`."""


def finish(session: Session, declaration: Declaration, *, actor: Actor, now: datetime) -> Snapshot:
    """Freeze the declaration as a finished version, without a review. The command line needs no sign-off.

    Raises NotPermitted, TransitionNotAllowed, SignOffNeeded, DeclarationIncomplete and UnreadableSnapshot,
    each before anything is changed.
    """
    step = begin_transition(session, declaration, Action.FINISH, actor)
    if declaration.organisation.requires_sign_off and not actor.is_shell:
        raise SignOffNeeded
    snapshot = freeze_version(session, declaration, actor=actor, now=now)
    apply_transition(session, declaration, step, actor=actor, now=now)
    return snapshot


def reopen(session: Session, declaration: Declaration, *, actor: Actor, now: datetime) -> None:
    """Open a finished or approved declaration as its next version; the frozen version stays.

    Raises NotPermitted and TransitionNotAllowed.
    """
    step = begin_transition(session, declaration, Action.REOPEN, actor)
    apply_transition(session, declaration, step, actor=actor, now=now)
