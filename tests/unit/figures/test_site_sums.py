"""Sites add up exactly, in any order and units; which of them a year includes, and what can be compared."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.figures.site_scope import SiteScope, is_summable, site_scope, sum_sites
from dnk_tool.domain.organisation import Site, renamed_sites
from dnk_tool.domain.quantities import Quantity, UnknownUnit, in_base

quick = settings(max_examples=80, deadline=None, database=None)

POINTS = load_catalogue("dnk-2017").datapoints
POWER = POINTS["energy.electricity.consumption"]
SUMS = [point for point in POINTS.values() if is_summable(point)]

decimals = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=3)


@st.composite
def figures_of_sites(draw: st.DrawFn) -> tuple[Datapoint, dict[str, Quantity]]:
    point = draw(st.sampled_from(SUMS))
    unit = st.sampled_from(list(point.family.units))
    sites = st.text("ABCDEFGHÄÖÜ ", min_size=1, max_size=4)
    return point, draw(st.dictionaries(sites, st.builds(Quantity, decimals, unit), min_size=1, max_size=6))


@quick
@given(figures_of_sites(), st.randoms())
def test_the_order_of_sites_does_not_matter(
    site_figures: tuple[Datapoint, dict[str, Quantity]], random: object
) -> None:
    point, amounts = site_figures
    sites = list(amounts)
    random.shuffle(sites)  # type: ignore[attr-defined]
    assert sum_sites(amounts, sites, point).total == sum_sites(amounts, list(amounts), point).total


@quick
@given(figures_of_sites())
def test_the_sum_is_exact_and_can_be_stored(site_figures: tuple[Datapoint, dict[str, Quantity]]) -> None:
    point, amounts = site_figures
    total = sum_sites(amounts, amounts, point).total
    assert total is not None
    expected = sum((in_base(amount, point.family.units) for amount in amounts.values()), Fraction(0))
    assert in_base(total, point.family.units) == expected
    assert -int(total.value.as_tuple().exponent) <= numbers.MAX_DECIMALS
    assert Decimal(numbers.plain(total.value)) == total.value


@quick
@given(figures_of_sites(), st.data())
def test_the_units_of_sites_do_not_matter(
    site_figures: tuple[Datapoint, dict[str, Quantity]], data: st.DataObject
) -> None:
    """A site that says the same in another unit changes nothing."""
    point, amounts = site_figures
    site = data.draw(st.sampled_from(sorted(amounts)))
    unit = data.draw(st.sampled_from(list(point.family.units)))
    exact = in_base(amounts[site], point.family.units) / Fraction(point.family.units[unit].factor)
    if (exact * 10**10).denominator != 1:
        return
    other = Quantity(Decimal(f"{(exact * 10**10).numerator}e-10"), unit)
    totals = [sum_sites(some, amounts, point).total for some in (amounts, {**amounts, site: other})]
    first, second = (in_base(total, point.family.units) for total in totals if total)
    assert first == second


def test_one_common_unit_stays() -> None:
    amounts = {"A": Quantity(Decimal("1.5"), "MWh"), "B": Quantity(Decimal("2"), "MWh")}
    assert sum_sites(amounts, ["A", "B"], POWER).total == Quantity(Decimal("3.5"), "MWh")


def test_mixed_units_come_in_the_default_unit_or_in_one_that_is_exact() -> None:
    amounts = {"A": Quantity(Decimal("1.5"), "MWh"), "B": Quantity(Decimal("200"), "kWh")}
    assert sum_sites(amounts, ["A", "B"], POWER).total == Quantity(Decimal("1700"), "kWh")
    amounts["B"] = Quantity(Decimal("1"), "MJ")  # 0.2777… kWh
    assert sum_sites(amounts, ["A", "B"], POWER).total == Quantity(Decimal("5401"), "MJ")


def test_a_site_without_a_value_is_missing_and_not_zero() -> None:
    site_sum = sum_sites({"A": Quantity(Decimal("0"), "kWh")}, ["A", "B"], POWER)
    assert site_sum.total == Quantity(Decimal("0"), "kWh")
    assert (site_sum.counted, site_sum.missing) == (("A",), ("B",))
    assert sum_sites({}, ["A", "B"], POWER).total is None


def test_a_site_that_is_left_out_does_not_count() -> None:
    amounts = {"A": Quantity(Decimal("1"), "kWh"), "B": Quantity(Decimal("2"), "kWh")}
    assert sum_sites(amounts, ["B"], POWER).total == Quantity(Decimal("2"), "kWh")


def test_a_foreign_unit_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        sum_sites({"A": Quantity(Decimal("1"), "kg")}, ["A"], POWER)


def test_shares_and_rates_do_not_add_up() -> None:
    assert is_summable(POWER)
    assert not any(point.family.key in ("percent", "ratio", "accident-rate") for point in SUMS)


def test_b17_cases_fines_and_volumes_of_sites_add_up() -> None:
    counts = ("fatalities", "severe-injuries", "recordable-injuries", "ill-health-cases")
    keys = [f"safety.{who}.{what}" for who in ("employees", "other-workers") for what in counts]
    keys += ["workforce.discrimination-incidents", "governance.corruption.incidents"]
    keys += ["governance.compliance.fines", "governance.competition-penalties", "waste.volume"]
    assert [key for key in keys if not is_summable(POINTS[key])] == []
    fines = POINTS["governance.compliance.fines"]
    of_sites = {"Werk": Quantity(Decimal("1200"), "EUR"), "Lager": Quantity(Decimal("0"), "EUR")}
    assert sum_sites(of_sites, of_sites, fines).total == Quantity(Decimal("1200"), "EUR")


def scope(known: str, chosen: str | None = None, figures: str = "", before: str | None = None) -> SiteScope:
    return site_scope(2025, list(known), chosen=chosen, with_figures=set(figures), before=before)


def test_all_sites_count_until_somebody_chooses() -> None:
    year_scope = scope("AB")
    assert (year_scope.included, year_scope.left_out, year_scope.has_changed) == (("A", "B"), (), False)


def test_a_chosen_scope_leaves_the_others_out() -> None:
    year_scope = scope("AB", chosen="A")
    assert (year_scope.included, year_scope.left_out) == (("A",), ("B",))
    assert year_scope.says_something


def test_figures_of_a_site_that_the_profile_lost_still_count() -> None:
    assert scope("A", figures="AZ").included == ("A", "Z")


@pytest.mark.parametrize(
    ("before", "added", "dropped"),
    [("AB", (), ()), ("A", ("B",), ()), ("ABC", (), ("C",)), ("", (), ()), (None, (), ())],
)
def test_the_year_before_is_compared(
    before: str | None, added: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    year_scope = scope("AB", before=before)
    assert (year_scope.added, year_scope.dropped) == (added, dropped)
    assert year_scope.has_changed is bool(added or dropped)


def sites(*names: str) -> tuple[Site, ...]:
    return tuple(Site(*name.split("@")) for name in names)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("A", "B"), ("A", "C"), {"B": "C"}),
        (("A@x", "B@y"), ("B@y", "C@x"), {"A": "C"}),
        (("A@x",), ("C@y",), {}),
        (("A", "B"), ("B",), {}),
        (("A",), ("A", "B"), {}),
        (("A", "B"), ("B", "A"), {}),
        (("A", "B", "C"), ("B", "D"), {}),
        (("A@x", "B@x"), ("C@x",), {"A": "C"}),
    ],
)
def test_a_renamed_site_is_told_from_another_one(
    before: tuple[str, ...], after: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert renamed_sites(sites(*before), sites(*after)) == expected
