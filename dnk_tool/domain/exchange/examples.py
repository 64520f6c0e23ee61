"""A good example: what a company tells of a measure that is done, and for whom it fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from dnk_tool.domain.measures.model import CompanyMeasure, MeasureEffect, MeasureState
from dnk_tool.domain.text import normalised

MAX_TITLE_LENGTH, MAX_LINE_LENGTH, MAX_FITS_LENGTH, MAX_ALT_LENGTH = 120, 400, 300, 300
MAX_RETURN_LENGTH = 500
MAX_OFFERS_A_DAY = 10  # of a company, counted also where it took one back

# Signs that turn the direction of the text behind them, which a page must not leave to somebody else.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ExampleState(StrEnum):
    """Where an example is: with its company, before the cluster's manager, or on the cluster's pages."""

    DRAFT = "draft"
    OFFERED = "offered"
    PUBLISHED = "published"


class ExamplePart(StrEnum):
    """What an example needs before it is offered; the first six are texts of `ExampleContent`."""

    TITLE = "title"
    BEFORE = "before"
    IDEA = "idea"
    DONE = "done"
    EFFORT = "effort"
    ADVICE = "advice"
    NUMBER = "number"
    PICTURE_ALT = "picture_alt"


FIVE_LINES = (ExamplePart.BEFORE, ExamplePart.IDEA, ExamplePart.DONE, ExamplePart.EFFORT, ExamplePart.ADVICE)


@dataclass(frozen=True, slots=True)
class ExampleNumber:
    """What the measure saved when the example was last saved, so that nothing changes behind the manager.

    `kind`: that of the measure; `from_year`: the first full year of the effect, None where none is stated.
    """

    effect: MeasureEffect = field(default_factory=MeasureEffect)
    kind: str = ""
    from_year: int | None = None

    @property
    def carriers(self) -> frozenset[str]:
        """The carriers of energy of which it saves some."""
        return frozenset(each.carrier for each in self.effect.energy if each.kwh > 0)


@dataclass(frozen=True, slots=True)
class ExampleLines:
    """A title and the five lines in which something good is told."""

    title: str = ""
    before: str = ""
    idea: str = ""
    done: str = ""
    effort: str = ""
    advice: str = ""

    def line(self, part: ExamplePart) -> str:
        """One of the texts by its name."""
        return str(getattr(self, part.value))


@dataclass(frozen=True, slots=True)
class ExampleContent(ExampleLines):
    """What people write of an example. `section`: letter of the section it fits best, empty for any.

    `is_public`: the company lets everybody read it, besides the members. `picture_alt`: what the picture
    shows, in words.
    """

    fits: str = ""
    section: str = ""
    is_public: bool = False
    picture_alt: str = ""


@dataclass(frozen=True, slots=True)
class PublicExample:
    """A published example that its company lets everybody read."""

    company: str
    content: ExampleContent
    number: ExampleNumber


@dataclass(frozen=True, slots=True)
class UsedEnergy:
    """What is known of a company to find examples for it: carriers it uses, letter of its section or ""."""

    carriers: frozenset[str] = frozenset()
    section: str = ""


def plain_text(text: str) -> str:
    """The text without control characters and without signs that turn its direction."""
    return normalised(_DIRECTION.sub("", text))


def can_become_example(measure: CompanyMeasure) -> bool:
    """Whether an example can be told of the measure: it is done."""
    return measure.state is MeasureState.DONE


def example_number(measure: CompanyMeasure) -> ExampleNumber:
    """What a measure says that it saves, for its example."""
    return ExampleNumber(measure.effect, measure.kind, measure.from_year)


def has_number(number: ExampleNumber) -> bool:
    """Whether there is an amount above zero and somebody said how it was found."""
    return number.effect.basis is not None and any(amount > 0 for amount in _amounts(number.effect))


def _amounts(effect: MeasureEffect) -> Iterator[Decimal]:
    yield from (each.kwh for each in effect.energy)
    stated = (effect.t_co2e, effect.water_m3, effect.material_kg, effect.waste_kg, effect.cost_eur)
    yield from (amount for amount in stated if amount is not None)


def missing_example_parts(
    content: ExampleContent, number: ExampleNumber, *, has_picture: bool
) -> tuple[ExamplePart, ...]:
    """What an example lacks before it can be offered, in the order of its page."""
    texts = (ExamplePart.TITLE, *FIVE_LINES)
    missing = [part for part in texts if not content.line(part)]
    if not has_number(number):
        missing.append(ExamplePart.NUMBER)
    if has_picture and not content.picture_alt:
        missing.append(ExamplePart.PICTURE_ALT)
    return tuple(missing)


def fits_company(number: ExampleNumber, section: str, company: UsedEnergy) -> bool:
    """Whether the company may do the same: it uses a carrier that the example saves.

    An example that saves no energy fits companies of its section.
    """
    if number.carriers:
        return bool(number.carriers & company.carriers)
    return bool(section) and section == company.section


def fit_rank(number: ExampleNumber, section: str, company: UsedEnergy) -> int:
    """How well an example fits, 0 best: by carrier and section, by carrier, by section, not at all."""
    by_carrier = bool(number.carriers & company.carriers)
    by_section = bool(section) and section == company.section
    return 3 - 2 * by_carrier - by_section
