"""Takes over answers of the previous declaration into a new one, and confirms that they still hold."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.draft import BLANK, has_unchecked_example
from dnk_tool.domain.answers.take_over import section_offers, unconfirmed_refs
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_for_editing, open_section
from dnk_tool.services.work import Work
from dnk_tool.store.answers import earlier_year, history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


class BlanksLeft(Exception):
    """An example still has blanks where the company's own words or numbers belong."""


def take_over(
    work: Work, declaration: Declaration, section: Section, *, refs: Collection[str] | None = None
) -> tuple[str, ...]:
    """Copy answers of the previous declaration where this one has none yet; returns the refs written.

    `refs`: only these; None: all of the section. Each answer is marked as taken over until somebody changes
    or confirms it; a sentence with last year's figures is a draft again. Answers that exist already stay.
    Raises NotPermitted and Locked.
    """
    open_section(work.session, declaration, section, work.actor)
    return _write(work, declaration, (section,), refs, section=section.ref)


def take_over_all(work: Work, declaration: Declaration) -> tuple[str, ...]:
    """Copy the answers of all sections, as `take_over` does for one; returns the refs written.

    Raises NotPermitted, and Locked unless the whole declaration is open.
    """
    open_for_editing(work.session, declaration, work.actor)
    sections = declarations.selection_of(declaration).sections
    return _write(work, declaration, sections, None)


def confirm_taken_over(
    work: Work,
    declaration: Declaration,
    section: Section,
    *,
    refs: Collection[str] | None = None,
    seen: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """Confirm that answers taken over still hold: remove their marks. Returns the refs confirmed.

    `refs`: only these; None: all of the section, which may be narrowed to some requirements.
    `seen`: the versions that the sender had seen by ref; others are skipped, so that nobody vouches for what
    a colleague took over meanwhile. An example is confirmed only if `refs` names it. Raises NotPermitted,
    Locked, and BlanksLeft for an example that has any.
    """
    asked = frozenset(requirement.ref for requirement in section.all_requirements)
    open_section(work.session, declaration, section, work.actor, requirements=asked)
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    marks = declarations.done_sections(work.session, declaration.id)
    sheet = writer.sheet(done=marks)
    examples = {ref for ref, drafts in sheet.drafts.items() if has_unchecked_example(drafts)}
    waiting = [ref for ref in unconfirmed_refs(sheet, section) if refs is not None or ref not in examples]
    if refs is not None and any(ref in examples and BLANK in sheet.answer(ref).text for ref in refs):
        raise BlanksLeft
    confirmed = tuple(
        ref
        for ref in waiting
        if (refs is None or ref in refs) and (seen is None or seen.get(ref) == writer.answers.version(ref))
    )
    if not confirmed:
        return ()
    for ref in confirmed:
        writer.answers.check_drafts(ref)
    progress.update_progress(declaration, writer.sheet(done=marks))
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SECTION_SAVED,
        actor_id=work.actor.user_id,
        now=work.now,
        section=section.ref,
        versions={},
        confirmed=sorted(confirmed),
    )
    return confirmed


def _write(
    work: Work,
    declaration: Declaration,
    sections: Iterable[Section],
    refs: Collection[str] | None,
    **detail: Any,
) -> tuple[str, ...]:
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    earlier = earlier_year.earlier_answers(work.session, declaration, writer.selection)
    if earlier is None:
        return ()
    marks = declarations.done_sections(work.session, declaration.id)
    sheet = writer.sheet(done=marks)
    for section in sections:
        for ref, answer in section_offers(sheet, earlier, section).items():
            if refs is None or ref in refs:
                put(writer.answers, ref, answer)
                writer.answers.note_taken(ref, earlier.year)
                for draft in earlier.drafts_to_check(ref):
                    writer.answers.add_draft(ref, draft, declaration.reporting_year)
    if writer.versions:
        progress.update_progress(declaration, writer.sheet(done=marks))
        history.record_declaration_event(
            work.session,
            declaration,
            EventKind.ANSWERS_TAKEN_OVER,
            actor_id=work.actor.user_id,
            now=work.now,
            versions=dict(sorted(writer.versions.items())),
            taken_from=earlier.year,
            **detail,
        )
    return tuple(writer.versions)
