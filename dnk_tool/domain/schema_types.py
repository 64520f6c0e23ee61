"""The building blocks of file formats: texts, exact numbers, days, and objects without unknown keys."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR
from dnk_tool.domain.text import MAX_LENGTH, normalised

NOT_A_DATE = "not-a-date"


def _normalise(value: object) -> object:
    """Normalises a text before its length is checked, so that accepted text can be read again."""
    return normalised(value) if isinstance(value, str) else value


def require_integer(value: object) -> object:
    """Reject all but an int by PydanticCustomError: to Python and Literal, `true` and `1.0` equal 1."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "not a whole number")
    return value


def _parse_day(value: object) -> date:
    """Accepts only "2026-06-30": Pydantic and Python read more notations of a day than the format has."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError(NOT_A_DATE, "not a date")


Normalised = BeforeValidator(_normalise)
TextLine = Annotated[str, Field(max_length=500), Normalised]
FilledTextLine = Annotated[str, Field(min_length=1, max_length=500), Normalised]
Prose = Annotated[str, Field(max_length=MAX_LENGTH), Normalised]
FilledProse = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH), Normalised]
Ref = Annotated[str, Field(max_length=80)]
ShortTextLine = Annotated[str, Field(max_length=80), Normalised]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Day = Annotated[date, BeforeValidator(_parse_day)]
Number = Annotated[str, Field(max_length=40, pattern=r"^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,10})?$")]


class Shape(BaseModel):
    """The base of the format's objects: unknown keys and values of another type are faults."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReadBy:
    """An annotation for a field that stands in files as another type: what `read` makes of a `shape`."""

    def __init__(self, shape: Any, read: Callable[[Any], Any]) -> None:
        self.shape, self.read = shape, read

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What Pydantic asks for."""
        return no_info_after_validator_function(self.read, handler.generate_schema(self.shape))


class QuantityShape(Shape):
    value: Number
    unit: Ref
