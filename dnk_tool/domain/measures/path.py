"""The path of a company to its climate goal: actual, path, decided measures as wedges, and the gap.

All amounts are in t CO2e. After the last year with figures only what changes against that year counts: a
measure whose effect those figures hold already is not subtracted again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dnk_tool.domain.measures.climate_goal import KILOGRAM, ClimateGoal, YearEmissions, to_kilogram
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureState

NOTHING = Decimal(0)
MOST_YEARS = 9  # that a table or a picture shows


class NotCounted(StrEnum):
    """Why a measure changes nothing in the path."""

    IDEA = "idea"
    NO_EFFECT = "no-effect"  # nothing is said in t CO2e
    NO_YEAR = "no-year"
    LATE = "late"  # only planned, though its first year has passed: no figure can hold its effect
    NO_REDUCTION = "no-reduction"  # of a kind that enters no path, such as bought green power
    OUTSIDE = "outside"  # less material, waste or water, which is Scope 3, and the goal counts none
    IN_FIGURES = "in-figures"  # the last figures hold its effect already
    AFTER_TARGET = "after-target"


@dataclass(frozen=True, slots=True)
class Wedge:
    """What a measure takes away in each year of the path, against the last year with figures.

    `measure` is its id, None for the assumption that electricity of the grid gets cleaner. An amount below
    zero means that an effect ends which the last figures still hold.
    """

    measure: int | None
    text: str
    state: MeasureState | None
    amounts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class NamedMeasure:
    """A measure that is named beside the path and changes nothing in it; `amount` in t CO2e a year."""

    measure: int
    text: str
    reason: NotCounted
    amount: Decimal | None
    from_year: int | None


@dataclass(frozen=True, slots=True)
class ClimatePath:
    """The path year by year; tuples have a place for each of `years`, None where nothing is known.

    `actual` of the base year is the goal's base value. `with_measures` is known after `last_actual`, the
    latest year with figures. `gap` is what lies above the path, zero where nothing does.
    `lacks_electricity`: the assumption about the grid cannot be counted.
    """

    years: tuple[int, ...]
    actual: tuple[Decimal | None, ...]
    path: tuple[Decimal, ...]
    wedges: tuple[Wedge, ...]
    with_measures: tuple[Decimal | None, ...]
    gap: tuple[Decimal | None, ...]
    last_actual: int
    named: tuple[NamedMeasure, ...] = ()
    lacks_electricity: bool = False

    @property
    def outlook(self) -> Decimal:
        """The value of the target year: its figures, else what is left with the measures."""
        value = self.actual[-1] if self.with_measures[-1] is None else self.with_measures[-1]
        return value if value is not None else NOTHING

    @property
    def final_gap(self) -> Decimal:
        """What lacks in the target year."""
        return self.gap[-1] or NOTHING


def climate_path(
    goal: ClimateGoal,
    emissions: Mapping[int, YearEmissions],
    measures: Mapping[int, CompanyMeasure],
    *,
    grid_carriers: Collection[str] = (),
    uncounted_kinds: Collection[str] = (),
) -> ClimatePath:
    """The path of the goal. `emissions` by year, `measures` by id.

    `grid_carriers`: the carriers of energy whose savings are electricity of the grid. `uncounted_kinds`:
    kinds of measures that enter no path.
    """
    years = tuple(range(goal.base_year, goal.target_year + 1))
    actual = tuple(goal.base if year == goal.base_year else _total(emissions, year) for year in years)
    last = max(year for year, value in zip(years, actual, strict=True) if value is not None)
    path = path_line(goal)
    reasons = {id_: _reason(goal, each, last, uncounted_kinds) for id_, each in measures.items()}
    counted = {id_: each for id_, each in measures.items() if reasons[id_] is None}
    wedges = tuple(_wedges(counted, years, last))
    grid = _grid_wedge(goal, emissions.get(last), counted, years, last, frozenset(grid_carriers))
    wedges = (*wedges, grid) if grid else wedges
    start = actual[years.index(last)] or NOTHING
    ahead = tuple(
        start - sum((wedge.amounts[place] for wedge in wedges), NOTHING) if year > last else None
        for place, year in enumerate(years)
    )
    return ClimatePath(
        years=years,
        actual=actual,
        path=path,
        wedges=wedges,
        with_measures=ahead,
        gap=tuple(map(_gap, actual, ahead, path)),
        last_actual=last,
        named=tuple(_named(measures, reasons, years, last)),
        lacks_electricity=goal.grid is not None
        and last < goal.grid.year
        and not _knows_grid(emissions, last),
    )


def shown_places(path_years: Sequence[int], last_actual: int) -> tuple[int, ...]:
    """The places of at most `MOST_YEARS` years: the first, the last figures, the target, even steps."""
    length = len(path_years)
    if length <= MOST_YEARS:
        return tuple(range(length))
    step = -(-(length - 1) // (MOST_YEARS - 2))
    return tuple(sorted({0, path_years.index(last_actual), *range(length - 1, -1, -step)}))


def path_line(goal: ClimateGoal) -> tuple[Decimal, ...]:
    """The straight line from the base year's value to the target, to the kilogram, year by year."""
    first, final = Fraction(goal.base), Fraction(goal.target)
    length = goal.target_year - goal.base_year
    between = (_kilograms(first + (final - first) * step / length) for step in range(1, length))
    return (goal.base, *between, goal.target)


