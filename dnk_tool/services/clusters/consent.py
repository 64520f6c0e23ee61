"""A company's consent to a cluster: granted, changed and withdrawn by its owners alone; always recorded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.language import Language
from dnk_tool.services.declarations import submission
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration

RENEWAL_PAUSE = timedelta(days=30)
IN_REVIEW = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED})


@dataclass(frozen=True)
class ConsentWording:
    """Which edition of the consent's text an owner agreed to, and in which language it was shown."""

    edition: str
    language: Language


class ConsentAlreadyGranted(Exception):
    """The company belongs to the cluster already."""


class NotClusterMember(Exception):
    """The company does not belong to the cluster, or not any more."""


def grant_consent(
    session: Session,
    organisation_id: int,
    cluster_id: int,
    *,
    aggregates_from: int | None,
    wording: ConsentWording,
    actor: Actor,
    now: datetime,
    invitation: int | None = None,
) -> Consent:
    """From now on the company belongs to the cluster. Raises NotPermitted and AlreadyMember.

    `aggregates_from` is the first reporting year whose figures may enter sums; none: no figure ever.
    """
    require(Permission.ORGANISATION_OWN, actor, Subject(organisation_id))
    declarations.lock_organisation(session, organisation_id)
    if clusters.find_consent(session, organisation_id, cluster_id):
        raise ConsentAlreadyGranted(organisation_id)
    consent = Consent(
        organisation_id=organisation_id,
        cluster_id=cluster_id,
        aggregates_from=aggregates_from,
        granted_at=now,
        granted_by=actor.user_id,
        edition=wording.edition,
    )
    session.add(consent)
    session.flush()
    detail = {
        "aggregates_from": aggregates_from,
        "invitation": invitation,
        "wording": wording.edition,
        "language": wording.language,
    }
    _record_event(session, EventKind.CONSENT_GRANTED, consent, actor, now, **detail)
    return consent


def change_aggregates(
    session: Session, consent: Consent, aggregates_from: int | None, *, actor: Actor, now: datetime
) -> bool:
    """Let figures count from another year, or never; whether that changes anything.

    Raises NotPermitted and NoMember.
    """
    _lock_consent(session, consent, actor)
    before = consent.aggregates_from
    if aggregates_from == before:
        return False
    consent.aggregates_from = aggregates_from
    detail = {"aggregates_from": [before, aggregates_from]}
    _record_event(session, EventKind.CONSENT_CHANGED, consent, actor, now, **detail)
    return True


def renew_consent(
    session: Session, consent: Consent, wording: ConsentWording, *, actor: Actor, now: datetime
) -> bool:
    """Agree to the words as they are today; whether that changes anything.

    Raises NotPermitted and NoMember.
    """
    _lock_consent(session, consent, actor)
    if consent.edition == wording.edition:
        return False
    consent.edition = wording.edition
    detail = {"wording": wording.edition, "language": wording.language}
    _record_event(session, EventKind.CONSENT_CHANGED, consent, actor, now, **detail)
    return True


def request_renewals(session: Session, cluster: Cluster, *, actor: Actor, now: datetime) -> list[Consent]:
    """Note that members were asked to let the public list name them; gives those who are to be asked now.

    Nobody is asked twice within `ASK_AGAIN`, nor where there is no list. Raises NotPermitted.
    """
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    clusters.lock(session, cluster.id)
    if not cluster.has_public_list:
        return []
    found = [
        one
        for one in cluster_lists.consents_before_public_lists(session, cluster.id)
        if may_request_renewal(one, now)
    ]
    for consent in found:
        consent.asked_at = now
    return found


def may_request_renewal(consent: Consent, now: datetime) -> bool:
    """Whether the cluster may ask the company once more."""
    return consent.asked_at is None or consent.asked_at <= now - RENEWAL_PAUSE


def withdraw_consent(session: Session, consent: Consent, *, actor: Actor, now: datetime) -> list[Declaration]:
    """End the membership: the cluster keeps what it approved and what is published, and sees nothing else.

    What it had to review is taken back; gives those declarations. Raises NotPermitted and NoMember.
    """
    _lock_consent(session, consent, actor)
    recalled = [
        declaration
        for declaration in declarations.of_organisations(session, [consent.organisation_id])
        if _remove_from_cluster(session, declaration, consent.cluster_id, actor=actor, now=now)
    ]
    consent.withdrawn_at, consent.withdrawn_by = now, actor.user_id
    _record_event(session, EventKind.CONSENT_WITHDRAWN, consent, actor, now)
    return recalled


def declarations_in_review(session: Session, organisation_id: int, cluster_id: int) -> list[Declaration]:
    """The company's declarations that wait for the cluster, or for a confirmation before they go there."""
    found = declarations.of_organisations(session, [organisation_id])
    return [one for one in found if _is_waiting_for(session, one, cluster_id)]


def _lock_consent(session: Session, consent: Consent, actor: Actor) -> None:
    require(Permission.ORGANISATION_OWN, actor, Subject(consent.organisation_id))
    declarations.lock_organisation(session, consent.organisation_id)
    session.flush()
    session.refresh(consent)
    if consent.withdrawn_at is not None:
        raise NotClusterMember(consent.organisation_id)


def _remove_from_cluster(
    session: Session, declaration: Declaration, cluster_id: int, *, actor: Actor, now: datetime
) -> bool:
    """Take everything of one declaration out of the cluster's hands; whether a review was on its way."""
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    was_on_its_way = False
    while _is_waiting_for(session, declaration, cluster_id):  # twice, if a revision was to be confirmed
        submission.recall(session, declaration, actor=actor, now=now)
        was_on_its_way = True
    for snapshot in versions.submitted_to(session, declaration.id, cluster_id):
        snapshot.cluster_id = None
    if declaration.cluster_id == cluster_id:
        declaration.cluster_id = None
    return was_on_its_way


def _is_waiting_for(session: Session, declaration: Declaration, cluster_id: int) -> bool:
    if declaration.state is State.SIGNING:
        asked = sign_offs.sign_off(session, declaration.id, declaration.version)
        return asked is not None and asked.submits_to == cluster_id
    return declaration.state in IN_REVIEW and declaration.cluster_id == cluster_id


def _record_event(
    session: Session, kind: EventKind, consent: Consent, actor: Actor, now: datetime, **detail: Any
) -> None:
    history.record_event(
        session,
        kind,
        organisation_id=consent.organisation_id,
        cluster_id=consent.cluster_id,
        actor_id=actor.user_id,
        now=now,
        **detail,
    )
