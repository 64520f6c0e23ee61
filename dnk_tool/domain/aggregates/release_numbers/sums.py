"""The sums of a release, each with its groups or the rule that withholds it."""

from collections.abc import Mapping
from dataclasses import replace

from dnk_tool.catalogue.aggregation_rules import ReleaseFigure
from dnk_tool.domain.aggregates.entries import number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.changes import (
    are_changes_hidden,
    parts_beside_earlier,
    sum_fits,
)
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, with_sections
from dnk_tool.domain.aggregates.release_numbers.matched import matched_companies, matched_numbers
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork
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
