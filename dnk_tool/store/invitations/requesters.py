"""Which members of a company may ask others for contributions today."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, Role, Subject, can
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership


def members_who_may_ask(session: Session, organisation_id: int, *, today: date) -> dict[int, Account]:
    """The active accounts that may send contribution requests in a company today, by id."""
    rows = session.execute(
        select(Account, Membership.role)
        .join(Membership, Membership.user_id == Account.id)
        .where(Account.active.is_(True), *is_current_membership(organisation_id, today))
    ).all()
    may_ask = accounts_that_may_ask(organisation_id, {account.id: role for account, role in rows})
    return {account.id: account for account, _role in rows if account.id in may_ask}


def is_current_membership(
    organisation_id: int | BindParameter[int], today: date | BindParameter[date]
) -> tuple[ColumnElement[bool], ...]:
    """The conditions for memberships of a company that have not ended by `today`."""
    return (
        Membership.organisation_id == organisation_id,
        or_(Membership.until.is_(None), Membership.until >= today),
    )


def accounts_that_may_ask(organisation_id: int, roles: Mapping[int | None, Role | None]) -> frozenset[int]:
    """The accounts whose role permits to send contribution requests; without a role, none."""
    subject = Subject(organisation_id)
    return frozenset(
        account
        for account, role in roles.items()
        if account is not None
        and role is not None
        and can(Permission.CONTRIBUTION_ASK, Actor(account, {organisation_id: role}), subject)
    )
