"""What measures save together: only decided ones, only in their years, each once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.measures.sums import (
    MissingPart,
    can_count,
    missing_parts,
    repeated,
    sum_in_full_years,
    sum_in_year,
)

KINDS = load_measure_kinds()
LED = CompanyMeasure(
    "LED in der Halle",
    kind="lighting",
    state=MeasureState.DONE,
    effect=MeasureEffect(
        energy=(EnergySaving("electricity", Decimal(12_000), Decimal("4.224")),),
        t_co2e=Decimal("4.224"),
        cost_eur=Decimal(2_400),
        basis=EffectBasis.MEASURED,
    ),
    from_year=2025,
    lifetime=15,
)

measures = st.builds(
    lambda state, year, lifetime, kwh, basis, kind: replace(
        LED,
        state=state,
        from_year=year,
        lifetime=lifetime,
        kind=kind,
        effect=MeasureEffect(energy=(EnergySaving("electricity", Decimal(kwh)),), basis=basis),
    ),
    st.sampled_from(MeasureState),
    st.none() | st.integers(2015, 2035),
    st.none() | st.integers(1, 20),
    st.integers(1, 1_000_000),
    st.none() | st.sampled_from(EffectBasis),
    st.sampled_from(["", *KINDS.kinds]),
)


@given(st.lists(measures, max_size=8), st.integers(2010, 2060))
def test_no_sum_has_a_measure_outside_of_its_years_or_twice(given: list[CompanyMeasure], year: int) -> None:
    total = sum_in_year(given, year, KINDS)
    by_hand = sum(
        (
            each.effect.kwh or 0
            for each in given
            if each.state in ("planned", "running", "done")
            and each.kind != "purchased-green-power"
            and each.effect.basis
            and each.from_year
            and each.from_year <= year
            and (each.lifetime is None or year < each.from_year + each.lifetime)
        ),
        Decimal(0),
    )
    assert (total.kwh or 0) == by_hand
    assert total.with_effect <= total.decided <= len(given)


@given(st.lists(measures, max_size=8))
def test_what_does_not_count_changes_no_sum(given: list[CompanyMeasure]) -> None:
    counted = [each for each in given if can_count(each, KINDS)]
    whole, rest = sum_in_full_years(given, KINDS), sum_in_full_years(counted, KINDS)
    assert (whole.kwh, whole.with_effect) == (rest.kwh, rest.with_effect)


def test_a_measure_counts_from_its_first_year_until_its_lifetime_ends() -> None:
    years = {year: sum_in_year([LED], year, KINDS).kwh for year in (2024, 2025, 2039, 2040)}
    assert years == {2024: None, 2025: Decimal(12_000), 2039: Decimal(12_000), 2040: None}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        (LED, ()),
        (replace(LED, from_year=None), (MissingPart.YEAR,)),
        (replace(LED, effect=replace(LED.effect, basis=None)), (MissingPart.BASIS,)),
        (replace(LED, effect=MeasureEffect(basis=EffectBasis.MEASURED)), (MissingPart.EFFECT,)),
        (CompanyMeasure("x"), (MissingPart.EFFECT, MissingPart.BASIS, MissingPart.YEAR)),
    ],
)
def test_what_a_measure_lacks_to_count_is_named(
    changed: CompanyMeasure, missing: tuple[MissingPart, ...]
) -> None:
    assert missing_parts(changed) == missing
    assert can_count(replace(changed, state=MeasureState.PLANNED), KINDS) is (not missing)


def test_a_measure_that_may_stand_there_twice_is_found() -> None:
    idea, other = replace(LED, state=MeasureState.IDEA), replace(LED, kind="cooling-and-ventilation")
    assert repeated({1: LED, 2: idea, 3: other, 4: replace(LED, text="Licht")}) == {4: 1}


def test_ideas_and_bought_green_power_never_count() -> None:
    for each in (
        replace(LED, state=MeasureState.IDEA),
        replace(LED, state=MeasureState.DROPPED),
        replace(LED, kind="purchased-green-power"),
    ):
        assert sum_in_full_years([each], KINDS).kwh is None
