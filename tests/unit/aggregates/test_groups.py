"""Groups are nested parts of all members, and what is left of each passes as well."""

from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, Rule
from dnk_tool.domain.aggregates.release_numbers.groups import (
    coarser_groups,
    group_key,
    place_into_groups,
    smallest_groups,
    split_into_groups,
    with_sections,
)
from dnk_tool.domain.aggregates.rules import CompanyValue, check_sum_for_readers
from dnk_tool.domain.organisation import CompanySize

CHECK = partial(check_sum_for_readers, rules=load_aggregation_rules())
SMALL, MICRO = CompanySize.SMALL, CompanySize.MICRO


def companies_of(**counts: int) -> list[CompanyValue]:
    """So many companies of each section, `N` for no section; with a size as in `C_small`."""
    found: list[CompanyValue] = []
    for name, count in counts.items():
        section, _, size = name.partition("_")
        for _ in range(count):
            found.append(
                CompanyValue(
                    len(found),
                    Decimal(10),
                    section="" if section == "N" else section,
                    size=CompanySize(size) if size else None,
                    is_confirmed=True,
                )
            )
    return found


def sizes(**counts: int) -> dict[str, int]:
    return {
        group_key(group): len(part)
        for group, part in split_into_groups(companies_of(**counts), CHECK).items()
    }


def test_a_section_of_five_is_shown_if_the_rest_has_five_or_none() -> None:
    assert sizes(C=5, G=5) == {"C": 5, "G": 5}
    assert sizes(C=5, N=5) == {"C": 5, "/rest": 5}
    assert sizes(C=5, N=4) == {"": 9}
    assert sizes(C=4, N=5) == {"": 9}
    assert sizes(C=5) == {"C": 5}


def test_the_smallest_group_joins_a_rest_that_does_not_pass() -> None:
    assert sizes(C=7, F=5, G=6, N=2) == {"C": 7, "G": 6, "/rest": 7}


def test_size_classes_stand_in_their_section() -> None:
    assert sizes(C_small=5, C_micro=6, G=5) == {"C/micro": 6, "C/small": 5, "G": 5}
    assert sizes(C_small=6, C_micro=4, C=1, G=5) == {"C/small": 6, "C/rest": 5, "G": 5}
    assert sizes(C_small=6, C_micro=4, G=5) == {"C": 10, "G": 5}


@given(
    counts=st.dictionaries(
        st.sampled_from(["C_small", "C_micro", "C", "G_small", "G", "F", "N"]), st.integers(0, 9)
    )
)
@settings(max_examples=60)
def test_groups_are_all_members_once_and_each_passes(counts: dict[str, int]) -> None:
    given_members = companies_of(**counts)
    parts = split_into_groups(given_members, CHECK)
    assert sorted(each.company for part in parts.values() for each in part) == list(range(len(given_members)))
    if set(parts) != {ALL_MEMBERS}:
        assert all(CHECK(part) is Rule.PASSED for part in parts.values())
    assert set(smallest_groups(with_sections(parts))) == set(parts)
    again = {group: part for group, part in place_into_groups(given_members, parts).items() if part}
    assert {group: len(part) for group, part in again.items()} == {
        group: len(part) for group, part in parts.items() if part
    }


def test_groups_become_coarser_from_sizes_to_all() -> None:
    rest = Group(is_rest=True)
    groups = {Group("C", SMALL), Group("C", is_rest=True), Group("G"), rest}
    assert coarser_groups(groups, [Group("C", SMALL)]) == {Group("C"), Group("G"), rest}
    assert coarser_groups({Group("C"), Group("G"), rest}, [Group("G")]) == {Group("C"), rest}
    assert coarser_groups({Group("C"), Group("G"), rest}, [rest]) == {Group("G"), rest}
    assert coarser_groups({Group("C"), rest}, [rest]) == {ALL_MEMBERS}
    assert coarser_groups({rest}, [rest]) == {ALL_MEMBERS}
