"""Invites companies into a cluster, singly or from a list."""

from collections.abc import Sequence
from contextlib import suppress

from dnk_tool.domain.clusters.company_list.check import known_company_fault
from dnk_tool.domain.clusters.company_list.rows import (
    LONGEST_COMPANY,
    LONGEST_NAME,
    CompanyRow,
    invitation_key,
)
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language
from dnk_tool.services.accounts.action_limits import ActionLimitReached
from dnk_tool.services.accounts.lifecycle import normalised_address, one_line
from dnk_tool.services.clusters import company_list
from dnk_tool.services.clusters.invitations import (
    InvitationWithToken,
    count_invitations,
    invitations_left,
    record_invitation_sent,
)
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster

MAX_MESSAGE_LENGTH = 2_000


class CompanyAlreadyInCluster(Exception):
    """A company of this name is a member of the cluster already."""


class CompanyAlreadyInvited(Exception):
    """An unexpired invitation of this company to this address is open."""


def invite_company(
    work: Work,
    cluster: Cluster,
    *,
    email: str,
    company: str,
    name: str = "",
    language: Language,
    message: str = "",
    cohort_id: int | None = None,
) -> InvitationWithToken:
    """Invite a company to join the cluster; returns the invitation and the token for its mail.

    `cohort_id`: the cohort that it is put into when it joins; one of another cluster counts for none.

    Raises NotPermitted, InvalidAddress, CompanyAlreadyInCluster, CompanyAlreadyInvited and
    ClusterInvitationLimitReached.
    """
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    row = CompanyRow(
        0,
        one_line(company)[:LONGEST_COMPANY],
        normalised_address(email),
        one_line(name)[:LONGEST_NAME],
        language,
        cohort_id,
    )
    clusters.lock(work.session, cluster.id)
    names = cluster_lists.member_names(work.session, cluster.id)
    if row.company.casefold() in {member_name.casefold() for member_name in names}:
        raise CompanyAlreadyInCluster(row.company)
    for invitation in cluster_lists.open_invitations(work.session, cluster.id, (InvitationKind.COMPANY,)):
        if (
            invitation_key(invitation.email, invitation.company) == row.invitation_key
            and invitation.expires_at > work.now
        ):
            raise CompanyAlreadyInvited(row.email)
    count_invitations(work.session, cluster.id, now=work.now)
    return _invite(work, cluster, row, message)


def invite_companies(
    work: Work, cluster: Cluster, rows: Sequence[CompanyRow], *, message: str = ""
) -> tuple[list[InvitationWithToken], int]:
    """Invite the companies of a checked list, up to the hourly limit.

    Returns the invitations with their tokens, and how many rows the limit left over. Companies that were
    invited or joined since the list was checked are skipped. Raises NotPermitted and InvalidAddress.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    whom = company_list.known_companies(work.session, cluster.id, now=work.now)
    wanted = [row for row in rows if known_company_fault(row, whom) is None]
    chosen = wanted[: invitations_left(work.session, cluster.id, now=work.now)]
    if chosen:
        count_invitations(work.session, cluster.id, len(chosen), now=work.now)
    sent = []
    for row in chosen:
        # A company that got too many invitations today is skipped; the others are still invited.
        with suppress(ActionLimitReached):
            sent.append(_invite(work, cluster, row, message))
    return sent, len(wanted) - len(sent)


def _invite(work: Work, cluster: Cluster, row: CompanyRow, message: str) -> InvitationWithToken:
    cohort = cohorts.by_id(work.session, cluster.id, row.cohort_id) if row.cohort_id is not None else None
    invitation, token = secret_links.create_invitation(
        work.session,
        InvitationKind.COMPANY,
        email=row.email,
        name=row.name,
        company=row.company,
        language=row.language,
        by=work.actor.user_id,
        now=work.now,
        cluster_id=cluster.id,
        message=normalised(message)[:MAX_MESSAGE_LENGTH],
    )
    invitation.cohort_id = cohort.id if cohort else None
    record_invitation_sent(work, cluster, invitation)
    return invitation, token
