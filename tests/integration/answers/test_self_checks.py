"""Quick checks: answers kept by year, two people at once, and open points taken into the measures once."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.self_checks import SelfCheck, load_self_checks
from dnk_tool.domain.answers.self_assessment import MAX_MEASURES, Assessment, Measure, Rating
from dnk_tool.domain.answers.self_check import SelfCheckAnswer, SelfCheckAnswers
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import ConflictError, Seen
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.services.answers.self_assessment import assessment_of, save_assessment
from dnk_tool.services.answers.self_checks import (
    add_measures,
    save_self_check_answers,
)
from dnk_tool.services.work import Work
from dnk_tool.store.answers import self_checks
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.answers import SelfCheckReply
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.integration.conftest import NOW
from tests.support.app import World, database_session, form_fields
from tests.support.browsers import signed_in

ENERGY = load_self_checks()["energy"]
KEYS = [question.key for question in ENERGY.questions]
YES, PARTLY, NO = SelfCheckAnswer.YES, SelfCheckAnswer.PARTLY, SelfCheckAnswer.NO
BLANK: Seen[SelfCheckAnswers] = Seen(0, {})


def save_replies(
    session: Session,
    declaration: Declaration,
    replies: dict[str, SelfCheckAnswer],
    seen: Seen[SelfCheckAnswers],
    actor: Actor,
) -> None:
    save_self_check_answers(Work(session, actor, NOW), declaration, ENERGY, replies, seen=seen)
    session.flush()


def kept_replies(session: Session, declaration: Declaration) -> dict[str, SelfCheckAnswer]:
    year = declaration.reporting_year
    replies = self_checks.replies(session, declaration.organisation_id, [year])
    return dict(replies.get((year, "energy"), {}))


def test_answers_are_kept_with_gaps_and_leave_one_event(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_replies(session, declaration, {KEYS[0]: YES, KEYS[1]: NO}, BLANK, actor)
    save_replies(session, declaration, {KEYS[1]: PARTLY}, Seen(1, kept_replies(session, declaration)), actor)
    save_replies(session, declaration, {KEYS[1]: PARTLY}, Seen(2, kept_replies(session, declaration)), actor)
    assert kept_replies(session, declaration) == {KEYS[1]: PARTLY}
    events = session.scalars(select(Event).where(Event.kind == EventKind.SELF_CHECK_SAVED).order_by(Event.id))
    assert [event.detail for event in events] == [
        {"self_check": "energy", "replies": {KEYS[0]: ["", "yes"], KEYS[1]: ["", "no"]}},
        {"self_check": "energy", "replies": {KEYS[0]: ["yes", ""], KEYS[1]: ["no", "partly"]}},
    ]


def test_two_people_on_different_questions_do_not_collide(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_replies(session, declaration, {KEYS[0]: YES}, BLANK, actor)
    seen = Seen[SelfCheckAnswers](1, {KEYS[0]: YES})
    save_replies(session, declaration, {KEYS[0]: YES, KEYS[1]: NO}, seen, actor)
    save_replies(session, declaration, {KEYS[0]: YES, KEYS[2]: PARTLY}, seen, colleague)
    assert kept_replies(session, declaration) == {KEYS[0]: YES, KEYS[1]: NO, KEYS[2]: PARTLY}
    authors = {row.question: row.changed_by for row in session.scalars(select(SelfCheckReply))}
    assert authors == {KEYS[0]: 1, KEYS[1]: 1, KEYS[2]: 2}


def test_two_people_on_the_same_question_are_told(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_replies(session, declaration, {KEYS[0]: YES}, BLANK, actor)
    save_replies(session, declaration, {KEYS[0]: NO, KEYS[1]: NO}, Seen(1, {KEYS[0]: YES}), actor)
    with pytest.raises(ConflictError) as caught:
        save_replies(session, declaration, {KEYS[0]: PARTLY}, Seen(1, {KEYS[0]: YES}), colleague)
    assert caught.value.conflict.parts == {KEYS[0]}
    assert caught.value.conflict.mine == {KEYS[0]: PARTLY, KEYS[1]: NO}
    assert kept_replies(session, declaration) == {KEYS[0]: NO, KEYS[1]: NO}
    seen = Seen(caught.value.conflict.version, caught.value.conflict.theirs)
    save_replies(session, declaration, dict(caught.value.conflict.mine), seen, colleague)
    assert kept_replies(session, declaration) == {KEYS[0]: PARTLY, KEYS[1]: NO}


def test_measures_go_to_their_criterion_once_and_beside_what_is_there(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    wanted = {question.key: NO for question in ENERGY.questions[:3]}
    declaration.state = State.SUBMITTED  # a frozen declaration is no obstacle: this is the company's own
    save_replies(session, declaration, wanted, BLANK, actor)
    own = Assessment(Rating.PLANNED, (Measure("Eigenes", "Anna"),))
    save_assessment(Work(session, actor, NOW), declaration, 11, own, seen=0)
    session.flush()
    for _ in range(2):
        done = add_measures(Work(session, actor, NOW), declaration, ENERGY, [*wanted, "fleet", "x"])
        session.flush()
    assert (done.added, [question.key for question in done.planned_before]) == ((), list(wanted))
    stored = assessment_of(session, declaration, 11).stored
    texts = [
        question.measure.de
        for question in ENERGY.questions
        if question.key in wanted and question.criterion == 11
    ]
    assert stored.content.rating is Rating.PLANNED
    assert [measure.text for measure in stored.content.measures] == ["Eigenes", *texts]
    assert [measure.text for measure in assessment_of(session, declaration, 12).stored.content.measures] == [
        ENERGY.questions[2].measure.de
    ]
    noted = measures.of_company(session, declaration.organisation_id).values()
    kinds = {question.measure.de: question.measure_kind for question in ENERGY.questions}
    assert {each.text: each.kind for each in noted} == {each.text: kinds.get(each.text, "") for each in noted}


def test_a_full_list_of_measures_is_named_and_the_language_is_the_declarations(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    declaration.language = "en"
    save_replies(session, declaration, {KEYS[0]: NO, KEYS[2]: NO}, BLANK, actor)
    full = Assessment(None, tuple(Measure(f"M{number}") for number in range(MAX_MEASURES)))
    save_assessment(Work(session, actor, NOW), declaration, 11, full, seen=0)
    session.flush()
    done = add_measures(Work(session, actor, NOW), declaration, ENERGY, KEYS)
    assert [question.key for question in done.full] == [KEYS[0]]
    [measure] = assessment_of(session, declaration, 12).stored.content.measures
    assert measure.text == ENERGY.questions[2].measure.en


def test_only_who_writes_for_the_company_may(session: Session, declaration: Declaration) -> None:
    for actor in (Actor(), Actor(2, {declaration.organisation_id + 1: "owner"})):  # type: ignore[dict-item]
        with pytest.raises(NotPermitted):
            save_replies(session, declaration, {KEYS[0]: YES}, BLANK, actor)
        with pytest.raises(NotPermitted):
            add_measures(Work(session, actor, NOW), declaration, ENERGY, KEYS)


# ---- Pages


def self_check_path(world: World, end: str = "") -> str:
    return f"/erklaerungen/{world.own_declaration}/schnellchecks/{end}"


def test_a_check_from_the_first_answer_to_a_measure(app: Flask, editor: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        self_checks.save(
            session, world.own, 2024, "energy", {KEYS[0]: PARTLY}, by=None, now=datetime.now(UTC)
        )
    page = editor.get(self_check_path(world, "energy")).text
    assert "2024: teilweise" in page
    assert "2024: offen" in page
    fields = form_fields(page)
    assert sum(name.startswith("reply-") for name in fields) == 13
    chosen = {
        f"reply-{key}": value for key, value in zip(KEYS, ("no", "partly", "no", "no", "yes"), strict=False)
    }
    answer = editor.post(self_check_path(world, "energy"), data=fields | chosen, follow_redirects=True).text
    assert answer.count("Das ist eine Zählung und keine Bewertung") == 1
    offered = form_fields(answer)
    assert [answer.index(ENERGY.questions[n].measure.de) for n in (0, 2, 3)] == sorted(
        answer.index(ENERGY.questions[n].measure.de) for n in (0, 2, 3)
    )
    assert ENERGY.questions[1].measure.de not in answer  # the fourth in order
    added = editor.post(
        self_check_path(world, "energy/massnahmen"),
        data=offered | {"points": [KEYS[0], KEYS[3]]},
        follow_redirects=True,
    ).text
    assert "2 Maßnahmen stehen jetzt in Ihrer Selbsteinschätzung." in added
    assert "Schon in Ihren Maßnahmen" in added
    assert ENERGY.questions[1].measure.de in added
    measures = editor.get(f"/erklaerungen/{world.own_declaration}/selbsteinschaetzung/").text
    assert ENERGY.questions[0].measure.de in measures
    again = editor.get(self_check_path(world, "energy")).text
    assert form_fields(again)[f"reply-{KEYS[0]}"] == ["no"]
    index = editor.get(self_check_path(world)).text
    assert "5 von 13 Fragen beantwortet" in index


def test_a_clash_shows_both_answers_and_keeps_the_own(app: Flask, editor: FlaskClient, world: World) -> None:
    fields = form_fields(editor.get(self_check_path(world, "energy")).text)
    other = signed_in(app, "owner")
    theirs = form_fields(other.get(self_check_path(world, "energy")).text)
    other.post(
        self_check_path(world, "energy"), data=theirs | {f"reply-{KEYS[0]}": "no", f"reply-{KEYS[1]}": "yes"}
    )
    clash = editor.post(self_check_path(world, "energy"), data=fields | {f"reply-{KEYS[0]}": "yes"})
    assert clash.status_code == 409
    assert "Jemand anderes hat inzwischen „nein“ gewählt." in clash.text
    kept_fields = form_fields(clash.text)
    assert kept_fields[f"reply-{KEYS[0]}"] == ["yes"]
    assert kept_fields[f"reply-{KEYS[1]}"] == ["yes"]
    assert editor.post(self_check_path(world, "energy"), data=kept_fields).status_code == 303


def test_who_only_reads_sees_no_buttons_and_hostile_fields_are_open(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    fields = form_fields(editor.get(self_check_path(world, "circular")).text)
    hostile = {"version": "-1e9", "shown": "x:y,:,energy", "reply-waste-known": "<b>", "reply-x": "yes"}
    assert editor.post(self_check_path(world, "circular"), data=fields | hostile).status_code == 303
    with database_session(app) as session:
        assert self_checks.replies(session, world.own, [2025]) == {}
    viewer = signed_in(app, "viewer")
    assert "Speichern und Ergebnis ansehen" not in viewer.get(self_check_path(world, "circular")).text
    assert viewer.get(self_check_path(world, "nothing")).status_code == 404


@pytest.mark.parametrize(("criterion", "checks"), [("3", 1), ("11", 2), ("12", 2), ("13", 1), ("1", 0)])
def test_criteria_say_quietly_that_there_are_checks(
    editor: FlaskClient, world: World, criterion: str, checks: int
) -> None:
    page = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/{criterion}").text
    assert page.count("/schnellchecks/") == checks


def test_the_trail_says_what_changed(app: Flask, editor: FlaskClient, world: World) -> None:
    fields = form_fields(editor.get(self_check_path(world, "energy")).text)
    editor.post(self_check_path(world, "energy"), data=fields | {f"reply-{KEYS[0]}": "partly"})
    owner = signed_in(app, "owner")
    page = owner.get(f"/unternehmen/{world.own}/protokoll").text
    check: SelfCheck = ENERGY
    assert "Schnellcheck gespeichert" in page
    assert check.questions[0].text.de in page
    assert "<ins>teilweise</ins>" in page
