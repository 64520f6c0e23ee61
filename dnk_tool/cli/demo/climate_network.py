"""The demo's climate network: its members' years, two releases, measures, goals, good examples, an award."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo import review
from dnk_tool.cli.demo.clock import DemoClock
from dnk_tool.cli.demo.companies import (
    DemoCompany,
    DemoContext,
    add_cluster_staff,
    add_company,
    confirm_members,
    demo_operator,
)
from dnk_tool.cli.demo.content import DemoAward, network_content
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
from dnk_tool.domain.exchange.awards import AwardContent, AwardState, JurorSheet, NominationContent
from dnk_tool.domain.exchange.examples import ExampleContent
from dnk_tool.domain.exchange.working_groups import GroupDate
from dnk_tool.domain.measures.climate_goal import ClimateGoal
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureEffect, MeasureState
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.aggregates import releases as release_service
from dnk_tool.services.aggregates.preparation import prepare_ordered
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.exchange import awards, jury, nominations, working_groups
from dnk_tool.services.exchange import examples as verbs
from dnk_tool.services.measures import climate_goals
from dnk_tool.services.measures import measures as measure_service
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.exchange import nominations as stored_nominations
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.declarations import Declaration

FILE = Path(__file__).with_name("good_examples.json")
NOT_WRITTEN = frozenset({"firm", "measure", "is_waiting"})
# The units in which the file states what is saved, by carrier.
UNITS = {"electricity": "kWh", "natural-gas": "kWh-hi", "diesel": "l"}


def seed(factory: sessionmaker[Session], blobs: BlobStore, *, password_hash: str, now: datetime) -> None:
    """Create the network with its manager and members, their declarations of two years, and both releases.

    The demo's operator creates it. A release is prepared in a transaction of its own, so it commits before.
    """
    clock = DemoClock(now)
    with write_session(factory) as session:
        demo, content = DemoContext(session, blobs, password_hash, clock, example_year()), network_content()
        _found(demo)
        firms = load_firms()
        clock.go_to(400)
        members = {key: _join(demo, firm) for key, firm in firms.items()}
        clock.go_to(250)
        for key, firm in firms.items():
            _finish_year(members[key], firm, demo.year - 1)
        clock.go_to(215)
        confirm_members(demo)
        _release(demo, factory, demo.year - 1)
        clock.go_to(160)
        left = members.pop(content.left)
        cluster_consent.withdraw_consent(Work(session, left.actor, demo.now), left.consent)
        clock.go_to(60)
        for key, member in members.items():
            _finish_year(member, firms[key], demo.year)
        _hand_in(members[content.waiting], build_declaration(firms[content.waiting].member, demo.year))
        begun = build_declaration(firms[content.begun].member, demo.year, criteria=9)
        members[content.begun].import_declaration(begun)
        clock.go_to(40)
        for words in load_measures():
            _note_measure(members[words["firm"]], words)
        _set_climate_goal(members[content.shown_firm], firms[content.shown_firm])
        _set_joint_goal(demo)
        _tell_examples(members)
        _remember_award(demo, members)
        _hold_award(demo, members)
        _form_groups(demo, members)
        clock.go_to(21)
        _release(demo, factory, demo.year)
        clock.go_to(12)
        be_neighbours(demo, members)
        session.commit()


def _release(demo: DemoContext, factory: sessionmaker[Session], year: int) -> None:
    """Order, prepare and make the release of a year, as its manager does."""
    ordered = release_service.order_release(demo.work(), demo.cluster, year)
    demo.session.commit()
    prepare_ordered(factory)
    demo.session.refresh(ordered)
    release_service.make_release(demo.work(), demo.cluster, ordered.id, ordered.sha256)


def _found(demo: DemoContext) -> None:
    """Create the cluster with its manager; it sets no deadlines."""
    content = network_content()
    demo.clock.go_to(410)
    work = Work(demo.session, demo_operator(demo.session), demo.now)
    demo.cluster = cluster_administration.create_cluster(work, content.name)
    demo.manager = add_cluster_staff(demo, content.manager, ClusterRole.MANAGER)
    cluster_administration.change_cluster(
        demo.work(), demo.cluster, name=content.name, contact=content.contact, has_public_list=False
    )


def _join(demo: DemoContext, firm: NetworkFirm) -> DemoCompany:
    content = network_content()
    email = content.owner if firm.key == content.shown_firm else f"{firm.key}@demo.example"
    choices = {ConsentChoice.SUPPORT, ConsentChoice.MEASURES}
    return add_company(
        demo,
        firm.member.profile,
        email,
        firm.member.words["leitung"],
        allows_figures=firm.allows_figures,
        choices=choices | {ConsentChoice.PROFILE} if firm.shows_profile else choices,
    )


def _finish_year(member: DemoCompany, firm: NetworkFirm, year: int) -> None:
    """Write the year's declaration and finish it, most without a review; nothing without figures.

    So few are approved, and all of one section, that the releases protect the others from the manager, too.
    """
    if year not in firm.amounts:
        return
    first, content = member.demo.year - 1, network_content()
    document = build_network_declaration(firm, year, first=first)
    if year == first or firm.key not in content.approved:
        member.submit(member.import_declaration(document), is_reviewed=False)
        return
    declaration = _hand_in(member, document)
    review.approve(member.demo, declaration)
    if firm.key == content.published:
        publishing_steps.publish(member.work(), declaration)
        allow_quotation(member.work(), declaration, is_allowed=True)


def _hand_in(member: DemoCompany, document: Document) -> Declaration:
    """Submit the declaration to the network's review."""
    declaration = member.import_declaration(document)
    member.demo.clock.tick()
    member.submit(declaration)
    return declaration


