"""Makes, changes and deletes working groups; members join and leave them by themselves."""

from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Version, is_change
from dnk_tool.domain.exchange.working_groups import MOST_GROUPS, WorkingGroupContent
from dnk_tool.domain.permissions import Actor, Deleted, Permission
from dnk_tool.services.editing.locks import lock_company, lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import working_groups
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.working_groups import WorkingGroupRow


class GroupGone(Deleted):
    """There is no such group any more, or the company does not belong to its cluster."""


class TooManyGroups(Exception):
    """The cluster has as many groups as its page can show."""


def create_group(work: Work, cluster: Cluster, content: WorkingGroupContent) -> WorkingGroupRow:
    """Keep a new group; members see it at once. Raises NotPermitted and TooManyGroups."""
    lock_led_cluster(work.session, cluster.id, work.actor)
    if len(working_groups.of_clusters(work.session, [cluster.id])) >= MOST_GROUPS:
        raise TooManyGroups
    return working_groups.add_group(work.session, cluster.id, content, now=work.now)


def change_group(
    session: Session,
    cluster: Cluster,
    group_id: int,
    content: WorkingGroupContent,
    *,
    seen: Version,
    actor: Actor,
) -> None:
    """Change a group. Raises NotPermitted, GroupGone, and ConflictError without writing anything."""
    row = _locked_group(session, cluster, group_id, actor)
    if is_change(working_groups.stored_group(row), seen, content):
        working_groups.write_content(row, content)
        row.version += 1


def delete_group(session: Session, cluster: Cluster, group_id: int, *, actor: Actor) -> None:
    """Delete a group. Raises NotPermitted and GroupGone."""
    session.delete(_locked_group(session, cluster, group_id, actor))


def take_out(session: Session, cluster: Cluster, group_id: int, consent_id: int, *, actor: Actor) -> None:
    """Let a member take part no longer, as the manager.

    Raises NotPermitted, and GroupGone also without that member.
    """
    row = _locked_group(session, cluster, group_id, actor)
    if not working_groups.remove_member(session, row.id, consent_id):
        raise GroupGone(group_id)


def join_group(work: Work, organisation_id: int, group_id: int) -> WorkingGroupRow:
    """Let a company take part, which the other members then read.

    Raises NotPermitted, Archived for a cluster that rests, and GroupGone.
    """
    row, consent_id = _own_group(work.session, organisation_id, group_id, work.actor, even_archived=False)
    working_groups.add_member(work.session, row.id, consent_id, now=work.now)
    return row


def leave_group(session: Session, organisation_id: int, group_id: int, *, actor: Actor) -> WorkingGroupRow:
    """Let a company take part no longer, also in an archived cluster. Raises NotPermitted and GroupGone."""
    row, consent_id = _own_group(session, organisation_id, group_id, actor, even_archived=True)
    working_groups.remove_member(session, row.id, consent_id)
    return row


def _own_group(
    session: Session, organisation_id: int, group_id: int, actor: Actor, *, even_archived: bool
) -> tuple[WorkingGroupRow, int]:
    """The group, locked, and the id of the membership of the company in its cluster."""
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    if (cluster_id := working_groups.cluster_of(session, group_id)) is None:
        raise GroupGone(group_id)
    clusters.lock(session, cluster_id, even_archived=even_archived)  # before the group, as managers do
    row = working_groups.lock_group(session, group_id)
    consent = clusters.find_consent(session, organisation_id, row.cluster_id) if row else None
    if row is None or consent is None:
        raise GroupGone(group_id)
    return row, consent.id


def _locked_group(session: Session, cluster: Cluster, group_id: int, actor: Actor) -> WorkingGroupRow:
    lock_led_cluster(session, cluster.id, actor)
    row = working_groups.lock_group(session, group_id)
    if row is None or row.cluster_id != cluster.id:
        raise GroupGone(group_id)
    return row
