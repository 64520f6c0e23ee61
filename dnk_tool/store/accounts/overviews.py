"""Accounts as the operator sees them: searched, filtered, with roles and second factors, no contents."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.name_sorting import folded, holds_text
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp, Passkey
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.organisations import Membership, Organisation


class AccountGroup(StrEnum):
    """Accounts that an operator looks for; LACKS_FACTOR: of whose role a second factor is demanded."""

    OPERATORS = "betrieb"
    LOCKED = "gesperrt"
    LACKS_FACTOR = "ohne-faktor"
    NEVER_SIGNED_IN = "nie-da"


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts are wanted: by words in name, address, company or cluster, and by group."""

    text: str = ""
    group: AccountGroup | None = None


@dataclass(frozen=True, slots=True)
class AccountRole:
    """A role of a person in a company or a cluster, by the name of it."""

    role: Role | ClusterRole
    place: str
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """An account and what it may do."""

    account: Account
    roles: tuple[AccountRole, ...]
    has_second_factor: bool

    def lacks_factor(self, demanded: Collection[str]) -> bool:
        """Whether a second factor is demanded of a present role, and there is none."""
        present = {row.role.value for row in self.roles if not row.is_ended}
        present |= {"operator"} if self.account.is_operator else set()
        return not self.has_second_factor and not present.isdisjoint(demanded)


_HAS_FACTOR = or_(
    exists().where(AuthenticatorApp.account_id == Account.id),
    exists().where(Passkey.account_id == Account.id),
)


def list_all(session: Session, *, today: date) -> list[AccountOverview]:
    """All accounts by address."""
    return _overviews(session, _select_accounts().order_by(Account.email), today=today)


def list_page(
    session: Session,
    wanted: AccountFilter,
    *,
    demanded: Collection[str],
    today: date,
    offset: int,
    limit: int,
) -> list[AccountOverview]:
    """The wanted accounts by name, those without a name by their address. `demanded`: see `_lacks_factor`."""
    name = func.coalesce(func.nullif(folded(Account.name), ""), Account.email)
    page = _select_accounts().where(*_conditions(wanted, demanded, today)).order_by(name, Account.id)
    return _overviews(session, page.offset(offset).limit(limit), today=today, is_part=True)


def count(session: Session, wanted: AccountFilter, *, demanded: Collection[str], today: date) -> int:
    """The number of wanted accounts."""
    asked = select(func.count()).select_from(Account).where(*_conditions(wanted, demanded, today))
    return session.scalar(asked) or 0


def of_account(session: Session, account_id: int, *, today: date) -> AccountOverview | None:
    """One account; None if there is none with this number."""
    asked = _select_accounts().where(Account.id == account_id)
    return next(iter(_overviews(session, asked, today=today, is_part=True)), None)


def _select_accounts() -> Select[Account, bool]:
    return select(Account, _HAS_FACTOR.label("has_factor"))


def _overviews(
    session: Session, asked: Select[Account, bool], *, today: date, is_part: bool = False
) -> list[AccountOverview]:
    """In three statements, however many accounts. `is_part`: these are so few that a statement names them."""
    rows = session.execute(asked).all()
    roles = _roles(session, [account.id for account, _ in rows] if is_part else None, today=today)
    return [AccountOverview(account, tuple(roles[account.id]), has_factor) for account, has_factor in rows]


def _roles(
    session: Session, account_ids: Sequence[int] | None, *, today: date
) -> defaultdict[int, list[AccountRole]]:
    """By account the roles in companies, then in clusters, each by name."""
    roles: defaultdict[int, list[AccountRole]] = defaultdict(list)
    of_companies = (
        select(Membership.user_id, Membership.role, Organisation.name, Membership.until)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .order_by(Organisation.name)
    )
    of_clusters = (
        select(ClusterStaff.user_id, ClusterStaff.role, Cluster.name)
        .join(Cluster, Cluster.id == ClusterStaff.cluster_id)
        .order_by(Cluster.name)
    )
    if account_ids is not None:
        of_companies = of_companies.where(Membership.user_id.in_(account_ids))
        of_clusters = of_clusters.where(ClusterStaff.user_id.in_(account_ids))
    for account_id, role, name, until in session.execute(of_companies):
        roles[account_id].append(AccountRole(role, name, until is not None and until < today))
    for account_id, cluster_role, name in session.execute(of_clusters):
        roles[account_id].append(AccountRole(cluster_role, name))
    return roles


def _conditions(wanted: AccountFilter, demanded: Collection[str], today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(_mentions(wanted.text))
    if wanted.group is AccountGroup.OPERATORS:
        conditions.append(Account.is_operator.is_(True))
    elif wanted.group is AccountGroup.LOCKED:
        conditions.append(Account.active.is_(False))
    elif wanted.group is AccountGroup.NEVER_SIGNED_IN:
        conditions.append(Account.last_sign_in_at.is_(None))
    elif wanted.group is AccountGroup.LACKS_FACTOR:
        conditions.append(_lacks_factor(demanded, today))
    return conditions


def _mentions(text: str) -> ColumnElement[bool]:
    companies = select(Membership.user_id).join(Organisation, Organisation.id == Membership.organisation_id)
    clusters = select(ClusterStaff.user_id).join(Cluster, Cluster.id == ClusterStaff.cluster_id)
    return or_(
        holds_text(Account.name, text),
        holds_text(Account.email, text),
        Account.id.in_(companies.where(holds_text(Organisation.name, text))),
        Account.id.in_(clusters.where(holds_text(Cluster.name, text))),
    )


def _lacks_factor(demanded: Collection[str], today: date) -> ColumnElement[bool]:
    """Whether a second factor is demanded of a present role, as `AccountOverview.lacks_factor` says it."""
    lasts = or_(Membership.until.is_(None), Membership.until >= today)
    of_companies = [role for role in Role if role.value in demanded]
    of_clusters = [role for role in ClusterRole if role.value in demanded]
    is_demanded = or_(
        Account.is_operator.is_(True) if "operator" in demanded else false(),
        exists().where(Membership.user_id == Account.id, Membership.role.in_(of_companies), lasts),
        exists().where(ClusterStaff.user_id == Account.id, ClusterStaff.role.in_(of_clusters)),
    )
    return and_(is_demanded, ~_HAS_FACTOR)
