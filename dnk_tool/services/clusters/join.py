"""Accepts a company's invitation into a cluster, for one of the person's own companies or a new one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import Actor, Permission, Role
from dnk_tool.language import local_day
from dnk_tool.services.clusters import cohorts
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent import ConsentWording
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent


def accept_company_invitation(
    session: Session,
    token: str,
    *,
    account: Account,
    organisation_id: int | None,
    new_name: str = "",
    aggregates_from: int | None,
    choices: Collection[ConsentChoice] = (),
    wording: ConsentWording,
    now: datetime,
) -> Consent:
    """Redeem a company's invitation: an own company of the person, or a new one, consents to the cluster.

    Without `organisation_id` a company called `new_name` is created. Raises InvalidInvitationLink,
    InvitationAddressMismatch, NotPermitted for a company that the person does not own, and
    ConsentAlreadyGranted. The company comes into the cohort that the invitation names; for one that is a
    member already, this is all that changes.
    """
    held = accounts.memberships_of(session, account.id, today=local_day(now))
    actor = Actor(user_id=account.id, roles={it.row.organisation_id: it.row.role for it in held})
    if organisation_id is not None:  # the company is locked before the invitation, as everywhere
        lock_company(session, organisation_id, Permission.ORGANISATION_OWN, actor)
    invitation = secret_links.redeem_invitation(
        session, token, InvitationKind.COMPANY, account=account, now=now
    )
    if organisation_id is None:
        organisation_id = create_organisation(session, Profile(name=new_name), actor=actor, now=now).id
        actor = Actor(user_id=account.id, roles={organisation_id: Role.OWNER})
    cluster_id = invitation.cluster_id or 0
    present = clusters.find_consent(session, organisation_id, cluster_id) if invitation.cohort_id else None
    consent = present or cluster_consent.grant_consent(
        session,
        organisation_id,
        cluster_id,
        aggregates_from=aggregates_from,
        choices=choices,
        wording=wording,
        actor=actor,
        now=now,
        invitation=invitation.id,
    )
    if invitation.cohort_id is not None:
        cohorts.assign_newcomer(
            session, consent.cluster_id, consent.organisation_id, invitation.cohort_id, now=now
        )
    return consent
