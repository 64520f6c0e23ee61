"""Adds up what the members' measures save together, as far as nobody learns what one company saves.

Which kinds of measures companies of a section or size have, as far as that tells of no single company.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.counted_savings import CountedSaving, merged, with_readable
from dnk_tool.domain.aggregates.joint_goal import (
    GOAL_SAVINGS,
    OTHER_KINDS,
    JointGoal,
    JointProgress,
    KindPart,
    Saving,
    SavingPart,
    SavingSum,
    StatePart,
)
from dnk_tool.domain.aggregates.joint_sum_changes import (
    EarlierSum,
    SumComparison,
    kind_changes_pass,
    kinds_that_changed_little,
    state_changes_pass,
    total_change_passes,
)
from dnk_tool.domain.aggregates.model import Group, Rule
from dnk_tool.domain.aggregates.rules import exact_sum, rounded_to_digits
from dnk_tool.domain.aggregates.savings_rules import (
    Savings,
    States,
    amounts_by_company,
    crossing_passes,
    has_safe_carriers,
    is_unknown_or_passes,
    level_rule,
)
from dnk_tool.domain.measures.model import EffectBasis, MeasureState

_DONE, _RUNNING, _PLANNED = MeasureState.DONE, MeasureState.RUNNING, MeasureState.PLANNED
# From the finest; the first that may be shown is. All three in one are the total.
_STATE_PARTITIONS: tuple[tuple[States, ...], ...] = (
    (frozenset({_DONE}), frozenset({_RUNNING}), frozenset({_PLANNED})),
    (frozenset({_DONE}), frozenset({_RUNNING, _PLANNED})),
    (frozenset({_DONE, _RUNNING}), frozenset({_PLANNED})),
)


GroupOfCompany = Mapping[int, Group]


def similar_kinds(
    kinds: Sequence[str],
    savings: Sequence[CountedSaving],
    groups: GroupOfCompany,
    earlier: Sequence[EarlierSum],
    least: int,
) -> dict[Group, tuple[str, ...]]:
    """Of the kinds that a sum shows those that at least `least` companies of a section, or size in it, have.

    What is left of the kind must be none or as many. A kind that an earlier sum did not name for the group is
    named only if so many companies took it up or dropped it: else it would tell what one that joined has.
    """
    known = {group for each in groups.values() for group in _levels(each)}
    named = {
        group: tuple(
            kind
            for kind in kinds
            if _is_hidden(savings, kind, group, groups, least)
            and all(_follows(one, savings, kind, group, groups, least) for one in earlier)
        )
        for group in sorted(known, key=_order)
    }
    return {group: found for group, found in named.items() if found}


def _order(group: Group) -> tuple[str, str]:
    return group.section, group.size.value if group.size else ""


def _levels(group: Group) -> Iterator[Group]:
    """The groups that a company of this section and size is in."""
    if group.section:
        yield Group(group.section)
        if group.size:
            yield Group(group.section, group.size)


def _is_hidden(
    savings: Sequence[CountedSaving], kind: str, group: Group, groups: GroupOfCompany, least: int
) -> bool:
    everybody = {each.company for each in savings if each.kind == kind}
    inside = _inside(everybody, group, groups)
    above = _inside(everybody, Group(group.section), groups) if group.size else everybody
    rest = len(above - inside)
    return len(inside) >= least and (not rest or rest >= least)


def _inside(companies: Collection[int], group: Group, groups: GroupOfCompany) -> set[int]:
    return {company for company in companies if group in _levels(groups.get(company, Group()))}


def _follows(
    earlier: EarlierSum,
    savings: Sequence[CountedSaving],
    kind: str,
    group: Group,
    groups: GroupOfCompany,
    least: int,
) -> bool:
    known = earlier.progress.similar
    if known is None or kind in known.get(group, ()):
        return True
    before, now = (
        _inside({each.company for each in some if each.kind == kind}, group, groups)
        for some in (earlier.savings, savings)
    )
    return len(before ^ now) >= least


class JointSumRefused(Exception):
    """No sum may be shown; `rule` says why."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True)
class SumBasis:
    """What a sum is made of: merged savings, the rules, the sums known already, the rules of the total.

    What the total does not show is shown nowhere.
    """

    savings: Savings
    rules: AggregationRules
    earlier: Sequence[SumComparison]
    total_rules: Mapping[Saving, Rule] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[Saving, ...]:
        """Which of the savings that the goal is about the total shows."""
        return tuple(each for each in GOAL_SAVINGS if self.total_rules[each] is Rule.PASSED)


