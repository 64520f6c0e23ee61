"""The demo's awards, one of last year and one that two jurors judge, and its two working groups."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.domain.exchange.awards import (
    AwardContent,
    AwardCriterion,
    AwardState,
    JurorSheet,
    NominationContent,
)
from dnk_tool.domain.exchange.working_groups import GroupDate, GroupLink, WorkingGroupContent
from dnk_tool.services.exchange import awards, jury, nominations, working_groups
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import nominations as stored_nominations

CRITERIA = (
    AwardCriterion("Wirkung", 40),
    AwardCriterion("Neu für uns", 20),
    AwardCriterion("Andere können es auch", 30),
    AwardCriterion("Mitarbeitende beteiligt", 10),
)
# A member with words of its own, beside two that nominate their good examples.
OWN_WORDS = NominationContent(
    title="Alte Küchen kommen zurück",
    before="Ausgebaute Küchen gingen in den Sperrmüll.",
    idea="Ein Monteur fragte, ob er die Fronten für seine Werkstatt haben dürfe.",
    done="Wir nehmen Fronten und Platten zurück und bauen daraus Regale.",
    effort="Ein Lagerplatz und zwei Stunden in der Woche.",
    advice="Mit einem Produkt anfangen, das sich leicht zerlegen lässt.",
    is_public=True,
)
JURORS = (("jury1@demo.example", "Prof. Ute Lindner"), ("jury2@demo.example", "Hakan Yilmaz"))
# Points of each juror for the nominations in their order; None: abstains.
SHEETS = (((5, 3, 4, 4), (4, 4, 5, 3), (3, 5, 4, 5)), ((4, 4, 4, 3), None, (4, 4, 3, None)))


# The winners of last year, in the order in which prizes were given.
WINNERS = (
    (
        "1. Preis",
        NominationContent(
            title="Der Druckluft das Zischen abgewöhnt",
            before="Nachts und am Wochenende liefen die Kompressoren, und niemand wusste, wofür.",
            idea="Eine Auszubildende hörte es am Sonntag zischen und schrieb jedes Leck auf.",
            done="Wir haben 41 Lecks abgedichtet und Magnetventile eingebaut, die nachts schließen.",
            effort="Zwei Tage Arbeit, 1.900 Euro für Ventile und Schläuche.",
            advice="Am Sonntag hingehen und hinhören. Danach jedes Jahr einmal.",
            is_public=True,
        ),
    ),
    (
        "Sonderpreis der Jury",
        NominationContent(
            title="Fünf Rezepte gegen den Rest",
            before="In der Kantine blieb mittags ein Viertel übrig.",
            idea="Die Küche fragte an der Theke, was morgen übrig bleiben wird.",
            done="Kleine Teller zuerst, Nachschlag frei, und freitags kommt auf den Tisch, was da ist.",
            effort="Ein halber Tag zum Planen, sonst nichts.",
            advice="Nicht mit einem Verbot anfangen, sondern mit einer Frage.",
            is_public=True,
        ),
    ),
)


def remember_award(demo: DemoContext, members: Mapping[str, DemoCompany], but: str) -> None:
    """Decide the round of last year, which two members won. `but`: who had no part in it."""
    session, today = demo.session, demo.clock.today
    by: dict[str, Any] = {"actor": demo.manager}
    content = AwardContent("Klimapreis Weserbergland", today.year - 1, today, today, CRITERIA)
    award = awards.create_award(Work(session, demo.manager, demo.clock.tick()), demo.cluster, content)
    awards.lead_on(session, demo.cluster, award.id, AwardState.NOMINATING, seen=award.version, **by)
    standing = [member for name, member in members.items() if name != but][: len(WINNERS)]
    for member, (_prize, words) in zip(standing, WINNERS, strict=True):
        _nominate(demo, member, award.id, words, None)
    awards.lead_on(session, demo.cluster, award.id, AwardState.JUDGING, seen=award.version, **by)
    prizes = {words.title: prize for prize, words in WINNERS}
    shown = stored_nominations.of_award(session, award.id, agreed_only=True)
    given = {one.id: prizes[one.content.title] for one in shown}
    work = Work(session, demo.manager, demo.clock.tick())
    awards.decide_award(work, demo.cluster, award.id, given, seen=award.version)
    ended = replace(content, nominate_until=date(content.year, 9, 30), judge_until=date(content.year, 11, 15))
    awards.change_award(session, demo.cluster, award.id, ended, seen=award.version, **by)


def hold_award(demo: DemoContext, members: Mapping[str, DemoCompany], own_words: str) -> None:
    """Open a round, let three members nominate, and let two jurors begin. `own_words`: who writes lines."""
    session, today = demo.session, demo.clock.today
    content = AwardContent(
        "Klimapreis Weserbergland",
        today.year,
        today + timedelta(days=14),
        today + timedelta(days=60),
        CRITERIA,
    )
    award = awards.create_award(Work(session, demo.manager, demo.clock.tick()), demo.cluster, content)
    awards.lead_on(
        session, demo.cluster, award.id, AwardState.NOMINATING, seen=award.version, actor=demo.manager
    )
    by_consent = {member.consent.id: member for member in members.values()}
    told = stored_nominations.list_published_examples(session, list(by_consent))
    for example in [one for one in told if one.consent_id != members[own_words].consent.id][:2]:
        _nominate(
            demo, by_consent[example.consent_id or 0], award.id, NominationContent(is_public=True), example.id
        )
    _nominate(demo, members[own_words], award.id, OWN_WORDS, None)
    awards.lead_on(
        session, demo.cluster, award.id, AwardState.JUDGING, seen=award.version, actor=demo.manager
    )
    _judge(demo, award.id)


def _nominate(
    demo: DemoContext, member: DemoCompany, award_id: int, content: NominationContent, example_id: int | None
) -> None:
    nominations.nominate(
        Work(demo.session, member.actor, demo.clock.tick()),
        member.organisation.id,
        award_id,
        content,
        example_id=example_id,
        seen=0,
    )


def _judge(demo: DemoContext, award_id: int) -> None:
    """Invite the jurors, who write their sheets; the second has not finished."""
    session, now = demo.session, demo.clock.tick()
    ids = [one.id for one in stored_nominations.of_award(session, award_id, agreed_only=True)]
    for (email, name), sheets in zip(JURORS, SHEETS, strict=True):
        _juror, token = jury.invite_juror(
            Work(session, demo.manager, now), demo.cluster, award_id, email=email, name=name, language="de"
        )
        for nomination_id, points in zip(ids, sheets, strict=False):
            sheet = JurorSheet(points or (None,) * len(CRITERIA), points is None)
            jury.save_sheet(session, token, nomination_id, sheet, seen=0, now=now)


def form_groups(demo: DemoContext, members: Mapping[str, DemoCompany]) -> None:
    """Two working groups, each with some of the members."""
    session, today = demo.session, demo.clock.today
    warmth = WorkingGroupContent(
        "Abwärme und Netze",
        "Wer Wärme übrig hat und wer sie brauchen kann.",
        (
            GroupDate(today + timedelta(days=40), "15:00", "Rathaus, Hameln"),
            GroupDate(today + timedelta(days=75), "15:00", "https://video.example/abwaerme"),
        ),
        (GroupLink("Protokolle", "https://ablage.example/abwaerme"),),
        ("11", "12", "13"),
    )
    returns = WorkingGroupContent(
        "Rücknahme und Reparatur",
        "Was wir zurücknehmen können und wie wir es zerlegen.",
        (GroupDate(today + timedelta(days=50), "9:30", "Handwerkskammer, Hannover"),),
        (),
        ("10", "12"),
    )
    companies = list(members.values())
    for content, joining in ((warmth, companies[:4]), (returns, companies[3:6])):
        group = working_groups.create_group(
            Work(session, demo.manager, demo.clock.tick()), demo.cluster, content
        )
        for member in joining:
            working_groups.join_group(
                Work(session, member.actor, demo.clock.tick()), member.organisation.id, group.id
            )
