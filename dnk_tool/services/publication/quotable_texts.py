"""Lets other companies read the texts of a publication as examples, or takes that back."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing.outcomes import Conflict, ConflictError
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import publications
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication


def allow_quotation(
    session: Session,
    declaration: Declaration,
    *,
    is_allowed: bool,
    actor: Actor,
    now: datetime,
    seen: bool | None = None,
) -> None:
    """Set whether other companies may read texts of what the declaration has published, if anything.

    `seen`: the answer that the sender changed; None: whatever it is. Raises NotPermitted, and ConflictError
    without writing anything if somebody else gave another answer meanwhile.
    """
    require(Permission.DECLARATION_PUBLISH, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    publication = publications.of_declaration(session, declaration.id)
    if publication is None or publication.revoked_at is not None:
        return
    stored = publication.is_quotable
    if stored == is_allowed:
        return
    if seen is not None and seen != stored:
        raise ConflictError(Conflict(is_allowed, stored, publication.version))
    publication.quotable_refs = _refs_of_published_texts(session, publication) if is_allowed else None
    history.record_declaration_event(
        session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=actor.user_id,
        now=now,
        fields={"is_quotable": [stored, is_allowed]},
    )


def refs_of_texts(document: Document) -> str:
    """The aspects that the document answers with a text, each between spaces; "" without any."""
    refs = [ref for ref in document.selection.text_aspects if quotable_text(document.answers.get(ref))]
    return f" {' '.join(refs)} " if refs else ""


def quotable_text(answer: Answer | None) -> str:
    """The text of an answer without signs of markup; "" for a reason not to report."""
    if answer is None or answer.disclosure is Disclosure.EXPLAIN:
        return ""
    return without_signs(answer).text.strip()


def _refs_of_published_texts(session: Session, publication: Publication) -> str:
    frozen = declarations.snapshot(session, publication.declaration_id, publication.version)
    return refs_of_texts(read_document(frozen.content)) if frozen else ""
