"""Tells whether a sum of savings may follow an earlier one, whose numbers somebody remembers.

A number that follows from two sums must meet the rules as if it were shown itself.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.counted_savings import CountedSaving, differences
from dnk_tool.domain.aggregates.joint_goal import OTHER_KINDS, JointProgress, Saving, SavingPart
from dnk_tool.domain.aggregates.savings_rules import (
    Savings,
    States,
    change_passes,
    crossing_passes,
    forgotten_range,
    is_unknown_or_passes,
    proper_unions,
)

Block = frozenset[str]  # what is added up: kinds, or states
LabelOf = Callable[[CountedSaving], str]
MOST_JOINED = 7  # blocks that one block of another day may hold


@dataclass(frozen=True)
class EarlierSum:
    """An earlier sum, and what each company gave to it; companies that withdrew since have left no values."""

    progress: JointProgress
    savings: Savings

    @property
    def forgotten(self) -> int:
        """How many companies have left no values."""
        return self.progress.companies - len({each.company for each in self.savings})


@dataclass(frozen=True)
class SumComparison:
    """An earlier sum beside the savings of now."""

    earlier: EarlierSum
    now: Savings

    @cached_property
    def changes(self) -> Savings:
        """What changed in each company, kind and state."""
        return differences(self.now, self.earlier.savings)


@dataclass(frozen=True)
class TwoDays:
    """The savings of an earlier sum and those of now, for the savings in `wanted`.

    `shown`: the earlier numbers by block, where some of its companies have left no values.
    """

    before: Savings
    now: Savings
    changes: Savings
    wanted: Collection[Saving]
    rules: AggregationRules
    label_of: LabelOf
    shown: Mapping[Block, SavingPart] = field(default_factory=dict)

    def passes(self, earlier_blocks: Collection[Block], blocks: Collection[Block]) -> bool:
        """Whether sums over these blocks may be shown after those over the earlier ones."""
        for olds, news in _overlapping(earlier_blocks, blocks):
            if self.shown and set(olds) != set(news):
                return False
            if len(olds) == 1 and len(news) == 1:
                is_known = self._change_is_safe(olds[0] | news[0])
            elif min(len(olds), len(news)) == 1 and len(olds) + len(news) <= MOST_JOINED:
                is_known = self._joined_is_safe(olds, news)
            else:
                is_known = all(self._refined_is_safe(old & new) for old in olds for new in news if old & new)
            if not is_known:
                return False
        return True

    def _change_is_safe(self, block: Block) -> bool:
        before, changes = self._of(self.before, block), self._of(self.changes, block)
        for saving in self.wanted:
            part = self.shown.get(block)
            lost = forgotten_range(part.value(saving), before, saving, self.rules) if part else None
            if not change_passes(changes, saving, self.rules, lost or ()):
                return False
        return True

    def _refined_is_safe(self, block: Block) -> bool:
        days = (self._of(self.before, block), self._of(self.now, block))
        return self._change_is_safe(block) and all(map(self._is_safe, days))

    def _joined_is_safe(self, olds: Sequence[Block], news: Sequence[Block]) -> bool:
        """Whether one block may hold what several do on the other day.

        Without some of these blocks it leaves the others, and what changed in those taken away.
        """
        whole = frozenset().union(*olds, *news)
        coarse = self.before if len(olds) == 1 else self.now
        changed = {(each.company, each.kind, each.state) for each in self.changes}
        blocks = olds if len(news) == 1 else news
        for some in proper_unions(blocks):
            left = [
                each
                for each in self._of(coarse, whole)
                if self.label_of(each) in some or (each.company, each.kind, each.state) in changed
            ]
            if not self._is_safe(self._of(coarse, some)) or not self._is_safe(left):
                return False
        return self._change_is_safe(whole)

    def _is_safe(self, savings: Savings) -> bool:
        return is_unknown_or_passes(savings, self.wanted, self.rules)

    def _of(self, savings: Savings, block: Block) -> Savings:
        return [each for each in savings if self.label_of(each) in block]


def total_change_passes(compared: SumComparison, saving: Saving, rules: AggregationRules) -> bool:
    """Whether the total may follow that of the earlier sum."""
    earlier = compared.earlier
    shown = earlier.progress.total.value(saving)
    if shown is None:
        return True
    lost = forgotten_range(shown, earlier.savings, saving, rules) if earlier.forgotten else None
    return change_passes(compared.changes, saving, rules, lost or ())


def state_changes_pass(
    compared: SumComparison, partition: Sequence[States], wanted: Collection[Saving], rules: AggregationRules
) -> bool:
    """Whether sums by these states may follow the earlier sum, with its states and its kinds."""
    earlier = compared.earlier
    kinds = [each.kind for each in earlier.progress.kinds]
    if kinds and not _crosses(compared.now, kinds, partition, wanted, rules):
        return False
    known = {each.states: each.part for each in earlier.progress.states}
    shown = known if earlier.forgotten else {}
    by_block = {_block(states): part for states, part in shown.items()}
    days = _two_days(compared, wanted, rules, lambda each: each.state.value, by_block)
    return not known or days.passes([_block(each) for each in known], [_block(each) for each in partition])


def kind_changes_pass(
    compared: SumComparison,
    alone: Sequence[str],
    states: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    """Whether sums by these kinds, the others in one row, may follow the earlier sum.

    `states`: the sums by state that are shown with them.
    """
    earlier, savings = compared.earlier, compared.now
    earlier_states = [each.states for each in earlier.progress.states]
    if earlier_states and not _crosses(earlier.savings, alone, earlier_states, wanted, rules):
        return False
    parts = {each.kind: each.part for each in earlier.progress.kinds}
    shown = [each for each in wanted if any(part.value(each) is not None for part in parts.values())]
    if not shown:
        return True
    every = {each.kind for each in (*earlier.savings, *savings)} | set(parts) - {OTHER_KINDS}
    before = {_row(kind, set(parts), every): part for kind, part in parts.items()}
    now = [_row(kind, set(alone), every) for kind in (*alone, OTHER_KINDS)]
    known = before if earlier.forgotten else {}
    days = _two_days(compared, shown, rules, lambda each: each.kind, known)
    if not days.passes([_row(kind, set(parts), every) for kind in {*parts, OTHER_KINDS}], now):
        return False
    common = set(alone) & set(parts)
    return _crossing_changes_pass(compared, common, states, shown, rules)


def kinds_that_changed_little(
    compared: SumComparison, wanted: Collection[Saving], rules: AggregationRules
) -> frozenset[str]:
    """The kinds whose sums may not be shown after the earlier ones, as too few companies changed."""
    changes = compared.changes
    return frozenset(
        kind
        for kind in {each.kind for each in changes}
        for saving in wanted
        if not change_passes([each for each in changes if each.kind == kind], saving, rules)
    )


def _two_days(
    compared: SumComparison,
    wanted: Collection[Saving],
    rules: AggregationRules,
    label_of: LabelOf,
    shown: Mapping[Block, SavingPart],
) -> TwoDays:
    before = compared.earlier.savings
    return TwoDays(before, compared.now, compared.changes, wanted, rules, label_of, shown)


def _block(states: States) -> Block:
    return frozenset(state.value for state in states)


def _row(kind: str, alone: Collection[str], every: Collection[str]) -> Block:
    return frozenset({kind}) if kind != OTHER_KINDS else frozenset(every) - (set(alone) - {OTHER_KINDS})


def _overlapping(
    olds: Collection[Block], news: Collection[Block]
) -> Iterator[tuple[list[Block], list[Block]]]:
    """The blocks of both days in groups that overlap; blocks of nothing are left out."""
    groups: list[tuple[Block, list[Block], list[Block]]] = []
    for block, is_old in (*((each, True) for each in olds), *((each, False) for each in news)):
        touched = [group for group in groups if group[0] & block]
        groups = [group for group in groups if not group[0] & block]
        joined = (
            block.union(*(labels for labels, _olds, _news in touched)),
            [each for _labels, found, _news in touched for each in found] + [block] * is_old,
            [each for _labels, _olds, found in touched for each in found] + [block] * (not is_old),
        )
        groups += [joined] if block else []
    for _labels, old_blocks, new_blocks in groups:
        yield old_blocks, new_blocks


def _crosses(
    savings: Savings,
    alone: Collection[str],
    states: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    def is_safe(some: Savings, _states: States) -> bool:
        return is_unknown_or_passes(some, wanted, rules)

    return crossing_passes(savings, states, is_safe, lambda kind: kind if kind in alone else OTHER_KINDS)


def _crossing_changes_pass(
    compared: SumComparison,
    alone: Collection[str],
    states: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    """Whether the differences by state and those by kind tell no more than each of them."""
    earlier = compared.earlier
    if not (states and earlier.progress.states):
        return True

    def is_safe(changes: Savings, some: States) -> bool:
        return all(
            change_passes(changes, saving, rules, tuple(_most_forgotten(earlier, some, saving, rules)))
            for saving in wanted
        )

    if {one.states for one in earlier.progress.states} != set(states):
        return False
    return crossing_passes(
        compared.changes, states, is_safe, lambda kind: kind if kind in alone else OTHER_KINDS
    )


def _most_forgotten(
    earlier: EarlierSum, states: States, saving: Saving, rules: AggregationRules
) -> Iterator[Decimal]:
    """Nothing, and the most that companies without values had in these states; none if there are none."""
    if not earlier.forgotten:
        return
    most = Decimal(0)
    for each in earlier.progress.states:
        if each.states <= states:
            known = [one for one in earlier.savings if one.state in each.states]
            lost = forgotten_range(each.part.value(saving), known, saving, rules)
            most += lost[1] if lost else Decimal(0)
    yield from (Decimal(0), most)
