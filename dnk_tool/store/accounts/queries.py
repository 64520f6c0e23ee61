"""Queries of accounts, their names and their roles in companies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, inspect, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from dnk_tool.domain.permissions import Role
from dnk_tool.store.database import KeyedQuery, read_values
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import PracticeFirm
from dnk_tool.store.tables.organisations import Membership, Organisation

# Run at each request, so built once: building a statement takes longer than SQLite takes to run it.
_BY_UNIQUIFIER = select(Account).where(Account.fs_uniquifier == bindparam("uniquifier"))
_ACCOUNT = Account.__table__.c
_NAMES = KeyedQuery(select(_ACCOUNT.id, _ACCOUNT.name, _ACCOUNT.email), _ACCOUNT.id)
_MEMBER, _COMPANY, _PRACTICE = Membership.__table__.c, Organisation.__table__.c, PracticeFirm.__table__.c
_MEMBERSHIPS = (
    select(
        _MEMBER.organisation_id,
        _MEMBER.role,
        _MEMBER.sections,
        _COMPANY.name,
        _COMPANY.archived_at.is_not(None),
        _PRACTICE.cluster_id.is_not(None),
    )
    .join(Organisation.__table__, _COMPANY.id == _MEMBER.organisation_id)
    .outerjoin(PracticeFirm.__table__, _PRACTICE.organisation_id == _COMPANY.id)
    .where(
        _MEMBER.user_id == bindparam("account_id"),
        or_(_MEMBER.until.is_(None), _MEMBER.until >= bindparam("today")),
    )
    .order_by(_COMPANY.name)
)


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address; upper and lower case do not matter."""
    return session.scalar(select(Account).where(Account.email == email.lower()))


def by_uniquifier(session: Session, uniquifier: str) -> Account | None:
    """The account with this `fs_uniquifier`, which a sign-in or a reset link carries."""
    return session.scalar(_BY_UNIQUIFIER, {"uniquifier": uniquifier})


def name_of(session: Session, account_id: int | None) -> str:
    """The person's name, else the address; empty if there is no such account."""
    return names_of(session, {account_id}).get(account_id, "") if account_id is not None else ""


def names_of(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """By account id the person's name, else the address; accounts that are gone are left out."""
    # The reader's own account is loaded, and most pages that ask were last changed by the reader alone.
    loaded = (session.identity_map.get(identity_key(Account, key)) for key in account_ids)
    names = {row.id: row.name or row.email for row in loaded if row and not inspect(row).expired}
    if others := set(account_ids) - names.keys():
        names |= {row.id: row.name or row.email for row in _NAMES.read(session, others)}
    return names


def any_exists(session: Session) -> bool:
    """Whether there is any account, that is, whether the installation has been set up."""
    return bool(session.scalar(select(func.count()).select_from(Account)))


@dataclass(frozen=True, slots=True)
class CompanyMembership:
    """A person's membership with the name of the company; whether that is archived, or a practice firm."""

    organisation_id: int
    role: Role
    sections: Sequence[str]
    company: str
    is_archived: bool
    is_practice: bool


def memberships_of(session: Session, account_id: int, *, today: date) -> Sequence[CompanyMembership]:
    """The person's memberships that have not ended, sorted by the company's name."""
    rows = read_values(session, _MEMBERSHIPS, {"account_id": account_id, "today": today})
    return [CompanyMembership(*row) for row in rows]


def has_active_operator(session: Session) -> bool:
    """Whether any operator can sign in."""
    operators = select(Account.id).where(Account.is_operator.is_(True), Account.active.is_(True))
    return session.scalar(operators.limit(1)) is not None


def lock_active_operators(session: Session) -> frozenset[int]:
    """The ids of the operators who can sign in, whose rows are locked until the transaction ends.

    So changes of who runs the installation come one after the other, and each sees those before.
    """
    operators = select(Account.id).where(Account.is_operator.is_(True), Account.active.is_(True))
    return frozenset(session.scalars(operators.order_by(Account.id).with_for_update()))


def find_for_update(session: Session, account_id: int) -> Account | None:
    """The account, reread and locked until the transaction ends; None if it is gone."""
    return session.get(Account, account_id, with_for_update=True, populate_existing=True)


def people_with_roles(
    session: Session, organisation_id: int, roles: Collection[Role], *, today: date
) -> Sequence[Account]:
    """The accounts with one of these roles in a company today, by name."""
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
