"""What somebody could do again and again in a cluster ends at a limit, and nothing begins where it rests."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.examples import MAX_OFFERS_A_DAY
from dnk_tool.domain.exchange.residues import MAX_INQUIRIES_A_DAY, MAX_OPEN_REPORTS
from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.permissions import SHELL, Actor, Archived, ClusterRole, Role
from dnk_tool.services.accounts.action_limits import RECIPIENT_LIMITS, LimitedAction
from dnk_tool.services.exchange import examples, nominations, residue_inquiries, residues, working_groups
from dnk_tool.services.exchange.examples import TooManyOffers
from dnk_tool.services.exchange.residue_inquiries import TooManyInquiries
from dnk_tool.services.exchange.residues import TooManyReports
from dnk_tool.services.operation.archive import begin_archive
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import nominations as stored_nominations
from dnk_tool.store.exchange import residues as stored_residues
from dnk_tool.store.exchange import working_groups as stored_groups
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.conftest import NOW
from tests.integration.exchange import award_rounds, told_examples
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, add_residue_firm, as_firm, show
from tests.support.app import World, add_consent, add_member, database_session, make_cluster, post
from tests.support.browsers import signed_in

BY: dict[str, Any] = {"actor": SHELL, "now": NOW}


class Neighbours:
    """A cluster with a firm that shows residues, and one that asks, reports and offers."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cluster: Cluster = make_cluster(session, "Netz", gesine=ClusterRole.MANAGER)
        self.quiet = add_residue_firm(session, self.cluster.id, "Möbelwerk Eich GmbH", "erna")
        self.busy = add_residue_firm(session, self.cluster.id, "Gartenbau Lind GmbH", "leo")

    def notices(
        self, count: int, cluster_id: int | None = None, firm: ResidueFirm | None = None
    ) -> list[int]:
        """So many notices of the quiet firm; the same firm may be in another cluster."""
        return [
            show(self.session, firm or self.quiet, a_notice(title=f"Span {at}"), NOW) for at in range(count)
        ]

    def ask(self, cluster_id: int, notice_id: int, actor: Actor) -> None:
        residue_inquiries.ask(
            Work(self.session, actor, NOW), self.busy.id, cluster_id, notice_id, "Geht 1 t?"
        )

    def report(self, notice_id: int) -> bool:
        return residues.report_notice(
            Work(self.session, SHELL, NOW), self.busy.id, self.cluster.id, notice_id, "Das ist Werbung."
        )


@pytest.fixture
def neighbours(session: Session) -> Neighbours:
    return Neighbours(session)


def test_a_firm_asks_so_often_a_day_from_all_accounts_and_in_all_clusters(neighbours: Neighbours) -> None:
    session = neighbours.session
    colleague = Actor(
        add_member(session, neighbours.busy.id, "lea", Role.EDITOR).id, neighbours.busy.actor.roles
    )
    other = make_cluster(session, "Zweites Netz").id
    for firm in (neighbours.quiet, neighbours.busy):
        add_consent(session, firm.id, other)
    elsewhere = as_firm(session, other, neighbours.quiet.id, "erna")
    as_firm(session, other, neighbours.busy.id, "leo")
    here, there = neighbours.notices(3), neighbours.notices(MAX_INQUIRIES_A_DAY, firm=elsewhere)
    asked = [(neighbours.cluster.id, key) for key in here] + [(other, key) for key in there]
    for at, (cluster_id, notice_id) in enumerate(asked[:MAX_INQUIRIES_A_DAY]):
        neighbours.ask(cluster_id, notice_id, (neighbours.busy.actor, colleague)[at % 2])
    for actor in (neighbours.busy.actor, colleague):
        for cluster_id, notice_id in asked[MAX_INQUIRIES_A_DAY:]:
            with pytest.raises(TooManyInquiries):
                neighbours.ask(cluster_id, notice_id, actor)


def test_a_firm_reports_so_many_notices_until_a_manager_decides(neighbours: Neighbours) -> None:
    notices = neighbours.notices(MAX_OPEN_REPORTS + 1)
    assert [neighbours.report(key) for key in notices[:-1]] == [True] * MAX_OPEN_REPORTS
    with pytest.raises(TooManyReports):
        neighbours.report(notices[-1])
    residues.dismiss_reports(neighbours.session, neighbours.cluster, notices[0], actor=SHELL)
    assert neighbours.report(notices[-1])