def change_against(measure: CompanyMeasure, year: int, last: int) -> int:
    """1 if the measure works in this year and not in the last one with figures, -1 the other way round."""
    return int(measure.is_effective_in(year)) - int(measure.is_effective_in(last))


def _total(emissions: Mapping[int, YearEmissions], year: int) -> Decimal | None:
    return emissions[year].total if year in emissions else None


def _kilograms(exact: Fraction) -> Decimal:
    thousandths = round(exact * 1000)
    return Decimal(thousandths) * KILOGRAM


def _gap(actual: Decimal | None, ahead: Decimal | None, path: Decimal) -> Decimal | None:
    value = actual if ahead is None else ahead
    return None if value is None else max(NOTHING, value - path)


def _wedges(measures: Mapping[int, CompanyMeasure], years: tuple[int, ...], last: int) -> Iterator[Wedge]:
    """The measures that change something, the earliest first, and of one year the largest first."""

    def order(each: tuple[int, CompanyMeasure]) -> tuple[int, Decimal, int]:
        return each[1].from_year or 0, -(each[1].effect.t_co2e or NOTHING), each[0]

    for id_, measure in sorted(measures.items(), key=order):
        amounts = tuple(
            (measure.effect.t_co2e or NOTHING) * change_against(measure, year, last)
            if year > last
            else NOTHING
            for year in years
        )
        if any(amounts):
            yield Wedge(id_, measure.text, measure.state, amounts)


def _knows_grid(emissions: Mapping[int, YearEmissions], last: int) -> bool:
    known = emissions.get(last)
    return known is not None and known.electricity is not None and known.scope2 is not None


def _grid_wedge(
    goal: ClimateGoal,
    known: YearEmissions | None,
    measures: Mapping[int, CompanyMeasure],
    years: tuple[int, ...],
    last: int,
    carriers: frozenset[str],
) -> Wedge | None:
    """What the cleaner grid takes away: of the electricity that the measures leave, and never more than that.

    Never more than the same share of Scope 2, as a part of it may be heat.
    """
    if goal.grid is None or known is None or known.electricity is None or known.scope2 is None:
        return None
    amounts = []
    for year in years:
        fall = goal.grid.start - goal.grid.factor(year, since=last) if year > last else NOTHING
        saved = sum(
            (
                _electricity(measure, carriers) * change_against(measure, year, last)
                for measure in measures.values()
            ),
            NOTHING,
        )
        most = known.scope2 * fall / goal.grid.start if goal.grid.start else NOTHING
        exact = min(max(NOTHING, known.electricity - saved) * fall / 1000, max(NOTHING, most))
        amounts.append(to_kilogram(exact))
    return Wedge(None, "", None, tuple(amounts)) if any(amounts) else None


def _electricity(measure: CompanyMeasure, carriers: frozenset[str]) -> Decimal:
    """The electricity of the grid that it saves in a full year, in kWh."""
    return sum((each.kwh for each in measure.effect.energy if each.carrier in carriers), NOTHING)


def _named(
    measures: Mapping[int, CompanyMeasure],
    reasons: Mapping[int, NotCounted | None],
    years: tuple[int, ...],
    last: int,
) -> Iterator[NamedMeasure]:
    """The measures that change nothing, each with the reason; dropped ones are not named."""
    for id_, measure in sorted(measures.items()):
        reason = reasons[id_] or _idle_reason(measure, years, last)
        if reason and measure.state is not MeasureState.DROPPED:
            yield NamedMeasure(id_, measure.text, reason, measure.effect.t_co2e, measure.from_year)


def _reason(
    goal: ClimateGoal, measure: CompanyMeasure, last: int, uncounted_kinds: Collection[str]
) -> NotCounted | None:
    """Why the measure must not be counted; None for one that may."""
    if not measure.is_decided:
        return NotCounted.IDEA
    if measure.kind and measure.kind in uncounted_kinds:
        return NotCounted.NO_REDUCTION
    if measure.effect.t_co2e is None:
        return NotCounted.NO_EFFECT
    if measure.from_year is None:
        return NotCounted.NO_YEAR
    if _is_scope3_only(measure) and not goal.scope3:
        return NotCounted.OUTSIDE
    is_late = measure.state is MeasureState.PLANNED and measure.from_year <= last
    return NotCounted.LATE if is_late else None


def _is_scope3_only(measure: CompanyMeasure) -> bool:
    """Whether its effect speaks of water, material or waste and of no energy."""
    effect = measure.effect
    speaks = (effect.water_m3, effect.material_kg, effect.waste_kg)
    return not effect.energy and any(amount is not None for amount in speaks)


def _idle_reason(measure: CompanyMeasure, years: tuple[int, ...], last: int) -> NotCounted | None:
    """Why a measure that may be counted changes nothing in these years; None if it does."""
    if measure.from_year is not None and measure.from_year > years[-1]:
        return NotCounted.AFTER_TARGET
    changes = any(change_against(measure, year, last) for year in years if year > last)
    return None if changes else NotCounted.IN_FIGURES
