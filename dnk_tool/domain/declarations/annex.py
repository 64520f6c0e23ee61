"""The annex of a declaration: calculations line by line, evidence, explanations, earlier goals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.quantities import Quantity

# What the source of a typed global warming potential begins with; the set follows, such as "AR6".
OWN_POTENTIAL = "IPCC "


@dataclass(frozen=True, slots=True)
class UsedFactor:
    """A factor as a line used it; a company's own factor has a reason and no edition.

    `value` units of `result_unit` for each `unit`; `gases` and `boundary` say what is counted.
    """

    name: str
    value: Decimal
    unit: str
    result_unit: str
    gases: str = ""
    boundary: str = ""
    source: str = ""
    edition: str = ""
    data_year: int | None = None
    address: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnnexStep:
    """One step, quantity × factor = result, for one datapoint; `category` of Scope 3, such as "3.3"."""

    datapoint: str
    quantity: Quantity
    result: Quantity
    factor: UsedFactor | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """A number as it was entered in a line, with the label of its field."""

    label: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """One line of a calculator, such as a gas bill, with its entered values and steps.

    A line that only enters formulas, such as hours and heads of a training, has no steps.
    """

    calculator: str
    activity: str
    title: str
    label: str = ""
    site: str = ""
    basis: str = ""
    note: str = ""
    entered: tuple[EnteredValue, ...] = ()
    steps: tuple[AnnexStep, ...] = ()


@dataclass(frozen=True, slots=True)
class FurtherFigure:
    """A figure that the company gives although the chosen standard does not ask for it."""

    datapoint: str
    quantity: Quantity
    quality: str = ""
    note: str = ""


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


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """Why an odd figure is right, in the company's words; `question` is what the tool asked."""

    datapoint: str
    question: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReviewedGoal:
    """The review of a goal of an earlier declaration: "yes", "partly", "no" or "ongoing", and why."""

    ref: str
    year: int
    goal: str
    outcome: str
    reason: str = ""
    outlook: str = ""


@dataclass(frozen=True, slots=True)
class CoveredSites:
    """The sites that the figures include or leave out, and how and why that differs from the year before."""

    sites: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Annex:
    """The records behind the answers and figures of a declaration."""

    calculations: tuple[AnnexLine, ...] = ()
    figures: tuple[FurtherFigure, ...] = ()
    evidence: tuple[ListedEvidence, ...] = ()
    explanations: tuple[FigureExplanation, ...] = ()
    goals: tuple[ReviewedGoal, ...] = ()
    scope: CoveredSites = field(default_factory=CoveredSites)

    def to_json(self) -> dict[str, Any]:
        """The parts with content, as JSON objects without empty fields; numbers are exact text."""
        parts = {
            "calculations": [_line_to_json(calculation) for calculation in self.calculations],
            "figures": [
                _without_empty({**_field_values(figure), "quantity": _quantity_to_json(figure.quantity)})
                for figure in self.figures
            ],
            "evidence": [_evidence_to_json(evidence) for evidence in self.evidence],
            "explanations": [_without_empty(_field_values(explanation)) for explanation in self.explanations],
            "goals": [_without_empty(_field_values(goal)) for goal in self.goals],
            "scope": _without_empty({**_field_values(self.scope), **_site_lists_to_json(self.scope)}),
        }
        return _without_empty(parts)


NO_ANNEX = Annex()


def _site_lists_to_json(scope: CoveredSites) -> dict[str, list[str]]:
    return {name: list(getattr(scope, name)) for name in ("sites", "left_out", "added", "dropped")}


def _line_to_json(line: AnnexLine) -> dict[str, Any]:
    entered = [
        {"label": value.label, "quantity": _quantity_to_json(value.quantity)} for value in line.entered
    ]
    steps = [_step_to_json(step) for step in line.steps]
    return _without_empty({**_field_values(line), "entered": entered, "steps": steps})


def _step_to_json(step: AnnexStep) -> dict[str, Any]:
    return _without_empty(
        {
            "datapoint": step.datapoint,
            "category": step.category,
            "quantity": _quantity_to_json(step.quantity),
            "factor": None if step.factor is None else _factor_to_json(step.factor),
            "result": _quantity_to_json(step.result),
        }
    )


def _factor_to_json(factor: UsedFactor) -> dict[str, Any]:
    return _without_empty({**_field_values(factor), "value": numbers.plain(factor.value)})


def _quantity_to_json(quantity: Quantity) -> dict[str, str]:
    return {"value": numbers.plain(quantity.value), "unit": quantity.unit}


def _evidence_to_json(evidence: ListedEvidence) -> dict[str, Any]:
    flags = {"is_listed": evidence.is_listed or None, "is_for_review": evidence.is_for_review or None}
    return _without_empty({**_field_values(evidence), "belongs_to": list(evidence.belongs_to), **flags})


def _field_values(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {}, ())}
