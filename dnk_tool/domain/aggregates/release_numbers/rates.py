"""The rates of a release: a sum divided by a sum, over the companies that give every part."""

from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.aggregation_rules import RATE_SCALES, ReleaseFigure
from dnk_tool.catalogue.standard.item_model import Pooling
from dnk_tool.domain.aggregates.entries import number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.changes import are_changes_hidden
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork
from dnk_tool.domain.aggregates.rules import (
    CompanyValue,
    CompanyValues,
    check_sum_for_readers,
    count_unread,
    exact_sum,
    is_hidden_from_readers,
    rounded_to_digits,
    widest,
)
from dnk_tool.domain.quantities import Quantity, from_base, in_base


class Pool:
    """What companies give to both figures of a rate: so much of the upper for each unit of the lower."""

    def __init__(self, pooling: Pooling, work: ReleaseWork) -> None:
        (above,), (below,) = pooling.numerator, pooling.denominator
        self._rules = work.rules
        self._points = (work.datapoints[above], work.datapoints[below])
        upper, lower = ({each.company: each for each in work.given([point.key])} for point in self._points)
        self.upper = {company: each for company, each in upper.items() if company in lower}
        self.lower = {company: each for company, each in lower.items() if company in upper}

    def parts(self, lower: CompanyValues) -> list[tuple[str, CompanyValues]]:
        """The sums that a rate over these companies rests on, by what each is called among published sums.

        A share tells a third one: what the lower figure has besides the upper, which is contained in it.
        """
        above, below = self._points
        upper = [self.upper[each.company] for each in lower]
        found: list[tuple[str, CompanyValues]] = [(above.key, upper), (below.key, lower)]
        if above.family.key == below.family.key:
            besides = [_besides(each, self.upper[each.company]) for each in lower]
            found.append((f"{below.key}-{above.key}", besides))
        return found

    def check(self, lower: CompanyValues) -> Rule:
        """Whether both sums pass, and what the lower has besides the upper stays hidden."""
        (_, upper), (_, below), *rest = self.parts(lower)
        rules = [check_sum_for_readers(part, self._rules) for part in (below, upper)]
        if rule := next((rule for rule in rules if rule is not Rule.PASSED), None):
            return rule
        hidden = all(is_hidden_from_readers(part, self._rules) for _, part in rest)
        return Rule.PASSED if hidden else Rule.REST

    def rate(self, lower: CompanyValues) -> Fraction:
        """The quotient of both sums in the base units of their families."""
        above, below = (
            in_base(Quantity(exact_sum(each.value for each in part), point.default_unit), point.family.units)
            for (_, part), point in zip(self.parts(lower)[:2], self._points, strict=True)
        )
        return above / below


def _besides(lower: CompanyValue, upper: CompanyValue) -> CompanyValue:
    return replace(lower, value=lower.value - upper.value)


def rate_numbers(figure: ReleaseFigure, work: ReleaseWork) -> list[ReleasedNumber]:
    """The common rate of the members that give every part of it; none for what is not pooled."""
    point = work.datapoints[figure.key]
    if point.pooled is None:
        return []
    pool, key = Pool(point.pooled, work), number_key(figure.key, Statistic.RATE)
    given = list(pool.lower.values())
    chosen, rule = widest(given, pool.check)
    if rule is Rule.PASSED:
        rule = _rule_beside_others(key, pool, chosen, work)
    number = ReleasedNumber(
        figure.key, Statistic.RATE, ALL_MEMBERS, len(given), None, point.default_unit, rule
    )
    if rule is not Rule.PASSED:
        return [number]
    for kind, part in pool.parts(chosen):
        work.cells.add(kind, [part])
    work.note_entries(key, {ALL_MEMBERS: chosen})
    exact = from_base(pool.rate(chosen) * RATE_SCALES[point.family.key], point.default_unit, point.family)
    value = rounded_to_digits(exact, work.rules.digits)
    return [
        replace(
            number,
            companies=len(chosen),
            value=value,
            left_out=len(given) - len(chosen),
            unread=count_unread(chosen),
        )
    ]


def _rule_beside_others(key: str, pool: Pool, chosen: CompanyValues, work: ReleaseWork) -> Rule:
    """Whether the sums below the rate may be known beside all that are published."""
    parts = pool.parts(chosen)
    if not all(work.cells.allow(kind, [part]) for kind, part in parts):
        return Rule.REST
    hidden = all(are_changes_hidden(kind, key, part, work) for kind, part in parts[:2])
    return Rule.PASSED if hidden else Rule.CORRECTION