def joint_progress(
    goal: JointGoal,
    savings: Sequence[CountedSaving],
    rules: AggregationRules,
    *,
    members: int,
    bases: Mapping[EffectBasis, int],
    earlier: Sequence[EarlierSum] = (),
    groups: Mapping[int, Group] | None = None,
    unconfirmed: Collection[int] = (),
) -> JointProgress:
    """Add up the savings that count, in total, by state and by kind, as far as the rules allow.

    `earlier`: the sums of the cluster that somebody may remember; `groups`: section and size of the companies
    that allow that. `unconfirmed`: companies that nobody has confirmed. They count only where somebody can
    read their savings, and protect nobody, as they may be the reader's own. Raises JointSumRefused if neither
    energy nor greenhouse gases may be shown.
    """
    given, savings = savings, counting(savings, unconfirmed)
    readable = _readable_ever(savings, earlier) | set(unconfirmed)
    together = with_readable(merged(savings), readable)
    compared = [
        SumComparison(replace(one, savings=with_readable(one.savings, readable)), together) for one in earlier
    ]
    basis = SumBasis(together, rules, compared, _total_rules(together, rules, compared))
    if not basis.wanted:
        rule = basis.total_rules[GOAL_SAVINGS[0]]
        is_missed = len(savings) < len(given)
        raise JointSumRefused(Rule.UNCONFIRMED if rule is Rule.TOO_FEW and is_missed else rule)
    states, states_rule = _states(basis)
    kinds, kinds_rule = _kinds(basis, [each.states for each in states])
    return JointProgress(
        from_year=goal.from_year,
        until_year=goal.until_year,
        rules=rules.edition,
        members=members,
        total=_part(together, basis.total_rules, rules),
        states=states,
        states_rule=states_rule,
        kinds=kinds,
        kinds_rule=kinds_rule,
        bases=bases,
        similar=_similar(basis, [each.kind for each in kinds], groups),
    )


def counting(savings: Sequence[CountedSaving], unconfirmed: Collection[int]) -> list[CountedSaving]:
    """The savings of companies that are confirmed, or that somebody can read anyway."""
    return [each for each in savings if each.is_readable or each.company not in unconfirmed]


def _similar(
    basis: SumBasis, kinds: Sequence[str], groups: Mapping[int, Group] | None
) -> dict[Group, tuple[str, ...]] | None:
    if groups is None:
        return None
    named = [kind for kind in kinds if kind != OTHER_KINDS]
    earlier = [one.earlier for one in basis.earlier]
    return similar_kinds(named, basis.savings, groups, earlier, basis.rules.sum_companies)


def _readable_ever(savings: Savings, earlier: Sequence[EarlierSum]) -> set[int]:
    """The companies with savings that somebody can read or could on the day of an earlier sum."""
    every = (savings, *(one.savings for one in earlier))
    return {each.company for some in every for each in some if each.is_readable}


def _total_rules(
    savings: Savings, rules: AggregationRules, earlier: Sequence[SumComparison]
) -> dict[Saving, Rule]:
    found = {saving: level_rule(savings, saving, rules) for saving in Saving}
    for saving, rule in found.items():
        is_known = rule is not Rule.PASSED
        if not is_known and not all(total_change_passes(one, saving, rules) for one in earlier):
            found[saving] = Rule.CORRECTION
    both = all(found[saving] is Rule.PASSED for saving in GOAL_SAVINGS)
    if both and not has_safe_carriers(savings, rules):
        found[Saving.GHG] = Rule.REST
    return found


def _states(basis: SumBasis) -> tuple[tuple[StatePart, ...], Rule]:
    """The sums by state in the finest way that may be shown."""
    rule = Rule.REST
    for partition in _STATE_PARTITIONS:
        blocks = [[each for each in basis.savings if each.state in states] for states in partition]
        if not all(block and is_unknown_or_passes(block, basis.wanted, basis.rules) for block in blocks):
            continue
        if all(state_changes_pass(one, partition, basis.wanted, basis.rules) for one in basis.earlier):
            shown = _only(basis, basis.wanted)
            parts = (_part(block, shown, basis.rules) for block in blocks)
            return tuple(StatePart(*each) for each in zip(partition, parts, strict=True)), Rule.PASSED
        rule = Rule.CORRECTION
    return (), rule


def _kinds(basis: SumBasis, states: Sequence[States]) -> tuple[tuple[KindPart, ...], Rule]:
    """The sums by kind, those with the most companies first; the smaller ones together at the end."""
    alone = _kinds_alone(basis, states)
    if not alone:
        return (), Rule.REST
    alone = _after_earlier(basis, alone, states)
    if not alone:
        return (), Rule.CORRECTION
    blocks = dict(_kind_blocks(basis.savings, alone))
    shown = _only(basis, (*basis.wanted, *_side_savings(basis, blocks, alone)))
    others = {each.kind for each in blocks.get(OTHER_KINDS, ())}
    return tuple(
        KindPart(kind, _part(block, shown, basis.rules), len(others) if kind == OTHER_KINDS else 1)
        for kind, block in blocks.items()
    ), Rule.PASSED


