"""Whether what a corrected release changes stays hidden: its numbers beside those published earlier."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.aggregates.contributions import figure_contributions
from dnk_tool.domain.aggregates.correction import bounds_of_gone, differences_between, with_gone
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, matched_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, ReleasedNumber, Statistic
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, group_key
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import Contributions, is_hidden_from_readers


@dataclass(frozen=True, slots=True)
class EarlierSum:
    """A sum of an earlier release, or one that a rate of it rests on, which has no published `value`."""

    release: EarlierRelease
    key: str
    group: Group
    companies: int
    value: Decimal | None


def are_changes_hidden(kind: str, key: str, parts: Parts, work: ReleaseWork) -> bool:
    """Whether the sums of these parts may be published after those of earlier releases.

    `kind`: the datapoint that is summed; `key`: the number that needs the sums. What changed since is
    compared over all companies with each earlier sum of the kind, and in each group with the same group.
    """
    everybody = [each for part in parts.values() for each in part]
    by_key = {group_key(group): part for group, part in parts.items()}
    for at, release in enumerate(work.earlier):
        for earlier in _earlier_sums(kind, release, work):
            variants = _differences(earlier, everybody, kind, work)
            if not _are_hidden(variants, work):
                return False
            if earlier.key == key and len(variants) == 1:
                changes = f"{kind} since {at}"
                if not work.cells.allow(changes, variants):
                    return False
                work.cells.add(changes, variants)
        for earlier in _earlier_groups(key, release):
            now = by_key.get(group_key(earlier.group), [])
            if not _are_hidden(_differences(earlier, now, kind, work), work):
                return False
    return True


def _are_hidden(variants: list[Contributions], work: ReleaseWork) -> bool:
    return all(is_hidden_from_readers(variant, work.rules) for variant in variants)


def _earlier_sums(kind: str, release: EarlierRelease, work: ReleaseWork) -> Iterator[EarlierSum]:
    """The sums of the kind over all members: published ones, matched ones, and those below a rate."""
    content = release.content
    for number in content.numbers:
        if number.group == ALL_MEMBERS and number.is_shown and kind in _kinds(number, work):
            value = number.value if number.statistic is Statistic.SUM else None
            yield EarlierSum(release, key_of(number), ALL_MEMBERS, number.companies, value)
    if kind in content.matched:
        number = content.matched[kind][1]
        yield EarlierSum(release, matched_key(kind), ALL_MEMBERS, number.companies, number.value)


def _kinds(number: ReleasedNumber, work: ReleaseWork) -> tuple[str, ...]:
    """What the number tells a sum of."""
    if number.statistic is Statistic.SUM:
        return (number.figure,)
    point = work.datapoints.get(number.figure)
    if number.statistic is Statistic.RATE and point and point.pooled:
        return ("+".join(point.pooled.numerator), "+".join(point.pooled.denominator))
    return ()


def _earlier_groups(key: str, release: EarlierRelease) -> Iterator[EarlierSum]:
    """The sums of the number by its smallest groups."""
    groups = set(shown_groups(release, key))
    for number in release.content.numbers:
        if key_of(number) == key and number.group in groups:
            yield EarlierSum(release, key, number.group, number.companies, number.value)


def _differences(
    earlier: EarlierSum, now: Contributions, kind: str, work: ReleaseWork
) -> list[Contributions]:
    """What the sum of today differs by, company by company; none if it does not.

    Two variants where companies are gone without their values, for the least and the most they can have had.
    """
    group = None if earlier.group == ALL_MEMBERS else group_key(earlier.group)
    companies = earlier.release.entered(earlier.key, group)
    then = figure_contributions(companies, kind.split("+"), work.datapoints)
    changed, gone = differences_between(then, now), earlier.companies - len(then)
    if not gone:
        return [changed] if changed else []
    if earlier.value is None:  # nothing bounds them: nobody knows whether they are hidden
        return with_gone([], 1, [Decimal(1)])
    return with_gone(changed, gone, bounds_of_gone(earlier.value, then, work.rules.digits))
