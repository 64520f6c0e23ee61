"""Residues on both databases: shown, asked, agreed, taken back, taken down, and limits against floods."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.residues import MAX_INQUIRIES_A_DAY, MAX_NOTICES, NoticeKind
from dnk_tool.domain.permissions import Actor, Archived, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange import residue_inquiries as asking
from dnk_tool.services.exchange import residues as verbs
from dnk_tool.services.exchange.residue_inquiries import AskedBefore, NoMatch, TooManyInquiries
from dnk_tool.services.exchange.residue_members import ResidueGone, ResiduesNotAllowed
from dnk_tool.services.exchange.residues import NoticeTakenDown, TooManyNotices
from dnk_tool.services.privacy.data_export import export_personal_data
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.exchange import residue_inquiries as inquiries
from dnk_tool.store.exchange import residues
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow, ResidueNoticeRow, ResidueReport
from dnk_tool.store.tables.organisations import Membership
from tests.integration.conftest import NOW
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, add_residue_firm, show
from tests.support.app import make_cluster

LATER = NOW + timedelta(hours=1)


class Board:
    """A cluster with two members that allow residues, and its manager."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cluster: Cluster = make_cluster(session, "Reststoffnetz", gesine=ClusterRole.MANAGER)
        self.wood = add_residue_firm(session, self.cluster.id, "Möbelwerk Eich GmbH", "erna")
        self.garden = add_residue_firm(session, self.cluster.id, "Gartenbau Lind GmbH", "leo")
        gesine = by_email(session, "gesine@example.org")
        assert gesine is not None
        self.manager = Actor(gesine.id, clusters={self.cluster.id: ClusterRole.MANAGER})

    def titles(self) -> list[str]:
        return [each.notice.title for each in residues.posted_notices(self.session, self.cluster.id)]

    def ask(
        self, firm: ResidueFirm, notice_id: int, message: str = "Einmal im Monat?", now: datetime = NOW
    ) -> int:
        return asking.ask(Work(self.session, firm.actor, now), firm.id, self.cluster.id, notice_id, message)

    def read(self, firm: ResidueFirm) -> list[inquiries.Inquiry]:
        return inquiries.of_member(self.session, firm.consent)

    def agree(self, firm: ResidueFirm, inquiry_id: int) -> inquiries.Inquiry:
        return asking.agree(Work(self.session, firm.actor, LATER), firm.id, self.cluster.id, inquiry_id)

    def choose(self, firm: ResidueFirm, is_allowed: bool) -> None:
        change_choice(
            Work(self.session, firm.actor, LATER), firm.consent, ConsentChoice.RESIDUES, is_allowed=is_allowed
        )


@pytest.fixture
def board(store: sessionmaker[Session], session: Session) -> Iterator[Board]:
    return Board(session)


