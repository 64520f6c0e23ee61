"""Reads the answers of the previous declaration, and changes the marks of answers that were taken over."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, and_, bindparam, null, or_, update
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Selection
from dnk_tool.domain.answers.take_over import EarlierAnswers
from dnk_tool.store.database import read_values
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent, ReadWhenAsked
from dnk_tool.store.declarations.queries import ANSWER_TABLE, ANSWER_VALUES, answer_of
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration

# The company's latest declaration of an earlier year in the same edition. Run at each page, so built once.
_DECLARATION = Declaration.__table__
_OTHER = _DECLARATION.alias("previous")
_PREVIOUS_ID = (
    sql(_OTHER.c.id)
    .where(
        _OTHER.c.organisation_id == bindparam("company"),
        _OTHER.c.edition == bindparam("edition"),
        _OTHER.c.reporting_year < bindparam("year"),
        _OTHER.c.deleted_at.is_(None),
    )
    .order_by(_OTHER.c.reporting_year.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery()
)
_ANSWERS = (
    ANSWER_VALUES.add_columns(_DECLARATION.c.reporting_year)
    .join(_DECLARATION, _DECLARATION.c.id == ANSWER_TABLE.c.declaration_id)
    .where(_DECLARATION.c.deleted_at.is_(None))
)
_IS_OWN = ANSWER_TABLE.c.declaration_id == bindparam("own")
_IS_EARLIER = ANSWER_TABLE.c.declaration_id == _PREVIOUS_ID
_IS_ASKED = ANSWER_TABLE.c.ref.in_(bindparam("refs", expanding=True))
_WITH_EARLIER = _ANSWERS.where(or_(_IS_OWN, _IS_EARLIER))
_WITH_SOME_EARLIER = _ANSWERS.where(or_(_IS_OWN, and_(_IS_EARLIER, _IS_ASKED)))
_EARLIER = _ANSWERS.where(_IS_EARLIER)


def read_content_with_earlier(
    session: Session, declaration: Declaration, refs: Collection[str] | None = None, *, since: int = 0
) -> DeclarationContent:
    """The content of a declaration with the answers of the previous one, in three statements.

    `refs` limits the answers of the previous one; None: all. `since`: the first year whose figures are read.
    """
    wanted = _identified(declaration) | {"own": declaration.id}
    if refs is None:
        rows = read_values(session, _WITH_EARLIER, wanted)
    else:
        rows = read_values(session, _WITH_SOME_EARLIER, wanted | {"refs": [*refs]})
    own = [row for row in rows if row.declaration_id == declaration.id]
    content = declarations.read_contents(session, [declaration], own, since=since)[declaration.id]
    theirs = [row for row in rows if row.declaration_id != declaration.id]
    return replace(content, earlier=_build_earlier(theirs, content.sheet.selection))


def earlier_answers(
    session: Session, declaration: Declaration, selection: Selection
) -> EarlierAnswers | None:
    """The present answers of the previous declaration to what this year's selection asks, too.

    None if there is none. Previous: the company's latest of an earlier year in the same edition.
    """
    return _build_earlier(read_values(session, _EARLIER, _identified(declaration)), selection)


def previous_declaration(session: Session, declaration: Declaration) -> Declaration | None:
    """The company's latest declaration of an earlier year in the same edition."""
    return session.scalar(sql(Declaration).where(Declaration.id == _PREVIOUS_ID), _identified(declaration))


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


def _identified(declaration: Declaration) -> dict[str, Any]:
    """What names the declaration among those of its company."""
    return {
        "company": declaration.organisation_id,
        "edition": declaration.edition,
        "year": declaration.reporting_year,
    }


def _build_earlier(rows: Iterable[Row[Any]], selection: Selection) -> EarlierAnswers | None:
    asked = [row for row in rows if row.ref in selection.requirements or row.ref in selection.items]
    if not asked:
        return None
    answers = ReadWhenAsked({row.ref: row for row in asked}, lambda row: answer_of(row, selection))
    return EarlierAnswers(asked[0].reporting_year, answers, declarations.drafts_of(asked))
