"""Which sites a year's figures include, and whether two years can be compared."""

import pytest

from dnk_tool.domain.figures.site_scope import SiteScope, site_scope
from dnk_tool.domain.organisation import Site, renamed_sites


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
