"""The format of a climate path in a `dnk-declaration` file, and its conversion to a path."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.measures.climate_goal import LONGEST_PATH
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES
from dnk_tool.domain.schema_types import FilledProse, Number, Prose, Ref, Shape, Year


# `docs/dnk-declaration-2.schema.json` publishes the docstrings of these classes as descriptions.
class PathYearShape(Shape):
    year: Year
    path: Number
    actual: Number | None = None
    expected: Number | None = None

    def read(self) -> DeclaredYear:
        """The year with exact amounts."""
        return DeclaredYear(self.year, Decimal(self.path), _amount(self.actual), _amount(self.expected))


class GridShape(Shape):
    start: Number
    end: Number
    year: Year


class ClimatePathShape(Shape):
    """The path to the company's climate goal, in t CO2e: a record, printed and not taken over on import."""

    base_year: Year
    base: Number
    base_reason: Prose = ""
    target_year: Year
    target: Number
    percent: Number | None = None
    scope2: Literal["location", "market"]
    scope3: Annotated[list[Ref], Field(max_length=20)] = []
    neutral_year: Year | None = None
    neutrality: Literal["calculated", "compensated"] | None = None
    grid: GridShape | None = None
    years: Annotated[list[PathYearShape], Field(min_length=1, max_length=LONGEST_PATH + 1)]
    measures: Annotated[list[FilledProse], Field(max_length=MAX_COMPANY_MEASURES)] = []

    def read(self) -> DeclaredPath:
        """The path with exact amounts; figures are not looked up."""
        return DeclaredPath(
            base_year=self.base_year,
            base=Decimal(self.base),
            target_year=self.target_year,
            target=Decimal(self.target),
            scope2=self.scope2,
            years=tuple(each.read() for each in self.years),
            percent=_amount(self.percent),
            scope3=tuple(self.scope3),
            base_reason=self.base_reason,
            neutral_year=self.neutral_year,
            neutrality=self.neutrality or "",
            grid=(Decimal(self.grid.start), Decimal(self.grid.end)) if self.grid else None,
            grid_year=self.grid.year if self.grid else None,
            measures=tuple(self.measures),
        )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
