"""The terms of formulas over a whole year: sums of fields over lines, and datapoints known so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.figures.calculators.activity_quantity import entered_amount
from dnk_tool.domain.figures.calculators.lines import Basis, CalculatorLine
from dnk_tool.domain.figures.calculators.results import CalculationResult, FormulaPart
from dnk_tool.domain.figures.calculators.units import to_decimal
from dnk_tool.domain.quantities import Quantity, in_base


@dataclass(frozen=True, slots=True)
class FormulaTerm:
    """A value that enters a formula, in the base unit of its family, with its origin."""

    exact: Fraction
    part: FormulaPart
    is_estimate: bool = False


class YearSums:
    """Looks up terms among the usable lines, the results found so far, and the figures not from lines."""

    def __init__(
        self,
        lines: Sequence[tuple[CalculatorLine, Activity]],
        datapoints: Mapping[str, Datapoint],
        figures: Mapping[str, Figure],
        reporting_year: int | None = None,
    ) -> None:
        self.lines, self.datapoints, self.reporting_year = lines, datapoints, reporting_year
        self.figures = {key: figure for key, figure in figures.items() if figure.origin is not Origin.LINES}
        self.results: dict[str, CalculationResult] = {}

    def field(self, activity: str, field: str, *, beside: Sequence[str] = ()) -> FormulaTerm | None:
        """The sum of a field over the lines of "calculator/activity" that fill it and the fields `beside`.

        None if no line does.
        """
        entries = [
            (line, measured_amount)
            for line, kind in self.lines_of(activity)
            if all(name in line.quantities for name in beside)
            and (measured_amount := entered_amount(kind, line.quantities, field))
        ]
        if not entries:
            return None
        year = self.reporting_year
        exact = sum(
            (
                amount.exact * line.share_of_year(year) * (-1 if line.is_credit else 1)
                for line, amount in entries
            ),
            Fraction(0),
        )
        lines = tuple(sorted({line.id for line, _ in entries}))
        quantity = Quantity(to_decimal(exact), entries[0][1].family.base)
        is_estimate = any(line.basis is Basis.ESTIMATE for line, _ in entries)
        return FormulaTerm(exact, FormulaPart(f"{activity}.{field}", quantity, lines), is_estimate)

    def lines_of(self, activity: str) -> list[tuple[CalculatorLine, Activity]]:
        """The lines of "calculator/activity"."""
        return [(line, kind) for line, kind in self.lines if f"{line.calculator}/{line.activity}" == activity]

    def datapoint(self, key: str) -> FormulaTerm | None:
        """A datapoint as the declaration will show it: as entered, else as calculated from lines; or None."""
        return self.entered(key) or self.calculated(key)

    def calculated(self, key: str) -> FormulaTerm | None:
        """A datapoint as calculated from lines so far, or None."""
        result = self.results.get(key)
        if result is None:
            return None
        point = self.datapoints[key]
        exact = result.exact * Fraction(point.family.units[point.default_unit].factor)
        return FormulaTerm(
            exact,
            FormulaPart(key, result.value, result.lines),
            result.quality is Quality.ESTIMATED,
        )

    def entered(self, key: str) -> FormulaTerm | None:
        """A datapoint as entered or added up from sites; None, not zero, if it has no value."""
        figure, point = self.figures.get(key), self.datapoints.get(key)
        quantity = figure.quantity if figure else None
        if figure is None or point is None or quantity is None or quantity.unit not in point.family.units:
            return None
        is_estimate = figure.quality is Quality.ESTIMATED
        return FormulaTerm(in_base(quantity, point.family.units), FormulaPart(key, quantity), is_estimate)
