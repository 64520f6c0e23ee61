"""Redacts a declaration for its readers.

Removes explanations of reported requirements, answers to explained ones, and evidence that the company did
not list. Frozen versions and exported data are built from the redacted document.
Withholds figures and lines from the annex: those that are explained, and those that would reveal them.
"""

from dataclasses import replace
from functools import cached_property

from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Sheet
from dnk_tool.domain.declarations.annex import AnnexLine
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.calculators import Calculation, CalculationStep


def redact_document(document: Document) -> Document:
    """The document without content that is stored but not published; its print is the same.

    An explained requirement loses its text, items, and figures that nothing reported needs; a reported one
    loses its explanation. Figures lose their responsible person and source, lines of calculators their note,
    and lines with steps their entered values. Evidence that is not listed loses title and name if reviewers
    may open it, and is removed otherwise.
    """
    sheet = document.sheet()
    selection, answers = document.selection, dict(document.answers)
    for requirement in selection.requirements.values():
        for ref, answer in _readable_answers(requirement, sheet).items():
            answers[ref] = answer
    kept_back = _withheld_figures(selection, sheet)
    years = {year: document.sheet(year) for year, _key in document.figures}
    return replace(
        document,
        internal_assessments=None,
        answers={ref: answer for ref, answer in answers.items() if not answer.is_empty},
        figures={
            (year, key): replace(figure, responsible="", source="")
            for (year, key), figure in document.figures.items()
            if key not in kept_back or key in _parts_of_reported(selection, years[year], kept_back)
        },
        annex=replace(
            document.annex,
            calculations=tuple(map(_printed_line, document.annex.calculations)),
            evidence=tuple(
                (evidence if evidence.is_listed else replace(evidence, title="", name=""))
                for evidence in document.annex.evidence
                if evidence.is_listed or evidence.is_for_review
            ),
        ),
    )


def _printed_line(line: AnnexLine) -> AnnexLine:
    return replace(line, note="", entered=() if line.steps else line.entered)


def _readable_answers(requirement: Requirement, sheet: Sheet) -> dict[str, Answer]:
    """The answers to a requirement and its items, without what its disclosure hides."""
    own = sheet.answer(requirement.ref)
    if own.disclosure is not Disclosure.EXPLAIN:
        return {requirement.ref: replace(own, explanation="", reason="")}
    nothing = {item.ref: Answer() for item in requirement.items}
    return nothing | {requirement.ref: replace(own, text="", value=None)}


def _withheld_figures(selection: Selection, sheet: Sheet) -> frozenset[str]:
    """The figures that only explained requirements ask for."""
    return frozenset(
        key for key, asking in selection.asked_by.items() if all(map(sheet.is_explained, asking))
    )


def _parts_of_reported(selection: Selection, sheet: Sheet, kept_back: frozenset[str]) -> frozenset[str]:
    """The figures from which a reported one is computed."""
    points = selection.catalogue.datapoints
    rules = [
        points[key].computed
        for key in selection.datapoints
        if key not in kept_back and not (key in sheet.figures and sheet.figures[key].is_stated)
    ]
    return frozenset(key for rule in rules if rule for key in (*rule.plus, *rule.minus))


class WithheldFigures:
    """The figures and lines of calculators that a declaration withholds.

    A figure is withheld if every requirement that asks for it is explained; a line, if it leads to such
    figures and to none that is reported.
    """

    def __init__(self, sheet: Sheet, calculation: Calculation) -> None:
        self._asked_by, self._calculation = sheet.selection.asked_by, calculation
        self.datapoints = frozenset(
            key
            for key, asking in self._asked_by.items()
            if all(sheet.is_explained(requirement) for requirement in asking)
        )

    def withholds_line(self, line: int) -> bool:
        """Whether the line leads to withheld figures, and to none that is reported."""
        results = {result.datapoint for result in self._calculation.results_of_line(line)}
        asked = results & self._asked_by.keys()
        return bool(asked) and asked <= self.datapoints

    def withholds(self, datapoint: str, figure: Figure) -> bool:
        """Whether a figure calculated from lines would reveal withheld ones."""
        return figure.origin is Origin.LINES and self._reveals_withheld(datapoint)

    def _reveals_withheld(self, datapoint: str) -> bool:
        result = self._calculation.results.get(datapoint)
        if datapoint in self.datapoints or result is None:
            return datapoint in self.datapoints
        if any(self._reveals_withheld(part.key) for part in result.parts):
            return True
        if result.steps:
            return all(step in self._steps for step in result.steps)
        return bool(result.lines) and all(self.withholds_line(line) for line in result.lines)

    @cached_property
    def _steps(self) -> list[CalculationStep]:
        """The steps of the withheld figures; those of a Scope 3 category are among its total's, too."""
        results = self._calculation.results
        return [step for key in self.datapoints & results.keys() for step in results[key].steps]
