"""The rules that a sum of savings must meet: by itself, crossed with others, and beside an earlier one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import TypeVar

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.counted_savings import CountedSaving
from dnk_tool.domain.aggregates.joint_goal import Saving
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.aggregates.rules import check_sum, exact_sum
from dnk_tool.domain.measures.model import MeasureState

Savings = Sequence[CountedSaving]
States = frozenset[MeasureState]
Label = TypeVar("Label", bound=str)
SavingsCheck = Callable[[Savings, States], bool]  # whether savings, those of these states, may be known


def amounts_by_company(savings: Iterable[CountedSaving], saving: Saving) -> dict[int, Decimal]:
    """What each company saves, for those that state it."""
    found: dict[int, Decimal] = {}
    for each in savings:
        if (amount := each.amounts.get(saving)) is not None:
            found[each.company] = found.get(each.company, Decimal(0)) + amount
    return found


def level_rule(savings: Savings, saving: Saving, rules: AggregationRules) -> Rule:
    """Whether the sum of these may be shown. A saving below zero counts by its size.

    A company with savings in a declaration that can be read protects nobody, and is protected itself.
    """
    sizes = {company: abs(amount) for company, amount in amounts_by_company(savings, saving).items()}
    rule = check_sum(sizes.values(), rules)
    if rule is not Rule.PASSED:
        return rule
    unknown = _unknown_parts(sizes, _readable_companies(savings))
    return rule if all(check_sum(part, rules) is rule for part in unknown) else Rule.READABLE


def _readable_companies(savings: Savings) -> frozenset[int]:
    return frozenset(each.company for each in savings if each.is_readable)


def _unknown_parts(sizes: Mapping[int, Decimal], readable: Collection[int]) -> Iterator[list[Decimal]]:
    """What a reader of declarations may not know besides the whole: nothing if none can be read.

    Measures may have changed since a declaration, so each company that can be read may be known or not: all
    are, or all but the largest. If both pass, every other part does, too.
    """
    read = [sizes[company] for company in readable if sizes.get(company)]
    if not read:
        return
    unread = [size for company, size in sizes.items() if company not in readable]
    yield [*unread, max(read)]
    if any(unread):
        yield unread


def is_unknown_or_passes(savings: Savings, wanted: Collection[Saving], rules: AggregationRules) -> bool:
    """Whether each sum either holds no company or may be shown, and both together tell nothing more."""
    for saving in wanted:
        if amounts_by_company(savings, saving) and level_rule(savings, saving, rules) is not Rule.PASSED:
            return False
    return not {Saving.ENERGY, Saving.GHG} <= set(wanted) or has_safe_carriers(savings, rules)


def has_safe_carriers(savings: Savings, rules: AggregationRules) -> bool:
    """Whether energy and greenhouse gases of the same measures may stand side by side.

    As factors are public, both sums together give the energy of each carrier where there are exactly two;
    also of what is left without the companies that can be read.
    """
    readable = _readable_companies(savings)
    unread = [each for each in savings if each.company not in readable]
    return all(_carriers_are_safe(part, rules) for part in ([savings, unread] if readable else [savings]))


def _carriers_are_safe(savings: Savings, rules: AggregationRules) -> bool:
    by_carrier: dict[str, dict[int, Decimal]] = {}
    for each in savings:
        for carrier, kwh in each.carriers.items():
            of_carrier = by_carrier.setdefault(carrier, {})
            of_carrier[each.company] = of_carrier.get(each.company, Decimal(0)) + kwh
    if len(by_carrier) != 2:
        return True
    return all(check_sum(map(abs, each.values()), rules) is Rule.PASSED for each in by_carrier.values())


def change_passes(
    changes: Savings, saving: Saving, rules: AggregationRules, forgotten: Sequence[Decimal] = ()
) -> bool:
    """Whether the difference to an earlier sum may be known: nobody changed, or enough that none stands out.

    `forgotten`: the least and the most that companies had in it which have left no values since; empty where
    there are none. Somebody may know what these had, so the others must pass with and without them.
    """
    amounts = amounts_by_company(changes, saving)
    sizes = {company: abs(amount) for company, amount in amounts.items() if amount}
    for changed in [list(sizes.values()), *_unknown_parts(sizes, _readable_companies(changes))]:
        if changed and not _is_correction(changed, rules):
            return False
        if not all(_is_correction([*changed, amount], rules) for amount in forgotten):
            return False
    return True


def _is_correction(changed: Sequence[Decimal], rules: AggregationRules) -> bool:
    return len(changed) >= rules.correction_companies and check_sum(changed, rules) is Rule.PASSED


def crossing_passes(
    savings: Savings, states: Sequence[States], is_safe: SavingsCheck, kind_of: Callable[[str], str] = str
) -> bool:
    """Whether sums by state and sums by kind of the same savings tell no more than each of them.

    If all measures of a kind are in the same states, the sum of these states without that kind follows: so
    what some states hold of the kinds that are in others, too, must be safe by itself. For two margins of a
    table these are all sums of its cells that follow. `kind_of` gives the row of a kind.
    """
    return all(is_safe(list(_mixed(savings, some, kind_of)), some) for some in proper_unions(states))


def proper_unions(blocks: Sequence[frozenset[Label]]) -> Iterator[frozenset[Label]]:
    """What one or several of these blocks hold together, but not all of them."""
    for count in range(1, len(blocks)):
        for some in combinations(blocks, count):
            yield frozenset().union(*some)


def _mixed(savings: Savings, states: States, kind_of: Callable[[str], str]) -> Iterator[CountedSaving]:
    inside = {kind_of(each.kind) for each in savings if each.state in states}
    outside = {kind_of(each.kind) for each in savings if each.state not in states}
    for each in savings:
        if each.state in states and kind_of(each.kind) in inside & outside:
            yield each


def forgotten_range(
    shown: Decimal | None, known: Savings, saving: Saving, rules: AggregationRules
) -> tuple[Decimal, Decimal] | None:
    """The least and the most by size that companies without values had in a rounded sum.

    None if it was not shown.
    """
    if shown is None:
        return None
    unit = Decimal(1).scaleb(shown.adjusted() + 1 - rules.digits) / 2
    rest = shown - exact_sum(amounts_by_company(known, saving).values())
    least, most = sorted((abs(rest - unit), abs(rest + unit)))
    return (Decimal(0) if abs(rest) <= unit else least), most
