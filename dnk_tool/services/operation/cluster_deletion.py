"""Deletes a cluster, as the operator. Its members lose this network and nothing of what they wrote."""

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import Action, State, find_transition
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.services.declarations import sign_off
from dnk_tool.services.declarations.transitions import apply_transition
from dnk_tool.services.people.typed_names import require_typed_name
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.operation import cluster_closing
from dnk_tool.store.operation.cluster_closing import ClusterBelongings
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Declaration


def consequences(session: Session, cluster: Cluster) -> ClusterBelongings:
    """What the deletion takes away, in numbers."""
    return cluster_closing.belongings(session, cluster.id)


def delete_cluster(work: Work, cluster: Cluster, *, typed_name: str) -> DatabaseDeletion:
    """Delete the cluster for good. The caller commits, then calls `deletion_files.finish_deletion`.

    What waits for its review, or for the sign-off that submits it, goes back to the company first. Raises
    NotPermitted and OtherName.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    require_typed_name(typed_name, cluster.name)
    # Companies are locked before the cluster, as by everything that changes both. Once it is locked, nobody
    # submits to it any more; until then somebody may.
    _give_all_back(work, cluster.id)
    clusters.lock(work.session, cluster.id, even_archived=True)
    _give_all_back(work, cluster.id)
    return deletion.delete_cluster(work.session, cluster.id, now=work.now)


def _give_all_back(work: Work, cluster_id: int) -> None:
    for declaration in cluster_closing.waiting_declarations(work.session, cluster_id):
        _give_back(work, declaration, cluster_id)
    work.session.flush()


def _give_back(work: Work, declaration: Declaration, cluster_id: int) -> None:
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration, even_archived=True)
    # Twice, if a revision was to be signed.
    while cluster_closing.is_waiting(work.session, declaration, cluster_id):
        step = find_transition(declaration.state, Action.RECALL)
        if declaration.state is State.SIGNING:
            sign_off.withdraw_sign_off(work.session, declaration, now=work.now)
        apply_transition(work, declaration, step)
        work.session.flush()
