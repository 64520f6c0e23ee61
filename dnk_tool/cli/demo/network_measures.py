"""What the demo's climate network does: its members' measures, a joint goal, a member's own climate goal."""

from decimal import Decimal
from typing import Any

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.domain.aggregates.joint_goal import JointGoal
from dnk_tool.domain.measures.climate_goal import ClimateGoal, Neutrality, Scope2Method
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureEffect, MeasureState
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.measures import climate_goals, measures

# The units in which the file states what is saved, by carrier.
UNITS = {"electricity": "kWh", "natural-gas": "kWh-hi", "diesel": "l"}
# What the network wants to save in a full year, from the year after the reporting year to five years later.
GOAL_KWH, GOAL_TONNES, GOAL_YEARS = Decimal(2_000_000), Decimal(600), 5
# The own goal of one member: per cent less than in its first year with figures.
BASE_YEAR, TARGET_YEAR, PERCENT, NEUTRAL_YEAR = 2022, 2030, Decimal(45), 2040


def note_measure(member: DemoCompany, words: dict[str, Any]) -> None:
    """Note a measure of the file in the member's register; it counts for the network."""
    demo = member.demo
    stated = tuple(
        measures.StatedSaving(carrier, Quantity(Decimal(amount), UNITS[carrier]))
        for carrier, amount in words["energy"].items()
    )
    measure = measures.with_savings(
        demo.session,
        member.organisation.id,
        _measure(words, counts_for=demo.cluster.id),
        stated,
        before=MeasureEffect(),
        factors=load_factors(),
        now=demo.now,
    )
    measures.note_measure(
        demo.session, member.organisation.id, measure, actor=member.actor, now=demo.clock.tick()
    )


def _measure(words: dict[str, Any], *, counts_for: int) -> CompanyMeasure:
    cost, investment = (words.get(key) for key in ("cost_eur", "investment_eur"))
    return CompanyMeasure(
        text=words["text"],
        owner=words["owner"],
        kind=words["kind"],
        state=MeasureState(words["state"]),
        effect=MeasureEffect(cost_eur=Decimal(cost) if cost else None, basis=EffectBasis(words["basis"])),
        investment_eur=Decimal(investment) if investment else None,
        from_year=words["from_year"],
        lifetime=words.get("lifetime"),
        counts_for=counts_for,
    )


def set_joint_goal(demo: DemoContext) -> None:
    """Set the network's goal, and add up what its members' measures save towards it."""
    goal = JointGoal(demo.year, demo.year + GOAL_YEARS, GOAL_KWH, GOAL_TONNES)
    joint_goals.save_goal(demo.session, demo.cluster, goal, seen=0, actor=demo.manager, now=demo.clock.tick())
    joint_goals.make_sum(demo.session, demo.cluster, actor=demo.manager, now=demo.clock.tick())


def set_climate_goal(member: DemoCompany, base: Decimal) -> None:
    """Set the member's own goal for Scope 1 and 2; `base`: what it emitted in the base year, in t CO2e."""
    goal = ClimateGoal(
        base_year=BASE_YEAR,
        base=base,
        target_year=TARGET_YEAR,
        percent=PERCENT,
        scope2=Scope2Method.LOCATION,
        neutral_year=NEUTRAL_YEAR,
        neutrality=Neutrality.CALCULATED,
    )
    demo = member.demo
    climate_goals.save_goal(
        demo.session, member.organisation.id, goal, seen=0, actor=member.actor, now=demo.clock.tick()
    )
