"""The rates of a release: a sum divided by a sum, over the companies that give every part."""

from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.aggregation_rules import RATE_SCALES, ReleaseFigure
from dnk_tool.catalogue.standard.item_model import Pooling
from dnk_tool.domain.aggregates.company_values import keys_of_kind, sum_kind
from dnk_tool.domain.aggregates.entries import number_key
from dnk_tool.domain.aggregates.model import ALL_MEMBERS, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release_numbers.changes import are_changes_hidden
from dnk_tool.domain.aggregates.release_numbers.work import ReleaseWork
from dnk_tool.domain.aggregates.rules import (
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
    """What companies give to both sums of a rate: so much of the upper for each unit of the lower.

    Rates of one division are over the same companies, those that give all of it: over different ones they
    could be set off against each other.
    """

    def __init__(self, figure: ReleaseFigure, pooling: Pooling, work: ReleaseWork) -> None:
        self._rules, self._points = work.rules, work.datapoints
        rates = (work.datapoints[each.key].pooled for each in work.rules.divided_with(figure))
        others = [sum_kind(rate.numerator) for rate in rates if rate]
        self.above, self.below = sum_kind(pooling.numerator), sum_kind(pooling.denominator)
        kinds = dict.fromkeys([self.above, self.below, *others])
        given = {kind: {each.company: each for each in work.given(keys_of_kind(kind))} for kind in kinds}
        everywhere = set.intersection(*(set(values) for values in given.values()))
        self._given = {
            kind: {company: each for company, each in values.items() if company in everywhere}
            for kind, values in given.items()
        }
        self.lower: CompanyValues = list(self._given[self.below].values())

    def sums(self, lower: CompanyValues) -> dict[str, CompanyValues]:
        """The sums that a rate over these companies rests on, by what each is called among published sums."""
        return {kind: [values[each.company] for each in lower] for kind, values in self._given.items()}

    def rest(self, lower: CompanyValues) -> dict[str, CompanyValues]:
        """What shares tell besides: what the lower sum has that is in none of the upper ones, by its name."""
        uppers = [kind for kind in self._given if kind != self.below]
        if self._family(self.above) != self._family(self.below):
            return {}
        parts = {each.company: [self._given[kind][each.company].value for kind in uppers] for each in lower}
        values = [replace(each, value=each.value - exact_sum(parts[each.company])) for each in lower]
        return {"-".join((self.below, *uppers)): values}

    def check(self, lower: CompanyValues) -> Rule:
        """Whether all sums pass, and what the lower has besides the upper ones stays hidden."""
        sums = self.sums(lower)
        ordered = (sums.pop(self.below), *sums.values())
        rules = [check_sum_for_readers(part, self._rules) for part in ordered]
        if rule := next((rule for rule in rules if rule is not Rule.PASSED), None):
            return rule
        hidden = all(is_hidden_from_readers(part, self._rules) for part in self.rest(lower).values())
        return Rule.PASSED if hidden else Rule.REST

    def rate(self, lower: CompanyValues) -> Fraction:
        """The quotient of both sums in the base units of their families."""
        sums = self.sums(lower)
        above, below = (self._in_base(kind, sums[kind]) for kind in (self.above, self.below))
        return above / below

    def _in_base(self, kind: str, part: CompanyValues) -> Fraction:
        point = self._points[keys_of_kind(kind)[0]]
        total = exact_sum(each.value for each in part)
        return in_base(Quantity(total, point.default_unit), point.family.units)

    def _family(self, kind: str) -> str:
        return self._points[keys_of_kind(kind)[0]].family.key


def rate_numbers(figure: ReleaseFigure, work: ReleaseWork) -> list[ReleasedNumber]:
    """The common rate of the members that give every part of it; none for what is not pooled."""
    point = work.datapoints[figure.key]
    if point.pooled is None:
        return []
    pool, key = Pool(figure, point.pooled, work), number_key(figure.key, Statistic.RATE)
    given = pool.lower
    chosen, rule = widest(given, pool.check)
    if rule is Rule.PASSED:
        rule = _rule_beside_others(key, pool, chosen, work)
    number = ReleasedNumber(
        figure.key, Statistic.RATE, ALL_MEMBERS, len(given), None, point.default_unit, rule
    )
    if rule is not Rule.PASSED:
        return [number]
    for kind, part in (pool.sums(chosen) | pool.rest(chosen)).items():
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
    sums = pool.sums(chosen)
    if not all(work.cells.allow(kind, [part]) for kind, part in (sums | pool.rest(chosen)).items()):
        return Rule.REST
    hidden = all(are_changes_hidden(kind, key, part, work) for kind, part in sums.items())
    return Rule.PASSED if hidden else Rule.CORRECTION
