"""Finds odd figures of a declaration, and saves the company's explanations why they are right.

Gathers the facts that plausibility rules compare: a declaration, the year before, and its lines.
Compares the two readings of an ambiguous number with bounds, last year and other lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import COMPANY_VALUE_FAMILIES, LineRule, PlausibilityRules
from dnk_tool.domain.answers.answer import Figure, Origin, Sheet
from dnk_tool.domain.answers.values import Rows, Value
from dnk_tool.domain.declarations.annex import FigureExplanation
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.states import OPEN_STATES, EventKind
from dnk_tool.domain.editing import Conflict, Seen, Write, decide
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.plausibility import (
    PlausibilityFacts,
    PlausibilityWarning,
    plausibility_warnings,
    warning_text,
)
from dnk_tool.domain.figures.plausibility.leading_lines import at_leading_lines
from dnk_tool.domain.figures.plausibility.readings import is_other_figure_likelier, is_other_line_likelier
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit, is_same_explanation
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.recalculate import calculation_from_lines
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import carry_out
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import plausibility
from dnk_tool.store.figures.plausibility import ExplanationRows
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning

MAX_EXPLANATION_LENGTH = 2000

# Values of the profile that the report prints under the name of the equivalent figure.
_PRINTED_AS = {
    "profile.turnover": "economy.turnover",
    "profile.employees": "workforce.headcount",
    "company.fte": "workforce.fte.total",
}
# Figures under whose names the report prints values of the profile, where no requirement asks for them.
PROFILE_FIGURES = frozenset(_PRINTED_AS.values())


def facts_of(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine] = ()
) -> PlausibilityFacts:
    """The facts that plausibility rules compare, without figures and tables that the declaration explains."""
    year = declaration.reporting_year
    facts = _facts(content.sheet, year, content.of_year(year), content.of_year(year - 1))
    return replace(facts, lines=[line.line for line in lines])


def facts_of_document(document: Document) -> PlausibilityFacts:
    """The facts of a frozen version. It does not hold what lines say, so no rule about lines applies."""
    year, sheet = document.reporting_year, document.sheet()
    return _facts(sheet, year, sheet.figures, document.sheet(year - 1).figures)


def _facts(
    sheet: Sheet, year: int, now: Mapping[str, Figure], before: Mapping[str, Figure]
) -> PlausibilityFacts:
    answers = _reported_values(sheet)
    return PlausibilityFacts(
        year=year,
        figures=_reported_figures(sheet, now, is_now=True),
        before=_reported_figures(sheet, before, is_now=False),
        profile=sheet.profile,
        tables={ref: value for ref, value in answers.items() if isinstance(value, Rows)},
        choices={ref: value for ref, value in answers.items() if isinstance(value, str)},
    )


def _reported_figures(sheet: Sheet, figures: Mapping[str, Figure], *, is_now: bool) -> dict[str, Figure]:
    """The figures that are part of the declaration: those it asks for, and those that no indicator set does.

    Leaves out figures that only another indicator set asks for and, in the declaration's own year (`is_now`),
    those whose requirements are all explained.
    """
    items = sheet.selection.catalogue.items.values()
    of_sets = {item.datapoint.key for item in items if item.datapoint}
    reported = {}
    for key, figure in figures.items():
        asking = sheet.selection.asked_by.get(key, ())
        is_explained = is_now and all(sheet.is_explained(requirement) for requirement in asking)
        if not is_explained if asking else key not in of_sets:
            reported[key] = figure
    return reported


def _reported_values(sheet: Sheet) -> Mapping[str, Value]:
    """The tables, choices and numbers of the declaration by item, without those that it explains."""
    return {
        item.ref: value
        for requirement in sheet.selection.requirements.values()
        if not sheet.is_explained(requirement)
        for item in requirement.items
        if (value := sheet.answer(item.ref).value) is not None
    }


class ExplanationStatus(StrEnum):
    """Whether a warning is explained; an outdated explanation was written about other values."""

    OPEN = "open"
    OUTDATED = "outdated"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class PlausibilityFinding:
    """A warning with the company's explanation, its version (0: none) and its last change."""

    warning: PlausibilityWarning
    standing: ExplanationStatus
    text: str = ""
    is_printed: bool = False
    version: int = 0
    changed_at: datetime | None = None
    changed_by: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still needs an explanation: it has none, or an outdated one."""
        return self.standing is not ExplanationStatus.EXPLAINED


def plausibility_findings(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent | None = None,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[PlausibilityFinding, ...]:
    """The warnings about the declaration, each with its explanation.

    Takes one SQL statement for the `lines` unless given, and one more if there are warnings.
    """
    content = content or declarations.read_content(session, declaration)
    lines = lines_of(session, declaration) if lines is None else lines
    rules, facts = load_plausibility(), facts_of(declaration, content, lines)
    odd = plausibility_warnings(rules, facts)
    if not odd:
        return ()
    if facts.lines:
        figures = content.of_year(declaration.reporting_year)
        calculation = calculation_from_lines(declaration, facts.lines, figures)
        odd = at_leading_lines(rules, odd, facts, calculation)
    rows = plausibility.of_year(session, declaration.organisation_id, declaration.reporting_year)
    return tuple(_finding(warning, rows) for warning in odd)


def count_open_findings(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[int, int]:
    """How many warnings need an explanation, and how many there are."""
    noted = plausibility_findings(session, declaration, content, lines=lines)
    return sum(finding.is_open for finding in noted), len(noted)


def _finding(
    warning: PlausibilityWarning, rows: Mapping[tuple[str, str], ExplainedWarning]
) -> PlausibilityFinding:
    row = rows.get((warning.rule, warning.subject))
    if row is None:
        return PlausibilityFinding(warning, ExplanationStatus.OPEN)
    standing = ExplanationStatus.OPEN
    if row.text:
        is_current = row.fingerprint == warning.fingerprint
        standing = ExplanationStatus.EXPLAINED if is_current else ExplanationStatus.OUTDATED
    return PlausibilityFinding(
        warning, standing, row.text, row.is_printed, row.version, row.changed_at, row.changed_by
    )


def save_explanations(
    work: Work, declaration: Declaration, sentences: list[ExplanationEdit]
) -> tuple[Conflict[ExplanationEdit], ...]:
    """Write explanations of warnings; returns the conflicts.

    Where somebody else changed an explanation meanwhile, theirs stays and this one is kept aside. An
    explanation is saved even if its warning is gone: it may come back. Raises NotPermitted, Locked, and
    LookupError for a rule or subject that does not exist; then nothing is written.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    rows = ExplanationRows(work.session, declaration, by=work.actor.user_id, now=work.now)
    changed = [
        edit for edit in map(_cleaned, sentences) if not is_same_explanation(edit, rows.content(edit.ref))
    ]
    _require_editable(work.session, declaration, changed)
    for edit in changed:
        before = rows.stored(edit.ref)
        decision = decide(before, Seen(edit.seen), edit, is_same=is_same_explanation)
        carry_out(rows, edit.ref, decision)
        if isinstance(decision, Write):
            _record(work, declaration, before.content, edit)
    return tuple(rows.conflicts)


