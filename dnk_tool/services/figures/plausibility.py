"""Finds what looks odd in a declaration, and keeps the sentences that say why it is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import COMPANY_VALUE_FAMILIES, LineRule, PlausibilityRules
from dnk_tool.domain.declarations.annex import FigureExplanation
from dnk_tool.domain.declarations.states import OPEN_STATES, EventKind
from dnk_tool.domain.figures.plausibility import (
    PlausibilityWarning,
    plausibility_warnings,
    warning_text,
)
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.plausibility_facts import facts_of
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import plausibility
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning

MAX_EXPLANATION_LENGTH = 2000

# Where the report names a value of the profile by the figure that is the same.
_PRINTED_AS = {
    "profile.turnover": "economy.turnover",
    "profile.employees": "workforce.headcount",
    "company.fte": "workforce.fte.total",
}


class ExplanationStatus(StrEnum):
    """Whether a warning waits for a sentence; an outdated one was written for other values."""

    OPEN = "open"
    OUTDATED = "outdated"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class PlausibilityFinding:
    """A warning with the company's sentence about it, and the version of that sentence."""

    warning: PlausibilityWarning
    standing: ExplanationStatus
    text: str = ""
    is_printed: bool = False
    version: int = 0
    changed_at: datetime | None = None
    changed_by: int | None = None

    @property
    def is_open(self) -> bool:
        return self.standing is not ExplanationStatus.EXPLAINED


@dataclass(frozen=True, slots=True)
class ExplanationEdit:
    """What somebody wrote about a warning whose values had this fingerprint, having seen this version.

    Without words the warning is open again.
    """

    rule: str
    subject: str
    fingerprint: str
    text: str
    is_printed: bool = False
    seen: int = 0


@dataclass(frozen=True, slots=True)
class ExplanationConflict:
    """Somebody else wrote about the same warning meanwhile; both sentences are kept."""

    mine: ExplanationEdit
    text: str
    is_printed: bool
    version: int
    at: datetime
    by: int | None


def plausibility_findings(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent | None = None,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[PlausibilityFinding, ...]:
    """What looks odd in the declaration, with what was said about it.

    Beside `content` one statement for the `lines`, unless they are known, and one if something is odd.
    """
    content = content or declarations.read_content(session, declaration)
    lines = lines_of(session, declaration) if lines is None else lines
    odd = plausibility_warnings(load_plausibility(), facts_of(declaration, content, lines))
    if not odd:
        return ()
    rows = plausibility.of_year(session, declaration.organisation_id, declaration.reporting_year)
    return tuple(_finding(one, rows) for one in odd)


def count_open_findings(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[int, int]:
    """How many warnings wait for a sentence, and how many there are."""
    noted = plausibility_findings(session, declaration, content, lines=lines)
    return sum(one.is_open for one in noted), len(noted)


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
    session: Session,
    declaration: Declaration,
    sentences: list[ExplanationEdit],
    *,
    actor: Actor,
    now: datetime,
) -> tuple[ExplanationConflict, ...]:
    """Write sentences about warnings; what somebody else wrote meanwhile stays, and the other is kept aside.

    A sentence about a warning that is gone meanwhile is kept, too: it may come back. Raises NotPermitted,
    Locked, and LookupError for what no rule ever warns about; then nothing is written.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    rows = plausibility.of_year(session, declaration.organisation_id, declaration.reporting_year)
    changed = [one for one in map(_cleaned, sentences) if not _says_the_same(rows, one)]
    _require_editable(session, declaration, changed)
    clashes = []
    for one in changed:
        row = rows.get((one.rule, one.subject))
        if row is not None and row.version != one.seen:
            plausibility.keep_revision(
                session, row, _content(one), by=actor.user_id, now=now, kept_aside=True
            )
            by = (row.version, row.changed_at, row.changed_by)
            clashes.append(ExplanationConflict(one, row.text, row.is_printed, *by))
            continue
        _write(session, declaration, row, one, actor=actor, now=now)
    return tuple(clashes)


def _cleaned(one: ExplanationEdit) -> ExplanationEdit:
    text = normalised(one.text).strip()
    return replace(one, text=text, is_printed=one.is_printed and bool(text))


def _says_the_same(rows: Mapping[tuple[str, str], ExplainedWarning], one: ExplanationEdit) -> bool:
    row = rows.get((one.rule, one.subject))
    if row is None:
        return not one.text
    same_values = row.fingerprint == one.fingerprint or not one.text
    return (row.text, row.is_printed) == (one.text, one.is_printed) and same_values


def _require_editable(session: Session, declaration: Declaration, sentences: list[ExplanationEdit]) -> None:
    if not sentences:
        return
    rules = load_plausibility()
    current = editable_content(session, declaration)
    for one in sentences:
        point = subject_figure(rules, one.rule, one.subject)
        # What stands in the profile belongs to the whole declaration.
        is_open = current.is_open(point) if point in rules.datapoints else declaration.state in OPEN_STATES
        if not is_open:
            raise Locked(declaration.state)


def subject_figure(rules: PlausibilityRules, rule: str, subject: str) -> str:
    """The figure that a warning of the rule about the subject stands at. Raises LookupError."""
    known = rules.by_key.get(rule)
    if known is None:
        raise LookupError(rule)
    if isinstance(known, LineRule):
        return known.figure
    if subject not in (rules.datapoints.keys() | rules.words.keys() | COMPANY_VALUE_FAMILIES.keys()):
        raise LookupError(subject)
    return subject


def _content(one: ExplanationEdit) -> dict[str, object]:
    return {"text": one.text, "is_printed": one.is_printed, "fingerprint": one.fingerprint}


def _write(
    session: Session,
    declaration: Declaration,
    row: ExplainedWarning | None,
    one: ExplanationEdit,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    before = [row.text, row.is_printed] if row else ["", False]
    row = row or ExplainedWarning(
        organisation_id=declaration.organisation_id,
        year=declaration.reporting_year,
        rule=one.rule,
        subject=one.subject,
        version=0,
    )
    row.text, row.is_printed, row.fingerprint = one.text, one.is_printed, one.fingerprint
    plausibility.save(session, row, by=actor.user_id, now=now)
    fields = {
        name: [old, new]
        for name, old, new in zip(("sentence", "is_printed"), before, (one.text, one.is_printed), strict=True)
        if old != new
    }
    history.record_declaration_event(
        session,
        declaration,
        EventKind.WARNING_EXPLAINED,
        actor_id=actor.user_id,
        now=now,
        rule=one.rule,
        subject=one.subject,
        fields=fields,
    )


def printed_explanations(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent | None = None,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[FigureExplanation, ...]:
    """The sentences that the report shows, in the declaration's language: those about today's values."""
    rules, language = load_plausibility(), settings_of(declaration).language
    return tuple(
        FigureExplanation(
            _PRINTED_AS.get(one.warning.datapoint, one.warning.datapoint),
            warning_text(rules, one.warning, language).odd,
            one.text,
        )
        for one in plausibility_findings(session, declaration, content, lines=lines)
        if one.standing is ExplanationStatus.EXPLAINED and one.is_printed
    )
