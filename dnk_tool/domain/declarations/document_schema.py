"""The file format `dnk-declaration`: its shapes, one for each version.

They are published as docs/dnk-declaration.schema.json (version 1) and docs/dnk-declaration-2.schema.json.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue

from dnk_tool.domain.answers.answer import Disclosure, Origin, Quality
from dnk_tool.domain.answers.self_assessment import MAX_MEASURES, Rating
from dnk_tool.domain.declarations.annex_schema import AnnexShape
from dnk_tool.domain.declarations.climate_path_schema import ClimatePathShape
from dnk_tool.domain.declarations.material_flow_schema import MaterialFlowShape
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
    annex: AnnexShape = AnnexShape()


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
        **SHAPES[version].model_json_schema(),
        "title": f"dnk-declaration, version {version}",
    }
