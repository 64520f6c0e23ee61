"""Confirms members of clusters as real firms, by operators outside the cluster's team; asks them to once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.aggregates.confirmations import MemberFirm
from dnk_tool.store.answers import history
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster


class Hindrance(StrEnum):
    """Why an operator cannot vouch for a company."""

    OWN = "own"  # works for it, or founded it
    TEAM = "team"  # is in the team of one of its clusters


class NotToVouchFor(Exception):
    """The operator works for one of the companies, is in the team of its cluster, or it is no member."""


@dataclass(frozen=True, slots=True)
class FirmToConfirm:
    """A member of a cluster, and what keeps this operator from confirming it; None for nothing."""

    firm: MemberFirm
    hindrance: Hindrance | None

    @property
    def is_confirmed(self) -> bool:
        """Whether an operator has confirmed it."""
        return self.firm.confirmed_at is not None


def firms_to_confirm(work: Work) -> list[FirmToConfirm]:
    """All members of clusters, by name. Raises NotPermitted."""
    require(Permission.INSTALLATION_RUN, work.actor)
    key = work.actor.user_id
    own = confirmations.companies_of_person(work.session, key) if key is not None else frozenset()
    return [
        FirmToConfirm(firm, _hindrance(firm, own, work.actor))
        for firm in confirmations.member_firms(work.session)
    ]


def _hindrance(firm: MemberFirm, own: Collection[int], actor: Actor) -> Hindrance | None:
    if firm.id in own:
        return Hindrance.OWN
    return Hindrance.TEAM if firm.clusters.keys() & actor.clusters.keys() else None


def confirm_firms(work: Work, companies: Collection[int]) -> int:
    """Confirm these members as real firms; returns how many were not confirmed yet.

    Raises NotPermitted, and NotToVouchFor without confirming any.
    """
    _require_no_hindrance(work, companies)
    new = sorted(set(companies) - confirmations.confirmed_among(work.session, companies))
    confirmations.add(work.session, new, by=work.actor.user_id, now=work.now)
    _record(work, EventKind.COMPANY_CONFIRMED, new)
    return len(new)


def end_confirmations(work: Work, companies: Collection[int]) -> int:
    """Take back the confirmation of these members; returns how many were confirmed.

    What was released stays. Raises NotPermitted, and NotToVouchFor without changing anything.
    """
    _require_no_hindrance(work, companies)
    known = sorted(confirmations.confirmed_among(work.session, companies))
    confirmations.remove(work.session, known)
    _record(work, EventKind.CONFIRMATION_ENDED, known)
    return len(known)


def _require_no_hindrance(work: Work, companies: Collection[int]) -> None:
    possible = {each.firm.id for each in firms_to_confirm(work) if each.hindrance is None}
    if not set(companies) <= possible:
        raise NotToVouchFor


def _record(work: Work, kind: EventKind, companies: Collection[int]) -> None:
    for company in companies:
        history.record_event(
            work.session, kind, organisation_id=company, actor_id=work.actor.user_id, now=work.now
        )


def operators_to_ask(work: Work, cluster: Cluster) -> Sequence[Account]:
    """The operators whom a mail shall lead to members that nobody has confirmed, noted as asked.

    Nobody where they were asked since one last confirmed members of the cluster. Raises NotPermitted.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    if cluster.confirmation_asked_at is not None:
        return ()
    asked = confirmations.operators_outside(work.session, cluster.id)
    if asked:
        cluster.confirmation_asked_at = work.now
        work.session.flush()
    return asked
