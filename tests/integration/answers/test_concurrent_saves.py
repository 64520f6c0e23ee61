"""Two requests at the same moment: whoever waits for the turn sees what the one before did."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Quality
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import TransitionNotAllowed
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import SHELL, Actor
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.declarations.start import change_settings
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.figures import calculator_lines, decisions
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRevision
from tests.support.machine import run_at_once

CRAFT = Path(__file__).parents[2] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

Verb = Callable[[Session, Declaration], object]


@pytest.fixture
def declaration_id(store: sessionmaker[Session]) -> int:
    with write_session(store) as session:
        made = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        session.commit()
        return made.id


def finish_by_shell(session: Session, declaration: Declaration) -> object:
    return submission.finish(Work(session, SHELL, NOW), declaration)


def save_late(session: Session, declaration: Declaration) -> object:
    section = declarations.selection_of(declaration).section_by_ref["1"]
    late = SectionEdit({"1.1": VersionedEdit(Answer(Disclosure.COMPLY, "zu spät"), 1)})
    return save_section(Work(session, SHELL, NOW), declaration, section, late)


def change_to_effas(session: Session, declaration: Declaration) -> object:
    seen = settings_of(declaration).mark
    return change_settings(
        Work(session, SHELL, NOW), declaration, DeclarationSettings("effas", "en"), seen=seen
    )


def rename(session: Session, declaration: Declaration) -> object:
    declarations.lock_organisation(session, declaration.organisation_id)
    declaration.organisation.name = "Neuer Name GmbH"
    return None


def in_turn(store: sessionmaker[Session], declaration_id: int, first: Verb, second: Verb) -> list[object]:
    """Begin `second` while `first` has not committed yet; what each gave or raised."""
    results: list[object] = [None, None]
    has_turn, is_waiting = threading.Event(), threading.Event()

    def run(position: int, verb: Verb) -> None:
        # On SQLite the second one waits at its very beginning, on PostgreSQL with the rows in its hands.
        with write_session(store) as session:
            try:
                if position:
                    has_turn.wait(60)
                    is_waiting.set()
                declaration = declarations.by_id(session, declaration_id)
                assert declaration is not None
                results[position] = verb(session, declaration)
                if not position:
                    session.flush()
                    has_turn.set()
                    is_waiting.wait(60)
                    threading.Event().wait(0.5)
                session.commit()
            except Exception as error:  # noqa: BLE001  whatever was raised is the result
                results[position] = error
                session.rollback()
                has_turn.set()

    run_at_once(partial(run, *turn) for turn in enumerate((first, second)))
    return results


def test_a_save_that_waited_for_the_finish_is_refused(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    _, late = in_turn(store, declaration_id, finish_by_shell, save_late)
    assert isinstance(late, Locked)
    with store() as session:
        assert declarations.snapshot(session, declaration_id, 1).content == CRAFT.read_bytes()  # type: ignore[union-attr]
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        assert declarations.read_content(session, declaration).sheet.answer("1.1").text != "zu spät"


def test_a_finish_that_waited_for_a_save_freezes_it(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    in_turn(store, declaration_id, save_late, finish_by_shell)
    with store() as session:
        snapshot = declarations.snapshot(session, declaration_id, 1)
        assert snapshot is not None
        assert "zu spät" in snapshot.content.decode()


def test_settings_that_waited_for_the_finish_are_refused(
    store: sessionmaker[Session], declaration_id: int
) -> None:
    _, late = in_turn(store, declaration_id, finish_by_shell, change_to_effas)
    assert isinstance(late, Locked)


def test_a_finish_that_waited_freezes_the_new_name(store: sessionmaker[Session], declaration_id: int) -> None:
    in_turn(store, declaration_id, rename, finish_by_shell)
    with store() as session:
        snapshot = declarations.snapshot(session, declaration_id, 1)
        assert snapshot is not None
        assert "Neuer Name GmbH" in snapshot.content.decode()


def test_of_two_finishes_one_wins(store: sessionmaker[Session], declaration_id: int) -> None:
    first, second = in_turn(store, declaration_id, finish_by_shell, finish_by_shell)
    assert not isinstance(first, Exception)
    assert isinstance(second, TransitionNotAllowed)


POWER = load_calculators()["energy"].activity("electricity")


def power(kilowatt_hours: int) -> CalculatorLine:
    """A bill with a factor that a newer edition has replaced."""
    assert POWER is not None
    bare = CalculatorLine(
        0, "energy", "electricity", quantities={"quantity": Quantity(Decimal(kilowatt_hours), "kWh")}
    )
    line = with_proposed_factors(bare, POWER, load_factors(), 2025)
    used = line.factors["location"]
    assert used is not None
    stale = replace(used, value=Decimal("0.363"), edition="uba-electricity-13-2025")
    return replace(line, factors={**line.factors, "location": stale})


@pytest.fixture
def line_id(store: sessionmaker[Session], declaration_id: int) -> int:
    with write_session(store) as session:
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        saved = calculator_lines.save_line(Work(session, SHELL, NOW), declaration, power(100), seen=0)
        session.commit()
        return saved.stored.line.id


def test_newer_factors_leave_what_a_colleague_changed_a_moment_before(
    store: sessionmaker[Session], declaration_id: int, line_id: int
) -> None:
    def change_line(session: Session, declaration: Declaration) -> object:
        line = replace(power(200), id=line_id)
        return calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=1)

    def take_newer(session: Session, declaration: Declaration) -> object:
        offers = {line_id: ["location"]}
        return decisions.take_newer_factors(Work(session, SHELL, NOW), declaration, load_factors(), offers)

    in_turn(store, declaration_id, change_line, take_newer)
    with store() as session:
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        (stored,) = calculator_lines.lines_of(session, declaration)
        assert stored.line.quantities["quantity"].value == 200
        used = stored.line.factors["location"]
        assert used is not None
        assert used.value == Decimal("0.352")
        assert stored.version == 3


def test_a_removal_that_waited_keeps_what_was_there(
    store: sessionmaker[Session], declaration_id: int, line_id: int
) -> None:
    def change_line(session: Session, declaration: Declaration) -> object:
        line = replace(power(200), id=line_id)
        return calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=1)

    def remove(session: Session, declaration: Declaration) -> object:
        return calculator_lines.remove_line(Work(session, SHELL, NOW), declaration, line_id)

    in_turn(store, declaration_id, change_line, remove)
    with store() as session:
        kept = session.scalars(select(LineRevision).order_by(LineRevision.id)).all()
        assert [revision.version for revision in kept] == [1, 2, 3]
        assert kept[-1].content["quantities"]["quantity"]["value"] == "200"


def test_figures_follow_the_lines_of_both_who_save_at_once(
    store: sessionmaker[Session], fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]]
) -> None:
    declaration_id, _people = fresh_declaration()

    def add(session: Session, declaration: Declaration) -> object:
        return calculator_lines.save_line(Work(session, SHELL, NOW), declaration, power(300), seen=0)

    def enter(session: Session, declaration: Declaration) -> object:
        people = Figure(Decimal(10), "persons", Quality.MEASURED)
        key, seen = "workforce.headcount", declarations.read_content(session, declaration)
        return figure_save.save_figure(
            Work(session, SHELL, NOW), declaration, key, people, seen=seen.figure_version(key)
        )

    for first, second in ((add, add), (add, enter)):
        results = in_turn(store, declaration_id, first, second)
        assert not any(isinstance(outcome, Exception) for outcome in results), results
    with store() as session:
        declaration = declarations.by_id(session, declaration_id)
        assert declaration is not None
        rows = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
        known = {key: declarations.figure_of(row) for key, row in rows.items()}
        calculation = calculator_lines.calculation_of(
            declaration, calculator_lines.lines_of(session, declaration), known
        )
        followed = {key for key, figure in known.items() if figure.origin is Origin.LINES}
        assert "energy.intensity.headcount" in followed
        for key in followed:
            assert known[key].value == calculation.results[key].value.value
        assert len(calculator_lines.lines_of(session, declaration)) == 3
