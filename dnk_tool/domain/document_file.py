"""The file format `dnk-declaration`: its shape, as published in docs/dnk-declaration.schema.json."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from dnk_tool.domain.answers import Disclosure, Quality
from dnk_tool.domain.assessment import MAX_MEASURES, Rating
from dnk_tool.domain.organisation import MAX_SITES
from dnk_tool.domain.text import MAX_LENGTH, normalised
from dnk_tool.domain.values import FIRST_YEAR, LAST_YEAR

NOT_A_DATE = "not-a-date"
UNIQUE: dict[str, JsonValue] = {"uniqueItems": True}


def _tidy(value: object) -> object:
    """Before the length is judged, so that what was accepted can be written and read again."""
    return normalised(value) if isinstance(value, str) else value


def _whole(value: object) -> object:
    """To Python, and so to Literal, `true` and `1.0` are 1."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "not a whole number")
    return value


def _day(value: object) -> date:
    """Only "2026-06-30": Pydantic and Python know more ways to write a day than the format."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError(NOT_A_DATE, "not a date")


Tidy = BeforeValidator(_tidy)
Line = Annotated[str, Field(max_length=500), Tidy]
FilledLine = Annotated[str, Field(min_length=1, max_length=500), Tidy]
Prose = Annotated[str, Field(max_length=MAX_LENGTH), Tidy]
FilledProse = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH), Tidy]
Ref = Annotated[str, Field(max_length=80)]
ShortLine = Annotated[str, Field(max_length=80), Tidy]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[str, Field(max_length=40, pattern=r"^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,10})?$")]


class Shape(BaseModel):
    """Nothing unknown, nothing converted: what is not in the format is a mistake worth naming."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QuantityShape(Shape):
    value: Number
    unit: Ref


class SiteShape(Shape):
    name: FilledLine
    address: Prose = ""


class OrganisationShape(Shape):
    name: FilledLine
    legal_form: Line = ""
    sector: ShortLine = ""
    employees: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    turnover: QuantityShape | None = None
    address: Prose = ""
    website: Line = ""
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


class MeasureShape(Shape):
    text: FilledProse
    owner: Line = ""
    due: Day | None = None


class AssessmentShape(Shape):
    rating: Rating | None = None
    measures: Annotated[list[MeasureShape], Field(max_length=MAX_MEASURES)] = []


class DocumentShape(Shape):
    """One declaration of one company for one year."""

    format: Literal["dnk-declaration"]
    version: Annotated[Literal[1], BeforeValidator(_whole)]
    edition: Ref
    reporting_year: Year
    indicator_set: Ref
    language: Literal["de", "en"]
    options: Annotated[list[Ref], Field(max_length=20, json_schema_extra=UNIQUE)] = []
    organisation: OrganisationShape
    answers: Annotated[dict[Ref, AnswerShape], Field(max_length=5_000)] = {}
    figures: Annotated[list[FigureShape], Field(max_length=5_000)] = []
    done: Annotated[list[Ref], Field(max_length=100, json_schema_extra=UNIQUE)] = []
    self_assessment: dict[Ref, AssessmentShape] | None = None


def schema() -> dict[str, Any]:
    """The JSON Schema of the format (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dnk-declaration, version 1",
        **DocumentShape.model_json_schema(),
    }
