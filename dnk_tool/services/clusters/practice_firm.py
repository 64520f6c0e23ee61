"""Makes a cluster's practice firm from the sample, and begins it anew.

It consents to no cluster, so that it is in no list, cohort, reminder or sum; its editors are the managers.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import SHELL, Actor, Permission, Subject, require
from dnk_tool.language import Language
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.exports.sample import practice_document
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.store.clusters import practice_firms
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.tables.clusters import Cluster, PracticeFirm


def begin(
    session: Session, cluster: Cluster, *, language: Language, actor: Actor, now: datetime
) -> DatabaseDeletion | None:
    """Make the practice firm in the language, in place of an earlier one, whose deletion is returned.

    The caller commits, then calls `deletion_files.finish_deletion`. Raises NotPermitted.
    """
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    earlier, deleted = practice_firms.of_cluster(session, cluster.id), None
    if earlier is not None:  # a company is locked before the cluster, as everywhere
        declarations.lock_organisation(session, earlier.organisation_id, even_archived=True)
    clusters.lock(session, cluster.id)
    earlier = practice_firms.of_cluster(session, cluster.id)
    if earlier is not None:
        deleted = deletion.delete_company(session, earlier.organisation_id, now=now)
        session.expunge(earlier)
    document = practice_document(language)
    # Nobody owns it: what an owner may do, to publish or to join a cluster, nobody can.
    organisation = create_organisation(session, document.organisation, actor=SHELL, now=now)
    as_shell = replace(actor, is_shell=True)
    import_document(session, document, organisation=organisation, actor=as_shell, now=now)
    session.add(PracticeFirm(cluster_id=cluster.id, organisation_id=organisation.id, begun_at=now))
    practice_firms.share_with_managers(session, cluster.id, now=now)
    return deleted
