"""Who counts in numbers over members: real firms, confirmed by operators outside the cluster's team."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from dnk_tool.domain.aggregates.joint_progress import JointSumRefused
from dnk_tool.domain.aggregates.model import ReleaseContent, Rule
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.aggregates import confirmations, joint_goals, preparation, releases
from dnk_tool.services.aggregates.confirmations import NotToVouchFor
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import confirmations as stored
from dnk_tool.store.aggregates import releases as stored_releases
from dnk_tool.store.aggregates.entering_members import entering_members
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review import Approval
from tests.integration.aggregates.joint_goal_members import GOAL, a_measure, add_goal_member
from tests.integration.aggregates.release_members import YEAR, add_firm, add_firms, add_version, usual_figures
from tests.integration.aggregates.test_release_pages import release_text
from tests.support.app import World, database_session, make_account, make_world, post
from tests.support.browsers import signed_in

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
PAGE = "/betrieb/bestaetigungen"


@pytest.fixture
def world(app: Flask) -> World:
    """Two clusters; the first has seven members with finished versions that nobody has confirmed."""
    made = make_world(app)
    with database_session(app) as session:
        add_firms(session, made.cluster, 7, is_confirmed=False)
    return made


def firms_of(app: Flask, *names: str) -> list[int]:
    with database_session(app) as session:
        found = session.scalars(select(Organisation.id).where(Organisation.name.in_(names)))
        return sorted(found)


def numbered(*places: int) -> list[str]:
    return [f"Firma {place}" for place in places]


def prepared_content(app: Flask, cluster_id: int) -> ReleaseContent:
    preparation.prepare_ordered(app.extensions["dnk_session_factory"])
    with database_session(app) as session:
        (row,) = stored_releases.of_year(session, cluster_id, YEAR)
        return stored_releases.release_from_json(row.row.content or "")


def confirmation_mails(app: Flask, who: str) -> int:
    with database_session(app) as session:
        mine = Mail.recipient == f"{who}@example.org", Mail.subject.contains("echte Unternehmen")
        return session.scalar(select(func.count()).select_from(Mail).where(*mine)) or 0


def test_members_that_nobody_confirmed_are_missing_and_the_manager_is_told_before(
    app: Flask, world: World
) -> None:
    manager, address = signed_in(app, "manager"), f"/cluster/{world.cluster}/zahlen"
    before = release_text(manager.get(f"{address}?jahr={YEAR}").text)
    assert "7 sind noch nicht als echte Unternehmen bestätigt" in before
    assert "Machen Sie eine Vorschau, wird er darauf hingewiesen." in before
    post(manager, f"{address}/{YEAR}")
    content = prepared_content(app, world.cluster)
    assert (content.members, content.unconfirmed) == (0, 7)
    assert content.number("energy.total", "sum").rule is Rule.UNCONFIRMED
    page = release_text(manager.get(f"{address}?jahr={YEAR}").text)
    assert "In dieser Vorschau fehlen 7 Unternehmen" in page
    assert "Unternehmen sind nicht bestätigt" in page
    assert "Darauf ist der Betrieb seit dem" in page
    assert "Damit lässt sich noch nichts freigeben." in page


def test_one_mail_leads_operators_to_the_page_until_they_confirm(app: Flask, world: World) -> None:
    manager, operator = signed_in(app, "manager"), signed_in(app, "operator")
    for _ in range(2):
        post(manager, f"/cluster/{world.cluster}/zahlen/{YEAR}")
    assert confirmation_mails(app, "operator") == 1
    overview = release_text(operator.get("/betrieb").text)
    assert "Cluster, deren Zahlen warten, bis jemand ihre Mitglieder" in overview
    shown = operator.get(PAGE).text
    assert shown.count('name="shown"') == 9, "seven, and a member of each cluster"
    assert "stranger@example.org" in release_text(shown), "the owner's address helps to tell"
    six = firms_of(app, *numbered(*range(6)))
    done = post(operator, PAGE, {"company": six}, follow_redirects=True)
    assert "6 Unternehmen sind bestätigt." in release_text(done.text)
    assert release_text(done.text).count(" von Operator") == 6
    assert "deren Zahlen warten" not in operator.get("/betrieb").text
    post(manager, f"/cluster/{world.cluster}/zahlen/{YEAR}")
    assert confirmation_mails(app, "operator") == 2, "one is still missing"
    content = prepared_content(app, world.cluster)
    number = content.number("energy.total", "sum")
    assert (content.members, content.unconfirmed, number.is_shown) == (6, 1, True)


def test_confirming_and_taking_back_is_the_same_on_both_databases(any_app: Flask) -> None:
    world = make_world(any_app)
    with database_session(any_app) as session:
        firms = add_firms(session, world.cluster, 3, is_confirmed=False)
        account = session.scalars(select(Account).where(Account.is_operator)).one()
        work = Work(session, Actor(account.id, is_operator=True), NOW)
        assert [each.firm.id for each in confirmations.firms_to_confirm(work)] == [
            world.own,
            world.foreign,
            *firms,
        ]
        assert confirmations.confirm_firms(work, firms) == 3
        assert confirmations.confirm_firms(work, firms[:1]) == 0
        assert entering_members(session, world.cluster, YEAR).unconfirmed == 0
        assert stored.unconfirmed_members(session, world.cluster) == {world.own}
        shown = {each.firm.id: each.firm.confirmed_by for each in confirmations.firms_to_confirm(work)}
        assert (shown[firms[0]], shown[world.own]) == ("Operator", "")
        assert confirmations.end_confirmations(work, firms[:2]) == 2
        assert entering_members(session, world.cluster, YEAR).unconfirmed == 2
        assert not stored.counts_all(session, world.cluster)


def test_all_that_stand_on_the_page_are_confirmed_at_once_and_no_newcomer(app: Flask, world: World) -> None:
    operator = signed_in(app, "operator")
    shown = re.findall(r'name="shown" value="(\d+)"', operator.get(PAGE).text)
    with database_session(app) as session:
        newcomer = add_firm(session, world.cluster, "Neu GmbH", is_confirmed=False)
    post(operator, PAGE, {"all": "1", "shown": shown})
    with database_session(app) as session:
        assert stored.unconfirmed_members(session, world.cluster) == {newcomer}
        assert stored.confirmed_among(session, [newcomer, *map(int, shown)]) == set(map(int, shown))
    assert "Es ist niemand mehr zu bestätigen." not in operator.get(PAGE).text


def test_a_confirmation_is_in_the_companys_log_and_can_be_taken_back(app: Flask, world: World) -> None:
    operator = signed_in(app, "operator")
    assert "Kreuzen Sie zuerst an" in post(operator, PAGE, follow_redirects=True).text
    post(operator, PAGE, {"company": world.own})
    post(operator, PAGE, {"company": world.own})
    done = post(operator, PAGE, {"company": world.own, "action": "end"}, follow_redirects=True)
    assert "1 Unternehmen ist nicht mehr bestätigt." in done.text
    with database_session(app) as session:
        kinds = session.scalars(
            select(Event.kind).where(Event.organisation_id == world.own).order_by(Event.id)
        ).all()
    assert kinds[-2:] == [EventKind.COMPANY_CONFIRMED, EventKind.CONFIRMATION_ENDED]
    log = signed_in(app, "owner").get(f"/unternehmen/{world.own}/protokoll").text
    assert "Vom Betrieb als echtes Unternehmen bestätigt" in log


def test_nobody_vouches_for_their_own_firm_or_cluster(app: Flask, world: World) -> None:
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        account = session.scalars(select(Account).where(Account.is_operator)).one()
        session.add(
            Membership(
                user_id=account.id,
                organisation_id=world.foreign,
                role=Role.OWNER,
                sections=[],
                created_at=NOW,
            )
        )
        (six,) = session.scalars(select(Organisation).where(Organisation.name == "Firma 6"))
        session.add(
            Event(
                organisation_id=six.id,
                kind=EventKind.CONSENT_GRANTED,
                detail={},
                happened_at=NOW,
                actor_id=account.id,
            )
        )
        session.flush()
        work = Work(session, Actor(account.id, is_operator=True), NOW)
        for firm in (world.foreign, six.id):
            with pytest.raises(NotToVouchFor):
                confirmations.confirm_firms(work, [world.own, firm])
        manages = Actor(account.id, clusters={world.cluster: ClusterRole.MANAGER}, is_operator=True)
        with pytest.raises(NotToVouchFor):
            confirmations.confirm_firms(Work(session, manages, NOW), [world.own])
        with pytest.raises(NotPermitted):
            confirmations.confirm_firms(Work(session, Actor(account.id), NOW), [world.own])
        assert not stored.confirmed_among(session, [world.own, world.foreign, six.id])
    page = release_text(signed_in(app, "operator").get(PAGE).text)
    assert re.search("Diese bestätigt jemand anders B GmbH Sie haben dort gearbeitet", page)


def test_where_all_operators_are_in_the_team_all_members_count_and_the_page_says_so(
    app: Flask, world: World
) -> None:
    with database_session(app) as session:
        account = session.scalars(select(Account).where(Account.is_operator)).one()
        session.add(
            ClusterStaff(
                user_id=account.id, cluster_id=world.cluster, role=ClusterRole.MANAGER, created_at=NOW
            )
        )
    manager, address = signed_in(app, "manager"), f"/cluster/{world.cluster}/zahlen"
    page = release_text(manager.get(f"{address}?jahr={YEAR}").text)
    assert page.count("können die Datenbank lesen") == 1
    assert "noch nicht als echte Unternehmen" not in page
    post(manager, f"{address}/{YEAR}")
    content = prepared_content(app, world.cluster)
    assert (content.members, content.unconfirmed, content.is_confirmed) == (7, 0, False)
    assert confirmation_mails(app, "operator") == 0
    with database_session(app) as session:
        make_account(session, "second@example.org", is_operator=True)
        session.flush()
        assert entering_members(session, world.cluster, YEAR).unconfirmed == 7, "somebody outside can confirm"


def test_what_the_manager_reads_anyway_counts_and_what_was_released_stands(app: Flask, world: World) -> None:
    with database_session(app) as session:
        for place in range(6):
            firm = add_firm(session, world.cluster, f"Eingereicht {place}", is_confirmed=False)
            version = add_version(session, firm, usual_figures(place), submitted_to=world.cluster)
            session.add(
                Approval(
                    declaration_id=version.declaration_id,
                    version=version.version,
                    cluster_name="Cluster Nord",
                    approved_at=NOW,
                )
            )
        cluster = session.get_one(Cluster, world.cluster)
        key = releases.order_release(Work(session, SHELL, NOW), cluster, YEAR).id
    content = prepared_content(app, world.cluster)
    assert (content.members, content.unconfirmed) == (6, 7)
    first = firms_of(app, *numbered(0))
    with database_session(app) as session:
        cluster, row = session.get_one(Cluster, world.cluster), session.get_one(ReleaseRow, key)
        assert row.companies == 6
        releases.make_release(Work(session, SHELL, NOW), cluster, row.id, row.sha256)
        confirmations.confirm_firms(Work(session, SHELL, NOW), first)
        shown = stored_releases.shown_release(session, world.cluster, YEAR)
        assert shown is not None
        assert (shown.content, shown.left) == (content, 0)


def test_a_joint_sum_counts_confirmed_members_alone(app: Flask, world: World) -> None:
    with database_session(app) as session:
        cluster = session.get_one(Cluster, world.cluster)
        members = [
            add_goal_member(
                session,
                cluster.id,
                f"Spart {place}",
                a_measure(90_000 + place, cluster_id=cluster.id),
                is_confirmed=place < 2,
            )
            for place in range(8)
        ]
        work = Work(session, Actor(clusters={cluster.id: ClusterRole.MANAGER}), NOW)
        joint_goals.save_goal(work, cluster, GOAL, seen=0)
        with pytest.raises(JointSumRefused) as refused:
            joint_goals.make_sum(work, cluster)
        assert refused.value.rule is Rule.UNCONFIRMED
    manager, address = signed_in(app, "manager"), f"/cluster/{world.cluster}/ziel"
    assert "6 sind noch nicht bestätigt" in release_text(manager.get(address).text)
    answer = post(manager, address, follow_redirects=True)
    assert "Was die Leitung eines Clusters nicht lesen darf, zählt erst" in answer.text
    assert confirmation_mails(app, "operator") == 1
    with database_session(app) as session:
        confirmations.confirm_firms(Work(session, SHELL, NOW), members[:7])
        made = joint_goals.make_sum(work_of(session, world.cluster), session.get_one(Cluster, world.cluster))
        assert (made.progress.companies, made.progress.measures) == (7, 7)
        assert sum(made.progress.bases.values()) == 7
        found = joint_goals.find_missing(session, world.cluster, made)
        assert (found.unconfirmed, found.not_in_sum) == ((members[7],), 1)


def work_of(session: object, cluster_id: int) -> Work:
    return Work(session, Actor(clusters={cluster_id: ClusterRole.MANAGER}), NOW)  # type: ignore[arg-type]
