"""Figures by hand and by lines: nobody's words are lost, and no result takes the place of a word."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.services.answers import history as answer_history
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome, save_section
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.recalculate import RecalculationOutcome
from dnk_tool.services.figures.save import FigureSaveOutcome
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from tests.integration.figures.stored_figures import POWER, stored_figure

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
GAS, SCOPE1 = "energy.fuels.non-renewable", "ghg.scope1.gross"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here is the same in every database."""
    return sqlite_url


def kwh(value: str, quality: Quality | None = Quality.MEASURED, **more: Any) -> Figure:
    return Figure(Decimal(value), "kWh", quality, **more)


def of_lines(value: str) -> Figure:
    return kwh(value, Quality.CALCULATED, origin=Origin.LINES)


def save_power(
    session: Session, declaration: Declaration, actor: Actor, given: Figure, seen: int = 0
) -> FigureSaveOutcome:
    saved = figure_save.save_figure(Work(session, actor, NOW), declaration, POWER, given, seen=seen)
    session.flush()
    return saved


def calculate(
    session: Session, declaration: Declaration, actor: Actor, results: dict[str, Figure]
) -> RecalculationOutcome:
    outcome = recalculation.write_results(AnswerWriter(session, declaration, actor.user_id, NOW), results)
    session.flush()
    return outcome


def on_page(
    session: Session, declaration: Declaration, actor: Actor, figure: Figure, seen: int
) -> SectionSaveOutcome:
    """Save the figure as a criterion page does, which shows value, unit, quality and note."""
    selection = declarations.selection_of(declaration)
    section = selection.section_of[selection.asked_by[POWER][0].ref]
    submission = SectionEdit(figures={POWER: VersionedEdit(figure, seen, is_whole=False)})
    outcome = save_section(Work(session, actor, NOW), declaration, section, submission)
    session.flush()
    return outcome


def events(session: Session) -> list[EventKind]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))[1:]


