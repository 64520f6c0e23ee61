"""Saves content in rows with version numbers, and keeps every submitted content as a revision."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import NO_ANSWER, NO_FIGURE, Answer, Figure
from dnk_tool.domain.answers.draft import Draft, checked, drafts_after_edit, drafts_from_json, drafts_to_json
from dnk_tool.domain.answers.encoding import (
    InvalidValue,
    answer_from_json,
    answer_to_json,
    figure_from_json,
    figure_to_json,
)
from dnk_tool.domain.editing import (
    NEVER_STORED,
    UNKNOWN,
    Conflict,
    Decision,
    Seen,
    Stored,
    Unknown,
    VersionedEdit,
    Write,
)
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning, ExplanationRevision, FigureRevision, FigureRow

REVISED_DRAFTS = "drafts"  # beside an answer's content in its revision
READ_SINGLY = 3  # rows to change; of more, the rest is read at once

Values = Row[*tuple[Any, ...]]  # those of a row, which come in half the time

T = TypeVar("T")
R = TypeVar("R", AnswerRow, FigureRow, ExplainedWarning)
Revision = AnswerRevision | FigureRevision | ExplanationRevision


class VersionedRows(ABC, Generic[T, R]):
    """The rows that one save may change, read once, by ref. Subclasses implement one table each.

    `rows`: their values alone, until one of them is to be changed, where `table` is known.

    `versions`: the new versions of the rows written in this save. `already_stored`: current versions of rows
    whose submitted content was stored before, though the sender knew an older version. The client must adopt
    them; otherwise a retry after a lost response would conflict with its own first attempt. `replaced`: what
    the rows written in this save said before it.
    """

    table: type[R]

    def __init__(
        self, session: Session, rows: Mapping[str, R | Values], *, by: int | None, now: datetime
    ) -> None:
        self.session = session
        self.rows: dict[str, R | Values] = dict(rows)
        self._read = 0
        self.by, self.now = by, now
        self.versions: dict[str, int] = {}
        self.already_stored: dict[str, int] = {}
        self.replaced: dict[str, T] = {}
        self.conflicts: list[Conflict[T]] = []

    def row(self, ref: str) -> R | None:
        """The row of a ref, reread to change it: the first ones one by one, then all others at once."""
        if isinstance(self.rows.get(ref), Row):
            self._read += 1
            known = {row.id: name for name, row in self.rows.items() if isinstance(row, Row)}
            wanted = [key for key, name in known.items() if name == ref or self._read > READ_SINGLY]
            query = select(self.table).where(self.table.id.in_(wanted))
            for row in self.session.scalars(query, execution_options={"populate_existing": True}):
                self.rows[known[row.id]] = row
        return cast("R | None", self.rows.get(ref))

    def contents(self) -> dict[str, T]:
        """The present content of all rows, by ref."""
        return {ref: self.content_of(row) for ref, row in self.rows.items()}

    def content(self, ref: str) -> T:
        """The present content of a ref; the empty value if there is no row."""
        return self.content_of(self.rows.get(ref))

    def version(self, ref: str) -> int:
        """The present version of a ref; 0 if there is no row."""
        return self.rows[ref].version if ref in self.rows else NEVER_STORED

    def stored(self, ref: str) -> Stored[T]:
        """The present content of a ref with its version and last change."""
        row = self.rows.get(ref)
        if row is None:
            return Stored(self.content_of(None), ref=ref)
        return Stored(self.content_of(row), row.version, row.changed_at, row.changed_by, ref)

    def seen(self, ref: str, edit: VersionedEdit[T]) -> Seen[T]:
        """The content that the sender of an edit started from; read only if it has changed since."""
        if self.version(ref) in (NEVER_STORED, edit.seen) or edit.value == self.content(ref):
            return Seen(edit.seen)
        return Seen(edit.seen, self.content_at(ref, edit.seen))

    def content_at(self, ref: str, version: int) -> T | Unknown:
        """The content of a ref at an earlier version; UNKNOWN where it cannot be restored."""
        return UNKNOWN

    @abstractmethod
    def encode(self, content: T) -> dict[str, Any]:
        """The content as the JSON that a revision keeps."""

    @abstractmethod
    def content_of(self, row: R | Values | None) -> T:
        """The row as a domain value; None gives the empty value."""

    @abstractmethod
    def new_row(self, ref: str) -> R:
        """A row of version 0 for the ref, not yet in the session."""

    @abstractmethod
    def fill(self, row: R, content: T, encoded: dict[str, Any]) -> None:
        """Set the row's columns to the content; `encoded` is its JSON."""

    @abstractmethod
    def revisions(self, row: R | Values) -> Sequence[Revision]:
        """All revisions of a row, also those kept aside."""

    @abstractmethod
    def new_revision(self, row: R | Values, **content: Any) -> Revision:
        """A revision of the row, not yet in the session; `content` are its other columns."""


