"""The year after: what comes along, what is taken over and marked, what is never overwritten."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.answers.completeness import CompletionStatus
from dnk_tool.domain.answers.draft import Draft, DraftKind
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted, Role
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.answers import history as answer_history
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers import take_over
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.answers.self_assessment import assessments_of, save_assessment
from dnk_tool.services.declarations import submission as completion
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.declarations.next_year import assessment_carry_over, begin_next_year
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import earlier_year
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from tests.integration.conftest import NOW
from tests.support.documents import full_document


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The engine makes no difference here."""
    return sqlite_url


SELECTION = select_edition("dnk-2017", "gri")


def save_by_ref(session: Session, declaration: Declaration, actor: Actor, **answers: Answer) -> None:
    """Answer by ref; a dot is written as an underscore."""
    for name, answer in answers.items():
        ref = name.removeprefix("a").replace("_", ".")
        section = SELECTION.section_of[ref]
        seen = declarations.read_content(session, declaration).version(ref)
        submission = SectionEdit({ref: VersionedEdit(answer, seen)})
        answer_save.save_section(Work(session, actor, NOW), declaration, section, submission)


@pytest.fixture
def before(session: Session, declaration: Declaration, actor: Actor) -> Declaration:
    """Last year's declaration with a text, an explanation, a figure and a plan."""
    declaration.options, declaration.publishes_assessment = ["nap"], True
    save_by_ref(
        session,
        declaration,
        actor,
        a1_1=Answer(Disclosure.COMPLY, "Wir haben eine Strategie."),
        a1_2=Answer(Disclosure.EXPLAIN, explanation="Noch nicht untersucht."),
        a12_1=Answer(Disclosure.COMPLY, "Wir sparen ein Zehntel des Stroms."),
    )
    plan = Assessment(
        Rating.PARTIAL,
        (
            Measure("Alles messen", "Eva", date(2026, 1, 31)),
            Measure("LED in der Halle", "Eva", date(2027, 6, 30)),
            Measure("Fuhrpark prüfen"),
        ),
    )
    save_assessment(Work(session, actor, NOW), declaration, 12, plan, seen=0)
    return declaration


@pytest.fixture
def after(session: Session, before: Declaration, actor: Actor) -> Declaration:
    return begin_next_year(Work(session, actor, NOW), before)


def test_a_sentence_with_figures_of_then_is_a_draft_again(
    session: Session, before: Declaration, actor: Actor
) -> None:
    """It names last year's figures; what was said of the company without any stands for itself."""
    sentence = Draft(DraftKind.FIGURES, "Es fielen 3 t Abfall an.", "de", {"waste.total": "3 t"})
    fact = Draft(DraftKind.FACTS, "Wir haben eine Waage.", "de")
    section = SELECTION.section_by_ref["11"]
    texts = {"11.1": fact.text, "11.2": sentence.text}
    for seen in (0, 1):
        answers = {ref: VersionedEdit(Answer(Disclosure.COMPLY, text), seen) for ref, text in texts.items()}
        drafts = {} if seen else {"11.1": [fact], "11.2": [sentence]}
        edit = SectionEdit(answers, done=bool(seen), drafts=drafts)
        answer_save.save_section(Work(session, actor, NOW), before, section, edit)
    assert declarations.read_content(session, before).sheet.taken == {}
    after = begin_next_year(Work(session, actor, NOW), before)
    take_over.take_over(Work(session, actor, NOW), after, section)
    sheet = declarations.read_content(session, after).sheet
    assert sheet.taken == {"11.1": before.reporting_year, "11.2": after.reporting_year}
    assert sheet.drafts == {"11.2": (sentence,)}


def content_of(session: Session, declaration: Declaration) -> dict[str, tuple[str, str, int | None]]:
    rows = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == declaration.id))
    return {row.ref: (row.text, row.explanation, row.taken_from) for row in rows}


def status_of(session: Session, declaration: Declaration, ref: str) -> CompletionStatus:
    sheet = declarations.read_content(session, declaration).sheet
    return completeness.section_completeness(sheet, sheet.selection.section_by_ref[ref]).status


