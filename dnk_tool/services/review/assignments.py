"""Assigns the review of a declaration to a person of the team, and shares out what nobody has."""

from collections.abc import Sequence

from dnk_tool.domain.clusters.fair_shares import share_out
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, companies_kept_from, require
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
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
    work: Work, declaration: Declaration, account_id: int | None, *, seen: int | None
) -> Account | None:
    """Assign the review to a person of the team, or take it back with None; returns the person.

    `seen`: who had it when the sender looked. Assigning it again to the same person changes nothing and
    returns None. Raises NotPermitted, AssignmentChanged and NotAReviewer, each before anything is written.
    """
    require(Permission.REVIEW, work.actor, subject_of(work.session, declaration))
    cluster_id = declaration.cluster_id or 0
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    clusters.lock(work.session, cluster_id)
    assignment = team.assignment(work.session, declaration.id, cluster_id)
    held_by = assignment.account_id if assignment else None
    if account_id == held_by:
        return None
    if held_by != seen:
        raise AssignmentChanged(held_by)
    able = team.reviewers(work.session, cluster_id, declaration.organisation_id, today=local_day(work.now))
    account = {one.id: one for one in able}.get(account_id or 0)
    if account_id is not None and account is None:
        raise NotAReviewer(account_id)
    _assign(work, declaration, account_id)
    return account


def share_out_reviews(work: Work, cluster_id: int) -> Sequence[tuple[Account, Declaration]]:
    """Assign all that waits and that nobody has, so that everybody has about as many; returns the new ones.

    Leaves out companies whose review is closed to the actor, and what nobody else may review. Raises
    NotPermitted.
    """
    lock_led_cluster(work.session, cluster_id, work.actor)
    kept_from = companies_kept_from(work.actor, cluster_id)
    waiting = [
        (one.declaration_id, one.organisation_id)
        for one in team.unassigned(work.session, cluster_id)
        if one.organisation_id not in kept_from
    ]
    closed = team.closed_companies(work.session, cluster_id, today=local_day(work.now))
    shares = share_out(waiting, team.loads(work.session, cluster_id), closed)
    given = []
    for declaration_id, account_id in shares.items():
        declaration = declarations.by_id(work.session, declaration_id)
        if declaration is not None:
            _assign(work, declaration, account_id)
            given.append((work.session.get_one(Account, account_id), declaration))
    return given


def _assign(work: Work, declaration: Declaration, account_id: int | None) -> None:
    team.assign(work.session, declaration.id, declaration.cluster_id or 0, account_id, now=work.now)
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.REVIEW_ASSIGNED,
        actor_id=work.actor.user_id,
        now=work.now,
        by_reviewers=True,
        **({"user": account_id} if account_id is not None else {"withdrawn": True}),
    )