def test_a_figure_is_kept_whole_and_leaves_one_event(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    given = kwh("1234.5", source="Rechnung 12", responsible="Petra", note="ohne Halle 2")
    assert save_power(session, declaration, actor, given).versions == {POWER: 1}
    assert stored_figure(session, declaration) == given
    assert events(session)[-1] is EventKind.FIGURE_SAVED
    assert declaration.progress is not None


def test_of_two_people_both_values_stay(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100"))
    saved = save_power(session, declaration, colleague, kwh("200", source="Zähler"))
    (collision,) = saved.conflicts
    assert (collision.mine, collision.theirs) == (kwh("200", source="Zähler"), kwh("100"))
    assert stored_figure(session, declaration) == kwh("100")
    revisions = history.figure_revisions(session, declaration.organisation_id, 2025, [POWER])
    assert [revision.kept_aside for revision in revisions] == [True, False]


def test_a_criterion_page_keeps_what_it_does_not_show(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100", source="Rechnung", responsible="Petra"))
    on_page(session, declaration, actor, kwh("120", note="neu"), seen=1)
    assert stored_figure(session, declaration) == kwh(
        "120", note="neu", source="Rechnung", responsible="Petra"
    )


def test_a_new_source_does_not_stop_a_new_value(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100"))
    save_power(session, declaration, actor, kwh("100", source="Rechnung"), seen=1)
    outcome = on_page(session, declaration, colleague, kwh("120"), seen=1)
    assert not outcome.conflicts
    assert stored_figure(session, declaration) == kwh("120", source="Rechnung")


def test_two_values_collide_also_through_a_criterion_page(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100", source="Rechnung"))
    save_power(session, declaration, actor, kwh("110", source="Rechnung"), seen=1)
    outcome = on_page(session, declaration, colleague, kwh("120"), seen=1)
    (collision,) = outcome.conflicts
    assert collision.mine == kwh("120", source="Rechnung"), "with what the page did not show"


@pytest.mark.parametrize("seen", [0, 1])
def test_saving_untouched_leaves_a_result_a_result(
    session: Session, declaration: Declaration, actor: Actor, seen: int
) -> None:
    calculate(session, declaration, actor, {POWER: of_lines("500")})
    on_page(session, declaration, actor, kwh("500", Quality.CALCULATED), seen=seen)
    assert stored_figure(session, declaration) == of_lines("500")
    on_page(session, declaration, actor, kwh("500", Quality.CALCULATED, note="mit Halle 2"), seen=1)
    assert stored_figure(session, declaration).origin is Origin.LINES


@pytest.mark.parametrize("changed", [kwh("501", Quality.CALCULATED), kwh("500", Quality.MEASURED), NO_FIGURE])
def test_a_changed_result_is_somebodys_word(
    session: Session, declaration: Declaration, actor: Actor, changed: Figure
) -> None:
    calculate(session, declaration, actor, {POWER: of_lines("500")})
    on_page(session, declaration, actor, changed, seen=1)
    assert stored_figure(session, declaration).origin is Origin.ENTERED


def test_results_fill_what_is_empty_and_follow_the_lines(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_power(session, declaration, actor, Figure(note="folgt", responsible="Petra"))
    outcome = calculate(session, declaration, actor, {POWER: of_lines("500"), GAS: of_lines("7")})
    assert outcome.written == (POWER, GAS)
    assert stored_figure(session, declaration) == kwh(
        "500", Quality.CALCULATED, note="folgt", responsible="Petra", origin=Origin.LINES
    )
    assert calculate(session, declaration, actor, {POWER: of_lines("500"), GAS: of_lines("7")}) == (
        (),
        (),
        (),
    )
    assert calculate(session, declaration, actor, {POWER: of_lines("600")}).written == (POWER, GAS)
    assert stored_figure(session, declaration).value == 600
    assert stored_figure(session, declaration, GAS) == NO_FIGURE, "its lines are gone"


def test_what_somebody_entered_is_left_and_named(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100"))
    outcome = calculate(session, declaration, actor, {POWER: of_lines("500")})
    assert (outcome.written, outcome.differing) == ((), (POWER,))
    assert stored_figure(session, declaration) == kwh("100")
    same = calculate(session, declaration, actor, {POWER: Figure(Decimal("0.1"), "MWh", origin=Origin.LINES)})
    assert same == ((), (), ()), "100 kWh are 0.1 MWh"


def test_not_available_is_a_word_too(session: Session, declaration: Declaration, actor: Actor) -> None:
    missing = Figure(quality=Quality.NOT_AVAILABLE, note="Der Vermieter rechnet nicht ab.")
    save_power(session, declaration, actor, missing)
    assert calculate(session, declaration, actor, {POWER: of_lines("500")}).differing == (POWER,)
    assert stored_figure(session, declaration) == missing


def test_a_result_is_taken_over_on_demand(session: Session, declaration: Declaration, actor: Actor) -> None:
    save_power(session, declaration, actor, kwh("100", source="Schätzung"))
    figure_save.adopt_calculated(Work(session, actor, NOW), declaration, POWER, of_lines("500"), seen=1)
    session.flush()
    assert stored_figure(session, declaration) == kwh(
        "500", Quality.CALCULATED, source="Schätzung", origin=Origin.LINES
    )
    saved = figure_save.adopt_calculated(
        Work(session, actor, NOW), declaration, POWER, of_lines("600"), seen=1
    )
    assert saved.conflicts, "somebody was faster"


def test_frozen_figures_stay(session: Session, declaration: Declaration, actor: Actor) -> None:
    declaration.state = State.SUBMITTED
    session.flush()
    with pytest.raises(Locked):
        save_power(session, declaration, actor, kwh("100"))
    assert calculate(session, declaration, actor, {POWER: of_lines("500")}).locked == (POWER,)
    assert stored_figure(session, declaration) == NO_FIGURE


def test_who_may_not_edit_may_not_save(session: Session, declaration: Declaration) -> None:
    for role in (Role.VIEWER, Role.CONTRIBUTOR):
        outsider = Actor(
            2, {declaration.organisation_id: role}, {declaration.organisation_id: frozenset("1")}
        )
        with pytest.raises(NotPermitted):
            save_power(session, declaration, outsider, kwh("100"))
    with pytest.raises(NotPermitted):
        save_power(session, declaration, Actor(2), kwh("100"))


def test_a_contributor_saves_figures_of_their_sections(session: Session, declaration: Declaration) -> None:
    selection = declarations.selection_of(declaration)
    section = selection.section_of[selection.asked_by[POWER][0].ref].ref
    company = declaration.organisation_id
    helper = Actor(2, {company: Role.CONTRIBUTOR}, {company: frozenset({section})})
    save_power(session, declaration, helper, kwh("100"))
    with pytest.raises(NotPermitted):
        figure_save.save_figure(
            Work(session, helper, NOW), declaration, SCOPE1, Figure(Decimal(1), "t-co2e"), seen=0
        )


def test_unknown_figures_are_refused(session: Session, declaration: Declaration, actor: Actor) -> None:
    with pytest.raises(LookupError):
        figure_save.save_figure(Work(session, actor, NOW), declaration, "no.such", kwh("1"), seen=0)
    assert not session.scalars(select(FigureRow)).all()


def test_a_figure_that_nobody_asks_for_is_open_with_the_declaration(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    catalogue = declarations.selection_of(declaration).catalogue
    other = next(
        key for key in catalogue.datapoints if key not in declarations.selection_of(declaration).datapoints
    )
    unit = catalogue.datapoints[other].default_unit
    given = Figure(Decimal(3), unit)
    figure_save.save_figure(Work(session, actor, NOW), declaration, other, given, seen=0)
    assert stored_figure(session, declaration, other) == given
    declaration.state = State.CHANGES_REQUESTED
    session.flush()
    with pytest.raises(Locked):
        figure_save.save_figure(Work(session, actor, NOW), declaration, other, NO_FIGURE, seen=1)


def test_an_earlier_version_comes_back_with_its_source(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_power(session, declaration, actor, kwh("100", source="Rechnung A"))
    save_power(session, declaration, actor, kwh("200", source="Rechnung B", responsible="Petra"), seen=1)
    oldest = history.figure_revisions(session, declaration.organisation_id, 2025, [POWER])[-1]
    figure_save.restore_figure(Work(session, actor, NOW), declaration, POWER, oldest.id)
    session.flush()
    assert stored_figure(session, declaration) == kwh("100", source="Rechnung A", responsible="Petra")
    assert events(session)[-1] is EventKind.ANSWER_RESTORED
    with pytest.raises(LookupError):
        figure_save.restore_figure(Work(session, actor, NOW), declaration, GAS, oldest.id)


def test_the_history_of_a_criterion_brings_a_figure_back_the_same_way(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    calculate(session, declaration, actor, {POWER: of_lines("500")})
    save_power(session, declaration, actor, kwh("200", source="Rechnung B", responsible="Petra"), seen=1)
    requirement = declarations.selection_of(declaration).asked_by[POWER][0]
    oldest = answer_history.revision_entries(session, declaration, requirement)[-1]
    answer_history.restore_revision(
        Work(session, actor, NOW), declaration, requirement, oldest.kind, oldest.id
    )
    session.flush()
    expected = kwh("500", Quality.CALCULATED, responsible="Petra")
    assert stored_figure(session, declaration) == expected, "brought back by hand, it follows no lines"
