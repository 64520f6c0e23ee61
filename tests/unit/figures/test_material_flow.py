"""What goes in, what comes out and the rest that nothing explains, by the figures of a company."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.figures.material_flow import (
    FLOW_FIGURES,
    MOST_YEARS,
    FlowPart,
    FlowYear,
    flow_amounts,
    flow_shares,
    followed_shares,
    material_flow,
    waste_routes,
)
from tests.support.calculator_lines import make_calculation, make_line

POINTS = load_catalogue("dnk-2017").datapoints
JOINERY = FlowYear(
    2025,
    renewable=Decimal(80),
    non_renewable=Decimal(20),
    bio_based=Decimal(60),
    recycled=Decimal(15),
    domestic=Decimal(70),
    products=Decimal(75),
    waste=Decimal(18),
    waste_recycled=Decimal(10),
    waste_recovered=Decimal(12),
)


def amount_by_part(flow: FlowYear) -> dict[FlowPart, Decimal | None]:
    return {each.part: each.amount for each in flow_amounts(flow)}


def test_every_figure_of_the_flow_is_a_weight_in_the_catalogue() -> None:
    assert {POINTS[key].family.key for key in FLOW_FIGURES.values()} == {"mass"}
    amounts = {key for key, point in POINTS.items() if point.enters_flow and not point.pooled}
    assert amounts <= set(FLOW_FIGURES.values())


def test_the_parts_of_input_and_waste_add_up_to_them() -> None:
    amounts = amount_by_part(JOINERY)
    assert amounts[FlowPart.INPUT] == 100
    assert (amounts[FlowPart.OTHER], amounts[FlowPart.ELSEWHERE], amounts[FlowPart.REST]) == (25, 30, 7)
    assert waste_routes(JOINERY) == (
        (FlowPart.WASTE_RECYCLED, 10),
        (FlowPart.WASTE_OTHER_RECOVERY, 2),
        (FlowPart.WASTE_DISPOSAL, 6),
    )


@pytest.mark.parametrize(("products", "is_to_be_checked"), [(72, False), (71, True), (92, False), (93, True)])
def test_a_rest_above_ten_per_cent_is_to_be_checked_in_both_directions(
    products: int, is_to_be_checked: bool
) -> None:
    assert replace(JOINERY, products=Decimal(products)).is_to_be_checked is is_to_be_checked


@pytest.mark.parametrize("name", ["renewable", "non_renewable", "products", "waste"])
def test_without_a_figure_of_the_balance_nothing_is_guessed(name: str) -> None:
    flow = replace(JOINERY, **{name: None})
    assert flow.rest is None
    assert not flow.is_to_be_checked
    assert flow.missing == (FLOW_FIGURES[name],)


def test_a_zero_is_known_and_a_share_of_nothing_is_not() -> None:
    nothing = replace(JOINERY, renewable=Decimal(0), non_renewable=Decimal(0))
    assert nothing.missing == ()
    assert nothing.is_to_be_checked
    assert {each.share for each in flow_amounts(nothing)} == {None}


def test_parts_that_are_more_than_the_whole_are_named_and_not_drawn() -> None:
    assert not JOINERY.exceeds_input
    more = replace(JOINERY, bio_based=Decimal(90))
    assert more.exceeds_input
    assert more.other is None
    assert replace(JOINERY, domestic=Decimal(101)).exceeds_input


@pytest.mark.parametrize(
    ("recycled", "recovered", "routes"),
    [
        (None, None, {FlowPart.WASTE_UNKNOWN: 18}),
        (10, None, {FlowPart.WASTE_RECYCLED: 10, FlowPart.WASTE_UNKNOWN: 8}),
        (None, 12, {FlowPart.WASTE_RECOVERED: 12, FlowPart.WASTE_DISPOSAL: 6}),
        (12, 10, {FlowPart.WASTE_UNKNOWN: 18}),  # more recycled than recovered
        (10, 19, {FlowPart.WASTE_UNKNOWN: 18}),  # more recovered than there is
        (18, 18, {FlowPart.WASTE_RECYCLED: 18}),
    ],
)
def test_waste_goes_where_figures_say(
    recycled: int | None, recovered: int | None, routes: dict[FlowPart, int]
) -> None:
    flow = replace(
        JOINERY,
        waste_recycled=None if recycled is None else Decimal(recycled),
        waste_recovered=None if recovered is None else Decimal(recovered),
    )
    assert dict(waste_routes(flow)) == routes


def test_figures_become_tonnes_of_their_year() -> None:
    figures = {
        (2025, "materials.renewable.mass"): Figure(Decimal(1500), "kg"),
        (2025, "waste.total"): Figure(quality=Quality.NOT_AVAILABLE),
        (2024, "materials.renewable.mass"): Figure(Decimal(2), "t"),
        (2026, "materials.renewable.mass"): Figure(Decimal(3), "t"),
        (2025 - MOST_YEARS, "materials.renewable.mass"): Figure(Decimal(4), "t"),
    }
    assert material_flow(figures, POINTS, 2025) == (
        FlowYear(2024, renewable=Decimal(2)),
        FlowYear(2025, renewable=Decimal("1.5")),
    )


def test_shares_are_followed_over_the_years() -> None:
    before = FlowYear(2024, renewable=Decimal(50), non_renewable=Decimal(50))
    shares = followed_shares((before, JOINERY))
    assert shares[FlowPart.RENEWABLE] == (50, 80)
    assert shares[FlowPart.RECYCLED] == (None, 15)
    assert shares[FlowPart.REST] == (None, 7)
    assert shares[FlowPart.WASTE_RECOVERED][1] == Decimal(1200) / 18
    assert FlowPart.DOMESTIC not in followed_shares((before,))


@pytest.mark.parametrize(("recycled", "recovered"), [(12, 10), (10, 19), (19, 19)])
def test_waste_that_contradicts_itself_has_no_share(recycled: int, recovered: int) -> None:
    flow = replace(JOINERY, waste_recycled=Decimal(recycled), waste_recovered=Decimal(recovered))
    assert flow_shares(flow)[FlowPart.WASTE_RECOVERED] is None
    assert flow_shares(flow)[FlowPart.REST] == 7


def test_lines_of_the_calculator_make_the_flow() -> None:
    lines = (
        make_line(
            "materials/renewable",
            1,
            quantity="40 t",
            recycled_share="25 percent",
            bio_based_share="50 percent",
            domestic_share="80 percent",
        ),
        make_line("materials/non-renewable", 2, quantity="10 t", recycled_share="0 percent"),
        make_line("materials/products", 3, quantity="30000 kg"),
    )
    results = {key: each.exact for key, each in make_calculation(*lines).results.items()}
    assert results["materials.bio-based.mass"] == 20
    assert results["materials.domestic.mass"] == 32
    assert results["materials.products.mass"] == 30
    assert results["materials.bio-based-share"] == 40


def test_a_bio_based_share_needs_a_word_from_each_line() -> None:
    told = make_line("materials/renewable", 1, quantity="40 t", bio_based_share="50 percent")
    silent = make_line("materials/renewable", 2, quantity="40 t")
    metal = make_line("materials/non-renewable", 3, quantity="10 t")
    assert "materials.bio-based-share" in make_calculation(told, metal).results
    assert "materials.bio-based-share" not in make_calculation(told, silent, metal).results
