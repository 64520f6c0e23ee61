"""Members of a cluster that show residues, written without the pages."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind, ResidueNotice
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.exchange.residues import save_notice
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Consent
from tests.support.app import add_consent, make_organisation


@dataclass(frozen=True)
class ResidueFirm:
    """A company, its consent to the cluster, and an owner who acts for it."""

    id: int
    consent: Consent
    actor: Actor


def add_residue_firm(session: Session, cluster_id: int, name: str, owner: str, **more: bool) -> ResidueFirm:
    """A member with an owner, who allows residues."""
    company = make_organisation(session, name, **{owner: Role.OWNER})
    add_consent(session, company.id, cluster_id, edition=NEWEST_EDITION)
    return as_firm(session, cluster_id, company.id, owner, **more)


def as_firm(
    session: Session, cluster_id: int, company: int, owner: str, *, allows: bool = True, crosses: bool = False
) -> ResidueFirm:
    """A company that is a member already. `crosses`: neighbouring clusters may see what it shows."""
    consent, account = (
        clusters.find_consent(session, company, cluster_id),
        by_email(session, f"{owner}@example.org"),
    )
    assert consent is not None
    assert account is not None
    consent.edition = NEWEST_EDITION
    neighbours = [ConsentChoice.RESIDUE_NEIGHBOURS] if crosses else []
    choices.replace_choices(session, consent.id, [ConsentChoice.RESIDUES, *neighbours] if allows else [])
    return ResidueFirm(company, consent, Actor(account.id, {company: Role.OWNER}))


def a_notice(kind: NoticeKind = NoticeKind.OFFER, *codes: str, **more: Any) -> ResidueNotice:
    """A notice of wood with everything that it can say."""
    given = {"title": "Buchenspäne", "tonnes": Decimal("12.5"), "form": "trocken", "areas": ("37",)} | more
    return ResidueNotice(kind, codes=codes or ("03 01 05",), **given)


def show(session: Session, firm: ResidueFirm, notice: ResidueNotice, now: datetime, **more: Any) -> int:
    """Show a notice to the members; its id."""
    work, given = Work(session, firm.actor, now), {"is_shown": True} | more
    return save_notice(work, firm.id, firm.consent.cluster_id, notice, **given).id


def told_canaries(texts: dict[str, str], canaries: tuple[str, ...]) -> list[str]:
    """Which text tells which of the words."""
    return [f"{path}: {canary}" for path, text in texts.items() for canary in canaries if canary in text]
