"""Builds a release: the numbers that a cluster may say of its members, and why not others."""

from collections.abc import Sequence
from dataclasses import replace

from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure
from dnk_tool.domain.aggregates.company_values import Datapoints, differences_of, value_of
from dnk_tool.domain.aggregates.correction import CorrectionRefused, check_correction
from dnk_tool.domain.aggregates.entries import BuiltRelease, EarlierRelease
from dnk_tool.domain.aggregates.model import (
    CompanyFigures,
    Difference,
    FigureCoverage,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Rule,
)
from dnk_tool.domain.aggregates.release_numbers.middles import middle_numbers
from dnk_tool.domain.aggregates.release_numbers.rates import rate_numbers
from dnk_tool.domain.aggregates.release_numbers.sums import sum_numbers
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork


def build_release(
    year: int,
    companies: Sequence[CompanyFigures],
    datapoints: Datapoints,
    rules: AggregationRules,
    *,
    year_before: EarlierRelease | None = None,
    earlier: Sequence[EarlierRelease] = (),
    are_checked: bool = True,
) -> BuiltRelease:
    """The release of the year over those of these companies that count, one version of each.

    `year_before`: the only release of the year before; `earlier`: all of the same year, also withdrawn ones,
    which makes this a corrected one. `are_checked`: somebody looked who is confirmed, and did not have to
    take all for real firms. Raises CorrectionRefused if the earlier ones allow none.
    """
    counted = [each for each in companies if each.counts]
    uncounted = [each for each in companies if not each.counts]
    check_correction(counted, earlier, rules)
    work = ReleaseWork(counted, datapoints, rules, earlier, year_before)
    numbers: list[ReleasedNumber] = []
    for figure in rules.figures:
        parts = _parts(figure, datapoints, rules)
        is_missed = any(value_of(each, parts, datapoints) is not None for each in uncounted)
        numbers += (_with_reason(each, is_missed=is_missed) for each in _numbers(figure, work))
    if earlier and not any(number.is_shown for number in numbers):
        is_unconfirmed = any(number.rule is Rule.UNCONFIRMED for number in numbers)
        raise CorrectionRefused(rule=Rule.UNCONFIRMED if is_unconfirmed else Rule.CORRECTION)
    content = ReleaseContent(
        reporting_year=year,
        rules=rules.edition,
        members=len(counted),
        numbers=tuple(numbers),
        coverage=tuple(
            _coverage(figure, counted, datapoints, _parts(figure, datapoints, rules))
            for figure in rules.figures
        ),
        matched=work.matched,
        unconfirmed=len(uncounted),
        is_confirmed=are_checked and all(each.is_confirmed for each in counted),
    )
    return BuiltRelease(content, work.entries())


def _with_reason(number: ReleasedNumber, *, is_missed: bool) -> ReleasedNumber:
    """The number; of too few companies, where others report the figure that do not count, for that reason."""
    is_unconfirmed = number.rule is Rule.TOO_FEW and is_missed
    return replace(number, rule=Rule.UNCONFIRMED) if is_unconfirmed else number


def _numbers(figure: ReleaseFigure, work: ReleaseWork) -> list[ReleasedNumber]:
    numbers: list[ReleasedNumber] = []
    if figure.is_summed:
        numbers += sum_numbers(figure, work)
    if figure.is_rate:
        numbers += rate_numbers(figure, work)
    for per in figure.middle:
        numbers += middle_numbers(figure, PerUnit(per), work)
    return numbers


def _coverage(
    figure: ReleaseFigure, companies: Sequence[CompanyFigures], datapoints: Datapoints, parts: tuple[str, ...]
) -> FigureCoverage:
    """How many report the figure, or each part of a rate; who explains one of them and does not, explains."""
    reported = [
        each for each in companies if all(value_of(each, [key], datapoints) is not None for key in parts)
    ]
    reporting = {each.company for each in reported}
    others = [each for each in companies if each.company not in reporting]
    reasons = [differences_of(each, figure) for each in reported]
    counts = {reason: sum(reason in each for each in reasons) for reason in Difference}
    return FigureCoverage(
        figure=figure.key,
        members=len(companies),
        reported=len(reported),
        explained=sum(bool(each.explained.intersection({figure.key, *parts})) for each in others),
        comparable=sum(not each for each in reasons),
        differences={reason: count for reason, count in counts.items() if count},
    )


def _parts(figure: ReleaseFigure, datapoints: Datapoints, rules: AggregationRules) -> tuple[str, ...]:
    """The datapoints that a company must give to enter the figure."""
    pooled = [datapoints[each.key].pooled for each in rules.divided_with(figure)] if figure.is_rate else []
    keys = [key for rate in pooled if rate for key in (*rate.numerator, *rate.denominator)]
    return tuple(dict.fromkeys(keys)) or figure.parts
