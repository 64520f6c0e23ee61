"""Promises about adding figures up: what sites make of a company, and what members make of a cluster."""

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Aggregate, Datapoint
from dnk_tool.catalogue.standard.loader import editions

POINTS = {key: point for edition in editions() for key, point in load_catalogue(edition).datapoints.items()}

# Figures of these families are amounts: the amounts of two sites together are the company's.
AMOUNTS = {"area", "co2e", "count", "energy", "fte", "hours", "mass", "money", "persons", "volume"}

# One case in a small cluster tells everybody whose it was.
TELL_TALES = ("fatalities", "incidents", "dismissals", "fines", "penalties", "sanctions", "political")


def _parts_of_point(point: Datapoint) -> tuple[str, ...]:
    computed = (*point.computed.plus, *point.computed.minus) if point.computed else ()
    pooled = (*point.pooled.numerator, *point.pooled.denominator) if point.pooled else ()
    return computed + pooled


def _holds_scope_3(key: str) -> bool:
    """Whether emissions of others are in it: a member's Scope 3 is another member's Scope 1."""
    if key.startswith(("ghg.scope3.", "ghg.total")) or key == "ghg.reduction":
        return True
    return any(_holds_scope_3(part) for part in _parts_of_point(POINTS[key]))


@pytest.mark.parametrize("key", sorted(POINTS))
def test_b17_a_figure_decides_for_sites_and_for_members(key: str) -> None:
    point = POINTS[key]
    is_amount = point.family.key in AMOUNTS
    assert point.additive is is_amount, "amounts of sites are added, shares and rates never"
    if not is_amount:
        assert point.aggregate is not Aggregate.SUM, "a rate is pooled or left alone"
    assert (point.aggregate is Aggregate.POOLED) is (point.pooled is not None)
    if point.pooled:
        assert point.pooled.numerator
        assert point.pooled.denominator
    for part in _parts_of_point(point) if point.aggregate is not Aggregate.NONE else ():
        assert POINTS[part].aggregate is Aggregate.SUM, f"{part} is not added over members"
        assert POINTS[part].additive


def test_b17_nothing_that_holds_scope_3_is_added_over_members() -> None:
    held = {key for key in POINTS if _holds_scope_3(key)}
    assert {"ghg.total", "ghg.reduction", "ghg.scope3.gross", "ghg.total-intensity.fte"} <= held
    assert {key for key in held if POINTS[key].aggregate is not Aggregate.NONE} == set()


def test_b17_what_tells_whose_it_was_is_not_added_over_members() -> None:
    told = [key for key in POINTS if any(word in key for word in TELL_TALES)]
    assert told
    assert [key for key in told if POINTS[key].aggregate is not Aggregate.NONE] == []


def test_b17_the_rates_of_members_are_pooled() -> None:
    pooled = {key: point.pooled for key, point in POINTS.items() if point.pooled}
    rate = pooled["safety.employees.recordable-injury-rate"]
    assert (rate.numerator, rate.denominator) == (
        ("safety.employees.recordable-injuries",),
        ("safety.employees.hours-worked",),
    )
    assert {"energy.renewable-share", "waste.recycled-share", "energy.intensity.fte"} <= pooled.keys()