def carry_out(rows: VersionedRows[T, R], ref: str, decision: Decision[T]) -> None:
    """Apply the decision on an edit: write it, keep it aside as a conflict, or note it as already stored."""
    if isinstance(decision, Write):
        put(rows, ref, decision.content)
    elif isinstance(decision, Conflict):
        put_aside(rows, decision)
    elif decision.newer is not None:
        rows.already_stored[ref] = decision.newer


def put(rows: VersionedRows[T, R], ref: str, content: T) -> None:
    """Store the content as the next version of the ref without any check, and keep a revision."""
    encoded = rows.encode(content)
    rows.replaced.setdefault(ref, rows.content(ref))
    row = rows.row(ref)
    if row is None:
        row = rows.rows[ref] = rows.new_row(ref)
        rows.session.add(row)
    rows.fill(row, content, encoded)
    row.version += 1
    row.changed_at, row.changed_by = rows.now, rows.by
    rows.versions[ref] = row.version
    _keep(rows, row, encoded)


def put_aside(rows: VersionedRows[T, R], conflict: Conflict[T]) -> None:
    """Keep a conflicting content as a revision beside the row; the same content of a person is kept once."""
    rows.conflicts.append(conflict)
    row, encoded = rows.rows[conflict.ref], rows.encode(conflict.mine)
    known = ((revision.kept_aside, revision.saved_by, revision.content) for revision in rows.revisions(row))
    if (True, rows.by, encoded) not in known:
        _keep(rows, row, encoded, kept_aside=True)


def _keep(
    rows: VersionedRows[T, R], row: R | Values, encoded: dict[str, Any], *, kept_aside: bool = False
) -> None:
    revision = rows.new_revision(
        row, version=row.version, content=encoded, kept_aside=kept_aside, saved_at=rows.now, saved_by=rows.by
    )
    rows.session.add(revision)


