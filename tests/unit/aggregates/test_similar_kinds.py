"""Kinds are named for a section or size only where that tells of no single company, today and after."""

from decimal import Decimal

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.counted_savings import CountedSaving, merged
from dnk_tool.domain.aggregates.joint_goal import JointGoal, JointProgress, Saving
from dnk_tool.domain.aggregates.joint_progress import joint_progress, similar_kinds
from dnk_tool.domain.aggregates.joint_progress_json import progress_from_json, progress_to_json
from dnk_tool.domain.aggregates.joint_sum_changes import EarlierSum
from dnk_tool.domain.aggregates.model import Group
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.domain.organisation import CompanySize

GOAL = JointGoal(2023, 2028, Decimal(1), None)
RULES = load_aggregation_rules()
METAL, TRADE = Group("C"), Group("G")
SMALL_METAL = Group("C", CompanySize.SMALL)


def saving(company: int, kwh: int = 1_000, kind: str = "lighting") -> CountedSaving:
    amounts = {Saving.ENERGY: Decimal(kwh)}
    return CountedSaving(company, kind, MeasureState.DONE, amounts, {"electricity": Decimal(kwh)})


def similar_names(
    savings: list[CountedSaving], groups: dict[int, Group], *earlier: EarlierSum
) -> dict[Group, tuple[str, ...]]:
    return similar_kinds(["lighting"], savings, groups, earlier, RULES.sum_companies)


def progress_of(savings: list[CountedSaving], groups: dict[int, Group]) -> JointProgress:
    return joint_progress(GOAL, savings, RULES, members=40, bases={}, groups=groups)


def sections(metal: int, trade: int) -> dict[int, Group]:
    return {company: METAL if company < metal else TRADE for company in range(metal + trade)}


def test_five_of_a_section_are_named_and_four_are_not() -> None:
    savings = [saving(company) for company in range(10)]
    assert similar_names(savings, sections(5, 5)) == {METAL: ("lighting",), TRADE: ("lighting",)}
    assert similar_names(savings, sections(6, 4)) == {}, "four of all would be the others"
    assert similar_names(savings[:5], sections(5, 0)) == {METAL: ("lighting",)}
    assert similar_names(savings[:4], sections(4, 0)) == {}
    assert similar_names(savings, {}) == {}, "nobody lets the cluster use its section"


def test_a_size_is_named_where_it_leaves_none_or_five_of_its_section() -> None:
    savings = [saving(company) for company in range(10)]
    small = dict.fromkeys(range(10), SMALL_METAL)
    assert similar_names(savings, small) == {METAL: ("lighting",), SMALL_METAL: ("lighting",)}
    large = Group("C", CompanySize.LARGE)
    assert similar_names(savings, small | dict.fromkeys(range(7, 10), large)) == {METAL: ("lighting",)}
    assert similar_names(savings, small | dict.fromkeys(range(5, 10), large)) == {
        METAL: ("lighting",),
        large: ("lighting",),
        SMALL_METAL: ("lighting",),
    }


def test_a_company_that_joins_as_the_fifth_does_not_make_its_section_named() -> None:
    """Who sees that the section is named since one company joined would know what it has."""
    groups = sections(5, 6)
    before = [saving(company) for company in (*range(4), *range(5, 11))]
    earlier = EarlierSum(progress_of(before, groups), merged(before))
    assert earlier.progress.similar == {}
    now = [saving(company) for company in range(11)]
    assert similar_names(now, groups) == {METAL: ("lighting",), TRADE: ("lighting",)}
    assert METAL not in similar_names(now, groups, earlier)
    more = dict.fromkeys(range(11, 15), METAL)
    grown = [*now, *(saving(company) for company in more)]
    assert METAL in similar_names(grown, groups | more, earlier), (
        "five took it up, and none of them stands out"
    )


def test_a_company_that_changes_its_section_does_not_make_it_named() -> None:
    before = [saving(company) for company in range(11)]
    earlier = EarlierSum(progress_of(before, sections(4, 7)), merged(before))
    assert METAL not in similar_names(before, sections(5, 6), earlier)


def test_what_was_named_stays_named_while_five_have_it() -> None:
    groups = sections(6, 6)
    before = [saving(company) for company in range(12)]
    earlier = EarlierSum(progress_of(before, groups), merged(before))
    assert similar_names(before[1:], groups, earlier) == {METAL: ("lighting",), TRADE: ("lighting",)}
    assert METAL not in similar_names(before[2:], groups, earlier)


def test_only_kinds_that_the_sum_shows_are_named_and_kept_with_it() -> None:
    savings = [saving(company) for company in range(12)]
    own_power = [saving(company, 700, "own-power") for company in range(3)]
    progress = progress_of([*savings, *own_power], sections(6, 6))
    assert progress.similar == {}, "lighting has no row of its own, as three others would be left"
    assert progress_of(savings, sections(6, 6)).similar == {METAL: ("lighting",), TRADE: ("lighting",)}
    small = progress_of(savings, dict.fromkeys(range(12), SMALL_METAL))
    assert progress_from_json(progress_to_json(small)) == small
    without = joint_progress(GOAL, savings, RULES, members=40, bases={})
    assert progress_from_json(progress_to_json(without)).similar is None
