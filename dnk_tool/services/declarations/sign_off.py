"""Management's sign-off: a named person is asked to confirm a frozen version, and confirms or declines."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import Action, Decision, EventKind, TransitionNotAllowed
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.declarations.transitions import apply_transition, begin_transition, freeze_version
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, SignOff, Snapshot
from dnk_tool.store.tables.organisations import Organisation

MAX_REASON_LENGTH = 2_000


class NoConsent(Exception):
    """The company does not belong to the cluster, or not any more."""


class InvalidDeclineReason(ValueError):
    """Declining needs a reason, of at most MAX_REASON_LENGTH characters."""


def request_sign_off(
    work: Work, declaration: Declaration, submits_to: int | None, signatory: Account
) -> Snapshot:
    """Freeze the declaration as a version and ask the signatory to confirm it.

    `submits_to`: the cluster that gets the version once confirmed; None: it is finished then. Raises
    NotPermitted, TransitionNotAllowed, DeclarationIncomplete and UnreadableSnapshot, each before anything
    is changed.
    """
    step = begin_transition(work.session, declaration, Action.ASK_SIGN_OFF, work.actor)
    snapshot = freeze_version(work, declaration)
    apply_transition(work, declaration, step)
    declaration.signatory_id = signatory.id
    work.session.add(
        SignOff(
            declaration_id=declaration.id,
            version=declaration.version,
            signatory_id=signatory.id,
            submits_to=submits_to,
            asked_at=work.now,
            asked_by=work.actor.user_id,
        )
    )
    work.session.flush()
    return snapshot


def confirm_sign_off(work: Work, declaration: Declaration) -> SignOff:
    """Confirm the version as the signatory: it goes to the cluster, or is finished.

    Raises NotPermitted, TransitionNotAllowed, and NoConsent if the company has left the cluster meanwhile.
    """
    sign_off = _pending_sign_off(work.session, declaration, work.actor)
    action = Action.CONFIRM_AND_SUBMIT if sign_off.submits_to else Action.CONFIRM_AND_FINISH
    step = begin_transition(work.session, declaration, action, work.actor)
    if sign_off.submits_to:
        require_consent(work.session, declaration, sign_off.submits_to)
        assign_to_cluster(
            declaration, _snapshot(work.session, declaration), sign_off.submits_to, now=work.now
        )
    _record_decision(work.session, declaration, sign_off, Decision.CONFIRMED, now=work.now)
    apply_transition(work, declaration, step)
    return sign_off


def decline_sign_off(work: Work, declaration: Declaration, reason: str) -> SignOff:
    """Decline the version as the signatory: the declaration returns to the state it was in before.

    Raises NotPermitted, TransitionNotAllowed and InvalidDeclineReason.
    """
    sign_off = _pending_sign_off(work.session, declaration, work.actor)
    step = begin_transition(work.session, declaration, Action.DECLINE, work.actor)
    reason = normalised(reason).strip()
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise InvalidDeclineReason(len(reason))
    sign_off.reason = reason
    _record_decision(work.session, declaration, sign_off, Decision.DECLINED, now=work.now)
    apply_transition(work, declaration, step)
    return sign_off


def withdraw_sign_off(session: Session, declaration: Declaration, *, now: datetime) -> None:
    """Withdraw the request for a sign-off, if any. The caller holds the lock and makes the transition."""
    sign_off = sign_offs.sign_off(session, declaration.id, declaration.version)
    if sign_off is not None:
        _record_decision(session, declaration, sign_off, Decision.WITHDRAWN, now=now)


def assign_to_cluster(
    declaration: Declaration, snapshot: Snapshot, cluster_id: int, *, now: datetime
) -> None:
    """Make the version one that was submitted to the cluster at `now`."""
    declaration.cluster_id = snapshot.cluster_id = cluster_id
    declaration.submitted_at = snapshot.submitted_at = now


def require_consent(session: Session, declaration: Declaration, cluster_id: int) -> None:
    """Raise NoConsent unless the company consents to the cluster today, and the cluster reviews."""
    joined = clusters.of_organisation(session, declaration.organisation_id)
    if cluster_id not in {cluster.id for cluster, _consent in joined if cluster.archived_at is None}:
        raise NoConsent(cluster_id)


def change_sign_off_rule(work: Work, organisation: Organisation, *, is_required: bool) -> None:
    """Set whether each version of the company needs a sign-off. Raises NotPermitted."""
    lock_company(work.session, organisation.id, Permission.ORGANISATION_OWN, work.actor)
    if organisation.requires_sign_off == is_required:
        return
    organisation.requires_sign_off = is_required
    history.record_event(
        work.session,
        EventKind.SIGN_OFF_RULE_CHANGED,
        organisation_id=organisation.id,
        actor_id=work.actor.user_id,
        now=work.now,
        required=is_required,
    )


def _pending_sign_off(session: Session, declaration: Declaration, actor: Actor) -> SignOff:
    """The undecided sign-off that the actor was asked for, read after the company was locked."""
    require(Permission.DECLARATION_SIGN, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    sign_off = sign_offs.sign_off(session, declaration.id, declaration.version)
    if sign_off is None or sign_off.decision is not None:
        raise TransitionNotAllowed(declaration.state, Action.CONFIRM_AND_FINISH)
    return sign_off


def _snapshot(session: Session, declaration: Declaration) -> Snapshot:
    snapshot = declarations.snapshot(session, declaration.id, declaration.version)
    if snapshot is None:
        raise LookupError(declaration.version)
    return snapshot


def _record_decision(
    session: Session, declaration: Declaration, sign_off: SignOff, decision: Decision, *, now: datetime
) -> None:
    """Record the decision, and end the secret links that asked for it."""
    sign_off.decision, sign_off.decided_at = decision, now
    for link in invitations.of_declaration(session, declaration.id):
        if link.kind is not InvitationKind.SIGN_OFF or link.accepted_at or link.revoked_at:
            continue
        if decision is Decision.WITHDRAWN:
            link.revoked_at = now
        else:
            link.accepted_at, link.accepted_by = now, sign_off.signatory_id
