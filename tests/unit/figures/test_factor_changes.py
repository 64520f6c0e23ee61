"""A new edition beside an old one: what is added, removed, changed, and by how many per cent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.catalogue.factors.loader import load_factors, load_unit_families
from dnk_tool.catalogue.factors.model import Factor, FactorUse
from dnk_tool.domain.factors import (
    FactorChange,
    changes_against,
    compare_factors,
    is_same_value,
    percent_change,
)


def _factor(key: str = "diesel.litre", value: str = "2", year: int | None = None) -> Factor:
    (base,) = load_factors().by_key["diesel.litre"]
    return replace(base, key=key, value=Decimal(value), data_year=year)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2", "3", "50.0"),
        ("3", "2", "-33.3"),
        ("2", "2", "0.0"),
        ("0.17304", "0.17265", "-0.2"),
        ("0", "1", None),
    ],
)
def test_a_change_is_told_in_per_cent(old: str, new: str, expected: str | None) -> None:
    percent = percent_change(FactorChange(_factor(value=old), _factor(value=new)), load_unit_families())
    assert percent == (None if expected is None else Decimal(expected))


def test_other_units_of_a_family_are_converted_exactly() -> None:
    per_litre, per_cubic_metre = _factor(value="2.5"), replace(_factor(value="2500"), unit="m3")
    change = FactorChange(per_litre, per_cubic_metre)
    assert is_same_value(change, load_unit_families())
    tonnes = replace(_factor(value="0.0025"), result_unit="t-co2e")
    assert percent_change(FactorChange(per_litre, tonnes), load_unit_families()) == 0


def test_values_that_measure_different_things_are_not_compared() -> None:
    change = FactorChange(_factor(), replace(_factor(), unit="kg"))
    assert percent_change(change, load_unit_families()) is None
    assert not is_same_value(change, load_unit_families())
    assert percent_change(FactorChange(None, _factor()), load_unit_families()) is None


def test_editions_are_paired_by_key_and_year() -> None:
    old = [_factor("a.l", year=2024), _factor("a.l", year=2025), _factor("b.l")]
    new = [_factor("a.l", year=2025, value="4"), _factor("a.l", year=2026), _factor("c.l")]
    pairs = [
        (change.factor.key, change.before is not None, change.after is not None)
        for change in compare_factors(old, new)
    ]
    assert pairs == [("a.l", True, True), ("a.l", True, True), ("b.l", True, False), ("c.l", False, True)]


def test_a_set_of_one_year_is_compared_with_last_years() -> None:
    (change,) = compare_factors([_factor(year=2025)], [_factor(year=2026)])
    assert (change.before, change.after) == (_factor(year=2025), _factor(year=2026))


def test_a_new_value_stands_beside_the_one_it_would_follow() -> None:
    known = load_factors()
    latest = known.newest("car.diesel.km", 2026)
    assert latest is not None
    electricity = known.exact("electricity.de.direct", "uba-electricity-16-2026", 2023)
    assert electricity is not None
    new = [
        replace(latest, data_year=2027),
        electricity,
        replace(electricity, data_year=2026),
        _factor("x.l"),
    ]
    before = [change.before for change in changes_against(known, new)]
    assert [factor and factor.data_year for factor in before] == [2026, 2023, 2025, None]


def test_a_value_to_compare_with_follows_its_own_kind() -> None:
    known = load_factors()
    check = known.exact("natural-gas.hs", "desnz-2026-1.2", 2026)
    proposed = known.newest("natural-gas.hs", 2025)
    assert check is not None
    assert proposed is not None
    (of_check,) = changes_against(known, [replace(check, data_year=2027)])
    (of_proposed,) = changes_against(known, [replace(proposed, use=FactorUse.OPTIONAL)])
    assert (of_check.before, of_proposed.before) == (check, proposed)
