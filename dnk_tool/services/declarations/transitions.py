"""Changes the state of declarations and freezes versions; no other module does either."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.completeness import Gap
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_parser import DocumentError, DocumentProblem
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.declarations.size import PartSize, declaration_size
from dnk_tool.domain.declarations.states import (
    EDITABLE_STATES,
    REQUIRED_PERMISSIONS,
    Action,
    State,
    Transition,
    find_transition,
)
from dnk_tool.domain.permissions import Actor, require
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import earlier_year, history
from dnk_tool.store.declarations import branding
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, Snapshot


class DeclarationIncomplete(Exception):
    """The declaration still has gaps; `gaps` names each."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


class UnreadableSnapshot(Exception):
    """The document cannot be read back from its own file, so it is not frozen; `problems` says why.

    `longest`: its longest parts, where its size may be the reason.
    """

    def __init__(self, problems: list[DocumentProblem], longest: tuple[PartSize, ...] = ()) -> None:
        self.problems, self.longest = problems, longest
        super().__init__(f"{len(problems)} problems")


def begin_transition(session: Session, declaration: Declaration, action: Action, actor: Actor) -> Transition:
    """Lock the company and return the transition that the action makes; nothing is changed yet.

    Raises NotPermitted and TransitionNotAllowed.
    """
    require(REQUIRED_PERMISSIONS[action], actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    return find_transition(declaration.state, action)


def apply_transition(work: Work, declaration: Declaration, step: Transition, **detail: Any) -> None:
    """Change the declaration's state, and record the event, for the present version unless `detail` has one.

    Moving from a frozen to an editable state raises the version by one.
    """
    before = declaration.state
    after = step.after or declaration.resumes or State.REOPENED
    history.record_declaration_event(
        work.session,
        declaration,
        step.event,
        actor_id=work.actor.user_id,
        now=work.now,
        **{"version": declaration.version, **detail},
    )
    declaration.state = after
    # Publishing and unpublishing do not change the state, nor end a pending sign-off.
    if after is not before:
        declaration.resumes = before if after is State.SIGNING else None
        declaration.signatory_id = None
    if before not in EDITABLE_STATES and after in EDITABLE_STATES:
        declaration.version += 1


def freeze_version(work: Work, declaration: Declaration) -> Snapshot:
    """Freeze the redacted declaration, as its readers get it, as the snapshot of its present version.

    The actor vouches for all of it, so answers taken over from an earlier year count as confirmed.
    Raises DeclarationIncomplete and UnreadableSnapshot before anything is changed.
    """
    document = live_document(work.session, declaration)
    answers = declarations.answer_values(work.session, declaration.id).values()
    sheet = replace(
        document.sheet(), taken=declarations.years_taken_from(answers), drafts=declarations.drafts_of(answers)
    )
    gaps = completeness.declaration_gaps(sheet)
    if gaps:
        raise DeclarationIncomplete(gaps)
    content = canonical_json(redact_document(document))
    try:
        read_document(content)
    except DocumentError as error:
        raise UnreadableSnapshot(error.problems, declaration_size(document).parts) from error
    snapshot = Snapshot(
        declaration_id=declaration.id,
        version=declaration.version,
        content=content,
        sha256=fingerprint(content),
        finished_at=work.now,
        finished_by=work.actor.user_id,
    )
    work.session.add(snapshot)
    work.session.flush()
    branding.freeze_for_version(work.session, declaration.organisation_id, snapshot.id)
    if earlier_year.confirm_all(work.session, declaration.id):
        progress.update_progress(declaration, document.sheet())
    return snapshot
