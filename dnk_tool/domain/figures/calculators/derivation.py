"""Datapoints that follow by a formula from sums: totals, shares, rates and intensities, in their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from dnk_tool.domain.figures.calculators.results import NoteCode
from dnk_tool.domain.figures.calculators.sums import FormulaTerm, YearSums
from dnk_tool.domain.figures.formulas import ImpossibleShare

PERCENT = 100


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A value in the base unit of the datapoint's family; None with the code of the reason why there is none.

    `lines` are the lines that a note other than about the terms concerns.
    """

    datapoint: str
    formula: str
    terms: tuple[FormulaTerm, ...]
    exact: Fraction | None
    notes: tuple[tuple[NoteCode, tuple[int, ...]], ...] = field(default=())

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(sorted({line for term in self.terms for line in term.part.lines}))


Derivation = Callable[[YearSums], Iterator[DerivedValue]]


def derive_value(
    datapoint: str, formula: Callable[..., Fraction | None], *terms: FormulaTerm | None, times: int = 1
) -> Iterator[DerivedValue]:
    """The formula over the terms, if all of them are there; a missing term is no zero."""
    known = tuple(term for term in terms if term is not None)
    if len(known) < len(terms):
        return
    yield evaluate_formula(
        datapoint, formula, known, lambda: formula(*(one.exact for one in known)), times=times
    )


def evaluate_formula(
    datapoint: str,
    formula: Callable[..., Fraction | None],
    terms: tuple[FormulaTerm, ...],
    work_out: Callable[[], Fraction | None],
    *,
    times: int = 1,
) -> DerivedValue:
    """What the call gives, or why it gives nothing: "no-denominator" or "impossible-share"."""
    lines = tuple(sorted({line for term in terms for line in term.part.lines}))
    try:
        exact = work_out()
    except ImpossibleShare:
        return DerivedValue(datapoint, formula.__name__, terms, None, ((NoteCode.IMPOSSIBLE_SHARE, lines),))
    if exact is None:
        return DerivedValue(datapoint, formula.__name__, terms, None, ((NoteCode.NO_DENOMINATOR, lines),))
    return DerivedValue(datapoint, formula.__name__, terms, exact * times)