def _cleaned(explanation_edit: ExplanationEdit) -> ExplanationEdit:
    text = normalised(explanation_edit.text).strip()
    return replace(explanation_edit, text=text, is_printed=explanation_edit.is_printed and bool(text))


def _require_editable(session: Session, declaration: Declaration, sentences: list[ExplanationEdit]) -> None:
    if not sentences:
        return
    rules = load_plausibility()
    current = editable_content(session, declaration)
    for sentence in sentences:
        point = subject_figure(rules, sentence.rule, sentence.subject)
        # A value of the profile belongs to the whole declaration.
        is_open = current.is_open(point) if point in rules.datapoints else declaration.state in OPEN_STATES
        if not is_open:
            raise Locked(declaration.state)


def subject_figure(rules: PlausibilityRules, rule: str, subject: str) -> str:
    """Key of the figure or company value that such a warning is about. Raises LookupError if unknown."""
    known = rules.by_key.get(rule)
    if known is None:
        raise LookupError(rule)
    if isinstance(known, LineRule):
        return known.figure
    if subject not in (rules.datapoints.keys() | rules.words.keys() | COMPANY_VALUE_FAMILIES.keys()):
        raise LookupError(subject)
    return subject


def _record(work: Work, declaration: Declaration, before: ExplanationEdit, after: ExplanationEdit) -> None:
    fields: dict[str, list[str | bool]] = {}
    if before.text != after.text:
        fields["sentence"] = [before.text, after.text]
    if before.is_printed != after.is_printed:
        fields["is_printed"] = [before.is_printed, after.is_printed]
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.WARNING_EXPLAINED,
        actor_id=work.actor.user_id,
        now=work.now,
        rule=after.rule,
        subject=after.subject,
        fields=fields,
    )


def printed_explanations(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent | None = None,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[FigureExplanation, ...]:
    """The explanations for the report, in the declaration's language: printed ones that are not outdated."""
    rules, language = load_plausibility(), settings_of(declaration).language
    return tuple(
        FigureExplanation(
            printed_datapoint(plausibility_finding.warning),
            warning_text(rules, plausibility_finding.warning, language).odd,
            plausibility_finding.text,
        )
        for plausibility_finding in plausibility_findings(session, declaration, content, lines=lines)
        if plausibility_finding.standing is ExplanationStatus.EXPLAINED and plausibility_finding.is_printed
    )


def printed_datapoint(warning: PlausibilityWarning) -> str:
    """The key of the figure under whose name the report prints what the warning is about."""
    return _PRINTED_AS.get(warning.datapoint, warning.datapoint)


def likelier_figures(
    session: Session, declaration: Declaration, others: Mapping[str, Quantity]
) -> frozenset[str]:
    """The saved figures that are more plausible in their other reading; no query without `others`."""
    if not others:
        return frozenset()
    content = declarations.read_content(session, declaration)
    facts = facts_of(declaration, content, lines_of(session, declaration))
    rules = load_plausibility()
    return frozenset(
        key for key, other in others.items() if is_other_figure_likelier(rules, facts, key, other)
    )


def likelier_fields(
    session: Session, declaration: Declaration, line: CalculatorLine, others: Mapping[str, Quantity]
) -> frozenset[str]:
    """The fields of a saved line that are more plausible in their other reading."""
    if not others:
        return frozenset()
    content, lines = declarations.read_content(session, declaration), lines_of(session, declaration)
    facts, rules = facts_of(declaration, content, lines), load_plausibility()
    figures = content.of_year(declaration.reporting_year)
    likelier = set()
    for field, quantity in others.items():
        other = replace(line, quantities={**line.quantities, field: quantity})
        calculation = calculation_from_lines(declaration, _with_line(lines, other), figures)
        results = {
            key: result.figure
            for key, result in calculation.results.items()
            if key in facts.figures and facts.figures[key].origin is Origin.LINES
        }
        if is_other_line_likelier(rules, facts, line, field, other, results):
            likelier.add(field)
    return frozenset(likelier)


def _with_line(lines: Sequence[StoredLine], line: CalculatorLine) -> list[CalculatorLine]:
    return [line if stored.line.id == line.id else stored.line for stored in lines]
