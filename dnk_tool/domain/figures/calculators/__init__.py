"""Evaluates the lines of calculators to results by datapoint: pure, exact, in any order of lines the same."""

from dnk_tool.domain.figures.calculators.evaluation import evaluate_lines
from dnk_tool.domain.figures.calculators.factor_proposals import (
    FactorUpdate,
    factor_alternatives,
    factor_fits,
    needs_factor,
    newer_factors,
    with_gwp_set,
    with_proposed_factors,
)
from dnk_tool.domain.figures.calculators.line_checks import line_faults, unasked_faults
from dnk_tool.domain.figures.calculators.line_schema import line_from_json, line_to_json
from dnk_tool.domain.figures.calculators.lines import (
    Basis,
    BillPeriod,
    CalculatorLine,
    FactorSnapshot,
    FactorSource,
    InvalidLine,
    LineFault,
    factor_snapshot,
)
from dnk_tool.domain.figures.calculators.results import (
    Calculation,
    CalculationNote,
    CalculationResult,
    CalculationStep,
    FormulaPart,
    NoteCode,
)

__all__ = [
    "Basis",
    "BillPeriod",
    "Calculation",
    "CalculationNote",
    "CalculationResult",
    "CalculationStep",
    "CalculatorLine",
    "FactorSnapshot",
    "FactorSource",
    "FactorUpdate",
    "FormulaPart",
    "InvalidLine",
    "LineFault",
    "NoteCode",
    "evaluate_lines",
    "factor_alternatives",
    "factor_fits",
    "factor_snapshot",
    "line_faults",
    "line_from_json",
    "line_to_json",
    "needs_factor",
    "newer_factors",
    "unasked_faults",
    "with_gwp_set",
    "with_proposed_factors",
]