def test_structure_comes_along_and_everything_else_starts_anew(
    session: Session, before: Declaration, after: Declaration
) -> None:
    assert after.reporting_year == before.reporting_year + 1
    assert (
        settings_of(after)
        == settings_of(before)
        == DeclarationSettings("gri", "de", frozenset({"nap"}), True)
    )
    assert (after.state, after.version, after.edition) == (State.DRAFT, 1, before.edition)
    content = declarations.read_content(session, after)
    assert not content.sheet.answers
    assert not content.sheet.figures
    assert not content.sheet.done
    assert before.organisation is after.organisation, "profile, sites and people are the company's"
    event = session.scalars(select(Event).where(Event.declaration_id == after.id)).one()
    assert (event.kind, event.detail) == (EventKind.CREATED, {"follows": 2025})


def test_ratings_and_measures_come_along(session: Session, before: Declaration, after: Declaration) -> None:
    brought = assessments_of(session, after)[12]
    assert brought == assessments_of(session, before)[12]
    assert brought.rating is Rating.PARTIAL
    assert [measure.text for measure in brought.measures] == [
        "Alles messen",
        "LED in der Halle",
        "Fuhrpark prüfen",
    ]
    assert assessment_carry_over(session, before, today=date(2026, 12, 1)).overdue == 1


def test_a_year_is_begun_once_and_not_too_early(
    session: Session, before: Declaration, after: Declaration, actor: Actor
) -> None:
    with pytest.raises(YearTaken) as taken:
        begin_next_year(Work(session, actor, NOW), before)
    assert taken.value.existing is after
    ahead = begin_next_year(Work(session, actor, NOW), after)
    with pytest.raises(YearAhead):
        begin_next_year(Work(session, actor, NOW), ahead)


def test_only_who_may_edit_begins_or_takes_over(
    session: Session, before: Declaration, organisation_id: int
) -> None:
    viewer = Actor(1, {organisation_id: Role.VIEWER})
    with pytest.raises(NotPermitted):
        begin_next_year(Work(session, viewer, NOW), before)
    with pytest.raises(NotPermitted):
        take_over.take_over_all(Work(session, viewer, NOW), before)


def test_one_answer_is_taken_over_marked_and_kept_as_a_revision(
    session: Session, after: Declaration, actor: Actor
) -> None:
    section = SELECTION.section_by_ref["1"]
    assert take_over.take_over(Work(session, actor, NOW), after, section, refs=["1.1"]) == ("1.1",)
    assert content_of(session, after) == {"1.1": ("Wir haben eine Strategie.", "", 2025)}
    revision = session.scalars(select(AnswerRevision).where(AnswerRevision.declaration_id == after.id)).one()
    assert (revision.version, revision.kept_aside) == (1, False)
    event = session.scalars(select(Event).where(Event.kind == EventKind.ANSWERS_TAKEN_OVER)).one()
    assert event.detail == {"versions": {"1.1": 1}, "taken_from": 2025, "section": "1"}


