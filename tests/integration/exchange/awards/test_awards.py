"""Awards on both databases: nominated, agreed, judged, decided, and gone at once when taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.awards import AwardState, JurorSheet, NominationContent
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange import awards, jury, nominations
from dnk_tool.services.exchange import examples as example_verbs
from dnk_tool.services.exchange.awards import AwardMoved
from dnk_tool.services.exchange.jury import JurorLinkUnknown, JuryClosed, NominationGone
from dnk_tool.services.exchange.nominations import (
    AlreadyNominated,
    ExampleNotShown,
    NominationIncomplete,
    NominationsClosed,
)
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import jury as stored_jury
from dnk_tool.store.exchange import nominations as stored
from dnk_tool.store.privacy.erasure import erase_address
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.awards import JurorRow, JurorSheetRow, NominationRow
from tests.integration.conftest import NOW
from tests.integration.exchange import award_rounds, told_examples
from tests.integration.exchange.award_rounds import CANARY, WORDS
from tests.support.app import add_consent, make_cluster, make_organisation


class Round:
    """A cluster with two members and a round that takes nominations."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cluster: Cluster = make_cluster(session, "Preisnetz", gesine=ClusterRole.MANAGER)
        self.one = self._member("Möbelwerk Eich GmbH", "erna")
        self.other = self._member("Gartenbau Lind GmbH", "leo")
        self.award = award_rounds.open_round(Work(session, SHELL, NOW), self.cluster)

    def _member(self, name: str, owner: str) -> int:
        company = make_organisation(self.session, name, **{owner: Role.OWNER}).id
        add_consent(self.session, company, self.cluster.id)
        return company

    def consent(self, company: int) -> Consent:
        found = clusters.find_consent(self.session, company, self.cluster.id)
        assert found is not None
        return found

    def nominate(self, company: int, actor: Actor = SHELL, now: datetime = NOW, **more: Any) -> int:
        return award_rounds.nominate(Work(self.session, actor, now), company, self.award.id, **more)

    def seen_by_jury(self) -> list[str]:
        found = stored.of_award(self.session, self.award.id, agreed_only=True)
        return [one.content.title for one in found]

    def judge(self) -> str:
        """Let the jury read; the token of a juror."""
        award_rounds.begin_judging(Work(self.session, SHELL, NOW), self.cluster, self.award)
        return award_rounds.invite_juror(Work(self.session, SHELL, NOW), self.cluster, self.award.id)[1]

    def give(self, token: str, nomination_id: int, *points: int | None, seen: int = 0, **more: Any) -> None:
        jury.save_sheet(self.session, token, nomination_id, JurorSheet(points, **more), seen=seen, now=NOW)


@pytest.fixture
def round_(session: Session) -> Round:
    return Round(session)


def test_a_member_nominates_itself_once_and_changes_it(round_: Round) -> None:
    key = round_.nominate(round_.one)
    assert round_.nominate(round_.one, seen=0) == key, "a second press with the same words is no conflict"
    (row,) = round_.session.scalars(select(NominationRow))
    assert row.version == 1
    other = NominationContent(**texts_of_round(title="Neu"))
    with pytest.raises(ConflictError):
        round_.nominate(round_.one, content=other, seen=0)
    assert round_.nominate(round_.one, content=other, seen=1) == key
    assert round_.seen_by_jury() == ["Neu"]


def test_what_was_withdrawn_is_not_nominated_again_by_a_form_from_before(round_: Round) -> None:
    round_.nominate(round_.one)
    nominations.withdraw_nomination(Work(round_.session, SHELL, NOW), round_.one, round_.award.id)
    with pytest.raises(ConflictError) as refused:
        round_.nominate(round_.one, content=NominationContent(**texts_of_round(title="Neu")), seen=1)
    assert (refused.value.conflict.version, refused.value.conflict.theirs) == (0, NominationContent())
    assert round_.seen_by_jury() == []


def test_own_words_need_every_line_and_an_example_needs_to_be_published(round_: Round) -> None:
    with pytest.raises(NominationIncomplete) as incomplete:
        round_.nominate(round_.one, content=NominationContent(title="Nur das"))
    assert len(incomplete.value.parts) == 5
    told_examples.allow_examples(round_.session, round_.one, round_.cluster.id)
    waiting = told_examples.tell_example(round_.session, round_.one, round_.cluster.id, is_published=False)
    with pytest.raises(ExampleNotShown):
        round_.nominate(round_.one, example_id=waiting.id)
    assert round_.seen_by_jury() == []


