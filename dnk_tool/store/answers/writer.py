"""One save, answer by answer: what is new is written and kept, and what collides is put aside."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import NO_ANSWER, NO_FIGURE, Answer, Disclosure, Figure, Sheet
from dnk_tool.domain.answers.values import value_to_json
from dnk_tool.domain.declarations.document import answer_to_json, figure_from_json, figure_to_json
from dnk_tool.domain.figures.updates import entered_by_hand, is_same_on_page, with_hidden_fields
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRevision, FigureRow

T = TypeVar("T", Answer, Figure)


@dataclass(frozen=True, slots=True)
class VersionedEdit(Generic[T]):
    """What was sent for one ref, and the version that the sender had seen (0: none).

    `is_whole`: the sender saw all of a figure. Otherwise it saw value, unit, quality and note, and what it
    did not see stays as it is.
    """

    value: T
    seen: int
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class EditConflict:
    """Somebody changed the same thing meanwhile. Both texts are kept."""

    ref: str
    mine: Answer | Figure
    theirs: Answer | Figure
    version: int
    at: datetime
    by: int | None


def _is_same_answer(one: Answer, other: Answer) -> bool:
    """Whether two answers differ in nothing; a form sends "we report" also where nothing was chosen."""
    if one.is_empty and other.is_empty:
        return True
    comply = Disclosure.COMPLY
    return replace(one, disclosure=one.disclosure or comply) == replace(
        other, disclosure=other.disclosure or comply
    )


def _intended_figure(given: VersionedEdit[Figure], before: Figure) -> Figure:
    """The whole figure that the sender wants instead of the one before."""
    figure = given.value if given.is_whole else with_hidden_fields(given.value, before)
    return entered_by_hand(figure, before)


class AnswerWriter:
    """One save: rows are read once, versions rise, revisions are added."""

    def __init__(
        self, session: Session, declaration: Declaration, user_id: int | None, now: datetime
    ) -> None:
        self.session, self.declaration = session, declaration
        self.user_id, self.now = user_id, now
        self.versions: dict[str, int] = {}
        self.already_stored: dict[str, int] = {}
        self.conflicts: list[EditConflict] = []
        self.selection = declarations.selection_of(declaration)
        self.answers = declarations.answer_rows(session, declaration.id)
        self.figures = declarations.figure_rows(
            session, declaration.organisation_id, declaration.reporting_year
        )

    def sheet(self, *, done: frozenset[str]) -> Sheet:
        """All answers and this year's figures as they stand after the save."""
        return Sheet(
            self.selection,
            {ref: declarations.answer_of(row, self.selection) for ref, row in self.answers.items()},
            {key: declarations.figure_of(row) for key, row in self.figures.items()},
            done,
            declarations.profile_of(self.declaration.organisation),
            declarations.years_taken_from(self.answers.values()),
        )

    def save_answer(self, ref: str, given: VersionedEdit[Answer]) -> None:
        row = self.answers.get(ref)
        current = declarations.answer_of(row, self.selection) if row else NO_ANSWER
        if _is_same_answer(given.value, current):
            self._note_already_stored(ref, row, given.seen)
            return
        content = answer_to_json(given.value)
        if row and row.version != given.seen:
            seen = history.answer_content_at(self.session, self.declaration.id, ref, given.seen)
            # "We report" without a word is how an untouched answer arrives.
            is_untouched = content == seen or (not seen and given.value.is_empty)
            if not is_untouched:
                self._add_conflict(ref, given.value, current, row)
                self._keep_answer(ref, row.version, content, kept_aside=True)
            return
        self.write_answer(ref, given.value)

    def write_answer(self, ref: str, answer: Answer, *, taken_from: int | None = None) -> None:
        """Make this the answer, whatever it was; `taken_from` is the year of which it was taken over."""
        row = self.answers.get(ref)
        if row is None:
            row = self.answers[ref] = AnswerRow(declaration_id=self.declaration.id, ref=ref, version=0)
            self.session.add(row)
        row.disclosure, row.text = answer.disclosure, answer.text
        row.explanation, row.reason = answer.explanation, answer.reason
        row.value = None if answer.value is None else value_to_json(answer.value)
        row.taken_from = taken_from
        self._increase_version(ref, row)
        self._keep_answer(ref, row.version, answer_to_json(answer))

    def figure(self, datapoint: str) -> Figure:
        """This year's figure as it stands now."""
        row = self.figures.get(datapoint)
        return declarations.figure_of(row) if row else NO_FIGURE

    def save_figure(self, datapoint: str, given: VersionedEdit[Figure]) -> None:
        """Write what somebody entered; it comes from lines or sites no more if its value changed."""
        row, current = self.figures.get(datapoint), self.figure(datapoint)
        meant = _intended_figure(given, current)
        if meant == current or (row is None and meant.is_empty):
            self._note_already_stored(datapoint, row, given.seen)
            return
        if row and row.version != given.seen:
            seen = figure_from_json(history.figure_content_at(self.session, row, given.seen))
            mine = _intended_figure(given, seen)
            if mine == seen:
                return
            # What somebody changed where the sender did not look is no reason to stop them.
            if given.is_whole or not is_same_on_page(seen, current):
                self.put_aside(datapoint, mine)
                return
        self.write_figure(datapoint, meant)

    def put_aside(self, datapoint: str, mine: Figure) -> None:
        """Keep what came too late for an existing figure beside it."""
        row = self.figures[datapoint]
        self._add_conflict(datapoint, mine, self.figure(datapoint), row)
        self._keep_figure(datapoint, row.version, figure_to_json(mine), kept_aside=True)

    def write_figure(self, datapoint: str, figure: Figure) -> None:
        """Make this the figure, whatever it was."""
        row = self.figures.get(datapoint)
        if row is None:
            row = self.figures[datapoint] = FigureRow(
                organisation_id=self.declaration.organisation_id,
                year=self.declaration.reporting_year,
                datapoint=datapoint,
                version=0,
            )
            self.session.add(row)
        row.value, row.unit = figure.value, figure.unit
        row.quality, row.note = figure.quality, figure.note
        row.source, row.responsible = figure.source, figure.responsible
        row.origin = figure.origin
        self._increase_version(datapoint, row)
        self._keep_figure(datapoint, row.version, figure_to_json(figure))

    def _note_already_stored(self, ref: str, row: AnswerRow | FigureRow | None, seen: int) -> None:
        if row and row.version != seen:
            self.already_stored[ref] = row.version

    def _increase_version(self, ref: str, row: AnswerRow | FigureRow) -> None:
        row.version += 1
        row.changed_at, row.changed_by = self.now, self.user_id
        self.versions[ref] = row.version

    def _add_conflict(
        self, ref: str, mine: Answer | Figure, theirs: Answer | Figure, row: AnswerRow | FigureRow
    ) -> None:
        self.conflicts.append(EditConflict(ref, mine, theirs, row.version, row.changed_at, row.changed_by))

    def _is_kept_aside_already(
        self, earlier: Iterable[AnswerRevision | FigureRevision], content: dict[str, Any]
    ) -> bool:
        """The page's own saving and then the button bring the same text: it is kept aside once."""
        return any(
            one.kept_aside and one.saved_by == self.user_id and one.content == content for one in earlier
        )

    def _keep_answer(
        self, ref: str, version: int, content: dict[str, Any], *, kept_aside: bool = False
    ) -> None:
        earlier = history.answer_revisions(self.session, self.declaration.id, (ref,)) if kept_aside else ()
        if self._is_kept_aside_already(earlier, content):
            return
        self.session.add(
            AnswerRevision(
                declaration_id=self.declaration.id,
                ref=ref,
                version=version,
                content=content,
                kept_aside=kept_aside,
                saved_at=self.now,
                saved_by=self.user_id,
            )
        )

    def _keep_figure(
        self, datapoint: str, version: int, content: dict[str, Any], *, kept_aside: bool = False
    ) -> None:
        of = self.declaration.organisation_id, self.declaration.reporting_year, (datapoint,)
        earlier = history.figure_revisions(self.session, *of) if kept_aside else ()
        if self._is_kept_aside_already(earlier, content):
            return
        self.session.add(
            FigureRevision(
                organisation_id=self.declaration.organisation_id,
                year=self.declaration.reporting_year,
                datapoint=datapoint,
                version=version,
                content=content,
                kept_aside=kept_aside,
                saved_at=self.now,
                saved_by=self.user_id,
            )
        )
