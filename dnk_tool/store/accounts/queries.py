"""The table of accounts, and the questions asked of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.domain.permissions import Role
from dnk_tool.store.base import Base, UtcDateTime
from dnk_tool.store.tables.declarations import Membership, Organisation


class Account(Base):
    """A person who can sign in. The address is kept in small letters, so it is unique in any spelling.

    `fs_uniquifier` is what a sign-in remembers; a new one ends every sign-in and every reset link.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    is_operator: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="de")
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_small_letters"),
        CheckConstraint("language IN ('de', 'en')", name="language_known"),
    )


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
