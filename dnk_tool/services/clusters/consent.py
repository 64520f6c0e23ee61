"""Grants, changes and withdraws a company's consent to a cluster: by owners alone, always recorded.

Accepts a company's invitation into a cluster, for one of the person's own companies or a new one.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import Actor, Permission, Role, Subject, require
from dnk_tool.language import Language, local_day
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.declarations import submission
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.services.people.typed_names import require_typed_name
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.aggregates import company_removal, joint_sums
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import attendance, cohorts, member_files
from dnk_tool.store.clusters import choices as stored_choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.exchange import examples, neighbours, nominations, poll_answers, residues, working_groups
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.review import team as review_team
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation

IN_REVIEW = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED})


@dataclass(frozen=True)
class ConsentWording:
    """The edition of the consent's text that an owner agreed to, and the language it was shown in."""

    edition: str
    language: Language


class ConsentAlreadyGranted(Exception):
    """The company consents to the cluster already."""


class NotClusterMember(Exception):
    """The company has withdrawn this consent and is no member of the cluster any more."""


def grant_consent(
    work: Work,
    organisation_id: int,
    cluster_id: int,
    *,
    aggregates_from: int | None,
    choices: Collection[ConsentChoice] = (),
    wording: ConsentWording,
    invitation: int | None = None,
) -> Consent:
    """Make the company a member of the cluster. Raises NotPermitted and ConsentAlreadyGranted.

    `aggregates_from`: the first reporting year whose figures may enter sums and comparisons; None excludes
    all figures. `choices`: what it allows on top. `invitation`: id of the invitation that was accepted.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_OWN, work.actor)
    if clusters.find_consent(work.session, organisation_id, cluster_id):
        raise ConsentAlreadyGranted(organisation_id)
    consent = Consent(
        organisation_id=organisation_id,
        cluster_id=cluster_id,
        aggregates_from=aggregates_from,
        granted_at=work.now,
        granted_by=work.actor.user_id,
        edition=wording.edition,
    )
    work.session.add(consent)
    work.session.flush()
    stored_choices.replace_choices(work.session, consent.id, choices)
    detail = {
        "aggregates_from": aggregates_from,
        "invitation": invitation,
        "wording": wording.edition,
        "language": wording.language,
        **allowed_detail(choices),
    }
    record_consent_event(work, EventKind.CONSENT_GRANTED, consent, **detail)
    return consent


def change_aggregates(work: Work, consent: Consent, aggregates_from: int | None) -> bool:
    """Change the first reporting year whose figures may enter sums; None excludes all figures.

    Returns whether that changes anything. Raises NotPermitted and NotClusterMember.
    """
    lock_consent(work.session, consent, work.actor)
    before = consent.aggregates_from
    if aggregates_from == before:
        return False
    consent.aggregates_from = aggregates_from
    take_out_of_releases(work.session, consent)
    detail = {"aggregates_from": [before, aggregates_from]}
    record_consent_event(work, EventKind.CONSENT_CHANGED, consent, **detail)
    return True


def withdraw_consent(work: Work, consent: Consent) -> list[Declaration]:
    """End the membership. The cluster keeps approved and published versions and sees nothing else.

    Recalls the declarations that wait for the cluster's review, and returns them. Raises NotPermitted and
    NotClusterMember.
    """
    lock_consent(work.session, consent, work.actor)
    recalled = _end_membership(work, consent)
    record_consent_event(work, EventKind.CONSENT_WITHDRAWN, consent)
    return recalled


def remove_member(work: Work, consent: Consent, *, typed_name: str) -> list[Declaration]:
    """End the membership as a manager of the cluster, with what a withdrawal does; returns what it recalls.

    Raises NotPermitted, OtherName unless the company's name was typed, and NotClusterMember.
    """
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=consent.cluster_id))
    organisation = work.session.get_one(Organisation, consent.organisation_id)
    require_typed_name(typed_name, organisation.name)
    _reread(work.session, consent)
    # To take back what waits for the review is the company's right otherwise.
    recalled = _end_membership(work.by(replace(work.actor, is_shell=True)), consent)
    record_consent_event(work, EventKind.CONSENT_WITHDRAWN, consent, by_cluster=True)
    return recalled


def _end_membership(work: Work, consent: Consent) -> list[Declaration]:
    recalled = [
        declaration
        for declaration in declarations.of_organisations(work.session, [consent.organisation_id])
        if _remove_from_cluster(work, declaration, consent.cluster_id)
    ]
    delete_support(work.session, consent.id)
    company_removal.forget_company(work.session, consent.organisation_id, cluster_id=consent.cluster_id)
    joint_sums.forget_company(work.session, consent.organisation_id, consent.cluster_id)
    examples.take_back_of_consent(work.session, consent.id)
    poll_answers.remove_of_consent(work.session, consent.id)
    residues.delete_notices(work.session, consent.id)
    nominations.remove_of_consent(work.session, consent.id)
    working_groups.remove_of_consent(work.session, consent.id)
    consent.withdrawn_at, consent.withdrawn_by = work.now, work.actor.user_id
    cluster_messages.remove_copies(work.session, consent.cluster_id, consent.organisation_id)
    cohorts.remove_assignments(work.session, consent.cluster_id, consent.organisation_id)
    review_team.remove_from_company(work.session, consent.cluster_id, consent.organisation_id)
    return recalled


def declarations_in_review(session: Session, organisation_id: int, cluster_id: int) -> list[Declaration]:
    """The company's declarations in the cluster's review, or waiting for the sign-off that submits them."""
    company_declarations = declarations.of_organisations(session, [organisation_id])
    return [
        declaration
        for declaration in company_declarations
        if _is_waiting_for(session, declaration, cluster_id)
    ]


def lock_consent(session: Session, consent: Consent, actor: Actor) -> None:
    """Lock the company and reread its consent, as an owner. Raises NotPermitted and NotClusterMember."""
    require(Permission.ORGANISATION_OWN, actor, Subject(consent.organisation_id))
    _reread(session, consent)


def _reread(session: Session, consent: Consent) -> None:
    """Lock company and cluster, in the order of everybody, and reread. Raises NotClusterMember.

    What follows changes rows that a manager locks below the cluster, and writes into the cluster's log.
    """
    declarations.lock_organisation(session, consent.organisation_id)
    clusters.lock(session, consent.cluster_id, even_archived=True)
    session.flush()
    session.refresh(consent)
    if consent.withdrawn_at is not None:
        raise NotClusterMember(consent.organisation_id)


def _remove_from_cluster(work: Work, declaration: Declaration, cluster_id: int) -> bool:
    """Detach a declaration and its submitted versions from the cluster. Returns whether it was in review."""
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    was_on_its_way = False
    while _is_waiting_for(work.session, declaration, cluster_id):  # twice, if a revision was to be confirmed
        submission.recall(work, declaration)
        was_on_its_way = True
    for snapshot in versions.submitted_to(work.session, declaration.id, cluster_id):
        snapshot.cluster_id = None
    if declaration.cluster_id == cluster_id:
        declaration.cluster_id = None
    return was_on_its_way


def _is_waiting_for(session: Session, declaration: Declaration, cluster_id: int) -> bool:
    if declaration.state is State.SIGNING:
        asked = sign_offs.sign_off(session, declaration.id, declaration.version)
        return asked is not None and asked.submits_to == cluster_id
    return declaration.state in IN_REVIEW and declaration.cluster_id == cluster_id


def delete_support(session: Session, consent_id: int) -> None:
    """Delete what the team noted about a member: notes and attendance."""
    member_files.delete_notes(session, consent_id)
    attendance.delete_attendance(session, consent_id)


def take_out_of_releases(session: Session, consent: Consent) -> None:
    """Delete what the cluster's releases hold of the member for years whose figures it does not allow."""
    session.flush()
    company_removal.forget_company(
        session, consent.organisation_id, cluster_id=consent.cluster_id, before=consent.aggregates_from
    )


