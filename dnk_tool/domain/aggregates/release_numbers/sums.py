"""The sums of a release, each with its groups or the rule that withholds it.

Sums over the companies of a release that were in that of the year before, too, for both years.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure
from dnk_tool.domain.aggregates.company_values import Datapoints, figure_values
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, matched_key, number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.changes import (
    are_changes_hidden,
    parts_beside_earlier,
    sum_fits,
)
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, group_key, with_sections
from dnk_tool.domain.aggregates.release_numbers.work import PublishedCells, ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import (
    Check,
    CompanyValue,
    CompanyValues,
    check_sum_for_readers,
    count_unread,
    exact_sum,
    is_hidden_from_readers,
    rounded_to_digits,
    widest,
)


@dataclass(frozen=True, slots=True)
class MatchedCompanies:
    """What companies that are in the releases of two years gave to a sum in the first and in the second."""

    then: CompanyValues
    now: CompanyValues

    def check(self, check: Check, rules: AggregationRules) -> Check:
        """The check of a group, with those in it that are matched and those that are not hidden as well."""
        matched = {each.company for each in self.now}

        def check_group(part: CompanyValues) -> Rule:
            rule = check(part)
            inside = [each for each in part if each.company in matched]
            outside = [each for each in part if each.company not in matched]
            if rule is not Rule.PASSED or all(
                is_hidden_from_readers(each, rules) for each in (inside, outside)
            ):
                return rule
            return Rule.REST

        return check_group


def matched_companies(figure: str, chosen: CompanyValues, work: ReleaseWork) -> MatchedCompanies | None:
    """The companies of a sum that were in that of the year before, too, if both may be shown over them.

    Only where both pass the rules, and in each year the others are none or pass as well. A corrected release
    has none: what it says of both years could be set off against the first.
    """
    before, key = work.year_before, number_key(figure, Statistic.SUM)
    if before is None or work.earlier:
        return None
    given = {each.company: each for each in figure_values(before.entered(key), [figure], work.datapoints)}
    now = [each for each in chosen if each.company in given]
    then = [given[each.company] for each in now]
    others = [each for each in chosen if each.company not in given]
    passes = all(check_sum_for_readers(part, work.rules) is Rule.PASSED for part in (then, now))
    if not passes or not is_hidden_from_readers(others, work.rules):
        return None
    cells = _cells_before(figure, before, work)
    return MatchedCompanies(then, now) if cells is not None and cells.allow(figure, [then]) else None


def matched_numbers(
    figure: str, matched: MatchedCompanies, work: ReleaseWork
) -> tuple[ReleasedNumber, ReleasedNumber] | None:
    """The sums of the year before and of this year; None if other published sums do not allow them."""
    if not work.cells.allow(figure, [matched.now]):
        return None
    work.cells.add(figure, [matched.now])
    work.note_entries(matched_key(figure), {ALL_MEMBERS: matched.now})
    return _matched_number(figure, matched.then, work), _matched_number(figure, matched.now, work)


def _matched_number(figure: str, part: CompanyValues, work: ReleaseWork) -> ReleasedNumber:
    total = exact_sum(each.value for each in part)
    return ReleasedNumber(
        figure=figure,
        statistic=Statistic.SUM,
        group=ALL_MEMBERS,
        companies=len(part),
        value=rounded_to_digits(total, work.rules.digits),
        unit=work.datapoints[figure].default_unit,
        rule=Rule.PASSED,
        unread=count_unread(part),
    )


def _cells_before(figure: str, before: EarlierRelease, work: ReleaseWork) -> PublishedCells | None:
    """What the year before's release divides the companies into; None if it withholds the figure.

    Also None if one of its companies took back its consent: without its value nobody can tell.
    """
    key = number_key(figure, Statistic.SUM)
    cells = PublishedCells(work.rules)
    names = [(key, group_key(group)) for group in shown_groups(before, key)]
    companies = {each.group: each.companies for each in before.content.numbers if key_of(each) == key}
    if not names or len(before.entered(key)) != companies[ALL_MEMBERS]:
        return None
    others = {name for entry in before.entries for name in entry.numbers if name != key}
    names += [(name, "") for name in others if name in _keys_with(figure, before, work.datapoints)]
    for name, group in names:
        part = figure_values(before.entered(name, group), [figure], work.datapoints)
        cells.add(figure, [part])
    return cells


def _keys_with(figure: str, before: EarlierRelease, datapoints: Datapoints) -> set[str]:
    """The numbers of a release that tell another sum of the figure: those of rates, and the matched one."""
    keys = {matched_key(figure)}
    for number in before.content.numbers:
        pooled = datapoints[number.figure].pooled if number.figure in datapoints else None
        if pooled and figure in (*pooled.numerator, *pooled.denominator):
            keys.add(key_of(number))
    return keys


def sum_numbers(figure: ReleaseFigure, work: ReleaseWork) -> list[ReleasedNumber]:
    """The sum of a figure over all members, and over the groups that may be shown."""
    given = work.given(figure.parts)
    whole = work.sums.get(figure.part_of, {})
    check = _check(work, whole)
    chosen, rule = widest([each for each in given if each.company in whole] if whole else given, check)
    parts: Parts = {}
    matched = None
    if rule is Rule.PASSED:
        matched = matched_companies(figure.key, chosen, work)
        parts = _parts(figure, chosen, work, matched.check(check, work.rules) if matched else check)
        rule = Rule.PASSED if parts else Rule.CORRECTION
    if rule is Rule.PASSED and not work.cells.allow(figure.key, parts.values()):
        rule = Rule.REST
    if rule is not Rule.PASSED:
        return [_number(figure, work, ALL_MEMBERS, given, rule)]
    work.cells.add(figure.key, parts.values())
    work.sums[figure.key] = {each.company: each for each in chosen}
    work.note_entries(number_key(figure.key, Statistic.SUM), parts)
    if matched and (pair := matched_numbers(figure.key, matched, work)):
        work.matched[figure.key] = pair
    numbers = [_number(figure, work, group, part, rule) for group, part in with_sections(parts).items()]
    return [replace(numbers[0], left_out=len(given) - len(chosen)), *numbers[1:]]


def _check(work: ReleaseWork, whole: Mapping[int, CompanyValue]) -> Check:
    """The rules of a sum; for a part of another figure also what that has besides it."""

    def check(contributions: CompanyValues) -> Rule:
        rule = check_sum_for_readers(contributions, work.rules)
        if rule is not Rule.PASSED or not whole:
            return rule
        part = {each.company: each.value for each in contributions}
        besides = [replace(each, value=each.value - part.get(each.company, 0)) for each in whole.values()]
        return Rule.PASSED if is_hidden_from_readers(besides, work.rules) else Rule.REST

    return check


def _parts(figure: ReleaseFigure, chosen: CompanyValues, work: ReleaseWork, check: Check) -> Parts:
    """The groups of the sum; a part of another figure has none, as both could be set off in each group.

    None at all if what changed since an earlier release would not stay hidden.
    """
    key = number_key(figure.key, Statistic.SUM)
    parts: Parts = {ALL_MEMBERS: chosen}
    if not figure.part_of:
        parts = parts_beside_earlier(key, chosen, check, sum_fits(figure.key, key, work), work)
    return parts if parts and are_changes_hidden(figure.key, key, chosen, work) else {}


def _number(
    figure: ReleaseFigure, work: ReleaseWork, group: Group, part: CompanyValues, rule: Rule
) -> ReleasedNumber:
    """The number over these companies, rounded; without a value where a rule withholds it."""
    total = rounded_to_digits(exact_sum(each.value for each in part), work.rules.digits)
    return ReleasedNumber(
        figure=figure.key,
        statistic=Statistic.SUM,
        group=group,
        companies=len(part),
        value=total if rule is Rule.PASSED else None,
        unit=work.datapoints[figure.key].default_unit,
        rule=rule,
        unread=count_unread(part),
    )