def _note_measure(member: DemoCompany, words: dict[str, Any]) -> None:
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
    measure_service.note_measure(member.work(), member.organisation.id, measure)


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


def _set_joint_goal(demo: DemoContext) -> None:
    """Set the network's goal, and add up what its members' measures save towards it."""
    told = network_content().joint_goal
    goal = JointGoal(demo.year, demo.year + told.years, told.kwh, told.t_co2e)
    joint_goals.save_goal(demo.work(), demo.cluster, goal, seen=0)
    joint_goals.make_sum(demo.work(), demo.cluster)


def _set_climate_goal(member: DemoCompany, firm: NetworkFirm) -> None:
    """Set the member's own goal for Scope 1 and 2, from what it emitted in the base year."""
    told = network_content().climate_goal
    goal = ClimateGoal(base=firm.emissions(told.base_year), **dict(told))
    climate_goals.save_goal(member.work(), member.organisation.id, goal, seen=0)


def _tell_examples(members: Mapping[str, DemoCompany]) -> None:
    """Let members tell of their measures, in the order in which they offer them."""
    for words in json.loads(FILE.read_text("utf-8")):
        _tell(members[words["firm"]], words)


def _tell(member: DemoCompany, words: dict[str, Any]) -> None:
    demo, company = member.demo, member.organisation.id
    consent_renewal.change_choice(member.work(), member.consent, ConsentChoice.EXAMPLES, is_allowed=True)
    content = ExampleContent(**{key: value for key, value in words.items() if key not in NOT_WRITTEN})
    noted = measures.of_company(demo.session, company)
    measure_id = next(key for key, measure in noted.items() if measure.text == words["measure"])
    row = verbs.begin_example(member.work(), company, measure_id, content)
    verbs.change_example(
        member.work(), company, row.id, content, picture=None, is_contact=True, seen=row.version
    )
    verbs.offer_example(member.work(), company, row.id, demo.cluster.id, seen=row.version)
    if not words.get("is_waiting"):
        verbs.publish_example(demo.work(), demo.cluster, row.id, seen=row.version)


