"""The demo's climate network: fourteen members, few of whom hand in, two releases, a joint goal.

Good examples of the demo's climate network: four published, two that wait for its manager.
What the demo's climate network does: its members' measures, a joint goal, a member's own climate goal.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo import cluster, review
from dnk_tool.cli.demo.awards import form_groups, hold_award, remember_award
from dnk_tool.cli.demo.clock import DemoClock
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_cluster_staff, add_company
from dnk_tool.cli.demo.examples import example_year
from dnk_tool.cli.demo.member_declarations import build_declaration
from dnk_tool.cli.demo.network_declarations import (
    NetworkFirm,
    build_network_declaration,
    load_firms,
    load_measures,
)
from dnk_tool.cli.demo.residues import be_neighbours
from dnk_tool.domain.aggregates.joint_goal import JointGoal
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.exchange.examples import ExampleContent
from dnk_tool.domain.measures.climate_goal import ClimateGoal, Neutrality, Scope2Method
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureEffect, MeasureState
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.aggregates import releases as release_service
from dnk_tool.services.aggregates.preparation import prepare_ordered
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.measures import climate_goals
from dnk_tool.services.measures import measures as measure_service
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.declarations import Declaration

NAME = "Klimanetzwerk Weserbergland"
CONTACT = "Silke Arndt, Telefon 05151 123456"
MANAGER, OWNER = "silke@demo.example", "heike@demo.example"
# Whose owner signs in, and who leaves after the first release.
SHOWN_FIRM, LEFT = "moebelmanufaktur", "galvanik"
# Who hands in this year: two are approved, one of them published; one waits. One has just begun.
APPROVED, PUBLISHED, WAITING, BEGUN = ("druckhaus", "werkzeugbau"), "druckhaus", "treppenbau", "pflegeheim"
CHOICES = frozenset({ConsentChoice.SUPPORT, ConsentChoice.MEASURES, ConsentChoice.PROFILE})
# Days ago: the founding, the members, the year before with its release, the one that leaves, this year.
FOUNDED, JOINED, FIRST_YEAR, FIRST_RELEASE, LEAVES, SECOND_YEAR = 410, 400, 250, 215, 160, 60
# And what the members do, with the joint goal, before this year's release.
MEASURES_NOTED, SECOND_RELEASE, NEIGHBOURS = 40, 21, 12


FILE = Path(__file__).with_name("good_examples.json")
NOT_WRITTEN = frozenset({"firm", "measure", "is_waiting"})


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
        measure_service.StatedSaving(carrier, Quantity(Decimal(amount), UNITS[carrier]))
        for carrier, amount in words["energy"].items()
    )
    measure = measure_service.with_savings(
        demo.session,
        member.organisation.id,
        _measure(words, counts_for=demo.cluster.id),
        stated,
        before=MeasureEffect(),
        factors=load_factors(),
        now=demo.now,
    )
    measure_service.note_measure(
        Work(demo.session, member.actor, demo.clock.tick()), member.organisation.id, measure
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
    joint_goals.save_goal(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, goal, seen=0)
    joint_goals.make_sum(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster)


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
        Work(demo.session, member.actor, demo.clock.tick()), member.organisation.id, goal, seen=0
    )


def tell_examples(members: Mapping[str, DemoCompany]) -> None:
    """Let members tell of their measures, in the order in which they offer them."""
    for words in json.loads(FILE.read_text("utf-8")):
        _tell(members[words["firm"]], words)


def _tell(member: DemoCompany, words: dict[str, Any]) -> None:
    demo, company, actor = member.demo, member.organisation.id, member.actor
    consent_renewal.change_choice(
        Work(demo.session, actor, demo.clock.tick()), member.consent, ConsentChoice.EXAMPLES, is_allowed=True
    )
    content = ExampleContent(**{key: value for key, value in words.items() if key not in NOT_WRITTEN})
    noted = measures.of_company(demo.session, company)
    measure_id = next(key for key, measure in noted.items() if measure.text == words["measure"])
    row = verbs.begin_example(Work(demo.session, actor, demo.clock.tick()), company, measure_id, content)
    verbs.change_example(
        Work(demo.session, actor, demo.clock.tick()),
        company,
        row.id,
        content,
        picture=None,
        is_contact=True,
        seen=row.version,
    )
    verbs.offer_example(
        Work(demo.session, actor, demo.clock.tick()), company, row.id, demo.cluster.id, seen=row.version
    )
    if not words.get("is_waiting"):
        verbs.publish_example(
            Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, row.id, seen=row.version
        )


def seed(factory: sessionmaker[Session], blobs: BlobStore, *, password_hash: str, now: datetime) -> None:
    """Create the network with its manager and members, their declarations of two years, and both releases.

    The demo's operator creates it. A release is prepared in a transaction of its own, so it commits before.
    """
    clock = DemoClock(now)
    with write_session(factory) as session:
        demo = DemoContext(session, blobs, password_hash, clock, example_year())
        _found(demo)
        firms = load_firms()
        clock.go_to(JOINED)
        members = {key: _join(demo, firm) for key, firm in firms.items()}
        clock.go_to(FIRST_YEAR)
        for key, firm in firms.items():
            _finish_year(members[key], firm, demo.year - 1)
        clock.go_to(FIRST_RELEASE)
        _release(demo, factory, demo.year - 1)
        clock.go_to(LEAVES)
        left = members.pop(LEFT)
        cluster_consent.withdraw_consent(Work(session, left.actor, demo.now), left.consent)
        clock.go_to(SECOND_YEAR)
        for key, member in members.items():
            _finish_year(member, firms[key], demo.year)
        _hand_in(members[WAITING], build_declaration(firms[WAITING].member, demo.year))
        members[BEGUN].import_declaration(build_declaration(firms[BEGUN].member, demo.year, criteria=9))
        clock.go_to(MEASURES_NOTED)
        for words in load_measures():
            note_measure(members[words["firm"]], words)
        set_climate_goal(members[SHOWN_FIRM], firms[SHOWN_FIRM].emissions(BASE_YEAR))
        set_joint_goal(demo)
        tell_examples(members)
        remember_award(demo, members, SHOWN_FIRM)
        hold_award(demo, members, SHOWN_FIRM)
        form_groups(demo, members)
        clock.go_to(SECOND_RELEASE)
        _release(demo, factory, demo.year)
        clock.go_to(NEIGHBOURS)
        be_neighbours(demo, members, cluster.NAME, "karin@demo.example")
        session.commit()


def _release(demo: DemoContext, factory: sessionmaker[Session], year: int) -> None:
    """Order, prepare and make the release of a year, as its manager does."""
    session = demo.session
    ordered = release_service.order_release(
        Work(session, demo.manager, demo.clock.tick()), demo.cluster, year
    )
    session.commit()
    prepare_ordered(factory)
    session.refresh(ordered)
    release_service.make_release(
        Work(session, demo.manager, demo.clock.tick()), demo.cluster, ordered.id, ordered.sha256
    )


def _found(demo: DemoContext) -> None:
    """Create the cluster with its manager; it sets no deadlines."""
    demo.clock.go_to(FOUNDED)
    operator = accounts.by_email(demo.session, "betrieb@demo.example")
    actor = Actor(operator.id, is_operator=True) if operator else Actor(is_shell=True)
    demo.cluster = cluster_administration.create_cluster(Work(demo.session, actor, demo.now), NAME)
    demo.manager = add_cluster_staff(demo, MANAGER, "Silke Arndt", ClusterRole.MANAGER)
    cluster_administration.change_cluster(
        Work(demo.session, demo.manager, demo.clock.tick()),
        demo.cluster,
        name=NAME,
        contact=CONTACT,
        has_public_list=False,
    )


def _join(demo: DemoContext, firm: NetworkFirm) -> DemoCompany:
    words = firm.member.words
    email = OWNER if firm.key == SHOWN_FIRM else f"{firm.key}@demo.example"
    return add_company(
        demo,
        firm.member.profile,
        email,
        words["leitung"],
        allows_figures=firm.allows_figures,
        choices=CHOICES if firm.shows_profile else CHOICES - {ConsentChoice.PROFILE},
    )


def _finish_year(member: DemoCompany, firm: NetworkFirm, year: int) -> None:
    """Write the year's declaration and finish it, most without a review; nothing without figures.

    So few are approved, and all of one section, that the releases protect the others from the manager, too.
    """
    if year not in firm.amounts:
        return
    first = member.demo.year - 1
    document = build_network_declaration(firm, year, first=first)
    if year == first or firm.key not in APPROVED:
        member.submit(member.import_declaration(document), is_reviewed=False)
        return
    declaration = _hand_in(member, document)
    review.approve(member.demo, declaration)
    if firm.key == PUBLISHED:
        session, clock = member.demo.session, member.demo.clock
        publishing_steps.publish(Work(session, member.actor, clock.tick()), declaration)
        allow_quotation(Work(session, member.actor, clock.tick()), declaration, is_allowed=True)


def _hand_in(member: DemoCompany, document: Document) -> Declaration:
    """Submit the declaration to the network's review."""
    declaration = member.import_declaration(document)
    member.demo.clock.tick()
    member.submit(declaration)
    return declaration
