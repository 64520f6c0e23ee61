"""Which measures of which members count for a cluster's joint goal, and with which amounts."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from dnk_tool.domain.aggregates.joint_goal import JointGoal, Saving
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureState

CountsAsSaving = Callable[[str], bool]  # whether measures of a kind, by its key, save anything
Key = TypeVar("Key", bound=str)
MeasuresByCompany = Mapping[int, Sequence[CompanyMeasure]]


@dataclass(frozen=True, slots=True)
class CountedSaving:
    """What measures of one kind and state of one company save in a full year; `measures`: how many they are.

    `carriers`: kWh by the key of their carrier, as greenhouse gases follow from these. In the difference
    between two days amounts can be negative. `is_readable`: some readers can read what the company saves
    together, as its declaration says it.
    """

    company: int
    kind: str
    state: MeasureState
    amounts: Mapping[Saving, Decimal]
    carriers: Mapping[str, Decimal]
    measures: int = 1
    is_readable: bool = False

    @property
    def negative(self) -> "CountedSaving":
        """The same with all amounts negative."""
        return replace(
            self,
            amounts={saving: -amount for saving, amount in self.amounts.items()},
            carriers={carrier: -amount for carrier, amount in self.carriers.items()},
        )


def counted_savings(
    goal: JointGoal,
    cluster_id: int,
    measures: MeasuresByCompany,
    counts: CountsAsSaving,
    readable: Collection[int] = (),
) -> list[CountedSaving]:
    """What counts of these companies' measures, which are those that let them count; one entry a measure.

    `counts`: False for kinds that save nothing, such as bought green power and compensation. `readable`: the
    companies whose savings some readers know from their declarations.
    """
    return [
        replace(_counted(company, measure), is_readable=company in readable)
        for company, of_company in sorted(measures.items())
        for measure in of_company
        if _is_counted(goal, measure, cluster_id, counts)
    ]


def _is_counted(goal: JointGoal, measure: CompanyMeasure, cluster_id: int, counts: CountsAsSaving) -> bool:
    return _is_meant(measure, cluster_id, counts) and _is_complete(measure) and _is_in_period(goal, measure)


def _is_meant(measure: CompanyMeasure, cluster_id: int, counts: CountsAsSaving) -> bool:
    """Whether a measure is decided, counts for this cluster and is of a kind that saves something."""
    return measure.is_decided and measure.counts_for == cluster_id and counts(measure.kind)


def _is_complete(measure: CompanyMeasure) -> bool:
    """Whether a measure names an amount of energy or of greenhouse gases, its year, and how it was found."""
    effect = measure.effect
    has_amount = effect.kwh is not None or effect.t_co2e is not None
    return has_amount and measure.from_year is not None and effect.basis is not None


def _is_in_period(goal: JointGoal, measure: CompanyMeasure) -> bool:
    """Whether a measure begins in the years of the goal and still has its effect in the last of them."""
    begins = measure.from_year is not None and measure.from_year >= goal.from_year
    return begins and measure.is_effective_in(goal.until_year)


def count_bases(
    goal: JointGoal, cluster_id: int, measures: MeasuresByCompany, counts: CountsAsSaving
) -> dict[EffectBasis, int]:
    """How many of the measures that count were found in which way."""
    found = Counter(
        measure.effect.basis
        for of_company in measures.values()
        for measure in of_company
        if _is_counted(goal, measure, cluster_id, counts)
    )
    return {basis: found[basis] for basis in EffectBasis if found[basis]}


def merged(savings: Iterable[CountedSaving]) -> list[CountedSaving]:
    """One entry for each company, kind and state, as a sum keeps them."""
    found: dict[tuple[int, str, MeasureState], list[CountedSaving]] = {}
    for each in savings:
        found.setdefault((each.company, each.kind, each.state), []).append(each)
    return [
        CountedSaving(
            *key,
            amounts=_added(one.amounts for one in parts),
            carriers=_added(one.carriers for one in parts),
            measures=sum(one.measures for one in parts),
            is_readable=any(one.is_readable for one in parts),
        )
        for key, parts in found.items()
    ]


def with_readable(savings: Iterable[CountedSaving], companies: Collection[int]) -> list[CountedSaving]:
    """The same savings, those of these companies marked as readable and no others."""
    return [replace(each, is_readable=each.company in companies) for each in savings]


def differences(now: Iterable[CountedSaving], before: Iterable[CountedSaving]) -> list[CountedSaving]:
    """What changed in each company, kind and state; what stayed the same is left out."""
    changed = merged([*now, *(each.negative for each in before)])
    return [each for each in changed if any(each.amounts.values()) or any(each.carriers.values())]


def _added(parts: Iterable[Mapping[Key, Decimal]]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = {}
    for part in parts:
        for key, amount in part.items():
            found[key] = found.get(key, Decimal(0)) + amount
    return found


def _counted(company: int, measure: CompanyMeasure) -> CountedSaving:
    carriers: dict[str, Decimal] = {}
    for saving in measure.effect.energy:
        carriers[saving.carrier] = carriers.get(saving.carrier, Decimal(0)) + saving.kwh
    return CountedSaving(company, measure.kind, measure.state, dict(_amounts(measure)), carriers)


def _amounts(measure: CompanyMeasure) -> Iterator[tuple[Saving, Decimal]]:
    effect = measure.effect
    given = {
        Saving.ENERGY: effect.kwh,
        Saving.GHG: effect.t_co2e,
        Saving.COST: effect.cost_eur,
        Saving.INVESTMENT: measure.investment_eur,
    }
    for saving, amount in given.items():
        if amount is not None:
            yield saving, amount
