"""Assigns the review of a declaration to a person of the team, and shares out what nobody has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.fair_shares import share_out
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, companies_kept_from, require
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import team
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration


class AssignmentChanged(Exception):
    """Somebody else assigned the review meanwhile; `account_id` is who has it now, None for nobody."""

    def __init__(self, account_id: int | None) -> None:
        self.account_id = account_id
        super().__init__(account_id)


class NotAReviewer(LookupError):
    """The person is not in the team, cannot sign in, or must not review this company."""


def assign_review(
    session: Session,
    declaration: Declaration,
    account_id: int | None,
    *,
    seen: int | None,
    actor: Actor,
    now: datetime,
) -> Account | None:
    """Assign the review to a person of the team, or take it back with None; returns the person.

    `seen`: who had it when the sender looked. Assigning it again to the same person changes nothing and
    returns None. Raises NotPermitted, AssignmentChanged and NotAReviewer, each before anything is written.
    """
    require(Permission.REVIEW, actor, subject_of(session, declaration))
    cluster_id = declaration.cluster_id or 0
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    clusters.lock(session, cluster_id)
    assignment = team.assignment(session, declaration.id, cluster_id)
    held_by = assignment.account_id if assignment else None
    if account_id == held_by:
        return None
    if held_by != seen:
        raise AssignmentChanged(held_by)
    able = team.reviewers(session, cluster_id, declaration.organisation_id, today=local_day(now))
    account = {one.id: one for one in able}.get(account_id or 0)
    if account_id is not None and account is None:
        raise NotAReviewer(account_id)
    _assign(session, declaration, account_id, actor=actor, now=now)
    return account


def share_out_reviews(
    session: Session, cluster_id: int, *, actor: Actor, now: datetime
) -> Sequence[tuple[Account, Declaration]]:
    """Assign all that waits and that nobody has, so that everybody has about as many; returns the new ones.

    Leaves out companies whose review is closed to the actor, and what nobody else may review. Raises
    NotPermitted.
    """
    lock_led_cluster(session, cluster_id, actor)
    kept_from = companies_kept_from(actor, cluster_id)
    waiting = [
        (one.declaration_id, one.organisation_id)
        for one in team.unassigned(session, cluster_id)
        if one.organisation_id not in kept_from
    ]
    closed = team.closed_companies(session, cluster_id, today=local_day(now))
    shares = share_out(waiting, team.loads(session, cluster_id), closed)
    given = []
    for declaration_id, account_id in shares.items():
        declaration = declarations.by_id(session, declaration_id)
        if declaration is not None:
            _assign(session, declaration, account_id, actor=actor, now=now)
            given.append((session.get_one(Account, account_id), declaration))
    return given


def _assign(
    session: Session, declaration: Declaration, account_id: int | None, *, actor: Actor, now: datetime
) -> None:
    team.assign(session, declaration.id, declaration.cluster_id or 0, account_id, now=now)
    history.record_declaration_event(
        session,
        declaration,
        EventKind.REVIEW_ASSIGNED,
        actor_id=actor.user_id,
        now=now,
        by_reviewers=True,
        **({"user": account_id} if account_id is not None else {"withdrawn": True}),
    )