def test_nobody_nominates_the_example_of_another_company(round_: Round) -> None:
    told_examples.allow_examples(round_.session, round_.other, round_.cluster.id)
    theirs = told_examples.tell_example(round_.session, round_.other, round_.cluster.id)
    with pytest.raises(ExampleNotShown):
        round_.nominate(round_.one, example_id=theirs.id)


def test_an_example_that_is_withdrawn_is_gone_for_the_jury_and_a_later_yes_does_not_bring_it_back(
    round_: Round,
) -> None:
    session, cluster = round_.session, round_.cluster
    told_examples.allow_examples(session, round_.one, cluster.id)
    told = told_examples.tell_example(session, round_.one, cluster.id)
    round_.nominate(round_.one, example_id=told.id)
    assert round_.seen_by_jury() == [told_examples.CANARY]
    example_verbs.withdraw_example(Work(session, SHELL, NOW), round_.one, told.id)
    session.flush()
    assert round_.seen_by_jury() == []
    later = Work(session, SHELL, NOW + timedelta(hours=1))
    example_verbs.offer_example(later, round_.one, told.id, cluster.id, seen=told.version)
    example_verbs.publish_example(later, cluster, told.id, seen=told.version)
    session.flush()
    assert stored.find_published_example(session, round_.consent(round_.one).id, told.id) is not None
    assert round_.seen_by_jury() == [], "another publication was not nominated"


@pytest.mark.parametrize("how", ["permission", "membership", "withdrawn", "removed"])
def test_whatever_is_taken_back_is_gone_at_once(round_: Round, how: str) -> None:
    session, cluster = round_.session, round_.cluster
    told_examples.allow_examples(session, round_.one, cluster.id)
    told = told_examples.tell_example(session, round_.one, cluster.id)
    key = round_.nominate(round_.one, example_id=told.id)
    token = round_.judge()
    award_rounds.decide(Work(session, SHELL, NOW), cluster, round_.award)
    consent = round_.consent(round_.one)
    if how == "permission":
        change_choice(Work(session, SHELL, NOW), consent, ConsentChoice.EXAMPLES, is_allowed=False)
    elif how == "membership":
        cluster_consent.withdraw_consent(Work(session, SHELL, NOW), consent)
    elif how == "withdrawn":
        nominations.withdraw_nomination(Work(session, SHELL, NOW), round_.one, round_.award.id)
    else:
        nominations.remove_nomination(session, cluster, round_.award.id, key, actor=SHELL)
    session.flush()
    assert round_.seen_by_jury() == []
    assert awards.decided_awards(session, cluster.id) == ()
    awards.lead_on(
        session, cluster, round_.award.id, AwardState.JUDGING, seen=round_.award.version, actor=SHELL
    )
    with pytest.raises(NominationGone):
        round_.give(token, key, 5, 5)


def test_a_proposal_is_nothing_without_the_members_yes(round_: Round) -> None:
    consent = round_.consent(round_.one)
    work, award = Work(round_.session, SHELL, NOW), round_.award.id
    nominations.propose(work, round_.cluster, award, consent.id, "Die Regale", example_id=None)
    round_.session.flush()
    assert round_.seen_by_jury() == []
    with pytest.raises(AlreadyNominated):
        nominations.propose(work, round_.cluster, award, consent.id, "x", example_id=None)
    round_.nominate(round_.one, seen=1)
    assert round_.seen_by_jury() == [CANARY]


def test_nobody_nominates_after_the_last_day_and_nobody_but_an_owner(round_: Round) -> None:
    later = NOW.replace(year=NOW.year + 1)
    with pytest.raises(NominationsClosed):
        round_.nominate(round_.one, now=later)
    with pytest.raises(NotPermitted):
        round_.nominate(round_.one, actor=Actor(1, {round_.one: Role.EDITOR}))


def test_jurors_see_what_is_agreed_give_points_and_abstain(round_: Round) -> None:
    first, second = round_.nominate(round_.one), round_.nominate(round_.other)
    token = round_.judge()
    visit = jury.open_sheets(round_.session, token, now=NOW)
    assert {one.id for one in jury.judged_nominations(round_.session, visit)} == {first, second}
    round_.give(token, first, 5, None)
    round_.give(token, first, 5, 3, seen=1, word="Stark")
    round_.give(token, second, 1, 1, abstains=True)
    sheets = stored_jury.sheets_of_juror(round_.session, visit.juror.id)
    assert sheets[first] == JurorSheet((5, 3), False, "Stark")
    assert sheets[second] == JurorSheet((None, None), True), "who abstains leaves no points"
    with pytest.raises(ConflictError):
        round_.give(token, first, 1, 1, seen=1)
    with pytest.raises(ValueError, match="points"):
        round_.give(token, second, 9, 1, seen=1)


