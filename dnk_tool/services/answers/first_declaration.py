"""Answers for a company's first declaration what asks for earlier goals, to be checked by the company."""

from dnk_tool.domain.answers.first_declaration import first_time_answers
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.language import known_language
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_for_editing
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


def explain_first_goals(work: Work, declaration: Declaration) -> tuple[str, ...]:
    """Explain that there were no earlier goals wherever they are asked for; returns the refs written.

    Each answer is marked, with the reporting year itself, until somebody changes or confirms it. Answers that
    exist already stay. Raises NotPermitted, and Locked unless the whole declaration is open.
    """
    open_for_editing(work.session, declaration, work.actor)
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    marks = declarations.done_sections(work.session, declaration.id)
    ready = first_time_answers(writer.sheet(done=marks), known_language(declaration.language))
    for ref, answer in ready.items():
        put(writer.answers, ref, answer)
        writer.answers.note_taken(ref, declaration.reporting_year)
        history.record_declaration_event(
            work.session,
            declaration,
            EventKind.SECTION_SAVED,
            actor_id=work.actor.user_id,
            now=work.now,
            section=writer.selection.section_of[ref].ref,
            versions={ref: writer.versions[ref]},
        )
    if ready:
        progress.update_progress(declaration, writer.sheet(done=marks))
    return tuple(ready)
