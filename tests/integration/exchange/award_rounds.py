"""Rounds of an award, written without the pages: what tests of jury, members and managers share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.awards import AwardContent, AwardCriterion, AwardState, NominationContent
from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.permissions import SHELL
from dnk_tool.language import local_day
from dnk_tool.services.exchange import awards, jury, nominations, working_groups
from dnk_tool.store.exchange import nominations as stored
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow
from tests.support.work import call_verb

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


def by_shell(now: datetime | None = None) -> dict[str, Any]:
    """The actor of the command line, now."""
    return {"actor": SHELL, "now": now or datetime.now(UTC)}


def open_round(session: Session, cluster: Cluster, *, now: datetime, actor: Any, **more: Any) -> AwardRow:
    """A round that takes nominations."""
    made = awards.create_award(session, cluster, a_round(now, **more), actor=actor, now=now)
    awards.lead_on(session, cluster, made.id, AwardState.NOMINATING, seen=made.version, actor=actor)
    return made


def nominate(session: Session, organisation_id: int, award_id: int, **more: Any) -> int:
    """Nominate a company with its own words; the id of what stands there then."""
    given: dict[str, Any] = {"content": WORDS, "example_id": None, "seen": 0} | more
    call_verb(nominations.nominate, session, organisation_id, award_id, **given)
    session.flush()
    found = stored.of_award(session, award_id)
    return next(one.id for one in found if one.organisation_id == organisation_id)


def invite_juror(session: Session, cluster: Cluster, award_id: int, **more: Any) -> tuple[JurorRow, str]:
    """Invite a juror; they and the token of their link."""
    given: dict[str, Any] = {"email": "ute@jury.example", "name": "Ute Jung", "language": "de"} | more
    return call_verb(jury.invite_juror, session, cluster, award_id, **given)


def begin_judging(session: Session, cluster: Cluster, award: AwardRow, *, actor: Any, now: datetime) -> None:
    """Close the nominations and let the jury read."""
    awards.lead_on(session, cluster, award.id, AwardState.JUDGING, seen=award.version, actor=actor)


def add_awards(session: Session, cluster_id: int, organisation_id: int) -> None:
    """A round that takes nominations and one that a juror judges, the company in both, and its group."""
    cluster, by = session.get_one(Cluster, cluster_id), by_shell()
    opened = open_round(session, cluster, **by)
    nominate(session, organisation_id, opened.id, **by)
    judged = open_round(session, cluster, name="Klimapreis der Jury", **by)
    nominate(session, organisation_id, judged.id, **by)
    begin_judging(session, cluster, judged, **by)
    group = call_verb(working_groups.create_group, session, cluster, WorkingGroupContent("Abwärme"), **by)
    call_verb(working_groups.join_group, session, organisation_id, group.id, **by)


def decide(session: Session, cluster: Cluster, award: AwardRow, **by: Any) -> None:
    """Give everybody who stands a first prize."""
    prizes = {one.id: "1. Preis" for one in stored.of_award(session, award.id, agreed_only=True)}
    awards.decide_award(session, cluster, award.id, prizes, seen=award.version, **by)
