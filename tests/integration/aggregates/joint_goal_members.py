"""Members of a cluster with measures that count for it, written without the pages."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.joint_goal import JointGoal
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import AllowedChoice
from dnk_tool.store.tables.organisations import Organisation

GOAL = JointGoal(2023, 2028, Decimal(4_000_000), Decimal(1_400))
LONG_AGO = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
T_PER_KWH = Decimal("0.0004")


def a_measure(
    kwh: int = 100_000,
    kind: str = "lighting",
    state: MeasureState = MeasureState.DONE,
    *,
    cluster_id: int | None = 1,
    carrier: str = "electricity",
    cost: int | None = None,
    **more: Any,
) -> CompanyMeasure:
    """A measure with everything that lets it count."""
    tonnes = kwh * T_PER_KWH
    effect = MeasureEffect(
        energy=(EnergySaving(carrier, Decimal(kwh), tonnes),),
        t_co2e=tonnes,
        cost_eur=None if cost is None else Decimal(cost),
        basis=EffectBasis.CALCULATED,
    )
    given = {"from_year": 2025, "effect": effect} | more
    return CompanyMeasure("Neue Leuchten", kind=kind, state=state, counts_for=cluster_id, **given)


def add_goal_member(
    session: Session,
    cluster_id: int,
    name: str,
    *own: CompanyMeasure,
    allows: bool = True,
    edition: str = NEWEST_EDITION,
    is_confirmed: bool = True,
) -> int:
    """A confirmed member with these measures; gives the id of the company."""
    company = Organisation(name=name, requires_sign_off=False, created_at=LONG_AGO)
    session.add(company)
    session.flush()
    consent = Consent(cluster_id=cluster_id, organisation_id=company.id, granted_at=LONG_AGO, edition=edition)
    session.add(consent)
    session.flush()
    if allows:
        session.add(AllowedChoice(consent_id=consent.id, choice=ConsentChoice.MEASURES))
    if is_confirmed:
        confirmations.add(session, [company.id], by=None, now=LONG_AGO)
    for measure in own:
        measures.add(session, company.id, measure, by=None, now=LONG_AGO)
    return company.id


def add_members(session: Session, cluster_id: int, number: int) -> list[int]:
    """So many members, each with two measures of about the same size; none of them prevails."""
    return [
        add_goal_member(
            session,
            cluster_id,
            f"Mitglied {place}",
            a_measure(90_000 + 1_000 * place, cluster_id=cluster_id, cost=20_000),
            a_measure(40_000, "own-power", MeasureState.PLANNED, cluster_id=cluster_id, cost=9_000),
        )
        for place in range(number)
    ]
