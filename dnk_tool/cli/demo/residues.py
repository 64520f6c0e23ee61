"""The residues of the demo's clusters: notices of members, matches, who asked whom, and neighbours."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace

from dnk_tool.cli.demo.bills import enter_bills
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.cli.demo.content import DemoBill, DemoInquiry, DemoNotice, cluster_content, network_content
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange import residue_inquiries
from dnk_tool.services.exchange.neighbours import accept_neighbour, propose_neighbour
from dnk_tool.services.exchange.residues import save_notice
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import residue_inquiries as stored_inquiries


def offers_and_searches(demo: DemoContext) -> Scenario:
    """Members allow residues, show what they have and need, and some ask each other."""
    content = cluster_content()
    yield 19
    firms = _firms(demo)
    _enter_waste(firms["Metallbau"], content.begun.waste)
    yield 5
    for firm in firms.values():
        _allow(firm, ConsentChoice.RESIDUES)
    ids = _show(firms, content.notices)
    yield 2
    for inquiry in content.inquiries:
        _ask(firms, inquiry, ids)


def be_neighbours(demo: DemoContext, members: Mapping[str, DemoCompany]) -> None:
    """Make the network and the other cluster neighbours, and let members of both show residues across.

    A network that was seeded alone has no neighbour.
    """
    content, other = network_content(), cluster_content()
    account = accounts.by_email(demo.session, other.people["manager"].email)
    if account is None:
        return
    for notice in content.notices:
        _allow(members[notice.by], ConsentChoice.RESIDUES, ConsentChoice.RESIDUE_NEIGHBOURS)
    ids = _show(members, content.notices)
    beyond = copy(demo)
    beyond.cluster = propose_neighbour(demo.work(), demo.cluster, other.name)
    actor = Actor(account.id, clusters={beyond.cluster.id: ClusterRole.MANAGER})
    accept_neighbour(demo.work(actor), beyond.cluster, demo.cluster.id)
    firms = _firms(beyond)
    for name in content.crossing:
        _allow(firms[name], ConsentChoice.RESIDUE_NEIGHBOURS)
    _ask(firms, content.inquiry, ids)


def _allow(firm: DemoCompany, *chosen: ConsentChoice) -> None:
    for choice in chosen:
        change_choice(firm.work(), firm.consent, choice, is_allowed=True)


def _firms(demo: DemoContext) -> dict[str, DemoCompany]:
    """The members that show something, by how their name begins, with one of their owners."""
    session, found = demo.session, {}
    names = dict.fromkeys(notice.by for notice in cluster_content().notices)
    for organisation, consent in cluster_lists.list_members(session, demo.cluster.id):
        name = next((each for each in names if organisation.name.startswith(each)), None)
        if name:
            owners = accounts.people_with_roles(
                session, organisation.id, (Role.OWNER,), today=demo.now.date()
            )
            owner = min(owners, key=lambda account: account.id)
            found[name] = DemoCompany(demo, organisation, owner, consent)
    return found


def _show(firms: Mapping[str, DemoCompany], notices: Iterable[DemoNotice]) -> dict[str, int]:
    """Show the notices to the cluster; their ids by title."""
    ids = {}
    for given in notices:
        firm, demo = firms[given.by], firms[given.by].demo
        start = demo.clock.day(-given.in_days) if given.in_days else None
        notice = replace(given.notice, available_from=start)
        row = save_notice(firm.work(), firm.organisation.id, demo.cluster.id, notice, is_shown=True)
        ids[notice.title] = row.id
    return ids


def _ask(firms: Mapping[str, DemoCompany], inquiry: DemoInquiry, ids: Mapping[str, int]) -> None:
    """Ask about a notice; if `agreed_by` is given, its company agrees to the only inquiry that it got."""
    firm, notice_id = firms[inquiry.by], ids[inquiry.notice]
    cluster_id = firm.demo.cluster.id
    residue_inquiries.ask(firm.work(), firm.organisation.id, cluster_id, notice_id, inquiry.message)
    if inquiry.agreed_by:
        asked = firms[inquiry.agreed_by]
        [got] = stored_inquiries.of_member(asked.demo.session, asked.consent)
        residue_inquiries.agree(asked.work(), asked.organisation.id, cluster_id, got.row.id)


def _enter_waste(firm: DemoCompany, waste: Iterable[DemoBill]) -> None:
    """Enter the company's waste as lines of its declaration in work."""
    [declaration] = declarations.of_organisations(firm.demo.session, [firm.organisation.id])
    enter_bills(firm, declaration, waste, (), by=firm.actor)
