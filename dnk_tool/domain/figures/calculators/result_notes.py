"""Notes for the reader on the factors behind a result: boundaries, gases, sources."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from dnk_tool.catalogue.factors.model import Boundary, FactorStatus
from dnk_tool.catalogue.values import Verification
from dnk_tool.domain.figures.calculators.line_steps import STATED_FACTOR_KEY
from dnk_tool.domain.figures.calculators.lines import FactorSnapshot
from dnk_tool.domain.figures.calculators.results import CalculationNote, CalculationStep, NoteCode

_CARBON_DIOXIDE = "CO2"
_NON_CO2 = "non-CO2"
_MARKET, _GRID = "ghg.scope2.market", "electricity.de."

StepsWithFactor = Sequence[tuple[CalculationStep, FactorSnapshot]]


def factor_notes(datapoint: str, steps: Iterable[CalculationStep]) -> tuple[CalculationNote, ...]:
    """The notes on a sum of emissions, by the factors of its steps; none where no factor was used.

    Codes: "mixed-boundary" and "mixed-gases" with the lines of each group, "with-upstream" (a Scope 1 or 2
    that counts nothing else), "co2-only", "own-factor", "unverified-factor", "non-co2-effects" (of flights
    at high altitude), "grid-average" (market-based without a value of the supplier or a residual mix),
    "unsettled-factor" (provisional or estimated by its publisher).
    """
    used = [(step, step.factor) for step in steps if step.factor]
    return (
        *_boundary_notes(datapoint, used),
        *_gas_notes(datapoint, [(step, factor) for step, factor in used if factor.gases]),
        *_factor_notes_where(
            datapoint,
            used,
            NoteCode.OWN_FACTOR,
            lambda factor: factor.is_own and factor.key != STATED_FACTOR_KEY,
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
        if len(lines_by_boundary) > 1:
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
