"""Lines of calculators: figures follow them, hands go before, nothing is lost, a finished report stays."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.calculators import Basis, CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import calculator_lines as calculators
from dnk_tool.services.figures import decisions
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.calculator_lines import LineSaveOutcome, lines_beside_calculator
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import LineRevision
from tests.integration.figures.stored_figures import stored_figure

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
YEAR = 2025


def line(
    kind: str, amount: str, unit: str, *, calculator: str = "energy", factors: Factors | None = None
) -> CalculatorLine:
    """A line with the proposed factors."""
    activity = load_calculators()[calculator].activity(kind)
    assert activity
    bare = CalculatorLine(0, calculator, kind, quantities={"quantity": Quantity(Decimal(amount), unit)})
    return with_proposed_factors(bare, activity, factors or load_factors(), YEAR)


def save(
    session: Session, declaration: Declaration, actor: Actor, given: CalculatorLine, *, seen: int = 0
) -> LineSaveOutcome:
    outcome = calculators.save_line(Work(session, actor, NOW), declaration, given, seen=seen)
    session.flush()
    return outcome


def test_four_bills_become_energy_scope_1_and_scope_2(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    for bill in (
        line("natural-gas", "86400", "kWh-hs"),
        line("heating-oil", "1000", "l"),
        line("diesel", "3120", "l"),
        line("electricity", "41250", "kWh"),
    ):
        save(session, declaration, actor, bill)
    emissions = {
        key: stored_figure(session, declaration, key) for key in ("ghg.scope1.gross", "ghg.scope2.location")
    }
    assert all(
        emission.origin is Origin.LINES and emission.quality is Quality.CALCULATED
        for emission in emissions.values()
    )
    # EBeV 2030: 0.903 x 3.6 x 0.0558 for gas (Hs), 2.676284 kg a litre for heating oil and diesel alike.
    kilograms = Decimal("86400") * Decimal("0.18139464") + Decimal("4120") * Decimal("2.676284")
    scope1, scope2 = emissions["ghg.scope1.gross"], emissions["ghg.scope2.location"]
    assert scope1.value == round(kilograms / 1000, 6)
    assert scope2.value == Decimal("41250") * Decimal("0.352") / 1000
    # Both indicator sets read the same rows.
    total = stored_figure(session, declaration, "energy.total")
    assert total.origin is Origin.LINES


def test_what_somebody_entered_stays_until_they_take_the_result(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    entered = Figure(Decimal(12), "t-co2e", Quality.MEASURED)
    figure_save.save_figure(Work(session, actor, NOW), declaration, "ghg.scope2.location", entered, seen=0)
    outcome = save(session, declaration, actor, line("electricity", "1000", "kWh"))
    assert "ghg.scope2.location" in outcome.calculated.differing
    assert stored_figure(session, declaration, "ghg.scope2.location") == entered
    lines = calculators.lines_of(session, declaration)
    result = calculators.calculation_of(declaration, lines, {}).results["ghg.scope2.location"].figure
    figure_save.adopt_calculated(
        Work(session, actor, NOW), declaration, "ghg.scope2.location", result, seen=1
    )
    taken = stored_figure(session, declaration, "ghg.scope2.location")
    assert (taken.value, taken.origin) == (Decimal("0.352"), Origin.LINES)
    save(session, declaration, actor, line("electricity", "1000", "kWh"))
    followed = stored_figure(session, declaration, "ghg.scope2.location")
    assert followed.value == Decimal("0.704")


def test_a_save_of_a_page_tells_the_figures_after_the_recalculation(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save(session, declaration, actor, line("electricity", "1000", "kWh"))
    section = declarations.selection_of(declaration).section_by_ref["12"]
    fuels = VersionedEdit(Figure(Decimal(500), "kWh", Quality.MEASURED), 0, is_whole=False)
    edit = SectionEdit(figures={"energy.fuels.non-renewable": fuels})
    outcome = save_section(Work(session, actor, NOW), declaration, section, edit)
    assert outcome.sheet.figures["energy.total"].value == Decimal(1500)
    assert outcome.sheet.figures == declarations.read_content(session, declaration).sheet.figures


def test_intensities_follow_what_is_entered_by_hand(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """Energy for each employee: once the heads are entered, and again when they change."""
    save(session, declaration, actor, line("electricity", "41250", "kWh"))
    for seen, (heads, expected) in enumerate((("10", "4125"), ("50", "825"))):
        people = Figure(Decimal(heads), "persons", Quality.MEASURED)
        figure_save.save_figure(
            Work(session, actor, NOW), declaration, "workforce.headcount", people, seen=seen
        )
        session.flush()
        intensity = stored_figure(session, declaration, "energy.intensity.headcount")
        assert (intensity.value, intensity.origin) == (Decimal(expected), Origin.LINES)
    nobody = Figure(quality=Quality.NOT_AVAILABLE, note="wird nicht erfasst")
    figure_save.save_figure(Work(session, actor, NOW), declaration, "workforce.headcount", nobody, seen=2)
    session.flush()
    gone = stored_figure(session, declaration, "energy.intensity.headcount")
    assert gone is not NO_FIGURE
    assert gone.value is None, "no value is not zero"


def test_intensities_follow_a_criterion_page_too_and_leave_its_versions(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """The page that saves by itself must not learn of a result that it does not show."""
    save(session, declaration, actor, line("electricity", "41250", "kWh"))
    save(session, declaration, actor, line("natural-gas", "1000", "kWh-hi"))
    selection = declarations.selection_of(declaration)
    section = selection.section_of[selection.asked_by["energy.electricity.consumption"][0].ref]
    entered = SectionEdit(
        figures={
            "energy.electricity.consumption": VersionedEdit(Figure(Decimal(50), "MWh"), 1, is_whole=False)
        }
    )
    outcome = save_section(Work(session, actor, NOW), declaration, section, entered)
    assert outcome.versions.keys() == {"energy.electricity.consumption"}
    total = stored_figure(session, declaration, "energy.total")
    assert (total.value, total.unit, total.origin) == (Decimal(51_000), "kWh", Origin.LINES)


def test_a_result_that_is_taken_is_the_one_of_today(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    entered = Figure(Decimal(12), "t-co2e", Quality.MEASURED)
    figure_save.save_figure(Work(session, actor, NOW), declaration, "ghg.scope2.location", entered, seen=0)
    save(session, declaration, actor, line("electricity", "1000", "kWh"))
    saved = calculators.adopt_result(Work(session, actor, NOW), declaration, "ghg.scope2.location", seen=1)
    assert saved
    assert not saved.conflicts
    scope2 = stored_figure(session, declaration, "ghg.scope2.location")
    assert (scope2.value, scope2.origin) == (Decimal("0.352"), Origin.LINES)
    assert (
        calculators.adopt_result(Work(session, actor, NOW), declaration, "water.consumption", seen=0) is None
    )


def test_not_available_is_never_overwritten(session: Session, declaration: Declaration, actor: Actor) -> None:
    said = Figure(quality=Quality.NOT_AVAILABLE, note="Der Vermieter rechnet pauschal ab.")
    figure_save.save_figure(Work(session, actor, NOW), declaration, "ghg.scope2.location", said, seen=0)
    outcome = save(session, declaration, actor, line("electricity", "1000", "kWh"))
    assert stored_figure(session, declaration, "ghg.scope2.location") == said
    assert "ghg.scope2.location" in outcome.calculated.differing


def test_a_removed_line_empties_its_figure_and_can_come_back(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    stored = save(session, declaration, actor, line("diesel", "100", "l")).stored
    calculators.remove_line(Work(session, actor, NOW), declaration, stored.line.id)
    gone = stored_figure(session, declaration, "ghg.scope1.gross")
    assert gone is not NO_FIGURE
    assert (gone.value, gone.quality) == (None, None), "no value is not zero"
    removed = lines_beside_calculator(session, declaration, "energy").removed
    assert [line.line.id for line in removed] == [stored.line.id]
    calculators.restore_line(Work(session, actor, NOW), declaration, stored.line.id)
    back = stored_figure(session, declaration, "ghg.scope1.gross")
    assert back.value == Decimal("0.267628")


def test_two_people_on_one_line_lose_nothing(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    stored = save(session, declaration, actor, line("diesel", "100", "l")).stored
    theirs = replace(stored.line, quantities={"quantity": Quantity(Decimal(200), "l")})
    save(session, declaration, colleague, theirs, seen=stored.version)
    mine = replace(stored.line, quantities={"quantity": Quantity(Decimal(300), "l")})
    outcome = save(session, declaration, actor, mine, seen=stored.version)
    assert outcome.theirs
    assert outcome.theirs.line.quantities["quantity"].value == 200
    assert calculators.lines_of(session, declaration)[0].line.quantities["quantity"].value == 200
    kept = session.scalars(select(LineRevision).where(LineRevision.kept_aside)).one()
    assert kept.content["quantities"]["quantity"]["value"] == "300"
    again = save(session, declaration, actor, mine, seen=outcome.theirs.version)
    assert again.theirs is None
    assert again.stored.line.quantities["quantity"].value == 300


def test_of_a_form_that_exists_once_two_people_begin_one(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    """Two lines would have no pay gap at all: means cannot be added."""

    def pay(women: int) -> CalculatorLine:
        quantities = {
            "men": Quantity(Decimal(20), "eur-per-h"),
            "women": Quantity(Decimal(women), "eur-per-h"),
        }
        return CalculatorLine(0, "pay-gap", "pay-gap", quantities=quantities)

    first = save(session, declaration, actor, pay(18))
    second = save(session, declaration, colleague, pay(16))
    assert second.theirs
    assert second.theirs.line == first.stored.line
    assert len(calculators.lines_of(session, declaration)) == 1


def test_a_colleague_who_saves_a_line_that_was_removed_is_told(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    stored = save(session, declaration, actor, line("diesel", "100", "l")).stored
    calculators.remove_line(Work(session, colleague, NOW), declaration, stored.line.id)
    mine = replace(stored.line, quantities={"quantity": Quantity(Decimal(300), "l")})
    outcome = save(session, declaration, actor, mine, seen=stored.version)
    assert outcome.theirs
    assert outcome.is_gone
    assert calculators.lines_of(session, declaration) == ()
    save(session, declaration, actor, mine, seen=outcome.theirs.version)
    assert len(calculators.lines_of(session, declaration)) == 1, "saving once more brings it back"


def test_a_line_keeps_its_factor_until_a_newer_one_is_taken(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    older = line("electricity", "1000", "kWh")
    used = older.factors["location"]
    assert used
    stale = replace(used, value=Decimal("0.363"), edition="uba-electricity-13-2025")
    kept = replace(older, factors={**older.factors, "location": stale})
    stored = save(session, declaration, actor, kept).stored
    before = stored_figure(session, declaration, "ghg.scope2.location")
    assert before.value == Decimal("0.363")
    decisions.take_newer_factors(
        Work(session, actor, NOW), declaration, load_factors(), {stored.line.id: ["location"]}
    )
    after = stored_figure(session, declaration, "ghg.scope2.location")
    assert after.value == Decimal("0.352")


def test_a_finished_report_never_changes(session: Session, declaration: Declaration, actor: Actor) -> None:
    save(session, declaration, actor, line("diesel", "100", "l"))
    document = live_document(session, declaration)
    (recorded,) = document.annex.calculations
    assert {step.datapoint for step in recorded.steps} >= {"energy.fuels.non-renewable", "ghg.scope1.gross"}
    factors = [step.factor for step in recorded.steps if step.factor]
    assert all(factor.source and factor.edition for factor in factors)
    frozen = fingerprint(canonical_json(document))
    declaration.state = State.FINISHED
    with pytest.raises(Locked):
        save(session, declaration, actor, line("diesel", "100", "l"))
    with pytest.raises(Locked):
        calculators.remove_line(Work(session, actor, NOW), declaration, 1)
    assert fingerprint(canonical_json(live_document(session, declaration))) == frozen


def test_a_tiny_quantity_keeps_no_declaration_from_being_handed_in(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """So many joules are a number of kilowatt-hours without end, and a share of it has even more digits."""
    heat, share = line("district-heat", "0.0000000007", "MJ"), Quantity(Decimal("0.0000000007"), "percent")
    save(session, declaration, actor, replace(heat, quantities={**heat.quantities, "renewable-share": share}))
    document = live_document(session, declaration)
    assert document.annex.calculations[0].steps
    assert canonical_json(read_document(canonical_json(document))) == canonical_json(document)


def test_strangers_reach_no_line(session: Session, declaration: Declaration, actor: Actor) -> None:
    stored = save(session, declaration, actor, line("diesel", "100", "l")).stored
    with pytest.raises(NotPermitted):
        save(session, declaration, Actor(999), line("diesel", "100", "l"))
    with pytest.raises(LookupError):
        save(session, declaration, actor, replace(stored.line, id=stored.line.id + 1000), seen=1)


def test_each_change_leaves_one_event_without_the_company_s_words(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    given = replace(line("diesel", "100", "l"), label="Tankkarte von Frau Meier")
    stored = save(session, declaration, actor, given).stored
    save(session, declaration, actor, stored.line, seen=stored.version)  # nothing changed
    calculators.remove_line(Work(session, actor, NOW), declaration, stored.line.id)
    calculators.restore_line(Work(session, actor, NOW), declaration, stored.line.id)
    kinds = [EventKind.LINE_SAVED, EventKind.LINE_REMOVED, EventKind.LINE_RESTORED]
    events = session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)).all()
    assert [event.kind for event in events] == kinds
    assert all("Meier" not in str(event.detail) for event in events)


def test_an_estimated_line_makes_an_estimated_figure(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save(session, declaration, actor, replace(line("diesel", "100", "l"), basis=Basis.ESTIMATE))
    scope1 = stored_figure(session, declaration, "ghg.scope1.gross")
    assert scope1.quality is Quality.ESTIMATED


def test_lines_are_read_in_one_statement_however_many(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save(session, declaration, actor, line("diesel", "100", "l"))
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, YEAR)
    assert len(rows) == 1
    assert rows[0].calculator == "energy"
    assert calculator_lines.rows_of_year(session, declaration.organisation_id, YEAR - 1) == []