def _kinds_alone(basis: SumBasis, states: Sequence[States]) -> list[str]:
    """The kinds that have a row of their own: the smallest joins the others until these may be shown, too."""
    counts = _company_counts(basis.savings)
    alone = sorted(
        (kind for kind in counts if kind and _stands_alone(basis, kind)),
        key=lambda kind: (-counts[kind], kind),
    )
    while alone and not _rows_pass(basis, alone, states):
        alone.pop()
    return alone


def _after_earlier(basis: SumBasis, alone: Sequence[str], states: Sequence[States]) -> list[str]:
    """Of the kinds that have a row of their own those that may follow the earlier sums."""
    little = {
        kind
        for one in basis.earlier
        if one.earlier.progress.kinds
        for kind in kinds_that_changed_little(one, basis.wanted, basis.rules)
    }
    left = [kind for kind in alone if kind not in little]
    while left and not (_rows_pass(basis, left, states) and _follow(basis, left, states)):
        left.pop()
    return left


def _follow(basis: SumBasis, alone: Sequence[str], states: Sequence[States]) -> bool:
    return all(kind_changes_pass(one, alone, states, basis.wanted, basis.rules) for one in basis.earlier)


def _stands_alone(basis: SumBasis, kind: str) -> bool:
    block = [each for each in basis.savings if each.kind == kind]
    is_enough = len({each.company for each in block}) >= basis.rules.sum_companies
    return is_enough and is_unknown_or_passes(block, basis.wanted, basis.rules)


def _rows_pass(basis: SumBasis, alone: Sequence[str], states: Sequence[States]) -> bool:
    def is_safe(savings: Savings, _states: States = frozenset()) -> bool:
        return is_unknown_or_passes(savings, basis.wanted, basis.rules)

    others = [each for each in basis.savings if each.kind not in alone]
    is_enough = not others or len({each.company for each in others}) >= basis.rules.sum_companies
    if not is_enough or not is_safe(others):
        return False
    return crossing_passes(
        basis.savings, states, is_safe, lambda kind: kind if kind in alone else OTHER_KINDS
    )


def _side_savings(basis: SumBasis, blocks: Mapping[str, Savings], alone: Sequence[str]) -> Iterator[Saving]:
    """Of cost and investment what may be shown in each row; else it is shown in none."""
    for saving in (Saving.COST, Saving.INVESTMENT):
        is_shown = basis.total_rules[saving] is Rule.PASSED and all(
            is_unknown_or_passes(block, (saving,), basis.rules) for block in blocks.values()
        )
        if is_shown and all(
            kind_changes_pass(one, alone, (), (saving,), basis.rules) for one in basis.earlier
        ):
            yield saving


def _kind_blocks(savings: Savings, alone: Sequence[str]) -> Iterator[tuple[str, Savings]]:
    for kind in alone:
        yield kind, [each for each in savings if each.kind == kind]
    if others := [each for each in savings if each.kind not in alone]:
        yield OTHER_KINDS, others


def _company_counts(savings: Savings) -> dict[str, int]:
    companies: dict[str, set[int]] = {}
    for each in savings:
        companies.setdefault(each.kind, set()).add(each.company)
    return {kind: len(found) for kind, found in companies.items()}


def _only(basis: SumBasis, wanted: Sequence[Saving]) -> dict[Saving, Rule]:
    """The rules of a part that shows these savings alone."""
    return {
        saving: basis.total_rules[saving] if saving in wanted else _withheld(basis.total_rules[saving])
        for saving in Saving
    }


def _withheld(rule: Rule) -> Rule:
    return Rule.REST if rule is Rule.PASSED else rule


def _part(savings: Savings, rule_of: Mapping[Saving, Rule], rules: AggregationRules) -> SavingPart:
    return SavingPart(
        companies=len({each.company for each in savings}),
        measures=sum(each.measures for each in savings),
        sums={saving: _sum(savings, saving, rule, rules) for saving, rule in rule_of.items()},
    )


def _sum(savings: Savings, saving: Saving, rule: Rule, rules: AggregationRules) -> SavingSum:
    amounts = amounts_by_company(savings, saving)
    if not amounts or rule is not Rule.PASSED:
        return SavingSum(len(amounts), None, Rule.TOO_FEW if not amounts else rule)
    return SavingSum(len(amounts), rounded_to_digits(exact_sum(amounts.values()), rules.digits), rule)
