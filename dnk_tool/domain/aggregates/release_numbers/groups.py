"""The groups of members that a number is shown for: nested, fixed parts, of which none gives the others away.

All members > section of sectors > size class in it. Nothing crosses: what two crossing groups differ by could
be one company. At each node the parts that pass are shown and the others are its rest, which must pass, too.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, Rule
from dnk_tool.domain.aggregates.rules import Check, CompanyValue, CompanyValues
from dnk_tool.domain.organisation import CompanySize

Parts = Mapping[Group, CompanyValues]


def split_into_groups(contributions: CompanyValues, check: Check) -> Parts:
    """The smallest parts that may be shown, which together are all: one of all members if no group may."""
    sections = _split(
        contributions, lambda each: Group(each.section) if each.section else None, ALL_MEMBERS, check
    )
    parts: dict[Group, CompanyValues] = {}
    for group, members in sections.items():
        parts |= {group: members} if group.is_rest or not group.section else _sizes(group, members, check)
    return parts


def _sizes(section: Group, members: CompanyValues, check: Check) -> Parts:
    return _split(members, lambda each: Group(each.section, each.size) if each.size else None, section, check)


def _split(
    members: CompanyValues, group_of: Callable[[CompanyValue], Group | None], node: Group, check: Check
) -> Parts:
    """The parts of a node with its rest; the node itself if none of them may be shown.

    The smallest part joins a rest that does not pass, until it passes.
    """
    by_group: dict[Group, list[CompanyValue]] = {}
    for each in members:
        by_group.setdefault(group_of(each) or rest_of(node), []).append(each)
    rest = by_group.pop(rest_of(node), [])
    shown = {group: part for group, part in by_group.items() if check(part) is Rule.PASSED}
    rest += [each for group, part in by_group.items() if group not in shown for each in part]
    while shown and rest and check(rest) is not Rule.PASSED:
        rest += shown.pop(min(shown, key=lambda group: (len(shown[group]), group_key(group))))
    if not shown:
        return {node: members}
    return {
        **dict(sorted(shown.items(), key=lambda part: group_key(part[0]))),
        **({rest_of(node): rest} if rest else {}),
    }


def place_into_groups(contributions: CompanyValues, groups: Iterable[Group]) -> Parts:
    """Assigns each company to one of the known groups, or to the rest if it belongs to none of them."""
    known = set(groups)
    parts: dict[Group, list[CompanyValue]] = {group: [] for group in sorted(known, key=group_key)}
    for each in contributions:
        parts.setdefault(place_group(each.section, each.size, known), []).append(each)
    return parts


def place_group(section: str, size: CompanySize | None, known: Collection[Group]) -> Group:
    """The group of a section and size class among known ones, which are the smallest parts of all."""
    if ALL_MEMBERS in known:
        return ALL_MEMBERS
    if not section:
        return rest_of(ALL_MEMBERS)
    for group in (Group(section), Group(section, size)):
        if group in known:
            return group
    is_split = any(group.section == section for group in known)
    return rest_of(Group(section) if is_split else ALL_MEMBERS)


def coarser_groups(groups: Iterable[Group], failing: Iterable[Group]) -> frozenset[Group]:
    """The groups with those that may not be shown joined to their section, and sections to the rest.

    A rest that may not be shown takes the section that comes first; without sections all members are left.
    """
    left, rest = set(groups), rest_of(ALL_MEMBERS)
    for group in failing:
        section = group.section or min((each.section for each in left if each.section), default="")
        left = {each for each in left if each.section != section}
        left.add(rest if group in (Group(section), rest) else Group(section))
    return frozenset(left if any(group.section for group in left) else {ALL_MEMBERS})


def rest_of(node: Group) -> Group:
    """The rest of all members, or of a section."""
    return Group(node.section, is_rest=True)


def with_sections(parts: Parts) -> Parts:
    """The parts, and before them what they make up together: all members, and each section that is split."""
    nodes: dict[Group, list[CompanyValue]] = {ALL_MEMBERS: [each for part in parts.values() for each in part]}
    for group, part in parts.items():
        if group.section and (group.size or group.is_rest):
            nodes.setdefault(Group(group.section), []).extend(part)
    return {**nodes, **parts}


def smallest_groups(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Those of the shown groups that are not made up of other shown ones."""
    shown = set(groups)
    split_sections = {group.section for group in shown if group.section and (group.size or group.is_rest)}
    sections = {Group(section) for section in split_sections}
    has_parts = bool(shown - {ALL_MEMBERS})
    left = shown - sections - ({ALL_MEMBERS} if has_parts else set())
    return tuple(sorted(left, key=group_key))


def group_key(group: Group) -> str:
    """The group as a text: "" for all members, "C", "C/small", "C/rest" or "/rest"."""
    part = "rest" if group.is_rest else group.size or ""
    return f"{group.section}/{part}" if part else group.section