def _remember_award(demo: DemoContext, members: Mapping[str, DemoCompany]) -> None:
    """Decide the round of last year, which two members won; that of the shown firm had no part in it."""
    session, today, told = demo.session, demo.clock.today, network_content().award
    by: dict[str, Any] = {"actor": demo.manager}
    content = AwardContent(told.name, today.year - 1, today, today, told.criteria)
    award = awards.create_award(demo.work(), demo.cluster, content)
    awards.lead_on(session, demo.cluster, award.id, AwardState.NOMINATING, seen=award.version, **by)
    standing = [member for key, member in members.items() if key != network_content().shown_firm]
    for member, words in zip(standing, told.winners.values(), strict=False):
        _nominate(member, award.id, words)
    awards.lead_on(session, demo.cluster, award.id, AwardState.JUDGING, seen=award.version, **by)
    prizes = {words.title: prize for prize, words in told.winners.items()}
    shown = stored_nominations.of_award(session, award.id, agreed_only=True)
    given = {one.id: prizes[one.content.title] for one in shown}
    awards.decide_award(demo.work(), demo.cluster, award.id, given, seen=award.version)
    ended = replace(content, nominate_until=date(content.year, 9, 30), judge_until=date(content.year, 11, 15))
    awards.change_award(session, demo.cluster, award.id, ended, seen=award.version, **by)


def _hold_award(demo: DemoContext, members: Mapping[str, DemoCompany]) -> None:
    """Open a round, let three members nominate, and let two jurors begin; the shown firm writes lines."""
    session, today, told = demo.session, demo.clock.today, network_content().award
    by: dict[str, Any] = {"actor": demo.manager}
    until = today + timedelta(days=14), today + timedelta(days=60)
    content = AwardContent(told.name, today.year, *until, told.criteria)
    award = awards.create_award(demo.work(), demo.cluster, content)
    awards.lead_on(session, demo.cluster, award.id, AwardState.NOMINATING, seen=award.version, **by)
    writer = members[network_content().shown_firm]
    by_consent = {member.consent.id: member for member in members.values()}
    published = stored_nominations.list_published_examples(session, list(by_consent))
    for example in [one for one in published if one.consent_id != writer.consent.id][:2]:
        nominated = NominationContent(is_public=True)
        _nominate(by_consent[example.consent_id or 0], award.id, nominated, example.id)
    _nominate(writer, award.id, told.own_words)
    awards.lead_on(session, demo.cluster, award.id, AwardState.JUDGING, seen=award.version, **by)
    _judge(demo, award.id, told)


def _nominate(
    member: DemoCompany, award_id: int, content: NominationContent, example_id: int | None = None
) -> None:
    nominations.nominate(
        member.work(), member.organisation.id, award_id, content, example_id=example_id, seen=0
    )


def _judge(demo: DemoContext, award_id: int, told: DemoAward) -> None:
    """Invite the jurors, who write their sheets."""
    session, work = demo.session, demo.work()
    ids = [one.id for one in stored_nominations.of_award(session, award_id, agreed_only=True)]
    for invited in told.jurors:
        _juror, token = jury.invite_juror(
            work, demo.cluster, award_id, email=invited.email, name=invited.name, language="de"
        )
        for nomination_id, points in zip(ids, invited.points, strict=False):
            sheet = JurorSheet(points or (None,) * len(told.criteria), points is None)
            jury.save_sheet(session, token, nomination_id, sheet, seen=0, now=work.now)


def _form_groups(demo: DemoContext, members: Mapping[str, DemoCompany]) -> None:
    """Form the working groups, each with some of the members."""
    for told in network_content().groups:
        dates = [GroupDate(demo.clock.day(-each.in_days), each.time, each.place) for each in told.dates]
        content = replace(told.content, dates=tuple(dates))
        group = working_groups.create_group(demo.work(), demo.cluster, content)
        for key in told.members:
            member = members[key]
            working_groups.join_group(member.work(), member.organisation.id, group.id)
