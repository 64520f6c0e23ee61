"""Opens the room of a workshop for a day, and invites the companies that ask with its code.

Makes a cluster's practice firm from the sample, and begins it anew.

It consents to no cluster, so that it is in no list, cohort, reminder or sum; its editors are the managers.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.cockpit import deadline_end
from dnk_tool.domain.clusters.company_list.rows import LONGEST_COMPANY, LONGEST_NAME, invitation_key
from dnk_tool.domain.clusters.wall_codes import ROOM_CODE_LENGTH, new_code
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import SHELL, Actor, Permission, Subject, require
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.lifecycle import normalised_address, one_line
from dnk_tool.services.clusters.invitations import (
    InvitationWithToken,
    count_invitations,
    record_invitation_sent,
)
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.exports.sample import practice_document
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cohorts, practice_firms
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.tables.clusters import Cluster, PracticeFirm, Room

NOBODY = Actor()


def open_room(work: Work, cluster: Cluster, cohort_id: int | None) -> Room:
    """Open the cluster's room until midnight, with a new code; an earlier code ends.

    `cohort_id`: the cohort whose progress the wall shows and that companies join; None for all members.
    Raises NotPermitted, and LookupError for a cohort of another cluster.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    if cohort_id is not None and cohorts.by_id(work.session, cluster.id, cohort_id) is None:
        raise LookupError(cohort_id)
    room = work.session.get(Room, cluster.id, populate_existing=True)
    if room is None:
        room = Room(cluster_id=cluster.id)
        work.session.add(room)
    room.cohort_id, room.code = cohort_id, new_code(ROOM_CODE_LENGTH)
    room.opened_at, room.opened_by, room.closes_at = (
        work.now,
        work.actor.user_id or 0,
        deadline_end(local_day(work.now)),
    )
    return room


def close_room(session: Session, cluster: Cluster, *, actor: Actor) -> None:
    """Close the cluster's room, if there is one: its code opens nothing any more. Raises NotPermitted."""
    lock_led_cluster(session, cluster.id, actor)
    room = session.get(Room, cluster.id, populate_existing=True)
    if room is not None:
        session.delete(room)


def request_invitation(
    session: Session,
    room: Room,
    cluster: Cluster,
    *,
    email: str,
    company: str,
    name: str,
    language: Language,
    now: datetime,
) -> InvitationWithToken:
    """Invite the company of somebody who knows the room's code; an open invitation is sent again.

    Does not look whether the company is a member: the answer would tell it to everybody in the room. Raises
    InvalidAddress, ActionLimitReached and ClusterInvitationLimitReached.
    """
    clusters.lock(session, cluster.id)
    email, company = normalised_address(email), one_line(company)[:LONGEST_COMPANY]
    count_invitations(session, cluster.id, now=now)
    for invitation in cluster_lists.open_invitations(session, cluster.id, (InvitationKind.COMPANY,)):
        if invitation_key(invitation.email, invitation.company) == invitation_key(email, company):
            invitation.cohort_id = room.cohort_id or invitation.cohort_id
            token = secret_links.renew_invitation(session, invitation, now=now)
            secret_links.count_invitation_mail(Work(session, NOBODY, now), invitation)
            record_invitation_sent(Work(session, NOBODY, now), cluster, invitation)
            return invitation, token
    invitation, token = secret_links.create_invitation(
        session,
        InvitationKind.COMPANY,
        email=email,
        name=one_line(name)[:LONGEST_NAME],
        company=company,
        language=language,
        by=room.opened_by,
        now=now,
        cluster_id=cluster.id,
    )
    invitation.cohort_id = room.cohort_id
    record_invitation_sent(Work(session, NOBODY, now), cluster, invitation)
    return invitation, token


def begin_practice_firm(work: Work, cluster: Cluster, *, language: Language) -> DatabaseDeletion | None:
    """Make the practice firm in the language, in place of an earlier one, whose deletion is returned.

    The caller commits, then calls `deletion_files.finish_deletion`. Raises NotPermitted.
    """
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    earlier, deleted = practice_firms.of_cluster(work.session, cluster.id), None
    if earlier is not None:  # a company is locked before the cluster, as everywhere
        declarations.lock_organisation(work.session, earlier.organisation_id, even_archived=True)
    clusters.lock(work.session, cluster.id)
    earlier = practice_firms.of_cluster(work.session, cluster.id)
    if earlier is not None:
        deleted = deletion.delete_company(work.session, earlier.organisation_id, now=work.now)
        work.session.expunge(earlier)
    document = practice_document(language)
    # Nobody owns it: what an owner may do, to publish or to join a cluster, nobody can.
    organisation = create_organisation(work.by(SHELL), document.organisation)
    import_document(work.by(replace(work.actor, is_shell=True)), document, organisation=organisation)
    work.session.add(PracticeFirm(cluster_id=cluster.id, organisation_id=organisation.id, begun_at=work.now))
    practice_firms.share_with_managers(work.session, cluster.id, now=work.now)
    return deleted
