"""The middle values of a release, over companies that can be compared, and each company's own quarter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure
from dnk_tool.domain.aggregates.company_values import values_for_middle
from dnk_tool.domain.aggregates.correction import Gone, counts_of_changed
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, number_key, quarter_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, Group, PerUnit, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.changes import PartCheck, parts_beside_earlier
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, group_key, with_sections
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork
from dnk_tool.domain.aggregates.rules import (
    CompanyValue,
    CompanyValues,
    check_middle,
    count_unread,
    middle_value,
    quarter_of,
    rounded_to_digits,
    widest,
)


def middle_numbers(figure: ReleaseFigure, per: PerUnit, work: ReleaseWork) -> list[ReleasedNumber]:
    """The middle value of a figure over all comparable members, and over the groups that may be shown."""
    key = number_key(figure.key, Statistic.MIDDLE, per)
    given = values_for_middle(work.companies, figure, per, work.datapoints)
    check = partial(check_middle, rules=work.rules)
    chosen, rule = widest(given, check)
    parts: Parts = {}
    if rule is Rule.PASSED:
        parts = parts_beside_earlier(key, chosen, check, _middle_fits(figure, per, work), work)
        rule = Rule.PASSED if parts else Rule.CORRECTION
    if rule is not Rule.PASSED:
        return [_number(figure, per, ALL_MEMBERS, given, rule, work)]
    work.note_entries(key, parts)
    _note_quarters(figure, per, chosen, work)
    numbers = [_number(figure, per, group, part, rule, work) for group, part in with_sections(parts).items()]
    return [replace(numbers[0], left_out=len(given) - len(chosen)), *numbers[1:]]


def _note_quarters(figure: ReleaseFigure, per: PerUnit, chosen: CompanyValues, work: ReleaseWork) -> None:
    for company, quarter in quarters(chosen, work.rules).items():
        work.note_quarter(company, quarter_key(figure.key, per), quarter)


def quarters(contributions: CompanyValues, rules: AggregationRules) -> Mapping[int, int]:
    """In which quarter of all each company's own value is, 1 for the lowest; none for too few companies."""
    values = sorted(each.value for each in contributions)
    found = {each.company: quarter_of(each.value, values, rules) for each in contributions}
    return {company: quarter for company, quarter in found.items() if quarter is not None}


def _number(
    figure: ReleaseFigure, per: PerUnit, group: Group, part: CompanyValues, rule: Rule, work: ReleaseWork
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
        unread=count_unread(part),
    )


def _middle_fits(figure: ReleaseFigure, per: PerUnit, work: ReleaseWork) -> PartCheck:
    """For the parts of a middle value: enough values differ from earlier ones, for every reader, or none."""
    key = number_key(figure.key, Statistic.MIDDLE, per)

    def fits(release: EarlierRelease, sources: Sequence[Group], now: CompanyValues) -> bool:
        then: list[CompanyValue] = []
        gone = unread = 0
        for group in sources:
            companies = release.entered(key, None if group == ALL_MEMBERS else group_key(group))
            given = values_for_middle(companies, figure, per, work.datapoints)
            numbers = release.content.numbers
            number = next(each for each in numbers if key_of(each) == key and each.group == group)
            gone += number.companies - len(given)
            unread += number.unread
            then += given
        left = Gone(gone, are_read=not unread, are_confirmed=release.content.is_confirmed)
        counts = counts_of_changed(then, now, left)
        return not any(0 < count < work.rules.correction_companies for count in counts)

    return fits
