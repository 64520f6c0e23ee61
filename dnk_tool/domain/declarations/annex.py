"""The annex of a declaration: calculations line by line, evidence, explanations, earlier goals.

The fields are those of a `dnk-declaration` file with the limits that its reader keeps; the docstrings of the
classes are published as descriptions in `docs/dnk-declaration.schema.json`.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from dnk_tool.domain import numbers
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.schema_types import Prose, ReadBy, Ref, Shape, TextLine, Year

# Exact, but with more digits than a figure of its own may have: a product is as long as both factors.
_ExactText = Annotated[str, Field(max_length=80, pattern=r"^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,40})?$")]
_ExactNumber = Annotated[Decimal, ReadBy(_ExactText, Decimal)]


class ExactQuantityShape(Shape):
    value: _ExactText
    unit: Ref

    def read(self) -> Quantity:
        """The quantity as an exact decimal with its unit."""
        return Quantity(Decimal(self.value), self.unit)


_ExactQuantity = Annotated[Quantity, ReadBy(ExactQuantityShape, ExactQuantityShape.read)]
# What the source of a typed global warming potential begins with; the set follows, such as "AR6".
OWN_POTENTIAL = "IPCC "


@dataclass(frozen=True, slots=True)
class UsedFactor:
    """A factor as a line used it; a company's own factor has a reason and no edition.

    `value` units of `result_unit` for each `unit`; `gases` and `boundary` say what is counted.
    """

    name: TextLine
    value: _ExactNumber
    unit: Ref
    result_unit: Ref
    gases: TextLine = ""
    boundary: Ref = ""
    source: TextLine = ""
    edition: TextLine = ""
    data_year: Year | None = None
    address: Annotated[str, Field(max_length=1000)] = ""
    reason: Prose = ""


@dataclass(frozen=True, slots=True)
class AnnexStep:
    """One step, quantity × factor = result, for one datapoint; `category` of Scope 3, such as "3.3"."""

    datapoint: Ref
    quantity: _ExactQuantity
    result: _ExactQuantity
    factor: UsedFactor | None = None
    category: Ref = ""


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """A number as it was entered in a line, with the label of its field."""

    label: TextLine
    quantity: _ExactQuantity


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """One line of a calculator, such as a gas bill, with its entered values and steps.

    A line that only enters formulas, such as hours and heads of a training, has no steps.
    """

    calculator: Ref
    activity: Ref
    title: TextLine
    label: TextLine = ""
    site: TextLine = ""
    basis: Ref = ""
    note: Prose = ""
    entered: Annotated[tuple[EnteredValue, ...], Field(max_length=30)] = ()
    steps: Annotated[tuple[AnnexStep, ...], Field(max_length=30)] = ()


@dataclass(frozen=True, slots=True)
class FurtherFigure:
    """A figure that the company gives although the chosen standard does not ask for it."""

    datapoint: Ref
    quantity: _ExactQuantity
    quality: Ref = ""
    note: Prose = ""


@dataclass(frozen=True, slots=True)
class ListedEvidence:
    """A file that the company keeps as evidence; `belongs_to` are refs and datapoints.

    `is_listed`: the printed list of evidence names it. `is_for_review`: reviewers may open it.
    A version names only what is listed.
    """

    title: str
    name: str
    sha256: str
    belongs_to: tuple[str, ...] = ()
    is_listed: bool = False
    is_for_review: bool = False


class EvidenceShape(Shape):
    title: TextLine = ""
    name: TextLine = ""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    belongs_to: Annotated[tuple[Ref, ...], Field(max_length=500)] = ()
    is_listed: bool = False
    is_for_review: bool = False

    def read(self) -> ListedEvidence:
        """The entry of the list of evidence; the file itself is not part of the format."""
        return ListedEvidence(**dict(self))


_Evidence = Annotated[ListedEvidence, ReadBy(EvidenceShape, EvidenceShape.read)]


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """Why an odd figure is right, in the company's words; `question` is what the tool asked."""

    datapoint: Ref
    question: Prose
    sentence: Prose


@dataclass(frozen=True, slots=True)
class ReviewedGoal:
    """The review of a goal of an earlier declaration: "yes", "partly", "no" or "ongoing", and why."""

    ref: Ref
    year: Year
    goal: Prose
    outcome: Ref
    reason: Prose = ""
    outlook: Prose = ""


_Sites = Annotated[tuple[TextLine, ...], Field(max_length=200)]


@dataclass(frozen=True, slots=True)
class CoveredSites:
    """The sites that the figures include or leave out, and how and why that differs from the year before."""

    sites: _Sites = ()
    left_out: _Sites = ()
    added: _Sites = ()
    dropped: _Sites = ()
    note: Prose = ""


@dataclass(frozen=True)
class Annex:
    """What stands behind the answers and figures: a record that is printed, and not taken over on import."""

    calculations: Annotated[tuple[AnnexLine, ...], Field(max_length=5_000)] = ()
    figures: Annotated[tuple[FurtherFigure, ...], Field(max_length=500)] = ()
    evidence: Annotated[tuple[_Evidence, ...], Field(max_length=2_000)] = ()
    explanations: Annotated[tuple[FigureExplanation, ...], Field(max_length=500)] = ()
    goals: Annotated[tuple[ReviewedGoal, ...], Field(max_length=100)] = ()
    scope: CoveredSites = field(default_factory=CoveredSites)

    def to_json(self) -> dict[str, Any]:
        """The parts with content, as JSON objects without empty fields; numbers are exact text."""
        parts: dict[str, Any] = _as_json(self)
        return parts


NO_ANNEX = Annex()


def _as_json(value: Any) -> Any:
    """The value as JSON; objects without what is empty, but quantities and entered values whole."""
    if isinstance(value, tuple):
        return [_as_json(each) for each in value]
    if isinstance(value, Decimal):
        return numbers.plain(value)
    names = getattr(value, "__dataclass_fields__", ())
    if not names:
        return value
    content = {name: _as_json(getattr(value, name)) for name in names}
    is_whole = isinstance(value, Quantity | EnteredValue)
    return content if is_whole else {key: each for key, each in content.items() if not _is_empty(each)}


def _is_empty(value: Any) -> bool:
    return value is False or value in (None, "", [], {})