def test_a_section_cannot_look_done_while_something_waits_to_be_confirmed(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    section = SELECTION.section_by_ref["1"]
    for requirement in section.all_requirements:
        save_by_ref(
            session, declaration, actor, **{f"a{requirement.ref.replace('.', '_')}": Answer(text="Das.")}
        )
    after = begin_next_year(Work(session, actor, NOW), declaration)
    take_over.take_over_all(Work(session, actor, NOW), after)
    answer_save.save_section(Work(session, actor, NOW), after, section, SectionEdit(done=True))
    assert status_of(session, after, "1") is CompletionStatus.IN_PROGRESS
    assert (after.progress or {})["1"] == "in-progress"
    sheet = declarations.read_content(session, after).sheet
    assert not completeness.section_completeness(sheet, section).gaps, "it keeps nobody from finishing"
    confirmed = take_over.confirm_taken_over(Work(session, actor, NOW), after, section)
    assert len(confirmed) == len(section.all_requirements)
    assert status_of(session, after, "1") is CompletionStatus.DONE
    assert (after.progress or {})["1"] == "answered"
    assert take_over.confirm_taken_over(Work(session, actor, NOW), after, section) == ()


def test_nobody_vouches_for_what_came_while_the_page_was_open(
    session: Session, after: Declaration, actor: Actor, colleague: Actor
) -> None:
    section = SELECTION.section_by_ref["1"]
    take_over.take_over(Work(session, actor, NOW), after, section, refs=["1.1"])
    seen = {"1.1": 1, "1.2": 0}
    take_over.take_over(Work(session, colleague, NOW), after, section)
    assert take_over.confirm_taken_over(Work(session, actor, NOW), after, section, seen=seen) == ("1.1",)
    assert content_of(session, after)["1.2"][2] == 2025


def test_saving_the_same_keeps_the_mark_and_a_changed_word_takes_it(
    session: Session, after: Declaration, actor: Actor
) -> None:
    take_over.take_over_all(Work(session, actor, NOW), after)
    save_by_ref(session, after, actor, a1_1=Answer(Disclosure.COMPLY, "Wir haben eine Strategie."))
    assert content_of(session, after)["1.1"][2] == 2025
    save_by_ref(session, after, actor, a1_1=Answer(Disclosure.COMPLY, "Wir haben noch eine Strategie."))
    assert content_of(session, after)["1.1"] == ("Wir haben noch eine Strategie.", "", None)


def test_bringing_back_another_version_takes_the_mark_too(
    session: Session, after: Declaration, actor: Actor
) -> None:
    save_by_ref(session, after, actor, a1_1=Answer(Disclosure.COMPLY, "Neu."))
    save_by_ref(session, after, actor, a1_1=Answer(Disclosure.COMPLY))
    take_over.take_over_all(Work(session, actor, NOW), after)
    requirement = SELECTION.requirements["1.1"]
    first = answer_history.revision_entries(session, after, requirement)[-1]
    answer_history.restore_revision(Work(session, actor, NOW), after, requirement, first.kind, first.id)
    assert content_of(session, after)["1.1"] == ("Neu.", "", None)


def test_what_the_other_indicator_set_does_not_ask_is_not_offered(
    session: Session, before: Declaration, after: Declaration, actor: Actor
) -> None:
    indicator = SELECTION.requirements["GRI-SRS-305-1"]
    why = SectionEdit(
        {indicator.ref: VersionedEdit(Answer(Disclosure.EXPLAIN, explanation="Keine Daten."), 0)}
    )
    section = SELECTION.section_of[indicator.ref]
    answer_save.save_section(Work(session, actor, NOW), before, section, why)
    after.indicator_set = "effas"
    session.flush()
    taken = take_over.take_over_all(Work(session, actor, NOW), after)
    assert set(taken) == {"1.1", "1.2", "12.1"}
    assert take_over.take_over_all(Work(session, actor, NOW), after) == (), "nothing twice"
    assert all(version == 1 for version in after_versions(session, after))


def after_versions(session: Session, declaration: Declaration) -> list[int]:
    return list(session.scalars(select(AnswerRow.version).where(AnswerRow.declaration_id == declaration.id)))


def test_without_a_year_before_there_is_nothing_to_take(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    assert take_over.take_over_all(Work(session, actor, NOW), declaration) == ()
    assert goal_reviews.goals_of(session, declaration) == []


def test_a_deleted_declaration_is_no_year_before(
    session: Session, before: Declaration, after: Declaration, actor: Actor
) -> None:
    offered = earlier_year.read_content_with_earlier(session, after)
    assert offered.earlier
    assert offered.earlier.answer("1.1").text == "Wir haben eine Strategie."
    before.deleted_at = NOW
    session.flush()
    assert earlier_year.previous_declaration(session, after) is None
    assert earlier_year.read_content_with_earlier(session, after).earlier is None
    assert earlier_year.read_content_with_earlier(session, after, ["1.1"]).earlier is None
    assert earlier_year.earlier_answers(session, after, SELECTION) is None
    assert take_over.take_over_all(Work(session, actor, NOW), after) == ()


def test_what_is_written_stays(session: Session, after: Declaration, actor: Actor) -> None:
    save_by_ref(session, after, actor, a1_1=Answer(Disclosure.COMPLY, "Selbst geschrieben."))
    section = SELECTION.section_by_ref["1"]
    assert take_over.take_over(Work(session, actor, NOW), after, section, refs=["1.1"]) == ()
    taken = take_over.take_over_all(Work(session, actor, NOW), after)
    assert set(taken) == {"1.2", "12.1"}
    assert content_of(session, after)["1.1"] == ("Selbst geschrieben.", "", None)


def test_an_explanation_hides_nothing_that_was_entered(
    session: Session, before: Declaration, after: Declaration, actor: Actor
) -> None:
    indicator = SELECTION.requirements["GRI-SRS-305-1"]
    section = SELECTION.section_of[indicator.ref]
    why = SectionEdit(
        {indicator.ref: VersionedEdit(Answer(Disclosure.EXPLAIN, explanation="Keine Daten."), 0)}
    )
    answer_save.save_section(Work(session, actor, NOW), before, section, why)
    point = next(item.datapoint for item in indicator.items if item.datapoint)
    entered = SectionEdit(figures={point.key: VersionedEdit(Figure(), 0)})
    answer_save.save_section(Work(session, actor, NOW), after, section, entered)
    session.add(
        FigureRow(
            organisation_id=after.organisation_id,
            year=after.reporting_year,
            datapoint=point.key,
            note="Zähler kommt im Mai.",
            version=1,
            changed_at=NOW,
        )
    )
    session.flush()
    assert take_over.take_over(Work(session, actor, NOW), after, section) == ()


def test_nothing_is_taken_over_into_what_is_frozen(
    session: Session, after: Declaration, actor: Actor
) -> None:
    after.state = State.FINISHED
    with pytest.raises(Locked):
        take_over.take_over_all(Work(session, actor, NOW), after)
    with pytest.raises(Locked):
        take_over.confirm_taken_over(Work(session, actor, NOW), after, SELECTION.section_by_ref["1"])


def test_whoever_finishes_vouches_for_what_was_taken_over(session: Session) -> None:
    stored = import_document(Work(session, SHELL, NOW), full_document(options=frozenset()))
    after = begin_next_year(Work(session, SHELL, NOW), stored)
    taken = take_over.take_over_all(Work(session, SHELL, NOW), after)
    figures = declarations.figure_rows(session, after.organisation_id, 2025)
    for key, row in figures.items():
        session.add(
            FigureRow(
                organisation_id=after.organisation_id,
                year=2026,
                datapoint=key,
                value=row.value,
                unit=row.unit,
                changed_at=NOW,
            )
        )
    for section in SELECTION.sections:
        answer_save.save_section(Work(session, SHELL, NOW), after, section, SectionEdit(done=True))
    assert after.criteria_done < 20
    assert {ref for ref, row in content_of(session, after).items() if row[2]} == set(taken)
    completion.finish(Work(session, SHELL, NOW), after)
    assert after.criteria_done == 20
    assert not any(row[2] for row in content_of(session, after).values())


TEXTS = st.text("abc \n", min_size=1, max_size=20).map(str.strip).filter(bool)
ANSWERS = st.one_of(
    st.builds(Answer, st.just(Disclosure.COMPLY), TEXTS),
    st.builds(lambda why: Answer(Disclosure.EXPLAIN, explanation=why), TEXTS),
)
REFS = [requirement.ref for requirement in SELECTION.requirements.values() if requirement.ref[0].isdigit()]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    earlier=st.dictionaries(st.sampled_from(REFS), ANSWERS, max_size=12),
    written=st.dictionaries(st.sampled_from(REFS), ANSWERS, max_size=6),
)
def test_all_that_was_said_comes_marked_and_nothing_written_goes(
    store: sessionmaker[Session], earlier: dict[str, Answer], written: dict[str, Answer]
) -> None:
    with write_session(store) as session:
        empty = full_document(options=frozenset(), earlier_years=0, with_assessments=False)
        document = type(empty)(**{**vars(empty), "answers": earlier, "figures": {}, "done": frozenset()})
        before = import_document(Work(session, SHELL, NOW), document)
        after = begin_next_year(Work(session, SHELL, NOW), before)
        for ref, answer in written.items():
            save_by_ref(session, after, SHELL, **{f"a{ref.replace('.', '_')}": answer})
        take_over.take_over_all(Work(session, SHELL, NOW), after)
        content = declarations.read_content(session, after)
        assert dict(content.sheet.answers) == {**earlier, **written}
        assert dict(content.sheet.taken) == dict.fromkeys(earlier.keys() - written.keys(), 2025)
        session.rollback()
