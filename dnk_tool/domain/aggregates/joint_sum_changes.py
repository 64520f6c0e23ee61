"""Tells whether a sum of savings may follow an earlier one, whose numbers somebody remembers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.counted_savings import differences
from dnk_tool.domain.aggregates.joint_goal import OTHER_KINDS, JointProgress, Saving, SavingPart
from dnk_tool.domain.aggregates.savings_rules import (
    Savings,
    States,
    change_passes,
    crossing_passes,
    forgotten_range,
    is_unknown_or_passes,
)


@dataclass(frozen=True)
class EarlierSum:
    """An earlier sum, and what each company gave to it; companies that withdrew since have left no values."""

    progress: JointProgress
    savings: Savings

    @property
    def forgotten(self) -> int:
        """How many companies have left no values."""
        return self.progress.companies - len({each.company for each in self.savings})


def total_change_passes(
    earlier: EarlierSum, savings: Savings, saving: Saving, rules: AggregationRules
) -> bool:
    """Whether the total may follow that of the earlier sum."""
    shown = earlier.progress.total.value(saving)
    if shown is None:
        return True
    changes = differences(savings, earlier.savings)
    lost = forgotten_range(shown, earlier.savings, saving, rules) if earlier.forgotten else None
    return change_passes(changes, saving, rules, lost or ())


def state_changes_pass(
    earlier: EarlierSum,
    savings: Savings,
    partition: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    """Whether sums by these states may follow those of the earlier sum."""
    known = {each.states: each.part for each in earlier.progress.states}
    if not known:
        return True
    if earlier.forgotten and set(known) != set(partition):
        return False
    for one, shown in known.items():
        for both in filter(None, (one & other for other in partition)):
            before = [each for each in earlier.savings if each.state in both]
            now = [each for each in savings if each.state in both]
            if not _block_passes(before, now, wanted, rules, shown if earlier.forgotten else None):
                return False
    return True


def kind_changes_pass(
    earlier: EarlierSum,
    savings: Savings,
    alone: Sequence[str],
    states: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    """Whether sums by these kinds, the others in one row, may follow those of the earlier sum.

    Where one of them shows a kind alone and the other does not, what the kind had on both days may be known.
    """
    known = {each.kind: each.part for each in earlier.progress.kinds}
    if not known:
        return True
    rows = {*alone, *known} - {OTHER_KINDS}
    if earlier.forgotten and rows != set(alone) & set(known):
        return False
    shown = [each for each in wanted if any(part.value(each) is not None for part in known.values())]
    for kind in (*sorted(rows), OTHER_KINDS):
        before, now = _row(earlier.savings, kind, rows), _row(savings, kind, rows)
        part = known.get(kind) if earlier.forgotten else None
        if not _block_passes(before, now, shown, rules, part):
            return False
    return _crossing_changes_pass(earlier, savings, rows, states, shown, rules)


def _row(savings: Savings, kind: str, rows: Collection[str]) -> Savings:
    if kind == OTHER_KINDS:
        return [each for each in savings if each.kind not in rows]
    return [each for each in savings if each.kind == kind]


def _block_passes(
    before: Savings,
    now: Savings,
    wanted: Collection[Saving],
    rules: AggregationRules,
    part: SavingPart | None,
) -> bool:
    """Whether what these measures save may be known, earlier, now, and by its difference.

    `part`: the earlier sum as it was shown, if some of its companies have left no values.
    """
    if part is None and not is_unknown_or_passes(before, wanted, rules):
        return False
    if not is_unknown_or_passes(now, wanted, rules):
        return False
    changes = differences(now, before)
    for saving in wanted:
        lost = forgotten_range(part.value(saving), before, saving, rules) if part else None
        if not change_passes(changes, saving, rules, lost or ()):
            return False
    return True


def _crossing_changes_pass(
    earlier: EarlierSum,
    savings: Savings,
    rows: Collection[str],
    states: Sequence[States],
    wanted: Collection[Saving],
    rules: AggregationRules,
) -> bool:
    """Whether the differences by state and those by kind tell no more than each of them."""
    if not (states and earlier.progress.states):
        return True

    def is_safe(changes: Savings, some: States) -> bool:
        return all(
            change_passes(changes, saving, rules, tuple(_most_forgotten(earlier, some, saving, rules)))
            for saving in wanted
        )

    if {one.states for one in earlier.progress.states} != set(states):
        return False
    changes = differences(savings, earlier.savings)
    return crossing_passes(changes, states, is_safe, lambda kind: kind if kind in rows else OTHER_KINDS)


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
