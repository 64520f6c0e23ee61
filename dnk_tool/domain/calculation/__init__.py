"""From the lines of calculators to results by datapoint: pure, exact, and the same in any order of lines."""

from dnk_tool.domain.calculation.evaluation import evaluate
from dnk_tool.domain.calculation.faults import faults
from dnk_tool.domain.calculation.line_file import from_json, to_json
from dnk_tool.domain.calculation.lines import (
    Basis,
    FactorSnapshot,
    FactorSource,
    Fault,
    Line,
    UnfitLine,
    snapshot,
)
from dnk_tool.domain.calculation.proposing import (
    Offer,
    alternatives,
    fits,
    needs_factor,
    newer,
    with_factors,
)
from dnk_tool.domain.calculation.results import Calculation, Note, NoteCode, Part, Result, Step

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
    "faults",
    "fits",
    "from_json",
    "needs_factor",
    "newer",
    "snapshot",
    "to_json",
    "with_factors",
]