def test_a_firm_offers_examples_so_often_a_day_also_one_that_it_takes_back(neighbours: Neighbours) -> None:
    session, company = neighbours.session, neighbours.busy.id
    told_examples.allow_examples(session, company, neighbours.cluster.id)
    row = told_examples.tell_example(session, company, neighbours.cluster.id, is_published=False)

    def offer(now: datetime = told_examples.NOW) -> None:
        work = Work(session, SHELL, now)
        examples.withdraw_example(work, company, row.id)
        examples.offer_example(work, company, row.id, neighbours.cluster.id, seen=row.version)

    for _ in range(MAX_OFFERS_A_DAY - 1):
        offer()
    with pytest.raises(TooManyOffers):
        offer()
    offer(now=told_examples.NOW + timedelta(days=1, hours=1))


def test_a_manager_asks_a_member_to_stand_so_often_a_day_whatever_it_says(app: Flask, world: World) -> None:
    manager = signed_in(app, "manager")
    with database_session(app) as session:
        opened = award_rounds.open_round(
            award_rounds.by_shell(session), session.get_one(Cluster, world.cluster)
        )
        award = opened.id
        consent = clusters.find_consent(session, world.own, world.cluster)
        assert consent is not None
        member = str(consent.id)
    path = f"/cluster/{world.cluster}/auszeichnungen/{award}/vorschlagen"
    statuses = []
    for _ in range(RECIPIENT_LIMITS[LimitedAction.INVITATION].most + 1):
        statuses.append(post(manager, path, {"member": member, "title": "Sie"}).status_code)
        with database_session(app) as session:
            nominations.withdraw_nomination(award_rounds.by_shell(session), world.own, award)
    assert statuses == [303] * (len(statuses) - 1) + [429]
    with database_session(app) as session:
        sent = select(func.count()).select_from(Mail).where(Mail.recipient == "owner@example.org")
        assert session.scalar(sent) == len(statuses) - 1


def test_nothing_begins_in_an_archived_cluster_and_everything_can_be_taken_back(
    neighbours: Neighbours,
) -> None:
    session, company, cluster = neighbours.session, neighbours.busy.id, neighbours.cluster
    work, by = Work(session, SHELL, NOW), award_rounds.by_shell(session)
    told_examples.allow_examples(session, company, cluster.id)
    told_examples.allow_examples(session, neighbours.quiet.id, cluster.id)
    shown = told_examples.tell_example(session, company, cluster.id)
    kept = told_examples.tell_example(session, neighbours.quiet.id, cluster.id, is_published=False)
    examples.withdraw_example(work, neighbours.quiet.id, kept.id)
    award = award_rounds.open_round(by, cluster)
    award_rounds.nominate(by, company, award.id)
    group = working_groups.create_group(work, cluster, WorkingGroupContent("Wärme"))
    working_groups.join_group(work, company, group.id)
    begin_archive(work, cluster)
    session.flush()
    with pytest.raises(Archived):
        award_rounds.nominate(by, neighbours.quiet.id, award.id)
    with pytest.raises(Archived):
        working_groups.join_group(work, neighbours.quiet.id, group.id)
    with pytest.raises(Archived):
        examples.offer_example(work, neighbours.quiet.id, kept.id, cluster.id, seen=kept.version)
    nominations.withdraw_nomination(by, company, award.id)
    working_groups.leave_group(session, company, group.id, actor=SHELL)
    examples.withdraw_example(work, company, shown.id)
    session.flush()
    assert stored_nominations.of_award(session, award.id) == []
    assert stored_groups.members_of(session, [group.id]) == {group.id: []}


def test_an_archived_firm_shows_no_residues_since_nobody_there_can_answer(neighbours: Neighbours) -> None:
    session, cluster = neighbours.session, neighbours.cluster
    [notice] = neighbours.notices(1)
    begin_archive(Work(session, SHELL, NOW), session.get_one(Organisation, neighbours.quiet.id))
    session.flush()
    assert stored_residues.posted_notices(session, cluster.id) == []
    assert stored_residues.find_posted(session, cluster.id, notice) is None
