"""The table of accounts, and the questions asked of it."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership, Organisation

# Asked at each request, so made once: putting a statement together takes longer than SQLite takes for it.
_BY_UNIQUIFIER = select(Account).where(Account.fs_uniquifier == bindparam("uniquifier"))
_MEMBERSHIPS = (
    select(Membership, Organisation.name)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        Membership.user_id == bindparam("account_id"),
        or_(Membership.until.is_(None), Membership.until >= bindparam("today")),
    )
    .order_by(Organisation.name)
)


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, in whatever letters it is written."""
    return session.scalar(select(Account).where(Account.email == email.lower()))


def by_uniquifier(session: Session, uniquifier: str) -> Account | None:
    """The account that a sign-in or a reset link speaks of."""
    return session.scalar(_BY_UNIQUIFIER, {"uniquifier": uniquifier})


def name_of(session: Session, account_id: int | None) -> str:
    """The person's name, else the address; nothing if the account is gone."""
    return names_of(session, {account_id}).get(account_id, "") if account_id is not None else ""


def names_of(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """The names of several people, by id."""
    rows = session.execute(select(Account.id, Account.name, Account.email).where(Account.id.in_(account_ids)))
    return {row.id: row.name or row.email for row in rows}


def any_exists(session: Session) -> bool:
    """Whether the installation has been set up."""
    return bool(session.scalar(select(func.count()).select_from(Account)))


def memberships_of(session: Session, account_id: int, *, today: date) -> Sequence[tuple[Membership, str]]:
    """What the person is in companies today, with their names; an access that ended counts no more."""
    rows = session.execute(_MEMBERSHIPS, {"account_id": account_id, "today": today})
    return [(membership, name) for membership, name in rows]


def people_with_roles(
    session: Session, organisation_id: int, roles: Collection[Role], *, today: date
) -> Sequence[Account]:
    """Who has one of these roles in a company today, by name."""
    return session.scalars(
        select(Account)
        .join(Membership, Membership.user_id == Account.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_(roles),
            or_(Membership.until.is_(None), Membership.until >= today),
        )
        .order_by(Account.name, Account.id)
    ).all()
