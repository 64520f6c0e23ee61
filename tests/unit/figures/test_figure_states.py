"""What a change makes of a figure, and how far a figure is."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import NO_FIGURE, Answer, Disclosure, Figure, Origin, Quality, Sheet
from dnk_tool.domain.figures.states import UNFINISHED_STATES, FigureState, figure_state
from dnk_tool.domain.figures.updates import (
    calculated_figure,
    entered_by_hand,
    is_same_amount,
    restored_figure,
    with_hidden_fields,
    without_value,
)

SELECTION = selection_for("dnk-2017", "gri")
POINTS = SELECTION.catalogue.datapoints
POWER = POINTS["energy.electricity.consumption"]
BASE = Figure(Decimal(500), "kWh", Quality.CALCULATED, "Notiz", "Rechnung", "Petra", Origin.LINES)


@pytest.mark.parametrize(
    ("changed", "origin"),
    [
        ({}, Origin.LINES),
        ({"note": "anders"}, Origin.LINES),
        ({"source": "anders", "responsible": ""}, Origin.LINES),
        ({"value": Decimal("500.0")}, Origin.LINES),
        ({"value": Decimal(501)}, Origin.ENTERED),
        ({"unit": "MWh"}, Origin.ENTERED),
        ({"quality": Quality.MEASURED}, Origin.ENTERED),
        ({"value": None, "unit": ""}, Origin.ENTERED),
    ],
)
def test_a_result_stays_one_until_its_value_changes(changed: dict[str, object], origin: Origin) -> None:
    given = replace(BASE, origin=Origin.ENTERED, **changed)  # type: ignore[arg-type]
    assert entered_by_hand(given, BASE).origin is origin


def test_what_a_page_does_not_show_stays() -> None:
    shown = Figure(Decimal(1), "kWh", Quality.MEASURED, "neu")
    assert with_hidden_fields(shown, BASE) == replace(shown, source="Rechnung", responsible="Petra")


def test_results_leave_the_words_and_take_the_value() -> None:
    given = Figure(Decimal(7), "kWh", Quality.CALCULATED)
    assert calculated_figure(given, BASE, Origin.SITES) == replace(
        BASE, value=Decimal(7), origin=Origin.SITES
    )
    assert without_value(BASE) == Figure(note="Notiz", source="Rechnung", responsible="Petra")


def test_a_source_returns_only_with_its_value() -> None:
    other = Figure(Decimal(9), "kWh")
    assert restored_figure(other, BASE) == replace(other, responsible="Petra")
    same = Figure(Decimal(500), "kWh")
    assert restored_figure(same, BASE) == replace(same, source="Rechnung", responsible="Petra")


def test_amounts_are_compared_across_units() -> None:
    half = Figure(Decimal("0.5"), "MWh")
    assert is_same_amount(BASE, half, POWER.family)
    assert not is_same_amount(BASE, Figure(Decimal(0), "kWh"), POWER.family)
    assert not is_same_amount(NO_FIGURE, Figure(Decimal(0), "kWh"), POWER.family), "no value is not zero"
    assert is_same_amount(NO_FIGURE, Figure(quality=Quality.NOT_AVAILABLE), POWER.family)


def state(figure: Figure = NO_FIGURE, **answers: Answer) -> FigureState:
    asked = {
        requirement.ref: Answer(Disclosure.EXPLAIN, explanation="x")
        for requirement in SELECTION.asked_by[POWER.key]
    }
    return figure_state(Sheet(SELECTION, asked if answers else {}, {POWER.key: figure}), POWER)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (NO_FIGURE, FigureState.OPEN),
        (Figure(source="Rechnung"), FigureState.BEGUN),
        (Figure(quality=Quality.MEASURED), FigureState.BEGUN),
        (Figure(quality=Quality.NOT_AVAILABLE), FigureState.BEGUN),
        (
            Figure(quality=Quality.NOT_AVAILABLE, note="Der Vermieter rechnet nicht ab."),
            FigureState.NOT_AVAILABLE,
        ),
        (Figure(Decimal(0), "kWh"), FigureState.ENTERED),
        (BASE, FigureState.FROM_LINES),
        (replace(BASE, origin=Origin.SITES), FigureState.FROM_SITES),
    ],
)
def test_how_far_a_figure_is(figure: Figure, expected: FigureState) -> None:
    assert state(figure) is expected
    assert (expected in UNFINISHED_STATES) == (expected in (FigureState.OPEN, FigureState.BEGUN))


def test_an_explained_indicator_explains_its_figures_unless_there_is_a_value() -> None:
    explained = Answer(Disclosure.EXPLAIN)
    assert state(explained=explained) is FigureState.EXPLAINED
    assert state(Figure(Decimal(1), "kWh"), explained=explained) is FigureState.ENTERED


def test_what_follows_from_others_is_finished() -> None:
    point = next(point for key, point in POINTS.items() if point.computed and key in SELECTION.datapoints)
    assert point.computed is not None
    parts = {
        key: Figure(Decimal(1), POINTS[key].default_unit)
        for key in (*point.computed.plus, *point.computed.minus)
    }
    assert figure_state(Sheet(SELECTION, figures=parts), point) is FigureState.FOLLOWS
