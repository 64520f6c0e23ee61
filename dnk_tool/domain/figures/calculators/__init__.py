"""From the lines of calculators to results by datapoint: pure, exact, and the same in any order of lines."""

from dnk_tool.domain.figures.calculators.evaluation import evaluate
from dnk_tool.domain.figures.calculators.factor_proposals import (
    Offer,
    alternatives,
    fits,
    needs_factor,
    newer,
    with_factors,
)
from dnk_tool.domain.figures.calculators.line_checks import line_faults
from dnk_tool.domain.figures.calculators.line_schema import from_json, to_json
from dnk_tool.domain.figures.calculators.lines import (
    Basis,
    FactorSnapshot,
    FactorSource,
    Fault,
    Line,
    UnfitLine,
    snapshot,
)
from dnk_tool.domain.figures.calculators.results import Calculation, Note, NoteCode, Part, Result, Step

__all__ = [
    "Basis",
    "Calculation",
    "FactorSnapshot",
    "FactorSource",
    "Fault",
    "Line",
    "Note",
    "NoteCode",
    "Offer",
    "Part",
    "Result",
    "Step",
    "UnfitLine",
    "alternatives",
    "evaluate",
    "fits",
    "from_json",
    "line_faults",
    "needs_factor",
    "newer",
    "snapshot",
    "to_json",
    "with_factors",
]
