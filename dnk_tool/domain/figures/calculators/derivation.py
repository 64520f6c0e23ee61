"""Datapoints that formulas derive from sums: totals, shares, rates and intensities."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from dnk_tool.domain.figures.calculators.results import NoteCode
from dnk_tool.domain.figures.calculators.sums import FormulaTerm, YearSums
from dnk_tool.domain.figures.formulas import ImpossibleShare

PERCENT = 100


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A value in the base unit of the datapoint's family; None if a note says why there is none.

    `notes` are codes, each with the ids of the lines that it concerns.
    """

    datapoint: str
    formula: str
    terms: tuple[FormulaTerm, ...]
    exact: Fraction | None
    notes: tuple[tuple[NoteCode, tuple[int, ...]], ...] = field(default=())

    @property
    def lines(self) -> tuple[int, ...]:
        """The ids of all lines behind its terms, each once, in order."""
        return tuple(sorted({line for term in self.terms for line in term.part.lines}))


Derivation = Callable[[YearSums], Iterator[DerivedValue]]


def derive_value(
    datapoint: str, formula: Callable[..., Fraction | None], *terms: FormulaTerm | None, times: int = 1
) -> Iterator[DerivedValue]:
    """The formula over the terms, multiplied by `times`; nothing if a term is missing, as it is not zero."""
    known = tuple(term for term in terms if term is not None)
    if len(known) < len(terms):
        return
    yield evaluate_formula(
        datapoint, formula, known, lambda: formula(*(term.exact for term in known)), times=times
    )


def evaluate_formula(
    datapoint: str,
    formula: Callable[..., Fraction | None],
    terms: tuple[FormulaTerm, ...],
    work_out: Callable[[], Fraction | None],
    *,
    times: int = 1,
) -> DerivedValue:
    """The result of `work_out`; without one, the note is NO_DENOMINATOR or IMPOSSIBLE_SHARE."""
    lines = tuple(sorted({line for term in terms for line in term.part.lines}))
    try:
        exact = work_out()
    except ImpossibleShare:
        return DerivedValue(datapoint, formula.__name__, terms, None, ((NoteCode.IMPOSSIBLE_SHARE, lines),))
    if exact is None:
        return DerivedValue(datapoint, formula.__name__, terms, None, ((NoteCode.NO_DENOMINATOR, lines),))
    return DerivedValue(datapoint, formula.__name__, terms, exact * times)
