"""Saves what an editor says on one page; colleagues on different fields never collide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers import NO_ANSWER, NO_FIGURE, Answer, Disclosure, Figure, Sheet
from dnk_tool.domain.completeness import Completeness, of_section
from dnk_tool.domain.document import answer_to_json, figure_to_json
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.states import EDITABLE, EventKind, State
from dnk_tool.domain.values import to_json
from dnk_tool.store import declarations, history
from dnk_tool.store.models import (
    AnswerRevision,
    AnswerRow,
    Declaration,
    FigureRevision,
    FigureRow,
    SectionMark,
)

T = TypeVar("T", Answer, Figure)


class Locked(Exception):
    """The declaration is finished; it must be reopened before anything in it changes."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"nothing can be changed while {state}")


@dataclass(frozen=True, slots=True)
class Given(Generic[T]):
    """What was sent for one ref, and the version that the sender had seen (0: none)."""

    value: T
    seen: int


@dataclass(frozen=True)
class Submission:
    """What one page sends: answers by ref, figures by datapoint, and whether the section is done."""

    answers: Mapping[str, Given[Answer]] = field(default_factory=dict)
    figures: Mapping[str, Given[Figure]] = field(default_factory=dict)
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Collision:
    """Somebody changed the same thing meanwhile. Both texts are kept."""

    ref: str
    mine: Answer | Figure
    theirs: Answer | Figure
    version: int
    at: datetime
    by: int | None


@dataclass(frozen=True)
class Outcome:
    """What a save did: versions that rose, by ref or datapoint; collisions; how the section stands now.

    `caught_up`: versions of what said the same already, though the sender knew an older one. So a sender who
    never got the answer to a save, and sends the same again, does not collide with itself afterwards.
    """

    versions: Mapping[str, int]
    collisions: tuple[Collision, ...]
    completeness: Completeness
    caught_up: Mapping[str, int] = field(default_factory=dict)


def open_for_editing(session: Session, declaration: Declaration, actor: Actor) -> None:
    """Wait for the turn to change the declaration, and see it as it is then.

    Raises NotPermitted for an actor who may not edit, and Locked for a finished declaration.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock(session, declaration.organisation_id, declaration)
    if declaration.state not in EDITABLE:
        raise Locked(declaration.state)


def save_section(
    session: Session,
    declaration: Declaration,
    section: Section,
    submission: Submission,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Write what changed on one page and keep each text that arrived.

    An answer whose sender had seen the latest version is written. One that somebody else changed meanwhile
    is written neither over nor away: it comes back as a Collision and stays in the history, kept aside.
    Raises NotPermitted and Locked.
    """
    open_for_editing(session, declaration, actor)
    writer = _Writer(session, declaration, actor.user_id, now)
    for ref, answer in submission.answers.items():
        writer.save_answer(ref, answer)
    for datapoint, figure in submission.figures.items():
        writer.save_figure(datapoint, figure)
    marked, is_changed = _mark(session, declaration, section, submission.done, actor=actor, now=now)
    if writer.versions or is_changed:
        history.record(
            session,
            declaration,
            EventKind.SECTION_SAVED,
            actor_id=actor.user_id,
            now=now,
            section=section.ref,
            refs=sorted(writer.versions),
            done=submission.done,
        )
    completeness = of_section(writer.sheet(done=marked), section)
    return Outcome(writer.versions, tuple(writer.collisions), completeness, writer.caught_up)


def _says_the_same(one: Answer, other: Answer) -> bool:
    """Whether two answers differ in nothing; a form sends "we report" also where nothing was chosen."""
    if one.is_empty and other.is_empty:
        return True
    comply = Disclosure.COMPLY
    return replace(one, disclosure=one.disclosure or comply) == replace(
        other, disclosure=other.disclosure or comply
    )


