"""Whether what a corrected release changes stays hidden: its numbers beside those published earlier."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.aggregates.company_values import figure_values, keys_of_kind, sum_kind
from dnk_tool.domain.aggregates.correction import Gone, bounds_of_gone, differences_between, with_gone
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, matched_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.groups import (
    Parts,
    coarser_groups,
    group_key,
    place_group,
    place_into_groups,
    split_into_groups,
)
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import Check, CompanyValues, exact_sum, is_hidden_from_readers

# Whether a part of today may be published, given the groups of an earlier release that it comes from.
PartCheck = Callable[[EarlierRelease, Sequence[Group], CompanyValues], bool]


@dataclass(frozen=True, slots=True)
class ReleasedSum:
    """A sum of an earlier release, or one that a rate of it rests on, which has no published `value`."""

    release: EarlierRelease
    key: str
    group: Group
    companies: int
    value: Decimal | None
    unread: int

    def given(self, kind: str, work: ReleaseWork) -> CompanyValues:
        """What the companies gave to it that have not taken back their consent."""
        group = None if self.group == ALL_MEMBERS else group_key(self.group)
        return figure_values(self.release.entered(self.key, group), keys_of_kind(kind), work.datapoints)


def parts_beside_earlier(
    key: str, chosen: CompanyValues, check: Check, fits: PartCheck, work: ReleaseWork
) -> Parts:
    """The groups of a number; in a corrected release those of the one before, or coarser ones.

    Groups whose changes would not stay hidden are joined to their section, sections to the rest, until all
    that is left is one number for all; none if that does not fit either.
    """
    shown = [each for each in work.earlier if shown_groups(each, key)]
    if not shown:
        return split_into_groups(chosen, check)
    groups = frozenset(shown_groups(shown[-1], key))
    while True:
        parts = place_into_groups(chosen, groups)
        failing = [group for group, part in parts.items() if check(part) is not Rule.PASSED]
        for release in shown:
            sources = _sources(shown_groups(release, key), parts)
            failing += [group for group, part in parts.items() if not fits(release, sources[group], part)]
        if not failing or groups == {ALL_MEMBERS}:
            return {} if failing else parts
        groups = coarser_groups(parts, failing)


def _sources(before: Iterable[Group], parts: Parts) -> Mapping[Group, list[Group]]:
    """For each part of today the groups of an earlier release that it comes from."""
    sources: dict[Group, list[Group]] = {group: [] for group in parts}
    for group in before:
        sources.setdefault(place_group(group.section, group.size, parts), []).append(group)
    return sources


def sum_fits(kind: str, key: str, work: ReleaseWork) -> PartCheck:
    """For the parts of a sum: what changed stays hidden, and so does what stayed of each earlier group."""

    def fits(release: EarlierRelease, sources: Sequence[Group], now: CompanyValues) -> bool:
        sums = [_earlier_sum(release, key, group) for group in sources]
        if not _are_hidden(_differences(sums, now, kind, work), work):
            return False
        today = {(each.company, each.version) for each in now}
        stayed: list[CompanyValues] = [
            [each for each in one.given(kind, work) if (each.company, each.version) in today] for one in sums
        ]
        return len(sums) == 1 or _are_hidden(stayed, work)

    return fits


def are_changes_hidden(kind: str, key: str, everybody: CompanyValues, work: ReleaseWork) -> bool:
    """Whether a sum over these companies may be published after all sums of earlier releases.

    `kind`: the datapoint that is summed, or several; `key`: the number that needs the sum.
    """
    for at, release in enumerate(work.earlier):
        for earlier in _earlier_sums(kind, release, work):
            variants = _differences([earlier], everybody, kind, work)
            if not _are_hidden(variants, work):
                return False
            changes = f"{kind} since {at}"
            if earlier.key == key and len(variants) == 1:
                if not work.cells.allow(changes, variants):
                    return False
                work.cells.add(changes, variants)
    return True


def _are_hidden(variants: list[CompanyValues], work: ReleaseWork) -> bool:
    return all(is_hidden_from_readers(variant, work.rules) for variant in variants)


def _earlier_sums(kind: str, release: EarlierRelease, work: ReleaseWork) -> Iterator[ReleasedSum]:
    """The sums of the kind over all members: published ones, matched ones, and those below a rate."""
    content = release.content
    for number in content.numbers:
        if number.group == ALL_MEMBERS and number.is_shown and kind in _kinds(number, work):
            value = number.value if number.statistic is Statistic.SUM else None
            yield ReleasedSum(release, key_of(number), ALL_MEMBERS, number.companies, value, number.unread)
    if kind in content.matched:
        number = content.matched[kind][1]
        yield ReleasedSum(
            release, matched_key(kind), ALL_MEMBERS, number.companies, number.value, number.unread
        )


def _kinds(number: ReleasedNumber, work: ReleaseWork) -> tuple[str, ...]:
    """What the number tells a sum of."""
    if number.statistic is Statistic.SUM:
        return (number.figure,)
    point = work.datapoints.get(number.figure)
    if number.statistic is Statistic.RATE and point and point.pooled:
        return (*point.pooled.numerator, sum_kind(point.pooled.denominator))
    return ()


def _earlier_sum(release: EarlierRelease, key: str, group: Group) -> ReleasedSum:
    numbers = release.content.numbers
    number = next(each for each in numbers if key_of(each) == key and each.group == group)
    return ReleasedSum(release, key, group, number.companies, number.value, number.unread)


def _differences(
    earlier: Sequence[ReleasedSum], now: CompanyValues, kind: str, work: ReleaseWork
) -> list[CompanyValues]:
    """What the sum of today differs by from earlier ones together, company by company; none if it does not.

    Two variants where companies are gone without their values, for the least and the most they can have had.
    """
    then: list[CompanyValues] = [each.given(kind, work) for each in earlier]
    changed = differences_between([each for part in then for each in part], now)
    gone = sum(each.companies - len(part) for each, part in zip(earlier, then, strict=True))
    if not gone:
        return [changed] if changed else []
    least, most = [], []
    for each, part in zip(earlier, then, strict=True):
        if each.value is None:  # nothing bounds them, so that nobody knows whether they stay hidden
            return with_gone([], Gone(1, are_read=False, are_confirmed=False), [Decimal(1)])
        if each.companies > len(part):
            low, high = bounds_of_gone(each.value, part, work.rules.digits)
            least.append(low)
            most.append(high)
    left = Gone(
        gone,
        are_read=not any(each.unread for each in earlier),
        are_confirmed=all(each.release.content.is_confirmed for each in earlier),
    )
    return with_gone(changed, left, (exact_sum(least), exact_sum(most)))
