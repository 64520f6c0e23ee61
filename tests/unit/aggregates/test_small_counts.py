"""Counts of a few companies are blurred, so that none of them follows from the others."""

import pytest

from dnk_tool.domain.aggregates.model import Difference, FigureCoverage
from dnk_tool.domain.aggregates.small_counts import ShownCount, shown_coverage, shown_parts

LEAST = 5


def exact(count: int) -> ShownCount:
    return ShownCount(count, is_exact=True)


def blurred(count: int) -> ShownCount:
    return ShownCount(count, is_exact=False)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((0, 0), (exact(0), exact(0))),
        ((5, 6), (exact(5), exact(6))),
        ((1, 0), (blurred(0), blurred(0))),
        ((0, 4), (blurred(0), blurred(0))),
        ((1, 16), (blurred(0), blurred(15))),
        ((0, 10), (blurred(0), blurred(5))),
        ((4, 5, 9), (blurred(0), blurred(5), blurred(5))),
    ],
)
def test_a_small_part_blurs_all_of_them(counts: tuple[int, ...], shown: tuple[ShownCount, ...]) -> None:
    assert shown_parts(counts, LEAST) == shown


def test_one_more_and_one_less_of_a_few_look_alike() -> None:
    """Who reads the coverage of two days does not see in which part a company is that joined."""
    assert shown_parts((1, 11), LEAST) == shown_parts((2, 11), LEAST) == shown_parts((1, 12), LEAST)


def coverage(comparable: int, **reasons: int) -> FigureCoverage:
    given = {Difference[name.upper()]: count for name, count in reasons.items()}
    return FigureCoverage("energy.total", 20, 14, 6, comparable, given)


def test_a_reason_of_a_few_is_not_named() -> None:
    shown = shown_coverage(coverage(13, gases=1), LEAST)
    assert (dict(shown.differences), shown.has_hidden_reasons) == ({}, True)
    shown = shown_coverage(coverage(3, estimated=6, boundary=5, gases=2), LEAST)
    assert shown.differences == {Difference.ESTIMATED: exact(6), Difference.BOUNDARY: exact(5)}
    assert not shown.has_hidden_reasons
    assert shown_coverage(coverage(8, estimated=6), LEAST).differences == {Difference.ESTIMATED: blurred(5)}
    assert not shown_coverage(coverage(14), LEAST).has_hidden_reasons
