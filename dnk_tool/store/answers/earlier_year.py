"""Reads the answers of the previous declaration, and changes the marks of answers that were taken over."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import ScalarSelect, and_, null, or_, update
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Selection
from dnk_tool.domain.answers.take_over import EarlierAnswers
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.declarations.queries import answer_of
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration


def read_content_with_earlier(
    session: Session, declaration: Declaration, refs: Collection[str] | None = None
) -> DeclarationContent:
    """The content of a declaration with the answers of the previous one, in three statements.

    `refs` limits the answers of the previous one; None: all.
    """
    before = AnswerRow.declaration_id == _previous_declaration_id(declaration)
    if refs is not None:
        before = and_(before, AnswerRow.ref.in_(refs))
    rows = session.execute(
        sql(AnswerRow, Declaration.reporting_year)
        .join(Declaration, Declaration.id == AnswerRow.declaration_id)
        .where(or_(AnswerRow.declaration_id == declaration.id, before))
    ).all()
    own = [row for row, _year in rows if row.declaration_id == declaration.id]
    content = declarations.read_contents(session, [declaration], own)[declaration.id]
    theirs = [(row, year) for row, year in rows if row.declaration_id != declaration.id]
    return replace(content, earlier=_build_earlier(theirs, content.sheet.selection))


def earlier_answers(
    session: Session, declaration: Declaration, selection: Selection
) -> EarlierAnswers | None:
    """The present answers of the previous declaration to what this year's selection asks, too.

    None if there is none. Previous: the company's latest of an earlier year in the same edition.
    """
    rows = session.execute(
        sql(AnswerRow, Declaration.reporting_year)
        .join(Declaration, Declaration.id == AnswerRow.declaration_id)
        .where(AnswerRow.declaration_id == _previous_declaration_id(declaration))
    )
    return _build_earlier([(row, year) for row, year in rows], selection)


def previous_declaration(session: Session, declaration: Declaration) -> Declaration | None:
    """The company's latest declaration of an earlier year in the same edition."""
    return session.scalar(sql(Declaration).where(Declaration.id == _previous_declaration_id(declaration)))


def confirm_all(session: Session, declaration_id: int) -> bool:
    """Clear `taken_from` of the declaration's answers without drafts. Returns whether any had it.

    A draft that is still to be checked stands behind an explanation and is not printed: it keeps its mark.
    """
    marked = update(AnswerRow).where(
        AnswerRow.declaration_id == declaration_id,
        AnswerRow.taken_from.is_not(None),
        AnswerRow.drafts.is_(null()),
    )
    # An update returns a CursorResult, which has `rowcount`; SQLAlchemy types it as Result.
    return bool(session.execute(marked.values(taken_from=None)).rowcount)  # type: ignore[attr-defined]


def move_ready_made(session: Session, declaration_id: int, year: int, to: int) -> None:
    """Mark ready-made answers with the new reporting year of their declaration."""
    marked = update(AnswerRow).where(AnswerRow.declaration_id == declaration_id, AnswerRow.taken_from == year)
    session.execute(marked.values(taken_from=to))


def _previous_declaration_id(declaration: Declaration) -> ScalarSelect[int]:
    return (
        sql(Declaration.id)
        .where(
            Declaration.organisation_id == declaration.organisation_id,
            Declaration.edition == declaration.edition,
            Declaration.reporting_year < declaration.reporting_year,
        )
        .order_by(Declaration.reporting_year.desc())
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


def _build_earlier(rows: Iterable[tuple[AnswerRow, int]], selection: Selection) -> EarlierAnswers | None:
    asked = selection.requirements.keys() | selection.items.keys()
    asked_rows = [(row, year) for row, year in rows if row.ref in asked]
    answers = {row.ref: answer_of(row, selection) for row, _year in asked_rows}
    drafts = declarations.drafts_of(row for row, _year in asked_rows)
    return EarlierAnswers(asked_rows[0][1], answers, drafts) if asked_rows else None
