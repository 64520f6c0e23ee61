"""Notes for the reader on the factors behind a result: boundaries, gases, sources."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.catalogue.factors.model import Boundary, FactorStatus
from dnk_tool.catalogue.values import Verification
from dnk_tool.domain.figures.calculators.line_steps import MEAN_FACTOR_KEY, STATED_FACTOR_KEY
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, FactorSnapshot
from dnk_tool.domain.figures.calculators.results import CalculationNote, CalculationStep, NoteCode

_CARBON_DIOXIDE = "CO2"
_NON_CO2 = "non-CO2"
# What shows that an activity consumes a carrier of energy, and where its upstream part counts.
_CARRIER_DATAPOINTS = frozenset(
    {
        "energy.fuels.non-renewable",
        "energy.fuels.renewable",
        "energy.electricity.consumption",
        "energy.heating.consumption",
        "energy.cooling.consumption",
        "energy.steam.consumption",
    }
)
_SELF_GENERATED = "energy.electricity.self-generated."
_UPSTREAM_RESULT, _SCOPE_3 = "ghg.scope3.fuel-and-energy", "ghg.scope3.gross"
_UPSTREAM_CATEGORY = "3.3"
_MARKET, _GRID = "ghg.scope2.market", "electricity.de."

StepsWithFactor = Sequence[tuple[CalculationStep, FactorSnapshot]]


def factor_notes(
    datapoint: str, steps: Iterable[CalculationStep], reporting_year: int | None = None
) -> tuple[CalculationNote, ...]:
    """The notes on a sum of emissions, by the factors of its steps; none where no factor was used.

    Codes: "mixed-boundary" and "mixed-gases" with the lines of each group, "with-upstream" (a Scope 1 or 2
    that counts nothing else), "co2-only", "own-factor", "unverified-factor", "non-co2-effects" (of flights
    at high altitude), "grid-average" (market-based without a value of the supplier or a residual mix),
    "unsettled-factor" (provisional or estimated by its publisher), "mixed-gwp-sets" with the lines of each
    set, "later-factor" (from a year after the reporting year, as no earlier one is known).
    """
    used = [(step, step.factor) for step in steps if step.factor]
    return (
        *_boundary_notes(datapoint, used),
        *_gas_notes(datapoint, [(step, factor) for step, factor in used if factor.gases]),
        *_gwp_notes(datapoint, used),
        *_factor_notes_where(
            datapoint, used, NoteCode.LATER_FACTOR, lambda factor: _is_later(factor, reporting_year)
        ),
        *_factor_notes_where(
            datapoint,
            used,
            NoteCode.OWN_FACTOR,
            lambda factor: factor.is_own and factor.key not in (STATED_FACTOR_KEY, MEAN_FACTOR_KEY),
        ),
        *_factor_notes_where(datapoint, used, NoteCode.UNVERIFIED_FACTOR, _is_unverified),
        *_factor_notes_where(
            datapoint, used, NoteCode.NON_CO2_EFFECTS, lambda factor: _NON_CO2 in factor.gases
        ),
        *_factor_notes_where(
            datapoint, used, NoteCode.GRID_AVERAGE, lambda factor: _is_grid_average(datapoint, factor)
        ),
        *_factor_notes_where(
            datapoint, used, NoteCode.UNSETTLED_FACTOR, lambda factor: factor.status is not FactorStatus.FINAL
        ),
    )


def upstream_notes(
    lines: Iterable[tuple[CalculatorLine, Activity]], steps: Mapping[str, Sequence[CalculationStep]]
) -> tuple[CalculationNote, ...]:
    """One note for each carrier of energy whose upstream part is missing from a result of Scope 3.3.

    Each names the carrier's activity as its group. Electricity of own sun, wind or water has no upstream
    part, and that of own fuels is in the fuels.
    """
    counted = {step.line for step in steps.get(_UPSTREAM_RESULT, ())}
    missing: dict[str, set[int]] = defaultdict(set)
    for line, activity in lines:
        points = activity.datapoints
        is_carrier = any(point in _CARRIER_DATAPOINTS for point in points)
        is_generated = any(point.startswith(_SELF_GENERATED) for point in points)
        if is_carrier and not is_generated and line.id not in counted:
            missing[activity.key].add(line.id)
    return tuple(
        CalculationNote(
            NoteCode.UPSTREAM_MISSING, datapoint, tuple(sorted(ids)), ((activity, tuple(sorted(ids))),)
        )
        for datapoint in (_UPSTREAM_RESULT, _SCOPE_3)
        if steps.get(datapoint)
        for activity, ids in missing.items()
    )


def _is_later(factor: FactorSnapshot, reporting_year: int | None) -> bool:
    return bool(reporting_year and factor.data_year and factor.data_year > reporting_year)


def _gwp_notes(datapoint: str, used: StepsWithFactor) -> Iterator[CalculationNote]:
    """A note where refrigerants are counted by the potentials of more than one assessment report."""
    by_set: dict[str, set[int]] = defaultdict(set)
    for step, factor in used:
        if gwp_set := factor.stated_gwp_set:
            by_set[gwp_set].add(step.line)
    if len(by_set) > 1:
        yield _grouped_note(NoteCode.MIXED_GWP_SETS, datapoint, by_set)


def _is_unverified(factor: FactorSnapshot) -> bool:
    return factor.verification is Verification.UNCONFIRMED


def _is_grid_average(datapoint: str, factor: FactorSnapshot) -> bool:
    """No contract and no residual mix behind a market-based value (GHG Protocol Scope 2 Guidance, 6.11)."""
    return datapoint == _MARKET and factor.key.startswith(_GRID)


def _boundary_notes(datapoint: str, used: StepsWithFactor) -> Iterator[CalculationNote]:
    """Notes on factors with and without upstream within Scope 1, Scope 2 or one category of Scope 3.

    Categories are not compared with each other: fuel and energy upstream (3.3) is upstream by its nature.
    """
    by_category: dict[str, dict[Boundary, set[int]]] = defaultdict(lambda: defaultdict(set))
    for step, factor in used:
        if factor.gases:
            by_category[step.category][factor.boundary].add(step.line)
    for category, lines_by_boundary in sorted(by_category.items()):
        if len(lines_by_boundary) > 1 and category != _UPSTREAM_CATEGORY:
            yield _grouped_note(NoteCode.MIXED_BOUNDARY, datapoint, lines_by_boundary)
        elif not category and Boundary.DIRECT not in lines_by_boundary:
            yield _grouped_note(NoteCode.WITH_UPSTREAM, datapoint, lines_by_boundary)


def _gas_notes(datapoint: str, used: StepsWithFactor) -> Iterator[CalculationNote]:
    by_gases: dict[str, set[int]] = defaultdict(set)
    for step, factor in used:
        if factor.value:
            by_gases["CO2" if factor.gases == _CARBON_DIOXIDE else "CO2e"].add(step.line)
    if len(by_gases) > 1:
        yield _grouped_note(NoteCode.MIXED_GASES, datapoint, by_gases)
    elif _CARBON_DIOXIDE in by_gases:
        yield CalculationNote(NoteCode.CO2_ONLY, datapoint, tuple(sorted(by_gases[_CARBON_DIOXIDE])))


def _factor_notes_where(
    datapoint: str, used: StepsWithFactor, code: NoteCode, is_marked: Callable[[FactorSnapshot], bool]
) -> Iterator[CalculationNote]:
    lines = {step.line for step, factor in used if is_marked(factor)}
    if lines:
        yield CalculationNote(code, datapoint, tuple(sorted(lines)))


def _grouped_note(
    code: NoteCode, datapoint: str, groups: "dict[Boundary, set[int]] | dict[str, set[int]]"
) -> CalculationNote:
    named_groups = tuple(sorted((str(name), tuple(sorted(lines))) for name, lines in groups.items()))
    lines = {line for _, members in named_groups for line in members}
    return CalculationNote(code, datapoint, tuple(sorted(lines)), named_groups)
