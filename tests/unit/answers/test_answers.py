"""Answers and figures: what counts as said, and figures that follow from others."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue, selection_for
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import (
    NO_FIGURE,
    Answer,
    Disclosure,
    Figure,
    Quality,
    Sheet,
    computed_figure,
)
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import in_base

quick = settings(max_examples=60, deadline=None, database=None)

POINTS = load_catalogue("dnk-2017").datapoints
COMPUTED = [point for point in POINTS.values() if point.computed]
TOTAL, RETAINED = POINTS["ghg.total"], POINTS["economy.value-retained"]
PARTS = {
    "ghg.scope1.gross": Figure(Decimal("0"), "t-co2e"),
    "ghg.scope2.location": Figure(Decimal("8.35"), "t-co2e"),
    "ghg.scope3.gross": Figure(Decimal("12680"), "kg-co2e"),
}


@pytest.mark.parametrize(
    ("answer", "is_empty"),
    [
        (Answer(), True),
        (Answer(Disclosure.COMPLY), True),
        (Answer(Disclosure.EXPLAIN), False),
        (Answer(text="Ja"), False),
        (Answer(explanation="Weil"), False),
        (Answer(reason="planned"), False),
        (Answer(value="no"), False),
        (Answer(value=2023), False),
        (Answer(value=()), True),
        (Answer(value=Rows(())), True),
        (Answer(value=Rows(({},))), False),
    ],
)
def test_saying_that_one_reports_says_nothing_yet(answer: Answer, is_empty: bool) -> None:
    assert answer.is_empty is is_empty


@pytest.mark.parametrize(
    ("figure", "is_empty", "is_stated"),
    [
        (Figure(), True, False),
        (Figure(unit="kWh"), True, False),
        (Figure(note="kommt im März"), False, False),
        (Figure(quality=Quality.MEASURED), False, False),
        (Figure(quality=Quality.NOT_AVAILABLE), False, True),
        (Figure(Decimal(0), "kWh"), False, True),
        (Figure(Decimal("-1"), "kWh", Quality.ESTIMATED), False, True),
    ],
)
def test_no_value_is_not_zero(figure: Figure, is_empty: bool, is_stated: bool) -> None:
    assert (figure.is_empty, figure.is_stated) == (is_empty, is_stated)
    assert (figure.quantity is None) is (figure.value is None)


def test_a_total_adds_up_across_units() -> None:
    assert computed_figure(TOTAL, PARTS) == Figure(Decimal("21.03"), "t-co2e", Quality.CALCULATED)


def test_a_difference_takes_away() -> None:
    rule = RETAINED.computed
    assert rule
    figures = {key: Figure(Decimal("3.15"), "Mio-EUR") for key in rule.plus}
    figures |= {key: Figure(Decimal(100 * n), "TEUR") for n, key in enumerate(rule.minus, start=1)}
    assert computed_figure(RETAINED, figures) == Figure(
        Decimal(3_150_000 - 1_500_000), "EUR", Quality.CALCULATED
    )


@pytest.mark.parametrize("missing", sorted(PARTS))
@pytest.mark.parametrize("instead", [None, Figure(quality=Quality.NOT_AVAILABLE), Figure(note="folgt")])
def test_nothing_follows_while_a_part_is_missing(missing: str, instead: Figure | None) -> None:
    figures = {key: figure for key, figure in PARTS.items() if key != missing}
    assert computed_figure(TOTAL, figures if instead is None else {**figures, missing: instead}) is None


def test_most_figures_follow_from_nothing() -> None:
    assert computed_figure(POINTS["energy.total"], {"energy.total": Figure(Decimal(5), "kWh")}) is None


@quick
@given(data=st.data(), point=st.sampled_from(COMPUTED))
def test_a_computed_figure_is_the_exact_sum(data: st.DataObject, point: Datapoint) -> None:
    rule = point.computed
    assert rule
    values = st.decimals(min_value=-(10**15), max_value=10**15, places=6)
    figures = st.builds(Figure, values, st.sampled_from(sorted(point.family.units)))
    given_ = {key: data.draw(figures) for key in rule.plus + rule.minus}
    bases = {
        key: in_base(figure.quantity, point.family.units) for key, figure in given_.items() if figure.quantity
    }
    exact = sum((bases[key] for key in rule.plus), Fraction(0)) - sum(
        (bases[key] for key in rule.minus), Fraction(0)
    )
    figure = computed_figure(point, given_)
    assert figure
    assert figure.quantity
    shuffled = dict(data.draw(st.permutations(list(given_.items()))))
    assert computed_figure(point, shuffled) == figure
    error = abs(in_base(figure.quantity, point.family.units) - exact)
    assert error <= abs(exact) / 10**27


def test_a_figure_of_ones_own_comes_before_the_computed_one() -> None:
    selection = selection_for("dnk-2017", "effas")
    own = Figure(Decimal(22), "t-co2e", Quality.MEASURED)
    none = Figure(quality=Quality.NOT_AVAILABLE)
    noted = Figure(note="siehe Anhang")
    assert Sheet(selection, figures=PARTS).figure(TOTAL).value == Decimal("21.03")
    assert Sheet(selection, figures={**PARTS, TOTAL.key: own}).figure(TOTAL) == own
    assert Sheet(selection, figures={**PARTS, TOTAL.key: none}).figure(TOTAL) == none
    assert Sheet(selection, figures={**PARTS, TOTAL.key: noted}).figure(TOTAL).value == Decimal("21.03")
    assert Sheet(selection, figures={TOTAL.key: noted}).figure(TOTAL) == noted
    assert Sheet(selection).figure(TOTAL) == NO_FIGURE
