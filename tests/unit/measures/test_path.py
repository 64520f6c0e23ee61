"""The path falls in one line, wedges add up to it, and no effect counts twice."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.measures.climate_goal import ClimateGoal, GridAssumption, Scope2Method, YearEmissions
from dnk_tool.domain.measures.climate_goal import year_emissions as emissions_of
from dnk_tool.domain.measures.model import CompanyMeasure, EnergySaving, MeasureEffect, MeasureState
from dnk_tool.domain.measures.path import ClimatePath, NotCounted, change_against, climate_path

quick = settings(max_examples=80, deadline=None, database=None)
POINTS = load_catalogue("dnk-2017").datapoints
POWER = frozenset({"electricity"})

tonnes = st.decimals(min_value=0, max_value=10_000, places=3)
years = st.integers(2015, 2045)


@st.composite
def climate_goals(draw: st.DrawFn) -> ClimateGoal:
    base_year = draw(st.integers(2015, 2030))
    base = draw(st.decimals(min_value=1, max_value=10_000, places=3))
    grid = st.builds(
        GridAssumption, st.just(Decimal("0.4")), st.sampled_from([Decimal("0.1"), Decimal(0)]), years
    )
    return ClimateGoal(
        base_year,
        base,
        base_year + draw(st.integers(1, 20)),
        percent=draw(st.decimals(min_value=1, max_value=100, places=1)),
        grid=draw(st.none() | grid),
    )


known = st.builds(YearEmissions, tonnes, st.just(()), tonnes, st.none() | st.decimals(0, 500_000, places=0))
effects = st.builds(
    MeasureEffect,
    st.just(())
    | st.tuples(st.builds(EnergySaving, st.just("electricity"), st.decimals(0, 90_000, places=0))),
    st.none() | st.decimals(min_value=-50, max_value=500, places=3),
)
measures_of_company = st.dictionaries(
    st.integers(1, 99),
    st.builds(
        CompanyMeasure,
        st.just("PV-Anlage"),
        state=st.sampled_from(MeasureState),
        effect=effects,
        from_year=st.none() | years,
        lifetime=st.none() | st.integers(1, 20),
    ),
    max_size=6,
)


def total_emissions(total: str, **more: Decimal) -> YearEmissions:
    return YearEmissions(Decimal(total), **more)


def pv_measure(
    t: str | None = "18",
    year: int | None = 2026,
    *,
    lifetime: int | None = None,
    state: MeasureState = MeasureState.PLANNED,
) -> CompanyMeasure:
    effect = MeasureEffect(t_co2e=Decimal(t) if t is not None else None)
    return CompanyMeasure("PV-Anlage", state=state, effect=effect, from_year=year, lifetime=lifetime)


BRANDT = ClimateGoal(2022, Decimal(142), 2030, percent=Decimal(45))
PAST = {
    2022: total_emissions("142"),
    2023: total_emissions("138"),
    2024: total_emissions("129"),
    2025: total_emissions("121"),
}


def path_with(*measures: CompanyMeasure, goal: ClimateGoal = BRANDT) -> ClimatePath:
    return climate_path(goal, PAST, dict(enumerate(measures, 1)), grid_carriers=POWER)


@quick
@given(climate_goals(), st.dictionaries(years, known), measures_of_company)
def test_actual_less_the_wedges_is_what_is_left(
    goal: ClimateGoal, emissions: dict[int, YearEmissions], measures: dict[int, CompanyMeasure]
) -> None:
    path = climate_path(goal, emissions, measures, grid_carriers=POWER)
    start = path.actual[path.years.index(path.last_actual)]
    assert start is not None
    for place, year in enumerate(path.years):
        taken = sum((wedge.amounts[place] for wedge in path.wedges), Decimal(0))
        left = path.with_measures[place]
        assert left == (start - taken if year > path.last_actual else None)
        value = left if left is not None else path.actual[place]
        assert path.gap[place] == (None if value is None else max(Decimal(0), value - path.path[place]))
        assert taken == 0 or year > path.last_actual


@quick
@given(climate_goals())
def test_the_path_falls_from_the_base_to_the_target(goal: ClimateGoal) -> None:
    path = climate_path(goal, {}, {}).path
    assert (path[0], path[-1]) == (goal.base, goal.target)
    assert all(earlier >= later for earlier, later in pairwise(path))
    steps = [earlier - later for earlier, later in pairwise(path)]
    assert max(steps) - min(steps) <= Decimal("0.002")


@quick
@given(climate_goals(), st.dictionaries(years, known), measures_of_company)
def test_a_measure_is_a_wedge_or_named_or_dropped(
    goal: ClimateGoal, emissions: dict[int, YearEmissions], measures: dict[int, CompanyMeasure]
) -> None:
    path = climate_path(goal, emissions, measures)
    wedges = {wedge.measure for wedge in path.wedges} - {None}
    named = {each.measure for each in path.named}
    dropped = {id_ for id_, each in measures.items() if each.state is MeasureState.DROPPED}
    unchanged = {id_ for id_, each in measures.items() if each.effect.t_co2e == 0}
    assert not wedges & (named | dropped)
    assert wedges | named | dropped | unchanged == set(measures)


@quick
@given(climate_goals(), st.dictionaries(years, known), measures_of_company)
def test_an_idea_changes_no_number(
    goal: ClimateGoal, emissions: dict[int, YearEmissions], measures: dict[int, CompanyMeasure]
) -> None:
    decided = {id_: each for id_, each in measures.items() if each.is_decided}
    with_ideas = climate_path(goal, emissions, measures, grid_carriers=POWER)
    without = climate_path(goal, emissions, decided, grid_carriers=POWER)
    assert with_ideas.with_measures == without.with_measures


def test_brandt_lacks_nine_tonnes() -> None:
    path = path_with(pv_measure("18", 2026), pv_measure("9", 2027), pv_measure("7", 2027))
    assert [round(value) for value in path.path] == [142, 134, 126, 118, 110, 102, 94, 86, 78]
    assert path.with_measures == (None,) * 4 + (103, 87, 87, 87, 87)
    assert [round(value) for value in path.gap if value is not None] == [0, 4, 3, 3, 0, 0, 0, 1, 9]
    assert (path.outlook, round(path.final_gap, 1)) == (87, Decimal("8.9"))


def test_a_done_measure_in_the_figures_is_not_taken_away_twice() -> None:
    path = path_with(pv_measure("18", 2024, state=MeasureState.DONE))
    assert path.wedges == ()
    assert path.outlook == 121
    assert path.named[0].reason is NotCounted.IN_FIGURES


def test_an_effect_that_ends_comes_back() -> None:
    path = path_with(pv_measure("18", 2024, lifetime=4, state=MeasureState.DONE))
    assert path.with_measures[-4:] == (121, 139, 139, 139)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (pv_measure(state=MeasureState.IDEA), NotCounted.IDEA),
        (pv_measure(None), NotCounted.NO_EFFECT),
        (pv_measure(year=None), NotCounted.NO_YEAR),
        (pv_measure(year=2025), NotCounted.LATE),
        (pv_measure(year=2031), NotCounted.AFTER_TARGET),
    ],
)
def test_what_cannot_count_is_named_with_the_reason(given: CompanyMeasure, reason: NotCounted) -> None:
    path = path_with(given)
    assert [each.reason for each in path.named] == [reason]
    assert path.outlook == 121


def test_a_better_value_than_the_path_is_no_gap() -> None:
    assert path_with(pv_measure("100")).final_gap == 0


def test_without_figures_the_base_year_is_the_last_one_known() -> None:
    path = climate_path(BRANDT, {}, {})
    assert (path.last_actual, path.outlook) == (2022, 142)


def test_the_grid_takes_away_only_of_electricity_that_measures_leave() -> None:
    grid = GridAssumption(Decimal("0.4"), Decimal("0.2"), 2030)
    known = YearEmissions(Decimal(121), (), Decimal(40), Decimal(100_000))
    saving = replace(
        pv_measure("20", 2026),
        effect=MeasureEffect((EnergySaving("electricity", Decimal(50_000)),), Decimal(20)),
    )
    path = climate_path(replace(BRANDT, grid=grid), PAST | {2025: known}, {1: saving}, grid_carriers=POWER)
    wedge = path.wedges[-1]
    assert wedge.measure is None
    assert wedge.amounts[-1] == 10  # (100 - 50) MWh, each 0.2 kg less
    assert path.outlook == 121 - 20 - 10


def test_the_grid_takes_away_no_more_than_its_share_of_scope_2() -> None:
    grid = GridAssumption(Decimal("0.4"), Decimal("0.2"), 2030)
    known = YearEmissions(Decimal(121), (), Decimal(8), Decimal(100_000))
    path = climate_path(replace(BRANDT, grid=grid), PAST | {2025: known}, {})
    assert path.wedges[0].amounts[-1] == 4


def test_an_assumption_without_electricity_is_not_counted() -> None:
    path = path_with(goal=replace(BRANDT, grid=GridAssumption(Decimal("0.4"), Decimal("0.2"), 2030)))
    assert path.lacks_electricity
    assert path.wedges == ()


def test_what_a_goal_counts_is_added_up_in_tonnes() -> None:
    figures = {
        "ghg.scope1.gross": Figure(Decimal(12_000), "kg-co2e"),
        "ghg.scope2.market": Figure(Decimal(3), "t-co2e"),
        "ghg.scope3.waste": Figure(Decimal("0.5"), "t-co2e"),
        "energy.electricity.consumption": Figure(Decimal(20), "MWh"),
    }
    counted = emissions_of(figures, POINTS, Scope2Method.MARKET, frozenset({"ghg.scope3.waste"}))
    assert counted == YearEmissions(Decimal("15.5"), (), Decimal(3), Decimal(20_000))
    lacking = emissions_of(figures, POINTS, Scope2Method.LOCATION, frozenset())
    assert (lacking.total, lacking.missing) == (None, ("ghg.scope2.location",))


def test_a_measure_changes_against_the_last_figures() -> None:
    ends = pv_measure("5", 2024, lifetime=3)
    assert [change_against(ends, year, 2025) for year in (2026, 2027)] == [0, -1]


def test_bought_green_power_enters_no_path() -> None:
    bought = replace(pv_measure("30"), kind="purchased-green-power")
    path = climate_path(BRANDT, PAST, {1: bought}, uncounted_kinds={"purchased-green-power"})
    assert path.named[0].reason is NotCounted.NO_REDUCTION
    assert path.outlook == 121


def test_less_waste_counts_only_towards_a_goal_with_scope_3() -> None:
    waste = replace(
        pv_measure(), effect=MeasureEffect(t_co2e=Decimal(2), is_t_co2e_typed=True, waste_kg=Decimal(900))
    )
    assert path_with(waste).named[0].reason is NotCounted.OUTSIDE
    assert path_with(waste, goal=replace(BRANDT, scope3=frozenset({"ghg.scope3.waste"}))).outlook == 119
