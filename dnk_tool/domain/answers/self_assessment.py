"""Self-assessment: a company's rating of each criterion, and the measures it plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Area, Catalogue
from dnk_tool.domain.quantities import Quantity

MAX_MEASURES = 100


class Rating(StrEnum):
    """How far the company is with a criterion, in rising order."""

    NOT_STARTED = "not-started"
    PLANNED = "planned"
    PARTIAL = "partial"
    IMPLEMENTED = "implemented"
    EXEMPLARY = "exemplary"

    @property
    def level(self) -> int:
        """The position in rising order, from 0 (not started) to 4 (exemplary)."""
        return list(Rating).index(self)


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much a measure changes a datapoint in a year; a saving is negative."""

    datapoint: str
    change: Quantity


@dataclass(frozen=True, slots=True)
class Measure:
    """Something the company plans to do, with the person responsible, the date and the effect."""

    text: str
    owner: str = ""
    due: date | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The rating of one criterion with its measures."""

    rating: Rating | None = None
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """The ratings of an area: the number of criteria with each rating, and of those not rated."""

    area: Area
    counts: Mapping[Rating, int]
    unrated: int


def area_profiles(catalogue: Catalogue, assessments: Mapping[int, Assessment]) -> tuple[AreaProfile, ...]:
    """The ratings of each area; `assessments` are keyed by criterion number."""
    profiles = []
    for area in catalogue.areas:
        ratings = [assessments.get(number, Assessment()).rating for number in area.criteria]
        counts = {rating: ratings.count(rating) for rating in Rating}
        profiles.append(AreaProfile(area, counts, ratings.count(None)))
    return tuple(profiles)


def criteria_without_measures(assessments: Mapping[int, Assessment]) -> tuple[int, ...]:
    """The criteria rated below "partial" that have no measure yet, weakest first."""
    weak = [
        (assessment.rating.level, number)
        for number, assessment in assessments.items()
        if assessment.rating in (Rating.NOT_STARTED, Rating.PLANNED) and not assessment.measures
    ]
    return tuple(number for _, number in sorted(weak))
