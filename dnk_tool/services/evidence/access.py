"""Checks who of a company may add, remove and open evidence, and when."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.declarations.states import OPEN_STATES
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.permissions import Actor, Permission, Subject, can, require
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.editing.locks import Locked, section_is_open
from dnk_tool.services.figures import calculator_lines as calculators
from dnk_tool.services.figures import save as figure_save
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration


def open_evidence_target(
    session: Session, declaration: Declaration, target: EvidenceTarget, actor: Actor
) -> None:
    """Lock the company to add or remove evidence of an answer, figure, line or the whole declaration.

    Raises NotPermitted, Locked, and LookupError for a target that the declaration does not have.
    """
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    require_evidence_editable(session, declaration, target, actor)


def require_evidence_editable(
    session: Session, declaration: Declaration, target: EvidenceTarget, actor: Actor
) -> None:
    """Check, without taking a lock, that the actor may add evidence to or remove it from the target now.

    Raises NotPermitted, Locked, and LookupError for a target that the declaration does not have.
    """
    company = declaration.organisation_id
    selection = declarations.selection_of(declaration)
    if target.datapoint:
        if target.datapoint not in selection.catalogue.datapoints:
            raise LookupError(target.datapoint)
        figure_save.require_figure_editable(editable_content(session, declaration), target.datapoint, actor)
        return
    if target.ref:
        section = selection.section_of[target.ref]
        asked = frozenset(
            requirement.ref for requirement in section.all_requirements if target.ref in _refs(requirement)
        )
        about = Subject(company, declaration_id=declaration.id, section=section.ref, requirements=asked)
        require(Permission.SECTION_EDIT, actor, about)
        is_open = section_is_open(session, declaration, section.ref)
    elif target.line:
        require(Permission.DECLARATION_EDIT, actor, Subject(company))
        is_open = _is_line_open(session, declaration, target.line)
    else:
        require(Permission.DECLARATION_EDIT, actor, Subject(company))
        is_open = declaration.state in OPEN_STATES
    if not is_open:
        raise Locked(declaration.state)


def _refs(requirement: Requirement) -> set[str]:
    return {requirement.ref, *(item.ref for item in requirement.items)}


def _is_line_open(session: Session, declaration: Declaration, number: int) -> bool:
    row = calculator_lines.find_row(session, declaration.organisation_id, declaration.reporting_year, number)
    if row is None or row.removed_at is not None:
        raise LookupError(number)
    return calculators.is_calculator_open(session, declaration, load_calculators()[row.calculator])


def may_open_evidence(declaration: Declaration, targets: Sequence[EvidenceTarget], actor: Actor) -> bool:
    """Whether a member of the company may open a file with these targets.

    They may if they may view the declaration, or a section that one of the targets belongs to.
    """
    company = declaration.organisation_id
    if can(Permission.DECLARATION_VIEW, actor, Subject(company)):
        return True
    selection = declarations.selection_of(declaration)
    refs = {target.ref for target in targets if target.ref}
    for target in targets:
        refs |= {requirement.ref for requirement in selection.asked_by.get(target.datapoint, ())}
    sections = {selection.section_of[ref].ref for ref in refs if ref in selection.section_of}
    return any(can(Permission.SECTION_VIEW, actor, Subject(company, section=section)) for section in sections)


def require_evidence_removable(
    session: Session, declaration: Declaration, target: EvidenceTarget, actor: Actor
) -> None:
    """Check that the actor may remove evidence from the target now.

    A target that the declaration no longer has, such as a removed line, is open while the whole declaration
    is. Raises NotPermitted and Locked.
    """
    try:
        require_evidence_editable(session, declaration, target, actor)
    except LookupError:
        require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
        if declaration.state not in OPEN_STATES:
            raise Locked(declaration.state) from None
