"""Reads and changes memberships of companies and what profiles say for new declarations."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.organisations import Membership, Organisation, StandingAnswer


def of_organisation(session: Session, organisation_id: int) -> Sequence[tuple[Account, Membership]]:
    """The people of a company by name, also those whose access has ended."""
    rows = session.execute(
        select(Account, Membership)
        .join(Membership, Membership.user_id == Account.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Account.name, Account.email)
    )
    return [(account, membership) for account, membership in rows]


def find(session: Session, organisation_id: int, user_id: int) -> Membership | None:
    """A person's membership of a company, reread; also one that has ended. None if there is none."""
    return session.scalar(
        select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
        .execution_options(populate_existing=True)
    )


def active_owners(session: Session, organisation_id: int) -> frozenset[int]:
    """The ids of the company's owners whose accounts are active."""
    rows = session.scalars(
        select(Membership.user_id)
        .join(Account, Account.id == Membership.user_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.OWNER,
            Account.active.is_(True),
        )
    )
    return frozenset(rows)


def active_owners_of_companies(
    session: Session, organisation_ids: Collection[int]
) -> Sequence[tuple[Organisation, Account]]:
    """The owners of these companies whose accounts are active, by company id."""
    rows = session.execute(
        select(Organisation, Account)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Account, Account.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.role == Role.OWNER,
            Account.active.is_(True),
        )
        .order_by(Membership.organisation_id, Account.id)
    )
    return [(organisation, account) for organisation, account in rows]


def role_grant_of(membership: Membership) -> RoleGrant:
    """The membership's role, sections and end as a domain value."""
    return RoleGrant(membership.role, frozenset(membership.sections), membership.until)


def apply_role_grant(membership: Membership, place: RoleGrant) -> None:
    """Set the membership's role, sections and end."""
    membership.role, membership.until = place.role, place.until
    membership.sections = sorted(place.sections)


def find_cluster_staff(session: Session, cluster_id: int, user_id: int) -> ClusterStaff | None:
    """A person's role in a cluster, reread; None if they have none."""
    return session.scalar(
        select(ClusterStaff)
        .where(ClusterStaff.cluster_id == cluster_id, ClusterStaff.user_id == user_id)
        .execution_options(populate_existing=True)
    )


def standing_answers(session: Session, organisation_id: int) -> dict[str, str]:
    """What the company's profile says for each new declaration, by ref; without a text there is no ref."""
    rows = session.scalars(select(StandingAnswer).where(StandingAnswer.organisation_id == organisation_id))
    return {row.ref: row.text for row in rows}


def replace_standing_answers(session: Session, organisation_id: int, texts: Mapping[str, str]) -> None:
    """Store these texts for new declarations instead of all that there are."""
    session.execute(delete(StandingAnswer).where(StandingAnswer.organisation_id == organisation_id))
    session.add_all(
        StandingAnswer(organisation_id=organisation_id, ref=ref, text=text) for ref, text in texts.items()
    )
