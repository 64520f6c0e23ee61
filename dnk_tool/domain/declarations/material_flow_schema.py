"""The format of a flow of material in a `dnk-declaration` file, and its conversion to amounts."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES, MOST_YEARS, FlowYear
from dnk_tool.domain.schema_types import Number, Shape, Year


# `docs/dnk-declaration-2.schema.json` publishes the docstrings of these classes as descriptions.
class FlowYearShape(Shape):
    year: Year
    renewable: Number | None = None
    non_renewable: Number | None = None
    bio_based: Number | None = None
    recycled: Number | None = None
    domestic: Number | None = None
    products: Number | None = None
    waste: Number | None = None
    waste_recycled: Number | None = None
    waste_recovered: Number | None = None

    def read(self) -> FlowYear:
        """The year with exact amounts."""
        texts = {name: getattr(self, name) for name in FLOW_FIGURES}
        known = {name: None if text is None else Decimal(text) for name, text in texts.items()}
        return FlowYear(self.year, **known)


class MaterialFlowShape(Shape):
    """The company's flow of material in t: a record; an import takes it over as figures of the company."""

    years: Annotated[list[FlowYearShape], Field(min_length=1, max_length=MOST_YEARS)]

    def read(self) -> DeclaredFlow:
        """The flow with exact amounts; figures are not looked up."""
        return DeclaredFlow(tuple(each.read() for each in self.years))
