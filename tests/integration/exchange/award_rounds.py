"""Rounds of an award, written without the pages: what tests of jury, members and managers share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.awards import AwardContent, AwardCriterion, AwardState, NominationContent
from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.permissions import SHELL
from dnk_tool.language import local_day
from dnk_tool.services.exchange import awards, jury, nominations, working_groups
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import nominations as stored
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow

CRITERIA = (AwardCriterion("Wirkung", 60), AwardCriterion("Neuheit", 40))
CANARY = "Kanarienvogel im Regal"
WORDS = NominationContent(
    title=CANARY,
    before="Alles kam in den Sperrmüll.",
    idea="Ein Monteur fragte nach den Fronten.",
    done="Wir bauen Regale daraus.",
    effort="Zwei Stunden in der Woche.",
    advice="Mit einem Produkt anfangen.",
    is_public=True,
)


def a_round(now: datetime, **more: Any) -> AwardContent:
    """A round that takes nominations for two weeks and is judged for four."""
    day = local_day(now)
    given = {
        "name": "Klimapreis",
        "year": day.year,
        "nominate_until": day + timedelta(days=14),
        "judge_until": day + timedelta(days=28),
        "criteria": CRITERIA,
    }
    return AwardContent(**given | more)


def by_shell(session: Session, now: datetime | None = None) -> Work:
    """What the command line does now."""
    return Work(session, SHELL, now or datetime.now(UTC))


def open_round(work: Work, cluster: Cluster, **more: Any) -> AwardRow:
    """A round that takes nominations."""
    made = awards.create_award(work, cluster, a_round(work.now, **more))
    _lead_on(work, cluster, made, AwardState.NOMINATING)
    return made


def _lead_on(work: Work, cluster: Cluster, award: AwardRow, state: AwardState) -> None:
    awards.lead_on(work.session, cluster, award.id, state, seen=award.version, actor=work.actor)


def nominate(work: Work, organisation_id: int, award_id: int, **more: Any) -> int:
    """Nominate a company with its own words; the id of what stands there then."""
    given: dict[str, Any] = {"content": WORDS, "example_id": None, "seen": 0} | more
    nominations.nominate(work, organisation_id, award_id, **given)
    work.session.flush()
    found = stored.of_award(work.session, award_id)
    return next(one.id for one in found if one.organisation_id == organisation_id)


def invite_juror(work: Work, cluster: Cluster, award_id: int, **more: Any) -> tuple[JurorRow, str]:
    """Invite a juror; they and the token of their link."""
    given: dict[str, Any] = {"email": "ute@jury.example", "name": "Ute Jung", "language": "de"} | more
    return jury.invite_juror(work, cluster, award_id, **given)


def begin_judging(work: Work, cluster: Cluster, award: AwardRow) -> None:
    """Close the nominations and let the jury read."""
    _lead_on(work, cluster, award, AwardState.JUDGING)


def add_awards(session: Session, cluster_id: int, organisation_id: int) -> None:
    """A round that takes nominations and one that a juror judges, the company in both, and its group."""
    cluster, by = session.get_one(Cluster, cluster_id), by_shell(session)
    opened = open_round(by, cluster)
    nominate(by, organisation_id, opened.id)
    judged = open_round(by, cluster, name="Klimapreis der Jury")
    nominate(by, organisation_id, judged.id)
    begin_judging(by, cluster, judged)
    group = working_groups.create_group(by, cluster, WorkingGroupContent("Abwärme"))
    working_groups.join_group(by, organisation_id, group.id)


def decide(work: Work, cluster: Cluster, award: AwardRow) -> None:
    """Give everybody who stands a first prize."""
    prizes = {one.id: "1. Preis" for one in stored.of_award(work.session, award.id, agreed_only=True)}
    awards.decide_award(work, cluster, award.id, prizes, seen=award.version)