def take_out_of_joint_sums(session: Session, consent: Consent) -> None:
    """Delete what the cluster's sums of measures keep of the member, unless it lets its measures count."""
    session.flush()
    if ConsentChoice.MEASURES not in stored_choices.choices_of(session, consent.id):
        joint_sums.forget_company(session, consent.organisation_id, consent.cluster_id)


def take_back_examples(session: Session, consent: Consent) -> None:
    """Take the member's examples back from the cluster, unless it lets the cluster show some."""
    session.flush()
    if ConsentChoice.EXAMPLES not in stored_choices.choices_of(session, consent.id):
        examples.take_back_of_consent(session, consent.id)


def hide_residues(session: Session, consent: Consent) -> None:
    """Show none of the member's residues to the cluster or its neighbours any more, unless it allows that."""
    session.flush()
    allowed = stored_choices.choices_of(session, consent.id)
    if ConsentChoice.RESIDUES not in allowed:
        residues.hide_notices(session, consent.id)
    if not {ConsentChoice.RESIDUES, ConsentChoice.RESIDUE_NEIGHBOURS} <= allowed:
        neighbours.delete_across(session, consent.id)


def allowed_detail(choices: Collection[ConsentChoice]) -> dict[str, Any]:
    """What is allowed, as an event's detail; empty where nothing is."""
    return {"choices": {choice.value: True for choice in sorted(choices)}} if choices else {}


def record_consent_event(work: Work, kind: EventKind, consent: Consent, **detail: Any) -> None:
    """Record what happened to a consent, for the company and for its cluster."""
    history.record_event(
        work.session,
        kind,
        organisation_id=consent.organisation_id,
        cluster_id=consent.cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        **detail,
    )


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
    actor = Actor(user_id=account.id, roles={it.organisation_id: it.role for it in held})
    if organisation_id is not None:  # the company is locked before the invitation, as everywhere
        lock_company(session, organisation_id, Permission.ORGANISATION_OWN, actor)
    invitation = secret_links.redeem_invitation(
        session, token, InvitationKind.COMPANY, account=account, now=now
    )
    if organisation_id is None:
        organisation_id = create_organisation(Work(session, actor, now), Profile(name=new_name)).id
        actor = Actor(user_id=account.id, roles={organisation_id: Role.OWNER})
    cluster_id = invitation.cluster_id or 0
    present = clusters.find_consent(session, organisation_id, cluster_id) if invitation.cohort_id else None
    consent = present or grant_consent(
        Work(session, actor, now),
        organisation_id,
        cluster_id,
        aggregates_from=aggregates_from,
        choices=choices,
        wording=wording,
        invitation=invitation.id,
    )
    if invitation.cohort_id is not None:
        cohort_service.assign_newcomer(
            session, consent.cluster_id, consent.organisation_id, invitation.cohort_id, now=now
        )
    return consent
