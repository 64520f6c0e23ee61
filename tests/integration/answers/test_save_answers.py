"""Saving answers: gaps are fine, nothing is lost, colleagues do not collide without need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.draft import Draft, DraftKind
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.services.answers import history as answer_history
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome, save_section
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.earlier_year import confirm_all
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.support.declaration_scenario import wrote

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def save_edit(
    session: Session, declaration: Declaration, actor: Actor, section: str, submission: SectionEdit
) -> SectionSaveOutcome:
    selection = declarations.selection_of(declaration)
    outcome = save_section(
        Work(session, actor, NOW), declaration, selection.section_by_ref[section], submission
    )
    session.flush()
    return outcome


def test_an_answer_is_kept_with_version_and_revision(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    outcome = save_edit(
        session, declaration, actor, "1", SectionEdit({"1.1": wrote("Wir haben eine Strategie.")})
    )
    content = declarations.read_content(session, declaration)
    assert outcome.versions == {"1.1": 1}
    assert content.sheet.answer("1.1").text == "Wir haben eine Strategie."
    assert content.changes["1.1"].by == actor.user_id
    revisions = history.answer_revisions(session, declaration.id, ["1.1"])
    assert [revision.content["text"] for revision in revisions] == ["Wir haben eine Strategie."]


def test_saving_the_same_again_changes_nothing(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Gleich")}))
    events = session.scalar(select(func.count()).select_from(Event))
    outcome = save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Gleich", seen=0)}))
    assert outcome.versions == {}
    assert session.scalar(select(func.count()).select_from(Event)) == events


def test_an_untouched_page_leaves_no_rows(session: Session, declaration: Declaration, actor: Actor) -> None:
    empty = SectionEdit(
        {"1.1": wrote(""), "1.2": wrote("")}, {"ghg.scope1.gross": VersionedEdit(Figure(), 0)}
    )
    outcome = save_edit(session, declaration, actor, "1", empty)
    assert (outcome.versions, outcome.conflicts) == ({}, ())
    assert not declarations.read_content(session, declaration).changes


def test_switching_to_explain_keeps_the_text(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Der Text")}))
    explained = Answer(Disclosure.EXPLAIN, "Der Text", "Noch nicht erhoben.", "not-collected")
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": VersionedEdit(explained, 1)}))
    answer = declarations.read_content(session, declaration).sheet.answer("1.1")
    assert (answer.text, answer.explanation) == ("Der Text", "Noch nicht erhoben.")


def test_colleagues_in_different_fields_do_not_collide(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Petra")}))
    # The colleague's page was older: it sends 1.1 as it was then, unchanged by them.
    outcome = save_edit(
        session, declaration, colleague, "1", SectionEdit({"1.1": wrote(""), "1.2": wrote("Mehmet")})
    )
    answers = declarations.read_content(session, declaration).sheet.answers
    assert outcome.conflicts == ()
    assert (answers["1.1"].text, answers["1.2"].text) == ("Petra", "Mehmet")


def test_a_collision_keeps_both_texts(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Fassung Petra")}))
    outcome = save_edit(
        session,
        declaration,
        colleague,
        "1",
        SectionEdit({"1.1": wrote("Fassung Mehmet"), "1.3": wrote("Neu")}),
    )
    (collision,) = outcome.conflicts
    assert (collision.mine, collision.theirs) == (
        Answer(Disclosure.COMPLY, "Fassung Mehmet"),
        Answer(Disclosure.COMPLY, "Fassung Petra"),
    )
    assert (collision.by, collision.version) == (actor.user_id, 1)
    sheet = declarations.read_content(session, declaration).sheet
    assert sheet.answer("1.1").text == "Fassung Petra"
    assert sheet.answer("1.3").text == "Neu", "what does not collide is saved"
    kept = {
        revision.content["text"]: revision.kept_aside
        for revision in history.answer_revisions(session, declaration.id, ["1.1"])
    }
    assert kept == {"Fassung Petra": False, "Fassung Mehmet": True}


def test_figures_collide_and_stay_too(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    first = Figure(Decimal("118.4"), "t-co2e", Quality.CALCULATED)
    second = Figure(Decimal("120"), "t-co2e", Quality.ESTIMATED)
    save_edit(
        session, declaration, actor, "13", SectionEdit(figures={"ghg.scope1.gross": VersionedEdit(first, 0)})
    )
    outcome = save_edit(
        session,
        declaration,
        colleague,
        "13",
        SectionEdit(figures={"ghg.scope1.gross": VersionedEdit(second, 0)}),
    )
    assert [conflict.mine for conflict in outcome.conflicts] == [second]
    assert declarations.read_content(session, declaration).sheet.figures["ghg.scope1.gross"] == first
    requirement = declarations.selection_of(declaration).requirements["GRI-SRS-305-1"]
    entries = answer_history.revision_entries(session, declaration, requirement)
    assert {(entry.figure, entry.kept_aside) for entry in entries} == {(first, False), (second, True)}


def test_an_earlier_text_comes_back_as_the_newest(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Erste")}))
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Zweite", seen=1)}))
    requirement = declarations.selection_of(declaration).requirements["1.1"]
    oldest = answer_history.revision_entries(session, declaration, requirement)[-1]
    answer_history.restore_revision(
        Work(session, actor, NOW + timedelta(hours=1)), declaration, requirement, oldest.kind, oldest.id
    )
    session.flush()
    texts = [
        entry.answer.text
        for entry in answer_history.revision_entries(session, declaration, requirement)
        if entry.answer
    ]
    assert texts == ["Erste", "Zweite", "Erste"]
    assert declarations.read_content(session, declaration).sheet.answer("1.1").text == "Erste"


def test_a_revision_of_another_requirement_cannot_be_restored(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("Eins")}))
    revision = session.scalars(select(AnswerRevision)).one()
    other = declarations.selection_of(declaration).requirements["1.2"]
    with pytest.raises(LookupError):
        answer_history.restore_revision(Work(session, actor, NOW), declaration, other, "answer", revision.id)


def test_only_writers_may_save(session: Session, declaration: Declaration, organisation_id: int) -> None:
    for actor in (Actor(), Actor(99), Actor(99, {organisation_id: Role.VIEWER}), Actor(99, is_operator=True)):
        with pytest.raises(NotPermitted):
            save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("x")}))


def test_a_finished_declaration_is_locked(session: Session, declaration: Declaration, actor: Actor) -> None:
    declaration.state = State.FINISHED
    with pytest.raises(Locked):
        save_edit(session, declaration, actor, "1", SectionEdit({"1.1": wrote("x")}))


def test_marking_a_section_done_and_taking_it_back(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_edit(session, declaration, actor, "6", SectionEdit(done=True))
    assert declarations.read_content(session, declaration).sheet.done == {"6"}
    save_edit(session, declaration, actor, "6", SectionEdit(done=None))
    assert declarations.read_content(session, declaration).sheet.done == {"6"}, "not sent is not taken back"
    save_edit(session, declaration, actor, "6", SectionEdit(done=False))
    assert declarations.read_content(session, declaration).sheet.done == frozenset()


# Every example has a declaration of its own, so the shared store does no harm.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["petra", "mehmet"]), st.sampled_from(["read", "save"])), max_size=14
    )
)
def test_no_interleaving_overwrites_silently(
    store: sessionmaker[Session], fresh_declaration: object, steps: list[tuple[str, str]]
) -> None:
    """Two people read and save in any order: every text is either the latest, or in the history."""
    declaration_id, actors = fresh_declaration()  # type: ignore[operator]
    seen = {"petra": 0, "mehmet": 0}
    sent: list[str] = []
    for who, what in steps:
        with write_session(store) as session:
            declaration = declarations.by_id(session, declaration_id)
            assert declaration is not None
            if what == "read":
                seen[who] = declarations.read_content(session, declaration).version("1.1")
                continue
            words = f"{who} {len(sent)}"
            sent.append(words)
            outcome = save_edit(
                session, declaration, actors[who], "1", SectionEdit({"1.1": wrote(words, seen[who])})
            )
            current = declarations.read_content(session, declaration).sheet.answer("1.1").text
            assert (current == words) == (not outcome.conflicts)
            seen[who] = outcome.versions.get("1.1", seen[who])
            session.commit()
    with store() as session:
        kept = {
            revision.content["text"]
            for revision in history.answer_revisions(session, declaration_id, ["1.1"])
        }
    assert kept == set(sent)


def test_a_draft_is_kept_with_its_answer_until_it_is_checked(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """Sentences are checked by calling the section done; an example is not, nor by freezing a version."""
    sentence = Draft(DraftKind.FIGURES, "Es fielen 3 t Abfall an.", "de", {"waste.total": "3 t"})
    example = Draft(DraftKind.EXAMPLE, "Wir bauen Öfen aus Lehm.", "de")
    proposed = SectionEdit(
        {"11.1": wrote(example.text), "11.2": wrote(sentence.text)},
        drafts={"11.1": [example], "11.2": [sentence]},
    )
    sheet = save_edit(session, declaration, actor, "11", proposed).sheet
    assert sheet.taken == dict.fromkeys(("11.1", "11.2"), declaration.reporting_year)
    seen = {"11.1": wrote(example.text, 1), "11.2": wrote(sentence.text, 1)}
    sheet = save_edit(session, declaration, actor, "11", SectionEdit(seen, done=True)).sheet
    assert sheet.taken == {"11.1": declaration.reporting_year}
    assert not confirm_all(session, declaration.id)
    stored = declarations.read_content(session, declaration).sheet
    assert stored.taken == sheet.taken
    assert stored.drafts == {"11.1": (example,), "11.2": (replace(sentence, is_checked=True),)}
    sheet = save_edit(session, declaration, actor, "11", SectionEdit({"11.1": wrote("Holz.", 1)})).sheet
    assert not sheet.taken
    assert set(sheet.drafts) == {"11.2"}
