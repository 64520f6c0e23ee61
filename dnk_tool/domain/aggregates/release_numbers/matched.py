"""Sums over the companies of a release that were in that of the year before, too, for both years."""

from dataclasses import dataclass

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.company_values import Datapoints, figure_values
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, matched_key, number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.cells import PublishedCells
from dnk_tool.domain.aggregates.release_numbers.groups import group_key
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import (
    Check,
    CompanyValues,
    check_sum_for_readers,
    count_unread,
    exact_sum,
    is_hidden_from_readers,
    rounded_to_digits,
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
    return _number(figure, matched.then, work), _number(figure, matched.now, work)


def _number(figure: str, part: CompanyValues, work: ReleaseWork) -> ReleasedNumber:
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
