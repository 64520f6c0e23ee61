"""Sums over the companies of a release that were in that of the year before, too, for both years."""

from collections.abc import Mapping

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.contributions import Datapoints, figure_contributions
from dnk_tool.domain.aggregates.entries import EarlierRelease, key_of, matched_key, number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.cells import PublishedCells
from dnk_tool.domain.aggregates.release_numbers.groups import group_key
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork, shown_groups
from dnk_tool.domain.aggregates.rules import (
    Contributions,
    check_sum_for_readers,
    exact_sum,
    rounded_to_digits,
)

Matched = Mapping[str, tuple[ReleasedNumber, ReleasedNumber]]


def matched_sums(work: ReleaseWork, before: EarlierRelease | None) -> Matched:
    """For each summed figure the numbers of the year before and of this year, over the same companies.

    Only where both pass the rules, and in each year the others are none or pass as well. A corrected release
    has none: what it says of both years could be set off against the first.
    """
    if before is None or work.earlier:
        return {}
    found = {figure: _matched(figure, before, work) for figure in work.sums}
    return {figure: pair for figure, pair in found.items() if pair is not None}


def _matched(
    figure: str, before: EarlierRelease, work: ReleaseWork
) -> tuple[ReleasedNumber, ReleasedNumber] | None:
    key = number_key(figure, Statistic.SUM)
    known = figure_contributions(before.entered(key), [figure], work.datapoints)
    both = {each.company for each in known} & work.sums[figure].keys()
    then = [each for each in known if each.company in both]
    now = [work.sums[figure][each.company] for each in then]
    if any(check_sum_for_readers(part, work.rules) is not Rule.PASSED for part in (then, now)):
        return None
    earlier_cells = _cells_before(figure, before, work.datapoints, work.rules)
    if (
        earlier_cells is None
        or not earlier_cells.allow(figure, [then])
        or not work.cells.allow(figure, [now])
    ):
        return None
    work.cells.add(figure, [now])
    work.note_entries(matched_key(figure), {ALL_MEMBERS: now})
    return _number(figure, then, work), _number(figure, now, work)


def _number(figure: str, part: Contributions, work: ReleaseWork) -> ReleasedNumber:
    total = exact_sum(each.value for each in part)
    return ReleasedNumber(
        figure=figure,
        statistic=Statistic.SUM,
        group=ALL_MEMBERS,
        companies=len(part),
        value=rounded_to_digits(total, work.rules.digits),
        unit=work.datapoints[figure].default_unit,
        rule=Rule.PASSED,
    )


def _cells_before(
    figure: str, before: EarlierRelease, datapoints: Datapoints, rules: AggregationRules
) -> PublishedCells | None:
    """What the year before's release divides the companies into; None if it withholds the figure.

    Also None if one of its companies took back its consent: without its value nobody can tell.
    """
    key = number_key(figure, Statistic.SUM)
    cells = PublishedCells(rules)
    names = [(key, group_key(group)) for group in shown_groups(before, key)]
    companies = {each.group: each.companies for each in before.content.numbers if key_of(each) == key}
    if not names or len(before.entered(key)) != companies[ALL_MEMBERS]:
        return None
    others = {name for entry in before.entries for name in entry.numbers if name != key}
    names += [(name, "") for name in others if name in _keys_with(figure, before, datapoints)]
    for name, group in names:
        part = figure_contributions(before.entered(name, group), [figure], datapoints)
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
