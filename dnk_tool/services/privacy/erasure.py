"""Erases a person's account. What declarations need of it stays, without the name."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import ClusterRole, Permission, Role, require
from dnk_tool.services.people import member_invitations
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import erasure
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership


@dataclass(frozen=True)
class SoleResponsibilities:
    """What would have nobody in charge without the person.

    `companies`: (id, name, whether others work there); `clusters`: (id, name); `installation`: whether there
    is no other operator.
    """

    companies: tuple[tuple[int, str, bool], ...] = ()
    clusters: tuple[tuple[int, str], ...] = ()
    installation: bool = False

    def __bool__(self) -> bool:
        return bool(self.companies or self.clusters or self.installation)


@dataclass(frozen=True)
class ErasedAccount:
    """An erased account, as needed to clean up files outside the database (`erasure_files.finish_erasure`).

    `prints`: (fingerprint, version) of every cached PDF that printed the person's name.
    """

    account_id: int
    email: str
    name: str
    prints: tuple[tuple[str, int], ...]


class SuccessorNeeded(Exception):
    """Somebody else must take over the responsibilities in `needed` first."""

    def __init__(self, needed: SoleResponsibilities) -> None:
        self.needed = needed
        super().__init__("somebody must take over first")


def sole_responsibilities(session: Session, account: Account) -> SoleResponsibilities:
    """The companies and clusters that only this person leads, and whether they are the only operator."""
    return SoleResponsibilities(
        tuple(erasure.companies_without_other_owner(session, account.id)),
        tuple(erasure.clusters_without_other_manager(session, account.id)),
        account.is_operator and not erasure.has_other_operator(session, account.id),
    )


def erase(work: Work, account: Account, *, even_if_needed: bool = False) -> ErasedAccount:
    """Erase the account and end every sign-in. The caller commits, then calls `erasure_files.finish_erasure`.

    The person's open invitations are revoked. Raises NotPermitted for another person's account, unless the
    actor is the operator, and SuccessorNeeded, unless `even_if_needed`, before anything is changed.
    """
    require(
        Permission.INSTALLATION_RUN if work.actor.user_id != account.id else Permission.ACCOUNT, work.actor
    )
    memberships, staffings = (
        erasure.memberships(work.session, account.id),
        erasure.cluster_roles(work.session, account.id),
    )
    # The locks ensure that of two last owners, managers or operators who leave concurrently one stays.
    if account.is_operator:
        accounts.lock_active_operators(work.session)
    for membership in memberships:
        declarations.lock_organisation(work.session, membership.organisation_id, even_archived=True)
    for staffing in staffings:
        clusters.lock(work.session, staffing.cluster_id, even_archived=True)
    responsibilities = sole_responsibilities(work.session, account)
    if responsibilities and not even_if_needed:
        raise SuccessorNeeded(responsibilities)
    for membership in memberships:
        _leave_company(work, membership)
    for staffing in staffings:
        _record_removed(work, staffing.role, cluster_id=staffing.cluster_id)
    work.session.flush()
    erased = ErasedAccount(
        account.id,
        account.email,
        account.name,
        tuple(erasure.versions_naming_person(work.session, account.id)),
    )
    erasure.erase_account(work.session, account, now=work.now)
    return erased


def erase_address(work: Work, email: str, *, even_if_needed: bool = False) -> ErasedAccount | None:
    """Erase the person with this address, as the operator.

    Returns None if there is no account; then only the address is erased, for example from invitations.
    Raises NotPermitted, and SuccessorNeeded unless `even_if_needed`.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    account = accounts.by_email(work.session, email)
    if account is not None:
        return erase(work, account, even_if_needed=even_if_needed)
    erasure.erase_address(work.session, email)
    return None


def _leave_company(work: Work, membership: Membership) -> None:
    """Revoke the open invitations that the member sent, and record the departure."""
    member_invitations.revoke_sent_by(work, membership.organisation_id, membership.user_id)
    _record_removed(work, membership.role, organisation_id=membership.organisation_id)


def _record_removed(work: Work, role: Role | ClusterRole, **where: int) -> None:
    history.record_event(
        work.session,
        EventKind.MEMBER_REMOVED,
        **where,
        actor_id=work.actor.user_id,
        now=work.now,
        role=role.value,
    )