def test_a_link_opens_nothing_before_the_jury_reads_after_it_and_for_a_juror_who_was_taken_out(
    round_: Round,
) -> None:
    session, cluster, award = round_.session, round_.cluster, round_.award
    key = round_.nominate(round_.one)
    juror, token = award_rounds.invite_juror(Work(session, SHELL, NOW), cluster, award.id)
    with pytest.raises(JuryClosed):
        jury.open_sheets(session, token, now=NOW)
    award_rounds.begin_judging(Work(session, SHELL, NOW), cluster, award)
    again, later = award_rounds.invite_juror(Work(session, SHELL, NOW), cluster, award.id)
    assert again.id == juror.id, "nobody is in a jury twice"
    with pytest.raises(JurorLinkUnknown):
        jury.open_sheets(session, token, now=NOW)
    round_.give(later, key, 5, 5)
    with pytest.raises(JuryClosed):
        jury.open_sheets(session, later, now=NOW.replace(year=NOW.year + 1))
    jury.remove_juror(session, cluster, award.id, juror.id, actor=SHELL)
    session.flush()
    assert session.scalar(select(func.count()).select_from(JurorSheetRow)) == 0
    with pytest.raises(JurorLinkUnknown):
        jury.open_sheets(session, later, now=NOW)


def test_criteria_stay_as_the_jury_reads_them_and_two_managers_do_not_overwrite_each_other(
    round_: Round,
) -> None:
    session, cluster, award = round_.session, round_.cluster, round_.award
    round_.nominate(round_.one)
    round_.judge()
    other = award_rounds.a_round(NOW, criteria=award_rounds.CRITERIA[::-1])
    with pytest.raises(AwardMoved):
        awards.change_award(session, cluster, award.id, other, seen=award.version, actor=SHELL)
    renamed = award_rounds.a_round(NOW, name="Anders")
    with pytest.raises(ConflictError):
        awards.change_award(session, cluster, award.id, renamed, seen=award.version - 1, actor=SHELL)
    with pytest.raises(AwardMoved):
        awards.lead_on(session, cluster, award.id, AwardState.NOMINATING, seen=1, actor=SHELL)
    awards.change_award(session, cluster, award.id, renamed, seen=award.version, actor=SHELL)
    assert award.name == "Anders"


def test_only_prizes_that_everybody_may_read_stand_in_the_report(round_: Round) -> None:
    session, cluster, award = round_.session, round_.cluster, round_.award
    round_.nominate(round_.one)
    round_.nominate(round_.other, content=NominationContent(**texts_of_round(title="Still"), is_public=False))
    round_.judge()
    assert awards.decided_awards(session, cluster.id) == ()
    award_rounds.decide(Work(session, SHELL, NOW), cluster, award)
    (decided,) = awards.decided_awards(session, cluster.id)
    assert [(one.prize, one.company, one.title) for one in decided.prizes] == [
        ("1. Preis", "Möbelwerk Eich GmbH", CANARY)
    ]


def test_deleting_a_round_leaves_nothing(round_: Round) -> None:
    key = round_.nominate(round_.one)
    round_.give(round_.judge(), key, 3, 3)
    awards.delete_award(round_.session, round_.cluster, round_.award.id, actor=SHELL)
    round_.session.flush()
    for table in (NominationRow, JurorRow, JurorSheetRow):
        assert round_.session.scalar(select(func.count()).select_from(table)) == 0


def test_erasing_an_address_takes_the_juror_and_what_they_said(round_: Round) -> None:
    key = round_.nominate(round_.one)
    round_.give(round_.judge(), key, 3, 3)
    erase_address(round_.session, "ute@jury.example")
    assert round_.session.scalar(select(func.count()).select_from(JurorRow)) == 0
    assert stored_jury.sheets_of_award(round_.session, round_.award.id) == {}


def texts_of_round(**changed: str) -> dict[str, str]:
    return {name: getattr(WORDS, name) for name in stored.TEXTS} | changed
