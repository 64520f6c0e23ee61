"""What a declaration explains instead of reporting, and what would give it away, stays out of its annex."""

from functools import cached_property

from dnk_tool.domain.answers.answer import Figure, Origin, Sheet
from dnk_tool.domain.figures.calculators import Calculation, CalculationStep


class WithheldFigures:
    """Which figures, and which lines of calculators, a declaration does not report.

    A figure is kept back if every requirement that asks for it is explained. A line is if it leads to such
    figures and to none that is reported.
    """

    def __init__(self, sheet: Sheet, calculation: Calculation) -> None:
        self._asked_by, self._calculation = sheet.selection.asked_by, calculation
        self.datapoints = frozenset(
            key for key, asking in self._asked_by.items() if all(sheet.is_explained(one) for one in asking)
        )

    def withholds_line(self, line: int) -> bool:
        """Whether nothing that is reported follows from the line."""
        results = {result.datapoint for result in self._calculation.results_of_line(line)}
        asked = results & self._asked_by.keys()
        return bool(asked) and asked <= self.datapoints

    def withholds(self, datapoint: str, figure: Figure) -> bool:
        """Whether a figure that nobody asks for follows from what is kept back."""
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
        """The steps of the figures that are kept back; those of a Scope 3 category are among its total's."""
        results = self._calculation.results
        return [step for key in self.datapoints & results.keys() for step in results[key].steps]
