"""The format of the annex in a `dnk-declaration` file, and its conversion to an annex."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from dnk_tool.domain.declarations.annex import (
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    FurtherFigure,
    ListedEvidence,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.schema_types import Prose, Ref, Shape, TextLine, Year

# Exact, but with more digits than a figure of its own may have: a product is as long as both factors.
ExactNumber = Annotated[str, Field(max_length=80, pattern=r"^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,40})?$")]


# `docs/dnk-declaration.schema.json` publishes the docstrings of these classes as descriptions.
class ExactQuantityShape(Shape):
    value: ExactNumber
    unit: Ref

    def read(self) -> Quantity:
        """The quantity as an exact decimal with its unit."""
        return Quantity(Decimal(self.value), self.unit)


class UsedFactorShape(Shape):
    name: TextLine
    value: ExactNumber
    unit: Ref
    result_unit: Ref
    gases: TextLine = ""
    boundary: Ref = ""
    source: TextLine = ""
    edition: TextLine = ""
    data_year: Year | None = None
    address: Annotated[str, Field(max_length=1000)] = ""
    reason: Prose = ""

    def read(self) -> UsedFactor:
        """The factor, with its value as an exact decimal."""
        return UsedFactor(**{**self.model_dump(), "value": Decimal(self.value)})


class CalculatedStepShape(Shape):
    datapoint: Ref
    category: Ref = ""
    quantity: ExactQuantityShape
    factor: UsedFactorShape | None = None
    result: ExactQuantityShape

    def read(self) -> AnnexStep:
        """The step with its quantities and its factor, if it has one."""
        factor = self.factor.read() if self.factor else None
        return AnnexStep(self.datapoint, self.quantity.read(), self.result.read(), factor, self.category)


class EnteredValueShape(Shape):
    label: TextLine
    quantity: ExactQuantityShape


class CalculatedLineShape(Shape):
    calculator: Ref
    activity: Ref
    title: TextLine
    label: TextLine = ""
    site: TextLine = ""
    basis: Ref = ""
    note: Prose = ""
    entered: Annotated[list[EnteredValueShape], Field(max_length=30)] = []
    steps: Annotated[list[CalculatedStepShape], Field(max_length=30)] = []

    def read(self) -> AnnexLine:
        """The line with its entered values and steps; names are not looked up in the catalogue."""
        return AnnexLine(
            **self.model_dump(exclude={"entered", "steps"}),
            entered=tuple(EnteredValue(value.label, value.quantity.read()) for value in self.entered),
            steps=tuple(step.read() for step in self.steps),
        )


class FurtherFigureShape(Shape):
    datapoint: Ref
    quantity: ExactQuantityShape
    quality: Ref = ""
    note: Prose = ""

    def read(self) -> FurtherFigure:
        """The figure with an exact quantity; its datapoint is not looked up."""
        return FurtherFigure(self.datapoint, self.quantity.read(), self.quality, self.note)


class EvidenceShape(Shape):
    title: TextLine = ""
    name: TextLine = ""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    belongs_to: Annotated[list[Ref], Field(max_length=500)] = []
    is_listed: bool = False
    is_for_review: bool = False

    def read(self) -> ListedEvidence:
        """The entry of the list of evidence; the file itself is not part of the format."""
        return ListedEvidence(**{**self.model_dump(), "belongs_to": tuple(self.belongs_to)})


class ExplanationShape(Shape):
    datapoint: Ref
    question: Prose
    sentence: Prose


class ReviewedGoalShape(Shape):
    ref: Ref
    year: Year
    goal: Prose
    outcome: Ref
    reason: Prose = ""
    outlook: Prose = ""


Sites = Annotated[list[TextLine], Field(max_length=200)]


class CoveredSitesShape(Shape):
    sites: Sites = []
    left_out: Sites = []
    added: Sites = []
    dropped: Sites = []
    note: Prose = ""

    def read(self) -> CoveredSites:
        """The sites by name, as the file lists them."""
        return CoveredSites(
            sites=tuple(self.sites),
            left_out=tuple(self.left_out),
            added=tuple(self.added),
            dropped=tuple(self.dropped),
            note=self.note,
        )


class AnnexShape(Shape):
    """What stands behind the answers and figures: a record that is printed, and not taken over on import."""

    calculations: Annotated[list[CalculatedLineShape], Field(max_length=5_000)] = []
    figures: Annotated[list[FurtherFigureShape], Field(max_length=500)] = []
    evidence: Annotated[list[EvidenceShape], Field(max_length=2_000)] = []
    explanations: Annotated[list[ExplanationShape], Field(max_length=500)] = []
    goals: Annotated[list[ReviewedGoalShape], Field(max_length=100)] = []
    scope: CoveredSitesShape = CoveredSitesShape()

    def read(self) -> Annex:
        """The annex with all parts; refs and datapoints are not looked up."""
        return Annex(
            calculations=tuple(calculation.read() for calculation in self.calculations),
            figures=tuple(figure.read() for figure in self.figures),
            evidence=tuple(evidence.read() for evidence in self.evidence),
            explanations=tuple(
                FigureExplanation(**explanation.model_dump()) for explanation in self.explanations
            ),
            goals=tuple(ReviewedGoal(**goal.model_dump()) for goal in self.goals),
            scope=self.scope.read(),
        )
