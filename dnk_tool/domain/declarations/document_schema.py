"""The file format `dnk-declaration`: its shapes, one for each version.

They are published as docs/dnk-declaration.schema.json (version 1) and docs/dnk-declaration-2.schema.json.
The format of a climate path in a `dnk-declaration` file, and its conversion to a path.
The format of a flow of material in a `dnk-declaration` file, and its conversion to amounts.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue

from dnk_tool.domain.answers.answer import Disclosure, Origin, Quality
from dnk_tool.domain.answers.self_assessment import MAX_MEASURES, Rating
from dnk_tool.domain.declarations.annex import NO_ANNEX, Annex
from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.declarations.document import SCHEMA_IDS, SecondSchemaId
from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES, MOST_YEARS, FlowYear
from dnk_tool.domain.measures.climate_goal import LONGEST_PATH
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES
from dnk_tool.domain.organisation import MAX_SITES
from dnk_tool.domain.schema_types import (
    Day,
    FilledProse,
    FilledTextLine,
    Number,
    Prose,
    QuantityShape,
    Ref,
    Shape,
    ShortTextLine,
    TextLine,
    Year,
    require_integer,
)

UNIQUE_ITEMS: dict[str, JsonValue] = {"uniqueItems": True}


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


# `docs/dnk-declaration.schema.json` publishes the docstrings of these classes as descriptions.
class SiteShape(Shape):
    name: FilledTextLine
    address: Prose = ""


class OrganisationShape(Shape):
    name: FilledTextLine
    legal_form: TextLine = ""
    sector: ShortTextLine = ""
    employees: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    turnover: QuantityShape | None = None
    address: Prose = ""
    website: TextLine = ""
    sites: Annotated[list[SiteShape], Field(max_length=MAX_SITES)] = []


class AnswerShape(Shape):
    disclosure: Disclosure | None = None
    text: Prose = ""
    explanation: Prose = ""
    reason: Ref = ""
    value: JsonValue = None


class FigureShape(Shape):
    datapoint: Ref
    year: Year
    value: Number | None = None
    unit: Ref = ""
    quality: Quality | None = None
    note: Prose = ""
    source: TextLine = ""
    origin: Origin = Origin.ENTERED


class MeasureShape(Shape):
    text: FilledProse
    owner: TextLine = ""
    due: Day | None = None


class AssessmentShape(Shape):
    rating: Rating | None = None
    measures: Annotated[list[MeasureShape], Field(max_length=MAX_MEASURES)] = []


class _CommonShape(Shape):
    """What every version says in the same way."""

    format: Literal["dnk-declaration"]
    edition: Ref
    reporting_year: Year
    indicator_set: Ref
    language: Literal["de", "en"]
    options: Annotated[list[Ref], Field(max_length=20, json_schema_extra=UNIQUE_ITEMS)] = []
    organisation: OrganisationShape
    figures: Annotated[list[FigureShape], Field(max_length=5_000)] = []
    done: Annotated[list[Ref], Field(max_length=100, json_schema_extra=UNIQUE_ITEMS)] = []
    annex: Annex = NO_ANNEX


class FirstVersionShape(_CommonShape):
    """One declaration of one company for one year."""

    version: Annotated[Literal[1], BeforeValidator(require_integer)]
    answers: Annotated[dict[Ref, AnswerShape], Field(max_length=5_000)] = {}
    self_assessment: dict[Ref, AssessmentShape] | None = None


class MarkedAnswerShape(AnswerShape):
    markup: bool = False


class EffectShape(QuantityShape):
    datapoint: Ref


class EffectMeasureShape(MeasureShape):
    effect: EffectShape | None = None


class EffectAssessmentShape(Shape):
    rating: Rating | None = None
    measures: Annotated[list[EffectMeasureShape], Field(max_length=MAX_MEASURES)] = []


class SecondVersionShape(_CommonShape):
    """One declaration of one company for one year, with what version 1 has no place for."""

    version: Annotated[Literal[2], BeforeValidator(require_integer)]
    schema_id: Annotated[SecondSchemaId | None, Field(alias="$schema")] = None
    answers: Annotated[dict[Ref, MarkedAnswerShape], Field(max_length=5_000)] = {}
    self_assessment: dict[Ref, EffectAssessmentShape] | None = None
    gwp_set: Literal["AR4", "AR5", "AR6"] | None = None
    climate_path: ClimatePathShape | None = None
    material_flow: MaterialFlowShape | None = None


DocumentShape: TypeAlias = FirstVersionShape | SecondVersionShape
SHAPES: Mapping[int, type[DocumentShape]] = {1: FirstVersionShape, 2: SecondVersionShape}


def json_schema(version: int = 1) -> dict[str, Any]:
    """The JSON Schema of a version of the format (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_IDS[version],
        **SHAPES[version].model_json_schema(),
        "title": f"dnk-declaration, version {version}",
    }
