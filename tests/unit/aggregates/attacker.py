"""Somebody who has all releases and some companies' figures, and works out the figures of the others.

The attacker knows more than a reader does: who entered which number in which group, and everybody's
employees. What is left is a mixed-integer linear programme: the least and the most that a company's value can
be beside all that was published. It stands in the tests; the product has no solver.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Pooling
from dnk_tool.domain.aggregates.company_values import units_of, value_of
from dnk_tool.domain.aggregates.entries import BuiltRelease, key_of, matched_key, quarter_key
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    CompanyFigures,
    Group,
    PerUnit,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.domain.aggregates.release_numbers.groups import group_key
from dnk_tool.domain.aggregates.rules import QUARTERS

TOTAL, ELECTRICITY, RENEWABLE = "energy.total", "energy.electricity.consumption", "energy.renewable"
# A part of the total beside the renewable one, and its share: only tests divide the total in two.
BESIDE = "energy.fuels.non-renewable"
KEYS = (TOTAL, ELECTRICITY, RENEWABLE, BESIDE)
RATE, BESIDE_RATE = "energy.renewable-share", "test.share-beside"
_KNOWN = load_catalogue("dnk-2017").datapoints
DATAPOINTS = {
    **_KNOWN,
    BESIDE_RATE: replace(_KNOWN[RATE], key=BESIDE_RATE, pooled=Pooling((BESIDE,), (TOTAL,))),
}
# In units of the largest true value: the most that a guess may be, and what equal sides may differ by.
MOST, SLACK = 4.0, 1e-4
ORDERS = 40
NODES = 1000  # the solver gives up after so many guesses, which counts as giving a company away

Version = tuple[int, int]  # company and version
Quantity = tuple[int, int, str]  # company, version and datapoint
Order = dict[Quantity, float]  # values of which only the order counts
Terms = dict[object, float]  # factors by what they are multiplied with


@dataclass(frozen=True)
class Published:
    """A release with the figures of those who entered it; the attacker sees only what it says."""

    release: BuiltRelease
    companies: tuple[CompanyFigures, ...]


@dataclass
class Programme:
    """Limits of sums over unknown quantities, and over choices that are 0 or 1."""

    known: dict[Quantity, float]
    columns: dict[object, int] = field(default_factory=dict)
    choices: set[object] = field(default_factory=set)
    limits: list[tuple[Terms, float]] = field(default_factory=list)

    def at_most(self, terms: Terms, limit: float) -> None:
        """The sum is at most this."""
        self.limits.append((terms, limit))

    def choice(self, name: object) -> object:
        """A variable that is 0 or 1."""
        self.choices.add(name)
        return name

    def extreme(self, target: Quantity, sign: int) -> float | None:
        """The most of the target, or with -1 the least; None if nothing fits."""
        self.columns = {name: at for at, name in enumerate(self._unknown(target))}
        matrix, most = np.zeros((len(self.limits), len(self.columns))), np.zeros(len(self.limits))
        for row, (terms, limit) in enumerate(self.limits):
            most[row] = limit + SLACK
            for name, factor in terms.items():
                if name in self.columns:
                    matrix[row, self.columns[name]] += factor
                else:
                    most[row] -= factor * self.known[name]  # type: ignore[index]
        goal = np.zeros(len(self.columns))
        goal[self.columns[target]] = -sign
        whole = np.array([name in self.choices for name in self.columns])
        result = milp(
            goal,
            integrality=whole,
            bounds=Bounds(0, [self._most(name) for name in self.columns]),
            constraints=LinearConstraint(matrix, ub=most),
            options={"mip_rel_gap": 0.01, "node_limit": NODES},
        )
        return None if result.x is None else float(result.x[self.columns[target]])

    def _most(self, name: object) -> float:
        if name in self.choices:
            return 1
        return MOST if isinstance(name, tuple) and name[-1] in KEYS else np.inf

    def _unknown(self, target: Quantity) -> list[object]:
        names = dict.fromkeys([target, *(name for terms, _ in self.limits for name in terms)])
        return [name for name in names if name not in self.known]


@dataclass
class Attack:
    """What an attacker has: releases, and the versions that it can read; it wants the `wanted` datapoint.

    `own`: the companies that the attacker is, which are told their quarters.
    """

    releases: Sequence[Published]
    known: frozenset[Version] = frozenset()
    wanted: str = TOTAL
    own: frozenset[int] = frozenset()
    truth: dict[Quantity, float] = field(init=False)

    def __post_init__(self) -> None:
        values = {
            (company.company, company.version, key): float(value)
            for published in self.releases
            for company in published.companies
            for key in KEYS
            if (value := value_of(company, [key], DATAPOINTS)) is not None
        }
        self.scale = max(values.values(), default=0) or 1.0
        self.truth = {key: value / self.scale for key, value in values.items()}

    @property
    def middle(self) -> float | None:
        """The least of the published middle values of whole companies; None without one."""
        shown = [
            float(number.value)
            for published in self.releases
            for number in published.release.content.numbers
            if number.value is not None
            and number.statistic is Statistic.MIDDLE
            and (number.group, number.per) == (ALL_MEMBERS, PerUnit.COMPANY)
        ]
        return min(shown, default=None)

    def is_hidden(self, version: Version, apart: float) -> bool:
        """Whether two values of the version's total that are so far apart fit all that the attacker has.

        Values are looked for in likely orders first, which is quick, and then in all of them.
        """
        least, most = self.bounds(version, self.truth, apart)
        for order in self._orders((*version, TOTAL)):
            if most - least >= apart:
                return True
            low, high = self.bounds(version, order, apart)
            least, most = min(least, low), max(most, high)
        low, high = self.bounds(version, None, apart)
        return max(most, high) - min(least, low) >= apart

    def bounds(self, version: Version, order: Order | None, apart: float = np.inf) -> tuple[float, float]:
        """The least and the most that the value can be, with the values in this order, or in any for None.

        The least is not looked for once the most is `apart` from the truth.
        """
        target, programme = (*version, self.wanted), self._programme(order)
        least = most = self.truth[target] * self.scale
        for sign in (1, -1):
            found = programme.extreme(target, sign)
            if found is not None:
                least, most = min(least, found * self.scale), max(most, found * self.scale)
            if most - least >= apart:
                break
        return least, most

    def _orders(self, target: Quantity) -> Iterator[Order]:
        """Orders of the values: another company has some of this one's, or the other way round."""
        others = [
            key for key in self.truth if key[2] == TOTAL and key[:2] not in self.known and key != target
        ]
        for share in (0.15, -0.15, 0.6):
            for other in others:
                moved = min(share * (self.truth[target] or 0.1), self.truth[other])
                yield {**self.truth, target: self.truth[target] + moved, other: self.truth[other] - moved}
        for other in others:
            yield {**self.truth, target: self.truth[other], other: self.truth[target]}
        chance = Random(0)
        for _ in range(ORDERS):
            order = {key: value * chance.uniform(0.6, 1.5) for key, value in self.truth.items()}
            yield {**order, target: (self.truth[target] or 0.05) * chance.uniform(0, 3)}

    def _programme(self, order: Order | None) -> Programme:
        """All that was published, for values that lie in this order; None for any order."""
        programme = Programme({key: value for key, value in self.truth.items() if key[:2] in self.known})
        for company, version, key in self.truth:
            if key != TOTAL:
                programme.at_most({(company, version, key): 1, (company, version, TOTAL): -1}, 0)
            if key == BESIDE:
                parts = {(company, version, part): 1.0 for part in (BESIDE, RENEWABLE)}
                programme.at_most({**parts, (company, version, TOTAL): -1}, 0)
        for at, published in enumerate(self.releases):
            content = published.release.content
            shown = [(number, key_of(number)) for number in content.numbers if number.is_shown]
            shown += [(pair[1], matched_key(figure)) for figure, pair in content.matched.items()]
            for number, key in shown:
                members = list(_members(published, key, number.group))
                if number.statistic is Statistic.MIDDLE:
                    self._add_middle(programme, number, members, at, order)
                else:
                    self._add_sum(programme, number, members)
            for number in content.numbers:
                if number.statistic is Statistic.MIDDLE and number.group == ALL_MEMBERS and number.is_shown:
                    self._add_quarters(programme, published, number, at)
            for figure, (before, _) in content.matched.items():
                ids = {each.company for each in _members(published, matched_key(figure), ALL_MEMBERS)}
                self._add_sum(programme, before, self._of_year(content.reporting_year - 1, ids))
        return programme

    def _add_quarters(
        self, programme: Programme, published: Published, number: ReleasedNumber, at: int
    ) -> None:
        """How many values lie below an own one, as far as its quarter says it."""
        told = {
            entry.company: quarter
            for entry in published.release.entries
            if entry.company in self.own
            and (quarter := entry.quarters.get(quarter_key(number.figure, number.per)))
        }
        members = list(_members(published, key_of(number), ALL_MEMBERS)) if told else []
        units = {each.company: float(units_of(each, number.per, DATAPOINTS) or 1) for each in members}
        values = {each.company: (each.company, each.version, number.figure) for each in members}
        for own, quarter in told.items():
            below: Terms = {}
            for company, value in values.items():
                is_below = programme.choice((at, key_of(number), own, company))
                factor, most = units[own] / units[company], MOST * max(1.0, units[own] / units[company])
                if company != own:
                    programme.at_most({value: factor, values[own]: -1, is_below: most}, most)
                    programme.at_most({value: -factor, values[own]: 1, is_below: -most}, 0)
                    below[is_below] = 1.0
            programme.at_most(below, quarter * len(members) / QUARTERS - 0.25)
            programme.at_most(dict.fromkeys(below, -1.0), -(quarter - 1) * len(members) / QUARTERS)

    def _of_year(self, year: int, ids: set[int]) -> list[CompanyFigures]:
        """The companies as they entered the release of a year."""
        releases = [each for each in self.releases if each.release.content.reporting_year == year]
        return [each for one in releases for each in one.companies if each.company in ids]

    def _add_sum(
        self, programme: Programme, number: ReleasedNumber, members: Sequence[CompanyFigures]
    ) -> None:
        low, high = _interval(number)
        for sign, limit in ((1, high), (-1, low)):
            if number.statistic is Statistic.RATE:
                terms = _terms(members, _part_of_rate(number), sign) | _terms(
                    members, TOTAL, -sign * limit / 100
                )
                programme.at_most(terms, 0)
            else:
                programme.at_most(_terms(members, number.figure, sign), sign * limit / self.scale)

    def _add_middle(
        self,
        programme: Programme,
        number: ReleasedNumber,
        members: Sequence[CompanyFigures],
        at: int,
        order: Order | None,
    ) -> None:
        units = [float(units_of(each, number.per, DATAPOINTS) or 1) for each in members]
        usual = sorted(units)[len(units) // 2]
        named = [(each.company, each.version, number.figure) for each in members]
        per_unit = {name: usual / unit for name, unit in zip(named, units, strict=True)}
        low, high = (limit * usual / self.scale for limit in _interval(number))
        outside = (len(members) - 3) // 2
        if order is not None:
            ranked = sorted(named, key=lambda name: order[name] * per_unit[name])
            for one, above in pairwise(ranked):
                programme.at_most({one: per_unit[one], above: -per_unit[above]}, 0)
            parts: Terms = {name: per_unit[name] for name in ranked[outside : len(ranked) - outside]}
        else:
            parts = _chosen_middle(programme, per_unit, outside, (at, key_of(number), number.group))
        count = len(members) - 2 * outside
        programme.at_most(parts, high * count)
        programme.at_most({name: -factor for name, factor in parts.items()}, -low * count)


def _chosen_middle(
    programme: Programme, per_unit: dict[Quantity, float], outside: int, label: object
) -> Terms:
    """What adds up to the middle values, with as many values below as above, whoever has them."""
    lower, upper = (label, "lower"), (label, "upper")
    low, high = ([programme.choice((label, side, name)) for name in per_unit] for side in ("low", "high"))
    for side in (low, high):
        programme.at_most(dict.fromkeys(side, 1.0), outside)
        programme.at_most(dict.fromkeys(side, -1.0), -outside)
    programme.at_most({lower: 1, upper: -1}, 0)
    parts: Terms = {}
    for (name, factor), is_low, is_high in zip(per_unit.items(), low, high, strict=True):
        most = MOST * max(1.0, factor)
        programme.at_most({is_low: 1, is_high: 1}, 1)
        programme.at_most({name: factor, lower: -1, is_low: most}, most)
        programme.at_most({name: factor, upper: -1, is_high: -most}, 0)
        programme.at_most({name: -factor, lower: 1, is_low: -most}, 0)
        programme.at_most({name: -factor, upper: 1, is_high: most}, most)
        part = (label, "part", name)  # the value where it is in the middle, else 0
        programme.at_most({part: 1, is_low: most, is_high: most}, most)
        programme.at_most({part: 1, name: -factor}, 0)
        programme.at_most({part: -1, name: factor, is_low: -most, is_high: -most}, 0)
        parts[part] = 1.0
    return parts


def _part_of_rate(number: ReleasedNumber) -> str:
    pooled = DATAPOINTS[number.figure].pooled
    assert pooled is not None
    return pooled.numerator[0]


def _terms(members: Sequence[CompanyFigures], key: str, factor: float) -> Terms:
    return {(each.company, each.version, key): factor for each in members}


def _members(published: Published, key: str, group: Group) -> Iterator[CompanyFigures]:
    """Those who entered a number in this group, or in a part of it."""
    groups = {entry.company: entry.numbers.get(key) for entry in published.release.entries}
    for company in published.companies:
        entered = groups.get(company.company)
        if entered is not None and (
            group == ALL_MEMBERS or entered == group_key(group) or _is_part(entered, group)
        ):
            yield company


def _is_part(entered: str, group: Group) -> bool:
    is_section = bool(group.section) and not group.size and not group.is_rest
    return is_section and entered.startswith(f"{group.section}/")


def _interval(number: ReleasedNumber) -> tuple[float, float]:
    """Between what a number of two digits can have been rounded from."""
    assert number.value is not None
    half = Decimal(5).scaleb(number.value.adjusted() - 2)
    return float(number.value - half), float(number.value + half)
