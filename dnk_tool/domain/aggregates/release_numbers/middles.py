"""The middle values of a release, over companies that can be compared, and each company's own quarter."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure
from dnk_tool.domain.aggregates.contributions import middle_contributions
from dnk_tool.domain.aggregates.correction import count_of_changed
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, number_key, quarter_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, PerUnit, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, group_key, with_sections
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import (
    Contributions,
    check_middle,
    middle_value,
    quarter_of,
    rounded_to_digits,
    widest,
)


def middle_numbers(figure: ReleaseFigure, per: PerUnit, work: ReleaseWork) -> list[ReleasedNumber]:
    """The middle value of a figure over all comparable members, and over the groups that may be shown."""
    key = number_key(figure.key, Statistic.MIDDLE, per)
    given = middle_contributions(work.companies, figure, per, work.datapoints)
    check = partial(check_middle, rules=work.rules)
    chosen, rule = widest(given, check)
    parts: Parts = {}
    if rule is Rule.PASSED:
        parts = work.parts(key, chosen, check)
        passes = all(check(part) is Rule.PASSED for part in parts.values())
        rule = Rule.PASSED if passes and _are_changes_hidden(figure, per, parts, work) else Rule.CORRECTION
    if rule is not Rule.PASSED:
        return [_number(figure, per, ALL_MEMBERS, given, rule, work)]
    work.note_entries(key, parts)
    _note_quarters(figure, per, chosen, work)
    numbers = [_number(figure, per, group, part, rule, work) for group, part in with_sections(parts).items()]
    return [replace(numbers[0], left_out=len(given) - len(chosen)), *numbers[1:]]


def _note_quarters(figure: ReleaseFigure, per: PerUnit, chosen: Contributions, work: ReleaseWork) -> None:
    for company, quarter in quarters(chosen, work.rules).items():
        work.note_quarter(company, quarter_key(figure.key, per), quarter)


def quarters(contributions: Contributions, rules: AggregationRules) -> Mapping[int, int]:
    """In which quarter of all each company's own value is, 1 for the lowest; none for too few companies."""
    values = [each.value for each in contributions]
    found = {each.company: quarter_of(each.value, values, rules) for each in contributions}
    return {company: quarter for company, quarter in found.items() if quarter is not None}


def _number(
    figure: ReleaseFigure,
    per: PerUnit,
    group: Group,
    part: Contributions,
    rule: Rule,
    work: ReleaseWork,
) -> ReleasedNumber:
    """The number over these companies, rounded; without a value where a rule withholds it."""
    middle = middle_value((each.value for each in part), work.rules) if rule is Rule.PASSED else None
    return ReleasedNumber(
        figure=figure.key,
        statistic=Statistic.MIDDLE,
        group=group,
        companies=len(part),
        value=None if middle is None else rounded_to_digits(middle, work.rules.digits),
        unit=work.datapoints[figure.parts[0]].default_unit,
        rule=rule,
        per=per,
    )


def _are_changes_hidden(figure: ReleaseFigure, per: PerUnit, parts: Parts, work: ReleaseWork) -> bool:
    """Whether in each group of each earlier release enough values differ, for every reader, or none."""
    by_key = {group_key(group): part for group, part in parts.items()}
    key = number_key(figure.key, Statistic.MIDDLE, per)
    for release in work.earlier:
        for group in shown_groups(release, key):
            companies = release.entered(key, group_key(group))
            then = middle_contributions(companies, figure, per, work.datapoints)
            gone = _companies(release, key, group) - len(then)
            counts = count_of_changed(then, by_key.get(group_key(group), []))
            if any(0 < count + gone < work.rules.correction_companies for count in counts):
                return False
    return True


def _companies(release: EarlierRelease, key: str, group: Group) -> int:
    numbers = release.content.numbers
    return next(each.companies for each in numbers if key_of(each) == key and each.group == group)
