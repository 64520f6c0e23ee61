"""The one way to store: content is encoded once, counted, and kept as a revision, in both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality, is_same_answer
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.editing import (
    Conflict,
    Decision,
    Stored,
    Unchanged,
    VersionedEdit,
    Write,
    conflict,
    decide,
)
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.figures.updates import decide_figure
from dnk_tool.domain.permissions import Actor
from dnk_tool.store.answers.versioned_rows import (
    AnswerRows,
    FigureRows,
    carry_out,
    put,
)
from dnk_tool.store.figures.plausibility import ExplanationRows
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplanationRevision, FigureRevision
from tests.integration.conftest import NOW

POWER = "energy.electricity.consumption"
EXPLAINED = ExplanationEdit("per-person", POWER, "f" * 64, "Wir haben umgebaut.", is_printed=True)
GOALS = Answer(value=Rows(({"goal": "Minus 45 Prozent", "due": 2030},)))


def answer_rows(session: Session, declaration: Declaration, actor: Actor) -> AnswerRows:
    session.flush()
    session.expire_all()
    return AnswerRows(session, declaration, by=actor.user_id, now=NOW)


def versioned_figure_rows(session: Session, declaration: Declaration, actor: Actor) -> FigureRows:
    session.flush()
    session.expire_all()
    return FigureRows(session, declaration, by=actor.user_id, now=NOW)


def save_answers(rows: AnswerRows, edits: dict[str, VersionedEdit[Answer]]) -> None:
    for ref, edit in edits.items():
        decision = decide(rows.stored(ref), rows.seen(ref, edit), edit.value, is_same=is_same_answer)
        carry_out(rows, ref, decision)


def save_figures(rows: FigureRows, edits: dict[str, VersionedEdit[Figure]]) -> None:
    for ref, edit in edits.items():
        carry_out(rows, ref, decide_figure(rows.stored(ref), rows.seen(ref, edit), edit))


@pytest.mark.parametrize(
    ("ref", "content"),
    [
        ("1.1", Answer(Disclosure.COMPLY, "Wir sparen.")),
        ("1.1", Answer(Disclosure.EXPLAIN, "bleibt stehen", "Noch nicht.", "no-data")),
        ("3.1.goals", GOALS),
    ],
)
def test_an_answer_is_stored_with_its_revision(
    session: Session, declaration: Declaration, actor: Actor, ref: str, content: Answer
) -> None:
    rows = answer_rows(session, declaration, actor)
    put(rows, ref, content)
    put(rows, ref, Answer(text="neu"))
    put(rows, ref, content)
    assert rows.versions == {ref: 3}
    again = answer_rows(session, declaration, actor)
    assert again.stored(ref) == Stored(content, 3, NOW, actor.user_id, ref)
    assert [again.content_at(ref, version) for version in (0, 1, 2, 3)] == [
        Answer(),
        content,
        Answer(text="neu"),
        content,
    ]


def test_a_figure_is_stored_with_its_revision(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    exact = Figure(Decimal("1234.50"), "kWh", Quality.MEASURED, "Zähler", "Rechnung", "Anna")
    rows = versioned_figure_rows(session, declaration, actor)
    put(rows, POWER, exact)
    put(rows, POWER, Figure(quality=Quality.NOT_AVAILABLE))
    again = versioned_figure_rows(session, declaration, actor)
    assert again.contents() == {POWER: Figure(quality=Quality.NOT_AVAILABLE)}
    assert again.content_at(POWER, 1) == exact
    assert [revision.saved_by for revision in session.scalars(select(FigureRevision))] == [actor.user_id] * 2


def test_a_sentence_is_stored_with_its_revision(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    put(ExplanationRows(session, declaration, by=actor.user_id, now=NOW), EXPLAINED.ref, EXPLAINED)
    session.flush()
    again = ExplanationRows(session, declaration, by=actor.user_id, now=NOW)
    assert again.stored(EXPLAINED.ref) == Stored(EXPLAINED, 1, NOW, actor.user_id, EXPLAINED.ref)
    [kept] = session.scalars(select(ExplanationRevision))
    assert kept.content == {"text": EXPLAINED.text, "is_printed": True, "fingerprint": "f" * 64}


def test_what_conflicts_is_kept_aside_once_for_each_person(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    put(answer_rows(session, declaration, actor), "1.1", Answer(text="Ihre"))
    for doer in (colleague, colleague, actor):
        rows = answer_rows(session, declaration, doer)
        late = conflict(rows.stored("1.1"), Answer(text="Meine"))
        carry_out(rows, "1.1", late)
        assert (rows.conflicts, rows.versions) == ([late], {})
    session.flush()
    kept = session.scalars(select(AnswerRevision).order_by(AnswerRevision.id)).all()
    assert [(revision.content["text"], revision.kept_aside, revision.saved_by) for revision in kept] == [
        ("Ihre", False, actor.user_id),
        ("Meine", True, colleague.user_id),
        ("Meine", True, actor.user_id),
    ]
    assert answer_rows(session, declaration, actor).content("1.1") == Answer(text="Ihre")


@pytest.mark.parametrize("decision", [Unchanged(), Unchanged(newer=4)])
def test_unchanged_writes_nothing(
    session: Session, declaration: Declaration, actor: Actor, decision: Decision[Answer]
) -> None:
    rows = answer_rows(session, declaration, actor)
    carry_out(rows, "1.1", decision)
    assert not session.new
    assert (rows.rows, rows.versions, rows.conflicts) == ({}, {}, [])
    assert rows.already_stored == ({"1.1": 4} if decision == Unchanged(newer=4) else {})


def test_a_decision_to_write_is_carried_out(session: Session, declaration: Declaration, actor: Actor) -> None:
    rows = answer_rows(session, declaration, actor)
    carry_out(rows, "1.1", Write(Answer(text="neu")))
    assert (rows.content("1.1"), rows.versions) == (Answer(text="neu"), {"1.1": 1})


def test_a_sender_who_never_heard_of_the_first_save_learns_its_version(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    edits = {"3.1.goals": VersionedEdit(GOALS, 0)}
    save_answers(answer_rows(session, declaration, actor), edits)
    rows = answer_rows(session, declaration, actor)
    save_answers(rows, edits)
    assert (rows.versions, rows.already_stored, rows.conflicts) == ({}, {"3.1.goals": 1}, [])


def test_a_table_that_the_sender_did_not_touch_does_not_conflict(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_answers(answer_rows(session, declaration, actor), {"3.1.goals": VersionedEdit(GOALS, 0)})
    newer = Answer(value=Rows(({"goal": "Minus 50 Prozent", "due": 2031},)))
    save_answers(answer_rows(session, declaration, actor), {"3.1.goals": VersionedEdit(newer, 1)})
    rows = answer_rows(session, declaration, colleague)
    save_answers(rows, {"3.1.goals": VersionedEdit(GOALS, 1)})
    assert (rows.versions, rows.already_stored, rows.conflicts) == ({}, {}, [])
    assert rows.content("3.1.goals") == newer


def test_two_figures_of_one_save_are_decided_each_for_itself(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    other = "ghg.scope1.gross"
    save_figures(
        versioned_figure_rows(session, declaration, actor),
        {POWER: VersionedEdit(Figure(Decimal(1), "kWh"), 0)},
    )
    rows = versioned_figure_rows(session, declaration, colleague)
    rows.now = NOW + timedelta(minutes=1)
    mine = Figure(Decimal(2), "kWh")
    save_figures(rows, {POWER: VersionedEdit(mine, 0), other: VersionedEdit(Figure(Decimal(3), "t-co2e"), 0)})
    assert rows.versions == {other: 1}
    assert rows.conflicts == [Conflict(mine, Figure(Decimal(1), "kWh"), 1, NOW, actor.user_id, POWER)]
