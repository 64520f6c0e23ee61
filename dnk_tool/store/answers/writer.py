"""Writes the answers of a declaration and the figures of its year in one save."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Figure, Sheet
from dnk_tool.domain.editing import Conflict
from dnk_tool.store.answers.versioned_rows import AnswerRows, FigureRows
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


class AnswerWriter:
    """One save of a declaration: reads its answers and its year's figures once and collects what changes."""

    def __init__(
        self, session: Session, declaration: Declaration, user_id: int | None, now: datetime
    ) -> None:
        self.session, self.declaration = session, declaration
        self.user_id, self.now = user_id, now
        self.answers = AnswerRows(session, declaration, by=user_id, now=now)
        self.figures = FigureRows(session, declaration, by=user_id, now=now)
        self.selection = self.answers.selection

    @property
    def versions(self) -> dict[str, int]:
        """The new versions of what was written, by ref or datapoint."""
        return self.answers.versions | self.figures.versions

    @property
    def already_stored(self) -> dict[str, int]:
        """The current versions of what was stored before this save, by ref or datapoint."""
        return self.answers.already_stored | self.figures.already_stored

    @property
    def conflicts(self) -> tuple[Conflict[Answer] | Conflict[Figure], ...]:
        """The edits that conflict with another person's change; both contents are kept."""
        return (*self.answers.conflicts, *self.figures.conflicts)

    def sheet(self, *, done: frozenset[str]) -> Sheet:
        """All answers and this year's figures after the save; `done`: the sections called done."""
        return Sheet(
            self.selection,
            self.answers.contents(),
            self.figures.contents(),
            done,
            declarations.profile_of(self.declaration.organisation),
            declarations.years_taken_from(self.answers.rows.values()),
            declarations.drafts_of(self.answers.rows.values()),
        )
