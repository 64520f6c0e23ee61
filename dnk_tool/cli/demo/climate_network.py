"""The demo's climate network: fourteen members, few of whom hand in, two releases, a joint goal."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.cli.demo import cluster, review
from dnk_tool.cli.demo.awards import form_groups, hold_award, remember_award
from dnk_tool.cli.demo.clock import DemoClock
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_cluster_staff, add_company
from dnk_tool.cli.demo.examples import example_year
from dnk_tool.cli.demo.good_examples import tell_examples
from dnk_tool.cli.demo.member_declarations import build_declaration
from dnk_tool.cli.demo.network_declarations import (
    NetworkFirm,
    build_network_declaration,
    load_firms,
    load_measures,
)
from dnk_tool.cli.demo.network_measures import BASE_YEAR, note_measure, set_climate_goal, set_joint_goal
from dnk_tool.cli.demo.residues import be_neighbours
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.services.aggregates import releases as release_service
from dnk_tool.services.aggregates.preparation import prepare_ordered
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.evidence.blob_store import BlobStore
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
        cluster_consent.withdraw_consent(session, left.consent, actor=left.actor, now=demo.now)
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
        session, demo.cluster, year, actor=demo.manager, now=demo.clock.tick()
    )
    session.commit()
    prepare_ordered(factory)
    session.refresh(ordered)
    release_service.make_release(
        session, demo.cluster, ordered.id, ordered.sha256, actor=demo.manager, now=demo.clock.tick()
    )


def _found(demo: DemoContext) -> None:
    """Create the cluster with its manager; it sets no deadlines."""
    demo.clock.go_to(FOUNDED)
    operator = accounts.by_email(demo.session, "betrieb@demo.example")
    actor = Actor(operator.id, is_operator=True) if operator else Actor(is_shell=True)
    demo.cluster = cluster_administration.create_cluster(demo.session, NAME, actor=actor, now=demo.now)
    demo.manager = add_cluster_staff(demo, MANAGER, "Silke Arndt", ClusterRole.MANAGER)
    cluster_administration.change_cluster(
        demo.session,
        demo.cluster,
        name=NAME,
        contact=CONTACT,
        has_public_list=False,
        actor=demo.manager,
        now=demo.clock.tick(),
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
        publishing_steps.publish(session, declaration, actor=member.actor, now=clock.tick())
        allow_quotation(session, declaration, is_allowed=True, actor=member.actor, now=clock.tick())


def _hand_in(member: DemoCompany, document: Document) -> Declaration:
    """Submit the declaration to the network's review."""
    declaration = member.import_declaration(document)
    member.demo.clock.tick()
    member.submit(declaration)
    return declaration