def _mark(
    session: Session,
    declaration: Declaration,
    section: Section,
    done: bool | None,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[frozenset[str], bool]:
    """Set or take away the editor's word that the section is done: the marks now, and whether that is new."""
    mark = session.get(SectionMark, (declaration.id, section.ref))
    if done and mark is None:
        session.add(
            SectionMark(
                declaration_id=declaration.id, section=section.ref, marked_at=now, marked_by=actor.user_id
            )
        )
        return frozenset({section.ref}), True
    if done is False and mark is not None:
        session.delete(mark)
        return frozenset(), True
    return frozenset({section.ref} if mark else ()), False


class _Writer:
    """One save: rows are read once, versions rise, revisions are added."""

    def __init__(
        self, session: Session, declaration: Declaration, user_id: int | None, now: datetime
    ) -> None:
        self.session, self.declaration = session, declaration
        self.user_id, self.now = user_id, now
        self.versions: dict[str, int] = {}
        self.caught_up: dict[str, int] = {}
        self.collisions: list[Collision] = []
        self.selection = declarations.selection_of(declaration)
        answers = sql(AnswerRow).where(AnswerRow.declaration_id == declaration.id)
        self.answers = {row.ref: row for row in session.scalars(answers)}
        figures = sql(FigureRow).where(
            FigureRow.organisation_id == declaration.organisation_id,
            FigureRow.year == declaration.reporting_year,
        )
        self.figures = {row.datapoint: row for row in session.scalars(figures)}

    def sheet(self, *, done: frozenset[str]) -> Sheet:
        """All answers and this year's figures as they stand after the save."""
        return Sheet(
            self.selection,
            {ref: declarations.answer_of(row, self.selection) for ref, row in self.answers.items()},
            {key: declarations.figure_of(row) for key, row in self.figures.items()},
            done,
            declarations.profile_of(self.declaration.organisation),
        )

    def save_answer(self, ref: str, given: Given[Answer]) -> None:
        row = self.answers.get(ref)
        current = declarations.answer_of(row, self.selection) if row else NO_ANSWER
        if _says_the_same(given.value, current):
            self._catch_up(ref, row, given.seen)
            return
        content = answer_to_json(given.value)
        if row and row.version != given.seen:
            seen = history.answer_content_at(self.session, self.declaration.id, ref, given.seen)
            # "We report" without a word is how an untouched answer arrives.
            is_untouched = content == seen or (not seen and given.value.is_empty)
            if not is_untouched:
                self._collide(ref, given.value, current, row)
                self._keep_answer(ref, row.version, content, kept_aside=True)
            return
        if row is None:
            row = self.answers[ref] = AnswerRow(declaration_id=self.declaration.id, ref=ref, version=0)
            self.session.add(row)
        row.disclosure, row.text = given.value.disclosure, given.value.text
        row.explanation, row.reason = given.value.explanation, given.value.reason
        row.value = None if given.value.value is None else to_json(given.value.value)
        self._rise(ref, row)
        self._keep_answer(ref, row.version, content)

    def save_figure(self, datapoint: str, given: Given[Figure]) -> None:
        row = self.figures.get(datapoint)
        current = declarations.figure_of(row) if row else NO_FIGURE
        if given.value == current or (row is None and given.value.is_empty):
            self._catch_up(datapoint, row, given.seen)
            return
        content = figure_to_json(given.value)
        if row and row.version != given.seen:
            if content != history.figure_content_at(self.session, row, given.seen):
                self._collide(datapoint, given.value, current, row)
                self._keep_figure(datapoint, row.version, content, kept_aside=True)
            return
        if row is None:
            row = self.figures[datapoint] = FigureRow(
                organisation_id=self.declaration.organisation_id,
                year=self.declaration.reporting_year,
                datapoint=datapoint,
                version=0,
            )
            self.session.add(row)
        row.value, row.unit = given.value.value, given.value.unit
        row.quality, row.note = given.value.quality, given.value.note
        self._rise(datapoint, row)
        self._keep_figure(datapoint, row.version, content)

    def _catch_up(self, ref: str, row: AnswerRow | FigureRow | None, seen: int) -> None:
        if row and row.version != seen:
            self.caught_up[ref] = row.version

    def _rise(self, ref: str, row: AnswerRow | FigureRow) -> None:
        row.version += 1
        row.changed_at, row.changed_by = self.now, self.user_id
        self.versions[ref] = row.version

    def _collide(
        self, ref: str, mine: Answer | Figure, theirs: Answer | Figure, row: AnswerRow | FigureRow
    ) -> None:
        self.collisions.append(Collision(ref, mine, theirs, row.version, row.changed_at, row.changed_by))

    def _has_it_aside(
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
        if self._has_it_aside(earlier, content):
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
        if self._has_it_aside(earlier, content):
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
