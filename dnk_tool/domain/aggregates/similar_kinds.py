"""Which kinds of measures companies of a section or size have, as far as that tells of no single company."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from dnk_tool.domain.aggregates.counted_savings import CountedSaving
from dnk_tool.domain.aggregates.joint_sum_changes import EarlierSum
from dnk_tool.domain.aggregates.model import Group

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
