"""Withholds figures and lines from the annex: those that are explained, and those that would reveal them."""

from functools import cached_property

from dnk_tool.domain.answers.answer import Figure, Origin, Sheet
from dnk_tool.domain.figures.calculators import Calculation, CalculationStep


class WithheldFigures:
    """The figures and lines of calculators that a declaration withholds.

    A figure is withheld if every requirement that asks for it is explained; a line, if it leads to such
    figures and to none that is reported.
    """

    def __init__(self, sheet: Sheet, calculation: Calculation) -> None:
        self._asked_by, self._calculation = sheet.selection.asked_by, calculation
        self.datapoints = frozenset(
            key
            for key, asking in self._asked_by.items()
            if all(sheet.is_explained(requirement) for requirement in asking)
        )

    def withholds_line(self, line: int) -> bool:
        """Whether the line leads to withheld figures, and to none that is reported."""
        results = {result.datapoint for result in self._calculation.results_of_line(line)}
        asked = results & self._asked_by.keys()
        return bool(asked) and asked <= self.datapoints

    def withholds(self, datapoint: str, figure: Figure) -> bool:
        """Whether a figure calculated from lines would reveal withheld ones."""
        return figure.origin is Origin.LINES and self._reveals_withheld(datapoint)

    def _reveals_withheld(self, datapoint: str) -> bool:
        result = self._calculation.results.get(datapoint)
        if datapoint in self.datapoints or result is None:
            return datapoint in self.datapoints
        if any(self._reveals_withheld(part.key) for part in result.parts):
            return True
        if result.steps:
            return all(step in self._steps for step in result.steps)
        return bool(result.lines) and all(self.withholds_line(line) for line in result.lines)

    @cached_property
    def _steps(self) -> list[CalculationStep]:
        """The steps of the withheld figures; those of a Scope 3 category are among its total's, too."""
        results = self._calculation.results
        return [step for key in self.datapoints & results.keys() for step in results[key].steps]