class AnswerRows(VersionedRows[Answer, AnswerRow]):
    """The answers of a declaration by ref."""

    table = AnswerRow

    def __init__(self, session: Session, declaration: Declaration, *, by: int | None, now: datetime) -> None:
        super().__init__(session, declarations.answer_values(session, declaration.id), by=by, now=now)
        self.declaration_id, self.selection = declaration.id, declarations.selection_of(declaration)
        self._latest: dict[str, AnswerRevision | None] = {}

    def encode(self, content: Answer) -> dict[str, Any]:
        """Encode by `answer_to_json`; without a typed value there is no key `value`."""
        return answer_to_json(content)

    def content_of(self, row: AnswerRow | Values | None) -> Answer:
        """The answer with its value typed by the declaration's selection; NO_ANSWER without a row."""
        return declarations.answer_of(row, self.selection) if row else NO_ANSWER

    def content_at(self, ref: str, version: int) -> Answer | Unknown:
        """The answer of an earlier revision; UNKNOWN if its value does not fit the item any more."""
        content = history.answer_content_at(self.session, self.declaration_id, ref, version)
        try:
            return answer_from_json(self.selection.items.get(ref), content)
        except InvalidValue:
            return UNKNOWN

    def new_row(self, ref: str) -> AnswerRow:
        """An empty answer of this declaration, not yet in the session."""
        return AnswerRow(declaration_id=self.declaration_id, ref=ref, version=0)

    def fill(self, row: AnswerRow, content: Answer, encoded: dict[str, Any]) -> None:
        """Set the answer's columns and clear `taken_from`: an answer that was edited is this year's own.

        Drafts that nobody changed stay, and so does the mark until all of them are checked.
        """
        row.disclosure, row.text = content.disclosure, content.text
        row.explanation, row.reason = content.explanation, content.reason
        row.value, row.is_marked_up = encoded.get("value"), content.is_marked_up
        if row.drafts or row.taken_from:
            self._note_drafts(
                row, drafts_after_edit(drafts_from_json(row.drafts), content.text), row.taken_from
            )

    def add_draft(self, ref: str, draft: Draft, year: int) -> None:
        """Note that the answer has this draft, which is to be checked, in place of one of the same kind."""
        row = self._existing(ref)
        others = [one for one in drafts_from_json(row.drafts) if one.kind is not draft.kind]
        self._note_drafts(row, (*others, draft), year)

    def check_drafts(self, ref: str) -> None:
        """Take the mark from an answer that somebody confirmed, and note its drafts as checked."""
        row = self._existing(ref)
        if row.drafts and ref not in self._latest:
            self._latest[ref] = history.answer_revision_at(
                self.session, self.declaration_id, ref, row.version
            )
        self._note_drafts(row, checked(drafts_from_json(row.drafts)), None)

    def note_taken(self, ref: str, year: int | None) -> None:
        """Note that the answer was taken over from this year, or is ready-made, and is to be confirmed."""
        self._existing(ref).taken_from = year

    def _existing(self, ref: str) -> AnswerRow:
        row = self.row(ref)
        if row is None:
            raise LookupError(ref)
        return row

    def _note_drafts(self, row: AnswerRow, drafts: tuple[Draft, ...], year: int | None) -> None:
        row.drafts = drafts_to_json(drafts)
        row.taken_from = None if all(one.is_checked for one in drafts) else year
        self._keep_drafts(row)

    def _keep_drafts(self, row: AnswerRow) -> None:
        """Keep drafts that are to be checked with the revision, so that they come back with its text."""
        if revision := self._latest.get(row.ref):
            content = {key: value for key, value in revision.content.items() if key != REVISED_DRAFTS}
            revision.content = content | (
                {REVISED_DRAFTS: row.drafts} if row.taken_from and row.drafts else {}
            )

    def revisions(self, row: AnswerRow | Values) -> Sequence[AnswerRevision]:
        """All revisions of the answer, latest first, also those kept aside."""
        return history.answer_revisions(self.session, self.declaration_id, (row.ref,))

    def new_revision(self, row: AnswerRow | Values, **content: Any) -> AnswerRevision:
        """A revision of this declaration's answer, not yet in the session."""
        revision = AnswerRevision(declaration_id=self.declaration_id, ref=row.ref, **content)
        if not revision.kept_aside and isinstance(row, AnswerRow):
            self._latest[row.ref] = revision
            self._keep_drafts(row)
        return revision


class FigureRows(VersionedRows[Figure, FigureRow]):
    """A company's figures of the declaration's year by datapoint."""

    table = FigureRow

    def __init__(self, session: Session, declaration: Declaration, *, by: int | None, now: datetime) -> None:
        self.organisation_id, self.year = declaration.organisation_id, declaration.reporting_year
        rows = declarations.figure_values(session, self.organisation_id, self.year)
        super().__init__(session, rows, by=by, now=now)

    def encode(self, content: Figure) -> dict[str, Any]:
        """Encode by `figure_to_json`, in which numbers are exact text."""
        return figure_to_json(content)

    def content_of(self, row: FigureRow | Values | None) -> Figure:
        """The figure as entered, with its unit; NO_FIGURE without a row."""
        return declarations.figure_of(row) if row else NO_FIGURE

    def content_at(self, ref: str, version: int) -> Figure:
        """The figure of an earlier revision. The datapoint must have a row: raises KeyError otherwise."""
        return figure_from_json(history.figure_content_at(self.session, self.rows[ref], version))

    def new_row(self, ref: str) -> FigureRow:
        """An empty figure of the company and year, not yet in the session."""
        return FigureRow(organisation_id=self.organisation_id, year=self.year, datapoint=ref, version=0)

    def fill(self, row: FigureRow, content: Figure, encoded: dict[str, Any]) -> None:
        """Set each column that `figure_columns` names; `encoded` is not needed."""
        for column, value in declarations.figure_columns(content).items():
            setattr(row, column, value)

    def revisions(self, row: FigureRow | Values) -> Sequence[FigureRevision]:
        """All revisions of the figure in this year, latest first, also those kept aside."""
        return history.figure_revisions(self.session, self.organisation_id, self.year, (row.datapoint,))

    def new_revision(self, row: FigureRow | Values, **content: Any) -> FigureRevision:
        """A revision of the company's figure of this year, not yet in the session."""
        return FigureRevision(
            organisation_id=self.organisation_id, year=self.year, datapoint=row.datapoint, **content
        )
