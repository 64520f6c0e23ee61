"""Asks members for a newer edition of the consent, takes their answers, and changes single permissions."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES, NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.clusters.consent import (
    ConsentWording,
    allowed_detail,
    delete_support,
    hide_residues,
    lock_consent,
    record_consent_event,
    take_back_examples,
    take_out_of_joint_sums,
    take_out_of_releases,
)
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices as stored_choices
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.tables.clusters import Cluster, Consent

RENEWAL_PAUSE = timedelta(days=30)


class ResiduesFirst(Exception):
    """Neighbours can see residues only of a member that lets its own cluster see them."""


def renew_consent(
    work: Work,
    consent: Consent,
    wording: ConsentWording,
    *,
    aggregates_from: int | None,
    choices: Collection[ConsentChoice],
) -> bool:
    """Agree to another edition of the consent's text, with what it lets one choose.

    Returns whether that changes anything; an edition that was agreed to keeps its choices. Raises
    NotPermitted and NotClusterMember.
    """
    lock_consent(work.session, consent, work.actor)
    if consent.edition == wording.edition:
        return False
    detail: dict[str, Any] = {
        "wording": wording.edition,
        "language": wording.language,
        **allowed_detail(choices),
    }
    if aggregates_from != consent.aggregates_from:
        detail["aggregates_from"] = [consent.aggregates_from, aggregates_from]
    consent.edition, consent.aggregates_from = wording.edition, aggregates_from
    stored_choices.replace_choices(work.session, consent.id, choices)
    take_out_of_releases(work.session, consent)
    take_out_of_joint_sums(work.session, consent)
    take_back_examples(work.session, consent)
    hide_residues(work.session, consent)
    record_consent_event(work, EventKind.CONSENT_CHANGED, consent, **detail)
    return True


def leave_as_it_is(session: Session, consent: Consent, edition: str, *, actor: Actor) -> None:
    """Decide against a newer edition for now: nobody asks for it again, and everything stays as it is.

    Raises NotPermitted and NotClusterMember.
    """
    lock_consent(session, consent, actor)
    consent.left_edition = edition


def change_choice(work: Work, consent: Consent, choice: ConsentChoice, *, is_allowed: bool) -> bool:
    """Allow something or take it back. Returns whether that changes anything.

    With the support the team's notes and attendance go at once, with residues what neighbours see of them.
    Raises NotPermitted, NotClusterMember, ResiduesFirst, and ValueError under an edition without choices.
    """
    lock_consent(work.session, consent, work.actor)
    if consent.edition not in EDITIONS_WITH_CHOICES:
        raise ValueError(consent.edition)
    allowed = stored_choices.choices_of(work.session, consent.id)
    if (choice in allowed) == is_allowed:
        return False
    remaining = allowed ^ {choice}
    answers = {choice.value: is_allowed}
    if ConsentChoice.RESIDUES not in remaining and ConsentChoice.RESIDUE_NEIGHBOURS in remaining:
        if is_allowed:
            raise ResiduesFirst(consent.id)
        remaining -= {ConsentChoice.RESIDUE_NEIGHBOURS}
        answers[ConsentChoice.RESIDUE_NEIGHBOURS.value] = False
    stored_choices.replace_choices(work.session, consent.id, remaining)
    if choice is ConsentChoice.SUPPORT and not is_allowed:
        delete_support(work.session, consent.id)
    take_out_of_joint_sums(work.session, consent)
    take_back_examples(work.session, consent)
    hide_residues(work.session, consent)
    record_consent_event(work, EventKind.CONSENT_CHANGED, consent, choices=answers)
    return True


def request_renewals(work: Work, cluster: Cluster) -> list[Consent]:
    """Mark the members that are asked now to answer the newest edition, and return their consents.

    These are the consents to earlier editions whose owners did not decide to leave them as they are; each is
    asked again after RENEWAL_PAUSE at the earliest. Raises NotPermitted.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    consents = [
        consent
        for consent in cluster_lists.consents_to_earlier_editions(work.session, cluster.id)
        if may_request_renewal(consent, work.now)
    ]
    for consent in consents:
        consent.asked_at = work.now
    return consents


def may_request_renewal(consent: Consent, now: datetime) -> bool:
    """Whether the cluster may ask the company: not decided, and never asked or RENEWAL_PAUSE has passed."""
    is_time = consent.asked_at is None or consent.asked_at <= now - RENEWAL_PAUSE
    return is_time and consent.left_edition != NEWEST_EDITION


def is_to_be_answered(consent: Consent) -> bool:
    """Whether the newest edition was neither agreed to nor left."""
    return NEWEST_EDITION not in (consent.edition, consent.left_edition)