def test_names_are_told_to_both_once_both_agreed_and_to_nobody_before(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    assert board.ask(board.garden, offer) == board.wood.id
    [received], [sent] = board.read(board.wood), board.read(board.garden)
    assert not received.is_asking
    assert sent.is_asking
    for side in (received, sent):
        with pytest.raises(ValueError, match="both agreed"):
            inquiries.contacts(board.session, [side], today=NOW.date())
    board.agree(board.wood, received.row.id)
    [received], [sent] = board.read(board.wood), board.read(board.garden)
    [of_asker], [of_owner] = (
        inquiries.contacts(board.session, [side], today=NOW.date()).values() for side in (received, sent)
    )
    assert (of_asker.company, of_asker.email) == ("Gartenbau Lind GmbH", "leo@example.org")
    assert (of_owner.company, of_owner.email) == ("Möbelwerk Eich GmbH", "erna@example.org")


def test_who_declined_is_not_asked_again_and_not_named(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    board.ask(board.garden, offer)
    [received] = board.read(board.wood)
    asking.decline(
        Work(board.session, board.wood.actor, LATER), board.wood.id, board.cluster.id, received.row.id
    )
    with pytest.raises(ResidueGone):
        board.agree(board.wood, received.row.id)
    with pytest.raises(AskedBefore):
        board.ask(board.garden, offer)
    with pytest.raises(ResidueGone):
        asking.take_back(
            board.session, board.garden.id, board.cluster.id, received.row.id, actor=board.garden.actor
        )


def test_what_the_company_takes_back_is_gone_and_does_not_come_again_by_itself(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    board.ask(board.garden, offer)
    assert board.titles() == ["Buchenspäne"]
    board.choose(board.wood, False)
    assert board.titles() == []
    assert board.read(board.garden) == []
    assert board.session.scalars(select(ResidueInquiryRow)).all() == []
    with pytest.raises(ResidueGone):
        board.ask(board.garden, offer)
    with pytest.raises(ResiduesNotAllowed):
        show(board.session, board.wood, a_notice(), NOW)
    board.choose(board.wood, True)
    assert board.titles() == [], "each notice is released one by one"


def test_with_the_membership_everything_goes(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    search = show(board.session, board.garden, a_notice(NoticeKind.SEARCH), NOW)
    board.ask(board.garden, offer)
    work = Work(board.session, board.garden.actor, NOW)
    verbs.report_notice(work, board.garden.id, board.cluster.id, offer, "Werbung")
    cluster_consent.withdraw_consent(Work(board.session, board.garden.actor, LATER), board.garden.consent)
    board.session.expire_all()
    assert [row.id for row in board.session.scalars(select(ResidueNoticeRow))] == [offer]
    assert search not in [each.id for each in residues.posted_notices(board.session, board.cluster.id)]
    for table in (ResidueInquiryRow, ResidueReport):
        assert board.session.scalars(select(table)).all() == []


def test_hidden_notices_end_what_waits_but_not_what_both_agreed_to(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    third = add_residue_firm(board.session, board.cluster.id, "Drittes Haus GmbH", "dora")
    board.ask(board.garden, offer)
    board.ask(third, offer)
    first = next(each for each in board.read(board.garden))
    board.agree(board.wood, first.row.id)
    show(board.session, board.wood, a_notice(), LATER, notice_id=offer, is_shown=False)
    assert board.titles() == []
    assert [each.is_agreed for each in board.read(board.garden)] == [True]
    assert board.read(third) == []


def test_concurrent_changes_are_a_conflict_and_nothing_is_lost(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    show(board.session, board.wood, a_notice(tonnes=Decimal(20)), LATER, notice_id=offer, seen=1)
    with pytest.raises(ConflictError) as caught:
        show(board.session, board.wood, a_notice(tonnes=Decimal(5)), LATER, notice_id=offer, seen=1)
    assert caught.value.conflict.theirs.tonnes == 20
    row = residues.find_own(board.session, board.wood.id, offer)
    assert row is not None
    assert row.tonnes == 20


def test_floods_end_at_a_limit_also_when_inquiries_are_taken_back(board: Board) -> None:
    offers = [show(board.session, board.wood, a_notice(title=f"Span {at}"), NOW) for at in range(7)]
    for offer in offers[:MAX_INQUIRIES_A_DAY]:
        board.ask(board.garden, offer)
    with pytest.raises(TooManyInquiries):
        board.ask(board.garden, offers[-1])
    for each in board.read(board.garden):
        asking.take_back(
            board.session, board.garden.id, board.cluster.id, each.row.id, actor=board.garden.actor
        )
    with pytest.raises(TooManyInquiries):
        board.ask(board.garden, offers[-1], now=NOW + timedelta(hours=23))
    board.ask(board.garden, offers[-1], now=NOW + timedelta(hours=25))


def test_a_company_has_so_many_notices_and_no_more(board: Board) -> None:
    for at in range(MAX_NOTICES):
        show(board.session, board.wood, a_notice(title=f"Span {at}"), NOW, is_shown=at % 2 == 0)
    with pytest.raises(TooManyNotices):
        show(board.session, board.wood, a_notice(), NOW)


def test_a_manager_takes_down_for_good_and_the_company_reads_why(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    board.ask(board.garden, offer)
    work = Work(board.session, board.garden.actor, NOW)
    assert verbs.report_notice(work, board.garden.id, board.cluster.id, offer, "Werbung")
    assert not verbs.report_notice(work, board.garden.id, board.cluster.id, offer, "Noch")
    assert residues.reports_by_notice(board.session, [offer]) == {offer: ["Werbung"]}
    with pytest.raises(NotPermitted):
        verbs.take_down(Work(board.session, board.wood.actor, LATER), board.cluster, offer, "Werbung")
    work = Work(board.session, board.manager, LATER)
    assert verbs.take_down(work, board.cluster, offer, "Das ist Werbung.") == board.wood.id
    assert board.titles() == []
    assert board.read(board.garden) == []
    with pytest.raises(NoticeTakenDown):
        show(board.session, board.wood, a_notice(), LATER, notice_id=offer, seen=1)
    with pytest.raises(ResidueGone):
        verbs.take_down(work, board.cluster, offer, "Noch einmal")


def test_two_who_fit_are_introduced_and_both_are_asked(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    search = show(board.session, board.garden, a_notice(NoticeKind.SEARCH, "17 02 01"), NOW)
    other = show(board.session, board.garden, a_notice(NoticeKind.SEARCH, "15 01 01"), NOW)
    work = Work(board.session, board.manager, NOW)
    with pytest.raises(NoMatch):
        asking.introduce(work, board.cluster, offer, other)
    companies = asking.introduce(work, board.cluster, offer, search)
    assert companies == (board.wood.id, board.garden.id)
    with pytest.raises(AskedBefore):
        asking.introduce(work, board.cluster, offer, search)
    [of_wood], [of_garden] = board.read(board.wood), board.read(board.garden)
    assert not board.agree(board.garden, of_garden.row.id).is_agreed
    assert board.agree(board.wood, of_wood.row.id).is_agreed


def test_what_was_passed_on_leaves_the_board_and_changes_no_figure(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    verbs.note_passed_on(
        Work(board.session, board.wood.actor, LATER), board.wood.id, offer, Decimal("3.4"), 2026
    )
    assert board.titles() == []
    row = residues.find_own(board.session, board.wood.id, offer)
    assert row is not None
    assert (row.passed_on_tonnes, row.passed_on_year) == (Decimal("3.4"), 2026)


def test_strangers_viewers_and_archives_change_nothing(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    viewer = Actor(board.wood.actor.user_id, {board.wood.id: Role.VIEWER})
    for actor in (viewer, board.garden.actor):
        with pytest.raises(NotPermitted):
            verbs.remove_notice(Work(board.session, actor, NOW), board.wood.id, offer)
    with pytest.raises(ResidueGone):
        verbs.remove_notice(Work(board.session, board.garden.actor, NOW), board.garden.id, offer)
    with pytest.raises(ResidueGone):
        board.ask(board.wood, offer)
    board.cluster.archived_at = NOW
    board.session.flush()
    with pytest.raises(Archived):
        board.ask(board.garden, offer)


def test_who_left_the_company_or_is_locked_out_is_named_no_more(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    board.ask(board.garden, offer)
    [received] = board.read(board.wood)
    board.agree(board.wood, received.row.id)
    account = by_email(board.session, "leo@example.org")
    assert account is not None
    place = board.session.scalars(select(Membership).where(Membership.user_id == account.id)).one()

    def contact() -> inquiries.InquiryContact:
        board.session.flush()
        return inquiries.contacts(board.session, [received], today=NOW.date())[received.row.id]

    place.until = NOW.date()
    assert contact().email == "leo@example.org", "the last day counts"
    place.until = NOW.date() - timedelta(days=1)
    assert contact() == inquiries.InquiryContact("Gartenbau Lind GmbH", "", "")
    place.until, account.active = None, False
    assert contact() == inquiries.InquiryContact("Gartenbau Lind GmbH", "", "")


def test_a_manager_who_took_a_notice_down_exports_no_name_of_its_company(board: Board) -> None:
    offer = show(board.session, board.wood, a_notice(), NOW)
    verbs.take_down(Work(board.session, board.manager, LATER), board.cluster, offer, "Werbung")
    account = by_email(board.session, "gesine@example.org")
    assert account is not None
    exported = export_personal_data(Work(board.session, board.manager, LATER), account).decode()
    assert "residue-taken-down" in exported, "what they did in their cluster"
    assert "Möbelwerk" not in exported
    assert str(board.wood.id) not in json.loads(exported)["organisations"]


def test_what_is_deleted_gives_its_number_to_nobody(board: Board) -> None:
    """Else a page that is still open would agree to, or take down, what somebody else wrote."""
    first = show(board.session, board.wood, a_notice(), NOW)
    verbs.remove_notice(Work(board.session, board.wood.actor, NOW), board.wood.id, first)
    second = show(board.session, board.wood, a_notice(), NOW)
    assert second > first
    board.ask(board.garden, second)
    [asked] = board.read(board.garden)
    taken_back = asked.row.id
    given = {"actor": board.garden.actor}
    asking.take_back(board.session, board.garden.id, board.cluster.id, taken_back, **given)
    other = add_residue_firm(board.session, board.cluster.id, "Papier Ahorn GmbH", "ida")
    board.ask(other, second)
    with pytest.raises(ResidueGone):
        board.agree(board.wood, taken_back)
