"""Targets of evidence: how addresses and forms name them, and how people read them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Selection
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget, requirement_targets
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.permissions import Permission, Subject, can
from dnk_tool.language import Language
from dnk_tool.services.figures import calculator_lines
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.answers import requirement_title
from dnk_tool.web.text.section_parts import point_url

ANSWER, FIGURE, LINE = "antwort", "kennzahl", "zeile"
WHOLE_KEY = "erklaerung"


@dataclass(frozen=True)
class TargetNames:
    """Titles and addresses of targets. `lines`: the year's lines by id."""

    declaration: Declaration
    selection: Selection
    language: Language
    lines: Mapping[int, CalculatorLine] = field(default_factory=dict)

    def title(self, target: EvidenceTarget) -> str:
        """The target's title; its ref or datapoint if the declaration does not ask for it any more."""
        selection, language = self.selection, self.language
        if target.line:
            return self._line(target.line)
        if target.datapoint:
            point = selection.catalogue.datapoints.get(target.datapoint)
            return point.label.to(language) if point else target.datapoint
        if target.ref in selection.requirements:
            return requirement_title(selection.requirements[target.ref], language)
        if target.ref in selection.items:
            return selection.items[target.ref].label.to(language)
        return target.ref or str(_("Erklärung insgesamt"))

    def _line(self, number: int) -> str:
        line = self.lines.get(number)
        calculator = load_calculators().get(line.calculator) if line else None
        if line is None or calculator is None:
            return str(_("Zeile, die entfernt wurde"))
        activity = calculator.activity(line.activity)
        kind = activity.label.to(self.language) if activity else calculator.label.to(self.language)
        return f"{kind}: {line.label}" if line.label else kind

    def href(self, target: EvidenceTarget) -> str:
        """The target's page; the list of all files if it has none any more."""
        about: dict[str, Any] = {"declaration_id": self.declaration.id}
        if target.line in self.lines:
            return url_for(
                "calculators.edit",
                **about,
                calculator_key=self.lines[target.line].calculator,
                line_id=target.line,
            )
        if target.datapoint and can(
            Permission.DECLARATION_VIEW, current_actor(), Subject(self.declaration.organisation_id)
        ):
            return url_for("figures.show", **about, datapoint=target.datapoint)
        ref = target.ref or next(
            (requirement.ref for requirement in self.selection.asked_by.get(target.datapoint, ())), ""
        )
        if ref in self.selection.section_of:
            section = self.selection.section_of[ref]
            return point_url(self.declaration.id, section, ref)
        return url_for("evidence.index", **about)


def target_names(targets: Iterable[EvidenceTarget]) -> TargetNames:
    """Read what is needed to name the targets; lines only if one of them is a target."""
    declaration = current_declaration()
    lines = (
        {line.line.id: line.line for line in calculator_lines.lines_of(db(), declaration)}
        if any(target.line for target in targets)
        else {}
    )
    return TargetNames(declaration, declarations.selection_of(declaration), current_language(), lines)


def related_targets(target: EvidenceTarget) -> frozenset[EvidenceTarget]:
    """The target, and for a requirement also its items and figures."""
    asked = declarations.selection_of(current_declaration()).requirements.get(target.ref)
    return frozenset({target}) | (requirement_targets(asked) if asked else frozenset())


def target_query(target: EvidenceTarget) -> dict[str, str]:
    """The target as query parameters; empty for the whole declaration."""
    if target.line:
        return {LINE: str(target.line)}
    if target.datapoint:
        return {FIGURE: target.datapoint}
    return {ANSWER: target.ref} if target.ref else {}


def target_key(target: EvidenceTarget) -> str:
    """The target as a field's value."""
    return next((f"{kind}:{value}" for kind, value in target_query(target).items()), WHOLE_KEY)


def target_from_query() -> EvidenceTarget | None:
    """The target in the address; None without one. Aborts with 404 for an unknown one."""
    for kind in (ANSWER, FIGURE, LINE):
        if value := request.args.get(kind):
            return _parse_target(kind, value) or abort(404)
    return None


def target_from_field() -> EvidenceTarget | None:
    """The target chosen in the form; None for an unknown value."""
    kind, _colon, value = request.form.get("target", "").partition(":")
    if kind == WHOLE_KEY:
        return WHOLE_DECLARATION
    return _parse_target(kind, value)


def _parse_target(kind: str, value: str) -> EvidenceTarget | None:
    selection = declarations.selection_of(current_declaration())
    if kind == ANSWER and value in selection.section_of:
        return EvidenceTarget(ref=value)
    if kind == FIGURE and value in selection.catalogue.datapoints:
        return EvidenceTarget(datapoint=value)
    if kind == LINE and (line_id := whole_number(value)) is not None:
        line = calculator_lines.line_of(db(), current_declaration(), line_id)
        return EvidenceTarget(line=line.line.id) if line else None
    return None


def target_options(names: TargetNames) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield (section title, options) of all targets to which the person may add files.

    Leaves out figures, which have pages of their own.
    """
    declaration, actor = names.declaration, current_actor()
    if can(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id)):
        yield "", [{"value": WHOLE_KEY, "label": str(_("Erklärung insgesamt"))}]
    for section in names.selection.sections:
        about = Subject(declaration.organisation_id, section=section.ref)
        if can(Permission.SECTION_EDIT, actor, about):
            title = section.title.to(names.language)
            number = f"{section.number}. " if isinstance(section, Criterion) else ""
            targets = [EvidenceTarget(ref=requirement.ref) for requirement in section.all_requirements]
            yield (
                f"{number}{title}",
                [{"value": target_key(target), "label": names.title(target)} for target in targets],
            )
